"""Instagram against a stand-in that holds each request against the description of its interface."""

import io
import itertools
import threading
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from dialoog.networks.errors import NeedsConsent, NetworkError, OutcomeUnknown, Refused, TryLater
from dialoog.networks.grants import Grant
from dialoog.networks.instagram.connector import Instagram
from dialoog.networks.instagram.ways import SCOPES, SignIn
from dialoog.networks.tests.conformance import (
    Conformance,
    ContractBench,
    OverTheWire,
    contract,
    image,
    prepared_by,
)
from dialoog.networks.tests.conftest import NOW
from dialoog.networks.tests.contracts.instagram import APP, CODE, SECRET, USER
from dialoog.networks.tests.contracts.instagram import Instagram as Truth
from dialoog.networks.tests.contracts.meta import error
from dialoog.networks.values import Message, Ref, Video
from dialoog.networks.ways import Site

BACK = "https://dialoog.korenaar.nl/koppelen/instagram/terug/"


class InstagramBench(ContractBench):
    publish_path = "media_publish"
    states_our_time = False
    media_by_content = False
    looks_by_key = False
    kind = Instagram

    def granted(self):
        ends = (NOW + timedelta(days=59)).isoformat()
        return Grant("long", {"access": self.network.held, "expires_at": ends})

    def message(self, text="Vers brood", **fields):
        if not fields.get("images") and not fields.get("video") and not fields.get("reply_to"):
            fields["images"] = (image(),)
        return Message(text=text, **fields)

    def connector(self, address=None, http=None, **more):
        return super().connector(address, http, **{"expose": self.expose, **more})

    def expose(self, data, mime):
        url = f"https://dialoog.korenaar.nl/koppelen/media/{next(_numbers)}/"
        self.network.shown[url] = (data if isinstance(data, bytes) else data.read(), mime)
        return url

    def texts(self):
        return [one["caption"] for one in self.network.posts.values()]

    def alts(self):
        return [item.get("alt_text", "") for one in self.network.posts.values() for item in one["items"]]

    def revoke(self):
        self.network.is_revoked = True


_numbers = itertools.count(1)


@pytest.fixture
def bench():
    with contract("instagram", Truth(), InstagramBench) as bench:
        bench.network.clock.at = NOW
        yield bench


class TestInstagram(Conformance, OverTheWire):
    """The common suite."""


def film():
    return Video(open=lambda: io.BytesIO(b"ftypmp42" * 100), mime="video/mp4", size=800)


def test_it_waits_until_each_picture_is_ready_and_then_for_the_whole(bench, now):
    bench.network.busy_looks = 2
    prepared = prepared_by(bench, now, images=(image("Een brood"), image("Een taart"), image()))
    bench.connector().publish(prepared)
    assert bench.alts() == ["Een brood", "Een taart", "Een brood"]
    assert {one["state"] for one in bench.network.containers.values()} == {"FINISHED", "PUBLISHED"}


def test_a_film_becomes_a_reel(bench, now):
    connector = bench.connector()
    prepared = prepared_by(bench, now, "De oven gaat aan", video=film())
    published = connector.publish(prepared)
    (item,) = next(iter(bench.network.posts.values()))["items"]
    assert (item["media_type"], bench.network.shown[item["video_url"]][1]) == ("REELS", "video/mp4")
    assert connector.find(prepared) == published


def test_only_what_nobody_can_reach_is_asked_for_an_address(bench, now):
    connector = bench.connector(expose=None)
    message = bench.message()
    assert [problem.code for problem in connector.validate(message)] == ["needs_public_address"]
    with pytest.raises(Refused, match="needs_public_address"):
        connector.prepare(message, "k", now)
    assert Instagram.errors["needs_public_address"].nl


def test_a_copy_that_cannot_be_kept_is_tried_again(bench, now):
    def full(_data, _mime):
        raise OSError("No space left on device")

    with pytest.raises(TryLater, match="store_failed"):
        prepared_by(bench, now, connector=bench.connector(expose=full))


def test_a_picture_that_instagram_cannot_fetch_is_tried_again(bench, now):
    connector = bench.connector(expose=lambda _data, _mime: "https://nergens.korenaar.nl/x")
    with pytest.raises(TryLater, match="media_fetch_failed"):
        prepared_by(bench, now, connector=connector)


def test_a_picture_of_another_shape_and_too_many_hashtags_are_refused_beforehand(bench):
    connector = bench.connector()
    for size, codes in (
        ((1080, 1350), []),
        ((1080, 566), []),
        ((1080, 1920), ["image_shape"]),
        ((2000, 500), ["image_shape"]),
    ):
        shaped = replace(image(), width=size[0], height=size[1])
        found = connector.validate(bench.message(images=(shaped,)))
        assert [problem.code for problem in found] == codes
    (found,) = connector.validate(bench.message("#brood " * 31))
    assert found.code == "too_many_hashtags"
    assert Instagram.errors["too_many_hashtags"].nl % dict(found.params) == (
        "Er staan 31 hashtags in; Instagram neemt er 30."
    )


