"""An organisation, its departments, and the base of everything that belongs to one."""

import zoneinfo
from typing import Any, ClassVar, TypeVar

from django.db import models
from django_scopes import get_scope
from django_scopes.manager import DisabledQuerySet

M = TypeVar("M", bound=models.Model)


def default_hours() -> list[list[list[str]]]:
    """Return opening hours per weekday, Monday first: 09:00 to 17:00 on working days."""
    return [[["09:00", "17:00"]] for _ in range(5)] + [[], []]


class Organisation(models.Model):
    """A town council, a bakery chain, a hospital: the border that no query crosses."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    language = models.CharField(max_length=2, default="nl")
    time_zone = models.CharField(max_length=60, default="Europe/Amsterdam")
    currency = models.CharField(max_length=3, default="EUR")
    # Per weekday, Monday first, a list of [from, to] in wall time of the organisation's zone.
    opening_hours = models.JSONField(default=default_hours)
    # Dated exceptions: {"2026-12-25": []} is closed, {"2026-12-24": [["09:00", "12:00"]]} is shorter.
    special_days = models.JSONField(default=dict, blank=True)
    # Working minutes within which a reaction is answered: the promise that the inbox clock keeps.
    answer_within_minutes = models.PositiveIntegerField(default=240)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The time zone in which this organisation lives."""
        return zoneinfo.ZoneInfo(self.time_zone)


class OwnedManager(models.Manager[M]):
    """Gives only rows of the organisation in scope; without a scope every query raises ScopeError.

    The same behaviour as django-scopes' own manager, as a class that type checkers understand.
    """

    def get_queryset(self) -> models.QuerySet[M]:
        """Return the rows of the organisation in scope."""
        scope = get_scope()
        if not scope.get("_enabled", True):
            return super().get_queryset()
        if "organisation" not in scope:
            disabled: models.QuerySet[M] = DisabledQuerySet(
                self.model, using=self._db, missing_scopes=["organisation"]
            )
            return disabled
        return super().get_queryset().filter(organisation=scope["organisation"])


class Owned(models.Model):
    """Base of every row that belongs to one organisation.

    A query outside `scope(organisation=...)` raises ScopeError, so that a forgotten filter is an
    error and never a leak.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")

    objects = OwnedManager()

    class Meta:
        abstract = True


class Department(Owned):
    """A part of the organisation, as people name it."""

    name = models.CharField(max_length=80)

    class Meta:
        ordering: ClassVar[list[Any]] = ["name"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["organisation", "name"], name="department_once")
        ]

    def __str__(self) -> str:
        return self.name
