"""Prepared values for the parts: rooms fill these in their query layer, templates only place them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dialoog.ui.charts import Bullet

Tone = Literal["good", "warn", "bad", "calm", "brand"]
ClockState = Literal["ok", "soon", "late", "paused", "done"]
# open: it is not known yet, which is neither good nor bad.
Level = Literal["must", "advice", "open", "fine"]


@dataclass(frozen=True, kw_only=True)
class Action:
    """A link, or with `post` a button that changes something; the label is verb plus object."""

    label: str
    url: str
    post: bool = False
    danger: bool = False


@dataclass(frozen=True, kw_only=True)
class Network:
    """A network as it is shown: by icon and name, never by its colour."""

    icon: str
    name: str


@dataclass(frozen=True, kw_only=True)
class State:
    """A word with its tone and icon, for instance "Ingepland"."""

    label: str
    tone: Tone = "calm"
    icon: str = "clock"


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A promise running out.

    `left_seconds` is working time and negative when late; None stops the live clock. It runs on in the
    browser until `runs_until_seconds` from now (closing time). `left_ratio` is 0-1 of the promise.
    """

    state: ClockState
    text: str
    note: str
    deadline: datetime | None = None
    left_ratio: float = 0.0
    left_seconds: int | None = None
    soon_seconds: int = 0
    runs_until_seconds: int | None = None

    @property
    def icon(self) -> str:
        """The icon that says the state beside the colour."""
        return {"late": "alert", "paused": "pause", "done": "circle-check"}.get(self.state, "clock")

    @property
    def bar_x(self) -> str:
        """Where the bar begins: what is left sits at the right, a late one fills it all."""
        return f"{100 - self._percent}%"

    @property
    def bar_width(self) -> str:
        """How wide the bar is."""
        return f"{self._percent}%"

    @property
    def _percent(self) -> int:
        return 100 if self.state == "late" else round(min(max(self.left_ratio, 0), 1) * 100)


@dataclass(frozen=True, kw_only=True)
class ConversationRow:
    """A conversation in a list. `typing` names who is writing now; `claim` is the way to take it."""

    id: str
    who: str
    initials: str
    url: str
    topic: str
    text: str
    clock: Clock | None = None
    network: Network | None = None
    owner: str = ""
    claim: Action | None = None
    typing: str = ""
    is_new: bool = False
    is_done: bool = False
    is_current: bool = False


@dataclass(frozen=True, kw_only=True)
class PostRow:
    """A post in a day or list; `time` is ready to read in the organisation's zone."""

    id: str
    time: str
    title: str
    url: str
    state: State
    networks: Sequence[Network] = ()
    facts: Sequence[str] = ()
    image_url: str = ""
    actions: Sequence[Action] = ()
    is_done: bool = False


@dataclass(frozen=True, kw_only=True)
class GoalRow:
    """A goal with its bar: "412" "van 600 op 31 december", a state and one fact."""

    name: str
    value: str
    of: str
    bar: Bullet
    state: State
    fact: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number with its name and the line that makes it mean something; `url` leads to its rows."""

    label: str
    value: str
    sub: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One of several ways to look, for the parts `segments` and `subnav`."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class CheckItem:
    """What a rule says of a text: its name, why, the words it means, and a way to mend it."""

    level: Level
    rule: str
    text: str
    quotes: Sequence[str] = ()
    rule_url: str = ""
    fix: Action | None = None

    @property
    def icon(self) -> str:
        """The icon that says the level beside the colour."""
        return {"must": "ban", "advice": "alert", "open": "hourglass", "fine": "circle-check"}[self.level]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An image in a preview, with its alternative text."""

    url: str
    alt: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A post as a network will show it. `over` is the end of the text that doesn't fit."""

    network: Network
    author: str
    initials: str
    handle: str
    text: str
    over: str = ""
    pictures: Sequence[Picture] = ()
    link_title: str = ""
    link_host: str = ""
    notes: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table; `sort_url` makes the heading a link, `sorted` is ascending or descending."""

    label: str
    is_number: bool = False
    sort_url: str = ""
    sorted: str = ""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell with more than a text: a link, or a state."""

    text: str = ""
    url: str = ""
    state: State | None = None


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """A row: the first cell heads it; actions are words at its end."""

    cells: Sequence[Cell | str]
    actions: Sequence[Action] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """A real table: a caption, at most seven columns, and a foot for sums."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[TableRow]
    foot: Sequence[str] = ()

    @property
    def has_actions(self) -> bool:
        """Whether there is a column of actions."""
        return any(row.actions for row in self.rows)

    def lines(self) -> list[tuple[TableRow, list[tuple[Column, Cell]]]]:
        """Return each row with its cells beside their columns."""
        return [(row, list(zip(self.columns, map(_cell, row.cells), strict=True))) for row in self.rows]

    def foot_cells(self) -> list[tuple[Column, str]]:
        """Return the sums beside their columns."""
        return list(zip(self.columns, self.foot, strict=True)) if self.foot else []


def _cell(value: Cell | str) -> Cell:
    return value if isinstance(value, Cell) else Cell(text=value)


@dataclass(frozen=True, kw_only=True)
class Pager:
    """Keyset paging: the way to newer and to older rows, each empty at its end."""

    newer_url: str = ""
    older_url: str = ""
    text: str = ""
