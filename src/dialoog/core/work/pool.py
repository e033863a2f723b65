"""Threads that come when work waits and go when it doesn't, shared fairly between groups."""

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Hashable
from typing import Final

from django.db import close_old_connections, connections

log = logging.getLogger(__name__)
IDLE_SECONDS: Final = 5.0
Work = Callable[[], None]


class FairPool:
    """At most `most` threads, of which one group (a channel, say) never has more than `most_each`.

    Groups that work at the same time get equal parts, and one part is kept free for a newcomer: a slow
    group can't keep the others waiting. Threads end after five idle seconds, with their database connection.
    """

    def __init__(self, *, most: int, most_each: int, name: str) -> None:
        self._most, self._most_each, self._name = most, most_each, name
        self._waiting: dict[Hashable, deque[Work]] = {}
        self._running: Counter[Hashable] = Counter()
        self._threads = self._idle = 0
        self._is_closed = False
        self._change = threading.Condition()

    def submit(self, group: Hashable, work: Work) -> None:
        """Let a thread do this as soon as the group may have one more; never waits itself."""
        with self._change:
            self._waiting.setdefault(group, deque()).append(work)
            self._call_threads()

    def room(self, group: Hashable) -> int:
        """Return how many more of this group would start at once."""
        with self._change:
            mine = self._part(group) - self._running[group] - len(self._waiting.get(group, ()))
            return max(0, min(mine, self._most - self._in_hand()))

    @property
    def free(self) -> int:
        """How many more would start at once, of all groups together."""
        with self._change:
            return max(0, self._most - self._in_hand())

    def close(self, *, drop: bool = False) -> None:
        """Wait until all is done; with `drop` only what has begun."""
        with self._change:
            if drop:
                self._waiting.clear()
            self._is_closed = True
            self._change.notify_all()
            self._change.wait_for(lambda: self._threads == 0)

    def _in_hand(self) -> int:
        return self._running.total() + sum(map(len, self._waiting.values()))

    def _part(self, group: Hashable) -> int:
        others = (self._running.keys() | self._waiting.keys()) - {group}
        equal = self._most // (len(others) + 2) if others else self._most
        return min(self._most_each, max(1, equal))

    def _startable(self) -> int:
        parts = ((group, len(queue)) for group, queue in self._waiting.items())
        return sum(min(count, max(0, self._part(group) - self._running[group])) for group, count in parts)

    def _call_threads(self) -> None:
        """Wake idle threads for what may start, and make one more when they're too few."""
        count = self._startable()
        self._change.notify(min(count, self._idle))
        if count > self._idle and self._threads < self._most:
            self._threads += 1
            threading.Thread(target=self._serve, name=self._name, daemon=True).start()

    def _serve(self) -> None:
        try:
            while (taken := self._take()) is not None:
                self._do(*taken)
        finally:
            connections.close_all()
            with self._change:
                self._threads -= 1
                self._change.notify_all()

    def _take(self) -> tuple[Hashable, Work] | None:
        """Wait for work, and return it; None when it's time to go."""
        with self._change:
            while (group := self._next_group()) is None:
                if self._is_closed and not self._waiting:
                    return None
                self._idle += 1
                was_called = self._change.wait(IDLE_SECONDS)
                self._idle -= 1
                if not was_called and self._next_group() is None:
                    return None
            queue = self._waiting[group]
            work = queue.popleft()
            if not queue:
                del self._waiting[group]
            self._running[group] += 1
            self._call_threads()
            return group, work

    def _next_group(self) -> Hashable | None:
        """Return the group with the fewest at work, of those that may have one more."""
        free = [group for group in self._waiting if self._running[group] < self._part(group)]
        return min(free, key=lambda group: self._running[group], default=None)

    def _do(self, group: Hashable, work: Work) -> None:
        try:
            work()
        except Exception:
            log.exception("%s: work broke", self._name)
        finally:
            close_old_connections()
            with self._change:
                self._running[group] -= 1
                if not self._running[group]:
                    del self._running[group]
                self._call_threads()
                if self._is_closed:
                    self._change.notify_all()
