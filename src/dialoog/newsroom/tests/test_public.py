"""The public pages, as anybody gets them."""

import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from dialoog.newsroom.actions import change_newsroom, open_newsroom
from dialoog.newsroom.models import DayReads, Item
from dialoog.newsroom.store import NewsroomStore
from dialoog.newsroom.tests.conftest import picture

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
PAGES = ("", "feed.xml", "feed.json", "widget/", "widget.js")
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    'https://a.nl/"onmouseover="alert(1)',
    "https://a.nl/'><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "]]><script>alert(1)</script>",
    "</script><script>alert(1)</script>\u2028alert(2)",
    "{{ 7|add:7 }}{% load %}",
    "&lt;b&gt; \x0b \ufffe",
    "\u202egnp.exe",
)


@pytest.fixture
def publish(newsroom, now):
    """Publish texts, a minute apart."""
    store, made = NewsroomStore(newsroom.organisation_id), []

    def published(text, images=(), language="nl", at=None):
        key = f"key-{len(made)}"
        at = at or now + timedelta(minutes=len(made))
        made.append(store.put(key, text=text, language=language, images=list(images), at=at))
        return made[-1]

    return published


FIRST = "<the first item>"


def get(client, path="", **headers):
    if path == FIRST:
        path = f"{Item._base_manager.order_by('pk').values_list('pk', flat=True).first()}/"
    return client.get(f"/nieuws/korenaar/{path}", headers={"user-agent": BROWSER, **headers})


def test_the_page_shows_the_news_by_day_newest_first(client, publish, now):
    publish("Gisteren gebakken", at=now - timedelta(days=1))
    item = publish("Vers brood\nVanaf 8 uur.\n\nZie www.korenaar.nl/brood.")
    html = get(client).text
    assert html.index("Vers brood") < html.index("Gisteren gebakken")
    assert "donderdag 26 november 2026" in html
    assert f'<h3 id="item-{item.pk}">Vers brood</h3>' in html
    assert (
        '<p>Zie <a href="https://www.korenaar.nl/brood" rel="noopener">www.korenaar.nl/brood</a>.</p>' in html
    )


@pytest.mark.parametrize("path", PAGES)
def test_no_public_page_sets_a_cookie_and_all_may_be_kept(client, browse, noor, publish, path):
    publish("Vers brood")
    for visitor in (client, browse(noor)):
        answer = get(visitor, path)
        assert answer.status_code == 200
        assert not answer.cookies
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert "public" in answer.headers["Cache-Control"]
        assert get(visitor, path, if_none_match=answer.headers["ETag"]).status_code == 304
        seen = answer.headers["Last-Modified"]
        assert get(visitor, path, if_modified_since=seen).status_code == 304


@pytest.mark.parametrize("path", [*PAGES, FIRST])
def test_an_old_copy_is_not_kept_when_the_news_changed(client, publish, path):
    publish("Vers brood")
    etag = get(client, path).headers["ETag"]
    publish("Nog verser brood")
    assert get(client, path, if_none_match=etag).status_code == 200


def test_paging_goes_to_the_oldest_and_back(client, publish):
    for number in range(45):
        publish(f"Bericht {number:02}")
    seen, path = [], ""
    while path is not None:
        html = get(client, path).text
        found = re.findall(r"<p>Bericht (\d\d)</p>", html)
        seen += found
        older = re.search(r'rel="next" href="[^"]*korenaar/(\?voor=[^"]+)"', html)
        path = older and older[1]
    assert seen == [f"{number:02}" for number in reversed(range(45))]
    newer = re.search(r'rel="prev" href="[^"]*korenaar/(\?na=[^"]+)"', html)[1]
    assert re.findall(r"<p>Bericht (\d\d)</p>", get(client, newer).text)[-1] == "05"


@pytest.mark.parametrize("query", ["?voor=x", "?voor=99999999999999999999-1", "?na=1-1&na=2", "?voor=1"])
def test_a_strange_place_shows_news_and_no_error(client, publish, query):
    publish("Vers brood")
    assert get(client, query).status_code == 200


