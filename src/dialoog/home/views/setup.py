"""The set-up: six short pages from a one-time link to Vandaag. Only the first two must be filled in."""

from decimal import Decimal
from typing import Any, Final

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_GET, require_http_methods

from dialoog.channels.queries import channel_cards
from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Invalid, NotFound
from dialoog.home.actions import set_up
from dialoog.home.forms import ColleaguesForm, OrganisationForm, OwnerForm, TimesForm
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.actions import change_hours, change_settings, invite, setup_link
from dialoog.organisations.forms import hours_initial
from dialoog.organisations.labels import ROLE_LABELS
from dialoog.organisations.queries import open_invitations
from dialoog.organisations.roles import Role
from dialoog.organisations.sentences import sentence
from dialoog.organisations.sign_in import BACKEND
from dialoog.ui.page import page

STEPS: Final = 6
_KEPT: Final = "setup"


@require_http_methods(["GET", "POST"])
def organisation(request: HttpRequest, token: str) -> HttpResponse:
    """Ask what the organisation is called and in which language it publishes."""
    if closed := _closed(request, token):
        return closed
    kept = request.session.get(_KEPT, {})
    form = OrganisationForm(request.POST or None, initial={"language": "nl", **kept})
    if request.method == "POST" and form.is_valid():
        request.session[_KEPT] = form.cleaned_data
        translation.activate(form.cleaned_data["language"])
        return _to(reverse("home:setup-owner", args=[token]))
    return _page(request, "organisation", 1, {"form": form})


@require_http_methods(["GET", "POST"])
def owner(request: HttpRequest, token: str) -> HttpResponse:
    """Ask who the first owner is; then the organisation is there, and they are signed in."""
    if closed := _closed(request, token):
        return closed
    kept = request.session.get(_KEPT)
    back = reverse("home:setup", args=[token])
    if not kept:
        return _to(back)
    translation.activate(kept["language"])
    form = OwnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = _started(request, token, kept, form)
        if answer is not None:
            return answer
    return _page(request, "owner", 2, {"form": form, "back": back})


def _started(request: HttpRequest, token: str, kept: dict[str, str], form: OwnerForm) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        member = set_up(token=token, **kept, **data, now=read_clock())
    except Invalid as error:
        form.refuse(error)
        return None
    login(request, member.user, backend=BACKEND)
    return _to(reverse("home:setup-times", args=[member.organisation.slug]))


def _closed(request: HttpRequest, token: str) -> HttpResponse | None:
    try:
        setup_link(token, now=read_clock())
    except NotFound:
        return page(request, "organisations/closed_link.html", {"kind": "setup"}, status=404)
    return None


@screen("organisation.manage")
@require_http_methods(["GET", "POST"])
def times(request: MemberRequest) -> HttpResponse:
    """Ask for opening hours, time zone and promise."""
    here = request.organisation
    initial = {
        **hours_initial(here),
        "time_zone": here.time_zone,
        "answer_within_hours": Decimal(here.answer_within_minutes) / 60,
    }
    today = timezone.localdate(read_clock(), here.zone)
    form = TimesForm(request.POST or None, initial=initial, today=today)
    if request.method == "POST" and form.is_valid() and _kept_times(request, form):
        return _next(request, "networks")
    return _page(request, "times", 3, {"form": form, "skip": _url(request, "networks")})


def _kept_times(request: MemberRequest, form: TimesForm) -> bool:
    data, now = form.cleaned_data, read_clock()
    values = {
        "time_zone": data["time_zone"],
        "answer_within_minutes": round(data["answer_within_hours"] * 60),
    }
    try:
        change_settings(request.member, values=values, now=now)
        change_hours(request.member, weekly=form.weekly(), special=data["special"], now=now)
    except Invalid as error:
        form.add_error("answer_within_hours" if error.field == "answer_within" else None, sentence(error))
        return False
    return True


@screen("channel.manage")
@require_GET
def networks(request: MemberRequest) -> HttpResponse:
    """Show what is connected, and the way to connect more."""
    context = {
        "cards": channel_cards(now=read_clock()),
        "back": _url(request, "times"),
        "skip": _url(request, "colleagues"),
    }
    return _page(request, "networks", 4, context)


@screen("people.manage")
@require_http_methods(["GET", "POST"])
def colleagues(request: MemberRequest) -> HttpResponse:
    """Make links for colleagues, shown once."""
    form = ColleaguesForm(request.POST or None)
    context: dict[str, Any] = {
        "form": form,
        "back": _url(request, "networks"),
        "skip": _url(request, "check"),
    }
    if request.method == "POST" and form.is_valid():
        made = [(role, _invited(request, role)) for role in form.wanted()]
        if not made:
            return _next(request, "check")
        context["links"] = [(ROLE_LABELS[Role(role)], link) for role, link in made]
    return _page(request, "colleagues", 5, context)


def _invited(request: MemberRequest, role: str) -> str:
    _made, token = invite(request.member, email="", roles=[role], now=read_clock())
    return request.build_absolute_uri(reverse("organisations:join", args=[token]))


@screen("organisation.manage")
@require_GET
def check(request: MemberRequest) -> HttpResponse:
    """Show what was answered, each with a way to change it, and two ways to begin."""
    context = {
        "back": _url(request, "colleagues"),
        "cards": channel_cards(now=read_clock()),
        "invited": len(open_invitations(now=read_clock())),
        "hours": hours_initial(request.organisation),
        "promise": Decimal(request.organisation.answer_within_minutes) / 60,
    }
    return _page(request, "check", 6, context)


def _page(request: HttpRequest, name: str, step: int, context: dict[str, Any]) -> HttpResponse:
    return page(request, f"home/setup/{name}.html", {**context, "step": step, "steps": STEPS})


def _url(request: MemberRequest, name: str) -> str:
    return reverse(f"home:setup-{name}", args=[request.organisation.slug])


def _next(request: MemberRequest, name: str) -> HttpResponse:
    return _to(_url(request, name))


def _to(url: str) -> HttpResponse:
    return HttpResponseRedirect(url, status=303)
