"""What happens to one delivery at each stage. A stage looks and calls; what it found comes back as a move."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from dialoog.channels.actions import note_error
from dialoog.core.clock import now as read_clock
from dialoog.core.faults import fault_point
from dialoog.core.work.leases import Ticket
from dialoog.networks.base import Connector, Prepared, Published
from dialoog.networks.errors import NeedsConsent, NetworkError, OutcomeUnknown, Refused, TryLater
from dialoog.publishing.content import message_of
from dialoog.publishing.delivering.outcomes import Move
from dialoog.publishing.judging import judge_delivery
from dialoog.publishing.models import Delivery, Media

# The network may need a moment before it shows what it took.
FIRST_LOOK: Final = timedelta(seconds=1)
SECOND_LOOK: Final = timedelta(seconds=10)
LOOKS: Final = 2
# What nobody could find is looked for once a day, while it waits for a person.
LATER_LOOK: Final = timedelta(days=1)
LONGEST_WAIT: Final = timedelta(hours=1)
GIVE_UP_AFTER: Final = timedelta(hours=24)
Doors = Callable[[Delivery], Connector]


@dataclass(frozen=True)
class Ready:
    """A delivery that may leave at its moment, with exactly what leaves and the connector that sends it."""

    ticket: Ticket
    delivery: Delivery
    prepared: Prepared
    connector: Connector


def prepare(ticket: Ticket, delivery: Delivery, doors: Doors, *, now: datetime) -> Ready | Move:
    """Judge a claimed delivery once more and make what will be sent, or say why it can't leave now."""
    if reason := _stopped_by(delivery):
        return _stop(ticket, delivery, reason)
    try:
        connector = doors(delivery)
        if delivery.payload is not None:
            # It was on its way before: the same bytes again are the same post.
            return Ready(ticket, delivery, Prepared.from_json(delivery.payload), connector)
        if stopped := _judged(ticket, delivery, now=now):
            return stopped
        prepared = connector.prepare(message_of(delivery), delivery.key, now)
    except (Media.DoesNotExist, OSError):
        return _failed(ticket, delivery, "claimed", "image_missing")
    except NetworkError as error:
        return _not_sent(ticket, delivery, "claimed", error, now=now)
    fault_point("prepared")
    return Ready(ticket, delivery, prepared, connector)


def _judged(ticket: Ticket, delivery: Delivery, *, now: datetime) -> Move | None:
    judgement = judge_delivery(delivery, now=now)
    fault_point("judged")
    if judgement.blocked:
        rules = [finding.rule_id for finding in judgement.findings if finding.outcome == "block"]
        return _held(ticket, delivery, "rule_blocks", {"rules": rules})
    if not judgement.may_go_out():
        return _held(ticket, delivery, "approval_missing", {})
    return None


def _stopped_by(delivery: Delivery) -> str:
    if delivery.instance_id != settings.INSTANCE_ID:
        return "restored_copy"
    if delivery.channel.state == "disconnected":
        return "channel_disconnected"
    return "channel_needs_consent" if delivery.channel.state == "needs_consent" else ""


def _stop(ticket: Ticket, delivery: Delivery, code: str) -> Move:
    if code == "restored_copy":
        return _held(ticket, delivery, code, {})
    return _failed(ticket, delivery, "claimed", code)


def sending(ready: Ready, *, now: datetime) -> Move:
    """Return the move that is committed before the first byte leaves; it keeps exactly what leaves."""
    values = {"payload": ready.prepared.as_json(), "sending_at": now}
    return Move(ticket=ready.ticket, delivery=ready.delivery, old="claimed", new="sending", values=values)


def publish(ready: Ready) -> Move:
    """Send, and say what became of it."""
    fault_point("sending")
    try:
        published = ready.connector.publish(ready.prepared)
    except NetworkError as error:
        return _after_error(ready, error, now=read_clock())
    fault_point("answered")
    return _published(ready.ticket, ready.delivery, "sending", published, at=read_clock())


def _after_error(ready: Ready, error: NetworkError, *, now: datetime) -> Move:
    if isinstance(error, OutcomeUnknown) or error.code == "key_taken":
        # Something stands under our key, or may: look what it is.
        return _unknown(ready.ticket, ready.delivery, error.code, now=now)
    return _not_sent(ready.ticket, ready.delivery, "sending", error, now=now)


