"""Strategic goals, and goals under them (M2.1, M2.3, M2.7)."""

from typing import Any, ClassVar

from django.db import models

from dialoog.organisations.models import Member, Owned


class StrategicGoal(Owned):
    """What the organisation as a whole wants; goals hang under it, or they float."""

    title = models.CharField(max_length=160)
    # Which strategy it stands in: organisation, marketing, sales or communication.
    strategy = models.CharField(max_length=20, default="organisation")
    description = models.TextField(blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # Grows with every change, so that a form that was opened before another's change is noticed.
    revision = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.title


class Goal(Owned):
    """What is to be reached with social media: the five questions as columns, each may still be open."""

    title = models.CharField(max_length=160)
    purpose = models.CharField(max_length=20, blank=True)
    why = models.TextField(blank=True)
    strategic_goal = models.ForeignKey(StrategicGoal, null=True, blank=True, on_delete=models.SET_NULL)
    # Key of strategy.rules.METRICS, and what it is counted over: this goal's posts, one channel, or all.
    metric = models.CharField(max_length=40, blank=True)
    # What people call the number that they enter by hand.
    metric_label = models.CharField(max_length=80, blank=True)
    counted_over = models.CharField(max_length=12, default="goal")
    counted_channel_id = models.BigIntegerField(null=True, blank=True)
    baseline = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    target = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    # Points on the way, [["2026-12-31", "450"], ...]; empty means a straight line to the target.
    expectation = models.JSONField(default=list, blank=True)
    budget_hours = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    budget_money = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    owner = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_note = models.TextField(blank=True)
    # Grows with every change, as in StrategicGoal.
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["organisation", "closed_at", "due_on"], name="goal_open")
        ]

    def __str__(self) -> str:
        return self.title
