"""Opening, answering and closing rounds of the growth scan; answers are secret, so the log holds none."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_scopes import scope

from dialoog.assess.models import Scan, ScanAnswer, ScanInvitation
from dialoog.assess.queries import link
from dialoog.assess.rules import FEWEST, checked, points_of
from dialoog.core.errors import Conflict, Invalid, NotFound
from dialoog.core.secrets import fingerprint
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import Department, Member

LINK_LIFE = timedelta(days=14)
MOST_LINKS = 50


@transaction.atomic
def open_scan(actor: Member, *, now: datetime) -> Scan:
    """Open a round: everybody may answer until it closes.

    Errors: NotAllowed; Conflict scan_open when one is open already.
    """
    require(actor, "scan.manage")
    try:
        with transaction.atomic():
            made = Scan.objects.create(organisation=actor.organisation, opened_at=now, opened_by=actor)
    except IntegrityError as error:
        raise Conflict("scan_open") from error
    record(actor, "scan.opened", kind="scan", subject=made, now=now)
    return made


@transaction.atomic
def answer(actor: Member, *, answers: Mapping[str, int], now: datetime) -> ScanAnswer:
    """Answer the open round as a colleague; answering again replaces the answer.

    Errors: NotAllowed; Invalid at the question that is missing; Conflict scan_closed when none is open.
    """
    require(actor, "scan.answer")
    kept = checked(answers)
    made, _ = ScanAnswer.objects.update_or_create(
        scan=_open(),
        member=actor,
        defaults={
            "organisation": actor.organisation,
            "department": actor.department,
            "answers": kept,
            "points": points_of(kept),
            "answered_on": timezone.localdate(now, actor.organisation.zone),
        },
    )
    return made


def answer_by_link(
    token: str, *, answers: Mapping[str, int], department: Department | None = None, now: datetime
) -> ScanAnswer:
    """Answer without an account, once for each link; the answer keeps the department and nothing else.

    The department of the link goes before one that was chosen.
    Errors: NotFound for an unknown link; Conflict link_used, link_expired, link_withdrawn or link_closed;
    Invalid at the question that is missing, or at `department` when it is another organisation's.
    """
    kept = checked(answers)
    found = link(token, now=now)
    if found is None:
        raise NotFound("link_unknown")
    with scope(organisation=found.invitation.organisation), transaction.atomic():
        return _answer_once(found.invitation.pk, kept, department, now)


def _answer_once(
    invitation_id: int, answers: dict[str, int], department: Department | None, now: datetime
) -> ScanAnswer:
    """Take the link and write the answer; of two at once the row lets one through."""
    invitation = (
        ScanInvitation.objects.select_for_update(of=("self",))
        .select_related("scan", "organisation", "department")
        .get(pk=invitation_id)
    )
    if department and department.organisation_id != invitation.organisation_id:
        raise Invalid("department", "department_unknown")
    if invitation.scan.closed_at is not None:
        raise Conflict("link_closed")
    today = timezone.localdate(now, invitation.organisation.zone)
    usable = ScanInvitation.objects.filter(
        pk=invitation_id, used_on=None, withdrawn_at=None, expires_at__gt=now
    )
    if not usable.update(used_on=today):
        raise Conflict(_why_not(invitation))
    return ScanAnswer.objects.create(
        organisation=invitation.organisation,
        scan=invitation.scan,
        department=invitation.department or department,
        answers=answers,
        points=points_of(answers),
        answered_on=today,
    )


def _why_not(invitation: ScanInvitation) -> str:
    if invitation.used_on is not None:
        return "link_used"
    return "link_withdrawn" if invitation.withdrawn_at is not None else "link_expired"


@transaction.atomic
def invite(actor: Member, *, count: int, department: Department | None = None, now: datetime) -> list[str]:
    """Make links for colleagues without an account; return their tokens, which are stored nowhere.

    Errors: NotAllowed; Invalid count_out_of_range; Conflict scan_closed when no round is open.
    """
    require(actor, "scan.manage")
    if not 1 <= count <= MOST_LINKS:
        raise Invalid("count", "count_out_of_range", {"most": MOST_LINKS})
    scan = _open()
    last = ScanInvitation.objects.filter(scan=scan).count()
    tokens = [secrets.token_urlsafe(24) for _ in range(count)]
    ScanInvitation.objects.bulk_create(
        ScanInvitation(
            organisation=actor.organisation,
            scan=scan,
            token_digest=fingerprint(token),
            number=last + place,
            department=department,
            created_at=now,
            expires_at=now + LINK_LIFE,
        )
        for place, token in enumerate(tokens, start=1)
    )
    told = {"count": count, "department": str(department or "")}
    record(actor, "scan.invited", kind="scan", subject=scan, now=now, after=told)
    return tokens


@transaction.atomic
def withdraw_link(actor: Member, *, invitation: ScanInvitation, now: datetime) -> None:
    """Make a link that wasn't used worthless.

    Errors: NotAllowed; Conflict link_used when it was used meanwhile.
    """
    require(actor, "scan.manage")
    unused = ScanInvitation.objects.filter(pk=invitation.pk, used_on=None)
    if not unused.update(withdrawn_at=now):
        raise Conflict("link_used")
    record(actor, "scan.link_withdrawn", kind="scan_link", subject=invitation, now=now)


@transaction.atomic
def close_scan(actor: Member, *, scan: Scan, now: datetime) -> Scan:
    """Close a round: from now on all its answers are told, and nobody's can be led back to a person.

    Under four answers nothing is ever told but each member's own, so those keep their member.
    Errors: NotAllowed; Conflict scan_closed when it was closed already.
    """
    require(actor, "scan.manage")
    kept = Scan.objects.select_for_update().get(pk=scan.pk)
    if kept.closed_at is not None:
        raise Conflict("scan_closed")
    kept.closed_at = now
    kept.save(update_fields=["closed_at"])
    given = ScanAnswer.objects.filter(scan=kept)
    answered = given.count()
    if answered >= FEWEST:
        given.update(member=None)
    record(actor, "scan.closed", kind="scan", subject=kept, now=now, after={"answered": answered})
    return kept


def _open() -> Scan:
    """Return the open round, locked until the end of the transaction."""
    found = Scan.objects.select_for_update().filter(closed_at=None).first()
    if found is None:
        raise Conflict("scan_closed")
    return found