def read_back(ticket: Ticket, delivery: Delivery, doors: Doors, *, now: datetime) -> Move:
    """Look on the network whether an unknown delivery stands there, and say what follows."""
    if delivery.payload is None:
        return _again(ticket, delivery, "unknown", now=now)
    try:
        connector = doors(delivery)
        found = connector.find(Prepared.from_json(delivery.payload))
    except Refused as error:
        return _failed(ticket, delivery, "unknown", error.code)
    except NetworkError as error:
        note_error(delivery.channel_id, error=error, now=now)
        return _look_again(ticket, delivery, now + _wait(delivery, error), code=error.code)
    fault_point("looked")
    if found is not None:
        return _published(ticket, delivery, "unknown", found, at=found.at)
    return _not_found(ticket, delivery, connector, now=now)


def _not_found(ticket: Ticket, delivery: Delivery, connector: Connector, *, now: datetime) -> Move:
    looks = delivery.read_backs + 1
    if looks < LOOKS:
        return _look_again(ticket, delivery, now + SECOND_LOOK, code="not_found_yet", read_backs=looks)
    if delivery.instance_id != settings.INSTANCE_ID:
        return _failed(ticket, delivery, "unknown", "restored_copy")
    if connector.capabilities.idempotent:
        return _again(ticket, delivery, "unknown", now=now)
    return _look_again(ticket, delivery, now + LATER_LOOK, code="person_decides", read_backs=looks)


def _published(ticket: Ticket, delivery: Delivery, old: str, published: Published, *, at: datetime) -> Move:
    ref = published.ref
    values = {
        "published_at": at,
        "remote_uri": ref.uri,
        "remote_cid": ref.cid,
        "remote_url": ref.url,
    }
    return Move(ticket=ticket, delivery=delivery, old=old, new="published", values=values)


def _unknown(ticket: Ticket, delivery: Delivery, code: str, *, now: datetime) -> Move:
    values = {"due_at": now + FIRST_LOOK, "read_backs": 0}
    return Move(ticket=ticket, delivery=delivery, old="sending", new="unknown", code=code, values=values)


def _look_again(
    ticket: Ticket, delivery: Delivery, due_at: datetime, *, code: str, read_backs: int = 0
) -> Move:
    looks = read_backs or delivery.read_backs
    values = {"due_at": due_at, "read_backs": looks}
    return Move(ticket=ticket, delivery=delivery, old="unknown", new="unknown", code=code, values=values)


def _again(ticket: Ticket, delivery: Delivery, old: str, *, now: datetime) -> Move:
    return Move(ticket=ticket, delivery=delivery, old=old, new="scheduled", values={"due_at": now})


def _held(ticket: Ticket, delivery: Delivery, code: str, reason: dict[str, object]) -> Move:
    return Move(ticket=ticket, delivery=delivery, old="claimed", new="held", code=code, reason=reason)


def _failed(ticket: Ticket, delivery: Delivery, old: str, code: str, detail: str = "") -> Move:
    reason = {"detail": detail[:300]} if detail else {}
    return Move(ticket=ticket, delivery=delivery, old=old, new="failed", code=code, reason=reason)


def _not_sent(ticket: Ticket, delivery: Delivery, old: str, error: NetworkError, *, now: datetime) -> Move:
    """Say what follows when nothing was published: later, or a person."""
    if not isinstance(error, Refused):
        note_error(delivery.channel_id, error=error, now=now)
    if isinstance(error, (NeedsConsent, Refused)) or now - _first_due(delivery) > GIVE_UP_AFTER:
        return _failed(ticket, delivery, old, error.code, error.detail)
    values = {"due_at": now + _wait(delivery, error)}
    return Move(ticket=ticket, delivery=delivery, old=old, new="scheduled", code=error.code, values=values)


def _first_due(delivery: Delivery) -> datetime:
    """Return when it should have left: the post's moment, which a later try doesn't move."""
    return delivery.post.due_at or delivery.due_at if delivery.post else delivery.due_at


def _wait(delivery: Delivery, error: NetworkError) -> timedelta:
    """Wait as long as the network asked; else longer with each try, and never over an hour."""
    asked = error.after_seconds if isinstance(error, TryLater) and error.sent else 0.0
    ours: timedelta = min(timedelta(seconds=2) * 2 ** min(delivery.attempt, 11), LONGEST_WAIT)
    return max(timedelta(seconds=asked), ours)
