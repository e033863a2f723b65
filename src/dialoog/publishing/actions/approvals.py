"""Consent for a post: given or refused by somebody else, for exactly what was on their screen."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from dialoog.core.errors import Conflict, NotAllowed
from dialoog.core.text import clean_text
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import Member
from dialoog.policy.actions import decide
from dialoog.policy.models import Approval
from dialoog.publishing.actions.drafts import locked
from dialoog.publishing.actions.planning import ask_consent, ask_for, withdraw_waiting
from dialoog.publishing.checks import check_planned
from dialoog.publishing.models import Delivery, Post
from dialoog.publishing.rules import SUBJECT


@transaction.atomic
def decide_on_post(
    actor: Member, *, post: Post, approved: bool, seen: str, reason: str = "", now: datetime
) -> Post:
    """Give the consent that this member may give, or send the post back with what must change.

    `seen` is `digest_of` what was on the screen. A refusal takes the post off the plan; what was held for
    want of consent goes its way by the policy's event.
    Errors: NotAllowed("post.approve"), ("own_approval"); Conflict("approval_none"), ("approval_late") when
    its moment has passed, ("approval_stale"); Invalid("reason", "change_reason_empty").
    """
    require(actor, "post.approve")
    kept = locked(actor, post)
    planned = planned_of(kept)
    questions = mine(actor, asked(kept))
    _refuse_unless(actor, questions, is_seen=seen == digest_of(planned))
    why = clean_text(reason).text.strip()
    if approved:
        _consent(actor, kept, planned, asker=questions[0].asked_by or actor, now=now)
    else:
        for one in questions:
            decide(actor, approval=one, approved=False, reason=why, now=now)
        withdraw_waiting(actor, kept, now=now)
    what, after = ("post.approved", None) if approved else ("post.sent_back", {"reason": why})
    record(actor, what, kind="post", subject=kept, now=now, after=after)
    return kept


def _refuse_unless(actor: Member, questions: list[Approval], *, is_seen: bool) -> None:
    if not questions:
        raise Conflict("approval_none")
    if any(one.asked_by_id == actor.pk for one in questions):
        raise NotAllowed("own_approval")
    if not is_seen:
        raise Conflict("approval_stale")


def _consent(actor: Member, post: Post, planned: list[Delivery], *, asker: Member, now: datetime) -> None:
    """Consent to all that this member may consent to, then ask others for what is left."""
    roles = {role.value for role in actor.roles}
    for one in check_planned(post, planned, now=now).missing():
        if one.roles & roles:
            decide(actor, approval=ask_for(asker, post, one, now=now), approved=True, now=now)
    ask_consent(asker, post, check_planned(post, planned, now=now), now=now)


@transaction.atomic
def ask_approval_for_post(actor: Member, *, post: Post, now: datetime) -> bool:
    """Ask again for the consent that a planned post misses, as when the rules changed; return whether any is awaited.

    Errors: NotAllowed; Conflict("post_not_planned"); Invalid("", "nobody_approves").
    """
    require(actor, "post.write")
    kept = locked(actor, post)
    planned = planned_of(kept)
    if not planned:
        raise Conflict("post_not_planned")
    return ask_consent(actor, kept, check_planned(kept, planned, now=now), now=now)


def planned_of(post: Post) -> list[Delivery]:
    """Return what would go out: the deliveries that wait for their moment or for consent."""
    found = Delivery.objects.filter(post=post, state__in=("scheduled", "held"))
    return list(found.select_related("channel").order_by("channel_id", "pk"))


def asked(post: Post) -> list[Approval]:
    """Return the open questions about a post, oldest first."""
    found = Approval.objects.filter(subject_kind=SUBJECT, subject_id=post.pk, state="asked")
    return list(found.select_related("asked_by__user", "asked_by__organisation").order_by("pk"))


def mine(actor: Member, waiting: Iterable[Approval]) -> list[Approval]:
    """Return the questions that one of this member's roles may answer."""
    roles = {role.value for role in actor.roles}
    return [one for one in waiting if roles & set(one.roles)]


def digest_of(planned: Iterable[Delivery]) -> str:
    """Return what tells this content on these channels from any other."""
    told = ",".join(f"{one.channel_id}:{one.content_hash}" for one in planned)
    return sha256(told.encode()).hexdigest()[:16]
