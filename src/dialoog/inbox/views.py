"""The pages of the inbox: the list by deadline, and one conversation."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dialoog.channels.queries import connected_channels
from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Conflict, Invalid
from dialoog.inbox import actions, consent, queries
from dialoog.inbox.forms import AnswerForm, DecideForm, HandOverForm, NoteForm, sentence
from dialoog.inbox.judging import judge_answer
from dialoog.inbox.models import Conversation
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.models import Department, Member
from dialoog.organisations.queries import business_hours, departments, members
from dialoog.organisations.roles import may
from dialoog.policy.sentences import check_items
from dialoog.publishing.models import Delivery
from dialoog.ui.page import page
from dialoog.ui.rows import Pager


@screen("inbox.view")
@require_GET
def inbox(request: MemberRequest) -> HttpResponse:
    """Show the list alone."""
    return page(request, "inbox/inbox.html", _list(request))


@screen("inbox.view")
@require_http_methods(["GET", "POST"])
def conversation(request: MemberRequest, conversation_id: int) -> HttpResponse:
    """Show a conversation beside the list, and send an answer."""
    found = _found(conversation_id)
    form = AnswerForm(request.POST) if request.method == "POST" else None
    checks: list[Any] = []
    if form is not None and form.is_valid():
        said = form.cleaned_data["text"]
        checks = _checks(request, found, said)
        if _answered(request, found, form):
            return _back(request, found)
    return page(request, "inbox/conversation.html", _one(request, found, answer_form=form, checks=checks))


@screen("inbox.view")
@require_POST
def check(request: MemberRequest, conversation_id: int) -> HttpResponse:
    """Say what the rules think of an answer that is being written."""
    found = _found(conversation_id)
    text = request.POST.get("text", "")
    return page(
        request, "inbox/checks.html", {"checks": _checks(request, found, text) if text.strip() else []}
    )


@screen("post.approve")
@require_POST
def decide(request: MemberRequest, conversation_id: int, delivery_id: int) -> HttpResponse:
    """Give consent for an answer, or send it back with what must change."""
    found = _found(conversation_id)
    answer = _answer_of(found, delivery_id)
    approved = request.POST.get("do") == "approve"
    form = DecideForm(request.POST)
    if form.is_valid():
        try:
            consent.decide(
                request.member,
                delivery=answer,
                approved=approved,
                reason=form.cleaned_data["reason"],
                now=read_clock(),
            )
        except Invalid as error:
            form.add_error("reason", sentence(error))
        except Conflict as error:
            messages.warning(request, sentence(error))
            return _back(request, found)
        else:
            done = _("Approved. The answer goes out.") if approved else _("The maker sees what must change.")
            messages.success(request, done)
            return _back(request, found)
    context = _one(request, found, decide_form=form, deciding=answer.pk)
    return page(request, "inbox/conversation.html", context)


@screen("inbox.answer")
@require_POST
def withdraw(request: MemberRequest, conversation_id: int, delivery_id: int) -> HttpResponse:
    """Take back an answer that waits for consent; its text stands in the field again."""
    found = _found(conversation_id)
    try:
        consent.withdraw(request.member, delivery=_answer_of(found, delivery_id), now=read_clock())
    except Conflict as error:
        messages.warning(request, sentence(error))
    else:
        messages.success(request, _("The answer has been withdrawn."))
    return _back(request, found)


@screen("inbox.answer")
@require_POST
def note(request: MemberRequest, conversation_id: int) -> HttpResponse:
    """Write a note for colleagues."""
    found = _found(conversation_id)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            actions.note(request.member, conversation=found, text=form.cleaned_data["note"], now=read_clock())
        except Invalid as error:
            form.add_error("note", sentence(error))
        else:
            return _back(request, found)
    return page(request, "inbox/conversation.html", _one(request, found, note_form=form))


@screen("inbox.answer")
@require_POST
def take(request: MemberRequest, conversation_id: int) -> HttpResponse:
    """Take a conversation."""
    found = _found(conversation_id)
    actions.assign(request.member, conversation=found, assignee=request.member, now=read_clock())
    messages.success(request, _("This conversation is yours."))
    return _back(request, found)


@screen("inbox.answer")
@require_POST
def hand_over(request: MemberRequest, conversation_id: int) -> HttpResponse:
    """Give a conversation to a colleague or a department, with one line."""
    found = _found(conversation_id)
    form = HandOverForm(request.POST, choices=_receivers())
    if form.is_valid():
        kind, _dot, number = form.cleaned_data["to"].partition("-")
        assignee = get_object_or_404(Member, pk=number) if kind == "member" else None
        department = get_object_or_404(Department, pk=number) if kind == "department" else None
        try:
            actions.assign(
                request.member,
                conversation=found,
                assignee=assignee,
                department=department,
                line=form.cleaned_data["line"],
                now=read_clock(),
            )
        except Invalid as error:
            form.add_error("line", sentence(error))
        else:
            messages.success(request, _("The conversation has been handed over."))
            return _back(request, found)
    return page(request, "inbox/conversation.html", _one(request, found, hand_over_form=form))


@screen("inbox.answer")
@require_POST
def done(request: MemberRequest, conversation_id: int) -> HttpResponse:
    """Close a conversation and go to the next that waits; of what is to read, to the next of that."""
    found = _found(conversation_id)
    actions.finish(request.member, conversation=found, now=read_clock())
    if found.state == "info":
        return _next_to_read(request)
    messages.success(request, _("The conversation is done. It opens again when they write."))
    following = queries.next_waiting(request.organisation, now=read_clock(), limit=1)
    slug = request.organisation.slug
    return HttpResponseRedirect(
        following[0].url if following else reverse("inbox:inbox", args=[slug]), status=303
    )


def _next_to_read(request: MemberRequest) -> HttpResponse:
    following = queries.next_to_read(request.organisation, now=read_clock())
    shelf = reverse("inbox:inbox", args=[request.organisation.slug])
    return HttpResponseRedirect(following.url if following else shelf, status=303)


@screen("inbox.answer")
@require_POST
def all_read(request: MemberRequest) -> HttpResponse:
    """Put all that is to read away as read; of one channel when the list shows one."""
    channel = _number(request.POST.get("kanaal", ""))
    count = actions.finish_read(request.member, channel_id=channel, now=read_clock())
    messages.success(request, _("Read, and put away: %(count)s.") % {"count": count})
    return HttpResponseRedirect(reverse("inbox:inbox", args=[request.organisation.slug]), status=303)


@screen("inbox.answer")
@require_POST
def reopen(request: MemberRequest, conversation_id: int) -> HttpResponse:
    """Open a conversation again."""
    found = _found(conversation_id)
    actions.reopen(request.member, conversation=found, now=read_clock())
    return _back(request, found)


@screen("inbox.answer")
@require_POST
def fetch_now(request: MemberRequest) -> HttpResponse:
    """Look for reactions now instead of at the next turn."""
    for channel in connected_channels():
        actions.watch_channel(channel, now=read_clock())
    messages.info(request, _("Dialoog is looking for new reactions. They appear here within moments."))
    return HttpResponseRedirect(reverse("inbox:inbox", args=[request.organisation.slug]), status=303)


def _found(conversation_id: int) -> Conversation:
    wanted = Conversation.objects.select_related(
        "person", "channel", "assignee__user", "department", "delivery__post__goal", "organisation"
    )
    return get_object_or_404(wanted, pk=conversation_id)


def _answer_of(found: Conversation, delivery_id: int) -> Delivery:
    return get_object_or_404(Delivery, message__conversation=found, pk=delivery_id)


def _back(request: MemberRequest, found: Conversation) -> HttpResponse:
    url = reverse("inbox:conversation", args=[request.organisation.slug, found.pk])
    return HttpResponseRedirect(url, status=303)


def _answered(request: MemberRequest, found: Conversation, form: AnswerForm) -> bool:
    data, said = form.cleaned_data, form.cleaned_data["text"]
    try:
        sent = actions.answer(
            request.member,
            conversation=found,
            text=said,
            seen_message_id=data["seen"],
            now=read_clock(),
        )
    except (Invalid, Conflict) as error:
        form.add_error("text", sentence(error))
        # Having read what a colleague wrote, sending once more is a choice.
        typed = QueryDict(mutable=True)
        typed.update({"text": said, "seen": str(queries.newest_message_id(found))})
        form.data = typed
        return False
    if consent.is_awaited(sent):
        messages.success(request, _("The answer waits for approval. With it, it goes out by itself."))
    else:
        messages.success(request, _("The answer is on its way."))
    return True


def _checks(request: MemberRequest, found: Conversation, text: str) -> list[Any]:
    judgement = judge_answer(request.member, found, text, now=read_clock())
    return list(check_items(judgement, text, organisation=request.organisation))


def _shelf(request: HttpRequest, member: Member, usual: str) -> queries.Shelf:
    name = request.GET.get("plank", usual)
    return queries.Shelf(
        name=name if name in queries.SHELVES else "wacht",
        member_id=member.pk,
        channel_id=_number(request.GET.get("kanaal", "")),
        after=request.GET.get("na", ""),
    )


def _number(typed: str) -> int | None:
    return int(typed) if typed.isdecimal() and len(typed) < 18 else None


def _list(request: MemberRequest, current: int | None = None, *, usual: str = "wacht") -> dict[str, Any]:
    now = read_clock()
    shelf = _shelf(request, request.member, usual)
    may_answer = may(request.member, "inbox.answer")
    found = queries.list_page(request.organisation, shelf, now=now, current=current, claims=may_answer)
    query = {"plank": shelf.name, **({"kanaal": shelf.channel_id} if shelf.channel_id else {})}
    older = f"?{urlencode({**query, 'na': found.next_key})}" if found.next_key else ""
    counted = queries.counts(request.member)
    labels = {"wacht": _("Waiting"), "open": _("All open"), "mijn": _("Mine")}
    # Only who follows a feed has something to read.
    labels |= {"lezen": _("To read")} if counted["lezen"] or shelf.name == "lezen" else {}
    labels |= {"klaar": _("Done")}
    return {
        "rows": found.rows,
        "pager": Pager(older_url=older),
        "shelf": shelf.name,
        "shelves": [(name, label, counted[name]) for name, label in labels.items()],
        "channels": connected_channels(),
        "channel_id": shelf.channel_id,
        "may_answer": may_answer,
        "is_first_use": not any(counted.values()),
    }


def _one(request: MemberRequest, found: Conversation, **forms: Any) -> dict[str, Any]:
    now = read_clock()
    calendar = business_hours(request.organisation)
    said = queries.messages_of(found)
    thread = queries.thread(found, said, request.member)
    seen = max((entry.message_id for entry in thread), default=0)
    return {
        **_list(request, current=found.pk, usual="lezen" if found.state == "info" else "wacht"),
        "conversation": found,
        "clock": queries.clock_of(found, request.organisation, calendar, now=now),
        "network": queries.network_of(found.channel.network),
        "is_read_only": queries.is_read_only(found.channel.network),
        "thread": thread,
        "earlier": queries.earlier(found),
        "checks": forms.get("checks", []),
        "answer_form": forms.get("answer_form")
        or AnswerForm(initial={"seen": seen, "text": consent.returned_text(said, request.member)}),
        "decide_form": forms.get("decide_form") or DecideForm(),
        # One at a time: two forms would hold the same fields.
        "deciding": forms.get("deciding")
        or next((one.delivery_id for one in thread if one.consent and one.consent.may_decide), None),
        "note_form": forms.get("note_form") or NoteForm(),
        "hand_over_form": forms.get("hand_over_form") or HandOverForm(choices=_receivers()),
        "now": now,
    }


def _receivers() -> list[tuple[str, str]]:
    people = [(f"member-{member.pk}", str(member)) for member in members()]
    return people + [(f"department-{one.pk}", one.name) for one in departments()]