def test_no_more_than_instagram_takes_in_a_day(bench, now):
    bench.network.used = 50
    with pytest.raises(TryLater, match="quota_reached") as raised:
        prepared_by(bench, now)
    assert raised.value.after_seconds == 3600
    assert bench.network.containers == {}


STATES = [
    # what is wrong with the container, error, code of ours
    ("Error: Media upload has failed with error code 2207026", Refused, "media_refused"),
    ("Error: 2207009", Refused, "image_shape"),
    ("Error: 2207052", TryLater, "media_fetch_failed"),
    ("Error: something new", Refused, "media_refused"),
]


@pytest.mark.parametrize(("why", "kind", "code"), STATES)
def test_a_container_that_fails_says_why(bench, now, why, kind, code):
    bench.network.broken = why
    with pytest.raises(kind, match=code):
        prepared_by(bench, now)


def test_a_container_that_expired_is_made_anew_by_a_person(bench, now):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    bench.network.containers[prepared.payload["container"]]["state"] = "EXPIRED"
    with pytest.raises(Refused, match="container_expired"):
        connector.publish(prepared)
    assert connector.find(prepared) is None
    assert not connector.may_send_again(prepared, timedelta(hours=24))


def test_a_container_that_instagram_cannot_find_just_now_is_asked_again(bench, now):
    """Known: code 100/33 on containers that are there."""
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    connector.publish(prepared)
    gone = error(100, 33, "Object does not exist").body
    bench.fail(prepared.payload["container"], status=400, body=str(gone).replace("'", '"').encode())
    for ask in (connector.find, connector.publish):
        with pytest.raises(TryLater, match="container_lost"):
            ask(prepared)


def test_it_stays_published_when_the_post_cannot_be_read_yet(bench, now):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    bench.fail("fields=id%2Ccaption", status=400, body=b'{"error": {"code": 100, "error_subcode": 33}}')
    first = connector.publish(prepared)
    assert first.ref.uri.startswith("instagram:18")
    assert first.at == now
    bench.heal()
    bench.network.hides_posts = True
    assert connector.find(prepared) is None
    assert connector.publish(prepared).ref.uri == f"instagram:container-{prepared.payload['container']}"
    assert len(bench.texts()) == 1


def test_a_failure_of_instagrams_own_while_publishing_is_in_doubt(bench, now):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    for code, subcode in ((-1, 2207001), (1, 99), (2, 0), (-2, 2207003)):
        told = error(code, subcode)
        bench.network.publish = lambda _asked, told=told: told
        with pytest.raises(OutcomeUnknown):
            connector.publish(prepared)


@pytest.mark.parametrize(
    ("code", "subcode", "kind", "ours"),
    [
        (9, 2207042, TryLater, "quota_reached"),
        (9007, 2207027, TryLater, "media_processing"),
        (24, 2207006, TryLater, "container_lost"),
        (25, 2207050, NeedsConsent, "account_inactive"),
        (4, 2207051, Refused, "blocked_for_now"),
        (4, 0, TryLater, "limit_reached"),
        (80002, 0, TryLater, "limit_reached"),
        (36004, 2207010, Refused, "text_too_long"),
    ],
)
def test_each_error_says_what_to_do(bench, now, code, subcode, kind, ours):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    bench.network.publish = lambda _asked: error(code, subcode)
    with pytest.raises(NetworkError) as raised:
        connector.publish(prepared)
    assert (type(raised.value), raised.value.code) == (kind, ours)


