"""How far a goal is, and a plain forecast that says what it doesn't know (M7.3).

The forecast looks at the change per week of at most the last twelve weeks and carries their mean on
to the goal's date. Its range holds the truth 8 times out of 10 as long as the coming weeks are like
the past ones: Student's t on the mean of n weeks plus the spread of the w weeks to come, so
mean * w -/+ t * sd * sqrt(w + w * w / n). The spread is at least that of chance itself (the square
root of the mean), because equal weeks don't make the future certain. Under four weeks it refuses.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import fmean, stdev
from typing import Final, Literal

Kind = Literal["flow", "level", "ratio"]
Verdict = Literal[
    "no_number", "not_started", "no_reading", "reached", "missed", "cannot_tell", "likely", "open", "unlikely"
]

WEEK: Final = timedelta(days=7)
LEAST_WEEKS: Final = 4
MOST_WEEKS: Final = 12
# A reading older than this says nothing of today.
STALE: Final = timedelta(days=14)
# 90 % quantile of Student's t by degrees of freedom 1 to 11: 8 out of 10 lie within, on both sides.
_T90: Final = (3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372, 1.363)
# 90 % quantile of the normal distribution.
_Z90: Final = 1.2816


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A number at a moment (UTC); with a denominator it is a share, told in percent."""

    at: datetime
    numerator: float
    denominator: float | None = None

    @property
    def value(self) -> float | None:
        """The number itself, or the percentage; None when a share is of nothing."""
        if self.denominator is None:
            return self.numerator
        return 100 * self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What a goal wants: from `baseline` at `starts` to `target` at `due` (UTC moments).

    `expected` is where the expectation that was written down says it should be now.
    """

    target: float | None
    baseline: float | None = None
    starts: datetime | None = None
    due: datetime | None = None
    expected: float | None = None
    kind: Kind = "flow"
    falls: bool = False


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """Where it will be on the date: between `low` and `high` 8 times out of 10, most likely `middle`."""

    low: float
    middle: float
    high: float
    weeks: int


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a goal is now, and what may be said of its date.

    `more_weeks` is how many more weeks of readings a forecast needs. `margin` is the 8-out-of-10 range
    of a share that rests on few cases (Wilson), in percent.
    """

    verdict: Verdict
    value: float | None = None
    at: datetime | None = None
    expected: float | None = None
    forecast: Forecast | None = None
    more_weeks: int = 0
    margin: tuple[float, float] | None = None
    is_stale: bool = False

    @property
    def is_behind(self) -> bool | None:
        """Whether it is under what was expected for now; None when one of the two is unknown."""
        if self.value is None or self.expected is None:
            return None
        return self.value < self.expected


def progress(aim: Aim, readings: Sequence[Reading], now: datetime) -> Progress:
    """Judge a goal by its readings, oldest first."""
    known = [reading for reading in readings if reading.at <= now and reading.value is not None]
    if aim.target is None:
        return Progress(verdict="no_number")
    if not known:
        begun = aim.starts is None or aim.starts <= now
        return Progress(verdict="no_reading" if begun else "not_started", expected=aim.expected)
    last = known[-1]
    forecast, more_weeks = (None, 0) if aim.kind == "ratio" else _forecast(aim, known, now)
    return Progress(
        verdict=_verdict(aim, last, forecast, now),
        value=last.value,
        at=last.at,
        expected=aim.expected,
        forecast=forecast,
        more_weeks=more_weeks,
        margin=_wilson(last),
        is_stale=now - last.at > STALE,
    )


def _verdict(aim: Aim, last: Reading, forecast: Forecast | None, now: datetime) -> Verdict:
    target, value = aim.target or 0.0, last.value or 0.0
    if _is_there(value, target, falls=aim.falls):
        return "reached"
    if aim.due and aim.due <= now:
        return "missed"
    if forecast is None:
        return "cannot_tell"
    worst, best = (forecast.high, forecast.low) if aim.falls else (forecast.low, forecast.high)
    if _is_there(worst, target, falls=aim.falls):
        return "likely"
    return "open" if _is_there(best, target, falls=aim.falls) else "unlikely"


def _is_there(value: float, target: float, *, falls: bool) -> bool:
    return value <= target if falls else value >= target


def _forecast(aim: Aim, known: Sequence[Reading], now: datetime) -> tuple[Forecast | None, int]:
    changes = weekly_changes(known, now)
    if len(changes) < LEAST_WEEKS:
        return None, LEAST_WEEKS - len(changes)
    if aim.due is None or aim.due <= now:
        return None, 0
    weeks = (aim.due - now) / WEEK
    value = known[-1].value or 0.0
    mean = fmean(changes)
    spread = max(stdev(changes), math.sqrt(max(abs(mean), 1)))
    half = _T90[len(changes) - 2] * spread * math.sqrt(weeks + weeks * weeks / len(changes))
    middle = value + mean * weeks
    low = max(middle - half, value) if aim.kind == "flow" else middle - half
    return Forecast(low=low, middle=max(middle, low), high=middle + half, weeks=len(changes)), 0


def weekly_changes(known: Sequence[Reading], now: datetime) -> list[float]:
    """Return the change of each whole week back from now, newest first, as far as readings reach.

    The value at a moment is that of the last reading before it: a number that isn't read stays.
    """
    moments = [now - WEEK * n for n in range(MOST_WEEKS + 1) if now - WEEK * n >= known[0].at]
    values = [value_at(known, moment) or 0.0 for moment in moments]
    return [newer - older for newer, older in pairwise(values)]


def value_at(known: Sequence[Reading], moment: datetime) -> float | None:
    """Return the value of the last reading at or before a moment."""
    return next((reading.value for reading in reversed(known) if reading.at <= moment), None)


def _wilson(reading: Reading) -> tuple[float, float] | None:
    """Wilson score interval (1927) at 80 %, in percent."""
    n = reading.denominator
    if not n:
        return None
    share, z = reading.numerator / n, _Z90
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return 100 * max(middle - half, 0), 100 * min(middle + half, 1)
