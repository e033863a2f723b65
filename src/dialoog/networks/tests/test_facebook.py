"""Facebook pages against a stand-in that holds each request against the description of Meta's interface."""

import io
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image as Picture

from dialoog.networks.base import Connection
from dialoog.networks.errors import NeedsConsent, OutcomeUnknown, Refused, TryLater
from dialoog.networks.facebook.connector import Facebook
from dialoog.networks.facebook.ways import SCOPES, SignIn
from dialoog.networks.grants import Grant, MemoryGrants
from dialoog.networks.tests.conformance import (
    Conformance,
    ContractBench,
    OverTheWire,
    contract,
    image,
    prepared_by,
)
from dialoog.networks.tests.conftest import NOW
from dialoog.networks.tests.contracts.facebook import APP, CODE, OTHER_PAGE, PAGE, SECRET
from dialoog.networks.tests.contracts.facebook import Facebook as Truth
from dialoog.networks.tests.contracts.meta import error
from dialoog.networks.values import Link, Message, Ref, Video
from dialoog.networks.ways import Site

BACK = "https://dialoog.korenaar.nl/koppelen/facebook/terug/"


class FacebookBench(ContractBench):
    publish_path = "fields=id%2Ccreated_time%2Cpermalink_url"
    states_our_time = False
    media_by_content = False
    looks_by_key = False
    kind = Facebook

    def granted(self):
        return Grant(
            "page", {"access": self.network.token_of_page, "expires_at": "2027-02-21T09:00:00+00:00"}
        )

    def texts(self):
        return [one["message"] for one in self.network.posts.values()]

    def alts(self):
        return [
            self.network.photos[photo]["alt"]
            for one in self.network.posts.values()
            for photo in one["photos"]
        ]

    def revoke(self):
        self.network.is_revoked = True


@pytest.fixture
def bench():
    with contract("facebook", Truth(), FacebookBench) as bench:
        bench.network.clock.at = NOW
        yield bench


class TestFacebook(Conformance, OverTheWire):
    """The common suite."""


