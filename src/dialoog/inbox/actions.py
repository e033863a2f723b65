"""What people do with conversations: take, note, answer, close; and what the networks bring in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from dialoog.channels.models import Channel
from dialoog.core.errors import Conflict, Invalid
from dialoog.core.text import clean_text
from dialoog.core.work.events import emit
from dialoog.core.work.jobs import enqueue
from dialoog.inbox import consent, rules
from dialoog.inbox.events import ConversationAnswered, ConversationDone, MessageReceived
from dialoog.inbox.judging import judge_answer
from dialoog.inbox.models import Conversation, Message, Note, Person
from dialoog.networks.registry import capabilities
from dialoog.networks.values import Incoming
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import Department, Member
from dialoog.organisations.queries import business_hours
from dialoog.publishing.deliveries import schedule
from dialoog.publishing.models import Delivery

CONVERSATION_KINDS: Final = frozenset(("reply", "mention", "quote"))
# What others publish for all, such as an item of a feed: to read, nobody waits for an answer to it.
TO_READ: Final = "post"
LONGEST_NOTE: Final = 5000
FETCH: Final = "inbox.fetch"


def watch_channel(channel: Channel, *, now: datetime) -> None:
    """Begin to fetch the reactions of a channel, or fetch them now."""
    if capabilities(channel.network).reads_reactions:
        enqueue(
            FETCH,
            key=f"{FETCH}:{channel.pk}",
            due_at=now,
            now=now,
            organisation_id=channel.organisation_id,
            payload={"channel": channel.pk},
        )


def take_in(channel: Channel, items: Sequence[Incoming], *, now: datetime) -> int:
    """Keep reactions that a network gave, each once, and return how many were new.

    Likes, reposts and follows are no conversations: measurement counts them. What others publish for all comes
    in to be read. Errors: none; what came before is left as it is.
    """
    kinds = CONVERSATION_KINDS | {TO_READ}
    wanted = [item for item in items if item.kind in kinds and item.author.id != channel.remote_id]
    known = set(
        Message.objects.filter(
            channel=channel, remote_uri__in=[item.remote_id for item in wanted]
        ).values_list("remote_uri", flat=True)
    )
    fresh = [item for item in wanted if item.remote_id not in known]
    for item in fresh:
        _take_one(channel, item, now=now)
    return len(fresh)


@transaction.atomic
def _take_one(channel: Channel, item: Incoming, *, now: datetime) -> None:
    organisation = channel.organisation
    person = _person(channel, item, now=now)
    conversation = _conversation(channel, person, item, now=now)
    message, is_new = Message.objects.get_or_create(
        organisation=organisation,
        channel=channel,
        remote_uri=item.remote_id,
        defaults={
            "conversation": conversation,
            "person": person,
            "kind": item.kind,
            "remote_cid": item.ref.cid,
            "remote_url": item.ref.url,
            "text": clean_text(item.text).text,
            # A network's own clock may lie: what comes from the future arrived now.
            "at": min(item.at, now),
        },
    )
    if not is_new:
        return
    if item.kind == TO_READ:
        _refresh(conversation)
        return
    conversation.state, conversation.done_at = "open", None
    _refresh(conversation)
    emit(MessageReceived(message.pk, conversation.pk), organisation_id=organisation.pk, now=now)


def _person(channel: Channel, item: Incoming, *, now: datetime) -> Person:
    person, _ = Person.objects.update_or_create(
        organisation=channel.organisation,
        network=channel.network,
        remote_id=item.author.id,
        defaults={
            "handle": item.author.handle[:253],
            "name": clean_text(item.author.name).text[:200],
            "last_seen_at": now,
        },
        create_defaults={
            "handle": item.author.handle[:253],
            "name": clean_text(item.author.name).text[:200],
            "first_seen_at": now,
            "last_seen_at": now,
        },
    )
    return person


def _conversation(channel: Channel, person: Person, item: Incoming, *, now: datetime) -> Conversation:
    root = item.root or item.in_reply_to or item.ref
    about = [ref.uri for ref in (item.in_reply_to, item.root) if ref]
    delivery = Delivery.objects.filter(channel=channel, remote_uri__in=about, origin="post").first()
    # Locked: who answers or closes it at this moment would write over what comes in, or we over that.
    conversation, _ = Conversation.objects.select_for_update().get_or_create(
        organisation=channel.organisation,
        channel=channel,
        root_uri=root.uri,
        person=person,
        defaults={
            "delivery": delivery,
            "last_at": min(item.at, now),
            "opened_at": now,
            "state": "info" if item.kind == TO_READ else "open",
        },
    )
    return conversation


def _refresh(conversation: Conversation) -> None:
    """Bring the row up to its messages: who waits, until when, and what was said last."""
    organisation = conversation.organisation
    messages = list(conversation.messages.select_related("delivery").order_by("at", "pk"))
    # Ours count once they stand on the network: what is still on its way answers nobody.
    said = [
        rules.Said(message.at, message.person_id is None)
        for message in messages
        if message.kind != TO_READ
        and (message.person_id is not None or (message.delivery and message.delivery.state == "published"))
    ]
    since = rules.waiting_since(said)
    conversation.waiting_since = since
    conversation.deadline_at = (
        rules.promised_until(since, organisation.answer_within_minutes, business_hours(organisation))
        if since
        else None
    )
    if messages:
        conversation.last_at, conversation.last_text = messages[-1].at, messages[-1].text[:200]
    conversation.save()


@transaction.atomic
def answer(
    actor: Member,
    *,
    conversation: Conversation,
    text: str,
    seen_message_id: int | None = None,
    reasons: str = "",
    now: datetime,
) -> Delivery:
    """Send an answer to what they said last, through the same delivery as a post; it assigns to the actor.

    Where a rule wants it, consent is asked and the answer waits for it. `seen_message_id`: the newest message
    that the actor saw. Errors: NotAllowed; Conflict("answered_meanwhile") when a colleague answered since;
    Invalid when a rule forbids the text, or nobody else may consent to it.
    """
    require(actor, "inbox.answer")
    kept = Conversation.objects.select_for_update().get(pk=conversation.pk)
    _check_unanswered(kept, actor, seen_message_id)
    said = clean_text(text).text.strip()
    if not said:
        raise Invalid("text", "answer_empty")
    theirs = kept.messages.filter(person__isnull=False).exclude(kind=TO_READ).order_by("at", "pk").last()
    if theirs is None:
        raise Conflict("nothing_to_answer")
    judgement = judge_answer(actor, kept, said, now=now)
    if judgement.blocked:
        raise Invalid("text", "answer_blocked")
    content = {
        "text": said,
        "language": kept.organisation.language,
        "images": [],
        "reply_to": {"uri": theirs.remote_uri, "cid": theirs.remote_cid, "url": theirs.remote_url},
        "reply_root": _root(kept, theirs),
    }
    delivery = schedule(
        actor, channel=kept.channel, content=content, due_at=now, origin="reply", origin_id=kept.pk, now=now
    )
    Message.objects.create(
        organisation=kept.organisation,
        conversation=kept,
        channel=kept.channel,
        delivery=delivery,
        kind="answer",
        text=said,
        at=now,
    )
    consent.ask(actor, delivery=delivery, judgement=judgement, now=now)
    if kept.assignee_id is None:
        kept.assignee = actor
    kept.last_at, kept.last_text = now, said[:200]
    kept.save()
    after = {"delivery": delivery.pk, "reason": reasons}
    record(actor, "conversation.answered", kind="conversation", subject=kept, now=now, after=after)
    return delivery


def _check_unanswered(conversation: Conversation, actor: Member, seen_message_id: int | None) -> None:
    if seen_message_id is None:
        return
    newer = conversation.messages.filter(pk__gt=seen_message_id, delivery__isnull=False)
    if newer.exclude(delivery__author=actor).exclude(delivery__state="withdrawn").exists():
        raise Conflict("answered_meanwhile")


def _root(conversation: Conversation, theirs: Message) -> dict[str, str]:
    """Return the post at the top of the thread: ours if we know it, else theirs."""
    if conversation.delivery and conversation.delivery.remote_uri == conversation.root_uri:
        ours = conversation.delivery
        return {"uri": ours.remote_uri, "cid": ours.remote_cid, "url": ours.remote_url}
    first = conversation.messages.filter(remote_uri=conversation.root_uri).first() or theirs
    return {"uri": first.remote_uri, "cid": first.remote_cid, "url": first.remote_url}


@transaction.atomic
def note_published(delivery: Delivery, *, at: datetime, now: datetime) -> None:
    """Write on our answer where it stands, stop the clock, and say whether it kept the promise."""
    message = Message.objects.select_related("conversation").filter(delivery=delivery).first()
    if message is None or message.remote_uri:
        return
    kept = Conversation.objects.select_for_update().get(pk=message.conversation_id)
    organisation = kept.organisation
    calendar = business_hours(organisation)
    kept_promise = rules.on_time(kept.waiting_since, at, organisation.answer_within_minutes, calendar)
    message.at, message.was_on_time = at, kept_promise
    message.remote_uri, message.remote_cid, message.remote_url = (
        delivery.remote_uri,
        delivery.remote_cid,
        delivery.remote_url,
    )
    message.save()
    _refresh(kept)
    told = ConversationAnswered(kept.pk, delivery.pk, delivery.author_id, at.isoformat(), kept_promise)
    emit(told, organisation_id=organisation.pk, now=now)


@transaction.atomic
def assign(
    actor: Member,
    *,
    conversation: Conversation,
    assignee: Member | None,
    department: Department | None = None,
    line: str = "",
    now: datetime,
) -> None:
    """Give a conversation to a colleague or a department, or to nobody; handing over takes one line.

    Errors: NotAllowed; Invalid without a line when somebody else gets it.
    """
    require(actor, "inbox.answer")
    kept = Conversation.objects.select_for_update().get(pk=conversation.pk)
    is_handed_over = (assignee is not None and assignee.pk != actor.pk) or department is not None
    if is_handed_over and not line.strip():
        raise Invalid("line", "hand_over_without_line")
    before = {"assignee": str(kept.assignee or ""), "department": str(kept.department or "")}
    kept.assignee, kept.department = assignee, department
    # What was to read for all is now something for one to see to.
    kept.state = "open" if kept.state == "info" else kept.state
    kept.save(update_fields=["assignee", "department", "state"])
    if line.strip():
        _note(actor, kept, line, now=now)
    after = {"assignee": str(assignee or ""), "department": str(department or "")}
    record(
        actor, "conversation.assigned", kind="conversation", subject=kept, now=now, before=before, after=after
    )


@transaction.atomic
def note(actor: Member, *, conversation: Conversation, text: str, now: datetime) -> Note:
    """Write something for colleagues; it never leaves Dialoog.

    Errors: NotAllowed; Invalid when it's empty or too long.
    """
    require(actor, "inbox.answer")
    return _note(actor, conversation, text, now=now)


def _note(actor: Member, conversation: Conversation, text: str, *, now: datetime) -> Note:
    said = clean_text(text).text.strip()
    if not said:
        raise Invalid("note", "note_empty")
    if len(said) > LONGEST_NOTE:
        raise Invalid("note", "note_too_long", {"most": LONGEST_NOTE})
    return Note.objects.create(
        organisation=actor.organisation, conversation=conversation, member=actor, text=said, at=now
    )


@transaction.atomic
def finish(actor: Member, *, conversation: Conversation, now: datetime) -> None:
    """Close a conversation, or put away what was to read; a new message opens it again."""
    require(actor, "inbox.answer")
    kept = Conversation.objects.select_for_update().get(pk=conversation.pk)
    was = kept.state
    if was == "done":
        return
    kept.state, kept.done_at = "done", now
    kept.save(update_fields=["state", "done_at"])
    if was == "info":
        return
    record(actor, "conversation.done", kind="conversation", subject=kept, now=now)
    emit(ConversationDone(kept.pk, actor.pk), organisation_id=actor.organisation_id, now=now)


@transaction.atomic
def finish_read(actor: Member, *, channel_id: int | None = None, now: datetime) -> int:
    """Put all that is to read away as read, of one channel or of all; return how many there were."""
    require(actor, "inbox.answer")
    found = Conversation.objects.filter(state="info")
    if channel_id is not None:
        found = found.filter(channel_id=channel_id)
    count = found.update(state="done", done_at=now)
    if count:
        after = {"count": count}
        record(actor, "conversation.all_read", kind="conversation", subject=None, now=now, after=after)
    return count


@transaction.atomic
def reopen(actor: Member, *, conversation: Conversation, now: datetime) -> None:
    """Take back that a conversation was done."""
    require(actor, "inbox.answer")
    kept = Conversation.objects.select_for_update().get(pk=conversation.pk)
    kept.state, kept.done_at = "open", None
    kept.save(update_fields=["state", "done_at"])
    record(actor, "conversation.reopened", kind="conversation", subject=kept, now=now)
