"""Goals to look at and to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, QuerySet

from dialoog.strategy.labels import PURPOSE_LABELS
from dialoog.strategy.models import Goal, StrategicGoal
from dialoog.strategy.rules import Gap, GoalFacts, gaps


@dataclass(frozen=True, kw_only=True)
class GoalBrief:
    """What other rooms need of a goal."""

    id: int
    title: str
    purpose: str
    purpose_label: str
    metric: str
    counted_over: str
    counted_channel_id: int | None
    baseline: Decimal | None
    target: Decimal | None
    starts_on: date | None
    due_on: date | None
    owner_name: str
    is_floating: bool
    gaps: tuple[Gap, ...]
    facts: GoalFacts

    @property
    def is_finished(self) -> bool:
        """Whether all questions are answered."""
        return not self.gaps


def facts_of(goal: Goal) -> GoalFacts:
    """Return a goal's answers as plain values for the rules."""
    return GoalFacts(
        purpose=goal.purpose,
        why=goal.why,
        metric=goal.metric,
        counted_over=goal.counted_over,
        counted_channel_id=goal.counted_channel_id,
        baseline=goal.baseline,
        target=goal.target,
        starts_on=goal.starts_on,
        due_on=goal.due_on,
        budget_hours=goal.budget_hours,
        budget_money=goal.budget_money,
        has_owner=goal.owner_id is not None,
        expectation=tuple((date.fromisoformat(day), Decimal(value)) for day, value in goal.expectation),
    )


def brief_of(goal: Goal) -> GoalBrief:
    """Return the short form of a goal whose owner is at hand."""
    facts = facts_of(goal)
    return GoalBrief(
        id=goal.pk,
        title=goal.title,
        purpose=goal.purpose,
        purpose_label=str(PURPOSE_LABELS.get(goal.purpose, "")),
        metric=goal.metric,
        counted_over=goal.counted_over,
        counted_channel_id=goal.counted_channel_id,
        baseline=goal.baseline,
        target=goal.target,
        starts_on=goal.starts_on,
        due_on=goal.due_on,
        owner_name=str(goal.owner) if goal.owner else "",
        is_floating=goal.strategic_goal_id is None,
        gaps=gaps(facts),
        facts=facts,
    )


def open_goals() -> list[GoalBrief]:
    """Return the goals that aren't closed, the nearest date first, undated ones last."""
    return [brief_of(goal) for goal in _goals().filter(closed_at__isnull=True)]


def goal_brief(goal_id: int | None) -> GoalBrief | None:
    """Return one goal in short, closed or not; None when there is none."""
    goal = _goals().filter(pk=goal_id).first() if goal_id else None
    return brief_of(goal) if goal else None


def closed_goals() -> list[Goal]:
    """Return the goals that were closed, the newest first."""
    return list(_goals().filter(closed_at__isnull=False).order_by("-closed_at")[:100])


def strategic_goals() -> Sequence[StrategicGoal]:
    """Return the strategic goals that still hold, the oldest first."""
    return list(StrategicGoal.objects.filter(ended_at__isnull=True).order_by("created_at", "pk"))


def _goals() -> QuerySet[Goal]:
    found = Goal.objects.select_related("owner__user", "strategic_goal")
    return found.order_by(F("due_on").asc(nulls_last=True), "pk")
