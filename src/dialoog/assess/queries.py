"""Rounds of the growth scan as screens and other rooms read them; nothing here names who answered what."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from django.utils import timezone
from django_scopes import scopes_disabled

from dialoog.assess.models import Scan, ScanAnswer, ScanInvitation
from dialoog.assess.rules import Answer, Joint, Phases, by_department, joint, shown_while_open
from dialoog.core.secrets import fingerprint
from dialoog.organisations.models import Department, Member
from dialoog.organisations.queries import members
from dialoog.organisations.roles import may

LinkState = Literal["open", "used", "expired", "withdrawn", "closed"]


@dataclass(frozen=True, kw_only=True)
class Round:
    """One round: what may be told of it, and what the person who looks answered in it."""

    scan: Scan
    answered: int
    joint: Joint | None
    own: Answer | None
    departments: Mapping[Department, Joint] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether people can still answer."""
        return self.scan.closed_at is None

    @property
    def on(self) -> datetime:
        """When it closed, or when it opened as long as it is open."""
        return self.scan.closed_at or self.scan.opened_at

    @property
    def phases(self) -> Phases | None:
        """The joint phases, or else those of the own answer; None when neither may be told."""
        if self.joint:
            return self.joint.phases
        return self.own.phases if self.own else None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where the organisation stands on the ladder, for Vandaag, the rail and the report.

    `phase_low` and `phase_high` differ where the scan can't tell two phases apart (1 or 2, 4 or 5);
    None while fewer than four answered and the person who looks didn't. `is_own`: it is only that
    person's own answer. `dots` counts answers by phases, empty under four. `answered` counts the
    round that the figures come from, `last_on` is its day in the organisation's zone.
    """

    phase_low: int | None = None
    phase_high: int | None = None
    answered: int = 0
    last_on: date | None = None
    is_open: bool = False
    is_own: bool = False
    dots: Mapping[Phases, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Turnout:
    """How many were asked and how many answered; never who."""

    members: int
    members_answered: int
    links: int
    links_open: int
    links_used: int

    @property
    def members_waiting(self) -> int:
        """How many colleagues with an account haven't answered yet."""
        return max(self.members - self.members_answered, 0)


@dataclass(frozen=True, kw_only=True)
class Link:
    """An invitation by link, and whether it still opens the scan."""

    invitation: ScanInvitation
    state: LinkState


def open_scan() -> Scan | None:
    """Return the round that people can answer now."""
    return Scan.objects.filter(closed_at=None).first()


def own_answers(scan: Scan, member: Member) -> dict[str, int]:
    """Return what this person answered in a round; empty when nothing."""
    found = ScanAnswer.objects.filter(scan=scan, member=member).first()
    return dict(found.answers) if found else {}


def rounds(member: Member | None = None, *, limit: int = 12) -> list[Round]:
    """Return the newest rounds in two queries, with what `member` answered in each."""
    scans = list(Scan.objects.all()[:limit])
    answers: dict[int, list[ScanAnswer]] = {scan.pk: [] for scan in scans}
    for row in ScanAnswer.objects.filter(scan__in=scans).select_related("department").order_by("pk"):
        answers[row.scan_id].append(row)
    return [_round(scan, answers[scan.pk], member) for scan in scans]


def _round(scan: Scan, rows: Sequence[ScanAnswer], member: Member | None) -> Round:
    everything = [_answer(row) for row in rows]
    told = shown_while_open(everything) if scan.closed_at is None else everything
    own = next((_answer(row) for row in rows if member and row.member_id == member.pk), None)
    # Departments only afterwards: while answers come in, one more in a department would show.
    apart = by_department(told) if scan.closed_at else {}
    return Round(scan=scan, answered=len(rows), joint=joint(told), own=own, departments=_named(apart, rows))


def _answer(row: ScanAnswer) -> Answer:
    return Answer(answers=row.answers, department=row.department_id)


def _named(apart: Mapping[Hashable, Joint], rows: Sequence[ScanAnswer]) -> dict[Department, Joint]:
    known = {row.department_id: row.department for row in rows}
    named = {known[key]: figures for key, figures in apart.items() if isinstance(key, int)}
    kept = {department: figures for department, figures in named.items() if department}
    return dict(sorted(kept.items(), key=lambda item: item[0].name))


def standing(member: Member | None = None) -> Standing:
    """Return where the organisation stands by its newest round that may be told.

    `member` is who looks: where no recent round has four answers, it gets back its own.
    """
    newest = rounds(member, limit=3)
    told = next((one for one in newest if one.joint), None) or next((one for one in newest if one.own), None)
    if told is None or told.phases is None:
        answered = newest[0].answered if newest else 0
        return Standing(answered=answered, is_open=any(one.is_open for one in newest))
    low, high = told.phases
    missing = told.joint.missing if told.joint else ()
    return Standing(
        phase_low=low,
        phase_high=high,
        answered=told.joint.answered if told.joint else told.answered,
        last_on=timezone.localdate(told.on, told.scan.organisation.zone),
        is_open=any(one.is_open for one in newest),
        is_own=told.joint is None,
        dots=told.joint.dots if told.joint else {},
        missing=missing,
    )


def turnout(scan: Scan) -> Turnout:
    """Return how many were asked and how many answered."""
    asked = {member.pk for member in members() if may(member, "scan.answer")}
    answered = set(
        ScanAnswer.objects.filter(scan=scan, member__isnull=False).values_list("member_id", flat=True)
    )
    links = list(
        ScanInvitation.objects.filter(scan=scan, withdrawn_at=None).values_list("used_on", flat=True)
    )
    used = sum(on is not None for on in links)
    return Turnout(
        members=len(asked),
        members_answered=len(asked & answered),
        links=len(links),
        links_open=len(links) - used,
        links_used=used,
    )


def open_links(scan: Scan, *, now: datetime) -> list[ScanInvitation]:
    """Return the links that still open the scan, by number."""
    found = ScanInvitation.objects.filter(scan=scan, used_on=None, withdrawn_at=None, expires_at__gt=now)
    return list(found.select_related("department").order_by("number"))


def numbers_of(tokens: Sequence[str]) -> dict[str, int]:
    """Return the number of each link within its round, by token."""
    digests = {fingerprint(token): token for token in tokens}
    found = ScanInvitation.objects.filter(token_digest__in=digests)
    return {digests[digest]: number for digest, number in found.values_list("token_digest", "number")}


def link(token: str, *, now: datetime) -> Link | None:
    """Return the invitation behind a token of any organisation; None when there is none."""
    with scopes_disabled():
        found = (
            ScanInvitation.objects.select_related("scan", "organisation", "department")
            .filter(token_digest=fingerprint(token))
            .first()
        )
    return Link(invitation=found, state=_state(found, now)) if found else None


def _state(invitation: ScanInvitation, now: datetime) -> LinkState:
    if invitation.used_on is not None:
        return "used"
    if invitation.withdrawn_at is not None:
        return "withdrawn"
    if invitation.scan.closed_at is not None:
        return "closed"
    return "open" if now < invitation.expires_at else "expired"
