from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from dialoog.channels.models import Channel
from dialoog.core.errors import Conflict, Invalid, NotAllowed
from dialoog.inbox import actions, queries
from dialoog.inbox.models import Conversation, Message, Note
from dialoog.networks.values import Author, Incoming, Ref
from dialoog.policy.actions import install_starter_policy
from dialoog.publishing.models import Delivery

pytestmark = pytest.mark.usefixtures("inside")
ROOT = Ref("at://did:plc:us/app.bsky.feed.post/1", "cid1")


@pytest.fixture
def channel(korenaar, noor, now):
    install_starter_policy(noor, now=now)
    return Channel.objects.create(
        organisation=korenaar, network="bluesky", name="Korenaar", remote_id="did:plc:us", connected_at=now
    )


def said(text="Hebben jullie spelt?", *, number=1, at=None, who="did:plc:anja", root=ROOT, kind="reply"):
    uri = f"at://{who}/app.bsky.feed.post/{number}"
    when = at or datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
    return Incoming(
        remote_id=uri,
        kind=kind,
        author=Author(id=who, handle="anja.test", name="Anja"),
        text=text,
        at=when,
        ref=Ref(uri, f"cid-{number}"),
        in_reply_to=root,
        root=root,
    )


def test_a_message_is_kept_once_however_often_it_comes(channel, now):
    assert actions.take_in(channel, [said(), said()], now=now) >= 1
    assert actions.take_in(channel, [said()], now=now) == 0
    assert Message.objects.count() == 1
    conversation = Conversation.objects.get()
    assert conversation.waiting_since == datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
    assert conversation.deadline_at == datetime(2026, 11, 26, 13, 0, tzinfo=UTC)


def test_likes_and_our_own_words_are_no_conversations(channel, now):
    actions.take_in(channel, [said(kind="like"), said(who="did:plc:us")], now=now)
    assert not Conversation.objects.exists()


def test_a_message_from_the_future_came_now(channel, now):
    actions.take_in(channel, [said(at=now + timedelta(days=9))], now=now)
    assert Message.objects.get().at == now


def answered(actor, channel, now, text="Ja, elke zaterdag."):
    actions.take_in(channel, [said()], now=now)
    conversation = Conversation.objects.get()
    return conversation, actions.answer(actor, conversation=conversation, text=text, now=now)


def test_an_answer_is_a_delivery_to_what_they_said_and_assigns(channel, bram, now):
    conversation, delivery = answered(bram, channel, now)
    assert delivery.origin == "reply"
    assert delivery.content["reply_to"]["uri"] == said().remote_id
    assert delivery.content["reply_root"]["uri"]
    conversation.refresh_from_db()
    assert conversation.assignee == bram
    assert conversation.waiting_since is not None, "nobody answered until it stands on the network"


def test_the_clock_stops_when_the_answer_stands_there(channel, bram, now):
    conversation, delivery = answered(bram, channel, now)
    Delivery.objects.filter(pk=delivery.pk).update(
        state="published", remote_uri="at://us/2", published_at=now
    )
    delivery.refresh_from_db()
    for _ in range(2):
        actions.note_published(delivery, at=now, now=now)
    conversation.refresh_from_db()
    assert conversation.waiting_since is None
    assert Message.objects.get(delivery=delivery).was_on_time is True
    assert queries.promise_kept(now - timedelta(days=1), now + timedelta(days=1)) == queries.Promise(
        answered=1, on_time=1
    )


def test_who_may_not_answer_is_refused(channel, ayse, now):
    with pytest.raises(NotAllowed):
        answered(ayse, channel, now)
    assert not Delivery.objects.exists()


def test_a_rule_stops_an_answer_and_nothing_is_sent(channel, bram, now):
    with pytest.raises(Invalid, match="answer_blocked"):
        answered(bram, channel, now, text="Je BSN is 123456782, toch?")
    assert not Delivery.objects.exists()


def test_a_colleague_who_answered_meanwhile_is_seen_first(channel, bram, sam, now):
    actions.take_in(channel, [said()], now=now)
    conversation = Conversation.objects.get()
    seen = queries.newest_message_id(conversation)
    actions.answer(bram, conversation=conversation, text="Ja.", now=now)
    with pytest.raises(Conflict, match="answered_meanwhile"):
        actions.answer(sam, conversation=conversation, text="Ja!", seen_message_id=seen, now=now)


def test_handing_over_takes_a_line(channel, bram, sam, now):
    actions.take_in(channel, [said()], now=now)
    conversation = Conversation.objects.get()
    with pytest.raises(Invalid, match="hand_over_without_line"):
        actions.assign(bram, conversation=conversation, assignee=sam, now=now)
    actions.assign(bram, conversation=conversation, assignee=sam, line="Weet jij dit?", now=now)
    assert Note.objects.get().text == "Weet jij dit?"


def test_what_was_done_opens_again_when_they_write(channel, bram, now):
    actions.take_in(channel, [said()], now=now)
    actions.finish(bram, conversation=Conversation.objects.get(), now=now)
    assert Conversation.objects.get().state == "done"
    actions.take_in(channel, [said(number=2, at=now)], now=now)
    assert Conversation.objects.get().state == "open"


def test_the_pages_show_it_and_take_an_answer(channel, bram, now, browse, korenaar):
    actions.take_in(channel, [said("<script>alert(1)</script>")], now=now)
    conversation = Conversation.objects.get()
    client = browse(bram)
    page = client.get(reverse("inbox:inbox", args=[korenaar.slug]))
    assert b"&lt;script&gt;" in page.content
    url = reverse("inbox:conversation", args=[korenaar.slug, conversation.pk])
    answer = client.post(url, {"text": "Ja, elke zaterdag."})
    assert answer.status_code == 303
    assert "Ja, elke zaterdag." in client.get(url).content.decode()
    refused = client.post(url, {"text": "Je BSN is 123456782"})
    assert refused.status_code == 422
    assert "Je BSN is 123456782" in refused.content.decode()
    assert (
        client.post(
            reverse("inbox:check", args=[korenaar.slug, conversation.pk]), {"text": "brood"}
        ).status_code
        == 200
    )
