"""Hours, rates, costs and metric snapshots: what it cost and what the networks tell (M7.1, M7.2)."""

from typing import Any, ClassVar

from django.db import models

from dialoog.channels.models import Channel
from dialoog.organisations.models import Member, Owned
from dialoog.publishing.models import Delivery, Post
from dialoog.strategy.models import Goal


class Snapshot(Owned):
    """One reading of one metric: numerator, denominator where it is a ratio, and when it was read.

    A metric that the network didn't supply makes no row; 0 means that it said 0.
    """

    metric = models.CharField(max_length=40)
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.CASCADE)
    delivery = models.ForeignKey(Delivery, null=True, blank=True, on_delete=models.CASCADE)
    goal = models.ForeignKey(Goal, null=True, blank=True, on_delete=models.CASCADE)
    numerator = models.DecimalField(max_digits=16, decimal_places=2)
    denominator = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    at = models.DateTimeField()
    # Where it was read: bluesky, newsroom, dialoog, hand.
    source = models.CharField(max_length=20)
    entered_by = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["organisation", "metric", "channel", "at"], name="snapshot_channel"),
            models.Index(fields=["delivery", "metric", "at"], name="snapshot_delivery"),
            models.Index(fields=["goal", "metric", "at"], name="snapshot_goal"),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.numerator} at {self.at:%Y-%m-%d}"


class Hours(Owned):
    """Time spent: written by hand, or taken from work in the system (one row per piece of work)."""

    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    day = models.DateField()
    minutes = models.PositiveIntegerField()
    # making, answering, planning, meeting, other
    activity = models.CharField(max_length=12)
    goal = models.ForeignKey(Goal, null=True, blank=True, on_delete=models.SET_NULL)
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.SET_NULL)
    # hand, or system with the event that it came from.
    source = models.CharField(max_length=8, default="hand")
    source_key = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["organisation", "source_key"], condition=~models.Q(source_key=""), name="hours_once"
            )
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["organisation", "day"], name="hours_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.minutes} min"


class Rate(Owned):
    """What an hour costs, from a day on; without a member it holds for everybody."""

    member = models.ForeignKey(Member, null=True, blank=True, on_delete=models.CASCADE)
    per_hour = models.DecimalField(max_digits=9, decimal_places=2)
    currency = models.CharField(max_length=3)
    starts_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.per_hour} {self.currency}"


class Cost(Owned):
    """Money spent beside hours: once, or every month until it ends."""

    day = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    is_monthly = models.BooleanField(default=False)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    # tools, advertising, training, set_up, other
    kind = models.CharField(max_length=12)
    goal = models.ForeignKey(Goal, null=True, blank=True, on_delete=models.SET_NULL)
    note = models.CharField(max_length=200, blank=True)
    entered_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    entered_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["organisation", "day"], name="cost_day")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class Norm(Owned):
    """How many minutes a piece of work in Dialoog counts for; the organisation's own estimate.

    Nobody is timed: a post that went out and an answer that was given each count for the norm of that
    day, and may be corrected by hand.
    """

    # making, answering
    activity = models.CharField(max_length=12)
    minutes = models.PositiveIntegerField()
    starts_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.activity}: {self.minutes} min"


class Watch(Owned):
    """When a delivery's counts are read next; young posts often, old ones seldom."""

    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, related_name="watch")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE)
    next_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["channel", "next_at"], name="watch_due")]

    def __str__(self) -> str:
        return f"{self.delivery_id} at {self.next_at:%Y-%m-%d %H:%M}"
