"""Events: a room tells what happened; higher rooms receive it, at least once, through jobs.

An event is a frozen dataclass of ids and plain values, named in the past tense, in the emitting
room's `events.py`. Receivers are idempotent by the event's id.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

from dialoog.core.models import Job
from dialoog.core.work.jobs import Task, handles
from dialoog.core.work.states import JOB

E = TypeVar("E")
Receiver = Callable[[Any, str], None]
_receivers: dict[str, list[str]] = {}


def receives(event: type[E]) -> Callable[[Callable[[E, str], None]], Callable[[E, str], None]]:
    """Register a receiver: called with the event and its id, in the scope of its organisation."""

    def register(receiver: Callable[[E, str], None]) -> Callable[[E, str], None]:
        kind = f"event:{event.__name__}:{receiver.__module__}.{receiver.__qualname__}"

        @handles(kind)
        def deliver(task: Task) -> None:
            receiver(event(**task.payload["event"]), task.payload["id"])

        _receivers.setdefault(event.__name__, []).append(kind)
        return receiver

    return register


def emit(event: Any, *, organisation_id: int, now: datetime) -> None:
    """Store the event for each of its receivers, in the transaction of the change that it tells."""
    emit_all([(event, organisation_id)], now=now)


def emit_all(told: Iterable[tuple[Any, int]], *, now: datetime) -> None:
    """Store several events, each with its organisation's id, in one go."""
    jobs = [job for event, organisation_id in told for job in _jobs(event, organisation_id, now)]
    # The id of an event is new, so no job can be there already.
    Job.objects.bulk_create(jobs)


def _jobs(event: Any, organisation_id: int, now: datetime) -> list[Job]:
    event_id = uuid.uuid4().hex
    return [
        Job(
            kind=kind,
            key=f"{event_id}:{uuid.uuid5(uuid.NAMESPACE_OID, kind).hex[:12]}",
            state=JOB.initial,
            due_at=now,
            created_at=now,
            organisation_id=organisation_id,
            payload={"event": asdict(event), "id": event_id},
        )
        for kind in _receivers.get(type(event).__name__, [])
    ]
