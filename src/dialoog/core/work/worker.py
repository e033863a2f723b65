"""The loop: claims what is due, hands it to threads, takes over what a dead worker left."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from types import FrameType
from typing import Protocol

from django.db import close_old_connections

from dialoog.core.clock import now as read_clock
from dialoog.core.models import Job
from dialoog.core.work import jobs
from dialoog.core.work.leases import Claim, LeaseLost, Ticket, claim, expired, move
from dialoog.core.work.states import JOB

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.25
RECOVER_EVERY = timedelta(seconds=1)


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
        left = expired(Job, states=("running",), now=now)
        for ticket in left:
            move(Job, JOB, ticket, old="running", new="waiting", due_at=now)
        return len(left)


_sources: list[Callable[[], Source]] = [JobSource]


def register_source(make: Callable[[], Source]) -> None:
    """Add a table of work; called once by the room that owns it."""
    if make not in _sources:
        _sources.append(make)


class _Lane:
    """One source with threads of its own, so that slow work of one kind never delays another."""

    def __init__(self, source: Source, owner: str) -> None:
        self.source, self.owner = source, owner
        self.pool = ThreadPoolExecutor(source.threads, thread_name_prefix=type(source).__name__)
        self.free = threading.BoundedSemaphore(source.threads)
        self.recovered_at: datetime | None = None

    def turn(self, now: datetime) -> int:
        if self.recovered_at is None or now - self.recovered_at >= RECOVER_EVERY:
            self.recovered_at = now
            self.source.recover(now=now)
        room = self._take_room()
        tickets = self.source.claim(now=now, limit=room, owner=self.owner) if room else []
        for _ in range(room - len(tickets)):
            self.free.release()
        for ticket in tickets:
            self.pool.submit(self._perform, ticket)
        return len(tickets)

    def _take_room(self) -> int:
        count = 0
        while count < self.source.threads and self.free.acquire(blocking=False):
            count += 1
        return count

    def _perform(self, ticket: Ticket) -> None:
        try:
            with jobs.all_organisations():
                self.source.perform(ticket, now=read_clock())
        except LeaseLost as lost:
            log.warning("lease lost: %s", lost)
        except Exception:
            log.exception("work failed: %s %s", type(self.source).__name__, ticket.pk)
        finally:
            self.free.release()
            close_old_connections()


class Worker:
    """Runs until told to stop; then finishes what it has begun."""

    def __init__(self) -> None:
        self.owner = f"{socket.gethostname()}:{os.getpid()}"
        self.lanes = [_Lane(make(), self.owner) for make in _sources]
        self.stopping = threading.Event()

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
            lane.pool.shutdown(wait=True)

    def _turn(self) -> None:
        try:
            busy = sum(lane.turn(read_clock()) for lane in self.lanes)
        except Exception:
            log.exception("the worker could not claim; it tries again")
            close_old_connections()
            busy = 0
        self.stopping.wait(0.01 if busy else IDLE_SECONDS)


def run_due(now: datetime) -> int:
    """Do all that is due in this thread and return how much it was; for commands and tests."""
    done = 0
    with jobs.all_organisations():
        for make in _sources:
            source = make()
            source.recover(now=now)
            while tickets := source.claim(now=now, limit=100, owner="here"):
                for ticket in tickets:
                    source.perform(ticket, now=now)
                done += len(tickets)
    return done
