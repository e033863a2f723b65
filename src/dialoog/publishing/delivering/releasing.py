"""Bringing deliveries back on their way when what stopped them is gone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from dialoog.core.work.leases import Ticket
from dialoog.publishing.delivering.outcomes import Move, write
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


def release_reconnected(*, channel_id: int, now: datetime) -> int:
    """Try again what failed less than twelve hours ago because the channel wasn't connected."""
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
            values={"due_at": max(one.due_at, now)},
        )
        for one in deliveries
    ]
    return len(write(moves, now=now))
