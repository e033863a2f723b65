"""Consent for an answer: asked when a rule wants it, given or refused by somebody else, taken back."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from dialoog.core.errors import Conflict
from dialoog.inbox.models import Conversation, Message
from dialoog.organisations.access import require
from dialoog.organisations.models import Member
from dialoog.policy.actions import ask_approval, require_approver, withdraw_approvals
from dialoog.policy.actions import decide as decide_question
from dialoog.policy.models import Approval
from dialoog.policy.queries import waiting_approvals
from dialoog.policy.rules.facts import Judgement
from dialoog.policy.words import role_names
from dialoog.publishing.deliveries import send_back, withdraw_delivery
from dialoog.publishing.models import Delivery
from dialoog.publishing.queries.approvals import QueueRow
from dialoog.publishing.queries.cards import network_of, title_of
from dialoog.publishing.rules import ANSWER
from dialoog.ui.formats import clock, relative
from dialoog.ui.rows import PostRow, State


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How consent for an answer stands: who may give it, or what its approver said when sending it back."""

    is_asked: bool
    roles: str = ""
    may_decide: bool = False
    is_own: bool = False
    must_change: str = ""


def ask(actor: Member, *, delivery: Delivery, judgement: Judgement, now: datetime) -> None:
    """Ask for all the consent that rules want of an answer. Errors: Invalid("", "nobody_approves")."""
    groups = judgement.needs_approval
    require_approver(actor, groups)
    for roles in groups:
        asking = [found for found in judgement.findings if frozenset(found.roles) == roles]
        ask_approval(
            actor,
            subject_kind=ANSWER,
            subject_id=delivery.pk,
            content_hash=delivery.content_hash,
            roles=roles,
            findings=[{"rule_id": one.rule_id, "kind": one.kind, "code": one.code} for one in asking],
            now=now,
        )


@transaction.atomic
def decide(actor: Member, *, delivery: Delivery, approved: bool, reason: str = "", now: datetime) -> None:
    """Give the consent that this member may give, or send the answer back with what must change.

    With all consent it goes out by the policy's event. Errors: NotAllowed("post.approve"), ("own_approval");
    Conflict("approval_none"), ("approval_decided") for who comes second; Invalid("reason", "change_reason_empty").
    """
    require(actor, "post.approve")
    mine = {role.value for role in actor.roles}
    questions = [
        one
        for one in _asked(delivery)
        if one.organisation_id == actor.organisation_id and mine & set(one.roles)
    ]
    if not questions:
        raise Conflict("approval_none")
    for one in questions:
        decide_question(actor, approval=one, approved=approved, reason=reason, now=now)
    if not approved:
        withdraw_approvals(actor, subject_kind=ANSWER, subject_id=delivery.pk, now=now)
        send_back(actor, delivery=delivery, now=now)


@transaction.atomic
def withdraw(actor: Member, *, delivery: Delivery, now: datetime) -> None:
    """Take back an answer that waits for consent. Errors: NotAllowed; Conflict("delivery_under_way")."""
    withdraw_delivery(actor, delivery=delivery, now=now)
    withdraw_approvals(actor, subject_kind=ANSWER, subject_id=delivery.pk, now=now)


def _asked(delivery: Delivery) -> list[Approval]:
    return list(Approval.objects.filter(subject_kind=ANSWER, subject_id=delivery.pk, state="asked"))


def is_awaited(delivery: Delivery) -> bool:
    """Tell whether an answer waits for consent."""
    return bool(_asked(delivery))


def standings(messages: Sequence[Message], member: Member) -> dict[int, Standing]:
    """Return how consent stands for our answers among these messages, by the id of their delivery."""
    waiting = [one.delivery.pk for one in messages if one.delivery and one.delivery.state != "published"]
    if not waiting:
        return {}
    found = defaultdict[int, list[Approval]](list)
    for one in Approval.objects.filter(subject_kind=ANSWER, subject_id__in=waiting).order_by("pk"):
        found[one.subject_id].append(one)
    return {pk: _standing(questions, member) for pk, questions in found.items()}


def _standing(questions: list[Approval], member: Member) -> Standing:
    asked = [one for one in questions if one.state == "asked"]
    if not asked:
        reasons = [one.reason for one in questions if one.state == "changes"]
        return Standing(is_asked=False, must_change=reasons[-1] if reasons else "")
    mine = {role.value for role in member.roles}
    is_own = any(one.asked_by_id == member.pk for one in asked)
    may_decide = not is_own and any(mine & set(one.roles) for one in asked)
    roles = role_names(sorted({role for one in asked for role in one.roles}))
    return Standing(is_asked=True, roles=roles, may_decide=may_decide, is_own=is_own)


def returned_text(messages: Sequence[Message], member: Member) -> str:
    """Return what this member wrote last and has back, so that they can write on; else nothing."""
    last = messages[-1] if messages else None
    ours = last.delivery if last else None
    is_back = ours is not None and ours.state == "withdrawn" and ours.author_id == member.pk
    return last.text if last and is_back else ""


def queue_rows(member: Member, slug: str, now: datetime) -> list[QueueRow]:
    """Return the answers that wait for the consent of this member, for the queue of consent."""
    ids = dict.fromkeys(one.subject_id for one in waiting_approvals(member) if one.subject_kind == ANSWER)
    if not ids:
        return []
    found = Message.objects.filter(delivery_id__in=ids).select_related(
        "conversation__person", "conversation__organisation", "channel"
    )
    return [_row(one, slug, now) for one in found.order_by("at", "pk")]


def _row(message: Message, slug: str, now: datetime) -> QueueRow:
    conversation: Conversation = message.conversation
    url = reverse("inbox:conversation", args=[slug, conversation.pk])
    is_late = conversation.deadline_at is not None and conversation.deadline_at <= now
    promised = _("promised %(when)s") % {"when": relative(conversation.deadline_at, now)}
    row = PostRow(
        id=f"answer-{message.pk}",
        time=clock(message.at),
        title=title_of(message.text),
        url=f"{url}#answer-{message.delivery_id}",
        state=State(
            label=_("Answer to %(who)s") % {"who": conversation.person}, tone="warn", icon="hourglass"
        ),
        networks=[network_of(message.channel)],
        facts=[promised] if conversation.deadline_at else [],
    )
    return QueueRow(row=row, is_late=is_late)
