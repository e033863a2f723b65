"""Feeds of all sorts, good and bad, from a server on loopback."""

import hashlib
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

import pytest

from dialoog.core.http import GuardedClient
from dialoog.networks.base import Connection
from dialoog.networks.errors import NeedsConsent, NetworkError, Refused, TryLater
from dialoog.networks.feed.connector import Feed
from dialoog.networks.feed.ways import Address
from dialoog.networks.grants import Grant, MemoryGrants
from dialoog.networks.tests.conformance import Reading, nobody_there
from dialoog.networks.tests.fault_proxy import Fault, standing_before

RSS = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Vaartland</title>{}</channel></rss>'


class Publisher(ThreadingHTTPServer):
    """A site with documents by path: (body, headers), or a function that writes the answer itself."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.documents, self.asked = {}, []

    def put(self, path, body, kind="application/rss+xml", **headers):
        data = body.encode() if isinstance(body, str) else body
        self.documents[path] = (data, {"content-type": kind, **headers})

    def handle_error(self, *_):
        pass


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(dict(self.headers))
        found = self.server.documents.get(self.path)
        if callable(found):
            found(self)
            return
        if found is None:
            self.send_response(404)
            self.end_headers()
            return
        body, headers = found
        etag = headers.get("etag")
        self.send_response(304 if etag and self.headers.get("if-none-match") == etag else 200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not (etag and self.headers.get("if-none-match") == etag):
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def publisher():
    server = Publisher()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def proxy(publisher):
    with standing_before(publisher.url) as proxy:
        yield proxy


class FeedBench:
    def __init__(self, publisher, proxy, now):
        self.publisher, self.proxy, self.now = publisher, proxy, now
        self.http = GuardedClient(frozenset({publisher.url, proxy.url}))
        self.items = []
        self._put()

    def _put(self):
        body = RSS.format("".join(reversed(self.items)))
        mark = f'"{hashlib.sha256(body.encode()).hexdigest()}"'
        self.publisher.put("/feed", body, etag=mark)

    def show(self, text, at=None):
        moment = at or self.now - timedelta(hours=1) + timedelta(minutes=len(self.items))
        date = format_datetime(moment)
        self.items.append(
            f"<item><title>{escape(text)}</title><guid>{text}</guid><pubDate>{date}</pubDate></item>"
        )
        self._put()

    def connector(self, url=None, http=None):
        grants = MemoryGrants(Grant("feed", {"url": url or f"{self.proxy.url}/feed"}))
        return Feed(Connection(grants=grants, http=http or self.http))

    def read(self, body, kind="application/rss+xml"):
        """Return the items of one document."""
        self.publisher.put("/one", body, kind)
        return self.connector(f"{self.publisher.url}/one").fetch_incoming("", self.now).items


@pytest.fixture
def bench(publisher, proxy, now):
    proxy.fail(None)
    publisher.asked.clear()
    bench = FeedBench(publisher, proxy, now)
    yield bench
    bench.http.close()


class TestFeed(Reading):
    """The common suite."""


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        ({"status": 500}, TryLater, "server_error"),
        ({"status": 404}, TryLater, "server_error"),
        ({"status": 0}, TryLater, "answer_lost"),
        ({"status": 200, "body": b"<html>Even geduld"}, TryLater, "unreadable_answer"),
        ({"status": 200, "body": b""}, TryLater, "unreadable_answer"),
        ({"status": 403}, NeedsConsent, "not_permitted"),
        ({"status": 410}, NeedsConsent, "feed_gone"),
    ],
    ids=str,
)
def test_asking_into_a_fault_is_one_of_the_four(bench, now, fault, error, code):
    bench.proxy.fail(Fault("", **fault))
    for ask in (lambda: bench.connector().check(now), lambda: bench.connector().fetch_incoming("", now)):
        with pytest.raises(NetworkError, match=code) as raised:
            ask()
        assert type(raised.value) is error


def test_the_wait_that_a_server_asks_for_is_kept(bench, now):
    for status, code in ((429, "limit_reached"), (503, "server_error")):
        bench.proxy.fail(Fault("", status=status, headers={"Retry-After": "900"}))
        with pytest.raises(TryLater, match=code) as raised:
            bench.connector().fetch_incoming("", now)
        assert raised.value.after_seconds == 900


def test_nobody_there(bench, now):
    address, http = nobody_there()
    with pytest.raises(TryLater, match="unreachable"):
        bench.connector(f"{address}/feed", http).fetch_incoming("", now)


def test_a_feed_that_did_not_change_is_not_sent_again(bench, now):
    bench.show("Een")
    cursor = bench.connector().fetch_incoming("", now).cursor
    bench.publisher.asked.clear()
    assert bench.connector().fetch_incoming(cursor, now).cursor == cursor
    (asked,) = bench.publisher.asked
    assert asked["if-none-match"]


def test_of_a_server_that_names_no_state_the_same_bytes_are_no_news(bench, now):
    body = RSS.format("<item><title>Zonder datum</title></item>")
    bench.publisher.put("/bare", body)
    connector = bench.connector(f"{bench.publisher.url}/bare")
    first = connector.fetch_incoming("", now)
    assert [item.at for item in first.items] == [now]
    later = connector.fetch_incoming(first.cursor, now + timedelta(days=1))
    assert (later.items, later.cursor) == ([], first.cursor)
    bench.publisher.put("/bare", body + "<!-- -->")
    again = connector.fetch_incoming(first.cursor, now + timedelta(days=1))
    assert [item.remote_id for item in again.items] == [item.remote_id for item in first.items]


def test_of_a_feed_that_is_new_only_the_newest_come(bench, now):
    for number in range(30):
        bench.show(f"Bericht {number}", now - timedelta(days=40) + timedelta(days=number))
    texts = [item.text for item in bench.connector().fetch_incoming("", now).items]
    assert texts == [f"Bericht {number}" for number in range(10, 30)]


def test_an_atom_feed(bench, now):
    (item,) = bench.read(
        """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>
        <link href="https://vaartland.nl/"/><entry><id>tag:1</id><title type="html">Brug &amp;lt;dicht&amp;gt;</title>
        <link rel="alternate" href="/nieuws/brug"/><updated>2026-11-23T09:30:00+01:00</updated>
        <content type="html">&lt;p&gt;De brug is &lt;b&gt;dicht&lt;/b&gt;.&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</content>
        </entry></feed>""",
        "application/atom+xml",
    )
    assert item.text == "Brug <dicht>\n\nDe brug is dicht."
    assert item.at == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    assert item.ref.url == f"{bench.publisher.url}/nieuws/brug"
    assert item.author.name == "A"


def test_an_old_feed_of_rss_1(bench):
    (item,) = bench.read(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
        <channel rdf:about="x"><title>Oud</title></channel>
        <item rdf:about="https://x.nl/1"><title>Bericht</title><link>https://x.nl/1</link></item></rdf:RDF>"""
    )
    assert (item.text, item.ref.url) == ("Bericht", "https://x.nl/1")


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("", None),
        ("gisteren", None),
        ("Mon, 23 Nov 2099 09:00:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Mon, 99 Foo 0000 99:99:99 GMT", None),
        ("Mon, 23 Nov 2026 08:00:00 +0100", datetime(2026, 11, 23, 7, tzinfo=UTC)),
        ("2026-11-23T08:00:00+01:00", datetime(2026, 11, 23, 7, tzinfo=UTC)),
    ],
)
def test_what_has_no_date_that_can_be_is_dated_when_it_is_seen(bench, now, date, expected):
    (item,) = bench.read(RSS.format(f"<item><title>X</title><pubDate>{date}</pubDate></item>"))
    assert item.at == (expected or now)


