"""Goals with how far they are, what they cost, and the posts behind them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from django.db.models import Max
from django.utils import timezone

from dialoog.core.clock import at_wall_time
from dialoog.measurement.models import Snapshot
from dialoog.measurement.rules.costs import Sum
from dialoog.measurement.rules.progress import Aim, Progress, Reading, progress
from dialoog.organisations.models import Organisation
from dialoog.publishing.models import Delivery
from dialoog.strategy.queries import GoalBrief
from dialoog.strategy.rules import METRICS


@dataclass(frozen=True, kw_only=True)
class GoalProgress:
    """A goal, how far it is, and its readings (oldest first)."""

    goal: GoalBrief
    progress: Progress
    readings: Sequence[Reading]
    costs: Sum = field(default_factory=Sum)


def goal_progress(
    organisation: Organisation,
    goals: Sequence[GoalBrief],
    *,
    now: datetime,
    costs: Mapping[int | None, Sum] | None = None,
) -> list[GoalProgress]:
    """Return how far goals are, in one query for all of them."""
    readings = readings_of([goal.id for goal in goals])
    spent = costs or {}
    return [
        GoalProgress(
            goal=goal,
            progress=progress(aim_of(goal, organisation, now=now), readings[goal.id, goal.metric], now),
            readings=readings[goal.id, goal.metric],
            costs=spent.get(goal.id, Sum()),
        )
        for goal in goals
    ]


def readings_of(goal_ids: Sequence[int]) -> Mapping[tuple[int, str], list[Reading]]:
    """Return the readings of goals by (goal, metric), oldest first, the last one of each day."""
    found: dict[tuple[int, str], list[Reading]] = defaultdict(list)
    last_of_day = (
        Snapshot.objects.filter(goal_id__in=goal_ids)
        .values("goal_id", "metric", "at__date")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    rows = Snapshot.objects.filter(pk__in=last_of_day).order_by("at", "pk")
    for goal_id, metric, numerator, denominator, at in rows.values_list(
        "goal_id", "metric", "numerator", "denominator", "at"
    ):
        if goal_id is not None:
            share = None if denominator is None else float(denominator)
            reading = Reading(at=at, numerator=float(numerator), denominator=share)
            found[goal_id, metric].append(reading)
    return found


def aim_of(goal: GoalBrief, organisation: Organisation, *, now: datetime) -> Aim:
    """Return what a goal wants, in moments: it runs until the end of its last day."""
    metric = METRICS.get(goal.metric)
    today = timezone.localdate(now, organisation.zone)
    expected = goal.expected_at(today)
    return Aim(
        target=None if goal.target is None or metric is None else float(goal.target),
        baseline=None if goal.baseline is None else float(goal.baseline),
        starts=_moment(goal.starts_on, time(0), organisation),
        due=_moment(goal.due_on, time(23, 59), organisation),
        expected=None if expected is None else float(expected),
        kind=metric.kind if metric else "flow",
        falls=goal.falls,
    )


def _moment(day: date | None, at: time, organisation: Organisation) -> datetime | None:
    return at_wall_time(day, at, organisation.zone).moment if day else None


@dataclass(frozen=True, kw_only=True)
class PostCounts:
    """A post that went out, and what was counted of it; a metric that isn't supplied is missing."""

    delivery: Delivery
    counts: Mapping[str, Decimal]


def posts_between(
    first: datetime, last: datetime, *, goal_id: int | None = None, limit: int = 50
) -> list[PostCounts]:
    """Return the posts that went out from `first` to before `last` (UTC), newest first, in two queries."""
    found = Delivery.objects.filter(
        state="published", origin="post", published_at__gte=first, published_at__lt=last
    )
    if goal_id is not None:
        found = found.filter(post__goal_id=goal_id)
    rows = list(found.select_related("channel", "post__goal").order_by("-published_at", "-pk")[:limit])
    counts = counts_of([row.pk for row in rows])
    return [PostCounts(delivery=row, counts=counts[row.pk]) for row in rows]


def posts_out(first: datetime, last: datetime) -> int:
    """Count the posts that went out from `first` to before `last` (UTC), each once whatever its channels."""
    found = Delivery.objects.filter(
        state="published", origin="post", published_at__gte=first, published_at__lt=last
    )
    return found.values("post_id").distinct().count()


def counts_of(delivery_ids: Sequence[int]) -> Mapping[int, dict[str, Decimal]]:
    """Return the last reading of each metric by delivery."""
    newest = (
        Snapshot.objects.filter(delivery_id__in=delivery_ids)
        .values("delivery_id", "metric")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    counts: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for delivery_id, metric, value in Snapshot.objects.filter(pk__in=newest).values_list(
        "delivery_id", "metric", "numerator"
    ):
        if delivery_id is not None:
            counts[delivery_id][metric] = value
    return counts


def last_read_at() -> datetime | None:
    """Return when anything was read last."""
    last: datetime | None = Snapshot.objects.aggregate(last=Max("at"))["last"]
    return last
