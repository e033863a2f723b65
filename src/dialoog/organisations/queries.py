"""People, departments and hours of the organisation in scope."""

from collections.abc import Mapping
from datetime import date, datetime

from dialoog.core.hours import BusinessHours, Opening, Openings
from dialoog.organisations.models import Department, Invitation, Member, Organisation


def members() -> list[Member]:
    """Return the active members by name, with account, department and roles."""
    found = Member.objects.select_related("user", "department").prefetch_related("grants")
    return list(found.filter(is_active=True, user__is_active=True).order_by("user__name", "pk"))


def everybody() -> list[Member]:
    """Return everybody who is or was a member, by name, those who left too."""
    found = Member.objects.select_related("user", "department").prefetch_related("grants")
    return list(found.order_by("user__name", "pk"))


def open_invitations(*, now: datetime) -> list[Invitation]:
    """Return the invitations that still open, newest first."""
    found = Invitation.objects.select_related("department", "invited_by__user")
    return list(found.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now).order_by("-pk"))


def departments() -> list[Department]:
    """Return the departments by name."""
    return list(Department.objects.order_by("name"))


def business_hours(organisation: Organisation) -> BusinessHours:
    """Return when the organisation is open, in its own zone, with dated exceptions."""
    return BusinessHours(
        zone=organisation.zone,
        weekly=tuple(_openings(day) for day in organisation.opening_hours),
        exceptions=_special(organisation.special_days),
    )


def _special(days: Mapping[str, list[list[str]]]) -> dict[date, Openings]:
    return {date.fromisoformat(day): _openings(spans) for day, spans in days.items()}


def _openings(spans: list[list[str]]) -> Openings:
    return tuple(Opening(_minute(opens), _minute(closes)) for opens, closes in spans)


def _minute(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)
