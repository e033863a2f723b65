"""The loop: claims what is due, hands it to threads, takes over what a dead worker left."""

import logging
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from types import FrameType
from typing import Protocol

from django.db import DatabaseError, close_old_connections

from dialoog.core.clock import now as read_clock
from dialoog.core.models import Heartbeat, Job
from dialoog.core.work import jobs
from dialoog.core.work.leases import Claim, LeaseLost, Ticket, claim, left_behind, move
from dialoog.core.work.owners import Owner
from dialoog.core.work.pool import FairPool
from dialoog.core.work.states import JOB

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.25
BUSY_SECONDS = 0.01
CLAIM_EVERY = timedelta(milliseconds=50)
RECOVER_EVERY = timedelta(seconds=1)
BEAT_EVERY = timedelta(seconds=5)
# A worker that was silent for so long is gone.
SILENT_AFTER = timedelta(minutes=5)


class Rhythm:
    """Says when something is due again; a clock that was set back doesn't silence it."""

    def __init__(self, every: timedelta) -> None:
        self.every = every
        self.last: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Tell whether it's time, and count from now when it is."""
        if self.last is not None and timedelta() <= now - self.last < self.every:
            return False
        self.last = now
        return True


class Source(Protocol):
    """A table of due rows: how to claim them, do one, and take over what was left."""

    threads: int

    def claim(self, *, now: datetime, limit: int, owner: str) -> list[Ticket]:
        """Take due rows."""
        ...

    def perform(self, ticket: Ticket, *, now: datetime) -> None:
        """Do one row; every foreseeable failure is written on the row."""
        ...

    def recover(self, *, now: datetime) -> int:
        """Take over rows whose lease ran out; return how many."""
        ...


class JobSource:
    """Jobs as a source of work."""

    threads = 8

    def claim(self, *, now: datetime, limit: int, owner: str) -> list[Ticket]:
        """Take due jobs."""
        wanted = Claim(states=("waiting",), to="running", now=now, limit=limit, owner=owner, lease=jobs.LEASE)
        return claim(Job, wanted)

    def perform(self, ticket: Ticket, *, now: datetime) -> None:
        """Do one job."""
        jobs.perform(ticket, now=now)

    def recover(self, *, now: datetime) -> int:
        """Put jobs of a dead worker back; handlers are idempotent."""
        left = left_behind(Job, states=("running",), now=now)
        for ticket in left:
            move(Job, JOB, ticket, old="running", new="waiting", due_at=now)
        return len(left)


class Lane(Protocol):
    """One kind of work with threads of its own, so that slow work of one kind never delays another."""

    def turn(self, now: datetime) -> int:
        """Take what is due, hand it on, and return how much is in hand; never waits."""
        ...

    def close(self) -> None:
        """Finish what was begun."""
        ...

    def run_due(self, now: datetime) -> int:
        """Do all that is due in this thread and return how much it was; for commands and tests."""
        ...


class SourceLane:
    """A lane over one table of due rows."""

    def __init__(self, source: Source, owner: str) -> None:
        self.source, self.owner = source, owner
        self.pool = FairPool(most=source.threads, most_each=source.threads, name=type(source).__name__)
        self.claiming, self.recovering = Rhythm(CLAIM_EVERY), Rhythm(RECOVER_EVERY)

    def turn(self, now: datetime) -> int:
        """Claim what is due, as far as there are free threads."""
        if self.recovering.is_due(now):
            self.source.recover(now=now)
        if not self.claiming.is_due(now):
            return 0
        tickets = self.source.claim(now=now, limit=self.pool.room(self), owner=self.owner)
        for ticket in tickets:
            self.pool.submit(self, partial(self._perform, ticket))
        return len(tickets)

    def _perform(self, ticket: Ticket) -> None:
        try:
            with jobs.all_organisations():
                self.source.perform(ticket, now=read_clock())
        except LeaseLost as lost:
            log.warning("lease lost: %s", lost)

    def close(self) -> None:
        """Wait for the threads."""
        self.pool.close()

    def run_due(self, now: datetime) -> int:
        """Do all that is due in this thread."""
        self.source.recover(now=now)
        done = 0
        while tickets := self.source.claim(now=now, limit=100, owner=self.owner):
            for ticket in tickets:
                self.source.perform(ticket, now=now)
            done += len(tickets)
        return done


MakeLane = Callable[[str], Lane]


def _job_lane(owner: str) -> Lane:
    return SourceLane(JobSource(), owner)


_lanes: list[MakeLane] = [_job_lane]


def register_lane(make: MakeLane) -> None:
    """Add a kind of work, made for the name of a holder of leases; called once by the room that owns it."""
    if make not in _lanes:
        _lanes.append(make)


class Worker:
    """Runs until told to stop; then finishes what it has begun."""

    def __init__(self) -> None:
        self.owner = Owner()
        self.lanes = [make(self.owner.name) for make in _lanes]
        self.stopping = threading.Event()
        self.beating = Rhythm(BEAT_EVERY)

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Ask for the end; safe in a signal handler."""
        self.stopping.set()

    def run(self) -> None:
        """Claim and do what is due, until stopped."""
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self.stop)
        with jobs.all_organisations():
            while not self.stopping.is_set():
                self._turn()
            for lane in self.lanes:
                lane.close()
        with suppress(DatabaseError):
            Heartbeat.objects.filter(name=self.owner.name).delete()
        self.owner.end()

    def _beat(self, now: datetime) -> None:
        """Say that this worker runs; it also clears away those that have long been silent."""
        if self.beating.is_due(now):
            with suppress(DatabaseError):
                Heartbeat.objects.update_or_create(name=self.owner.name, defaults={"at": now})
                Heartbeat.objects.filter(at__lt=now - SILENT_AFTER).delete()

    def _turn(self) -> None:
        self._beat(read_clock())
        busy = sum(self._turn_of(lane) for lane in self.lanes)
        self.stopping.wait(BUSY_SECONDS if busy else IDLE_SECONDS)

    def _turn_of(self, lane: Lane) -> int:
        """Let one lane do its turn; what breaks there doesn't stop the others."""
        try:
            return lane.turn(read_clock())
        except Exception:
            log.exception("%s broke; it tries again", type(lane).__name__)
            close_old_connections()
            return 0


def run_due(now: datetime) -> int:
    """Do all that is due in this thread and return how much it was; for commands and tests."""
    owner = Owner()
    try:
        with jobs.all_organisations():
            lanes = [make(owner.name) for make in _lanes]
            done = 0
            while did := sum(lane.run_due(now) for lane in lanes):
                done += did
            return done
    finally:
        owner.end()
