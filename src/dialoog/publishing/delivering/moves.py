"""The moves that a stage may decide on, and how long to wait before the next try."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from dialoog.core.work.leases import Ticket
from dialoog.networks.errors import NeedsConsent, NetworkError, Refused, TryLater
from dialoog.networks.values import Published
from dialoog.publishing.delivering.outcomes import Move
from dialoog.publishing.models import Delivery
from dialoog.publishing.states import is_in_doubt

# The network may need a moment before it shows what it took.
FIRST_LOOK: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(hours=1)
GIVE_UP_AFTER: Final = timedelta(hours=24)
# What breaks in our own code so often is put before a person.
MOST_TRIES: Final = 6


def published(ticket: Ticket, delivery: Delivery, what: Published, *, at: datetime) -> Move:
    """It stands there."""
    ref = what.ref
    values = {
        "published_at": at,
        "remote_uri": ref.uri,
        "remote_cid": ref.cid,
        "remote_url": ref.url,
    }
    return Move(ticket=ticket, delivery=delivery, old=_old(delivery), new="published", values=values)


def unknown(ticket: Ticket, delivery: Delivery, code: str, *, now: datetime) -> Move:
    """It may stand there: look before anything is sent again."""
    values = {"due_at": now + FIRST_LOOK, "read_backs": 0}
    return Move(ticket=ticket, delivery=delivery, old="sending", new="unknown", code=code, values=values)


def stopped(move: Move, *, now: datetime) -> Move:
    """Return what follows when something stops a delivery: with an earlier try in doubt, look once more first.

    The code of what stops it is kept: it's why it failed, should nothing be there.
    """
    if not is_in_doubt(move.old, move.delivery.read_backs):
        return move
    values = {"due_at": now + FIRST_LOOK, "read_backs": 0}
    return replace(
        move, new="unknown", reason={**move.reason, "stopped": move.code}, values={**move.values, **values}
    )


def look_again(
    ticket: Ticket, delivery: Delivery, due_at: datetime, *, code: str, read_backs: int = 0
) -> Move:
    """It wasn't to be seen, or we couldn't see: once more at `due_at`."""
    values = {"due_at": due_at, "read_backs": read_backs or delivery.read_backs}
    kept = {name: delivery.reason[name] for name in ("stopped",) if name in delivery.reason}
    return Move(
        ticket=ticket,
        delivery=delivery,
        old="unknown",
        new="unknown",
        code=code,
        reason=kept,
        values=values,
    )


def send_again(ticket: Ticket, delivery: Delivery, *, now: datetime) -> Move:
    """It isn't there, and its key makes it safe to send the same once more."""
    return Move(ticket=ticket, delivery=delivery, old="unknown", new="scheduled", values={"due_at": now})


def held(ticket: Ticket, delivery: Delivery, code: str, **reason: Any) -> Move:
    """A person decides."""
    return Move(ticket=ticket, delivery=delivery, old="claimed", new="held", code=code, reason=reason)


def handed(ticket: Ticket, delivery: Delivery) -> Move:
    """A person publishes it: the network has no way in for us."""
    return Move(ticket=ticket, delivery=delivery, old="claimed", new="handed")


def failed(ticket: Ticket, delivery: Delivery, old: str, code: str, detail: str = "") -> Move:
    """It isn't there, and will not come by itself."""
    reason = {"detail": detail[:300]} if detail else {}
    return Move(ticket=ticket, delivery=delivery, old=old, new="failed", code=code, reason=reason)


def back(ticket: Ticket, delivery: Delivery, *, due_at: datetime | None = None, code: str = "") -> Move:
    """A claim is given up before anything left; when a time is named, not before then."""
    values = {"due_at": due_at} if due_at else {}
    return Move(ticket=ticket, delivery=delivery, old="claimed", new="scheduled", code=code, values=values)


def not_sent(ticket: Ticket, delivery: Delivery, old: str, error: NetworkError, *, now: datetime) -> Move:
    """Nothing was published: later, or a person."""
    if isinstance(error, (NeedsConsent, Refused)) or now - moment_of(delivery) > GIVE_UP_AFTER:
        return stopped(failed(ticket, delivery, old, error.code, error.detail), now=now)
    values = {"due_at": now + wait(delivery, error)}
    return Move(ticket=ticket, delivery=delivery, old=old, new="scheduled", code=error.code, values=values)


def broken(ticket: Ticket, delivery: Delivery, *, now: datetime) -> Move:
    """Our own code failed before anything left: once more after a while, and then a person."""
    later = now + wait(delivery)
    if delivery.state == "unknown":
        return look_again(ticket, delivery, later, code="internal_error")
    if delivery.attempt >= MOST_TRIES:
        return stopped(held(ticket, delivery, "internal_error"), now=now)
    return back(ticket, delivery, due_at=later, code="internal_error")


def moment_of(delivery: Delivery) -> datetime:
    """Return when it should have left, whatever waits came since."""
    return delivery.wanted_at or delivery.due_at


def wait(delivery: Delivery, error: NetworkError | None = None) -> timedelta:
    """Return as long as the network asked; else longer with each try, and never over an hour."""
    asked = error.after_seconds if isinstance(error, TryLater) and error.sent else 0.0
    ours: timedelta = min(timedelta(seconds=2) * 2 ** min(delivery.attempt, 11), LONGEST_WAIT)
    return max(timedelta(seconds=asked), ours)


def _old(delivery: Delivery) -> str:
    return "unknown" if delivery.state == "unknown" else "sending"
