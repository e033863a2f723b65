"""Conversations to look at: the list by deadline, one thread, and what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from dialoog.core.hours import BusinessHours, clock_for
from dialoog.inbox.consent import Standing, standings
from dialoog.inbox.models import Conversation, Message, Note
from dialoog.networks.registry import capabilities
from dialoog.organisations.models import Member, Organisation
from dialoog.organisations.queries import business_hours
from dialoog.ui.clocks import clock_face
from dialoog.ui.networks import shown_name
from dialoog.ui.rows import Action, Clock, ConversationRow, Network

PAGE: Final = 30
SHELVES: Final = ("wacht", "open", "mijn", "lezen", "klaar")
_STATES: Final = {"klaar": "done", "lezen": "info"}


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """Which conversations: those that wait, all open ones, mine, what is to read, or what is done; and from where on."""

    name: str = "wacht"
    member_id: int | None = None
    channel_id: int | None = None
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """A page of the list and the key of the next."""

    rows: Sequence[ConversationRow]
    next_key: str = ""


def list_page(
    organisation: Organisation,
    shelf: Shelf,
    *,
    now: datetime,
    current: int | None = None,
    claims: bool = False,
) -> ListPage:
    """Return a page of conversations: those that wait by deadline, the others by their last message."""
    found = list(_shelved(shelf)[: PAGE + 1])
    calendar = business_hours(organisation)
    rows = [
        row_of(one, organisation, calendar, now=now, current=current, claims=claims) for one in found[:PAGE]
    ]
    return ListPage(rows=rows, next_key=_key_of(found[PAGE - 1], shelf) if len(found) > PAGE else "")


def _shelved(shelf: Shelf) -> QuerySet[Conversation]:
    found = Conversation.objects.select_related("person", "channel", "assignee__user", "department")
    if shelf.channel_id:
        found = found.filter(channel_id=shelf.channel_id)
    if shelf.name == "wacht":
        found = found.filter(state="open", waiting_since__isnull=False)
        return _from(found, "deadline_at", shelf.after, newest=False).order_by("deadline_at", "pk")
    found = found.filter(state=_STATES.get(shelf.name, "open"))
    if shelf.name == "mijn":
        found = found.filter(assignee_id=shelf.member_id)
    return _from(found, "last_at", shelf.after, newest=True).order_by("-last_at", "-pk")


def _from(found: QuerySet[Conversation], column: str, key: str, *, newest: bool) -> QuerySet[Conversation]:
    moment, _dot, number = key.rpartition("_")
    try:
        at, pk = datetime.fromisoformat(moment), int(number)
    except ValueError:
        return found
    side = "lt" if newest else "gt"
    return found.filter(Q(**{f"{column}__{side}": at}) | Q(**{column: at, f"pk__{side}": pk}))


def _key_of(conversation: Conversation, shelf: Shelf) -> str:
    moment = conversation.deadline_at if shelf.name == "wacht" else conversation.last_at
    return f"{moment.isoformat()}_{conversation.pk}" if moment else ""


def next_to_read(organisation: Organisation, *, now: datetime) -> ConversationRow | None:
    """Return the newest of what is to read."""
    calendar = business_hours(organisation)
    first = _shelved(Shelf(name="lezen")).first()
    return row_of(first, organisation, calendar, now=now) if first else None


def next_waiting(organisation: Organisation, *, now: datetime, limit: int = 5) -> list[ConversationRow]:
    """Return the conversations whose promise ends first, for the page of today."""
    calendar = business_hours(organisation)
    found = _shelved(Shelf())[:limit]
    return [row_of(one, organisation, calendar, now=now) for one in found]


def waiting_count() -> int:
    """Return how many conversations wait for us."""
    return Conversation.objects.filter(state="open", waiting_since__isnull=False).count()


def counts(member: Member) -> dict[str, int]:
    """Return how many conversations stand on each shelf, in one query."""
    is_open = Q(state="open")
    return Conversation.objects.aggregate(
        wacht=Count("pk", filter=is_open & Q(waiting_since__isnull=False)),
        open=Count("pk", filter=is_open),
        mijn=Count("pk", filter=is_open & Q(assignee_id=member.pk)),
        lezen=Count("pk", filter=Q(state="info")),
        klaar=Count("pk", filter=Q(state="done")),
    )


def row_of(
    conversation: Conversation,
    organisation: Organisation,
    calendar: BusinessHours,
    *,
    now: datetime,
    current: int | None = None,
    claims: bool = False,
) -> ConversationRow:
    """Return what a list shows of a conversation."""
    slug = organisation.slug
    who = str(conversation.person) or conversation.person.handle
    is_free = claims and conversation.assignee_id is None and conversation.state == "open"
    take = Action(label=_("Take"), url=reverse("inbox:take", args=[slug, conversation.pk]), post=True)
    return ConversationRow(
        id=f"conversation-{conversation.pk}",
        who=who,
        initials="".join(word[0] for word in who.split()[:2]).upper() or "?",
        url=reverse("inbox:conversation", args=[slug, conversation.pk]),
        topic=conversation.channel.name,
        text=conversation.last_text,
        clock=clock_of(conversation, organisation, calendar, now=now),
        network=network_of(conversation.channel.network),
        owner=str(conversation.assignee or conversation.department or _("nobody yet")),
        claim=take if is_free else None,
        is_new=conversation.waiting_since is not None,
        is_done=conversation.state == "done",
        is_current=conversation.pk == current,
    )


def network_of(network: str) -> Network:
    """Return how a network is shown."""
    can = capabilities(network)
    return Network(icon=can.icon, name=shown_name(can))


def is_read_only(network: str) -> bool:
    """Tell whether what comes from there is only to be read."""
    return not capabilities(network).publishes


def clock_of(
    conversation: Conversation, organisation: Organisation, calendar: BusinessHours, *, now: datetime
) -> Clock | None:
    """Return the clock of somebody who waits; None when nobody does."""
    if conversation.waiting_since is None:
        return None
    promised = organisation.answer_within_minutes
    clock = clock_for(
        started_at=conversation.waiting_since, promised_minutes=promised, calendar=calendar, now=now
    )
    if clock.deadline is None:
        return None
    closes = next((end for start, end in calendar.spans_from(now) if start <= now < end), None)
    return clock_face(
        left_seconds=clock.remaining_minutes * 60,
        promise_seconds=promised * 60,
        deadline=clock.deadline,
        now=now,
        resumes_at=clock.paused_until,
        closes_at=closes,
    )


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of a thread: their message, our answer, or a note of a colleague."""

    kind: str
    who: str
    text: str
    at: datetime
    url: str = ""
    state: str = ""
    reason_code: str = ""
    delivery_id: int | None = None
    was_on_time: bool | None = None
    message_id: int = 0
    consent: Standing | None = None