@pytest.mark.parametrize(
    "path", ["2/", "999999999999999999999999/", "0/", "x/", f"1/{'0' * 64}.jpg", "1/../../x"]
)
def test_what_is_not_there_is_not_found(client, publish, path):
    publish("Vers brood")
    assert get(client, path).status_code == 404
    assert get(client, path, if_none_match="*").status_code == 404


def test_a_withdrawn_item_is_gone_everywhere(client, publish, newsroom):
    item = publish("Vers brood")
    NewsroomStore(newsroom.organisation_id).withdraw(item.key)
    assert get(client, f"{item.pk}/").status_code == 404
    assert all("Vers brood" not in get(client, path).text for path in PAGES)


def test_a_newsroom_that_is_switched_off_shows_nothing(client, publish, noor, newsroom, now):
    publish("Vers brood")
    shown = {"title": "Nieuws", "intro": "", "slug": "korenaar", "language": "nl"}
    change_newsroom(noor, **shown, is_public=False, now=now)
    assert {get(client, path).status_code for path in [*PAGES, FIRST]} == {404}


def test_another_organisations_news_is_not_among_ours(client, publish, tom, now):
    publish("Vers brood")
    with scope(organisation=tom.organisation):
        theirs = open_newsroom(tom, now=now)
    store = NewsroomStore(tom.organisation_id)
    item = store.put("k", text="Brug open", language="nl", images=[], at=now)
    assert client.get(f"/nieuws/{theirs.slug}/{item.pk}/").status_code == 200
    assert get(client, f"{item.pk}/").status_code == 404
    assert "Brug open" not in get(client).text


