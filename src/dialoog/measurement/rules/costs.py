"""What the use of social media costs: hours times their rate, and other money (M7.1)."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

WEEKS_A_YEAR: Final = 52
_HOUR: Final = Decimal(60)


@dataclass(frozen=True, kw_only=True)
class Spent:
    """Time spent on a day. Units: minutes."""

    day: date
    minutes: int
    activity: str = "other"
    member_id: int | None = None
    goal_id: int | None = None
    post_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class HourRate:
    """What an hour costs from a day on; for everybody when it names nobody."""

    per_hour: Decimal
    starts_on: date
    member_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Charge:
    """Money paid: on one day, or every month on the same day until `ends_on` (included)."""

    day: date
    amount: Decimal
    kind: str = "other"
    is_monthly: bool = False
    ends_on: date | None = None
    goal_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Sum:
    """What it came to. Units: minutes; money in the organisation's currency.

    `unpriced` are minutes for which no rate was known: they are told, never counted as free.
    """

    minutes: int = 0
    unpriced: int = 0
    hours_money: Decimal = Decimal(0)
    other_money: Decimal = Decimal(0)

    @property
    def money(self) -> Decimal:
        """Hours and other money together."""
        return self.hours_money + self.other_money

    @property
    def hours(self) -> Decimal:
        """The time in hours."""
        return Decimal(self.minutes) / _HOUR

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(
            minutes=self.minutes + other.minutes,
            unpriced=self.unpriced + other.unpriced,
            hours_money=self.hours_money + other.hours_money,
            other_money=self.other_money + other.other_money,
        )


@dataclass(frozen=True, kw_only=True)
class Books:
    """Everything that costs are counted from."""

    spent: Sequence[Spent] = ()
    rates: Sequence[HourRate] = ()
    charges: Sequence[Charge] = ()


@dataclass(frozen=True, kw_only=True)
class Costs:
    """The sum of a period, and the same sum divided by goal (None: no goal), activity and kind."""

    total: Sum = field(default_factory=Sum)
    by_goal: dict[int | None, Sum] = field(default_factory=dict)
    by_activity: dict[str, Sum] = field(default_factory=dict)
    by_kind: dict[str, Sum] = field(default_factory=dict)


def rate_on(rates: Iterable[HourRate], member_id: int | None, day: date) -> Decimal | None:
    """Return what this person's hour costs on a day: their own rate, else everybody's, else None."""
    fits = [rate for rate in rates if rate.starts_on <= day and rate.member_id in {member_id, None}]
    best = max(fits, key=lambda rate: (rate.member_id is not None, rate.starts_on), default=None)
    return best.per_hour if best else None


def days_charged(charge: Charge, first: date, last: date) -> Iterator[date]:
    """Give the days from `first` to `last`, both included, on which this is paid.

    A monthly charge of the 31st falls on the last day of a shorter month.
    """
    until = min(last, charge.ends_on) if charge.is_monthly and charge.ends_on else last
    if not charge.is_monthly:
        if first <= charge.day <= last:
            yield charge.day
        return
    month = max(_month_number(charge.day), _month_number(first))
    while (day := _in_month(month, charge.day.day)) <= until:
        if day >= max(first, charge.day):
            yield day
        month += 1


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _in_month(number: int, day: int) -> date:
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day, monthrange(year, month + 1)[1]))


def costs_between(books: Books, first: date, last: date) -> Costs:
    """Count what was spent from `first` to `last`, both days included."""
    costs = Costs()
    total = Sum()
    for spent in books.spent:
        if first <= spent.day <= last:
            part = _priced(spent, books.rates)
            total += part
            _add(costs.by_goal, spent.goal_id, part)
            _add(costs.by_activity, spent.activity, part)
    for charge in books.charges:
        times = sum(1 for _ in days_charged(charge, first, last))
        if times:
            part = Sum(other_money=charge.amount * times)
            total += part
            _add(costs.by_goal, charge.goal_id, part)
            _add(costs.by_kind, charge.kind, part)
    return Costs(total=total, by_goal=costs.by_goal, by_activity=costs.by_activity, by_kind=costs.by_kind)


def _priced(spent: Spent, rates: Sequence[HourRate]) -> Sum:
    rate = rate_on(rates, spent.member_id, spent.day)
    if rate is None:
        return Sum(minutes=spent.minutes, unpriced=spent.minutes)
    return Sum(minutes=spent.minutes, hours_money=Decimal(spent.minutes) * rate / _HOUR)


def _add(sums: dict[Any, Sum], key: object, part: Sum) -> None:
    sums[key] = sums.get(key, Sum()) + part


def yearly(hours_a_week: Decimal, per_hour: Decimal) -> Decimal:
    """Return what so many hours a week cost in a year of 52 weeks."""
    return hours_a_week * per_hour * WEEKS_A_YEAR
