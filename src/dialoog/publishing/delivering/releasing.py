"""Bringing deliveries back on their way when what stopped them is gone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.models.functions import Coalesce

from dialoog.channels.models import Channel
from dialoog.core.clock import now as read_clock
from dialoog.core.work import jobs
from dialoog.core.work.leases import Ticket
from dialoog.publishing.delivering.outcomes import Move, write
from dialoog.publishing.judging import judge_delivery
from dialoog.publishing.models import Delivery

# Later than this, a person decides whether it's still worth sending.
STILL_FRESH: Final = timedelta(hours=12)
_CONSENT_CODES: Final = ("channel_needs_consent", "token_refused", "not_connected", "grant_unreadable")


def release_approved(*, post_id: int, now: datetime) -> int:
    """Let deliveries of a post go that only waited for consent; return how many.

    They're judged again before they leave, so that consent for other content changes nothing.
    """
    held = Delivery.objects.filter(post_id=post_id, state="held", reason_code="approval_missing")
    return _release(held, now=now)


def release_approved_answer(*, delivery_id: int, now: datetime) -> int:
    """Let an answer go that only waited for consent; return how many: one or none."""
    held = Delivery.objects.filter(pk=delivery_id, state="held", reason_code="approval_missing")
    return _release(held, now=now)


def release_reconnected(*, channel_id: int, now: datetime) -> int:
    """Try again what failed less than twelve hours ago because the channel wasn't connected.

    What is unknown there can be looked for at once.
    """
    Delivery.objects.filter(channel_id=channel_id, state="unknown", due_at__gt=now).filter(
        reason_code__in=_CONSENT_CODES
    ).update(due_at=now, wanted_at=Coalesce("wanted_at", "due_at"))
    failed = Delivery.objects.filter(
        channel_id=channel_id,
        state="failed",
        reason_code__in=_CONSENT_CODES,
        due_at__gte=now - STILL_FRESH,
    )
    return _release(failed, now=now)


def _release(deliveries: Iterable[Delivery], *, now: datetime) -> int:
    moves = [
        Move(
            ticket=Ticket(one.pk, one.attempt),
            delivery=one,
            old=one.state,
            new="scheduled",
            # A new beginning: what the wait for a person took is no lateness of ours.
            values={"due_at": max(one.due_at, now), "wanted_at": None},
        )
        for one in deliveries
    ]
    return len(write(moves, now=now))


def needs_second_look(move: Move) -> bool:
    """Tell whether what stopped a delivery may have gone between the looking and the writing."""
    return move.code in {"approval_missing", "channel_needs_consent"} and move.new in {"held", "failed"}


def second_look(move: Move) -> None:
    """Look again, now that it's written: whoever takes the cause away from here on sees it waiting."""
    now, delivery = read_clock(), move.delivery
    with jobs.scope_of(delivery.organisation_id):
        if move.code == "channel_needs_consent":
            if Channel.objects.filter(pk=delivery.channel_id, state="connected").exists():
                release_reconnected(channel_id=delivery.channel_id, now=now)
        elif judge_delivery(delivery, now=now).may_go_out():
            if delivery.post_id:
                release_approved(post_id=delivery.post_id, now=now)
            else:
                release_approved_answer(delivery_id=delivery.pk, now=now)
