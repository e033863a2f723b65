"""What the inbox does when other rooms tell that something happened."""

from datetime import datetime

from dialoog.channels.events import ChannelConnected
from dialoog.channels.models import Channel
from dialoog.core.clock import now as read_clock
from dialoog.core.work.events import receives
from dialoog.inbox import actions
from dialoog.publishing.events import DeliveryPublished
from dialoog.publishing.models import Delivery


@receives(ChannelConnected)
def begin_to_fetch(event: ChannelConnected, _event_id: str) -> None:
    """Fetch the reactions of a new channel."""
    channel = Channel.objects.filter(pk=event.channel_id).first()
    if channel:
        actions.watch_channel(channel, now=read_clock())


@receives(DeliveryPublished)
def answer_stands(event: DeliveryPublished, _event_id: str) -> None:
    """Stop the clock of the conversation that was answered."""
    if event.origin != "reply":
        return
    delivery = Delivery.objects.filter(pk=event.delivery_id).first()
    if delivery:
        at: datetime = delivery.published_at or read_clock()
        actions.note_published(delivery, at=at, now=read_clock())
