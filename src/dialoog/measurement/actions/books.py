"""Writing down hours, rates and other costs, by hand or from work in Dialoog (M7.1)."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone

from dialoog.core.errors import Invalid, NotAllowed
from dialoog.core.money import Money
from dialoog.measurement.models import Cost, Hours, Norm, Rate
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import Member
from dialoog.organisations.roles import may
from dialoog.publishing.models import Post
from dialoog.strategy.models import Goal

ACTIVITIES: Final = ("making", "answering", "planning", "meeting", "other")
KINDS: Final = ("tools", "advertising", "training", "set_up", "other")
MOST_MINUTES: Final = 24 * 60
STARTER_NORMS: Final = {"making": 25, "answering": 6}


@transaction.atomic
def log_hours(  # noqa: PLR0913 - one line of a timesheet, all by name
    actor: Member,
    *,
    day: date,
    minutes: int,
    activity: str,
    goal: Goal | None = None,
    note: str = "",
    now: datetime,
) -> Hours:
    """Write down time that the actor spent. Units: minutes of a day in the organisation's zone.

    Errors: NotAllowed; Invalid for a day to come, no time or more than a day, or an unknown activity.
    """
    require(actor, "cost.log")
    _check_time(day, minutes, activity, now=now)
    hours = Hours.objects.create(
        organisation=actor.organisation,
        member=actor,
        day=day,
        minutes=minutes,
        activity=activity,
        goal=goal,
        note=note,
        entered_at=now,
    )
    record(actor, "hours.logged", kind="hours", subject=hours, now=now, after=_told(hours))
    return hours


@transaction.atomic
def change_hours(  # noqa: PLR0913 - see log_hours
    actor: Member,
    *,
    hours: Hours,
    day: date,
    minutes: int,
    activity: str,
    goal: Goal | None,
    note: str,
    now: datetime,
) -> None:
    """Correct a line of time: one's own, or anybody's for who manages costs.

    Errors: as log_hours.
    """
    _require_own(actor, hours)
    _check_time(day, minutes, activity, now=now)
    before = _told(hours)
    hours.day, hours.minutes, hours.activity, hours.goal, hours.note = day, minutes, activity, goal, note
    hours.save()
    record(actor, "hours.changed", kind="hours", subject=hours, now=now, before=before, after=_told(hours))


@transaction.atomic
def remove_hours(actor: Member, *, hours: Hours, now: datetime) -> None:
    """Strike a line of time; one that came from work in Dialoog stays as nought, so it can't come back."""
    _require_own(actor, hours)
    record(actor, "hours.removed", kind="hours", subject=hours, now=now, before=_told(hours))
    if hours.source_key:
        Hours.objects.filter(pk=hours.pk).update(minutes=0)
    else:
        hours.delete()


@transaction.atomic
def count_work(  # noqa: PLR0913 - one piece of work, all by name
    author: Member,
    *,
    activity: str,
    key: str,
    at: datetime,
    goal_id: int | None = None,
    post: Post | None = None,
    now: datetime,
) -> None:
    """Count a piece of work in Dialoog for its norm, once by `key`; no norm, or nought, counts nothing."""
    organisation = author.organisation
    day = timezone.localdate(at, organisation.zone)
    norm = Norm.objects.filter(activity=activity, starts_on__lte=day).order_by("starts_on").last()
    if norm is None or norm.minutes == 0:
        return
    Hours.objects.get_or_create(
        organisation=organisation,
        source_key=key,
        defaults={
            "member": author,
            "day": day,
            "minutes": norm.minutes,
            "activity": activity,
            "goal_id": goal_id,
            "post": post,
            "source": "system",
            "entered_at": now,
        },
    )


@transaction.atomic
def set_norm(actor: Member, *, activity: str, minutes: int, now: datetime) -> None:
    """Say for how long a piece of work counts, from today on.

    Errors: NotAllowed; Invalid for more than a working day.
    """
    require(actor, "cost.manage")
    if activity not in STARTER_NORMS or not 0 <= minutes <= 8 * 60:
        raise Invalid("minutes", "norm_out_of_range", {"most": 8 * 60})
    today = timezone.localdate(now, actor.organisation.zone)
    before = Norm.objects.filter(activity=activity).order_by("starts_on").last()
    norm, _ = Norm.objects.update_or_create(
        organisation=actor.organisation, activity=activity, starts_on=today, defaults={"minutes": minutes}
    )
    old = {"minutes": before.minutes} if before and before.pk != norm.pk else {}
    record(actor, "norm.set", kind="norm", subject=norm, now=now, before=old, after={"minutes": minutes})


@transaction.atomic
def install_starter_norms(actor: Member, *, now: datetime) -> None:
    """Give a new organisation its first estimates; existing ones stay."""
    if not Norm.objects.exists():
        for activity, minutes in STARTER_NORMS.items():
            set_norm(actor, activity=activity, minutes=minutes, now=now)