class Tags(HTMLParser):
    """Collects tags and attributes as a browser reads them."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def tags(html):
    reader = Tags()
    reader.feed(html)
    return reader.found


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_stays_text_in_every_form(client, publish, attack):
    publish(f"Kop {attack}\n{attack}", images=[held(attack)])
    for path in ("", FIRST, "widget/"):
        for tag, attributes in tags(get(client, path).text):
            assert tag not in {"script", "svg", "iframe", "b"}
            assert not any(name.startswith("on") for name in attributes)
            assert attributes.get("href", "http").startswith(("http", "/", "#", "?"))
    root = ET.fromstring(get(client, "feed.xml").content)
    for tag, attributes in tags(root.findtext("channel/item/description")):
        assert tag in {"p", "br", "a", "img"}
        assert not any(name.startswith("on") for name in attributes)
    assert json.loads(get(client, "feed.json").content)["items"][0]["content_text"]
    assert "\u2028" not in get(client, "widget.js").text


def held(alt="Een brood"):
    return {"name": f"{'a' * 64}.jpg", "mime": "image/jpeg", "alt": alt, "width": 40, "height": 30}


def test_a_picture_is_served_for_ever_and_only_with_its_item(client, publish, newsroom):
    store = NewsroomStore(newsroom.organisation_id)
    kept = store.keep_image(picture())
    image = {"name": kept.name, "mime": kept.mime, "alt": 'Een "brood"', "width": 40, "height": 30}
    item = publish("Vers brood", images=[image])
    publish("Zonder beeld")
    assert 'alt="Een &quot;brood&quot;"' in get(client).text
    answer = get(client, f"{item.pk}/{kept.name}")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.content == picture()
    assert get(client, f"2/{kept.name}").status_code == 404
    store.withdraw(item.key)
    assert get(client, f"{item.pk}/{kept.name}").status_code == 404


def test_rss_is_valid_and_complete(client, publish, now):
    publish("Vers brood\nVanaf 8 uur & later <nu>.")
    answer = get(client, "feed.xml")
    assert answer.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    channel = ET.fromstring(answer.content).find("channel")
    atom = channel.find("{http://www.w3.org/2005/Atom}link")
    assert atom.attrib["rel"] == "self"
    assert atom.attrib["href"].endswith("/nieuws/korenaar/feed.xml")
    assert all(channel.findtext(name) for name in ("title", "link", "description", "language"))
    item = channel.find("item")
    assert item.findtext("title") == "Vers brood"
    assert item.findtext("guid") == item.findtext("link")
    assert item.findtext("pubDate") == "Thu, 26 Nov 2026 09:30:00 +0000"
    assert item.findtext("description") == "<p>Vanaf 8 uur &amp; later &lt;nu&gt;.</p>"


def test_json_feed_follows_its_version_and_is_open_to_other_sites(client, publish):
    publish("Vers brood", images=[held()])
    answer = get(client, "feed.json")
    assert answer.headers["Content-Type"] == "application/feed+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    feed = json.loads(answer.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert {"title", "home_page_url", "feed_url", "language", "items"} <= feed.keys()
    item = feed["items"][0]
    assert item["id"] == item["url"]
    assert item["date_published"].startswith("2026-11-26T")
    assert item["image"].endswith(".jpg")


def test_only_the_widget_may_be_framed(client, publish):
    publish("Vers brood")
    for path in ("", FIRST, "feed.xml"):
        assert "frame-ancestors 'none'" in get(client, path).headers["Content-Security-Policy"]
        assert get(client, path).headers["X-Frame-Options"] == "DENY"
    framed = get(client, "widget/")
    assert "frame-ancestors *" in framed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed.headers


@pytest.mark.parametrize(
    "text", ["Vers brood", "x" * 3000, "\U0001f468\u200d\U0001f469\u200d\U0001f467 " * 90, 'a"\\\n' * 80]
)
def test_the_script_stays_under_3_kb(client, publish, text):
    for _ in range(12):
        publish(text)
    for count in ("", "?aantal=10", "?aantal=99", "?aantal=x"):
        answer = get(client, f"widget.js{count}")
        assert len(answer.content) <= 3000
        assert answer.headers["Content-Type"].startswith("text/javascript")


def test_reads_are_counted_by_day_and_way_without_cookies(client, publish, now):
    item = publish("Vers brood")
    etag = get(client).headers["ETag"]
    get(client, if_none_match=etag)
    get(client, FIRST)
    get(client, "feed.xml")
    get(client, "feed.json")
    get(client, "widget.js")
    get(client, "no-such-item/")
    rows = DayReads.objects.values_list("item_id", "through", "count").order_by("item_id", "through")
    assert sorted(rows, key=str) == sorted(
        [(None, "page", 2), (item.pk, "page", 1), (None, "rss", 1), (None, "json", 1), (None, "widget", 1)],
        key=str,
    )


@pytest.mark.parametrize(
    "headers",
    [
        *(
            {"user-agent": agent}
            for agent in ("", "Googlebot/2.1", "curl/8.4", "python-httpx/0.27", "WhatsApp/2")
        ),
        {"sec-purpose": "prefetch"},
    ],
)
def test_programs_and_prefetches_are_no_reads(client, publish, headers):
    publish("Vers brood")
    get(client, **headers)
    client.head("/nieuws/korenaar/", headers={"user-agent": BROWSER})
    assert not DayReads.objects.exists()


def test_the_page_speaks_the_newsrooms_language(client, publish, noor, now):
    publish("Vers brood")
    publish("Fresh bread", language="en")
    assert '<html lang="nl">' in get(client, accept_language="en").text
    assert get(client, accept_language="en").headers["Content-Language"] == "nl"
    assert 'lang="en"' in get(client).text
    change_newsroom(noor, title="News", intro="", slug="korenaar", language="en", is_public=True, now=now)
    html = get(client, accept_language="nl").text
    assert '<html lang="en">' in html
    assert "This page sets no cookies" in html


def test_a_page_asks_few_questions(client, publish):
    for number in range(25):
        publish(f"Bericht {number}")
    with CaptureQueriesContext(connection) as asked:
        get(client)
    assert len(asked) <= 8
    assert client.post("/nieuws/korenaar/").status_code == 405


@pytest.mark.parametrize("path", ["?voor=%00", "%00/"])
def test_an_address_with_a_nul_is_refused_and_not_looked_for(client, publish, path):
    publish("Vers brood")
    assert get(client, path).status_code == 400
