"""What happens to one delivery at each stage. A stage looks and calls; what it found comes back as a move."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from dialoog.channels.actions import note_error
from dialoog.core.clock import now as read_clock
from dialoog.core.faults import fault_point
from dialoog.core.identity import instance_id
from dialoog.core.work.leases import Ticket
from dialoog.networks.base import Connector
from dialoog.networks.errors import NetworkError, OutcomeUnknown
from dialoog.networks.values import Prepared
from dialoog.publishing.content import message_of
from dialoog.publishing.delivering import moves
from dialoog.publishing.delivering.claiming import LEASE
from dialoog.publishing.delivering.outcomes import Move
from dialoog.publishing.judging import judge_delivery
from dialoog.publishing.models import Delivery, Media

log = logging.getLogger(__name__)
LOOKS: Final = 2
SECOND_LOOK: Final = timedelta(seconds=10)
# What nobody could find is looked for once a day, while it waits for a person.
LATER_LOOK: Final = timedelta(days=1)


class Doors(Protocol):
    """Connectors by delivery; `delivering.doors` has those of a worker."""

    def __call__(self, delivery: Delivery) -> Connector:
        """Return the connector of its channel."""
        ...

    def try_door(self, delivery: Delivery, *, now: datetime) -> None:
        """Look whether the channel's grant still works."""
        ...


@dataclass(frozen=True)
class Ready:
    """A delivery that may leave at its moment, with exactly what leaves and the connector that sends it."""

    ticket: Ticket
    delivery: Delivery
    prepared: Prepared
    connector: Connector
    judged_at: datetime


def look_into(ticket: Ticket, delivery: Delivery, doors: Doors, *, now: datetime) -> Ready | Move:
    """Do the stage that a claimed delivery is at; whatever breaks, the row says so."""
    try:
        if delivery.state == "unknown":
            return read_back(ticket, delivery, doors, now=now)
        return prepare(ticket, delivery, doors, now=now)
    except Exception:
        log.exception("delivery %s broke at %s", delivery.pk, delivery.state)
        return moves.broken(ticket, delivery, now=now)


def prepare(ticket: Ticket, delivery: Delivery, doors: Doors, *, now: datetime) -> Ready | Move:
    """Judge a claimed delivery once more and make what will be sent, or say why it can't leave now."""
    if stopped := _stopped(ticket, delivery) or _judged(ticket, delivery, now=now):
        return moves.stopped(stopped, now=now)
    try:
        connector = doors(delivery)
        if connector.capabilities.by_hand:
            return moves.handed(ticket, delivery)
        doors.try_door(delivery, now=now)
        prepared = _prepared(delivery, connector, now=now)
    except (Media.DoesNotExist, OSError):
        return moves.failed(ticket, delivery, "claimed", "image_missing")
    except NetworkError as error:
        return _not_sent(ticket, delivery, "claimed", error, now=now)
    fault_point("prepared")
    return Ready(ticket, delivery, prepared, connector, judged_at=now)


def _prepared(delivery: Delivery, connector: Connector, *, now: datetime) -> Prepared:
    if delivery.payload is not None and delivery.read_backs:
        # A try of it was in doubt: the same bytes again are the same post.
        return Prepared.from_json(delivery.payload)
    # It's prepared a little early; what the record states is when it leaves.
    return connector.prepare(message_of(delivery), delivery.key, max(now, delivery.due_at))


def _stopped(ticket: Ticket, delivery: Delivery) -> Move | None:
    if delivery.instance_id != instance_id():
        return moves.held(ticket, delivery, "restored_copy")
    if delivery.channel.state in {"disconnected", "needs_consent"}:
        return moves.failed(ticket, delivery, "claimed", f"channel_{delivery.channel.state}")
    return None


def _judged(ticket: Ticket, delivery: Delivery, *, now: datetime) -> Move | None:
    judgement = judge_delivery(delivery, now=now)
    fault_point("judged")
    if judgement.blocked:
        rules = [finding.rule_id for finding in judgement.findings if finding.outcome == "block"]
        return moves.held(ticket, delivery, "rule_blocks", rules=rules)
    return None if judgement.may_go_out() else moves.held(ticket, delivery, "approval_missing")


