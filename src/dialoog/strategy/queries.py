"""Goals as other rooms and the screens read them, of the organisation in scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialoog.core.offers import channel_names
from dialoog.organisations.models import AuditEntry
from dialoog.strategy import labels, rules
from dialoog.strategy.models import Goal, StrategicGoal


@dataclass(frozen=True, kw_only=True)
class GoalBrief:
    """A goal, ready to show or to hold against figures.

    `gaps` are codes of `rules.Gap`; `gaps_text` says them in a sentence. `target_text` is "600 followers".
    Numbers are in the metric's own unit, money in the organisation's currency.
    """

    id: int
    title: str
    facts: rules.GoalFacts
    purpose: str
    purpose_label: str
    why: str
    metric: str
    metric_label: str
    counted_over: str
    counted_channel_id: int | None
    baseline: Decimal | None
    baseline_text: str
    target: Decimal | None
    target_text: str
    starts_on: date | None
    due_on: date | None
    budget_hours: Decimal | None
    budget_money: Decimal | None
    owner_id: int | None
    owner_name: str
    strategic_goal_id: int | None
    strategic_goal_title: str
    gaps: tuple[rules.Gap, ...]
    gaps_text: str
    closed_at: datetime | None

    @property
    def is_finished(self) -> bool:
        """Whether all five questions are answered and somebody owns it."""
        return not self.gaps

    @property
    def is_floating(self) -> bool:
        """Whether it hangs under no strategic goal."""
        return self.strategic_goal_id is None

    @property
    def falls(self) -> bool:
        """Whether less is better."""
        return rules.falls(self.facts)

    def expected_at(self, day: date) -> Decimal | None:
        """Return where it should be on a day, by the expectation that was written down."""
        return rules.expected_at(self.facts, day)


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A strategic goal with the open goals beneath it."""

    strategic_goal: StrategicGoal
    strategy_label: str
    goals: tuple[GoalBrief, ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The strategy on one page: what hangs under what, what floats, what is closed, and the sums."""

    branches: tuple[Branch, ...]
    floating: tuple[GoalBrief, ...]
    closed: tuple[GoalBrief, ...]
    ended: tuple[StrategicGoal, ...]
    unfinished_count: int
    budget_hours: Decimal
    budget_money: Decimal

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever written down."""
        return not (self.branches or self.floating or self.closed or self.ended)

    @property
    def goal_count(self) -> int:
        """How many goals are open."""
        return len(self.floating) + sum(len(branch.goals) for branch in self.branches)


@dataclass(frozen=True, kw_only=True)
class CourseFact:
    """How the station stands in the rail: not started, in order, or in need of attention."""

    state: Literal["open", "done", "attention"]
    fact: str


def over_label(goal: Goal) -> str:
    """Return what a goal is counted over, in words; empty without a number."""
    if goal.metric not in rules.METRICS:
        return ""
    name = channel_names().get(str(goal.counted_channel_id)) if goal.counted_over == "channel" else None
    return labels.one_channel(name) if name else str(labels.OVER_LABELS[goal.counted_over])


def facts_of(goal: Goal) -> rules.GoalFacts:
    """Return what the rules need to know of a goal."""
    return rules.GoalFacts(
        purpose=goal.purpose,
        why=goal.why,
        metric=goal.metric,
        metric_label=goal.metric_label,
        counted_over=goal.counted_over,
        counted_channel_id=goal.counted_channel_id,
        baseline=goal.baseline,
        target=goal.target,
        starts_on=goal.starts_on,
        due_on=goal.due_on,
        expectation=points_of(goal.expectation),
        budget_hours=goal.budget_hours,
        budget_money=goal.budget_money,
        has_owner=goal.owner_id is not None,
    )


def points_of(stored: Iterable[tuple[str, str]]) -> tuple[rules.Point, ...]:
    """Return the stored points on the way, [["2026-12-31", "450"], ...], as values."""
    return tuple(rules.Point(date.fromisoformat(on), Decimal(value)) for on, value in stored)


def brief_of(goal: Goal) -> GoalBrief:
    """Prepare a goal; read it with `goals()`, which joins what this shows."""
    facts = facts_of(goal)
    found = rules.gaps(facts)
    return GoalBrief(
        id=goal.pk,
        title=goal.title,
        facts=facts,
        purpose=goal.purpose,
        purpose_label=labels.purpose_label(goal.purpose),
        why=goal.why,
        metric=goal.metric,
        metric_label=labels.metric_label(goal.metric, goal.metric_label),
        counted_over=goal.counted_over,
        counted_channel_id=goal.counted_channel_id,
        baseline=goal.baseline,
        baseline_text=labels.counted(goal.baseline, goal.metric, goal.metric_label),
        target=goal.target,
        target_text=labels.counted(goal.target, goal.metric, goal.metric_label),
        starts_on=goal.starts_on,
        due_on=goal.due_on,
        budget_hours=goal.budget_hours,
        budget_money=goal.budget_money,
        owner_id=goal.owner_id,
        owner_name=str(goal.owner or ""),
        strategic_goal_id=goal.strategic_goal_id,
        strategic_goal_title=str(goal.strategic_goal or ""),
        gaps=found,
        gaps_text=labels.gap_sentence(found),
        closed_at=goal.closed_at,
    )


def goals() -> QuerySet[Goal]:
    """Return all goals with owner and strategic goal joined, the nearest date first, undated last."""
    found = Goal.objects.select_related("owner__user", "strategic_goal")
    return found.order_by("due_on", "title", "pk")


def open_goals() -> list[GoalBrief]:
    """Return the goals that aren't closed, finished or not: dated first, the nearest first."""
    found = [brief_of(goal) for goal in goals().filter(closed_at=None)]
    return sorted(found, key=lambda goal: (goal.due_on is None, goal.due_on or date.max))


def goal_brief(goal_id: int | None) -> GoalBrief | None:
    """Return one goal, closed or not; None when it isn't there."""
    found = goals().filter(pk=goal_id).first() if goal_id else None
    return brief_of(found) if found else None


def strategic_goals() -> list[StrategicGoal]:
    """Return the strategic goals that hold now, the oldest first."""
    return list(StrategicGoal.objects.filter(ended_at=None).order_by("created_at", "pk"))


def plan() -> Plan:
    """Return the whole strategy, in two queries."""
    everything = [brief_of(goal) for goal in goals()]
    current = [goal for goal in everything if goal.closed_at is None]
    strategic = list(StrategicGoal.objects.order_by("created_at", "pk"))
    return Plan(
        branches=tuple(_branch(one, current) for one in strategic if _is_shown(one, current)),
        floating=tuple(goal for goal in current if goal.is_floating),
        closed=tuple(goal for goal in everything if goal.closed_at is not None),
        ended=tuple(one for one in strategic if not _is_shown(one, current)),
        unfinished_count=sum(not goal.is_finished for goal in current),
        budget_hours=sum((goal.budget_hours or Decimal(0) for goal in current), Decimal(0)),
        budget_money=sum((goal.budget_money or Decimal(0) for goal in current), Decimal(0)),
    )


def _is_shown(one: StrategicGoal, current: list[GoalBrief]) -> bool:
    """Tell whether it holds now; an ended one stays as long as open goals hang under it."""
    return one.ended_at is None or any(goal.strategic_goal_id == one.pk for goal in current)


def _branch(one: StrategicGoal, current: list[GoalBrief]) -> Branch:
    return Branch(
        strategic_goal=one,
        strategy_label=str(labels.STRATEGY_LABELS.get(one.strategy, "")),
        goals=tuple(goal for goal in current if goal.strategic_goal_id == one.pk),
    )


def course_fact(goals: list[GoalBrief] | None = None) -> CourseFact:
    """Return what the rail says of the strategy, in one query; none when the open goals are at hand."""
    current = open_goals() if goals is None else goals
    if not current:
        return CourseFact(state="open", fact="")
    unfinished = sum(not goal.is_finished for goal in current)
    if unfinished:
        return CourseFact(state="attention", fact=_("%(count)s unfinished") % {"count": unfinished})
    fact = ngettext("%(count)s goal", "%(count)s goals", len(current)) % {"count": len(current)}
    return CourseFact(state="done", fact=fact)


def expected_text(goal: GoalBrief, today: date) -> str:
    """Return "500 followers": where the goal should be today; empty when that can't be told."""
    value = goal.expected_at(today)
    return labels.counted(None if value is None else round(value, 0), goal.metric, goal.metric_label)


def last_change(row: Goal | StrategicGoal) -> AuditEntry | None:
    """Return the last line of the log on a goal: who changed it, and when."""
    kind = "goal" if isinstance(row, Goal) else "strategic_goal"
    return AuditEntry.objects.filter(subject_kind=kind, subject_id=str(row.pk)).first()
