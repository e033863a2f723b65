"""Conclusions: what a person made of the figures, who acts, and when it comes back (M7.7)."""

from typing import Any, ClassVar

from django.db import models

from dialoog.organisations.models import Member, Owned
from dialoog.strategy.models import Goal


class Conclusion(Owned):
    """Figures read by a person: what we learned, what we do, who, and when we look again."""

    text = models.TextField()
    action = models.TextField(blank=True)
    goal = models.ForeignKey(Goal, null=True, blank=True, on_delete=models.SET_NULL)
    owner = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    look_again_on = models.DateField()
    made_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    outcome = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["organisation", "closed_at", "look_again_on"], name="conclusion_due")
        ]

    def __str__(self) -> str:
        return self.text[:60]
