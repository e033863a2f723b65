"""Jobs: ask that something happens, and say what does it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django_scopes import scope, scopes_disabled

from dialoog.core.models import Job
from dialoog.core.work.leases import LeaseLost, Ticket, move
from dialoog.core.work.states import JOB

LEASE = timedelta(minutes=2)
GIVE_UP_AFTER = 12


@dataclass(frozen=True)
class Task:
    """What a handler gets: its data, its organisation, and the time at which it runs."""

    payload: Mapping[str, Any]
    organisation_id: int | None
    now: datetime
    key: str


# A handler returns when it wants to run again, or None when it is done.
Handler = Callable[[Task], datetime | None]
_handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of this kind.

    Errors: ValueError when two functions claim one kind.
    """

    def register(handler: Handler) -> Handler:
        if _handlers.setdefault(kind, handler) is not handler:
            raise ValueError(f"two handlers for {kind}")
        return handler

    return register


def enqueue(
    kind: str,
    *,
    key: str,
    due_at: datetime,
    now: datetime,
    organisation_id: int | None = None,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Ask for a job in the transaction of the change that wants it; the same key asks once.

    A job that waits is brought forward when it is wanted earlier; one that ended is woken again.
    """
    fresh = {
        "kind": kind,
        "organisation_id": organisation_id,
        "payload": dict(payload or {}),
        "due_at": due_at,
        "state": "waiting",
        "created_at": now,
    }
    with transaction.atomic():
        job, is_new = Job.objects.get_or_create(key=key, defaults=fresh)
        if not is_new:
            waiting = Job.objects.filter(pk=job.pk)
            waiting.filter(state="waiting", due_at__gt=due_at).update(due_at=due_at)
            waiting.filter(state__in=("done", "failed")).update(state="waiting", due_at=due_at, attempt=0)


def perform(ticket: Ticket, *, now: datetime) -> None:
    """Do one claimed job; a failure is kept on the row and tried again later, each time after a longer wait."""
    job = Job.objects.get(pk=ticket.pk)
    handler = _handlers.get(job.kind)
    try:
        if handler is None:
            raise LookupError(f"no handler for {job.kind}")  # noqa: TRY301 - kept on the row like any failure
        with scope_of(job.organisation_id):
            again = handler(Task(job.payload, job.organisation_id, now, job.key))
    except LeaseLost:
        raise
    except Exception as error:  # noqa: BLE001 - one broken job must not stop the worker
        _fail(ticket, error, now=now)
    else:
        _finish(ticket, again, now=now)


def scope_of(organisation_id: int | None) -> AbstractContextManager[None]:
    """Open the scope of one organisation; of none, the present scope stays."""
    if organisation_id is None:
        return nullcontext()
    context: AbstractContextManager[None] = scope(organisation=organisation_id)
    return context


def _finish(ticket: Ticket, again: datetime | None, *, now: datetime) -> None:
    if again is None:
        move(Job, JOB, ticket, old="running", new="done", ended_at=now, last_error="")
    else:
        move(Job, JOB, ticket, old="running", new="waiting", due_at=again, attempt=0, last_error="")


def _fail(ticket: Ticket, error: Exception, *, now: datetime) -> None:
    told = f"{type(error).__name__}: {error}"[:300]
    if ticket.attempt >= GIVE_UP_AFTER:
        move(Job, JOB, ticket, old="running", new="failed", ended_at=now, last_error=told)
        return
    wait = min(timedelta(seconds=5) * 2**ticket.attempt, timedelta(hours=1))
    move(Job, JOB, ticket, old="running", new="waiting", due_at=now + wait, last_error=told)


def all_organisations() -> AbstractContextManager[None]:
    """Open the scope of all organisations, for a worker that serves them all."""
    context: AbstractContextManager[None] = scopes_disabled()
    return context
