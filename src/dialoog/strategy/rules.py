"""What a goal must answer before it counts, what can count it, and where it should be on a day (M2.1, M2.7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Final, Literal

from dialoog.core.errors import Invalid

PURPOSES: Final = ("profile", "relations", "recruitment", "knowledge", "service", "advertising", "sales")
STRATEGIES: Final = ("organisation", "marketing", "sales", "communication")
COUNTED_OVER: Final = ("goal", "channel", "all")
MOST_POINTS: Final = 24
DECIMALS: Final = 2
LARGEST_NUMBER: Final = Decimal(10) ** 11
LARGEST_HOURS: Final = Decimal(10) ** 5
LARGEST_MONEY: Final = Decimal(10) ** 9

Kind = Literal["flow", "level", "ratio"]
Direction = Literal["up", "down", "either"]
Unit = Literal["count", "percent", "own"]
Question = Literal["why", "what", "numbers", "when", "cost", "owner"]
Gap = Literal[
    "purpose",
    "why",
    "metric",
    "label",
    "channel",
    "target",
    "baseline",
    "starts_on",
    "due_on",
    "budget",
    "owner",
]

# The question that each gap leaves open, in the order in which they are asked.
QUESTION_OF: Final[Mapping[Gap, Question]] = MappingProxyType(
    {
        "purpose": "why",
        "why": "why",
        "metric": "what",
        "label": "what",
        "target": "what",
        "baseline": "numbers",
        "channel": "numbers",
        "starts_on": "when",
        "due_on": "when",
        "budget": "cost",
        "owner": "owner",
    }
)


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A number that can count a goal.

    `kind`: a flow adds up from the start of the goal, a level is what it stands at, a ratio is a share
    in percent of which numerator and denominator are kept. `source`: network (whichever supplies it), newsroom, dialoog (counted
    from work in the system) or hand. `overs`: what it can be counted over, the usual one first.
    """

    key: str
    kind: Kind
    source: str
    unit: Unit = "count"
    direction: Direction = "up"
    overs: tuple[str, ...] = COUNTED_OVER


METRICS: Final[Mapping[str, Metric]] = MappingProxyType(
    {
        metric.key: metric
        for metric in (
            Metric(key="likes", kind="flow", source="network"),
            Metric(key="reposts", kind="flow", source="network"),
            Metric(key="replies", kind="flow", source="network"),
            Metric(key="views", kind="flow", source="network"),
            Metric(key="followers", kind="level", source="network", overs=("all", "channel")),
            Metric(key="reads", kind="flow", source="newsroom"),
            Metric(key="posts", kind="flow", source="dialoog"),
            Metric(key="conversations", kind="flow", source="dialoog"),
            Metric(
                key="answered_on_time",
                kind="ratio",
                source="dialoog",
                unit="percent",
                overs=("all", "channel", "goal"),
            ),
            Metric(key="hand", kind="level", source="hand", unit="own", direction="either", overs=("goal",)),
        )
    }
)


@dataclass(frozen=True)
class Point:
    """What is expected on a day on the way."""

    on: date
    value: Decimal


@dataclass(frozen=True, kw_only=True)
class GoalFacts:
    """What is known of a goal; each of the five questions may still be open.

    Units: numbers in the metric's own unit (percent for a ratio), hours, money in the organisation's
    currency; days as on the organisation's calendar.
    """

    purpose: str = ""
    why: str = ""
    metric: str = ""
    metric_label: str = ""
    counted_over: str = "goal"
    counted_channel_id: int | None = None
    baseline: Decimal | None = None
    target: Decimal | None = None
    starts_on: date | None = None
    due_on: date | None = None
    expectation: tuple[Point, ...] = ()
    budget_hours: Decimal | None = None
    budget_money: Decimal | None = None
    has_owner: bool = False


def gaps(facts: GoalFacts) -> tuple[Gap, ...]:
    """Return what is still open of the five questions and the owner, in the order in which they are asked.

    Only a level needs a baseline: what adds up begins at 0, and a share means the same from the start.
    """
    metric = METRICS.get(facts.metric)
    is_open: dict[Gap, bool] = {
        "purpose": facts.purpose not in PURPOSES,
        "why": not facts.why.strip(),
        "metric": metric is None,
        "label": facts.metric == "hand" and not facts.metric_label.strip(),
        "target": facts.target is None,
        "baseline": facts.baseline is None and (metric is None or metric.kind == "level"),
        "channel": facts.counted_over == "channel" and facts.counted_channel_id is None,
        "starts_on": facts.starts_on is None,
        "due_on": facts.due_on is None,
        "budget": facts.budget_hours is None and facts.budget_money is None,
        "owner": not facts.has_owner,
    }
    return tuple(gap for gap, opened in is_open.items() if opened)


