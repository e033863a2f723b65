"""What only the newsroom does: it never refuses for length, and whatever its store raises is one of four."""

import pytest

from dialoog.networks.base import Connection
from dialoog.networks.errors import NeedsConsent, OutcomeUnknown, Refused, TryLater
from dialoog.networks.newsroom import Newsroom
from dialoog.networks.newsroom_store import StoreClosed
from dialoog.networks.registry import capabilities
from dialoog.networks.tests.memory_store import MemoryStore
from dialoog.networks.values import Link, Message, Ref


class Broken(MemoryStore):
    def __init__(self, error):
        super().__init__()
        self.error = error

    def fail(self, *_, **__):
        raise self.error

    newsroom = put = get = withdraw = reads = page_reads = keep_image = fail


@pytest.fixture
def newsroom():
    return Newsroom(Connection(store=MemoryStore()))


def test_it_is_built_in_and_asks_for_no_account(newsroom, now):
    assert capabilities("newsroom").is_builtin
    profile = newsroom.check(now)
    assert (profile.id, profile.name) == ("1", "De Korenaar")


def test_a_long_text_is_taken_and_an_endless_one_is_not(newsroom):
    assert newsroom.validate(Message(text="a" * 20_000)) == ()
    assert [found.code for found in newsroom.validate(Message(text="é" * 50_001))] == ["too_many_bytes"]


def test_it_takes_no_answers(newsroom):
    problems = newsroom.validate(Message(text="Dank", reply_to=Ref("newsroom:1")))
    assert [found.code for found in problems] == ["no_replies"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Lees", "Lees\n\nhttps://a.nl"), ("Lees https://a.nl", "Lees https://a.nl")],
)
def test_a_link_stands_once_in_the_text(newsroom, now, text, expected):
    message = Message(text=text, link=Link("https://a.nl", "A"))
    assert newsroom.prepare(message, "k", now).payload["text"] == expected


def test_reads_are_counted_per_item_and_for_the_page(newsroom, now):
    published = newsroom.publish(newsroom.prepare(Message(text="Brood"), "k", now))
    newsroom.store.read["k"] = 4
    gone = Ref("newsroom:gone")
    counted = newsroom.post_metrics([published.ref, gone], now)
    assert {uri: found.counts for uri, found in counted.items()} == {published.ref.uri: {"reads": 4}}
    assert newsroom.profile_metrics(now).counts == {"reads": 4}


def test_without_a_store_there_is_nothing_to_publish_in():
    with pytest.raises(NeedsConsent):
        Newsroom(Connection())


@pytest.mark.parametrize(
    ("raised", "publishing", "asking"),
    [
        (StoreClosed(), NeedsConsent, NeedsConsent),
        (RuntimeError("database is locked"), OutcomeUnknown, TryLater),
    ],
)
def test_whatever_the_store_raises_is_one_of_the_four(newsroom, now, raised, publishing, asking):
    prepared = newsroom.prepare(Message(text="Brood"), "k", now)
    broken = Newsroom(Connection(store=Broken(raised)))
    with pytest.raises(publishing):
        broken.publish(prepared)
    for ask in (
        lambda: broken.check(now),
        lambda: broken.find(prepared),
        lambda: broken.delete(Ref("newsroom:k")),
        lambda: broken.post_metrics([Ref("newsroom:k")], now),
        lambda: broken.profile_metrics(now),
    ):
        with pytest.raises(asking):
            ask()


def test_a_foreign_address_is_refused(newsroom):
    with pytest.raises(Refused, match="bad_reference"):
        newsroom.delete(Ref("at://did:plc:x/app.bsky.feed.post/1"))
