"""Where prepared deliveries wait for their moment."""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import count

from dialoog.core.work.pool import FairPool
from dialoog.publishing.delivering import moves
from dialoog.publishing.delivering.outcomes import Move
from dialoog.publishing.delivering.steps import Ready

Entry = tuple[datetime, int, Ready]


class WaitingRoom:
    """Ready deliveries by channel, each channel's in the order of their moments."""

    def __init__(self) -> None:
        self._queues: dict[int, list[Entry]] = defaultdict(list)
        self._quiet: dict[int, datetime] = {}
        self._order = count()

    def add(self, ready: Ready) -> None:
        """Let one wait."""
        entry = (ready.delivery.due_at, next(self._order), ready)
        heapq.heappush(self._queues[ready.delivery.channel_id], entry)

    def note(self, move: Move) -> None:
        """Remember that a channel's network asked for quiet, so that the others of it don't ask again."""
        if move.code == "limit_reached" and "due_at" in move.values:
            known = self._quiet.get(move.delivery.channel_id)
            until: datetime = move.values["due_at"]
            self._quiet[move.delivery.channel_id] = max(known or until, until)

    def leaving(self, now: datetime, pool: FairPool) -> tuple[list[Ready], list[Move]]:
        """Take out what is due, as far as `pool` has room for its channel; and the moves of those kept quiet."""
        ready: list[Ready] = []
        quiet: list[Move] = []
        for channel_id in [one for one, queue in self._queues.items() if queue[0][0] <= now]:
            until = self._quiet.get(channel_id)
            if until is not None and until > now:
                found = self._take(channel_id, now, len(self._queues[channel_id]))
                quiet += [
                    moves.back(one.ticket, one.delivery, due_at=until, code="limit_reached") for one in found
                ]
            else:
                self._quiet.pop(channel_id, None)
                ready += self._take(channel_id, now, min(pool.room(channel_id), pool.free - len(ready)))
        return ready, quiet

    def _take(self, channel_id: int, now: datetime, room: int) -> Iterator[Ready]:
        queue = self._queues[channel_id]
        while queue and queue[0][0] <= now and room > 0:
            room -= 1
            yield heapq.heappop(queue)[2]
        if not queue:
            del self._queues[channel_id]

    def has_due(self, now: datetime) -> bool:
        """Tell whether something must leave now."""
        return any(queue[0][0] <= now for queue in self._queues.values())

    def empty(self) -> list[Ready]:
        """Take out everything."""
        found = [entry[2] for queue in self._queues.values() for entry in queue]
        self._queues.clear()
        return found
