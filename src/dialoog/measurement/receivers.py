"""What measurement does when other rooms tell that something happened."""

from datetime import datetime, timedelta
from typing import Final

from dialoog.channels.events import ChannelConnected
from dialoog.channels.models import Channel
from dialoog.core.clock import now as read_clock
from dialoog.core.work.events import receives
from dialoog.inbox.events import ConversationAnswered, MessageReceived
from dialoog.inbox.models import Conversation
from dialoog.measurement.actions.books import count_work
from dialoog.measurement.actions.readings import count_soon, read_soon, watch_delivery
from dialoog.organisations.models import Member
from dialoog.publishing.events import DeliveryPublished
from dialoog.publishing.models import Delivery

# A post that just went out has its first reactions after a while.
FIRST_LOOK: Final = timedelta(minutes=2)


@receives(ChannelConnected)
def begin_to_read(event: ChannelConnected, _event_id: str) -> None:
    """Read the counts of a new channel."""
    channel = Channel.objects.filter(pk=event.channel_id).first()
    if channel:
        read_soon(channel, now=read_clock())


@receives(DeliveryPublished)
def post_went_out(event: DeliveryPublished, _event_id: str) -> None:
    """Watch what a post does, count the goal, and count the work that went into it."""
    delivery = (
        Delivery.objects.select_related("post", "channel", "author", "organisation")
        .filter(pk=event.delivery_id)
        .first()
    )
    if delivery is None or delivery.post is None:
        return
    now = read_clock()
    watch_delivery(delivery, now=now)
    read_soon(delivery.channel, now=now, after=FIRST_LOOK)
    count_soon(delivery.organisation_id, now=now)
    if delivery.author:
        count_work(
            delivery.author,
            activity="making",
            key=f"post:{delivery.post_id}",
            at=delivery.published_at or now,
            goal_id=delivery.post.goal_id,
            post=delivery.post,
            now=now,
        )


@receives(ConversationAnswered)
def conversation_answered(event: ConversationAnswered, _event_id: str) -> None:
    """Count the goal, and the work of the answer."""
    now = read_clock()
    conversation = (
        Conversation.objects.select_related("delivery__post").filter(pk=event.conversation_id).first()
    )
    if conversation is None:
        return
    count_soon(conversation.organisation_id, now=now)
    author = Member.objects.select_related("organisation").filter(pk=event.member_id or 0).first()
    if author:
        post = conversation.delivery.post if conversation.delivery else None
        count_work(
            author,
            activity="answering",
            key=f"answer:{event.delivery_id}",
            at=datetime.fromisoformat(event.at),
            goal_id=post.goal_id if post else None,
            now=now,
        )


@receives(MessageReceived)
def somebody_reacted(event: MessageReceived, _event_id: str) -> None:
    """Read the counts again: a reaction seldom comes alone."""
    conversation = Conversation.objects.select_related("channel").filter(pk=event.conversation_id).first()
    if conversation:
        read_soon(conversation.channel, now=read_clock())
