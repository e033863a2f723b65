"""WordPress against a real site, through the common suite and on what is its own."""

import io
import itertools
import shutil
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest

from dialoog.core.http import GuardedClient
from dialoog.networks.base import Connection
from dialoog.networks.errors import NeedsConsent, OutcomeUnknown, Refused, TryLater
from dialoog.networks.grants import Grant, MemoryGrants
from dialoog.networks.html import plain
from dialoog.networks.tests.conformance import (
    Conformance,
    OverTheWire,
    WireBench,
    image,
    nobody_there,
    prepared_by,
    through_json,
)
from dialoog.networks.tests.conftest import load_server
from dialoog.networks.tests.fault_proxy import Fault, standing_before
from dialoog.networks.values import Link, Message, Ref, Video
from dialoog.networks.ways import Site
from dialoog.networks.wordpress.connector import WordPress
from dialoog.networks.wordpress.content import file_name
from dialoog.networks.wordpress.site import discover
from dialoog.networks.wordpress.ways import AppPassword, SignIn
from dialoog.networks.writing import headline

servers = load_server("wordpress_server")
pytestmark = pytest.mark.wordpress
BACK = "https://dialoog.example/koppelen/wordpress/terug/"
_numbers = itertools.count(1)


@pytest.fixture
def now():
    """A site keeps its own time, so the real one."""
    return datetime.now(UTC)


@pytest.fixture(scope="session")
def sites():
    if shutil.which("apt-get") is None:
        pytest.skip("the site for tests is made of Debian's package of WordPress")
    with servers.running() as sites:
        yield sites


@pytest.fixture(scope="session")
def site(sites):
    return sites.site()


@pytest.fixture(scope="session")
def proxy(site):
    with standing_before(site.url) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def door(site, proxy):
    client = GuardedClient(frozenset({proxy.url, site.origin}))
    yield client
    client.close()


def granted(person, site):
    access = AppPassword().connect(
        {"address": site, "user": person.name, "password": person.password}, client_for(site), None
    )
    return access[0]