def frozen(ready: Ready) -> Move:
    """Return the move that keeps exactly what will leave; it's committed before `sending` is."""
    values = {"payload": ready.prepared.as_json()}
    return Move(ticket=ready.ticket, delivery=ready.delivery, old="claimed", new="claimed", values=values)


def sending(ready: Ready, *, now: datetime) -> Move:
    """Return the move that is committed before the first byte leaves."""
    values = {"sending_at": now, "lease_until": now + LEASE}
    return Move(ticket=ready.ticket, delivery=ready.delivery, old="claimed", new="sending", values=values)


def may_begin(committed_at: datetime, *, now: datetime) -> bool:
    """Tell whether a request may still begin that was committed then: it must end long before its lease does.

    A host that froze in between finds that somebody else looks after what it was about to send.
    """
    return now - committed_at < LEASE / 2


def publish(ready: Ready) -> Move:
    """Send, and say what became of it."""
    fault_point("sending")
    try:
        published = ready.connector.publish(ready.prepared)
    except NetworkError as error:
        return _after_error(ready, error, now=read_clock())
    fault_point("answered")
    return moves.published(ready.ticket, ready.delivery, published, at=read_clock())


def _after_error(ready: Ready, error: NetworkError, *, now: datetime) -> Move:
    if isinstance(error, OutcomeUnknown) or error.code == "key_taken":
        # Something stands under our key, or may: look what it is.
        return moves.unknown(ready.ticket, ready.delivery, error.code, now=now)
    return _not_sent(ready.ticket, ready.delivery, "sending", error, now=now)


def _not_sent(ticket: Ticket, delivery: Delivery, old: str, error: NetworkError, *, now: datetime) -> Move:
    note_error(delivery.channel_id, error=error, now=now)
    return moves.not_sent(ticket, delivery, old, error, now=now)


def read_back(ticket: Ticket, delivery: Delivery, doors: Doors, *, now: datetime) -> Move:
    """Look on the network whether an unknown delivery stands there, and say what follows."""
    if delivery.payload is None:
        return moves.send_again(ticket, delivery, now=now)
    try:
        connector = doors(delivery)
        prepared = Prepared.from_json(delivery.payload)
        found = connector.find(prepared)
    except NetworkError as error:
        if error.code == "key_taken":
            # Something else stands under our key, so ours doesn't.
            return moves.failed(ticket, delivery, "unknown", error.code, error.detail)
        note_error(delivery.channel_id, error=error, now=now)
        return moves.look_again(ticket, delivery, now + moves.wait(delivery, error), code=error.code)
    fault_point("looked")
    if found is not None:
        return moves.published(ticket, delivery, found, at=found.at)
    return _not_found(ticket, delivery, connector, prepared, now=now)


def _first_sent(delivery: Delivery) -> datetime:
    """Return when it first left under its key: that is when a network began to remember the key."""
    first = delivery.steps.filter(new="sending").order_by("id").values_list("at", flat=True).first()
    return first or moves.moment_of(delivery)


def _not_found(
    ticket: Ticket, delivery: Delivery, connector: Connector, prepared: Prepared, *, now: datetime
) -> Move:
    looks = delivery.read_backs + 1
    if looks < LOOKS and connector.capabilities.reads_back:
        return moves.look_again(ticket, delivery, now + SECOND_LOOK, code="not_found_yet", read_backs=looks)
    if delivery.instance_id != instance_id():
        return moves.failed(ticket, delivery, "unknown", "restored_copy")
    if stopped_by := delivery.reason.get("stopped"):
        return moves.failed(ticket, delivery, "unknown", str(stopped_by))
    if connector.may_send_again(prepared, now - _first_sent(delivery)):
        return moves.send_again(ticket, delivery, now=now)
    return moves.look_again(ticket, delivery, now + LATER_LOOK, code="person_decides", read_backs=looks)
