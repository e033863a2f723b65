"""The ladder with everybody's dots between the phases that the scan can tell apart, and the path over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from dialoog.assess.rules import PHASES, Phases
from dialoog.ui.charts import DOT_GAP, PAPER, STEP_LOW, STEP_RISE, Dot, Ladder, Step

PITCH: Final = 101 / PHASES
DOT_PITCH: Final = 3.6
DOTS_A_STEP: Final = 4
MOST_ROWS: Final = 3


def ladder(here: Phases | None, dots: Mapping[Phases, int] | None = None) -> Ladder:
    """Return the ladder for `ui/parts/ladder.html`; dots of two phases stand above the two together.

    At most three rows of dots are drawn; the words beside the picture give the numbers.
    """
    counts = dots or {}
    rows = max((_rows(phases, count) for phases, count in counts.items()), default=1)
    height = STEP_LOW + STEP_RISE * (PHASES - 1) + 4 + DOT_GAP * rows
    steps = [_step(number, here, counts, height) for number in range(1, PHASES + 1)]
    return Ladder(steps, height, height - 6)


def _width(phases: Phases) -> int:
    return DOTS_A_STEP * (phases[1] - phases[0] + 1)


def _rows(phases: Phases, count: int) -> int:
    return min(MOST_ROWS, -(-count // _width(phases)))


def _step(number: int, here: Phases | None, counts: Mapping[Phases, int], height: int) -> Step:
    css = _css(number, here)
    phases = next((found for found in counts if found[1] == number), None)
    x, tall = PITCH * (number - 1), STEP_LOW + STEP_RISE * (number - 1)
    return Step(
        number=number,
        css=css,
        paper={"here": PAPER["data-1"], "past": "#a0bec8", "next": PAPER["track"]}[css],
        x=f"{x:.1f}%",
        text_x=f"{x + 2:.1f}%",
        y=height - tall,
        height=tall,
        dots=_dots(phases, counts[phases], height - tall) if phases else [],
        more=0,
    )


def _css(number: int, here: Phases | None) -> str:
    if here is None or number > here[1]:
        return "next"
    return "here" if number >= here[0] else "past"


def _dots(phases: Phases, count: int, top: int) -> list[Dot]:
    low, high = phases
    middle = PITCH * (low + high - 1) / 2 - 0.5
    width = _width(phases)
    drawn = min(count, width * MOST_ROWS)
    dots = []
    for index in range(drawn):
        row, place = divmod(index, width)
        in_row = min(width, drawn - row * width)
        x = middle + DOT_PITCH * (place - (in_row - 1) / 2)
        dots.append(Dot(f"{x:.1f}%", top - 10 - DOT_GAP * row))
    return dots


@dataclass(frozen=True)
class Stop:
    """A round on the path; `y` lies between two phases where the scan can't tell them apart."""

    x: str
    y: float


@dataclass(frozen=True)
class Path:
    """The rounds over time, in a box of 100 % by 120; `guides` are the heights of the five phases."""

    stops: Sequence[Stop]
    legs: Sequence[tuple[Stop, Stop]]
    guides: Sequence[tuple[int, float]]
    first: date
    last: date


PATH_TOP: Final = 10
PATH_RISE: Final = 24


def path(rounds: Sequence[tuple[date, Phases]]) -> Path | None:
    """Return the path of rounds, oldest first; None under two, for one point is no path."""
    if len(rounds) < 2:
        return None
    first, last = rounds[0][0], rounds[-1][0]
    days = (last - first).days or 1
    stops = [Stop(f"{8 + 84 * (on - first).days / days:.1f}%", _level(phases)) for on, phases in rounds]
    guides = [(phase, _level((phase, phase))) for phase in range(1, PHASES + 1)]
    return Path(stops, list(pairwise(stops)), guides, first, last)


def _level(phases: Phases) -> float:
    return PATH_TOP + PATH_RISE * (PHASES - sum(phases) / 2)
