"""Threads against a stand-in that holds each request against the description of its interface."""

import io
import itertools
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image as Picture

from dialoog.networks.errors import NeedsConsent, OutcomeUnknown, Refused, TryLater
from dialoog.networks.grants import Grant
from dialoog.networks.tests.conformance import (
    FAMILY,
    Conformance,
    ContractBench,
    OverTheWire,
    contract,
    image,
    prepared_by,
)
from dialoog.networks.tests.conftest import NOW
from dialoog.networks.tests.contracts.meta import error
from dialoog.networks.tests.contracts.threads import APP, CODE, SECRET, USER
from dialoog.networks.tests.contracts.threads import Threads as Truth
from dialoog.networks.threads.connector import Threads
from dialoog.networks.threads.ways import SCOPES, SignIn
from dialoog.networks.values import Link, Ref, Video
from dialoog.networks.ways import Site

BACK = "https://dialoog.korenaar.nl/koppelen/threads/terug/"
_numbers = itertools.count(1)


class ThreadsBench(ContractBench):
    publish_path = "threads_publish"
    states_our_time = False
    media_by_content = False
    looks_by_key = False
    kind = Threads

    def granted(self):
        ends = (NOW + timedelta(days=59)).isoformat()
        return Grant("long", {"access": self.network.held, "expires_at": ends})

    def connector(self, address=None, http=None, **more):
        return super().connector(address, http, **{"expose": self.expose, **more})

    def expose(self, data, mime):
        url = f"https://dialoog.korenaar.nl/koppelen/media/{next(_numbers)}/"
        self.network.shown[url] = (data if isinstance(data, bytes) else data.read(), mime)
        return url

    def texts(self):
        return [one["text"] for one in self.network.posts.values()]

    def alts(self):
        return [item.get("alt_text", "") for one in self.network.posts.values() for item in one["items"]]

    def revoke(self):
        self.network.is_revoked = True


@pytest.fixture
def bench():
    with contract("threads", Truth(), ThreadsBench) as bench:
        bench.network.clock.at = NOW
        yield bench


class TestThreads(Conformance, OverTheWire):
    """The common suite."""


def webp():
    out = io.BytesIO()
    Picture.new("RGB", (8, 8)).save(out, "WEBP")
    return image(load=out.getvalue, mime="image/webp", size=len(out.getvalue()))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("brood", 5),
        ("é", 1),
        ("🥖", 4),
        (FAMILY, 25),
        ("🇳🇱", 8),
        ("1️⃣", 7),
        ("👍🏽", 8),
        ("خبز", 3),
        ("漢字", 2),
        ("12#*", 4),
    ],
)
def test_an_emoji_counts_as_its_bytes(bench, text, count):
    assert bench.connector().length(text) == count


def test_five_different_links_and_no_more(bench):
    connector = bench.connector()
    links = [f"https://korenaar.nl/{number}" for number in range(6)]
    assert connector.validate(bench.message(" ".join([*links[:5], links[0]]))) == ()
    (found,) = connector.validate(bench.message(" ".join(links)))
    assert (found.code, found.params) == ("too_many_links", {"count": 6, "limit": 5})
    assert Threads.errors["too_many_links"].nl % dict(found.params)


def test_text_goes_out_where_nobody_can_reach_us_and_pictures_do_not(bench, now):
    connector = bench.connector(expose=None)
    connector.publish(prepared_by(bench, now, connector=connector, link=Link("https://korenaar.nl", "Brood")))
    (container,) = bench.network.containers.values()
    assert container["form"]["link_attachment"] == "https://korenaar.nl"
    with pytest.raises(Refused, match="needs_public_address"):
        prepared_by(bench, now, connector=connector, images=(image(),))


