"""Who consented to what, and what waits for whom."""

from django.db.models import F

from dialoog.organisations.models import Member
from dialoog.policy.models import Approval


def approved_roles(*, subject_kind: str, subject_id: int, content_hash: str) -> frozenset[str]:
    """Return the roles with which people consented to exactly this content."""
    found = Approval.objects.filter(
        subject_kind=subject_kind, subject_id=subject_id, content_hash=content_hash, state="approved"
    )
    return frozenset(role for roles in found.values_list("decided_roles", flat=True) for role in roles)


def waiting_approvals(member: Member) -> list[Approval]:
    """Return what this member may decide, the nearest deadline first; not what they asked themselves."""
    mine = {role.value for role in member.roles}
    asked = Approval.objects.filter(state="asked").exclude(asked_by=member).select_related("asked_by__user")
    ordered = asked.order_by(F("needed_by").asc(nulls_last=True), "pk")
    return [approval for approval in ordered if mine & set(approval.roles)]
