"""The pages of the growth scan for colleagues: answering, the ladder, and leading a round."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dialoog.assess import actions, queries
from dialoog.assess.forms import InviteForm, QuestionForm, posted
from dialoog.assess.labels import sentence
from dialoog.assess.models import Scan, ScanInvitation
from dialoog.assess.rules import KEYS, questions
from dialoog.assess.showing import history, path_of, result
from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Conflict, Invalid
from dialoog.core.secrets import seal, unseal
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.queries import departments
from dialoog.organisations.roles import may
from dialoog.ui.page import page

LINKS = "scan_links"


@screen("scan.view")
@require_GET
def scan(request: MemberRequest) -> HttpResponse:
    """Show where we stand, and what can be done: answer, invite, close, repeat."""
    language = get_language() or "nl"
    rounds = queries.rounds(request.member)
    current = next((one for one in rounds if one.is_open), None)
    told = next((one for one in rounds if one.joint), None) or next((one for one in rounds if one.own), None)
    context = {
        "current": current,
        "turnout": queries.turnout(current.scan) if current else None,
        "result": result(told, language) if told else None,
        "history": history(rounds),
        "path": path_of(rounds),
        "has_rounds": bool(rounds),
        "may_manage": may(request.member, "scan.manage"),
        "may_answer": may(request.member, "scan.answer"),
    }
    return page(request, "assess/scan.html", context)


@screen("scan.manage")
@require_POST
def scan_open(request: MemberRequest) -> HttpResponse:
    """Open a round and begin with its first question."""
    try:
        actions.open_scan(request.member, now=read_clock())
    except Conflict as error:
        messages.info(request, sentence(error))
        return _go(request, "scan")
    return _go(request, "question", 1)


@screen("scan.manage")
@require_POST
def scan_close(request: MemberRequest) -> HttpResponse:
    """Close the open round, so that all its answers are told."""
    current = queries.open_scan()
    try:
        if current:
            actions.close_scan(request.member, scan=current, now=read_clock())
            messages.success(request, _("The round has been closed."))
    except Conflict:
        messages.info(request, _("This round was closed already."))
    return _go(request, "scan")


@screen("scan.answer")
@require_http_methods(["GET", "POST"])
def question(request: MemberRequest, number: int) -> HttpResponse:
    """Ask one question, and go on to the next or back to the check page."""
    current = queries.open_scan()
    if current is None or not 1 <= number <= len(KEYS):
        return _go(request, "scan")
    asked = questions(get_language() or "nl")[number - 1]
    draft = _draft(request, current)
    form = QuestionForm(posted(request), question=asked, initial={"answer": draft.get(asked.key)})
    if request.method == "POST" and form.is_valid():
        request.session[_key(current)] = {**draft, asked.key: form.cleaned_data["answer"]}
        is_last = number == len(KEYS) or "check" in request.GET
        return _go(request, "check") if is_last else _go(request, "question", number + 1)
    back = reverse("assess:question", args=[request.organisation.slug, number - 1]) if number > 1 else ""
    context = {
        "form": form,
        "number": number,
        "total": len(KEYS),
        "descriptions": {option.points: option.description for option in asked.options},
        "examples": {option.points: option.example for option in asked.options},
        "back_url": back or reverse("assess:scan", args=[request.organisation.slug]),
    }
    return page(request, "assess/question.html", context)


@screen("scan.answer")
@require_http_methods(["GET", "POST"])
def check(request: MemberRequest) -> HttpResponse:
    """Show the four answers before they count, and let them count."""
    current = queries.open_scan()
    if current is None:
        return _go(request, "scan")
    draft = _draft(request, current)
    missing = next((number for number, key in enumerate(KEYS, start=1) if key not in draft), None)
    if missing:
        return _go(request, "question", missing)
    if request.method == "POST":
        return _send(request, current, draft)
    chosen = [(asked, asked.option(draft[asked.key])) for asked in questions(get_language() or "nl")]
    return page(request, "assess/check.html", {"chosen": chosen, "total": len(KEYS)})


@screen("scan.manage")
@require_http_methods(["GET", "POST"])
def invite(request: MemberRequest) -> HttpResponse:
    """Make links for colleagues without an account, and withdraw those that weren't used."""
    current = queries.open_scan()
    if current is None:
        return _go(request, "scan")
    form = InviteForm(posted(request), departments=departments())
    if request.method == "POST" and form.is_valid():
        try:
            tokens = actions.invite(
                request.member,
                count=form.cleaned_data["count"],
                department=form.chosen(),
                now=read_clock(),
            )
        except Invalid as error:
            form.refuse(error)
        except Conflict:
            return _go(request, "scan")
        else:
            request.session[LINKS] = seal(tokens)
            return _go(request, "links")
    context = {"form": form, "links": queries.open_links(current, now=read_clock())}
    return page(request, "assess/invite.html", context)


@screen("scan.manage")
@require_GET
def links(request: MemberRequest) -> HttpResponse:
    """Show new links this once; they are stored nowhere."""
    kept = request.session.pop(LINKS, None)
    if kept is None:
        return _go(request, "invite")
    numbers = queries.numbers_of(unseal(kept))
    made = [
        (number, request.build_absolute_uri(reverse("assess:by-link", args=[token])))
        for token, number in sorted(numbers.items(), key=lambda item: item[1])
    ]
    response = page(request, "assess/links.html", {"links": made, "days": actions.LINK_LIFE.days})
    response["Cache-Control"] = "no-store"
    return response


@screen("scan.manage")
@require_POST
def link_withdraw(request: MemberRequest, invitation_id: int) -> HttpResponse:
    """Withdraw a link that wasn't used."""
    found = get_object_or_404(ScanInvitation, pk=invitation_id)
    try:
        actions.withdraw_link(request.member, invitation=found, now=read_clock())
    except Conflict as error:
        messages.info(request, sentence(error))
    else:
        messages.success(request, _("Link %(number)s has been withdrawn.") % {"number": found.number})
    return _go(request, "invite")


def _send(request: MemberRequest, current: Scan, draft: Mapping[str, int]) -> HttpResponse:
    try:
        actions.answer(request.member, answers=draft, now=read_clock())
    except Conflict as error:
        messages.warning(request, sentence(error))
    else:
        messages.success(request, _("Thank you. Your answers count."))
    request.session.pop(_key(current), None)
    return _go(request, "scan")


def _draft(request: MemberRequest, current: Scan) -> dict[str, int]:
    """Return what was chosen so far; at first what this person answered already."""
    kept: dict[str, int] | None = request.session.get(_key(current))
    return kept if kept is not None else queries.own_answers(current, request.member)


def _key(current: Scan) -> str:
    return f"scan_draft_{current.pk}"


def _go(request: MemberRequest, name: str, *args: int) -> HttpResponse:
    return HttpResponseRedirect(
        reverse(f"assess:{name}", args=[request.organisation.slug, *args]), status=303
    )
