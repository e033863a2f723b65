"""What publishing does when other rooms tell that something happened."""

from dialoog.channels.events import ChannelConnected
from dialoog.core.clock import now as read_clock
from dialoog.core.work.events import receives
from dialoog.policy.events import ApprovalDecided
from dialoog.publishing.delivering.releasing import (
    release_approved,
    release_approved_answer,
    release_reconnected,
)
from dialoog.publishing.rules import ANSWER, SUBJECT


@receives(ApprovalDecided)
def consent_was_given(event: ApprovalDecided, _event_id: str) -> None:
    """Let what was held for want of consent go its way."""
    if event.subject_kind == SUBJECT and event.state == "approved":
        release_approved(post_id=event.subject_id, now=read_clock())
    elif event.subject_kind == ANSWER and event.state == "approved":
        release_approved_answer(delivery_id=event.subject_id, now=read_clock())


@receives(ChannelConnected)
def channel_works_again(event: ChannelConnected, _event_id: str) -> None:
    """Try again what failed only because the channel had to be connected anew."""
    release_reconnected(channel_id=event.channel_id, now=read_clock())
