"""Reading what the networks count, and counting what goals are counted by (M7.2)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from dialoog.channels.connections import connector_for
from dialoog.channels.models import Channel
from dialoog.core.errors import Conflict
from dialoog.core.work.jobs import enqueue
from dialoog.measurement.models import Snapshot, Watch
from dialoog.measurement.queries.counts import Count, count_now, last_values
from dialoog.measurement.rules.reading import next_reading
from dialoog.networks.values import Metrics, Ref
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import Member, Organisation
from dialoog.publishing.models import Delivery
from dialoog.strategy.models import Goal
from dialoog.strategy.rules import METRICS

BATCH: Final = 100
READ: Final = "measurement.read"
COUNT: Final = "measurement.count"


def read_soon(channel: Channel, *, now: datetime, after: timedelta = timedelta()) -> None:
    """Read a channel's counts, now or a while from now, and go on doing so."""
    enqueue(
        READ,
        key=f"{READ}:{channel.pk}",
        due_at=now + after,
        now=now,
        organisation_id=channel.organisation_id,
        payload={"channel": channel.pk},
    )


def count_soon(organisation_id: int, *, now: datetime) -> None:
    """Count the goals of an organisation now, and go on doing so."""
    enqueue(COUNT, key=f"{COUNT}:{organisation_id}", due_at=now, now=now, organisation_id=organisation_id)


def watch_delivery(delivery: Delivery, *, now: datetime) -> None:
    """Begin to read the counts of a post that went out; asked twice is asked once."""
    Watch.objects.get_or_create(
        organisation=delivery.organisation,
        delivery=delivery,
        defaults={"channel": delivery.channel, "next_at": now},
    )


def read_channel(channel: Channel, *, now: datetime) -> int:
    """Read the profile's counts and those of the posts whose turn it is; return how many posts.

    Errors: NetworkError as the connector raises it; what was read before stays.
    """
    connector = connector_for(channel)
    if connector.capabilities.profile_metrics:
        keep_profile(channel, connector.profile_metrics(now), now=now)
    if not connector.capabilities.metrics:
        return 0
    due = Watch.objects.filter(channel=channel, next_at__lte=now).select_related("delivery")
    watches = list(due.order_by("next_at")[:BATCH])
    refs = [_ref(watch.delivery) for watch in watches]
    counted = connector.post_metrics(refs, now) if refs else {}
    keep_posts(channel, watches, counted, now=now)
    return len(watches)


def _ref(delivery: Delivery) -> Ref:
    return Ref(delivery.remote_uri, delivery.remote_cid, delivery.remote_url)


@transaction.atomic
def keep_profile(channel: Channel, metrics: Metrics, *, now: datetime) -> None:
    """Keep the counts of a profile, those that changed or are a day old."""
    known = last_values(channel_id=channel.pk, delivery_ids=None)
    for name, value in metrics.counts.items():
        last = known.get((None, name))
        if value is not None and (last is None or last.value != value or (now - last.at).days >= 1):
            Snapshot.objects.create(
                organisation=channel.organisation,
                metric=name,
                channel=channel,
                numerator=value,
                at=now,
                source=metrics.source[:20],
            )


@transaction.atomic
def keep_posts(
    channel: Channel, watches: Sequence[Watch], counted: Mapping[str, Metrics], *, now: datetime
) -> None:
    """Keep the counts of posts that changed, and say when each is read again.

    A post that the network couldn't show keeps its old counts; what it doesn't supply makes no row.
    """
    known = last_values(channel_id=None, delivery_ids=[watch.delivery_id for watch in watches])
    rows = []
    for watch in watches:
        metrics = counted.get(watch.delivery.remote_uri)
        for name, value in (metrics.counts if metrics else {}).items():
            last = known.get((watch.delivery_id, name))
            if value is not None and (last is None or last.value != value):
                rows.append(
                    Snapshot(
                        organisation=channel.organisation,
                        metric=name,
                        channel=channel,
                        delivery=watch.delivery,
                        numerator=value,
                        at=now,
                        source=metrics.source[:20] if metrics else "",
                    )
                )
    Snapshot.objects.bulk_create(rows)
    for watch in watches:
        _read_again(watch, now=now)


def _read_again(watch: Watch, *, now: datetime) -> None:
    following = next_reading(watch.delivery.published_at or now, now)
    if following is None:
        watch.delete()
        return
    watch.read_at, watch.next_at = now, following
    watch.save(update_fields=["read_at", "next_at"])


@transaction.atomic
def count_goals(organisation: Organisation, *, now: datetime) -> int:
    """Count every open goal that Dialoog can count, keep what changed or is a day old; return how many."""
    goals = [
        goal
        for goal in Goal.objects.filter(closed_at__isnull=True)
        if goal.metric in METRICS and METRICS[goal.metric].source != "hand"
    ]
    kept = 0
    for goal in goals:
        counted = count_now(goal, now=now)
        if counted is not None and _is_news(goal, counted, now=now):
            Snapshot.objects.create(
                organisation=organisation,
                metric=goal.metric,
                goal=goal,
                numerator=counted.numerator,
                denominator=counted.denominator,
                at=now,
                source="dialoog",
            )
            kept += 1
    return kept


def _is_news(goal: Goal, counted: Count, *, now: datetime) -> bool:
    last = Snapshot.objects.filter(goal=goal, metric=goal.metric).order_by("-at", "-pk").first()
    if last is None or (now - last.at).days >= 1:
        return True
    return (last.numerator, last.denominator) != (counted.numerator, counted.denominator)


@transaction.atomic
def enter_value(
    actor: Member, *, goal: Goal, value: Decimal, at: datetime, note: str, now: datetime
) -> Snapshot:
    """Write down a number that only people know, with where it comes from.

    Errors: NotAllowed; Conflict when Dialoog counts this goal itself.
    """
    require(actor, "result.conclude")
    if goal.metric not in METRICS or METRICS[goal.metric].source != "hand":
        raise Conflict("goal_counts_itself")
    entered = Snapshot.objects.create(
        organisation=actor.organisation,
        metric=goal.metric,
        goal=goal,
        numerator=value,
        at=min(at, now),
        source="hand",
        entered_by=actor,
        note=note,
    )
    after = {"value": str(value), "at": entered.at.isoformat(), "note": note}
    record(actor, "value.entered", kind="goal", subject=goal, now=now, after=after)
    return entered