def client_for(url):
    return GuardedClient(frozenset({f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"}))


class Pictures(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.alts, self.sources = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.alts.append(dict(attrs)["alt"])
            self.sources.append(dict(attrs)["src"])


class WordPressBench(WireBench):
    publish_path = "_fields=status"
    states_our_time = False
    media_by_content = False
    looks_by_key = False

    def __init__(self, site, proxy, http, role="editor"):
        self.site, self.proxy, self.http, self.calls = site, proxy, http, proxy.calls
        self.person = site.person(f"sam{next(_numbers)}", role)
        self.grants = MemoryGrants(granted(self.person, site.url).grant)

    def connector(self, address=None, http=None, **more):
        address = address or f"{self.proxy.url}/wp-json"
        return WordPress(Connection(address=address, grants=self.grants, http=http or self.http, **more))

    def posts(self, status="publish", kind="post"):
        return self.site.posts(self.person, status, kind)

    def texts(self):
        return [plain(post["content"]) for post in self.posts()]

    def alts(self):
        return [alt for post in self.posts() for alt in Pictures(post["content"]).alts]

    def fail(self, path, **fault):
        self.proxy.fail(Fault(path, **fault))

    def heal(self):
        self.proxy.fail(None)

    def secret(self):
        return self.grants.load().data["access"]

    def unreachable(self):
        address, http = nobody_there()
        return self.connector(f"{address}/wp-json", http)

    def revoke(self):
        self.site.ask(do="revoke", id=self.person.id)


@pytest.fixture
def bench(site, proxy, door):
    proxy.fail(None)
    site.ask(do="forget")
    return WordPressBench(site, proxy, door)


class TestWordPress(Conformance, OverTheWire):
    """The common suite."""


class Killed(BaseException):
    """The process ends here."""


class Dying(GuardedClient):
    """A client whose process is killed at one of its calls, just before it or just after."""

    def __init__(self, allow, *, at, after):
        super().__init__(allow)
        self.left, self.after = at, after

    def request(self, *args, **kwargs):
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Killed
        answer = super().request(*args, **kwargs)
        if self.left == 0:
            raise Killed
        return answer


def publish(connector, message, key, now, done):
    done.append(connector.prepare(message, key, now))
    connector.publish(done[0])


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, 8))
def test_killed_at_any_call_it_ends_in_one_post_and_leaves_nothing_over(bench, now, at, after):
    """The calls: look for the draft, make it, two pictures, fill it; look whether it's shown, show it."""
    message = bench.message("Vers brood\n\nVandaag.", images=(image("Een"), image("Twee")))
    dying = Dying(frozenset({bench.proxy.url}), at=at, after=after)
    key = bench.connector().new_key(now)
    done = []
    with pytest.raises(Killed):
        publish(bench.connector(http=dying), message, key, now, done)
    dying.close()
    prepared = done[0] if done else bench.connector().prepare(message, key, now)
    if at == 7 and after:
        assert bench.connector().find(prepared) is not None
    bench.connector().publish(through_json(prepared))
    assert [post["title"] for post in bench.posts("any")] == ["Vers brood"]
    assert bench.alts() == ["Een", "Twee"]
    assert len(bench.posts("inherit", "attachment")) == 2


def test_it_stands_there_as_somebody_would_have_made_it(bench, now):
    text = "Brood & koek\n\nKijk op https://dekorenaar.nl/?a=1&b=2.\nTot zo."
    connector = bench.connector()
    message = bench.message(
        text, languages=("nl",), images=(image('Een "brood"'),), link=Link("https://x.nl/", "Recept")
    )
    published = connector.publish(connector.prepare(message, connector.new_key(now), now))
    (post,) = bench.posts()
    assert (post["title"], post["slug"]) == ("Brood &amp; koek", "brood-koek")
    assert urlsplit(published.ref.url).path == urlsplit(post["url"]).path == "/brood-koek/"
    assert plain(post["content"]) == "Kijk op https://dekorenaar.nl/?a=1&b=2.\nTot zo.\n\nRecept"
    assert 'href="https://dekorenaar.nl/?a=1&amp;b=2"' in post["content"]
    assert '<span lang="nl">' in post["content"]
    (picture,) = bench.posts("inherit", "attachment")
    assert post["thumbnail"] == picture["id"]
    assert post["categories"] == ["Uncategorized"]
    (source,) = Pictures(post["content"]).sources
    assert source.endswith("/brood-koek-1.png")
    shown = bench.http.request("GET", published.ref.url).body.decode()
    assert "<h1>Brood &amp; koek</h1>" in shown
    assert bench.http.request("GET", source).status == 200


def test_people_on_the_site_may_change_it_before_and_after(bench, now):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    number = prepared.payload["post"]
    bench.site.ask(do="change", post=number, to={"post_name": "ons-brood"})
    first = connector.publish(prepared)
    assert first.ref.url.endswith("/ons-brood/")
    bench.site.ask(do="change", post=number, to={"post_content": "Verbeterd", "post_name": "beter"})
    assert connector.publish(prepared).ref.uri == first.ref.uri
    assert bench.texts() == ["Verbeterd"]
    assert connector.find(prepared).ref.url.endswith("/beter/")


def test_what_somebody_threw_away_is_not_published(bench, now):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    bench.site.ask(do="change", post=prepared.payload["post"], to={"post_status": "trash"})
    with pytest.raises(Refused, match="draft_gone"):
        connector.publish(prepared)
    published = connector.publish(other := prepared_by(bench, now))
    connector.delete(published.ref)
    with pytest.raises(Refused, match="draft_gone"):
        connector.publish(other)
    assert bench.texts() == []
    assert len(bench.posts("trash")) == 2


def test_a_site_that_keeps_it_for_review_says_so(bench, now):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    held = b'{"id": 1, "link": "x", "status": "pending", "date_gmt": "2026-11-23T09:00:00"}'
    bench.fail(bench.publish_path, status=200, body=held)
    with pytest.raises(Refused, match="kept_for_review"):
        connector.publish(prepared)


def test_a_film_stands_in_the_post(bench, now):
    film = Video(
        open=lambda: io.BytesIO(b"\x00\x00\x00\x20ftypisom" + bytes(200)), mime="video/mp4", size=212
    )
    connector = bench.connector()
    connector.publish(prepared_by(bench, now, video=film))
    (post,) = bench.posts()
    assert '<video controls src="http' in post["content"]
    assert post["thumbnail"] == 0


def test_a_file_that_the_site_does_not_take_is_refused(bench, now):
    with pytest.raises(Refused, match="file_refused"):
        prepared_by(bench, now, images=(image(load=lambda: b"<svg/>"),))
    assert bench.posts() == []


def comment(bench, post, text, **more):
    return bench.site.ask(do="comment", post=post, name="Lezer", text=text, **more)


def test_comments_come_in_also_those_approved_late(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    late = comment(bench, int(ref.cid), "Ik was er eerder", approved=0)
    first = comment(bench, int(ref.cid), "Ook <b>spelt</b>?")
    fetched = connector.fetch_incoming("", now)
    (item,) = fetched.items
    assert (item.kind, item.text, item.author.name) == ("reply", "Ook spelt?", "Lezer")
    assert (item.in_reply_to.uri, item.root.uri) == (ref.uri, ref.uri)
    assert item.ref.url.endswith(f"#comment-{first}")
    bench.site.ask(do="approve", comment=late)
    again = connector.fetch_incoming(fetched.cursor, now).items
    assert {one.text for one in again} == {"Ik was er eerder", "Ook spelt?"}
    assert len({one.author.id for one in again}) == 2
    assert connector.post_metrics([ref], now)[ref.uri].counts == {"replies": 2}


def test_a_site_that_is_new_brings_no_comments_of_long_ago(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    for days, text in ((40, "Lang geleden"), (13, "Vorige week"), (0, "Vandaag")):
        at = (now - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S")
        comment(bench, int(ref.cid), text, at=at)
    fetched = connector.fetch_incoming("", now)
    assert [item.text for item in fetched.items] == ["Vorige week", "Vandaag"]
    assert [item.text for item in connector.fetch_incoming(fetched.cursor, now).items] == [
        "Vorige week",
        "Vandaag",
    ]


def test_an_answer_goes_out_once_whatever_becomes_of_the_way_back(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    comment(bench, int(ref.cid), "Ook spelt?")
    (item,) = connector.fetch_incoming("", now).items
    text = 'Ja, "elke" dag... & <vers> \'s ochtends'
    prepared = prepared_by(bench, now, text, reply_to=item.ref)
    assert connector.find(prepared) is None
    bench.fail("/comments", passes=True, status=0, times=1)
    with pytest.raises(OutcomeUnknown):
        connector.publish(prepared)
    found = connector.find(through_json(prepared))
    assert connector.publish(through_json(prepared)) == found
    (own,) = bench.site.ask(do="comments", id=bench.person.id)
    assert (plain(own["text"]), own["parent"]) == (text, int(item.ref.cid))
    assert [one.text for one in connector.fetch_incoming("", now).items] == ["Ook spelt?"]
    connector.delete(found.ref)
    connector.delete(found.ref)
    assert connector.find(prepared) is None


def test_who_may_not_moderate_waits_between_two_answers(site, proxy, door, now):
    bench = WordPressBench(site, proxy, door, role="author")
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    connector.publish(prepared_by(bench, now, "Een", reply_to=ref))
    with pytest.raises(TryLater, match="limit_reached") as raised:
        connector.publish(prepared_by(bench, now, "Twee", reply_to=ref))
    assert (raised.value.after_seconds, raised.value.sent) == (15, True)


def test_under_a_closed_post_nobody_answers(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    bench.site.ask(do="change", post=int(ref.cid), to={"comment_status": "closed"})
    with pytest.raises(Refused, match="comments_closed"):
        connector.publish(prepared_by(bench, now, "Nog iets", reply_to=ref))


def test_who_may_only_write_drafts_is_told_at_once(site, proxy, door, now):
    bench = WordPressBench(site, proxy, door, role="contributor")
    with pytest.raises(NeedsConsent, match="may_not_publish"):
        bench.connector().check(now)


def kinds():
    return [servers.PLAIN, servers.IN_A_FOLDER, servers.NETWORK]


@pytest.mark.parametrize("kind", kinds(), ids=["plain permalinks", "in a folder", "a site in a network"])
def test_other_sorts_of_sites(sites, now, kind):
    site = sites.site(kind)
    address = f"{site.url}/winkel" if kind.network else site.url
    person = site.person(f"ays{next(_numbers)}", "editor")
    if kind.network:
        site.ask(do="join", id=person.id)
    http = client_for(address)
    for typed in (address, f"{address}/", f"{address}/index.php", discover(http, address).root):
        filled = {"address": typed, "user": person.name, "password": person.password}
        (access,) = AppPassword().connect(filled, http, now)
    connector = WordPress(Connection(address=access.address, grants=MemoryGrants(access.grant), http=http))
    profile = connector.check(now)
    assert profile.url == f"{address}/"
    key = connector.new_key(now)
    prepared = connector.prepare(Message(text="Vers brood", images=(image(),)), key, now)
    published = connector.publish(prepared)
    assert connector.publish(through_json(prepared)) == published == connector.find(prepared)
    assert b"Vers brood" in http.request("GET", published.ref.url).body
    assert connector.profile_metrics(now).counts["posts"] >= 1
    assert published.ref not in [one.root for one in connector.fetch_incoming("", now).items]
    connector.delete(published.ref)
    assert connector.find(prepared) is None
    http.close()


def test_something_else_than_wordpress_is_told_in_words(proxy, door, now):
    for fault, code in (
        ({"status": 404}, "no_wordpress"),
        ({"status": 200, "body": b"<html>"}, "no_wordpress"),
        ({"status": 403}, "interface_closed"),
        ({"status": 200, "body": b'{"namespaces": ["wp/v2"], "home": "x"}'}, "no_app_passwords"),
    ):
        proxy.fail(Fault("", **fault))
        with pytest.raises(Refused, match=code):
            discover(door, proxy.url)
        assert WordPress.errors[code].nl
    proxy.fail(None)


def test_a_page_that_names_an_interface_elsewhere_gets_no_password(proxy, door, now):
    """What a page names may be anybody's; the password goes to the server that was typed alone."""
    named = b'<link rel="https://api.w.org/" href="https://elders.example/wp-json/">'
    proxy.fail(Fault("", status=200, body=named))
    with pytest.raises(Refused, match="no_wordpress"):
        discover(door, proxy.url, {"authorization": "Basic x"})
    proxy.fail(None)


def approve(site, url, answer):
    """Walk the page of consent as somebody without JavaScript does; return the address that follows."""
    browser = servers.Browser(site)
    browser.sign_in("noor", "a password for tests")
    return browser.approve(url, answer)


def test_signing_in_at_the_site(site, door, now):
    here = Site(redirect_uri=BACK, address="https://dialoog.example")
    begun = SignIn().begin({"address": site.url}, here, door, now)
    came_back = dict(parse_qs(urlsplit(approve(site, begun.url, "approve")).query))
    params = {name: value[0] for name, value in came_back.items()}
    assert params["state"] == begun.state
    (access,) = SignIn().finish(begun.secret, params, door, now)
    held = Connection(address=access.address, grants=MemoryGrants(access.grant), http=door)
    profile = WordPress(held).check(now)
    assert (profile.name, profile.handle) == ("Bakkerij De Korenaar", "noor")
    with pytest.raises(Refused, match="wrong_state"):
        SignIn().finish(begun.secret, {**params, "state": "another"}, door, now)
    with pytest.raises(Refused, match="wrong_issuer"):
        SignIn().finish(begun.secret, {**params, "site_url": "https://elders.example"}, door, now)
    assert params["password"] not in repr((begun, access))


def test_a_no_at_the_site_is_a_no(site, door, now):
    here = Site(redirect_uri=BACK, address="https://dialoog.example")
    begun = SignIn().begin({"address": site.url}, here, door, now)
    params = {
        name: value[0] for name, value in parse_qs(urlsplit(approve(site, begun.url, "reject")).query).items()
    }
    with pytest.raises(NeedsConsent, match="consent_withdrawn"):
        SignIn().finish(begun.secret, params, door, now)


def test_without_https_only_the_password_is_offered():
    assert SignIn().offered(Site(redirect_uri="http://127.0.0.1:1/", address="http://127.0.0.1:1"))
    assert SignIn().offered(Site(redirect_uri=BACK, address="https://dialoog.example")) is None


def test_a_password_that_is_no_longer_good_wants_a_person(bench, now):
    bench.grants.refresh(lambda grant: Grant(grant.kind, {**grant.data, "access": "x" * 24}))
    with pytest.raises(NeedsConsent, match="wrong_password"):
        bench.connector().check(now)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (Message(text="Vers brood"), ("Vers brood", "Vers brood")),
        (Message(text="Kop\nEn de rest\n\nNog meer"), ("Kop", "En de rest\n\nNog meer")),
        (Message(text="Kop\n\n"), ("Kop", "Kop\n\n")),
        (Message(text="Tekst", title="Titel"), ("Titel", "Tekst")),
        (Message(text="woord " * 30 + "\nrest"), ("woord " * 12 + "woord…", "woord " * 30 + "\nrest")),
        (Message(text="a" * 90), ("a" * 79 + "…", "a" * 90)),
        (Message(text="", images=(image("Een\nbrood"),)), ("Een brood", "")),
        (Message(text="", images=(image(""),)), ("", "")),
    ],
)
def test_the_title_is_the_first_line(message, expected):
    assert headline(message) == expected
    assert len(expected[0]) <= 80


def test_names_of_files_say_what_they_belong_to():
    assert file_name("Crème brûlée & Co!", 2, "image/jpeg") == "creme-brulee-co-2.jpg"
    assert file_name("خبز", 1, "image/png") == "dialoog-1.png"


def test_a_reference_of_another_site_is_refused(bench):
    other = Ref("https://elders.example/wp-json/wp/v2/posts/1", "1")
    with pytest.raises(Refused, match="bad_reference"):
        bench.connector().post_metrics([other], datetime.now(UTC))


def test_a_site_without_a_bin_deletes_for_good(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    said = b'{"code": "rest_trash_not_supported", "message": "no bin"}'
    bench.fail("/posts/", status=501, body=said, times=1)
    connector.delete(ref)
    assert bench.posts("any") == bench.posts("trash") == []


def test_what_is_gone_for_good_is_not_found(bench, now):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    ref = connector.publish(prepared).ref
    door = bench.connector().api
    door.call("DELETE", f"/wp/v2/posts/{ref.cid}", query={"force": "true"})
    assert connector.find(prepared) is None
    connector.delete(ref)
    assert connector.find(prepared_by(bench, now + timedelta(hours=1))) is None
