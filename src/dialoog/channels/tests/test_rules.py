from datetime import UTC, datetime, timedelta

import pytest

from dialoog.channels.rules import next_check, plain_handle, server_address
from dialoog.core.errors import Invalid

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


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
    assert server_address(typed) == address


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
        server_address(typed)
    assert refused.value.field == "address"


@pytest.mark.parametrize(
    "typed", ["@Korenaar.bsky.social", " korenaar.bsky.social\u202c", "korenaar.bsky.social"]
)
def test_a_handle_loses_what_copying_brought(typed):
    assert plain_handle(typed) == "korenaar.bsky.social"


@pytest.mark.parametrize(
    "typed", ["", "@", "korenaar", "noor@example.org", "a b.nl", "x." * 200 + "nl", "<b>.nl"]
)
def test_what_is_no_handle_is_refused(typed):
    with pytest.raises(Invalid) as refused:
        plain_handle(typed)
    assert refused.value.field == "handle"


def test_a_failing_connection_is_looked_at_ever_less_often():
    def wait(failing):
        return next_check(failing_since=NOW - failing, now=NOW) - NOW

    assert next_check(failing_since=None, now=NOW) - NOW == timedelta(minutes=15)
    assert wait(timedelta(0)) == timedelta(minutes=15)
    assert wait(timedelta(hours=1)) == timedelta(hours=1)
    assert wait(timedelta(days=2)) == timedelta(hours=4)
