"""The books: hours, rates and other costs of a period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from dialoog.measurement.models import Cost, Hours, Norm, Rate
from dialoog.measurement.rules.costs import Books, Charge, Costs, HourRate, Spent
from dialoog.measurement.rules.costs import costs_between as count

PAGE = 50


def costs_between(first: date, last: date) -> Costs:
    """Return what was spent from `first` to `last`, both days included, in three queries."""
    return count(books(first, last), first, last)


def books(first: date, last: date) -> Books:
    """Read the books as far as they touch a period."""
    spent = Hours.objects.filter(day__gte=first, day__lte=last, minutes__gt=0).values_list(
        "day", "minutes", "activity", "member_id", "goal_id", "post_id"
    )
    charges = Cost.objects.filter(
        Q(is_monthly=False, day__gte=first, day__lte=last)
        | Q(is_monthly=True, day__lte=last) & (Q(ends_on__isnull=True) | Q(ends_on__gte=first))
    )
    return Books(
        spent=[
            Spent(day=d, minutes=m, activity=a, member_id=who, goal_id=goal, post_id=post)
            for d, m, a, who, goal, post in spent
        ],
        rates=hour_rates(),
        charges=[
            Charge(
                day=cost.day,
                amount=cost.amount,
                kind=cost.kind,
                is_monthly=cost.is_monthly,
                ends_on=cost.ends_on,
                goal_id=cost.goal_id,
            )
            for cost in charges
        ],
    )


def hour_rates() -> list[HourRate]:
    """Return all rates."""
    return [
        HourRate(per_hour=per_hour, starts_on=starts_on, member_id=member_id)
        for per_hour, starts_on, member_id in Rate.objects.values_list("per_hour", "starts_on", "member_id")
    ]


def rates() -> Sequence[Rate]:
    """Return the rates to look at, newest first."""
    return list(Rate.objects.select_related("member__user").order_by("-starts_on", "-pk"))


def costs() -> Sequence[Cost]:
    """Return the costs other than hours to look at, newest first."""
    return list(Cost.objects.select_related("goal").order_by("-day", "-pk")[:200])


@dataclass(frozen=True, kw_only=True)
class HoursPage:
    """A page of lines of time, newest first, and the key of the next page."""

    lines: Sequence[Hours]
    older: str = ""


def hours_page(*, before: str = "", member_id: int | None = None) -> HoursPage:
    """Return lines of time from a key ("2026-11-26.12") on; of one person when asked."""
    lines = Hours.objects.select_related("goal", "member__user", "post").filter(minutes__gt=0)
    if member_id is not None:
        lines = lines.filter(member_id=member_id)
    if key := _key(before):
        lines = lines.filter(Q(day__lt=key[0]) | Q(day=key[0], pk__lt=key[1]))
    found = list(lines.order_by("-day", "-pk")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return HoursPage(lines=found[:PAGE], older=f"{last.day.isoformat()}.{last.pk}" if last else "")


def _key(text: str) -> tuple[date, int] | None:
    day, _, number = text.partition(".")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        return None


def norms(on: date) -> dict[str, int]:
    """Return the minutes for which a piece of work counts on a day, by activity."""
    rows = Norm.objects.filter(starts_on__lte=on).order_by("starts_on")
    return {norm.activity: norm.minutes for norm in rows}


def general_rate(on: date) -> Decimal | None:
    """Return what an hour of anybody costs on a day."""
    rate = Rate.objects.filter(member=None, starts_on__lte=on).order_by("-starts_on").first()
    return rate.per_hour if rate else None