def test_items_without_a_name_of_their_own_are_told_apart(bench):
    items = bench.read(RSS.format("<item><title>Een</title></item><item><title>Twee</title></item><item/>"))
    assert len({item.remote_id for item in items}) == 3
    assert {item.text for item in items} == {"Een", "Twee", ""}


def test_links_that_lead_elsewhere_than_a_page_are_left_out(bench):
    long = "https://x.nl/" + "a" * 600
    for link in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "mailto:x@y.nl", long):
        (item,) = bench.read(RSS.format(f"<item><title>X</title><guid>1</guid><link>{link}</link></item>"))
        assert item.ref.url == ""


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "utf-8"), ("latin-1", "utf-8"), ("utf-16", "utf-16"), ("windows-1252", "windows-1252")],
)
def test_a_feed_whose_characters_are_not_what_it_says(bench, encoding, said):
    text = f'<?xml version="1.0" encoding="{said}"?><rss version="2.0"><channel><title>C</title>'
    text += "<item><title>Café één</title></item></channel></rss>"
    (item,) = bench.read(text.encode(encoding), "application/xml")
    assert item.text == "Café één"


def test_a_feed_that_is_not_well_formed(bench):
    (item,) = bench.read(
        RSS.format("<item><title>Brood & koek</title><description>x<br>y</description></item>")
    )
    assert item.text.startswith("Brood & koek")


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "head",
    [
        f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>',
        f'<!DOCTYPE x [<!ENTITY a11 "{"x" * 100_000}">]>',
        '<!DOCTYPE x [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY a11 SYSTEM "{canary}">]>',
        '<!DOCTYPE x SYSTEM "{canary}">',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "{canary}"> %p;]>',
    ],
    ids=["laughs", "one long", "a file", "a page", "a doctype", "a parameter"],
)
def test_entities_lead_nowhere(bench, now, head):
    inner = RSS.format(f"<item><title>X{'&a11;' * 1000}</title></item>").partition("?>")[2]
    bench.publisher.put("/one", head.replace("{canary}", f"{bench.publisher.url}/canary") + inner)
    began = time.monotonic()
    for item in bench.connector(f"{bench.publisher.url}/one").fetch_incoming("", now).items:
        assert "root:" not in item.text
        assert "haha" not in item.text
        assert len(item.text) <= 2000
    assert time.monotonic() - began < 5
    assert len(bench.publisher.asked) == 1


