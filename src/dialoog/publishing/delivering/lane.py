"""The pipeline of deliveries in a worker.

A delivery is claimed a few seconds early, judged and prepared by a few threads, and waits in memory for
its moment; then a whole batch is committed as `sending` in one transaction, and many threads publish it.
What became of them is written in batches too. So at the moment itself only the request is left to do,
and one thread writes to the database. A crash anywhere leaves rows whose lease tells what was going on.
"""

import logging
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from queue import Empty, SimpleQueue
from typing import Final

from dialoog.core.clock import now as read_clock
from dialoog.core.faults import fault_point
from dialoog.core.work import jobs
from dialoog.core.work.leases import Ticket
from dialoog.core.work.pool import FairPool
from dialoog.core.work.worker import Rhythm
from dialoog.publishing.delivering import moves, steps
from dialoog.publishing.delivering.claiming import claim_due, claim_unknown, load, recover
from dialoog.publishing.delivering.doors import OpenDoors
from dialoog.publishing.delivering.outcomes import Move, write
from dialoog.publishing.delivering.releasing import needs_second_look, second_look
from dialoog.publishing.delivering.steps import Ready
from dialoog.publishing.delivering.waiting import WaitingRoom

log = logging.getLogger(__name__)
AHEAD: Final = timedelta(seconds=8)
# What waited longer than this for its turn is judged again before it leaves.
FRESH: Final = timedelta(seconds=12)
CLAIM_EVERY: Final = timedelta(milliseconds=100)
RECOVER_EVERY: Final = timedelta(seconds=1)
# Network waits: 500 posts of one channel at one moment on a network of 100 ms (benchmarks/).
PUBLISHERS: Final = 160
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
        self.held: dict[Ticket, int] = {}
        self.claiming, self.recovering = Rhythm(CLAIM_EVERY), Rhythm(RECOVER_EVERY)

    def turn(self, now: datetime) -> int:
        """Bring every delivery in hand one stage further, and claim new ones."""
        if self.recovering.is_due(now):
            recover(now=now)
        self._collect(now)
        self._send_due(now)
        if self.claiming.is_due(now):
            self._claim(now)
        return len(self.held)

    def close(self) -> None:
        """Let what is being sent arrive, and give back what only waits."""
        self.preparers.close(drop=True)
        self.publishers.close()
        now = read_clock()
        self._collect(now)
        write([moves.back(one.ticket, one.delivery) for one in self.waiting.empty()], now=now)

    def run_due(self, now: datetime) -> int:
        """Do all that is due in this thread."""
        recover(now=now)
        done = 0
        while tickets := claim_due(self.owner, now=now) | claim_unknown(self.owner, now=now):
            for ticket in tickets:
                self._do_here(ticket, now)
            done += len(tickets)
        return done

    def _do_here(self, ticket: Ticket, now: datetime) -> None:
        result = self._look_into(ticket, now)
        if isinstance(result, Ready):
            if write([steps.sending(result, now=now)], now=now):
                write([steps.publish(result)], now=now)
        elif isinstance(result, Move):
            write([result], now=now)
            if needs_second_look(result):
                second_look(result)

    def _collect(self, now: datetime) -> None:
        """Take what the threads found: what is ready waits for its moment, what is decided is written."""
        while True:
            try:
                found = self.found.get_nowait()
            except Empty:
                break
            if isinstance(found, Ready):
                self.waiting.add(found)
            elif isinstance(found, Move):
                self.unwritten.append(found)
                self.waiting.note(found)
            else:
                self.held.pop(found, None)
        self._write(now)

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
        for one in [one for one in ready if now - one.judged_at > FRESH]:
            ready.remove(one)
            self._prepare(one.ticket, one.delivery.channel_id)
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
                self.publishers.submit(one.delivery.channel_id, partial(self._publish, one))
            else:
                self.held.pop(one.ticket, None)

    def _publish(self, ready: Ready) -> None:
        move = moves.unknown(ready.ticket, ready.delivery, "internal_error", now=read_clock())
        try:
            with jobs.scope_of(ready.delivery.organisation_id):
                move = steps.publish(ready)
        finally:
            self.found.put(move)

    def _claim(self, now: datetime) -> None:
        held = Counter(self.held.values())
        fault_point("due")
        taken = claim_due(self.owner, now=now, ahead=AHEAD, held=held)
        taken |= claim_unknown(self.owner, now=now, held=held)
        if taken:
            fault_point("claimed")
        self.held |= taken
        for ticket, channel_id in taken.items():
            self._prepare(ticket, channel_id)

    def _prepare(self, ticket: Ticket, channel_id: int) -> None:
        self.preparers.submit(channel_id, partial(self._prepare_here, ticket))

    def _prepare_here(self, ticket: Ticket) -> None:
        result: Found = ticket
        try:
            result = self._look_into(ticket, read_clock())
        finally:
            self.found.put(result)

    def _look_into(self, ticket: Ticket, now: datetime) -> Found:
        """Judge and prepare a claimed delivery, or look for an unknown one, among its own organisation's rows."""
        delivery = load(ticket)
        if delivery is None:
            return ticket
        with jobs.scope_of(delivery.organisation_id):
            return steps.look_into(ticket, delivery, self.doors, now=now)
