from datetime import date
from decimal import Decimal

import pytest

from dialoog.core.errors import Invalid
from dialoog.strategy.rules import GoalFacts, check, expected_at, gaps, is_finished

DONE = GoalFacts(
    purpose="service",
    why="People wait too long on the telephone.",
    metric="replies",
    target=Decimal(600),
    starts_on=date(2026, 1, 1),
    due_on=date(2026, 12, 31),
    budget_hours=Decimal(100),
    has_owner=True,
)


def but(**more):
    return GoalFacts(**{**{name: getattr(DONE, name) for name in DONE.__dataclass_fields__}, **more})


def test_a_goal_with_all_answers_is_finished():
    assert is_finished(DONE)


@pytest.mark.parametrize(
    ("left_out", "gap"),
    [
        ({"why": " "}, "why"),
        ({"purpose": ""}, "purpose"),
        ({"metric": ""}, "metric"),
        ({"target": None}, "target"),
        ({"due_on": None}, "due"),
        ({"budget_hours": None}, "cost"),
        ({"has_owner": False}, "owner"),
    ],
)
def test_each_open_question_is_named(left_out, gap):
    assert gaps(but(**left_out)) == (gap,)


def test_money_instead_of_hours_answers_what_it_may_cost():
    assert is_finished(but(budget_hours=None, budget_money=Decimal(0)))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"due_on": date(2026, 1, 1)}, "due_before_start"),
        ({"target": Decimal(-1)}, "under_nought"),
        ({"metric": "clicks"}, "metric_unknown"),
        ({"metric": "followers"}, "over_unknown"),
        ({"counted_over": "channel"}, "channel_missing"),
        ({"metric": "answered_on_time", "counted_over": "all", "target": Decimal(101)}, "share_above_100"),
        ({"expectation": ((date(2027, 1, 1), Decimal(5)),)}, "expectation_outside"),
    ],
)
def test_what_cannot_be_true_together_is_refused(wrong, code):
    with pytest.raises(Invalid) as refused:
        check(but(**wrong))
    assert refused.value.code == code


def test_the_expectation_goes_straight_or_through_its_points():
    assert expected_at(DONE, date(2026, 7, 2)) == pytest.approx(Decimal(300), abs=2)
    bent = but(expectation=((date(2026, 7, 2), Decimal(100)),))
    assert expected_at(bent, date(2026, 7, 2)) == 100
    assert expected_at(bent, date(2025, 1, 1)) == 0
    assert expected_at(bent, date(2027, 1, 1)) == 600
    assert expected_at(but(target=None), date(2026, 7, 2)) is None
