"""X against a stand-in that holds each request against a description of the calls."""

from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from dialoog.core.money import Money
from dialoog.networks.errors import NeedsConsent, OutcomeUnknown, Refused
from dialoog.networks.grants import MemoryGrants
from dialoog.networks.tests.conformance import (
    Conformance,
    ContractBench,
    OverTheWire,
    Renewing,
    contract,
    image,
    prepared_by,
)
from dialoog.networks.tests.contracts.x import OTHER, US, Account
from dialoog.networks.values import Message
from dialoog.networks.ways import Site
from dialoog.networks.x.connector import X
from dialoog.networks.x.ways import SignIn
from dialoog.networks.x.weight import weight

APP = {"client_id": "app", "client_secret": "a:secret/with signs"}
SITE = Site("http://127.0.0.1:9/koppelen/x/terug/", "http://127.0.0.1:9")


class XBench(ContractBench):
    publish_path = "/2/tweets"
    refresh_path = "token"
    states_our_time = False
    media_by_content = False
    kind = X

    def granted(self):
        begun = SignIn().begin({**APP, "address": self.proxy.url}, SITE, self.http, None)
        (access,) = SignIn().finish(begun.secret, {"state": begun.state, "code": "c"}, self.http, None)
        return access.grant

    def texts(self):
        return [post["written"] for post in self.network.posts if post["author"] == US]

    def alts(self):
        return [self.network.media[one]["alt"] for post in self.network.posts for one in post["media"]]

    def expire(self):
        self.network.tokens = set()

    def revoke(self):
        self.network.tokens, self.network.refresh = set(), "another"


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def bench():
    with contract("x", Account(), XBench) as bench:
        yield bench


class TestX(Conformance, OverTheWire, Renewing):
    """The common suite."""


# The public conformance cases of twitter-text (weighted length), in short.
@pytest.mark.parametrize(
    ("text", "weighs"),
    [
        ("a" * 280, 280),
        ("\u30a2" * 140, 280),
        ("e\u0301", 1),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", 2),
        ("\U0001f1f3\U0001f1f1", 2),
        ("\u0031\ufe0f\u20e3", 2),
        ("\U0001f44d\U0001f3fd", 2),
        ("\u00a9", 1),
        ("\u2019", 1),
        ("\u2026", 2),
        ("\u20ac", 2),
        ("https://www.voorbeeld.nl/" + "a" * 200, 23),
        ("Kijk www.voorbeeld.nl eens", 23 + len("Kijk  eens")),
        ("\u0628\u0631\u064a\u062f", 4),
    ],
)
def test_a_text_weighs_what_x_says(text, weighs):
    assert weight(text) == weighs


def test_what_it_costs_is_told(bench):
    connector = bench.connector()
    assert connector.price(Message(text="Vers brood")) == Money(Decimal("0.015"), "USD")
    assert connector.price(Message(text="Vers brood https://korenaar.nl")) == Money(Decimal("0.20"), "USD")


@pytest.mark.parametrize(
    "text", ["Zie https://korenaar.nl/brood en kom", "Zie www.korenaar.nl", "Zie korenaar.nl/a?b=c."]
)
def test_what_x_makes_of_a_link_is_still_ours(bench, now, text):
    prepared = prepared_by(bench, now, text, images=(image(),))
    published = bench.connector().publish(prepared)
    assert bench.connector().find(prepared) == published


def test_a_duplicate_may_be_our_own_first_try(bench, now):
    """The answer to the first was lost; X says duplicate to the second. It's looked for, never called refused."""
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    bench.fail("/2/tweets", status=0, passes=True, times=1)
    with pytest.raises(OutcomeUnknown):
        connector.publish(prepared)
    bench.heal()
    with pytest.raises(OutcomeUnknown, match="duplicate"):
        connector.publish(prepared)
    assert connector.find(prepared) is not None
    assert bench.texts() == ["Vers brood"]


def test_a_duplicate_of_long_ago_is_not_found_and_so_not_called_ours(bench, now):
    connector = bench.connector()
    connector.publish(prepared_by(bench, now))
    bench.network.posts[0]["at"] = datetime(2026, 1, 1, tzinfo=UTC)
    prepared = prepared_by(bench, now)
    with pytest.raises(OutcomeUnknown, match="duplicate"):
        connector.publish(prepared)
    assert connector.find(prepared) is None


def test_without_credit_a_person_adds_to_it(bench, now):
    prepared = prepared_by(bench, now)
    bench.network.credit = False
    with pytest.raises(Refused, match="no_credit"):
        bench.connector().publish(prepared)
    assert "console" in X.errors["no_credit"].en


def test_answers_and_mentions_come_in_with_their_authors(bench, now):
    connector = bench.connector()
    ref = connector.publish(prepared_by(bench, now)).ref
    number = ref.uri.partition(":")[2]
    bench.network.add(OTHER, {"text": "@korenaar Lekker?", "reply": {"in_reply_to_tweet_id": number}})
    bench.network.add(OTHER, {"text": "Kijk @korenaar https://a.nl/x"})
    first = connector.fetch_incoming("", now)
    assert [(one.kind, one.text, one.author.handle) for one in first.items] == [
        ("reply", "@korenaar Lekker?", "bram"),
        ("mention", "Kijk @korenaar https://a.nl/x", "bram"),
    ]
    assert first.items[0].in_reply_to == ref
    assert connector.fetch_incoming(first.cursor, now).items == []


def test_an_answer_is_found_as_an_answer(bench, now):
    connector = bench.connector()
    asked = bench.network.add(OTHER, {"text": "@korenaar Open?"})
    (item,) = connector.fetch_incoming("", now).items
    prepared = prepared_by(bench, now, "Tot zes uur.", reply_to=item.ref)
    assert connector.find(prepared) is None
    published = connector.publish(prepared)
    assert bench.network.posts[-1]["answered"] == asked["id"]
    assert connector.find(prepared) == published


def test_a_page_more_than_the_network_gives_at_once_is_looked_through(bench, now):
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    published = connector.publish(prepared)
    for number in range(130):
        bench.network.add(US, {"text": f"Brood {number}"})
    assert connector.find(prepared) == published


def test_the_app_proves_itself_by_basic_and_the_code_by_pkce(bench, now):
    begun = SignIn().begin({**APP, "address": bench.server.url}, SITE, bench.http, now)
    asked = parse_qs(urlsplit(begun.url).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert "offline.access" in asked["scope"][0]
    assert APP["client_secret"] not in begun.url
    with pytest.raises(NeedsConsent):
        SignIn().finish(begun.secret, {"state": begun.state, "error": "access_denied"}, bench.http, now)


def test_a_refresh_token_is_used_once_and_the_new_one_kept(bench, now):
    connector = bench.connector()
    before = bench.grants.load().data["refresh"]
    bench.expire()
    connector.check(now)
    after = bench.grants.load().data["refresh"]
    assert (before != after, after) == (True, bench.network.refresh)
    assert MemoryGrants(bench.grants.load()).load().data["access"] in bench.network.tokens
