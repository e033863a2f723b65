"""Conclusions to look at: those that came back, those that wait, those that are done."""

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from dialoog.learning.models import Conclusion


def due(today: date) -> list[Conclusion]:
    """Return the open conclusions whose day has come, the oldest first."""
    return list(_open().filter(look_again_on__lte=today).order_by("look_again_on", "pk")[:50])


def waiting(today: date) -> list[Conclusion]:
    """Return the open conclusions whose day is to come, the nearest first."""
    return list(_open().filter(look_again_on__gt=today).order_by("look_again_on", "pk")[:200])


def closed(*, limit: int = 50) -> list[Conclusion]:
    """Return the conclusions of which something came, the newest first."""
    return list(_all().filter(closed_at__isnull=False).order_by("-closed_at", "-pk")[:limit])


def latest(*, limit: int = 3, goal_ids: Sequence[int] | None = None) -> list[Conclusion]:
    """Return the newest conclusions, of these goals when given: what did we learn?"""
    found = _all().order_by("-made_at", "-pk")
    if goal_ids is not None:
        found = found.filter(goal_id__in=goal_ids)
    return list(found[:limit])


def _all() -> QuerySet[Conclusion]:
    return Conclusion.objects.select_related("goal", "owner__user", "made_by__user")


def _open() -> QuerySet[Conclusion]:
    return _all().filter(closed_at__isnull=True)
