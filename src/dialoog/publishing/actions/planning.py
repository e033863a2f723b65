"""Planning a post: judged, approved where a rule asks for it, and put down as one delivery per channel."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final, Literal

from django.db import transaction

from dialoog.core.clock import WallStatus, WallTime, at_wall_time
from dialoog.core.errors import Conflict, Invalid
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import Member
from dialoog.policy.actions import ask_approval, require_approver, withdraw_approvals
from dialoog.policy.models import Approval
from dialoog.publishing.actions.drafts import delivery_states, locked, require_changeable, touch
from dialoog.publishing.checks import Missing, PostCheck, check_post, contents_of
from dialoog.publishing.deliveries import schedule, withdraw_delivery
from dialoog.publishing.models import Delivery, Post
from dialoog.publishing.rules import COUNTING, STILL_OURS, SUBJECT, moment_problem

Fold = Literal["first", "second"]
_LONGEST_AUDITED: Final = 300


@dataclass(frozen=True)
class Planned:
    """A post that goes out at `post.due_at`, unless consent is still `awaited` by then.

    `wall` says what summer time did to the moment that was asked for.
    """

    post: Post
    is_awaited: bool
    wall: WallStatus = "ok"


@transaction.atomic
def plan_post(
    actor: Member, *, post: Post, day: date | None, time: time | None, now: datetime, fold: Fold | None = None
) -> Planned:
    """Plan a post for a day and a time in the organisation's zone, or plan it again as it stands now.

    A time that summer time skips becomes the first moment after the gap; one that comes twice wants `fold`.
    Errors: NotAllowed; Conflict("post_under_way"); Invalid(field, code) with day_empty, time_empty,
    moment_past, moment_far, time_twice (field fold), channels_empty, post_blocked (the checks say why),
    reason_needed (field advice_reason), nobody_approves.
    """
    require(actor, "post.write")
    kept = locked(actor, post)
    require_changeable(kept)
    wall = wall_time(kept, day, time, fold=fold)
    if problem := moment_problem(wall.moment, now):
        raise Invalid("day", problem)
    return _plan(actor, kept, wall, now=now, what="post.planned")


def wall_time(post: Post, day: date | None, at: time | None, *, fold: Fold | None = None) -> WallTime:
    """Return the moment that a day and a time mean in the organisation's zone.

    Errors: Invalid with day_empty, time_empty, time_twice, day_out_of_range.
    """
    if day is None:
        raise Invalid("day", "day_empty")
    if at is None:
        raise Invalid("time", "time_empty")
    wall = at_wall_time(day, at, post.organisation.zone, fold or "first")
    if wall.status == "repeated" and fold is None:
        raise Invalid("fold", "time_twice")
    return wall


@transaction.atomic
def publish_now(actor: Member, *, post: Post, now: datetime) -> Planned:
    """Send a post at once, if nothing stands in the way.

    Errors: as for `plan_post`.
    """
    require(actor, "post.write")
    kept = locked(actor, post)
    require_changeable(kept)
    wall = WallTime(now, "ok", now.astimezone(kept.organisation.zone))
    return _plan(actor, kept, wall, now=now, what="post.sent_now")


@transaction.atomic
def move_post(
    actor: Member, *, post: Post, day: date | None, time: time | None, now: datetime, fold: Fold | None = None
) -> Planned:
    """Move a planned post, as it was planned, to another moment; consent that was given still holds.

    Errors: as for `plan_post`; Conflict("post_not_planned"); Conflict("post_differs") when the post was
    changed since it was planned: then it is planned again, not moved.
    """
    require(actor, "post.write")
    kept = locked(actor, post)
    require_changeable(kept)
    if not any(state in STILL_OURS for state in delivery_states(kept)):
        raise Conflict("post_not_planned")
    wall = wall_time(kept, day, time, fold=fold)
    if problem := moment_problem(wall.moment, now):
        raise Invalid("day", problem)
    if is_changed_since(kept, Delivery.objects.filter(post=kept)):
        raise Conflict("post_differs")
    return _plan(actor, kept, wall, now=now, what="post.moved")


def is_changed_since(post: Post, deliveries: Iterable[Delivery]) -> bool:
    """Tell whether what stands in the composer differs from what is planned."""
    planned = {(one.channel_id, one.content_hash) for one in deliveries if one.state in COUNTING}
    return planned != contents_of(post)


def _plan(actor: Member, post: Post, wall: WallTime, *, now: datetime, what: str) -> Planned:
    due_at = max(wall.moment, now)
    checked = check_post(post, planned_at=due_at, now=now)
    _require_fit(post, checked)
    before = {"due_at": post.due_at.isoformat() if post.due_at else ""}
    _take_back(actor, post, now=now)
    for one in checked.channels:
        schedule(actor, channel=one.channel, content=one.content, due_at=due_at, post=post, now=now)
    _put_down(actor, post, wall, due_at=due_at, now=now)
    record(actor, what, kind="post", subject=post, now=now, before=before, after=_told(post, checked))
    is_awaited = ask_consent(actor, post, checked, now=now)
    return Planned(post, is_awaited, wall.status)


def _require_fit(post: Post, checked: PostCheck) -> None:
    if not checked.channels:
        raise Invalid("channels", "channels_empty")
    if checked.stopped:
        raise Invalid("", "post_blocked", {"count": len(checked.stopped)})
    if checked.needs_reason and not post.advice_reason.strip():
        raise Invalid("advice_reason", "reason_needed")


def _put_down(actor: Member, post: Post, wall: WallTime, *, due_at: datetime, now: datetime) -> None:
    post.planned_day, post.planned_time = wall.shown_at.date(), wall.shown_at.time().replace(microsecond=0)
    post.planned_zone, post.due_at = post.organisation.time_zone, due_at
    touch(post, by=actor, now=now)


def _told(post: Post, checked: PostCheck) -> dict[str, Any]:
    advice = {finding.code for one in checked.channels for finding in one.judgement.advice}
    told: dict[str, Any] = {
        "due_at": post.due_at.isoformat() if post.due_at else "",
        "channels": [one.channel.name for one in checked.channels],
    }
    if checked.needs_reason:
        told |= {"advice": sorted(advice), "reason": post.advice_reason[:_LONGEST_AUDITED]}
    return told


def ask_consent(actor: Member, post: Post, checked: PostCheck, *, now: datetime) -> bool:
    """Ask for the consent that is still missing, and take back questions that no longer hold.

    The policy keeps one content of a post in question at a time; what deviates per channel is put to the
    same people on the same screen, and what only others may decide is asked next.
    Returns whether anything is awaited. Errors: Invalid("", "nobody_approves") when nobody else may give it.
    """
    withdraw_approvals(actor, subject_kind=SUBJECT, subject_id=post.pk, now=now)
    missing = list(checked.missing())
    require_approver(actor, [one.roles for one in missing])
    for one in missing:
        if one.content_hash == missing[0].content_hash:
            ask_for(actor, post, one, now=now)
    return bool(missing)


def ask_for(actor: Member, post: Post, missing: Missing, *, now: datetime) -> Approval:
    """Put one question."""
    return ask_approval(
        actor,
        subject_kind=SUBJECT,
        subject_id=post.pk,
        content_hash=missing.content_hash,
        roles=missing.roles,
        findings=[{"rule_id": one.rule_id, "kind": one.kind, "code": one.code} for one in missing.findings],
        needed_by=post.due_at,
        now=now,
    )


@transaction.atomic
def withdraw_post(actor: Member, *, post: Post, now: datetime) -> Post:
    """Take back what hasn't gone out; when nothing has, the post is a draft again and keeps its date as a wish.

    Errors: NotAllowed; Conflict("post_not_planned") when there is nothing to take back.
    """
    require(actor, "post.write")
    kept = locked(actor, post)
    before = {"due_at": kept.due_at.isoformat() if kept.due_at else ""}
    withdraw_waiting(actor, kept, now=now)
    record(actor, "post.withdrawn", kind="post", subject=kept, now=now, before=before, after={"due_at": ""})
    return kept


def withdraw_waiting(actor: Member, post: Post, *, now: datetime) -> None:
    """Take back what hasn't gone out of a locked post. Errors: Conflict("post_not_planned")."""
    if not _take_back(actor, post, now=now):
        raise Conflict("post_not_planned")
    withdraw_approvals(actor, subject_kind=SUBJECT, subject_id=post.pk, now=now)
    if not any(state in COUNTING for state in delivery_states(post)):
        post.due_at = None
    touch(post, by=actor, now=now)


def _take_back(actor: Member, post: Post, *, now: datetime) -> int:
    waiting = list(Delivery.objects.filter(post=post, state__in=STILL_OURS))
    for delivery in waiting:
        withdraw_delivery(actor, delivery=delivery, now=now)
    return len(waiting)
