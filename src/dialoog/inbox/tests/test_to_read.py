"""What others publish for all: it comes in to be read, and nobody waits for an answer."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django_scopes import scope

from dialoog.channels.models import Channel
from dialoog.channels.queries import channel_choices, connected_channels, publishing_channels
from dialoog.core.errors import Conflict
from dialoog.inbox import actions, queries
from dialoog.inbox.models import Conversation, Message
from dialoog.networks.values import Author, Incoming, Ref
from dialoog.policy.actions import install_starter_policy

AT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


@pytest.fixture
def feed(korenaar, noor, now):
    with scope(organisation=korenaar):
        install_starter_policy(noor, now=now)
        return Channel.objects.create(
            organisation=korenaar, network="feed", name="Vaartland", remote_id="f", connected_at=now
        )


def item(number=1):
    ref = Ref(f"feed:{number}", url=f"https://vaartland.nl/{number}")
    author = Author(id="f#feed", handle="", name="Vaartland")
    text = f"Brug {number} dicht\n\nDrie weken lang."
    return Incoming(remote_id=ref.uri, kind="post", author=author, text=text, at=AT, ref=ref)


@pytest.fixture
def taken_in(feed, korenaar, now):
    with scope(organisation=korenaar):
        actions.take_in(feed, [item(1), item(2), item(3)], now=now)
        actions.take_in(feed, [item(1)], now=now)
    return korenaar


def test_nobody_waits_for_an_answer(taken_in, bram, now):
    with scope(organisation=taken_in):
        assert Message.objects.count() == 3
        assert queries.waiting_count() == 0
        assert queries.next_waiting(taken_in, now=now) == []
        assert queries.counts(bram) == {"wacht": 0, "open": 0, "mijn": 0, "lezen": 3, "klaar": 0}
        first = Conversation.objects.first()
        with pytest.raises(Conflict, match="nothing_to_answer"):
            actions.answer(bram, conversation=first, text="Hallo", now=now)


def test_what_is_handed_over_is_something_to_see_to(taken_in, bram, sam, now):
    with scope(organisation=taken_in):
        first = Conversation.objects.first()
        actions.assign(bram, conversation=first, assignee=sam, line="Iets voor ons?", now=now)
        assert queries.counts(sam)["mijn"] == 1
        assert queries.counts(sam)["lezen"] == 2
        actions.finish(sam, conversation=first, now=now)
        actions.take_in(first.channel, [item(1), item(2), item(3)], now=now)
        assert queries.counts(sam)["klaar"] == 1


def test_the_pages_show_it_and_put_it_away(taken_in, browse, bram, korenaar):
    there = reverse("inbox:inbox", args=["korenaar"])
    client = browse(bram)
    assert "Om te lezen" in client.get(there).content.decode()
    shelf = client.get(f"{there}?plank=lezen").content.decode()
    assert "Brug 3 dicht" in shelf
    assert "Alles gelezen" in shelf
    with scope(organisation=korenaar):
        one = Conversation.objects.order_by("pk").first()
    page = client.get(reverse("inbox:conversation", args=["korenaar", one.pk])).content.decode()
    assert "neemt geen antwoorden" in page
    assert 'id="answer"' not in page
    assert "https://vaartland.nl/1" in page
    following = client.post(reverse("inbox:done", args=["korenaar", one.pk]))
    assert following.status_code == 303
    assert following.url != there
    assert client.post(reverse("inbox:all-read", args=["korenaar"]), {"kanaal": "x"}).status_code == 303
    with scope(organisation=korenaar):
        assert queries.counts(bram)["lezen"] == 0
    assert "Om te lezen" not in client.get(there).content.decode()
    assert "Alles is gelezen" in client.get(f"{there}?plank=lezen").content.decode()


def test_one_feed_can_be_put_away_alone(taken_in, feed, browse, bram, korenaar, now):
    with scope(organisation=korenaar):
        other = Channel.objects.create(
            organisation=korenaar, network="feed", name="Ander", remote_id="g", connected_at=now
        )
        actions.take_in(other, [item(9)], now=now)
        assert actions.finish_read(bram, channel_id=other.pk, now=now) == 1
        assert queries.counts(bram)["lezen"] == 3


def test_what_is_only_read_can_not_be_chosen_to_publish_on(feed, browse, sam, korenaar):
    with scope(organisation=korenaar):
        assert feed in connected_channels()
        assert feed not in publishing_channels()
        assert str(feed.pk) not in dict(channel_choices())
    composer = browse(sam).get(reverse("publishing:post-new", args=["korenaar"])).content.decode()
    assert "Vaartland" not in composer