def is_finished(facts: GoalFacts) -> bool:
    """Tell whether all five questions are answered and somebody owns the goal."""
    return not gaps(facts)


def open_questions(found: Sequence[Gap]) -> tuple[Question, ...]:
    """Return the questions that these gaps leave open, each once, in order."""
    return tuple(dict.fromkeys(QUESTION_OF[gap] for gap in found))


def usual_over(metric: str) -> str:
    """Return what a metric is counted over when nobody chose."""
    return METRICS[metric].overs[0] if metric in METRICS else COUNTED_OVER[0]


def falls(facts: GoalFacts) -> bool:
    """Tell whether less is better here: the target lies below where it began."""
    return facts.baseline is not None and facts.target is not None and facts.target < facts.baseline


def line_of(facts: GoalFacts) -> tuple[Point, ...]:
    """Return the expectation from start to date, with the points between; empty while one end is open."""
    metric = METRICS.get(facts.metric)
    begin = facts.baseline
    if begin is None and metric is not None and metric.kind != "level":
        begin = Decimal(0) if metric.kind == "flow" else facts.target
    if begin is None or facts.target is None or facts.starts_on is None or facts.due_on is None:
        return ()
    between = sorted(facts.expectation, key=lambda point: point.on)
    return (Point(facts.starts_on, begin), *between, Point(facts.due_on, facts.target))


def expected_at(facts: GoalFacts, day: date) -> Decimal | None:
    """Return where the goal should be on a day: a straight line between the points, the target afterwards.

    A share without a baseline is expected to be the target from its first day.


    Units:  the metric's own; four decimals at most.
    Shape:  None before the start, and while number, baseline or one of the days is open.
    """
    line = line_of(facts)
    if not line or day < line[0].on:
        return None
    for left, right in pairwise(line):
        if left.on <= day < right.on:
            share = Decimal((day - left.on).days) / Decimal((right.on - left.on).days)
            return (left.value + (right.value - left.value) * share).quantize(Decimal("0.0001"))
    return line[-1].value


def check(facts: GoalFacts) -> None:
    """Refuse what can't be, whether or not the goal is finished.

    Errors: Invalid at purpose, metric, counted_over, baseline, target, due_on, budget_hours, budget_money
    or expectation.
    """
    for field, value, known in (
        ("purpose", facts.purpose, PURPOSES),
        ("metric", facts.metric, METRICS),
        ("counted_over", facts.counted_over, COUNTED_OVER),
    ):
        if value and value not in known:
            raise Invalid(field, "choice_unknown")
    if facts.metric and facts.counted_over not in METRICS[facts.metric].overs:
        raise Invalid("counted_over", "counted_over_impossible")
    _check_numbers(facts)
    if facts.starts_on and facts.due_on and facts.due_on <= facts.starts_on:
        raise Invalid("due_on", "due_before_start")
    _check_expectation(facts)


def _check_numbers(facts: GoalFacts) -> None:
    is_share = facts.metric in METRICS and METRICS[facts.metric].unit == "percent"
    most = Decimal(100) if is_share else LARGEST_NUMBER
    _check_number("baseline", facts.baseline, most)
    _check_number("target", facts.target, most)
    _check_number("budget_hours", facts.budget_hours, LARGEST_HOURS)
    _check_number("budget_money", facts.budget_money, LARGEST_MONEY)
    for point in facts.expectation:
        _check_number("expectation", point.value, most)
    if facts.target is not None and facts.target == facts.baseline:
        raise Invalid("target", "target_is_baseline")


def _check_number(field: str, value: Decimal | None, most: Decimal) -> None:
    if value is None:
        return
    if value < 0:
        raise Invalid(field, "number_negative")
    if value > most:
        raise Invalid(field, "number_too_large", {"most": str(most)})
    if value != round(value, DECIMALS):
        raise Invalid(field, "too_many_decimals", {"most": DECIMALS})


def _check_expectation(facts: GoalFacts) -> None:
    days = [point.on for point in facts.expectation]
    if len(days) > MOST_POINTS:
        raise Invalid("expectation", "expectation_too_long", {"most": MOST_POINTS})
    if len(set(days)) < len(days):
        raise Invalid("expectation", "expectation_twice")
    if facts.starts_on and any(day <= facts.starts_on for day in days):
        raise Invalid("expectation", "expectation_before_start")
    if facts.due_on and any(day >= facts.due_on for day in days):
        raise Invalid("expectation", "expectation_after_due")
