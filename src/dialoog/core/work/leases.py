"""Claiming rows by one UPDATE, finishing them under the same attempt, taking over what was left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from dialoog.core.models import Leased
from dialoog.core.states import Graph
from dialoog.core.work.owners import is_dead


class LeaseLost(Exception):
    """Somebody else took the row over, or its state changed; what was done must not be written."""


@dataclass(frozen=True)
class Ticket:
    """The right to work on one row: its key, and the attempt under which it must be finished."""

    pk: int
    attempt: int


@dataclass(frozen=True)
class Claim:
    """Which rows to take: from these states, due by now, at most so many, for so long."""

    states: Sequence[str]
    to: str
    now: datetime
    limit: int
    owner: str
    lease: timedelta
    extra_where: str = ""
    # For a claim that leaves the state as it is: only rows that nobody holds.
    is_free_only: bool = False


def claim(model: type[Leased], wanted: Claim) -> list[Ticket]:
    """Take due rows for `wanted.owner` and return their tickets, earliest due first.

    One UPDATE ... RETURNING: two workers never get the same row. `extra_where` is SQL of our own code.
    """
    if wanted.limit < 1:
        return []
    table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 - the ORM has no UPDATE ... RETURNING
    lock = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    marks = ", ".join(["%s"] * len(wanted.states))
    condition = f" AND {wanted.extra_where}" if wanted.extra_where else ""
    if wanted.is_free_only:
        condition += " AND (lease_until IS NULL OR lease_until <= %s)"
    statement = (
        f"UPDATE {table} SET state = %s, attempt = attempt + 1, lease_until = %s, lease_by = %s "  # noqa: S608
        f"WHERE id IN (SELECT id FROM {table} WHERE state IN ({marks}) AND due_at <= %s{condition} "
        f"ORDER BY due_at, id LIMIT %s{lock}) RETURNING id, attempt, due_at"
    )
    at = connection.ops.adapt_datetimefield_value
    values = [
        wanted.to,
        at(wanted.now + wanted.lease),
        wanted.owner,
        *wanted.states,
        at(wanted.now),
        *([at(wanted.now)] if wanted.is_free_only else []),
        wanted.limit,
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = sorted(cursor.fetchall(), key=lambda row: (row[2], row[0]))
    return [Ticket(pk, attempt) for pk, attempt, _due in rows]


def move(model: type[Leased], graph: Graph, ticket: Ticket, *, old: str, new: str, **values: Any) -> None:
    """Bring the row from `old` to `new`, if this ticket still holds it.

    Errors: ForbiddenMove when the graph has no such edge; LeaseLost when the row was taken over.
    """
    graph.check(old, new)
    manager = model._base_manager  # noqa: SLF001 - a worker's rows cross organisations; the ticket is the key
    touched = manager.filter(pk=ticket.pk, attempt=ticket.attempt, state=old).update(state=new, **values)
    if touched != 1:
        raise LeaseLost(f"{graph.name} {ticket.pk}: no longer {old} under attempt {ticket.attempt}")


def left_behind(
    model: type[Leased], *, states: Sequence[str], now: datetime, limit: int = 500
) -> list[Ticket]:
    """Return tickets of rows that nobody works on any more: their lease ran out, or their holder died."""
    manager = model._base_manager  # noqa: SLF001 - see move
    held = manager.filter(state__in=states, lease_until__isnull=False)
    holders = held.filter(lease_until__gte=now).values_list("lease_by", flat=True).distinct()
    dead = [name for name in holders if is_dead(name)]
    gone = Q(lease_until__lt=now) | Q(lease_by__in=dead) if dead else Q(lease_until__lt=now)
    found = held.filter(gone).order_by("lease_until").values_list("pk", "attempt")[:limit]
    return [Ticket(pk, attempt) for pk, attempt in found]
