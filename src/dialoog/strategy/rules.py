"""What a goal is: its purposes and metrics, what is still open in it, and what is expected of it (M2.1-M2.7)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Final, Literal

from dialoog.core.errors import Invalid

# M2.2, in the order of the method.
PURPOSES: Final = ("profile", "relations", "recruitment", "knowledge", "service", "advertising", "sales")
# Which strategy of the organisation a strategic goal stands in (M2.3).
STRATEGIES: Final = ("organisation", "marketing", "sales", "communication")
# What a metric is counted over: the posts of this goal, one channel, or all channels.
OVERS: Final = ("goal", "channel", "all")

Kind = Literal["flow", "level", "ratio"]
Gap = Literal["purpose", "why", "metric", "target", "due", "cost", "owner"]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A number that can count a goal.

    `kind`: a flow adds up since the goal began, a level is what it is today, a ratio is a share in
    percent with its denominator. `source`: who counts it: the network (likes ...), the newsroom's page,
    Dialoog itself, or people by hand. `overs`: what it can be counted over.
    """

    key: str
    kind: Kind
    source: Literal["network", "dialoog", "hand"]
    overs: tuple[str, ...] = OVERS


_ALL = (
    Metric(key="likes", kind="flow", source="network"),
    Metric(key="reposts", kind="flow", source="network"),
    Metric(key="replies", kind="flow", source="network"),
    Metric(key="reads", kind="flow", source="network"),
    Metric(key="followers", kind="level", source="network", overs=("channel", "all")),
    Metric(key="posts", kind="flow", source="dialoog"),
    Metric(key="conversations", kind="flow", source="dialoog"),
    Metric(key="answered_on_time", kind="ratio", source="dialoog", overs=("channel", "all")),
    Metric(key="hand", kind="level", source="hand", overs=("goal",)),
)
METRICS: Final = MappingProxyType({metric.key: metric for metric in _ALL})


@dataclass(frozen=True, kw_only=True)
class GoalFacts:
    """The five questions of a goal as far as they're answered; money in the organisation's currency."""

    purpose: str = ""
    why: str = ""
    metric: str = ""
    counted_over: str = "goal"
    counted_channel_id: int | None = None
    baseline: Decimal | None = None
    target: Decimal | None = None
    starts_on: date | None = None
    due_on: date | None = None
    budget_hours: Decimal | None = None
    budget_money: Decimal | None = None
    has_owner: bool = False
    expectation: Sequence[tuple[date, Decimal]] = field(default_factory=tuple)


def gaps(goal: GoalFacts) -> tuple[Gap, ...]:
    """Return which questions are still open, in the order in which they are asked (M2.1)."""
    open_questions: list[tuple[Gap, bool]] = [
        ("why", not goal.why.strip()),
        ("purpose", goal.purpose not in PURPOSES),
        ("metric", goal.metric not in METRICS),
        ("target", goal.target is None),
        ("due", goal.due_on is None),
        ("cost", goal.budget_hours is None and goal.budget_money is None),
        ("owner", not goal.has_owner),
    ]
    return tuple(gap for gap, is_open in open_questions if is_open)


def is_finished(goal: GoalFacts) -> bool:
    """Tell whether all questions are answered: only then may a post be scheduled for it."""
    return not gaps(goal)


def check(goal: GoalFacts) -> None:
    """Refuse what can't be true together; what is still open is fine.

    Errors: Invalid(field, code) with due_before_start, metric_unknown, purpose_unknown, over_unknown,
    channel_missing, share_above_100, under_nought or expectation_outside.
    """
    if goal.purpose and goal.purpose not in PURPOSES:
        raise Invalid("purpose", "purpose_unknown")
    if goal.starts_on and goal.due_on and goal.due_on <= goal.starts_on:
        raise Invalid("due_on", "due_before_start")
    _check_metric(goal)
    for name in ("target", "baseline", "budget_hours", "budget_money"):
        amount = getattr(goal, name)
        if amount is not None and amount < 0:
            raise Invalid(name, "under_nought")
    for day, _value in goal.expectation:
        if (goal.starts_on and day < goal.starts_on) or (goal.due_on and day > goal.due_on):
            raise Invalid("expectation", "expectation_outside", {"day": day.isoformat()})


def _check_metric(goal: GoalFacts) -> None:
    if not goal.metric:
        return
    metric = METRICS.get(goal.metric)
    if metric is None:
        raise Invalid("metric", "metric_unknown")
    if goal.counted_over not in metric.overs:
        raise Invalid("counted_over", "over_unknown")
    if goal.counted_over == "channel" and goal.counted_channel_id is None:
        raise Invalid("counted_channel", "channel_missing")
    if metric.kind == "ratio" and goal.target is not None and goal.target > 100:
        raise Invalid("target", "share_above_100")


def expected_at(goal: GoalFacts, day: date) -> Decimal | None:
    """Return what was expected for a day: on straight lines between the points that were written down.

    Without points: one line from the baseline (nought when none was given) on the first day to the
    target on the last. A share is expected to be the target from the start. None while a question is
    open that it needs.
    """
    if goal.target is None or goal.due_on is None or goal.starts_on is None:
        return None
    metric = METRICS.get(goal.metric)
    if metric and metric.kind == "ratio" and not goal.expectation:
        return goal.target
    points = [
        (goal.starts_on, goal.baseline or Decimal(0)),
        *sorted(goal.expectation),
        (goal.due_on, goal.target),
    ]
    return _on_line(points, day)


def _on_line(points: Sequence[tuple[date, Decimal]], day: date) -> Decimal:
    if day <= points[0][0]:
        return points[0][1]
    for (first, low), (last, high) in pairwise(points):
        if first <= day <= last:
            share = Decimal((day - first).days) / Decimal(max((last - first).days, 1))
            return low + (high - low) * share
    return points[-1][1]
