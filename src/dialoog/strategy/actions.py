"""Making, changing and closing goals (M2.1-M2.3, M2.7)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from dialoog.core.errors import Conflict, Invalid
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import Member
from dialoog.strategy.models import Goal, StrategicGoal
from dialoog.strategy.queries import facts_of
from dialoog.strategy.rules import STRATEGIES, check


@dataclass(frozen=True, kw_only=True)
class Answers:
    """All that a person may fill in of a goal; what is left open stays open."""

    title: str
    why: str = ""
    purpose: str = ""
    strategic_goal: StrategicGoal | None = None
    metric: str = ""
    counted_over: str = "goal"
    counted_channel_id: int | None = None
    baseline: Decimal | None = None
    target: Decimal | None = None
    starts_on: date | None = None
    due_on: date | None = None
    expectation: Sequence[tuple[date, Decimal]] = ()
    budget_hours: Decimal | None = None
    budget_money: Decimal | None = None
    owner: Member | None = None


@transaction.atomic
def create_goal(actor: Member, *, answers: Answers, now: datetime) -> Goal:
    """Make a goal, finished or not.

    Errors: NotAllowed; Invalid for a goal without a title or with answers that can't be true together.
    """
    require(actor, "strategy.edit")
    goal = Goal(organisation=actor.organisation, created_at=now)
    _fill(goal, answers)
    goal.save()
    record(actor, "goal.created", kind="goal", subject=goal, now=now, after=_told(goal))
    return goal


@transaction.atomic
def change_goal(actor: Member, *, goal: Goal, answers: Answers, now: datetime) -> None:
    """Change a goal that is open.

    Errors: NotAllowed; Conflict when it was closed meanwhile; Invalid as create_goal.
    """
    require(actor, "strategy.edit")
    kept = Goal.objects.select_for_update().get(pk=goal.pk)
    if kept.closed_at is not None:
        raise Conflict("goal_closed")
    before = _told(kept)
    _fill(kept, answers)
    kept.save()
    record(actor, "goal.changed", kind="goal", subject=kept, now=now, before=before, after=_told(kept))


@transaction.atomic
def close_goal(actor: Member, *, goal: Goal, now: datetime) -> None:
    """Close a goal: its posts and figures stay, no new post may choose it."""
    require(actor, "strategy.edit")
    Goal.objects.filter(pk=goal.pk, closed_at__isnull=True).update(closed_at=now)
    record(actor, "goal.closed", kind="goal", subject=goal, now=now)


@transaction.atomic
def reopen_goal(actor: Member, *, goal: Goal, now: datetime) -> None:
    """Open a closed goal again."""
    require(actor, "strategy.edit")
    Goal.objects.filter(pk=goal.pk).update(closed_at=None)
    record(actor, "goal.reopened", kind="goal", subject=goal, now=now)


@transaction.atomic
def create_strategic_goal(
    actor: Member, *, title: str, strategy: str, description: str = "", now: datetime
) -> StrategicGoal:
    """Write down what the organisation as a whole wants.

    Errors: NotAllowed; Invalid without a title or with an unknown strategy.
    """
    require(actor, "strategy.edit")
    _check_strategic(title, strategy)
    made = StrategicGoal.objects.create(
        organisation=actor.organisation,
        title=title.strip(),
        strategy=strategy,
        description=description.strip(),
        created_at=now,
    )
    after = {"title": made.title, "strategy": made.strategy}
    record(actor, "strategic_goal.created", kind="strategic_goal", subject=made, now=now, after=after)
    return made


@transaction.atomic
def change_strategic_goal(
    actor: Member, *, goal: StrategicGoal, title: str, strategy: str, description: str, now: datetime
) -> None:
    """Change what a strategic goal says.

    Errors: as create_strategic_goal.
    """
    require(actor, "strategy.edit")
    _check_strategic(title, strategy)
    before = {"title": goal.title, "strategy": goal.strategy, "description": goal.description}
    goal.title, goal.strategy, goal.description = title.strip(), strategy, description.strip()
    goal.save(update_fields=["title", "strategy", "description"])
    after = {"title": goal.title, "strategy": goal.strategy, "description": goal.description}
    record(
        actor,
        "strategic_goal.changed",
        kind="strategic_goal",
        subject=goal,
        now=now,
        before=before,
        after=after,
    )


@transaction.atomic
def end_strategic_goal(actor: Member, *, goal: StrategicGoal, now: datetime) -> None:
    """Say that the organisation no longer wants this; goals under it become floating."""
    require(actor, "strategy.edit")
    goal.ended_at = now
    goal.save(update_fields=["ended_at"])
    Goal.objects.filter(strategic_goal=goal).update(strategic_goal=None)
    record(actor, "strategic_goal.ended", kind="strategic_goal", subject=goal, now=now)


def _check_strategic(title: str, strategy: str) -> None:
    if not title.strip():
        raise Invalid("title", "title_empty")
    if strategy not in STRATEGIES:
        raise Invalid("strategy", "strategy_unknown")


def _fill(goal: Goal, answers: Answers) -> None:
    if not answers.title.strip():
        raise Invalid("title", "title_empty")
    for name, value in _fields(answers).items():
        setattr(goal, name, value)
    check(facts_of(goal))


def _fields(answers: Answers) -> dict[str, Any]:
    named = {name: getattr(answers, name) for name in answers.__dataclass_fields__}
    named["title"], named["why"] = answers.title.strip(), answers.why.strip()
    named["expectation"] = [[day.isoformat(), str(value)] for day, value in sorted(answers.expectation)]
    return named


def _told(goal: Goal) -> dict[str, object]:
    plain = asdict(facts_of(goal))
    told = {name: value if isinstance(value, bool) else str(value or "") for name, value in plain.items()}
    return {"title": goal.title, **told, "strategic_goal": str(goal.strategic_goal or "")}