def test_comments_come_in_and_answers_go_under_them_once(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    post = ref.uri.partition(":")[2]
    start = connector.fetch_incoming("", now).cursor
    first = bench.network.say(post, "Is er ook spelt?")
    bench.network.say(first, "Dat wil ik ook weten", username="joop")
    fetched = connector.fetch_incoming(start, now)
    assert [item.text for item in fetched.items] == ["Is er ook spelt?", "Dat wil ik ook weten"]
    asked, nested = fetched.items
    assert (asked.in_reply_to, asked.root, nested.in_reply_to) == (ref, ref, asked.ref)
    prepared = connector.prepare(Message(text="Op vrijdag", reply_to=nested.ref), "k", now)
    assert connector.find(prepared) is None
    bench.fail("/replies", passes=True, status=500)
    with pytest.raises(OutcomeUnknown):
        connector.publish(prepared)
    bench.heal()
    assert connector.find(prepared) is not None
    assert not connector.may_send_again(prepared, timedelta(seconds=20))
    assert len(connector.fetch_incoming(fetched.cursor, now).items) == 2


def test_a_word_under_an_own_post_and_an_answer_without_pictures(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    prepared = connector.prepare(Message(text="Tot zes uur", reply_to=ref), "k", now)
    published = connector.publish(prepared)
    assert connector.find(prepared) == published
    with pytest.raises(Refused, match="no_media_in_answer"):
        connector.prepare(Message(text="Kijk", reply_to=ref, images=(image(),)), "k", now)


def test_a_caption_that_lost_its_mentions_is_still_ours(bench, now):
    connector = bench.connector()
    prepared = prepared_by(bench, now, "Brood van @molen en @boer")
    connector.publish(prepared)
    for post in bench.network.posts.values():
        post["caption"] = post["caption"].replace("@", "")
    assert connector.find(prepared) is not None


def test_insights_that_instagram_does_not_show_are_unknown(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    (counted,) = connector.post_metrics([ref, Ref("instagram:1"), Ref("instagram:container-5")], now).values()
    assert counted.counts == {"likes": 3, "replies": 0, "views": 7, "reach": 7, "saves": 7, "shares": 7}
    profile = connector.profile_metrics(now).counts
    assert (profile["followers"], profile["views_28_days"]) == (640, 9)
    bench.network.no_insights = True
    (counted,) = connector.post_metrics([ref], now).values()
    assert counted.counts["views"] is None
    assert connector.profile_metrics(now).counts["reach_28_days"] is None


def test_a_token_of_a_week_is_renewed_once_by_all_who_look(bench, now):
    later = now + timedelta(days=9)
    bench.calls.clear()
    looks = [threading.Thread(target=bench.connector().check, args=(later,)) for _ in range(8)]
    for look in looks:
        look.start()
    for look in looks:
        look.join()
    assert (bench.network.refreshed, bench.calls["refresh_access_token"]) == (1, 1)
    profile = bench.connector().check(later)
    assert profile.consent_ends == later + timedelta(seconds=5_183_944)
    assert bench.network.refreshed == 1


def test_a_renewal_that_fails_leaves_the_token_that_still_works(bench, now):
    later = now + timedelta(days=9)
    bench.fail("refresh_access_token", status=500)
    assert bench.connector().check(later).consent_ends == now + timedelta(days=59)
    bench.heal()
    assert bench.connector().check(later).consent_ends > now + timedelta(days=60)


def test_a_token_that_has_ended_needs_a_person(bench, now):
    bench.network.is_revoked = True
    with pytest.raises(NeedsConsent, match="token_refused"):
        bench.connector().check(now + timedelta(days=60))
    assert bench.network.refreshed == 0


def _begun(bench, now, **filled):
    held = {"address": bench.proxy.url, "app_id": APP, "app_secret": SECRET, **filled}
    return SignIn().begin(held, Site(BACK, "https://dialoog.korenaar.nl"), bench.http, now)


@pytest.mark.parametrize("wraps", [True, False])
def test_signing_in_gives_a_token_for_sixty_days(bench, now, wraps):
    bench.network.wraps_token = wraps
    begun = _begun(bench, now)
    asked = parse_qs(urlsplit(begun.url).query)
    assert (asked["redirect_uri"], asked["scope"]) == ([BACK], [",".join(SCOPES)])
    (access,) = SignIn().finish(begun.secret, {"state": begun.state, "code": CODE}, bench.http, now)
    bench.grants.refresh(lambda _: access.grant)
    profile = bench.connector(address=access.address).check(now)
    assert (profile.id, profile.handle) == (USER, "dekorenaar")
    assert profile.consent_ends == now + timedelta(seconds=5_183_944)
    assert SECRET not in repr((begun, access))


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
    assert begun.url.startswith("https://www.instagram.com/oauth/authorize?")
    assert begun.secret["token_url"] == "https://api.instagram.com/oauth/access_token"
    assert SignIn().offered(Site("http://127.0.0.1/terug/", "")) is not None


@pytest.mark.parametrize(
    ("path", "body", "ask"),
    [
        ("/me", b'{"user_id": "17841400000000001"}', "check"),
        ("/media?", b'{"data": null, "paging": 5}', "fetch"),
        ("/media?", b'{"data": [{"comments": {"data": [{"id": "1"}]}}]}', "fetch"),
        ("status_code", b'{"status": "FINISHED"}', "find"),
        ("/media?", b'{"data": [{"id": "1", "timestamp": "2026-11-23T09:00:00"}]}', "find"),
        ("content_publishing_limit", b'{"data": []}', "prepare"),
        ("like_count", b'{"like_count": "veel"}', "metrics"),
    ],
)
def test_an_answer_in_another_form_is_tried_again_and_never_believed(bench, now, path, body, ask):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    ref = connector.publish(prepared).ref
    connector = bench.connector(account=USER)
    asks = {
        "check": lambda: connector.check(now),
        "fetch": lambda: connector.fetch_incoming("", now),
        "find": lambda: connector.find(prepared),
        "prepare": lambda: prepared_by(bench, now, connector=connector),
        "metrics": lambda: connector.post_metrics([ref], now),
    }
    bench.fail(path, status=200, body=body)
    with pytest.raises(TryLater, match="unreadable_answer"):
        asks[ask]()
