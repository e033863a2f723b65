"""What a goal's metric comes to now, from what networks and Dialoog counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from django.db.models import Count as CountRows
from django.db.models import Max, OuterRef, QuerySet, Subquery, Sum

from dialoog.core.clock import at_wall_time
from dialoog.inbox.models import Message
from dialoog.measurement.models import Snapshot
from dialoog.publishing.models import Delivery, Post
from dialoog.strategy.models import Goal
from dialoog.strategy.rules import METRICS


@dataclass(frozen=True)
class Count:
    """A counted number, with its denominator when it is a share."""

    numerator: Decimal
    denominator: Decimal | None = None


@dataclass(frozen=True)
class Last:
    """The last reading of a metric."""

    value: Decimal
    at: datetime


def last_values(
    *, channel_id: int | None, delivery_ids: Sequence[int] | None
) -> Mapping[tuple[int | None, str], Last]:
    """Return the last reading by (delivery, metric): of a profile (delivery None), or of these posts."""
    found = Snapshot.objects.filter(goal=None)
    if delivery_ids is None:
        found = found.filter(channel_id=channel_id or 0, delivery=None)
    else:
        found = found.filter(delivery_id__in=delivery_ids)
    newest = found.values("delivery_id", "metric").annotate(newest=Max("pk")).values("newest")
    rows = Snapshot.objects.filter(pk__in=newest).values_list("delivery_id", "metric", "numerator", "at")
    return {(delivery, metric): Last(value, at) for delivery, metric, value, at in rows}


def count_now(goal: Goal, *, now: datetime) -> Count | None:
    """Count a goal: what adds up begins at its baseline; None when there is nothing yet to count it by."""
    metric = METRICS[goal.metric]
    if metric.kind == "level":
        return _level(goal)
    begun_at = goal.baseline or Decimal(0)
    if goal.metric == "posts":
        return Count(begun_at + _posts(goal).count())
    if goal.metric in {"conversations", "answered_on_time"}:
        return _answers(goal)
    return Count(begun_at + _summed(goal))


def starts_at(goal: Goal) -> datetime | None:
    """Return the moment (UTC) from which a goal is counted: its first day in the organisation's zone."""
    if goal.starts_on is None:
        return None
    return at_wall_time(goal.starts_on, time(0), goal.organisation.zone).moment


def _published(goal: Goal) -> QuerySet[Delivery]:
    found = Delivery.objects.filter(state="published", origin="post")
    since = starts_at(goal)
    if since:
        found = found.filter(published_at__gte=since)
    if goal.counted_over == "channel":
        return found.filter(channel_id=goal.counted_channel_id or 0)
    return found.filter(post__goal=goal) if goal.counted_over == "goal" else found


def _posts(goal: Goal) -> QuerySet[Post]:
    return Post.objects.filter(pk__in=_published(goal).values("post_id"))


def _summed(goal: Goal) -> Decimal:
    """Add up the last reading of each post, as the network counts it today."""
    last = (
        Snapshot.objects.filter(delivery=OuterRef("pk"), metric=goal.metric)
        .order_by("-at", "-pk")
        .values("numerator")[:1]
    )
    total = _published(goal).annotate(last=Subquery(last)).aggregate(total=Sum("last"))["total"]
    return total or Decimal(0)


def _level(goal: Goal) -> Count | None:
    profiles = Snapshot.objects.filter(metric=goal.metric, delivery=None, goal=None)
    if goal.counted_over == "channel":
        profiles = profiles.filter(channel_id=goal.counted_channel_id or 0)
    newest = profiles.values("channel_id").annotate(newest=Max("pk")).values("newest")
    total = Snapshot.objects.filter(pk__in=newest).aggregate(total=Sum("numerator"))["total"]
    return None if total is None else Count(total)


def _answers(goal: Goal) -> Count | None:
    """Count our answers that stand on the network, or the share of them within the promise."""
    found = Message.objects.filter(delivery__state="published", person=None)
    since = starts_at(goal)
    if since:
        found = found.filter(at__gte=since)
    if goal.counted_over == "channel":
        found = found.filter(channel_id=goal.counted_channel_id or 0)
    elif goal.counted_over == "goal":
        found = found.filter(conversation__delivery__post__goal=goal)
    if goal.metric == "conversations":
        answered = found.aggregate(n=CountRows("conversation_id", distinct=True))["n"]
        return Count((goal.baseline or Decimal(0)) + answered)
    judged = found.filter(was_on_time__isnull=False)
    total = judged.count()
    return Count(Decimal(judged.filter(was_on_time=True).count()), Decimal(total)) if total else None
