"""The pipeline of deliveries in a worker.

A delivery is claimed a few seconds early, judged and prepared by a few threads, and waits in memory for
its moment; then a whole batch is committed as `sending` in one transaction, and many threads publish it.
What became of them is written in batches too. So at the moment itself only the request is left to do,
and one thread writes to the database. A crash anywhere leaves rows whose lease tells what was going on.
"""

import heapq
import logging
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count
from queue import Empty, SimpleQueue
from typing import Final

from django.db import close_old_connections
from django.db.models import Count, Q

from dialoog.core.clock import now as read_clock
from dialoog.core.faults import fault_point
from dialoog.core.work import jobs
from dialoog.core.work.leases import Claim, Ticket, claim, left_behind
from dialoog.publishing.delivering import steps
from dialoog.publishing.delivering.doors import OpenDoors
from dialoog.publishing.delivering.outcomes import Move, write
from dialoog.publishing.delivering.steps import Ready
from dialoog.publishing.models import Delivery

log = logging.getLogger(__name__)
AHEAD: Final = timedelta(seconds=4)
LEASE: Final = timedelta(seconds=90)
RECOVER_EVERY: Final = timedelta(seconds=1)
# Network waits: 500 posts at one moment on a network of 100 ms (benchmarks/).
PUBLISHERS: Final = 128
PREPARERS: Final = 6
# So many may be claimed and wait in memory.
MOST_CLAIMED: Final = 1000
# No channel takes more than this share while another has something due.
LEAST_SHARE: Final = 16


