"""Whatever somebody types on any screen: an answer, never an error of ours, and what they typed is still there."""

import html
import re

import pytest
from django_scopes import scope
from test_matrix import SCREENS, address, make_things

NASTY = {
    "over-long": "brood " * 20_000,
    "empty": "",
    "right-to-left": "\u202e\u0634\u0643\u0631\u0627 \u2066abc\u2069",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467\U0001f3f4\U000e0067\U000e0062\U000e007f\u0301" * 30,
    "nul": "voor\x00na",
    "lone surrogate and private": "\ud83d \ue000",
    "date": "31-02-2026",
    "gap": "28-03-2027",
    "skipped time": "02:30",
    "number": "-1e309",
    "markup": "<script>alert(1)</script>'\"><img src=x onerror=alert(1)>",
    "address": "http://[::ffff:127.0.0.1]:80/\\@evil",
}
FIELD = re.compile(r'name="([^"]+)"')


@pytest.fixture
def things(korenaar, noor):
    with scope(organisation=korenaar):
        return make_things(korenaar, noor)


@pytest.mark.parametrize(("name", "route", "view"), SCREENS, ids=[name for name, *_ in SCREENS])
def test_no_input_breaks_a_screen(name, route, view, things, noor, browse):
    client = browse(noor)
    url = address(name, route, things)
    page = client.get(url)
    fields = set(FIELD.findall(page.content.decode("utf-8", "replace"))) - {"csrfmiddlewaretoken", "viewport"}
    for kind, value in NASTY.items():
        typed = value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        assert client.get(url, dict.fromkeys(fields or {"q", "periode", "voor"}, typed)).status_code < 500, (
            kind
        )
        answer = client.post(url, dict.fromkeys(fields, typed))
        assert answer.status_code < 500, (name, kind)
        if kind == "markup" and answer.status_code == 422:
            assert b"<script>alert(1)" not in answer.content


TYPED = "31-02 \U0001f468\u200d\U0001f469 <b>'\"& niet kwijt"
KINDS = {None, "text", "email", "url", "search", "number", "tel"}


def text_fields(page):
    """Return the names of the fields in which people type."""
    for tag in re.findall(r"<(?:textarea|input)[^>]*>", page):
        name, kind = re.search(r'name="([^"]+)"', tag), re.search(r'type="([^"]+)"', tag)
        if name and (kind and kind[1]) in KINDS:
            yield name[1]


@pytest.mark.parametrize(("name", "route", "view"), SCREENS, ids=[name for name, *_ in SCREENS])
def test_what_was_typed_and_refused_is_still_there(name, route, view, things, noor, browse):
    client = browse(noor)
    url = address(name, route, things)
    fields = set(text_fields(client.get(url).content.decode("utf-8", "replace")))
    for _ in range(2):
        answer = client.post(url, dict.fromkeys(fields, TYPED))
        if fields and answer.status_code in {200, 400, 409, 422}:
            assert html.escape(TYPED) in answer.content.decode()