def messages_of(conversation: Conversation) -> list[Message]:
    """Return what they and we said, oldest first, ours with its delivery."""
    return list(conversation.messages.select_related("person", "delivery__author__user"))


def thread(conversation: Conversation, messages: Sequence[Message], member: Member) -> list[Entry]:
    """Return all of a conversation, oldest first, as this member sees it, in two queries."""
    notes = conversation.notes.select_related("member__user")
    standing = standings(messages, member)
    entries = [_message_entry(one, standing.get(one.delivery_id or 0)) for one in messages]
    return sorted(entries + [_note_entry(note) for note in notes], key=lambda entry: entry.at)


def _message_entry(message: Message, standing: Standing | None) -> Entry:
    if message.person is not None:
        return Entry(
            kind="theirs",
            who=str(message.person),
            text=message.text,
            at=message.at,
            url=message.remote_url,
            message_id=message.pk,
        )
    delivery = message.delivery
    return Entry(
        kind="ours",
        who=str(delivery.author) if delivery and delivery.author else "",
        text=message.text,
        at=message.at,
        url=message.remote_url,
        state=delivery.state if delivery else "published",
        reason_code=delivery.reason_code if delivery else "",
        delivery_id=delivery.pk if delivery else None,
        was_on_time=message.was_on_time,
        message_id=message.pk,
        consent=standing,
    )


def _note_entry(note: Note) -> Entry:
    return Entry(kind="note", who=str(note.member or ""), text=note.text, at=note.at)


def earlier(conversation: Conversation, *, limit: int = 5) -> list[Conversation]:
    """Return this person's other conversations with us, newest first."""
    found = Conversation.objects.filter(person=conversation.person).exclude(pk=conversation.pk)
    return list(found.select_related("channel", "person").order_by("-last_at")[:limit])


def newest_message_id(conversation: Conversation) -> int:
    """Return the id of the newest message, to notice a colleague's answer meanwhile."""
    return conversation.messages.order_by("-pk").values_list("pk", flat=True).first() or 0


@dataclass(frozen=True, kw_only=True)
class Promise:
    """How a period's answers stood against the promise."""

    answered: int
    on_time: int


def promise_kept(first: datetime, last: datetime) -> Promise:
    """Count the answers from `first` to before `last` (UTC) to people who waited, and those on time."""
    found = Message.objects.filter(at__gte=first, at__lt=last, was_on_time__isnull=False)
    sums = found.aggregate(answered=Count("pk"), on_time=Count("pk", filter=Q(was_on_time=True)))
    return Promise(**sums)
