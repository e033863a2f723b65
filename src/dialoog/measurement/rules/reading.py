"""When the counts of a post are read again: often while it is young, seldom when it is old."""

from datetime import datetime, timedelta
from typing import Final

# Up to this age: read every so often. Older than the last: no longer.
_STEPS: Final = (
    (timedelta(days=1), timedelta(minutes=10)),
    (timedelta(days=3), timedelta(hours=1)),
    (timedelta(days=14), timedelta(hours=6)),
    (timedelta(days=60), timedelta(days=1)),
    (timedelta(days=400), timedelta(days=7)),
)


def next_reading(published_at: datetime, now: datetime) -> datetime | None:
    """Return when to read a post again; None when it's so old that nothing changes any more."""
    age = now - published_at
    every = next((step for until, step in _STEPS if age < until), None)
    return now + every if every else None
