"""Making conclusions, and looking at them again on their date (M7.7, M8.1)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from dialoog.core.errors import Conflict, Invalid
from dialoog.learning.models import Conclusion
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import Member
from dialoog.strategy.models import Goal

LONGEST_WAIT = timedelta(days=2 * 366)


@transaction.atomic
def conclude(  # noqa: PLR0913 - one conclusion, all by name
    actor: Member,
    *,
    text: str,
    action: str,
    owner: Member,
    look_again_on: date,
    goal: Goal | None = None,
    now: datetime,
) -> Conclusion:
    """Keep what a person made of the figures, who acts, and the day on which it comes back.

    Errors: NotAllowed; Invalid without a text or with a day that isn't to come within two years.
    """
    require(actor, "result.conclude")
    if not text.strip():
        raise Invalid("text", "conclusion_empty")
    _check_day(actor, look_again_on, now=now)
    made = Conclusion.objects.create(
        organisation=actor.organisation,
        text=text.strip(),
        action=action.strip(),
        owner=owner,
        goal=goal,
        look_again_on=look_again_on,
        made_by=actor,
        made_at=now,
    )
    record(actor, "conclusion.made", kind="conclusion", subject=made, now=now, after=_told(made))
    return made


@transaction.atomic
def look_again_later(actor: Member, *, conclusion: Conclusion, on: date, now: datetime) -> None:
    """Move the day on which a conclusion comes back.

    Errors: NotAllowed; Invalid for a day that isn't to come; Conflict when it's closed.
    """
    require(actor, "result.conclude")
    kept = _open(conclusion)
    _check_day(actor, on, now=now)
    before = _told(kept)
    kept.look_again_on = on
    kept.save(update_fields=["look_again_on"])
    record(
        actor, "conclusion.moved", kind="conclusion", subject=kept, now=now, before=before, after=_told(kept)
    )


@transaction.atomic
def close(actor: Member, *, conclusion: Conclusion, outcome: str, now: datetime) -> None:
    """Say what came of it; then it is done.

    Errors: NotAllowed; Invalid without an outcome; Conflict when it's closed already.
    """
    require(actor, "result.conclude")
    if not outcome.strip():
        raise Invalid("outcome", "outcome_empty")
    kept = _open(conclusion)
    kept.outcome, kept.closed_at = outcome.strip(), now
    kept.save(update_fields=["outcome", "closed_at"])
    record(
        actor, "conclusion.closed", kind="conclusion", subject=kept, now=now, after={"outcome": kept.outcome}
    )


@transaction.atomic
def reopen(actor: Member, *, conclusion: Conclusion, now: datetime) -> None:
    """Take back that it is done; what was written stays."""
    require(actor, "result.conclude")
    kept = Conclusion.objects.select_for_update().get(pk=conclusion.pk)
    kept.closed_at = None
    kept.save(update_fields=["closed_at"])
    record(actor, "conclusion.reopened", kind="conclusion", subject=kept, now=now)


def _open(conclusion: Conclusion) -> Conclusion:
    kept = Conclusion.objects.select_for_update().get(pk=conclusion.pk)
    if kept.closed_at is not None:
        raise Conflict("conclusion_closed")
    return kept


def _check_day(actor: Member, day: date, *, now: datetime) -> None:
    today = timezone.localdate(now, actor.organisation.zone)
    if not today < day <= today + LONGEST_WAIT:
        raise Invalid("look_again_on", "day_not_to_come")


def _told(conclusion: Conclusion) -> dict[str, object]:
    return {
        "text": conclusion.text,
        "action": conclusion.action,
        "owner": str(conclusion.owner or ""),
        "look_again_on": conclusion.look_again_on.isoformat(),
        "goal": conclusion.goal_id,
    }
