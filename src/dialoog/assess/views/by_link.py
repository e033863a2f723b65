"""The growth scan by link, without an account: four questions, a check page, and thanks."""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_GET, require_http_methods
from django_scopes import scope

from dialoog.assess import actions, queries
from dialoog.assess.forms import QuestionForm, SendForm, posted
from dialoog.assess.labels import SENTENCES, meaning, phases_title
from dialoog.assess.pictures import ladder
from dialoog.assess.rules import FEWEST, KEYS, phases_of, points_of, questions
from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Conflict, Invalid
from dialoog.core.secrets import fingerprint
from dialoog.organisations.queries import departments
from dialoog.ui.page import page

LANGUAGES = ("nl", "en")


class LinkRequest(HttpRequest):
    """A request whose link is known and still opens the scan."""

    link: queries.Link
    token: str


def by_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open the organisation of the link for a page; a link that ended gets a page that says why.

    The page speaks the organisation's language, or the one that was chosen here; it is never kept by
    a cache or found by a search engine.
    """

    @functools.wraps(view)
    def guarded(request: LinkRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        found = queries.link(token, now=read_clock())
        if found is None:
            return _private(_ended(request, "unknown", 404), translation.get_language() or "nl")
        request.link, request.token = found, token
        organisation = found.invitation.organisation
        language = _language(request, organisation.language)
        with (
            scope(organisation=organisation),
            timezone.override(organisation.zone),
            translation.override(language),
        ):
            if found.state != "open" and view.__name__ != "thanks":
                return _private(_ended(request, found.state, 410), language)
            return _private(view(request, *args, **kwargs), language)

    return guarded


@by_link
@require_GET
def welcome(request: LinkRequest) -> HttpResponse:
    """Say what this is, how long it takes and what is kept."""
    return page(request, "assess/by_link/welcome.html", {**_frame(request), "fewest": FEWEST})


@by_link
@require_http_methods(["GET", "POST"])
def question(request: LinkRequest, number: int) -> HttpResponse:
    """Ask one question."""
    if not 1 <= number <= len(KEYS):
        return _go(request, "by-link")
    asked, draft = questions(translation.get_language() or "nl")[number - 1], _draft(request)
    form = QuestionForm(posted(request), question=asked, initial={"answer": draft.get(asked.key)})
    if request.method == "POST" and form.is_valid():
        request.session[_key(request)] = {**draft, asked.key: form.cleaned_data["answer"]}
        is_last = number == len(KEYS) or "check" in request.GET
        return _go(request, "by-link-check") if is_last else _go(request, "by-link-question", number + 1)
    context = {
        "form": form,
        "number": number,
        "total": len(KEYS),
        "descriptions": {option.points: option.description for option in asked.options},
        "examples": {option.points: option.example for option in asked.options},
        "back_url": _url(request, "by-link-question", number - 1) if number > 1 else _url(request, "by-link"),
    }
    return page(request, "assess/by_link/question.html", {**_frame(request), **context})


@by_link
@require_http_methods(["GET", "POST"])
def check(request: LinkRequest) -> HttpResponse:
    """Show the answers before they count, ask for the department when the link names none, and send."""
    draft = _draft(request)
    missing = next((number for number, key in enumerate(KEYS, start=1) if key not in draft), None)
    if missing:
        return _go(request, "by-link-question", missing)
    choices = [] if request.link.invitation.department else departments()
    form = SendForm(posted(request), departments=choices)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_by_link(request.token, answers=draft, department=form.chosen(), now=read_clock())
        except Invalid as error:
            form.refuse(error)
        except Conflict as error:
            request.session.pop(_key(request), None)
            return _ended(request, error.code.removeprefix("link_"), 410)
        else:
            return _go(request, "by-link-thanks")
    chosen = [
        (asked, asked.option(draft[asked.key])) for asked in questions(translation.get_language() or "nl")
    ]
    context = {"form": form, "chosen": chosen, "total": len(KEYS), "asks_department": bool(choices)}
    return page(request, "assess/by_link/check.html", {**_frame(request), **context})


@by_link
@require_GET
def thanks(request: LinkRequest) -> HttpResponse:
    """Thank, and show once what the own answers mean."""
    draft = request.session.pop(_key(request), {})
    if request.link.state != "used" or set(draft) != set(KEYS):
        return _ended(request, request.link.state, 410)
    phases = phases_of(points_of(draft))
    context = {"title": phases_title(phases), "meaning": meaning(phases), "ladder": ladder(phases)}
    return page(request, "assess/by_link/thanks.html", {**_frame(request), **context})


def _frame(request: LinkRequest) -> dict[str, object]:
    language = translation.get_language()
    other = next(one for one in LANGUAGES if one != language)
    return {
        "organisation_name": request.link.invitation.organisation.name,
        "department": request.link.invitation.department,
        "token": request.token,
        "other_language": other,
    }


def _ended(request: HttpRequest, state: str, status: int) -> HttpResponse:
    cause = SENTENCES.get(f"link_{state}", SENTENCES["link_unknown"])
    return page(
        request, "assess/by_link/ended.html", {"cause": cause, "is_done": state == "used"}, status=status
    )


def _language(request: LinkRequest, usual: str) -> str:
    chosen = request.GET.get("taal", "")
    if chosen in LANGUAGES:
        request.session["scan_language"] = chosen
    kept = request.session.get("scan_language", usual)
    return kept if kept in LANGUAGES else usual


def _private(response: HttpResponse, language: str) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    response["Content-Language"] = language
    return response


def _draft(request: LinkRequest) -> dict[str, int]:
    kept: dict[str, int] = request.session.get(_key(request), {})
    return kept


def _key(request: LinkRequest) -> str:
    return f"scan_link_{fingerprint(request.token)[:16]}"


def _url(request: LinkRequest, name: str, *args: int) -> str:
    return reverse(f"assess:{name}", args=[request.token, *args])


def _go(request: LinkRequest, name: str, *args: int) -> HttpResponse:
    return HttpResponseRedirect(_url(request, name, *args), status=303)
