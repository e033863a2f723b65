"""The picture of an expectation: a dashed line from where it began to where it must be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dialoog.strategy.labels import amount
from dialoog.strategy.rules import GoalFacts, Point, expected_at, line_of
from dialoog.ui.charts import BAND_HEIGHT, BAND_WIDTH, percent


@dataclass(frozen=True)
class ExpectedRow:
    """A day on the way with what is expected then, as people read it."""

    on: date
    text: str


@dataclass(frozen=True)
class Expected:
    """The expectation in a box of 1000 by 160; `today_x` is empty before the first day and after the last."""

    line: str
    target_y: str
    target_text: str
    first: date
    last: date
    today_x: str
    rows: Sequence[ExpectedRow]


def expected(facts: GoalFacts, today: date) -> Expected | None:
    """Return the picture, or None while number, baseline or one of the days is open."""
    points = line_of(facts)
    if not points:
        return None
    first, last = points[0].on, points[-1].on
    days = (last - first).days
    top = max(float(point.value) for point in points) or 1.0
    return Expected(
        line=" ".join(_place(point, first, days, top) for point in points),
        target_y=_height(float(points[-1].value), top),
        target_text=amount(points[-1].value, facts.metric),
        first=first,
        last=last,
        today_x=percent((today - first).days, days) if first < today < last else "",
        rows=[
            ExpectedRow(point.on, amount(point.value, facts.metric))
            for point in _with_today(facts, points, today)
        ],
    )


def _with_today(facts: GoalFacts, points: Sequence[Point], today: date) -> list[Point]:
    now = expected_at(facts, today)
    days = {point.on for point in points}
    if now is None or today in days or today > points[-1].on:
        return list(points)
    return sorted([*points, Point(today, round(now, 1))], key=lambda point: point.on)


def _place(point: Point, first: date, days: int, top: float) -> str:
    return f"{BAND_WIDTH * (point.on - first).days / days:.0f},{_height(float(point.value), top)}"


def _height(value: float, top: float) -> str:
    return f"{BAND_HEIGHT - BAND_HEIGHT * value / top:.0f}"