class DeliveryLane:
    """The deliveries of one worker."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.doors = OpenDoors()
        self.preparers = ThreadPoolExecutor(PREPARERS, thread_name_prefix="prepare")
        self.publishers = ThreadPoolExecutor(PUBLISHERS, thread_name_prefix="publish")
        self.results: SimpleQueue[Ready | Move | Ticket] = SimpleQueue()
        self.waiting: list[tuple[datetime, int, Ready]] = []
        self.moves: list[Move] = []
        self.order = count()
        self.claimed: dict[int, int] = {}
        self.publishing: Counter[int] = Counter()
        self.recovered_at: datetime | None = None

    def turn(self, now: datetime) -> int:
        """Bring every delivery in hand one stage further, and claim new ones."""
        if self.recovered_at is None or now - self.recovered_at >= RECOVER_EVERY:
            self.recovered_at = now
            recover(now=now)
        self._collect(now)
        self._send_due(now)
        self._claim(now)
        return len(self.claimed) + sum(self.publishing.values())

    def close(self) -> None:
        """Let what is being sent arrive, and give back what only waits."""
        self.preparers.shutdown(wait=True)
        self.publishers.shutdown(wait=True)
        self._collect(read_clock())
        self._give_back(read_clock())

    def run_due(self, now: datetime) -> int:
        """Do all that is due in this thread."""
        recover(now=now)
        done = 0
        while tickets := _claim_due(self.owner, now=now, limit=100) + _claim_unknown(
            self.owner, now=now, limit=100
        ):
            for ticket in tickets:
                self._do_here(ticket, now)
            done += len(tickets)
        return done

    def _do_here(self, ticket: Ticket, now: datetime) -> None:
        result = self._prepared(ticket, now)
        if isinstance(result, Ready):
            if write([steps.sending(result, now=now)], now=now):
                write([steps.publish(result)], now=now)
        elif result is not None:
            write([result], now=now)

    def _collect(self, now: datetime) -> None:
        """Take what the threads found: what is ready waits for its moment, what is decided is written."""
        moves = []
        while True:
            try:
                result = self.results.get_nowait()
            except Empty:
                break
            if isinstance(result, Ready):
                heapq.heappush(self.waiting, (result.delivery.due_at, next(self.order), result))
            elif isinstance(result, Move):
                moves.append(result)
                self._let_go(result)
            else:
                self.claimed.pop(result.pk, None)
        write(moves, now=now)

    def _let_go(self, move: Move) -> None:
        self.claimed.pop(move.ticket.pk, None)
        if move.old == "sending":
            self.publishing[move.delivery.channel_id] -= 1
            self.publishing += Counter()

    def _send_due(self, now: datetime) -> None:
        """Commit what is due as sending, in one transaction, and hand it to the publishers."""
        batch: list[Ready] = []
        later: list[tuple[datetime, int, Ready]] = []
        share = self._share()
        while self.waiting and self.waiting[0][0] <= now:
            if len(batch) + sum(self.publishing.values()) >= PUBLISHERS:
                break
            entry = heapq.heappop(self.waiting)
            channel_id = entry[2].delivery.channel_id
            if self.publishing[channel_id] >= share:
                later.append(entry)
                continue
            self.publishing[channel_id] += 1
            batch.append(entry[2])
        for entry in later:
            heapq.heappush(self.waiting, entry)
        self._send(batch, now)

    def _share(self) -> int:
        """Return how many publishers one channel may have: all when it's alone, else an equal part."""
        channels = {entry[2].delivery.channel_id for entry in self.waiting} | set(self.publishing)
        return PUBLISHERS if len(channels) < 2 else max(LEAST_SHARE, PUBLISHERS // len(channels))

    def _send(self, batch: list[Ready], now: datetime) -> None:
        held = write([steps.sending(ready, now=now) for ready in batch], now=now)
        for ready in batch:
            if ready.ticket.pk in held:
                self.publishers.submit(self._publish, ready)
            else:
                self.claimed.pop(ready.ticket.pk, None)
                self.publishing[ready.delivery.channel_id] -= 1

    def _publish(self, ready: Ready) -> None:
        try:
            with jobs.all_organisations():
                self.results.put(steps.publish(ready))
        except Exception:
            # What became of it is unknown; its lease runs out, and then it is read back.
            log.exception("delivery %s: publishing broke", ready.ticket.pk)
        finally:
            close_old_connections()

    def _claim(self, now: datetime) -> None:
        room = MOST_CLAIMED - len(self.claimed)
        tickets = _claim_due(self.owner, now=now + AHEAD, limit=room, lease_from=now) if room > 0 else []
        tickets += _claim_unknown(self.owner, now=now, limit=PREPARERS)
        if tickets:
            fault_point("claimed")
        for ticket in tickets:
            self.claimed[ticket.pk] = ticket.attempt
            self.preparers.submit(self._prepare, ticket)

    def _prepare(self, ticket: Ticket) -> None:
        result: Ready | Move | None = None
        try:
            with jobs.all_organisations():
                result = self._prepared(ticket, read_clock())
        except Exception:
            log.exception("delivery %s: preparing broke", ticket.pk)
        finally:
            self.results.put(result or ticket)
            close_old_connections()

    def _prepared(self, ticket: Ticket, now: datetime) -> Ready | Move | None:
        delivery = _load(ticket)
        if delivery is None:
            return None
        if delivery.state == "unknown":
            return steps.read_back(ticket, delivery, self.doors, now=now)
        return steps.prepare(ticket, delivery, self.doors, now=now)

    def _give_back(self, now: datetime) -> None:
        moves = [
            Move(ticket=ready.ticket, delivery=ready.delivery, old="claimed", new="scheduled")
            for _due, _order, ready in self.waiting
        ]
        write(moves, now=now)


def _load(ticket: Ticket) -> Delivery | None:
    joined = Delivery._base_manager.select_related(  # noqa: SLF001 - a worker's rows cross organisations
        "organisation",
        "channel",
        "post__goal",
        "post__author__user",
        "post__author__department",
        "author__user",
    )
    found = joined.filter(pk=ticket.pk, attempt=ticket.attempt).first()
    if found and found.post:
        found.post.organisation = found.organisation
    return found


def _claim_due(owner: str, *, now: datetime, limit: int, lease_from: datetime | None = None) -> list[Ticket]:
    """Claim what is due by `now`, leaving channels alone that asked for quiet; an equal part of each."""
    quiet = Q(channel__quiet_until__gt=lease_from or now)
    due = Delivery._base_manager.filter(state="scheduled", due_at__lte=now).exclude(quiet)  # noqa: SLF001 - see _load
    counts = dict(due.values_list("channel_id").annotate(n=Count("pk")))
    if not counts:
        return []
    part = max(1, limit // len(counts))
    tickets: list[Ticket] = []
    for channel_id in counts:
        tickets += claim(
            Delivery,
            Claim(
                states=("scheduled",),
                to="claimed",
                now=now,
                limit=part,
                owner=owner,
                lease=LEASE,
                extra_where=f"channel_id = {int(channel_id)}",
            ),
        )
    return tickets


def _claim_unknown(owner: str, *, now: datetime, limit: int) -> list[Ticket]:
    """Claim unknown ones whose look is due; they stay unknown while somebody looks."""
    wanted = Claim(
        states=("unknown",),
        to="unknown",
        now=now,
        limit=limit,
        owner=owner,
        lease=LEASE,
        is_free_only=True,
    )
    return claim(Delivery, wanted)


def recover(*, now: datetime) -> int:
    """Take over what a dead worker left: what was only claimed leaves again, what was sending is unknown."""
    moves = [
        *_left("claimed", "scheduled", now=now),
        *_left("sending", "unknown", now=now, code="worker_died", due_at=now, read_backs=0),
    ]
    if moves:
        fault_point("recovering")
    held = write(moves, now=now)
    _free_unknown(now=now)
    return len(held)


def _left(old: str, new: str, *, now: datetime, code: str = "", **values: object) -> list[Move]:
    tickets = {ticket.pk: ticket for ticket in left_behind(Delivery, states=(old,), now=now)}
    rows = Delivery._base_manager.in_bulk(list(tickets))  # noqa: SLF001 - see _load
    return [
        Move(ticket=tickets[pk], delivery=row, old=old, new=new, code=code, values=dict(values))
        for pk, row in rows.items()
    ]


def _free_unknown(*, now: datetime) -> None:
    """Let go of unknown ones whose looker died, so that another looks."""
    for ticket in left_behind(Delivery, states=("unknown",), now=now):
        rows = Delivery._base_manager.filter(pk=ticket.pk, attempt=ticket.attempt, state="unknown")  # noqa: SLF001 - see _load
        rows.update(lease_until=None, lease_by="")