def film(size=2500, **changes):
    data = bytes(range(256)) * (size // 256 + 1)
    return Video(**{"open": lambda: io.BytesIO(data[:size]), "mime": "video/mp4", "size": size, **changes})


def test_a_film_goes_up_in_pieces_and_is_seen_once(bench, now):
    connector = bench.connector()
    prepared = prepared_by(bench, now, "De oven gaat aan", video=film())
    (held,) = bench.network.films.values()
    assert (len(held["data"]), held["published"]) == (2500, False)
    assert connector.find(prepared) is None
    published = connector.publish(prepared)
    assert (held["said"], held["published"]) == ("De oven gaat aan", True)
    assert published.ref.url == f"https://www.facebook.com/reel/{prepared.payload['video']['id']}/"
    assert connector.find(prepared) == published
    with pytest.raises(Refused):
        connector.publish(prepared)
    assert len(bench.network.films) == 1


def test_a_film_whose_answer_was_lost_is_found_by_its_own_id(bench, now):
    connector = bench.connector()
    prepared = prepared_by(bench, now, "De oven gaat aan", video=film())
    bench.fail("/videos", passes=True, status=502)
    with pytest.raises(OutcomeUnknown):
        connector.publish(prepared)
    bench.heal()
    assert connector.find(prepared) is not None


def test_a_film_that_is_shown_stays_published_when_nobody_can_look_at_it(bench, now):
    connector = bench.connector()
    prepared = prepared_by(bench, now, "De oven gaat aan", video=film())
    bench.fail("fields=id%2Ccreated_time%2Cpermalink_url%2Cpost_id", status=500)
    assert connector.publish(prepared).at == now


def test_the_first_link_becomes_a_card_and_pictures_take_its_place(bench, now):
    connector = bench.connector()
    connector.publish(prepared_by(bench, now, "Lees www.korenaar.nl/brood"))
    connector.publish(prepared_by(bench, now, "Kijk", link=Link("https://korenaar.nl/oven", "De oven")))
    connector.publish(prepared_by(bench, now, "Zie korenaar.nl", images=(image(),)))
    links = [one["link"] for one in bench.network.posts.values()]
    assert links == ["https://www.korenaar.nl/brood", "https://korenaar.nl/oven", None]
    with pytest.raises(Refused, match="link_unreadable"):
        connector.publish(prepared_by(bench, now, "Kijk op https://onleesbaar.nl"))


def webp():
    out = io.BytesIO()
    Picture.new("RGBA", (8, 8), (200, 0, 0, 0)).save(out, "WEBP", lossless=True)
    return image(load=out.getvalue, mime="image/webp", size=len(out.getvalue()))


def test_a_kind_of_picture_that_facebook_does_not_take_becomes_one_that_it_does(bench, now):
    prepared_by(bench, now, images=(webp(),))
    (held,) = bench.network.photos.values()
    with Picture.open(io.BytesIO(held["data"])) as shown:
        assert (shown.format, shown.getpixel((4, 4))) == ("JPEG", (255, 255, 255))
    with pytest.raises(Refused, match="image_broken"):
        prepared_by(bench, now, images=(image(load=lambda: b"RIFF", mime="image/webp"),))


def test_the_same_text_with_other_pictures_is_not_ours(bench, now):
    connector = bench.connector()
    connector.publish(prepared_by(bench, now, images=(image(), image("Een taart"))))
    assert connector.find(prepared_by(bench, now)) is None
    assert connector.find(prepared_by(bench, now, images=(image(),))) is None
    assert connector.find(prepared_by(bench, now, images=(image(), image()))) is not None


def test_what_is_in_doubt_is_found_far_back_among_many_posts(bench, now):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    published = connector.publish(prepared)
    for number in range(120):
        bench.network.show(f"Brood {number}")
    assert connector.find(prepared) == published


def test_a_duplicate_that_is_our_own_first_try_counts_as_published(bench, now):
    """A person says "not there" too early, and it's sent once more: Facebook then knows better."""
    connector = bench.connector()
    bench.network.refuses_duplicates = True
    prepared = prepared_by(bench, now)
    published = connector.publish(prepared)
    assert connector.publish(prepared) == published
    later = prepared_by(bench, now + timedelta(hours=1))
    with pytest.raises(Refused, match="duplicate"):
        connector.publish(later)
    assert bench.texts() == ["Vers brood"]


def test_comments_mentions_and_visitors_come_in_and_our_own_words_do_not(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    start = connector.fetch_incoming("", now).cursor
    first = bench.network.say(ref.cid, "Is er ook spelt?")
    bench.network.say(first["id"], "Dat wil ik ook weten", author="700000000000002")
    bench.network.say(ref.cid, "Onbekend", hidden=True)
    connector.publish(
        prepared_by(bench, now, "Ja, op vrijdag.", reply_to=Ref(f"facebook:{first['id']}", first["id"]))
    )
    bench.network.show("Wat een taart", author="700000000000001")
    named = bench.network.show("Bij @De Korenaar", author="700000000000009")["id"]
    bench.network.posts[named]["tags"] = True
    fetched = connector.fetch_incoming(start, now)
    assert [(item.kind, item.text) for item in fetched.items] == [
        ("reply", "Is er ook spelt?"),
        ("reply", "Dat wil ik ook weten"),
        ("reply", "Onbekend"),
        ("mention", "Wat een taart"),
        ("mention", "Bij @De Korenaar"),
    ]
    asked, nested, hidden = fetched.items[:3]
    assert (asked.in_reply_to, asked.root, asked.author.name) == (ref, ref, "Ineke")
    assert nested.in_reply_to.uri == asked.ref.uri
    assert hidden.author.id not in {asked.author.id, nested.author.id}
    again = connector.fetch_incoming(fetched.cursor, now)
    assert {item.remote_id for item in again.items} <= {item.remote_id for item in fetched.items}


def test_more_comments_than_come_along_with_a_post_all_come_in(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    bench.network.say(ref.cid, "Eerst")
    start = connector.fetch_incoming("", now).cursor
    for number in range(180):
        bench.network.say(ref.cid, f"Brood {number}")
    assert len(connector.fetch_incoming(start, now).items) == 181


def test_an_answer_to_an_answer_goes_under_the_comment_at_the_top(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    first = bench.network.say(ref.cid, "Is er ook spelt?")
    bench.network.say(first["id"], "En rogge?")
    items = connector.fetch_incoming("", now).items
    prepared = prepared_by(bench, now, "Op vrijdag.", reply_to=items[1].ref, images=(image(),))
    published = connector.publish(prepared)
    made = bench.network.comments_by_id[published.ref.cid]
    assert (made["parent"], made["attachment"]) == ({"id": first["id"]}, {"type": "photo"})
    assert connector.find(prepared) == published
    connector.delete(published.ref)
    assert connector.find(prepared) is None


def test_an_answer_whose_outcome_is_unknown_is_found_under_what_it_answers(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    first = bench.network.say(ref.cid, "Dank je wel")
    prepared = prepared_by(bench, now, "Dank je wel", reply_to=Ref(f"facebook:{first['id']}", first["id"]))
    assert connector.find(prepared) is None
    bench.fail("/comments", passes=True, status=0)
    with pytest.raises(OutcomeUnknown):
        connector.publish(prepared)
    bench.heal()
    assert connector.find(prepared) is not None
    assert not connector.may_send_again(prepared, timedelta(seconds=30))


def test_an_answer_takes_one_picture_and_no_film(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    for more in ({"images": (image(), image())}, {"video": film()}):
        with pytest.raises(Refused, match="one_image_in_answer"):
            prepared_by(bench, now, "Kijk", reply_to=ref, **more)


def test_counts_that_facebook_took_away_are_unknown_and_the_others_stay(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    bench.network.metrics_gone = {"post_clicks"}
    (counted,) = connector.post_metrics([ref], now).values()
    shown, seen = {"likes": 3, "replies": 0, "shares": 0}, {"views": 7, "reach": 7, "clicks": None}
    assert counted.counts == {**shown, **seen}
    bench.network.no_insights = True
    assert connector.profile_metrics(now).counts == {
        "followers": 640,
        "views_28_days": None,
        "reach_28_days": None,
    }
    connector.delete(ref)
    assert connector.post_metrics([ref], now) == {}


ERRORS = [
    # code, subcode, more, error, code of ours
    (190, 463, {}, NeedsConsent, "token_refused"),
    (190, 458, {}, NeedsConsent, "consent_withdrawn"),
    (102, 0, {}, NeedsConsent, "token_refused"),
    (10, 0, {}, NeedsConsent, "not_permitted"),
    (200, 0, {"status": 403}, NeedsConsent, "not_permitted"),
    (4, 0, {}, TryLater, "limit_reached"),
    (17, 0, {}, TryLater, "limit_reached"),
    (32, 0, {}, TryLater, "limit_reached"),
    (613, 0, {}, TryLater, "limit_reached"),
    (80001, 0, {}, TryLater, "limit_reached"),
    (368, 0, {}, Refused, "blocked_for_now"),
    (506, 0, {}, Refused, "duplicate"),
    (100, 0, {}, Refused, "network_refused"),
    (1, 0, {"status": 500}, OutcomeUnknown, "server_error"),
    (2, 0, {}, OutcomeUnknown, "server_error"),
    (999, 0, {"is_transient": True}, OutcomeUnknown, "server_error"),
]


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: f"{case[0]}/{case[1]}")
def test_each_error_says_what_to_do(bench, now, case):
    code, subcode, more, kind, ours = case
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    told = error(code, subcode, **more)
    bench.network.post = lambda _asked: told
    with pytest.raises(kind) as raised:
        connector.publish(prepared)
    assert (type(raised.value), raised.value.code) == (kind, ours)


def test_an_error_that_comes_as_a_success_is_one(bench, now):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    bench.fail(bench.publish_path, status=200, body=b'{"error": {"code": 506, "message": "Duplicate"}}')
    with pytest.raises(Refused, match="duplicate"):
        connector.publish(prepared)


def test_a_full_measure_quiets_the_account_for_as_long_as_facebook_says(bench, now):
    told = []
    connector = bench.connector(spent=told.append)
    bench.network.usage = {"x-app-usage": '{"call_count": 99, "total_time": 25, "total_cputime": 25}'}
    connector.check(now)
    assert told == []
    usage = (
        '{"100000000000001": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 19}]}'
    )
    bench.network.usage = {"x-business-use-case-usage": usage}
    connector.check(now)
    bench.network.usage = {"x-app-usage": "not json", "x-business-use-case-usage": "[]"}
    connector.check(now)
    assert told == [19 * 60]


def _site(redirect_uri=BACK):
    return Site(redirect_uri=redirect_uri, address=redirect_uri.partition("/koppelen")[0])


def _begun(bench, now, **filled):
    held = {"address": bench.proxy.url, "app_id": APP, "app_secret": SECRET, **filled}
    return SignIn().begin(held, _site(), bench.http, now)


def test_signing_in_gives_each_page_that_one_may_publish_on(bench, now):
    begun = _begun(bench, now)
    asked = parse_qs(urlsplit(begun.url).query)
    assert urlsplit(begun.url).path == "/v25.0/dialog/oauth"
    assert (asked["redirect_uri"], asked["scope"]) == ([BACK], [",".join(SCOPES)])
    found = SignIn().finish(begun.secret, {"state": begun.state, "code": CODE}, bench.http, now)
    assert [access.profile.id for access in found] == [PAGE, OTHER_PAGE]
    assert {access.profile.consent_ends for access in found} == {datetime.fromtimestamp(1_803_000_000, UTC)}
    held = Connection(address=found[0].address, grants=MemoryGrants(found[0].grant), http=bench.http)
    assert Facebook(held).check(now).consent_ends == found[0].profile.consent_ends
    assert SECRET not in repr((found, begun))


def test_consent_without_an_end_is_told_as_such(bench, now):
    bench.network.consent_until = 0
    begun = _begun(bench, now)
    found = SignIn().finish(begun.secret, {"state": begun.state, "code": CODE}, bench.http, now)
    assert {access.profile.consent_ends for access in found} == {None}


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


@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"status": 429}, {"status": 0}, {"status": 200, "body": b"x"}]
)
def test_a_sign_in_that_breaks_may_be_tried_again(bench, now, fault):
    begun = _begun(bench, now)
    bench.fail("/oauth/access_token", **fault)
    with pytest.raises(TryLater):
        SignIn().finish(begun.secret, {"state": begun.state, "code": CODE}, bench.http, now)


def test_signing_in_wants_https(bench):
    assert SignIn().offered(_site("http://127.0.0.1:8000/koppelen/facebook/terug/")) is not None
    assert SignIn().offered(_site()) is None


def test_the_real_hosts_are_asked_when_no_other_address_is_given(bench, now):
    held = {"app_id": APP, "app_secret": SECRET}
    begun = SignIn().begin(held, _site(), bench.http, now)
    assert begun.url.startswith("https://www.facebook.com/v25.0/dialog/oauth?")
    assert begun.secret["token_url"] == "https://graph.facebook.com/v25.0/oauth/access_token"


@pytest.mark.parametrize(
    "ref", [Ref("mastodon:1", "1"), Ref("facebook:../me", "../me"), Ref("facebook:", "")]
)
def test_a_reference_that_is_not_ours_is_refused(bench, now, ref):
    with pytest.raises(Refused, match="bad_reference"):
        bench.connector().delete(ref)
    with pytest.raises(Refused, match="bad_reference"):
        bench.connector().prepare(Message(text="Dag", reply_to=ref), "k", now)


@pytest.mark.parametrize(
    ("path", "body", "ask"),
    [
        ("/me", b'{"id": "100000000000001"}', "check"),
        ("/me", b"[]", "check"),
        ("/feed", b'{"data": null}', "fetch"),
        ("/feed", b'{"data": [{"id": "1", "from": null, "created_time": "gisteren"}]}', "fetch"),
        ("/tagged", b'{"data": [{"id": "1"}]}', "fetch"),
        ("/published_posts", b'{"posts": []}', "find"),
        ("/published_posts", b'{"data": [{"id": "1", "created_time": null}]}', "find"),
        ("reactions", b'{"reactions": {"summary": {"total_count": "veel"}}}', "metrics"),
        ("followers_count", b'{"followers_count": []}', "profile"),
    ],
)
def test_an_answer_in_another_form_is_tried_again_and_never_believed(bench, now, path, body, ask):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    ref = connector.publish(prepared).ref
    bench.fail(path, status=200, body=body)
    asks = {
        "check": lambda: connector.check(now),
        "fetch": lambda: connector.fetch_incoming("", now),
        "find": lambda: connector.find(prepared),
        "metrics": lambda: connector.post_metrics([ref], now),
        "profile": lambda: connector.profile_metrics(now),
    }
    with pytest.raises(TryLater, match="unreadable_answer"):
        asks[ask]()


def test_an_answer_to_publishing_without_its_moment_is_in_doubt_and_found(bench, now):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    bench.fail(bench.publish_path, passes=True, status=200, body=b'{"id": "100000000000001_5"}')
    with pytest.raises(OutcomeUnknown):
        connector.publish(prepared)
    bench.heal()
    assert connector.find(prepared) is not None
