"""The pipeline of deliveries in a worker.

A delivery is claimed a few seconds early, judged and prepared by a few threads, and waits in memory for
its moment; then a whole batch is committed as `sending` in one transaction, and many threads publish it.
What became of them is written in batches too. So at the moment itself only the request is left to do,
and one thread writes to the database. A crash anywhere leaves rows whose lease tells what was going on.
"""

import logging
from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from queue import Empty, SimpleQueue
from typing import Final

from dialoog.core.clock import now as read_clock
from dialoog.core.faults import fault_point
from dialoog.core.identity import Watch, begin_generation, highest_number
from dialoog.core.work import jobs
from dialoog.core.work.leases import Ticket
from dialoog.core.work.pool import FairPool
from dialoog.core.work.worker import Rhythm
from dialoog.publishing.delivering import moves, steps
from dialoog.publishing.delivering.claiming import claim_due, claim_unknown, is_due, load, recover
from dialoog.publishing.delivering.doors import OpenDoors
from dialoog.publishing.delivering.outcomes import Move, write
from dialoog.publishing.delivering.releasing import needs_second_look, second_look
from dialoog.publishing.delivering.steps import Ready
from dialoog.publishing.delivering.waiting import WaitingRoom
from dialoog.publishing.models import Delivery, DeliveryStep

log = logging.getLogger(__name__)
AHEAD: Final = timedelta(seconds=8)
# What waited longer than this for its turn is judged again before it leaves.
FRESH: Final = timedelta(seconds=12)
CLAIM_EVERY: Final = timedelta(milliseconds=100)
RECOVER_EVERY: Final = timedelta(seconds=1)
# While something must leave, writing what arrived can wait this long.
WRITE_WITHIN: Final = timedelta(seconds=1)
# Network waits: 500 posts of one channel at one moment on a network of 100 ms (benchmarks/).
PUBLISHERS: Final = 240
PUBLISHERS_A_CHANNEL: Final = 128
# Judging is our own work; uploading images and looking back are waits too.
PREPARERS: Final = 24
PREPARERS_A_CHANNEL: Final = 8

# What threads give back: something to send, something to write, or a claim that came to nothing.
Found = Ready | Move | Ticket


