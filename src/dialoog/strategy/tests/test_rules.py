from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialoog.core.errors import Invalid
from dialoog.strategy import rules
from dialoog.strategy.rules import GoalFacts, Point

FINISHED = GoalFacts(
    purpose="profile",
    why="Mensen kennen ons brood, niet onze bakkers.",
    metric="followers",
    counted_over="all",
    baseline=Decimal(400),
    target=Decimal(600),
    starts_on=date(2026, 1, 1),
    due_on=date(2026, 12, 31),
    budget_hours=Decimal(120),
    has_owner=True,
)


def test_a_goal_with_all_five_answers_and_an_owner_is_finished():
    assert rules.gaps(FINISHED) == ()
    assert rules.is_finished(FINISHED)


@pytest.mark.parametrize(
    ("change", "gap", "question"),
    [
        ({"purpose": ""}, "purpose", "why"),
        ({"why": "  \n"}, "why", "why"),
        ({"metric": ""}, "metric", "what"),
        ({"metric": "hand", "counted_over": "goal"}, "label", "what"),
        ({"target": None}, "target", "what"),
        ({"baseline": None}, "baseline", "numbers"),
        ({"counted_over": "channel"}, "channel", "numbers"),
        ({"starts_on": None}, "starts_on", "when"),
        ({"due_on": None}, "due_on", "when"),
        ({"budget_hours": None}, "budget", "cost"),
        ({"has_owner": False}, "owner", "owner"),
    ],
)
def test_each_answer_that_is_missing_is_named_once(change, gap, question):
    found = rules.gaps(replace(FINISHED, **change))
    assert found == (gap,)
    assert rules.open_questions(found) == (question,)


def test_an_empty_goal_leaves_every_question_open_in_order():
    found = rules.gaps(GoalFacts())
    assert rules.open_questions(found) == ("why", "what", "numbers", "when", "cost", "owner")


def test_what_adds_up_begins_at_nought_and_needs_no_baseline():
    likes = replace(FINISHED, metric="likes", baseline=None)
    assert rules.is_finished(likes)
    assert rules.expected_at(likes, date(2026, 7, 2)) == 300


def test_a_share_without_a_baseline_is_expected_from_the_first_day():
    share = replace(FINISHED, metric="answered_on_time", baseline=None, target=Decimal(90))
    assert rules.is_finished(share)
    assert rules.expected_at(share, date(2026, 1, 1)) == 90


def test_each_metric_is_counted_in_a_way_that_it_can_be():
    for key, metric in rules.METRICS.items():
        assert rules.usual_over(key) in metric.overs
        rules.check(GoalFacts(metric=key, counted_over=rules.usual_over(key)))


def test_a_budget_of_nought_is_an_answer_and_money_alone_is_too():
    assert rules.is_finished(replace(FINISHED, budget_hours=Decimal(0)))
    assert rules.is_finished(replace(FINISHED, budget_hours=None, budget_money=Decimal(500)))


def test_the_expectation_is_a_straight_line_by_default():
    assert rules.expected_at(FINISHED, date(2025, 12, 31)) is None
    assert rules.expected_at(FINISHED, date(2026, 1, 1)) == 400
    assert rules.expected_at(FINISHED, date(2026, 7, 2)) == 500
    assert rules.expected_at(FINISHED, date(2026, 12, 31)) == 600
    assert rules.expected_at(FINISHED, date(2027, 5, 1)) == 600


def test_the_expectation_bends_at_the_points_that_were_written_down():
    slow = replace(FINISHED, expectation=(Point(date(2026, 9, 1), Decimal(440)),))
    assert rules.expected_at(slow, date(2026, 9, 1)) == 440
    assert rules.expected_at(slow, date(2026, 7, 2)) < 440
    assert rules.expected_at(slow, date(2026, 11, 1)) == Decimal("520.6612")


def test_a_goal_may_want_less_of_something():
    fewer = replace(
        FINISHED, metric="hand", metric_label="klachten", baseline=Decimal(30), target=Decimal(10)
    )
    assert rules.falls(fewer)
    assert rules.expected_at(fewer, date(2026, 7, 2)) == 20


def test_without_both_ends_nothing_is_expected():
    for change in ({"target": None}, {"starts_on": None}, {"due_on": None}, {"baseline": None}):
        assert rules.expected_at(replace(FINISHED, **change), date(2026, 7, 2)) is None


@given(st.dates(date(2025, 1, 1), date(2028, 1, 1)), st.integers(0, 1000), st.integers(0, 1000))
def test_the_expectation_stays_between_its_ends(day, baseline, target):
    facts = replace(FINISHED, baseline=Decimal(baseline), target=Decimal(target))
    expected = rules.expected_at(facts, day)
    assert (expected is None) == (day < FINISHED.starts_on)
    if expected is not None:
        assert min(baseline, target) <= expected <= max(baseline, target)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"purpose": "fame"}, "purpose", "choice_unknown"),
        ({"metric": "luck"}, "metric", "choice_unknown"),
        ({"counted_over": "moon"}, "counted_over", "choice_unknown"),
        ({"counted_over": "goal"}, "counted_over", "counted_over_impossible"),
        ({"target": Decimal(-1)}, "target", "number_negative"),
        ({"target": Decimal(10) ** 12}, "target", "number_too_large"),
        (
            {"metric": "answered_on_time", "baseline": Decimal(5), "target": Decimal(101)},
            "target",
            "number_too_large",
        ),
        ({"target": Decimal("1.005")}, "target", "too_many_decimals"),
        ({"target": Decimal(400)}, "target", "target_is_baseline"),
        ({"budget_hours": Decimal(-3)}, "budget_hours", "number_negative"),
        ({"budget_money": Decimal(10) ** 10}, "budget_money", "number_too_large"),
        ({"due_on": date(2026, 1, 1)}, "due_on", "due_before_start"),
        ({"due_on": date(2025, 6, 1)}, "due_on", "due_before_start"),
        ({"expectation": (Point(date(2026, 1, 1), Decimal(1)),)}, "expectation", "expectation_before_start"),
        ({"expectation": (Point(date(2026, 12, 31), Decimal(1)),)}, "expectation", "expectation_after_due"),
        ({"expectation": (Point(date(2026, 5, 1), Decimal(1)),) * 2}, "expectation", "expectation_twice"),
        ({"expectation": (Point(date(2026, 5, 1), Decimal(-1)),)}, "expectation", "number_negative"),
        (
            {"expectation": tuple(Point(date(2026, 5, n), Decimal(1)) for n in range(1, 26))},
            "expectation",
            "expectation_too_long",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(change, field, code):
    with pytest.raises(Invalid) as refused:
        rules.check(replace(FINISHED, **change))
    assert (refused.value.field, refused.value.code) == (field, code)


def test_an_unfinished_goal_is_no_error():
    rules.check(GoalFacts())
    rules.check(FINISHED)
