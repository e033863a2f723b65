"""Consent: asked, given or refused by somebody else, taken back, run out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from dialoog.core.errors import Conflict, Invalid, NotAllowed
from dialoog.core.text import clean_text
from dialoog.core.work.events import emit
from dialoog.core.work.jobs import enqueue
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import Member
from dialoog.organisations.queries import members
from dialoog.policy.events import ApprovalDecided
from dialoog.policy.models import Approval
from dialoog.policy.states import APPROVAL

EXPIRE_JOB: Final = "policy.expire_approval"


@transaction.atomic
def ask_approval(  # noqa: PLR0913 - one fact each, all by name
    actor: Member,
    *,
    subject_kind: str,
    subject_id: int,
    content_hash: str,
    roles: Iterable[str],
    findings: Sequence[Mapping[str, Any]] = (),
    needed_by: datetime | None = None,
    now: datetime,
) -> Approval:
    """Ask that somebody with one of `roles` consents to exactly this content, before `needed_by` (UTC).

    Asking the same twice is one question; a question about other content of this subject is taken back.
    A moment that has passed is no deadline. Errors: NotAllowed; Invalid("roles", "roles_empty").
    """
    require(actor, "policy.view")
    wanted = sorted(set(roles))
    if not wanted:
        raise Invalid("roles", "roles_empty")
    asked = _asked(subject_kind, subject_id)
    asked.exclude(content_hash=content_hash).update(state="withdrawn", decided_at=now)
    same = next((one for one in asked.filter(content_hash=content_hash) if one.roles == wanted), None)
    if same is not None:
        return same
    approval = Approval.objects.create(
        organisation=actor.organisation,
        subject_kind=subject_kind,
        subject_id=subject_id,
        content_hash=content_hash,
        roles=wanted,
        findings=[dict(finding) for finding in findings],
        asked_by=actor,
        asked_at=now,
        needed_by=needed_by if needed_by and needed_by > now else None,
    )
    _expire_later(approval, now=now)
    record(actor, "approval.asked", kind="approval", subject=approval, now=now, after={"roles": wanted})
    return approval


def require_approver(actor: Member, groups: Iterable[frozenset[str]]) -> None:
    """Refuse a question that nobody else could answer. Errors: Invalid("", "nobody_approves")."""
    wanted = list(groups)
    colleagues = (
        [{role.value for role in one.roles} for one in members() if one.pk != actor.pk] if wanted else []
    )
    if any(not any(roles & group for roles in colleagues) for group in wanted):
        raise Invalid("", "nobody_approves")


def _asked(subject_kind: str, subject_id: int) -> QuerySet[Approval]:
    return Approval.objects.filter(subject_kind=subject_kind, subject_id=subject_id, state="asked")


def _expire_later(approval: Approval, *, now: datetime) -> None:
    if approval.needed_by is not None:
        enqueue(
            EXPIRE_JOB,
            key=f"{EXPIRE_JOB}:{approval.pk}",
            due_at=approval.needed_by,
            now=now,
            organisation_id=approval.organisation_id,
            payload={"approval_id": approval.pk},
        )


@transaction.atomic
def decide(actor: Member, *, approval: Approval, approved: bool, reason: str = "", now: datetime) -> Approval:
    """Consent to what was asked, or say what must change.

    Errors: NotAllowed("post.approve"), ("own_approval") for who asked it, ("approval_role") when another
    role was asked; Conflict("approval_decided") or ("approval_late"); Invalid("reason",
    "change_reason_empty") when nothing says what must change.
    """
    require(actor, "post.approve")
    kept = Approval.objects.select_for_update().get(pk=approval.pk, organisation=actor.organisation_id)
    mine = sorted({role.value for role in actor.roles} & set(kept.roles))
    why = clean_text(reason).text.strip()
    _refuse_unless(actor, kept, mine, now=now)
    if not approved and not why:
        raise Invalid("reason", "change_reason_empty")
    state = "approved" if approved else "changes"
    _move(kept, state, now=now, decided_by=actor, decided_roles=mine, reason=why)
    record(
        actor,
        f"approval.{'given' if approved else 'refused'}",
        kind="approval",
        subject=kept,
        now=now,
        after={"content_hash": kept.content_hash, "roles": mine, "reason": why},
    )
    return kept


def _refuse_unless(actor: Member, kept: Approval, mine: Sequence[str], *, now: datetime) -> None:
    if kept.asked_by_id == actor.pk:
        raise NotAllowed("own_approval")
    if not mine:
        raise NotAllowed("approval_role")
    if kept.state != "asked":
        raise Conflict("approval_decided", {"state": kept.state})
    if kept.needed_by is not None and kept.needed_by <= now:
        raise Conflict("approval_late")


def _move(kept: Approval, state: str, *, now: datetime, **values: Any) -> None:
    """Give a question its one answer, and tell it. Errors: Conflict("approval_decided") when it has one."""
    APPROVAL.check("asked", state)
    fresh = {"state": state, "decided_at": now, **values}
    if not Approval.objects.filter(pk=kept.pk, state="asked").update(**fresh):
        raise Conflict("approval_decided", {"state": kept.state})
    for name, value in fresh.items():
        setattr(kept, name, value)
    emit(
        ApprovalDecided(kept.pk, kept.subject_kind, kept.subject_id, state),
        organisation_id=kept.organisation_id,
        now=now,
    )


@transaction.atomic
def withdraw_approvals(actor: Member, *, subject_kind: str, subject_id: int, now: datetime) -> int:
    """Take back the open questions about a subject, as when its content changed; return how many.

    Consent that was given stays on record: it holds for its own content only. Errors: NotAllowed.
    """
    require(actor, "policy.view")
    return _asked(subject_kind, subject_id).update(state="withdrawn", decided_at=now)


@transaction.atomic
def expire_approval(*, approval_id: int, now: datetime) -> bool:
    """End a question whose moment passed without an answer; return whether this call did (the worker's)."""
    kept = Approval.objects.filter(pk=approval_id, state="asked", needed_by__lte=now).first()
    if kept is None:
        return False
    try:
        _move(kept, "expired", now=now)
    except Conflict:
        return False
    return True