def test_a_feed_made_to_take_for_ever_ends(bench, now, monkeypatch):
    monkeypatch.setattr("dialoog.networks.feed.reading.WITHIN_SECONDS", 1)
    attributes = " ".join(f'a{number}="x"' for number in range(60_000))
    began = time.monotonic()
    with pytest.raises(TryLater, match="unreadable_answer"):
        bench.read(RSS.format(f"<item {attributes}></item>"))
    assert time.monotonic() - began < 4


def test_a_feed_of_ten_megabytes_or_without_end_is_too_large(bench, now):
    bench.publisher.put("/one", RSS.format("<item><title>x</title></item>" * 350_000))
    with pytest.raises(TryLater, match="answer_too_large"):
        bench.connector(f"{bench.publisher.url}/one").fetch_incoming("", now)

    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"<item/>" * 10_000)

    bench.publisher.documents["/one"] = endless
    with pytest.raises(TryLater, match="answer_too_large"):
        bench.connector(f"{bench.publisher.url}/one").fetch_incoming("", now)


def test_a_large_feed_gives_its_newest_hundred(bench, now):
    for number in range(600):
        bench.items.append(f"<item><title>{number}</title></item>")
    bench.show("Nieuwste")
    found = bench.connector().fetch_incoming('{"etag": "x"}', now).items
    assert len(found) == 100
    assert "Nieuwste" in [item.text for item in found]


def test_a_text_that_says_no_more_than_its_title_is_left_out(bench):
    (item,) = bench.read(
        RSS.format("<item><title>Brug dicht</title><description>Brug dicht</description></item>")
    )
    assert item.text == "Brug dicht"
    long = "woord " * 1000
    (item,) = bench.read(RSS.format(f"<item><title>Kop</title><description>{long}</description></item>"))
    assert len(item.text) < 1520
    assert item.text.endswith("woord …")


def found_by(bench, typed):
    (access,) = Address().connect({"address": typed}, bench.http, None)
    return access.grant.data["url"]


def test_a_page_leads_to_its_feed(bench):
    page = (
        '<html><head><link rel="stylesheet" href="/x.css"><link rel="Alternate" type="application/rss+xml" '
        'title="Nieuws" href="/feed"><link rel="alternate" type="application/rss+xml" href="/reacties"></head>'
    )
    bench.show("Een")
    bench.publisher.put("/nieuws", page, "text/html")
    assert found_by(bench, f"{bench.publisher.url}/nieuws") == f"{bench.publisher.url}/feed"
    assert found_by(bench, f"{bench.publisher.url}/feed") == f"{bench.publisher.url}/feed"


@pytest.mark.parametrize(
    "body",
    [
        "<html><head></head>",
        '<link rel="alternate" type="application/rss+xml" href="/niets">',
        "",
        "\0" * 100,
    ],
)
def test_a_page_without_a_feed_is_told_in_words(bench, body):
    bench.publisher.put("/pagina", body, "text/html")
    with pytest.raises(Refused, match="no_feed"):
        found_by(bench, f"{bench.publisher.url}/pagina")
    assert Feed.errors["no_feed"].nl


@pytest.mark.parametrize(
    "href",
    ["http://127.0.0.1:1/feed", "http://169.254.169.254/latest", "file:///etc/passwd", "https://[::1]/x"],
)
def test_a_page_leads_to_no_private_address(bench, href):
    bench.publisher.put(
        "/pagina", f'<link rel="alternate" type="application/rss+xml" href="{href}">', "text/html"
    )
    with pytest.raises(Refused, match=r"address_refused|address_not_safe|no_feed"):
        found_by(bench, f"{bench.publisher.url}/pagina")


def test_without_an_address_nothing_is_connected(bench, now):
    with pytest.raises(NeedsConsent, match="not_connected"):
        Feed(Connection(http=bench.http)).check(now)
    with pytest.raises(NeedsConsent, match="not_connected"):
        Feed(Connection(grants=MemoryGrants(Grant("feed", {})), http=bench.http)).fetch_incoming("", now)


def test_the_address_is_in_no_repr_and_no_name(bench, now):
    bench.publisher.put("/feed?key=geheim", RSS.format(""))
    connector = bench.connector(f"{bench.publisher.url}/feed?key=geheim")
    assert "geheim" not in repr((connector.connection, connector.check(now)))
