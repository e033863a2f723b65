"""Who waits for us, since when and until when: pure, from the times of messages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dialoog.core.errors import Invalid
from dialoog.core.hours import BusinessHours, deadline


@dataclass(frozen=True)
class Said:
    """A message of a conversation: when (UTC), and whether it was ours."""

    at: datetime
    is_ours: bool


def waiting_since(messages: Iterable[Said]) -> datetime | None:
    """Return the time of their oldest message after our last one; None when nobody waits."""
    since: datetime | None = None
    for message in sorted(messages, key=lambda said: (said.at, said.is_ours)):
        if message.is_ours:
            since = None
        elif since is None:
            since = message.at
    return since


def promised_until(since: datetime, minutes: int, calendar: BusinessHours) -> datetime | None:
    """Return when the promise ends, in UTC; None when the organisation is never open."""
    try:
        return deadline(since, minutes, calendar)
    except Invalid:
        return None


def on_time(
    since: datetime | None, answered_at: datetime, minutes: int, calendar: BusinessHours
) -> bool | None:
    """Tell whether an answer kept the promise; None when nobody waited or it never ends."""
    until = promised_until(since, minutes, calendar) if since else None
    return answered_at <= until if until else None
