from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from dialoog.measurement.rules.costs import (
    Books,
    Charge,
    HourRate,
    Spent,
    costs_between,
    days_charged,
    rate_on,
    yearly,
)

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def test_an_hour_costs_the_persons_own_rate_before_everybodys():
    rates = [
        HourRate(per_hour=Decimal(40), starts_on=date(2026, 1, 1)),
        HourRate(per_hour=Decimal(55), starts_on=date(2026, 2, 1), member_id=7),
    ]
    assert rate_on(rates, 7, date(2026, 3, 1)) == 55
    assert rate_on(rates, 7, date(2026, 1, 31)) == 40
    assert rate_on(rates, 8, date(2026, 3, 1)) == 40
    assert rate_on(rates, 8, date(2025, 12, 31)) is None


def test_a_newer_rate_replaces_the_older_from_its_day_on():
    rates = [HourRate(per_hour=Decimal(n), starts_on=date(2026, n, 1)) for n in (1, 5)]
    assert [rate_on(rates, None, date(2026, 4, 30)), rate_on(rates, None, date(2026, 5, 1))] == [1, 5]


def test_hours_without_a_rate_are_told_and_not_counted_as_free():
    books = Books(spent=[Spent(day=date(2026, 3, 5), minutes=90)])
    total = costs_between(books, *MARCH).total
    assert (total.minutes, total.unpriced, total.money) == (90, 90, 0)


def test_costs_are_divided_by_goal_activity_and_kind():
    books = Books(
        spent=[
            Spent(day=date(2026, 3, 5), minutes=90, activity="making", goal_id=1),
            Spent(day=date(2026, 3, 6), minutes=30, activity="answering"),
            Spent(day=date(2026, 4, 1), minutes=999),
        ],
        rates=[HourRate(per_hour=Decimal("48.50"), starts_on=date(2026, 1, 1))],
        charges=[Charge(day=date(2026, 3, 9), amount=Decimal("12.10"), kind="tools", goal_id=1)],
    )
    costs = costs_between(books, *MARCH)
    assert costs.total.minutes == 120
    assert costs.total.money == Decimal("109.10")
    assert costs.by_goal[1].money == Decimal("72.75") + Decimal("12.10")
    assert costs.by_goal[None].money == Decimal("24.25")
    assert costs.by_activity["making"].minutes == 90
    assert costs.by_kind["tools"].other_money == Decimal("12.10")


def test_a_monthly_charge_of_the_31st_falls_on_the_last_day_of_a_shorter_month():
    charge = Charge(day=date(2026, 1, 31), amount=Decimal(10), is_monthly=True, ends_on=date(2026, 4, 30))
    days = list(days_charged(charge, date(2026, 1, 1), date(2026, 12, 31)))
    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 900),
    st.integers(0, 900),
)
def test_two_periods_that_touch_cost_what_the_whole_costs(day, first, length, more):
    charge = Charge(day=day, amount=Decimal(10), is_monthly=True)
    middle, last = first + timedelta(length), first + timedelta(length + more)
    apart = [*days_charged(charge, first, middle), *days_charged(charge, middle + timedelta(1), last)]
    assert apart == list(days_charged(charge, first, last))


def test_four_hours_a_week_of_a_manager_is_a_sum_for_the_year():
    assert yearly(Decimal(4), Decimal("85.00")) == Decimal("17680.00")