def test_pictures_and_films_each_in_their_form(bench, now):
    connector = bench.connector()
    film = Video(open=lambda: io.BytesIO(b"ftyp" * 99), mime="video/mp4", size=396, alt="De oven gaat open")
    for media in ({"images": (webp(),)}, {"images": (image(), image("Een taart"))}, {"video": film}):
        prepared = prepared_by(bench, now, "Kijk", **media)
        assert connector.find(prepared) is None
        published = connector.publish(prepared)
        assert connector.find(prepared) == published
        connector.delete(published.ref)
    mimes = [mime for _data, mime in bench.network.shown.values()]
    assert mimes == ["image/jpeg", "image/png", "image/png", "video/mp4"]


def test_answers_go_under_what_they_answer_and_are_found_there(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    start = connector.fetch_incoming("", now).cursor
    post = ref.uri.partition(":")[2]
    asked = bench.network.show("Is er ook spelt?", under=post, username="ineke")
    nested = bench.network.show("Dat wil ik ook weten", under=asked["id"], username="joop")
    named = bench.network.show("Bij @dekorenaar was het goed", username="joop")
    bench.network.mentioned += [named["id"], nested["id"]]
    fetched = connector.fetch_incoming(start, now)
    assert [(item.kind, item.author.handle) for item in fetched.items] == [
        ("reply", "ineke"),
        ("reply", "joop"),
        ("mention", "joop"),
    ]
    assert (fetched.items[0].in_reply_to, fetched.items[1].in_reply_to.uri) == (ref, f"threads:{asked['id']}")
    prepared = prepared_by(bench, now, "Op vrijdag", reply_to=fetched.items[1].ref)
    published = connector.publish(prepared)
    assert bench.network.posts[published.ref.cid]["replied_to"] == {"id": nested["id"]}
    assert connector.find(prepared) == published
    again = connector.fetch_incoming(fetched.cursor, now)
    assert {item.remote_id for item in again.items} == {item.remote_id for item in fetched.items}


def test_an_app_without_leave_for_mentions_still_reads_answers(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    bench.network.no_mentions = True
    bench.network.show("Is er ook spelt?", under=ref.cid, username="ineke")
    assert [item.text for item in connector.fetch_incoming("", now).items] == ["Is er ook spelt?"]


def test_posts_and_answers_have_each_their_measure(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    bench.network.used = 250
    with pytest.raises(TryLater, match="quota_reached"):
        prepared_by(bench, now)
    prepared_by(bench, now, reply_to=ref)
    bench.network.used, bench.network.used_for_replies = 0, 1000
    prepared_by(bench, now)
    with pytest.raises(TryLater, match="quota_reached"):
        prepared_by(bench, now, reply_to=ref)


def test_a_container_that_threads_loses_is_made_anew(bench, now):
    """Known: finished a moment ago, and then 24/4279009; the same id never works again."""
    connector = bench.connector()
    bench.network.loses_containers = 1
    with pytest.raises(TryLater, match="container_lost") as raised:
        connector.publish(prepared_by(bench, now))
    assert (raised.value.sent, raised.value.after_seconds) == (True, 5)
    connector.publish(prepared_by(bench, now))
    assert bench.texts() == ["Vers brood"]


@pytest.mark.parametrize("told", [error(1, 0), error(2, 0), error(-1, 0, is_transient=True)])
def test_a_failure_of_threads_own_while_publishing_is_in_doubt(bench, now, told):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    bench.network.publish = lambda _asked: told
    with pytest.raises(OutcomeUnknown):
        connector.publish(prepared)


def test_it_stays_published_when_the_post_cannot_be_read_yet(bench, now):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    bench.fail("fields=id%2Ctext%2Ctimestamp", status=500)
    assert connector.publish(prepared).at == now
    bench.heal()
    bench.network.hides_posts = True
    assert connector.publish(prepared).ref.uri == f"threads:container-{prepared.payload['container']}"
    assert len(bench.texts()) == 1


def test_figures_as_threads_gives_them(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    (counted,) = connector.post_metrics([ref, Ref("threads:1", "1")], now).values()
    assert set(counted.counts.values()) == {4}
    assert connector.profile_metrics(now).counts == {"followers": 640, "views_28_days": 15}


def test_a_token_of_a_week_is_renewed(bench, now):
    later = now + timedelta(days=9)
    profile = bench.connector().check(later)
    assert profile.consent_ends == later + timedelta(seconds=5_183_944)
    bench.connector().check(later)
    assert bench.network.refreshed == 1


def _begun(bench, now, **filled):
    held = {"address": bench.proxy.url, "app_id": APP, "app_secret": SECRET, **filled}
    return SignIn().begin(held, Site(BACK, "https://dialoog.korenaar.nl"), bench.http, now)


def test_signing_in_gives_a_token_for_sixty_days(bench, now):
    begun = _begun(bench, now)
    asked = parse_qs(urlsplit(begun.url).query)
    assert (asked["redirect_uri"], asked["scope"]) == ([BACK], [",".join(SCOPES)])
    (access,) = SignIn().finish(begun.secret, {"state": begun.state, "code": CODE}, bench.http, now)
    bench.grants.refresh(lambda _: access.grant)
    profile = bench.connector(address=access.address).check(now)
    assert (profile.id, profile.handle) == (USER, "dekorenaar")
    assert profile.consent_ends == now + timedelta(seconds=5_183_944)


@pytest.mark.parametrize(
    ("params", "filled", "kind", "code"),
    [
        ({"state": "another", "code": CODE}, {}, Refused, "wrong_state"),
        ({"error": "access_denied"}, {}, NeedsConsent, "consent_withdrawn"),
        ({"code": "used"}, {}, NeedsConsent, "consent_withdrawn"),
        ({"code": CODE}, {"app_secret": "wrong"}, NeedsConsent, "app_refused"),
    ],
)
def test_a_sign_in_that_fails_says_why(bench, now, params, filled, kind, code):
    begun = _begun(bench, now, **filled)
    with pytest.raises(kind, match=code):
        SignIn().finish(begun.secret, {"state": begun.state, **params}, bench.http, now)


def test_the_real_hosts_are_asked_when_no_other_address_is_given(bench, now):
    held = {"app_id": APP, "app_secret": SECRET}
    begun = SignIn().begin(held, Site(BACK, ""), bench.http, now)
    assert begun.url.startswith("https://threads.com/oauth/authorize?")
    assert begun.secret["token_url"] == "https://graph.threads.com/oauth/access_token"
    assert SignIn().offered(Site("http://127.0.0.1/terug/", "")) is not None


@pytest.mark.parametrize(
    ("path", "body", "ask"),
    [
        ("/me?", b'{"id": "24500000000000001"}', "check"),
        ("/mentions", b'{"data": [{"id": "1", "text": null}]}', "fetch"),
        ("/me/threads?", b'{"data": [{"has_replies": true}]}', "fetch"),
        ("error_message", b'{"status_code": "PUBLISHED"}', "find"),
        ("/me/threads?", b'{"data": [{"id": "1", "timestamp": "2026-11-23T09:00:00"}]}', "find"),
        ("threads_publishing_limit", b'{"data": [{"quota_usage": null}]}', "prepare"),
        ("threads_insights", b'{"data": [{"total_value": 5}]}', "profile"),
    ],
)
def test_an_answer_in_another_form_is_tried_again_and_never_believed(bench, now, path, body, ask):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    connector.publish(prepared)
    asks = {
        "check": lambda: connector.check(now),
        "fetch": lambda: connector.fetch_incoming("", now),
        "find": lambda: connector.find(prepared),
        "prepare": lambda: prepared_by(bench, now),
        "profile": lambda: connector.profile_metrics(now),
    }
    bench.fail(path, status=200, body=body)
    with pytest.raises(TryLater, match="unreadable_answer"):
        asks[ask]()
