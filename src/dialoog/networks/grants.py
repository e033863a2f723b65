"""A grant at a network, and how a connector gets its tokens renewed one at a time."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Grant:
    """Secrets that a network gave us. JSON values only; never in a repr, so never in a log."""

    kind: str
    data: Mapping[str, Any] = field(repr=False)


Refresher = Callable[[Grant], Grant]


class GrantStore(Protocol):
    """Where a grant lives. Whoever implements `refresh` must let one caller in at a time."""

    def load(self) -> Grant:
        """Return the grant as it is now."""

    def refresh(self, refresher: Refresher) -> Grant:
        """Lock the grant, hand its present state to `refresher`, keep and return what it gives back.

        Shape:  the refresher looks whether somebody else renewed it meanwhile and then returns it
                as it is; so a refresh token that was just replaced is never used or written again.
        Errors: whatever the refresher raises; the grant then stays as it was.
        """


class MemoryGrants:
    """A grant in memory, for commands and tests."""

    def __init__(self, grant: Grant) -> None:
        self._grant = grant
        self._lock = threading.Lock()

    def load(self) -> Grant:
        """Return the grant as it is now."""
        return self._grant

    def refresh(self, refresher: Refresher) -> Grant:
        """Renew it, one caller at a time."""
        with self._lock:
            self._grant = refresher(self._grant)
            return self._grant
