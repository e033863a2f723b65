"""Writing what became of deliveries: state, step and event in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from dialoog.core.faults import fault_point
from dialoog.core.work.events import emit_all
from dialoog.core.work.leases import Ticket
from dialoog.publishing.events import DeliveryFailed, DeliveryHeld, DeliveryPublished
from dialoog.publishing.models import Delivery, DeliveryStep
from dialoog.publishing.states import DELIVERY


@dataclass(frozen=True, kw_only=True)
class Move:
    """A delivery from one state to the next, under the attempt that holds it; `values` are columns."""

    ticket: Ticket
    delivery: Delivery
    old: str
    new: str
    code: str = ""
    reason: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.new != self.old:
            DELIVERY.check(self.old, self.new)


def write(moves: Sequence[Move], *, now: datetime) -> set[int]:
    """Write moves and return the ids of those that held.

    A delivery that was taken over meanwhile, or changed by a person, is left as it is.
    """
    if not moves:
        return set()
    with transaction.atomic():
        held = [move for alike in _groups(_still_held(moves)) for move in _update(alike)]
        DeliveryStep.objects.bulk_create(
            DeliveryStep(
                organisation_id=move.delivery.organisation_id,
                delivery=move.delivery,
                old=move.old,
                new=move.new,
                at=now,
                code=move.code[:40],
            )
            for move in held
            if move.new != move.old
        )
        emit_all(_events(held), now=now)
        if is_published := any(move.new == "published" for move in held):
            fault_point("writing")
    if is_published:
        fault_point("kept")
    return {move.ticket.pk for move in held}


def _still_held(moves: Sequence[Move]) -> Sequence[Move]:
    """Lock the rows of several moves, and return the moves whose rows are still as they were.

    In one order for all: two workers that take over the same rows would otherwise wait for each other for ever.
    """
    if len(moves) == 1:
        return moves
    rows = _rows().filter(pk__in={move.ticket.pk for move in moves}).order_by("pk").select_for_update()
    found = {pk: (attempt, state) for pk, attempt, state in rows.values_list("pk", "attempt", "state")}
    return [move for move in moves if found.get(move.ticket.pk) == (move.ticket.attempt, move.old)]


def _groups(moves: Iterable[Move]) -> Iterable[list[Move]]:
    """Put moves together that change the same columns to the same values, for one statement each."""
    groups: dict[str, list[Move]] = defaultdict(list)
    for move in moves:
        groups[f"{move.old} {move.new} {move.ticket.attempt} {move.code} {move.reason} {move.values}"].append(
            move
        )
    return groups.values()


def _update(alike: list[Move]) -> list[Move]:
    """Write moves that are alike, and return those that held: all of them, or not the only one."""
    first, ids = alike[0], {move.ticket.pk for move in alike}
    rows = _rows().filter(pk__in=ids, attempt=first.ticket.attempt, state=first.old)
    return alike if rows.update(state=first.new, **_columns(first)) else []


def _rows() -> QuerySet[Delivery]:
    return Delivery._base_manager.all()  # noqa: SLF001 - a worker's rows cross organisations


def _columns(move: Move) -> dict[str, Any]:
    values: dict[str, Any] = {"reason_code": move.code[:40], "reason": move.reason}
    if "due_at" in move.values:
        values["wanted_at"] = Coalesce("wanted_at", "due_at")
    values |= move.values
    if move.new not in {"claimed", "sending"}:
        values |= {"lease_until": None, "lease_by": ""}
    return values


def _events(moves: Iterable[Move]) -> list[tuple[Any, int]]:
    told: list[tuple[Any, int]] = []
    for move in moves:
        one = move.delivery
        facts = (one.pk, one.channel_id, one.post_id, one.origin, one.origin_id)
        if move.new == "published" and move.old != "published":
            told.append((DeliveryPublished(*facts), one.organisation_id))
        elif move.new == "failed":
            told.append((DeliveryFailed(*facts, move.code), one.organisation_id))
        elif move.new == "held":
            told.append((DeliveryHeld(*facts, move.code), one.organisation_id))
    return told