@transaction.atomic
def set_rate(
    actor: Member, *, per_hour: Money, starts_on: date, member: Member | None = None, now: datetime
) -> Rate:
    """Say what an hour costs from a day on, for everybody or for one person.

    Errors: NotAllowed; Invalid for another currency than the organisation's, or an amount under nought.
    """
    require(actor, "cost.manage")
    amount = _own_currency(actor, per_hour, field="per_hour")
    rate, _ = Rate.objects.update_or_create(
        organisation=actor.organisation,
        member=member,
        starts_on=starts_on,
        defaults={"per_hour": amount, "currency": per_hour.currency},
    )
    after = {"per_hour": str(amount), "starts_on": starts_on.isoformat(), "member": str(member or "")}
    record(actor, "rate.set", kind="rate", subject=rate, now=now, after=after)
    return rate


@transaction.atomic
def remove_rate(actor: Member, *, rate: Rate, now: datetime) -> None:
    """Strike a rate that was a mistake; the one before it holds again."""
    require(actor, "cost.manage")
    record(actor, "rate.removed", kind="rate", subject=rate, now=now, before={"per_hour": str(rate.per_hour)})
    rate.delete()


@transaction.atomic
def add_cost(  # noqa: PLR0913 - one line of the books, all by name
    actor: Member,
    *,
    day: date,
    amount: Money,
    kind: str,
    is_monthly: bool = False,
    ends_on: date | None = None,
    goal: Goal | None = None,
    note: str = "",
    now: datetime,
) -> Cost:
    """Write down money spent, once or every month.

    Errors: NotAllowed; Invalid for another currency, an end before the beginning or an unknown kind.
    """
    require(actor, "cost.manage")
    if kind not in KINDS:
        raise Invalid("kind", "cost_kind_unknown")
    if ends_on and ends_on < day:
        raise Invalid("ends_on", "ends_before_start")
    cost = Cost.objects.create(
        organisation=actor.organisation,
        day=day,
        ends_on=ends_on if is_monthly else None,
        is_monthly=is_monthly,
        amount=_own_currency(actor, amount, field="amount"),
        currency=amount.currency,
        kind=kind,
        goal=goal,
        note=note,
        entered_by=actor,
        entered_at=now,
    )
    record(actor, "cost.added", kind="cost", subject=cost, now=now, after=_cost_told(cost))
    return cost


@transaction.atomic
def end_cost(actor: Member, *, cost: Cost, last_day: date, now: datetime) -> None:
    """Say after which day a monthly cost is no longer paid.

    Errors: NotAllowed; Invalid when that is before it began.
    """
    require(actor, "cost.manage")
    if last_day < cost.day - timedelta(days=1):
        raise Invalid("ends_on", "ends_before_start")
    before = _cost_told(cost)
    cost.ends_on = last_day
    cost.save(update_fields=["ends_on"])
    record(actor, "cost.ended", kind="cost", subject=cost, now=now, before=before, after=_cost_told(cost))


@transaction.atomic
def remove_cost(actor: Member, *, cost: Cost, now: datetime) -> None:
    """Strike a cost that was a mistake."""
    require(actor, "cost.manage")
    record(actor, "cost.removed", kind="cost", subject=cost, now=now, before=_cost_told(cost))
    cost.delete()


def _check_time(day: date, minutes: int, activity: str, *, now: datetime) -> None:
    if not 0 < minutes <= MOST_MINUTES:
        raise Invalid("time", "hours_out_of_range", {"most": 24})
    if activity not in ACTIVITIES:
        raise Invalid("activity", "activity_unknown")
    if day > (now + timedelta(hours=14)).date():
        raise Invalid("day", "day_to_come")


def _require_own(actor: Member, hours: Hours) -> None:
    require(actor, "cost.log")
    if hours.member_id != actor.pk and not may(actor, "cost.manage"):
        raise NotAllowed("hours_of_a_colleague")


def _own_currency(actor: Member, money: Money, *, field: str) -> Decimal:
    if money.currency != actor.organisation.currency:
        raise Invalid(field, "other_currency", {"currency": actor.organisation.currency})
    if money.amount < 0:
        raise Invalid(field, "under_nought")
    return money.rounded().amount


def _told(hours: Hours) -> dict[str, object]:
    return {
        "day": hours.day.isoformat(),
        "minutes": hours.minutes,
        "activity": hours.activity,
        "goal": hours.goal_id,
        "note": hours.note,
    }


def _cost_told(cost: Cost) -> dict[str, object]:
    return {
        "day": cost.day.isoformat(),
        "amount": str(cost.amount),
        "kind": cost.kind,
        "monthly": cost.is_monthly,
        "ends_on": cost.ends_on.isoformat() if cost.ends_on else "",
    }
