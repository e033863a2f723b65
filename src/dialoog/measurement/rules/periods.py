"""Periods to look at, and the one before each to compare with."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

PERIODS: Final = ("maand", "kwartaal", "jaar")
_MONTHS: Final = {"maand": 1, "kwartaal": 3, "jaar": 12}


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included. `name` is maand, kwartaal or jaar."""

    name: str
    first: date
    last: date

    @property
    def before(self) -> "Period":
        """The period of the same length before this one."""
        first = _back(self.first, _MONTHS[self.name])
        return Period(self.name, first, self.first - timedelta(days=1))

    def clipped(self, today: date) -> "Period":
        """Return the part of it until today."""
        return Period(self.name, self.first, min(self.last, today))


def period(name: str, today: date) -> Period:
    """Return the month, quarter or year that a day lies in; an unknown name is the month."""
    kind = name if name in _MONTHS else "maand"
    months = _MONTHS[kind]
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    return Period(kind, first, _back(first, -months) - timedelta(days=1))


def _back(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
