import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dialoog import ui
from dialoog.channels.models import Channel
from dialoog.channels.queries import starts_chosen
from dialoog.channels.rules import next_check, read_fields
from dialoog.core.errors import Invalid
from dialoog.networks.bluesky.ways import HANDLE, SERVER
from dialoog.networks.registry import connectors
from dialoog.networks.ways import Field
from dialoog.networks.words import Words

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)

LABEL = Words(nl="Iets", en="Something")
ADDRESS = SERVER
HANDLE_FIELD = Field(name="handle", kind="handle", label=LABEL, pattern=HANDLE)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("bsky.social", "https://bsky.social"),
        (" https://Bsky.Social/ ", "https://bsky.social"),
        ("https://pds.example.org:8443/xrpc/", "https://pds.example.org:8443"),
        ("http://localhost:2583", "http://localhost:2583"),
        ("[2001:db8::1]:443", "https://[2001:db8::1]:443"),
    ],
)
def test_an_address_is_read_as_people_type_it(typed, address):
    assert read_fields([ADDRESS], {"address": typed}) == {"address": address}


@pytest.mark.parametrize(
    "typed",
    [
        *("", "  ", "https://", "ftp://x.nl", "javascript:alert(1)", "file:///etc/passwd", "https://a@b.nl"),
        *(
            "https://b.nl\\@c.nl",
            "https://%31%32%37.1",
            "a b.nl",
            "https://[::1",
            "https://x:99999",
            "x" * 300,
        ),
        "https://x.nl:port",
    ],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(Invalid) as refused:
        read_fields([ADDRESS], {"address": typed})
    assert refused.value.field == "address"


PAGE = Field(name="page", kind="page", label=Words(nl="Adres", en="Address"))


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("dekorenaar.nl", "https://dekorenaar.nl"),
        ("DeKorenaar.nl/Blog/", "https://dekorenaar.nl/Blog/"),
        ("http://x.nl:8080/?feed=rss2&a=b#kop", "http://x.nl:8080/?feed=rss2&a=b"),
    ],
)
def test_a_page_keeps_its_path(typed, address):
    assert read_fields([PAGE], {"page": typed}) == {"page": address}


@pytest.mark.parametrize("typed", ["https://a@b.nl/x", "javascript:alert(1)", "https://x.nl/" + "x" * 2000])
def test_what_is_no_page_is_refused(typed):
    with pytest.raises(Invalid) as refused:
        read_fields([PAGE], {"page": typed})
    assert refused.value.field == "page"


def test_lines_stay_lines():
    field = Field(name="to", kind="lines", label=Words(nl="Aan", en="To"))
    typed = " a@b.nl\u202c \r\n\r\nc@d.nl\n"
    assert read_fields([field], {"to": typed}) == {"to": "a@b.nl\nc@d.nl"}
    with pytest.raises(Invalid, match="field_too_long"):
        read_fields([field], {"to": "a@b.nl\n" * 5000})


@pytest.mark.parametrize(
    "typed", ["@Korenaar.bsky.social", " korenaar.bsky.social\u202c", "korenaar.bsky.social"]
)
def test_a_handle_loses_what_copying_brought(typed):
    assert read_fields([HANDLE_FIELD], {"handle": typed}) == {"handle": "korenaar.bsky.social"}


@pytest.mark.parametrize(
    "typed", ["", "@", "korenaar", "noor@example.org", "a b.nl", "x." * 200 + "nl", "<b>.nl"]
)
def test_what_is_no_handle_is_refused(typed):
    with pytest.raises(Invalid) as refused:
        read_fields([HANDLE_FIELD], {"handle": typed})
    assert refused.value.field == "handle"


def test_a_failing_connection_is_looked_at_ever_less_often():
    def wait(failing):
        return next_check(failing_since=NOW - failing, now=NOW) - NOW

    assert next_check(failing_since=None, now=NOW) - NOW == timedelta(minutes=15)
    assert wait(timedelta(0)) == timedelta(minutes=15)
    assert wait(timedelta(hours=1)) == timedelta(hours=1)
    assert wait(timedelta(days=2)) == timedelta(hours=4)


def test_what_belongs_to_the_app_need_not_be_typed_twice():
    fields = [
        Field(name="id", kind="text", label=LABEL, of_app=True),
        Field(name="token", kind="secret", label=LABEL),
    ]
    typed = {"id": "", "token": "abc", "more": "ignored"}
    assert read_fields(fields, typed, {"id": "known"}) == {"id": "known", "token": "abc"}
    with pytest.raises(Invalid, match="field_empty"):
        read_fields(fields, typed)
    with pytest.raises(Invalid, match="field_empty"):
        read_fields(fields, {"id": "x"}, {"token": "kept ones are of the app alone"})


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        (Field(name="mail", kind="email", label=LABEL), "geen adres", "field_unreadable"),
        (Field(name="kind", kind="choice", label=LABEL, choices=(("a", LABEL),)), "b", "field_unreadable"),
        (Field(name="text", kind="text", label=LABEL), "x" * 4001, "field_too_long"),
        (Field(name="text", kind="text", label=LABEL), "\u200b \u202c", "field_empty"),
    ],
)
def test_each_kind_of_field_says_what_is_wrong(field, typed, code):
    with pytest.raises(Invalid) as refused:
        read_fields([field], {field.name: typed})
    assert (refused.value.field, refused.value.code) == (field.name, code)


def test_a_field_that_may_be_empty_is():
    field = Field(name="handle", kind="handle", label=LABEL, pattern=HANDLE, required=False)
    assert read_fields([field], {}) == {"handle": ""}


def test_every_networks_icon_is_in_the_sprite_and_its_words_are_whole():
    sprite = (Path(ui.__file__).parent / "static/dialoog/icons.svg").read_text()
    for name, kind in connectors().items():
        assert f'<symbol id="{kind.capabilities.icon}"' in sprite, name
        assert kind.about.nl, name
        assert len({way.name for way in kind.ways}) == len(kind.ways), name
        for way in kind.ways:
            assert way.title.nl, name
            assert re.fullmatch(r"[a-z-]+", way.name), name
            assert len({field.name for field in way.fields}) == len(way.fields), name


def test_a_letter_to_people_is_a_choice_each_time():
    assert starts_chosen(Channel(network="bluesky"))
    assert starts_chosen(Channel(network="a network of yesterday"))
    assert not starts_chosen(Channel(network="newsletter"))