class DeliveryLane:
    """The deliveries of one worker."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.doors = OpenDoors()
        self.preparers = FairPool(most=PREPARERS, most_each=PREPARERS_A_CHANNEL, name="prepare")
        self.publishers = FairPool(most=PUBLISHERS, most_each=PUBLISHERS_A_CHANNEL, name="publish")
        self.found: SimpleQueue[Found] = SimpleQueue()
        self.waiting = WaitingRoom()
        self.unwritten: list[Move] = []
        self.unwritten_since = read_clock()
        self.held: dict[Ticket, int] = {}
        self.claiming, self.recovering = Rhythm(CLAIM_EVERY), Rhythm(RECOVER_EVERY)
        self.watch = Watch()

    def turn(self, now: datetime) -> int:
        """Bring every delivery in hand one stage further, and claim new ones."""
        if self.recovering.is_due(now):
            recover(now=now)
        self._collect(now)
        self._send_due(now)
        if not self.waiting.has_due(now) or now - self.unwritten_since >= WRITE_WITHIN:
            self._write(now)
        if self.claiming.is_due(now):
            self._claim(now)
        return len(self.held)

    def close(self) -> None:
        """Let what is being sent arrive, and give back what only waits."""
        self.preparers.close(drop=True)
        self.publishers.close()
        now = read_clock()
        self._collect(now)
        self._write(now)
        write([moves.back(one.ticket, one.delivery) for one in self.waiting.empty()], now=now)

    def run_due(self, now: datetime) -> int:
        """Do all that is due in this thread."""
        recover(now=now)
        done = 0
        while tickets := claim_due(self.owner, now=now) | claim_unknown(self.owner, now=now):
            for ticket, delivery in load(tickets).items():
                self._do_here(ticket, delivery, now)
            done += len(tickets)
        return done

    def _do_here(self, ticket: Ticket, delivery: Delivery, now: datetime) -> None:
        result = self._look_into(ticket, delivery, now)
        if isinstance(result, Ready):
            if write([steps.frozen(result)], now=now) and write([steps.sending(result, now=now)], now=now):
                with jobs.scope_of(delivery.organisation_id):
                    move = steps.publish(result)
                write([move], now=now)
        else:
            write([result], now=now)
            if needs_second_look(result):
                second_look(result)

    def _collect(self, now: datetime) -> None:
        """Take what the threads found. What is ready is frozen and waits for its moment."""
        ready: list[Ready] = []
        while True:
            try:
                found = self.found.get_nowait()
            except Empty:
                break
            if isinstance(found, Ready):
                ready.append(found)
            elif isinstance(found, Move):
                self._keep(found, now)
                self.waiting.note(found)
            else:
                self.held.pop(found, None)
        frozen = self._freeze(ready, now)
        for one in ready:
            if one.ticket.pk in frozen:
                self.waiting.add(one)
            else:
                self.held.pop(one.ticket, None)

    def _keep(self, move: Move, now: datetime) -> None:
        if not self.unwritten:
            self.unwritten_since = now
        self.unwritten.append(move)

    def _freeze(self, ready: list[Ready], now: datetime) -> set[int]:
        try:
            return write([steps.frozen(one) for one in ready], now=now)
        except Exception:
            for one in ready:
                self.found.put(one)
            raise

    def _write(self, now: datetime) -> None:
        """Write what was found; what can't be written now is kept for the next turn."""
        found = self.unwritten
        written = write(found, now=now)
        self.unwritten = []
        for move in found:
            self.held.pop(move.ticket, None)
            if move.ticket.pk in written and needs_second_look(move):
                self.preparers.submit(move.delivery.channel_id, partial(second_look, move))

    def _send_due(self, now: datetime) -> None:
        """Commit what is due as sending, in one transaction, and hand it to the publishers."""
        ready, quiet = self.waiting.leaving(now, self.publishers)
        stale = {one.ticket for one in ready if now - one.judged_at > FRESH}
        ready = [one for one in ready if one.ticket not in stale]
        self._prepare_all(stale)
        try:
            held = write([steps.sending(one, now=now) for one in ready] + quiet, now=now)
        except Exception:
            # Not a byte has left: they wait here for the next turn.
            for one in ready:
                self.waiting.add(one)
            raise
        for move in quiet:
            self.held.pop(move.ticket, None)
        for one in ready:
            if one.ticket.pk in held:
                self.publishers.submit(one.delivery.channel_id, partial(self._publish, one, now))
            else:
                self.held.pop(one.ticket, None)

    def _publish(self, ready: Ready, committed_at: datetime) -> None:
        if not steps.may_begin(committed_at, now=read_clock()):
            self.found.put(ready.ticket)
            return
        move = moves.unknown(ready.ticket, ready.delivery, "internal_error", now=read_clock())
        try:
            with jobs.scope_of(ready.delivery.organisation_id):
                move = steps.publish(ready)
        finally:
            self.found.put(move)

    def _claim(self, now: datetime) -> None:
        if not is_due(now=now, ahead=AHEAD):
            return
        self._watch_the_database()
        held = Counter(self.held.values())
        fault_point("due")
        taken = claim_due(self.owner, now=now, ahead=AHEAD, held=held)
        taken |= claim_unknown(self.owner, now=now, held=held)
        if taken:
            fault_point("claimed")
        self.held |= taken
        self._prepare_all(taken)

    def _watch_the_database(self) -> None:
        """Publish nothing by itself from a database that was put back: what it calls planned may be out already."""
        if self.watch.look(highest_number(DeliveryStep)):
            begin_generation()

    def _prepare_all(self, tickets: Collection[Ticket]) -> None:
        loaded = load(tickets)
        for ticket in tickets:
            if ticket in loaded:
                self._prepare(ticket, loaded[ticket])
            else:
                del self.held[ticket]

    def _prepare(self, ticket: Ticket, delivery: Delivery) -> None:
        self.preparers.submit(delivery.channel_id, partial(self._prepare_here, ticket, delivery))

    def _prepare_here(self, ticket: Ticket, delivery: Delivery) -> None:
        """Give back what came of it; a claim that came to nothing ends with its lease."""
        result: Found = ticket
        try:
            result = self._look_into(ticket, delivery, read_clock())
        finally:
            self.found.put(result)

    def _look_into(self, ticket: Ticket, delivery: Delivery, now: datetime) -> Ready | Move:
        """Judge and prepare a claimed delivery, or look for an unknown one, among its own organisation's rows."""
        with jobs.scope_of(delivery.organisation_id):
            return steps.look_into(ticket, delivery, self.doors, now=now)
