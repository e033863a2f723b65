"""State machines as data, checked when they are made."""

from collections.abc import Mapping
from dataclasses import dataclass


class UnknownState(ValueError):
    """The graph names a state that it doesn't have."""


class ForbiddenMove(Exception):
    """No edge leads from the one state to the other."""

    def __init__(self, graph: str, old: str, new: str) -> None:
        super().__init__(f"{graph}: {old} can't become {new}")
        self.old, self.new = old, new


@dataclass(frozen=True)
class Graph:
    """The states of a thing and where each may lead.

    Errors: UnknownState at construction when an edge leads nowhere, or a state can't be reached.
    """

    name: str
    initial: str
    edges: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        targets = {target for ends in self.edges.values() for target in ends} | {self.initial}
        if missing := targets - set(self.edges):
            raise UnknownState(f"{self.name}: no such state: {', '.join(sorted(missing))}")
        if lonely := set(self.edges) - self._reachable():
            raise UnknownState(f"{self.name}: can't be reached: {', '.join(sorted(lonely))}")

    def _reachable(self) -> set[str]:
        seen, waiting = set(), [self.initial]
        while waiting:
            state = waiting.pop()
            if state not in seen:
                seen.add(state)
                waiting.extend(self.edges[state])
        return seen

    @property
    def states(self) -> tuple[str, ...]:
        """All states, in the order in which they were written."""
        return tuple(self.edges)

    def choices(self) -> list[tuple[str, str]]:
        """The states as choices of a model field."""
        return [(state, state) for state in self.edges]

    def allows(self, old: str, new: str) -> bool:
        """Tell whether an edge leads from `old` to `new`."""
        return new in self.edges[old]

    def check(self, old: str, new: str) -> None:
        """Raise ForbiddenMove unless an edge leads from `old` to `new`."""
        if not self.allows(old, new):
            raise ForbiddenMove(self.name, old, new)
