"""Claiming rows by one UPDATE, finishing them under the same attempt, taking over what was left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from dialoog.core.models import Leased
from dialoog.core.states import Graph


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


def expired(model: type[Leased], *, states: Sequence[str], now: datetime, limit: int = 500) -> list[Ticket]:
    """Return tickets of rows whose lease ran out while somebody worked on them."""
    found = (
        model._base_manager.filter(state__in=states, lease_until__lt=now)  # noqa: SLF001 - see move
        .order_by("lease_until")
        .values_list("pk", "attempt")[:limit]
    )
    return [Ticket(pk, attempt) for pk, attempt in found]
