"""Making, changing, closing and reopening goals and strategic goals; nothing that was used disappears."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.db import transaction

from dialoog.core.errors import Conflict, Invalid
from dialoog.core.text import clean_text
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import Member
from dialoog.strategy.models import Goal, StrategicGoal
from dialoog.strategy.queries import facts_of
from dialoog.strategy.rules import STRATEGIES, Point, check, usual_over

LONGEST_TITLE = 160
LONGEST_LABEL = 80
LONGEST_TEXT = 4000


@dataclass(frozen=True, kw_only=True)
class GoalContent:
    """What somebody wrote down of a goal; only the title can't be left open.

    An empty `counted_over` becomes the usual one of the metric.

    Units: numbers in the metric's own unit, hours, money in the organisation's currency.
    """

    title: str
    purpose: str = ""
    why: str = ""
    strategic_goal: StrategicGoal | None = None
    metric: str = ""
    metric_label: str = ""
    counted_over: str = ""
    counted_channel_id: int | None = None
    baseline: Decimal | None = None
    target: Decimal | None = None
    starts_on: date | None = None
    due_on: date | None = None
    expectation: tuple[Point, ...] = ()
    budget_hours: Decimal | None = None
    budget_money: Decimal | None = None
    owner: Member | None = None


@transaction.atomic
def create_goal(actor: Member, *, content: GoalContent, now: datetime) -> Goal:
    """Make a goal, finished or not.

    Errors: NotAllowed; Invalid at the field that can't be used.
    """
    require(actor, "strategy.edit")
    goal = Goal(organisation=actor.organisation, created_at=now)
    _fill(goal, content)
    goal.save()
    record(actor, "goal.made", kind="goal", subject=goal, now=now, after=_told(goal))
    return goal


@transaction.atomic
def change_goal(actor: Member, *, goal: Goal, content: GoalContent, revision: int, now: datetime) -> Goal:
    """Write a goal anew; `revision` is the one that the form was opened with.

    Errors: NotAllowed; Invalid; Conflict goal_changed when somebody was first, goal_closed.
    """
    require(actor, "strategy.edit")
    kept = _open_goal(goal)
    if kept.revision != revision:
        raise Conflict("goal_changed", {"revision": kept.revision})
    before = _told(kept)
    _fill(kept, content)
    kept.revision += 1
    kept.save()
    record(actor, "goal.changed", kind="goal", subject=kept, now=now, before=before, after=_told(kept))
    return kept


@transaction.atomic
def close_goal(actor: Member, *, goal: Goal, note: str = "", now: datetime) -> Goal:
    """Close a goal: it takes no more posts, and all that belongs to it stays.

    Errors: NotAllowed; Invalid; Conflict goal_closed.
    """
    require(actor, "strategy.edit")
    kept = _open_goal(goal)
    kept.closing_note = _text("note", note)
    kept.closed_at = now
    kept.revision += 1
    kept.save(update_fields=["closed_at", "closing_note", "revision"])
    record(actor, "goal.closed", kind="goal", subject=kept, now=now, after={"note": kept.closing_note})
    return kept


@transaction.atomic
def reopen_goal(actor: Member, *, goal: Goal, now: datetime) -> Goal:
    """Open a closed goal again; an open one stays as it is. Errors: NotAllowed."""
    require(actor, "strategy.edit")
    kept = Goal.objects.select_for_update().get(pk=goal.pk)
    if kept.closed_at is None:
        return kept
    kept.closed_at = None
    kept.revision += 1
    kept.save(update_fields=["closed_at", "revision"])
    record(actor, "goal.reopened", kind="goal", subject=kept, now=now)
    return kept


@transaction.atomic
def create_strategic_goal(
    actor: Member, *, title: str, strategy: str = "organisation", description: str = "", now: datetime
) -> StrategicGoal:
    """Write down what the organisation as a whole wants. Errors: NotAllowed; Invalid."""
    require(actor, "strategy.edit")
    made = StrategicGoal(organisation=actor.organisation, created_at=now)
    _fill_strategic(made, title, strategy, description)
    made.save()
    record(
        actor,
        "strategic_goal.made",
        kind="strategic_goal",
        subject=made,
        now=now,
        after=_told_strategic(made),
    )
    return made


@transaction.atomic
def change_strategic_goal(  # noqa: PLR0913 - one row, all by name
    actor: Member,
    *,
    strategic_goal: StrategicGoal,
    title: str,
    strategy: str,
    description: str,
    revision: int,
    now: datetime,
) -> StrategicGoal:
    """Write a strategic goal anew.

    Errors: NotAllowed; Invalid; Conflict strategic_goal_changed when somebody was first.
    """
    require(actor, "strategy.edit")
    kept = StrategicGoal.objects.select_for_update().get(pk=strategic_goal.pk)
    if kept.revision != revision:
        raise Conflict("strategic_goal_changed", {"revision": kept.revision})
    before = _told_strategic(kept)
    _fill_strategic(kept, title, strategy, description)
    kept.revision += 1
    kept.save()
    record(
        actor,
        "strategic_goal.changed",
        kind="strategic_goal",
        subject=kept,
        now=now,
        before=before,
        after=_told_strategic(kept),
    )
    return kept


@transaction.atomic
def remove_strategic_goal(
    actor: Member, *, strategic_goal: StrategicGoal, now: datetime
) -> Literal["removed", "ended"]:
    """Take a strategic goal away when no goal ever hung under it; otherwise end it, so that history stays.

    Errors: NotAllowed.
    """
    require(actor, "strategy.edit")
    kept = StrategicGoal.objects.select_for_update().get(pk=strategic_goal.pk)
    if Goal.objects.filter(strategic_goal=kept).exists():
        kept.ended_at = kept.ended_at or now
        kept.revision += 1
        kept.save(update_fields=["ended_at", "revision"])
        record(actor, "strategic_goal.ended", kind="strategic_goal", subject=kept, now=now)
        return "ended"
    record(
        actor,
        "strategic_goal.removed",
        kind="strategic_goal",
        subject=kept,
        now=now,
        before=_told_strategic(kept),
    )
    kept.delete()
    return "removed"


@transaction.atomic
def resume_strategic_goal(actor: Member, *, strategic_goal: StrategicGoal, now: datetime) -> StrategicGoal:
    """Take back that a strategic goal ended. Errors: NotAllowed."""
    require(actor, "strategy.edit")
    kept = StrategicGoal.objects.select_for_update().get(pk=strategic_goal.pk)
    if kept.ended_at is None:
        return kept
    kept.ended_at = None
    kept.revision += 1
    kept.save(update_fields=["ended_at", "revision"])
    record(actor, "strategic_goal.resumed", kind="strategic_goal", subject=kept, now=now)
    return kept


def _open_goal(goal: Goal) -> Goal:
    kept = Goal.objects.select_for_update().get(pk=goal.pk)
    if kept.closed_at is not None:
        raise Conflict("goal_closed")
    return kept


def _fill(goal: Goal, content: GoalContent) -> None:
    """Put the content on the row, after the rules have seen it."""
    _check_people(goal, content)
    for field in fields(content):
        setattr(goal, field.name, getattr(content, field.name))
    goal.title = _title(content.title)
    goal.why = _text("why", content.why)
    goal.metric_label = _text("metric_label", content.metric_label, most=LONGEST_LABEL)
    if goal.metric != "hand":
        goal.metric_label = ""
    goal.counted_over = goal.counted_over or usual_over(goal.metric)
    if goal.counted_over != "channel":
        goal.counted_channel_id = None
    points = sorted(content.expectation, key=lambda point: point.on)
    goal.expectation = [[point.on.isoformat(), str(point.value)] for point in points]
    check(facts_of(goal))


def _check_people(goal: Goal, content: GoalContent) -> None:
    """Refuse what belongs to another organisation, who left, and what has ended; keeping it is allowed."""
    owner, above = content.owner, content.strategic_goal
    if owner and owner.pk != goal.owner_id and not _is_colleague(owner, goal):
        raise Invalid("owner", "owner_unknown")
    if above and above.pk != goal.strategic_goal_id:
        current = StrategicGoal.objects.filter(pk=above.pk).first()
        if current is None or current.ended_at is not None:
            raise Invalid("strategic_goal", "strategic_goal_ended")


def _is_colleague(owner: Member, goal: Goal) -> bool:
    return owner.organisation_id == goal.organisation_id and owner.is_active


def _fill_strategic(row: StrategicGoal, title: str, strategy: str, description: str) -> None:
    if strategy not in STRATEGIES:
        raise Invalid("strategy", "choice_unknown")
    row.title, row.strategy = _title(title), strategy
    row.description = _text("description", description)


def _title(typed: str) -> str:
    title = " ".join(clean_text(typed).text.split())
    if not title:
        raise Invalid("title", "title_empty")
    if len(title) > LONGEST_TITLE:
        raise Invalid("title", "title_too_long", {"most": LONGEST_TITLE})
    return title


def _text(field: str, typed: str, *, most: int = LONGEST_TEXT) -> str:
    text = clean_text(typed).text.strip()
    if len(text) > most:
        raise Invalid(field, "text_too_long", {"most": most})
    return text


def _told(goal: Goal) -> dict[str, object]:
    return {
        "title": goal.title,
        "purpose": goal.purpose,
        "why": goal.why,
        "strategic_goal": str(goal.strategic_goal or ""),
        "metric": goal.metric,
        "metric_label": goal.metric_label,
        "counted_over": goal.counted_over,
        "counted_channel": goal.counted_channel_id,
        "baseline": _plain(goal.baseline),
        "target": _plain(goal.target),
        "starts_on": goal.starts_on.isoformat() if goal.starts_on else "",
        "due_on": goal.due_on.isoformat() if goal.due_on else "",
        "expectation": goal.expectation,
        "budget_hours": _plain(goal.budget_hours),
        "budget_money": _plain(goal.budget_money),
        "owner": str(goal.owner or ""),
    }


def _told_strategic(row: StrategicGoal) -> dict[str, object]:
    return {"title": row.title, "strategy": row.strategy, "description": row.description}


def _plain(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize(), "f")
