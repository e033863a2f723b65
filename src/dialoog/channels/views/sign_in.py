"""The way to a network's own sign-in and back."""

from typing import Any, Final
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe
from django_scopes import scope

from dialoog.channels.actions import keep_all
from dialoog.channels.attempts import own_attempt, take_attempt, the_way
from dialoog.channels.forms import AccountsForm
from dialoog.channels.models import ConnectAttempt
from dialoog.channels.sentences import refusal
from dialoog.channels.sign_in import (
    back_path,
    choose_accounts,
    finish_sign_in,
    keep_for_choice,
    offered_accounts,
    site,
)
from dialoog.channels.views.connect import connected
from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Conflict, DomainError, Invalid
from dialoog.networks.bluesky.ways import document
from dialoog.networks.registry import kind_of
from dialoog.networks.ways import Access
from dialoog.organisations.access import MemberRequest, member_of, screen
from dialoog.organisations.models import Member
from dialoog.ui.networks import shown_name
from dialoog.ui.page import page

# Longer values belong to no sign-in.
MOST_CHARACTERS: Final = 4000


@csp_update({"sandbox": ["allow-top-navigation-by-user-activation"]})
@screen("channel.manage")
@require_GET
def go(request: MemberRequest, attempt_id: int) -> HttpResponse:
    """Show the link to the server: a form may not lead away from Dialoog, a link may.

    The page is sandboxed, for a PDS refuses to be entered from its own site (Sec-Fetch-Site: same-site),
    and an organisation's server and its Dialoog often share one.
    """
    attempt = _own(request, attempt_id)
    url = the_way(attempt)
    if attempt is None or url is None:
        raise Http404
    context = {
        "url": url,
        "host": urlsplit(url).netloc,
        "network": attempt.network,
        "slug": request.organisation.slug,
    }
    return page(request, "channels/go.html", context)


def _own(request: MemberRequest, attempt_id: int) -> ConnectAttempt | None:
    session_key = request.session.session_key or ""
    return own_attempt(request.member, attempt_id=attempt_id, session_key=session_key, now=read_clock())


@require_GET
def back(request: HttpRequest, network: str) -> HttpResponse:
    """Take the browser back; on loopback it returns by number and goes on to where it is signed in."""
    home = urlsplit(settings.ADDRESS)
    if request.get_host() != home.netloc and request.get_host() == f"127.0.0.1:{home.port or 80}":
        return HttpResponseRedirect(f"{settings.ADDRESS}{back_path(network)}?{request.GET.urlencode()}")
    return _finish(request, network)


@login_required
def _finish(request: HttpRequest, network: str) -> HttpResponse:
    given = {name: str(value) for name, value in request.GET.items()}
    params = {name: value for name, value in given.items() if len(value) < MOST_CHARACTERS}
    now, user_id = read_clock(), int(str(request.user.pk))
    session_key = request.session.session_key or ""
    try:
        attempt, secret = take_attempt(
            user_id, network=network, state=params.get("state", ""), session_key=session_key, now=now
        )
    except Conflict as error:
        cause = refusal(error, network)
        return page(request, "channels/attempt_gone.html", {"cause": cause}, status=error.status)
    member = member_of(user_id, attempt.organisation.slug)
    with scope(organisation=member.organisation), timezone.override(member.organisation.zone):
        return _take_in(request, member, network, secret, params)


def _take_in(
    request: HttpRequest, member: Member, network: str, secret: dict[str, Any], params: dict[str, str]
) -> HttpResponse:
    """Connect the account that the sign-in gave, or let choose when it gave several."""
    now, slug = read_clock(), member.organisation.slug
    try:
        found = finish_sign_in(member, network=network, secret=secret, params=params, now=now)
        if len(found) > 1:
            session_key = request.session.session_key or ""
            attempt = keep_for_choice(member, network=network, found=found, session_key=session_key, now=now)
            return HttpResponseRedirect(reverse("channels:choose", args=[slug, attempt.pk]))
        channels = keep_all(member, network=network, found=found, now=now)
    except DomainError as error:
        messages.error(request, refusal(error, network))
        return HttpResponseRedirect(reverse("channels:connect", args=[slug, network]))
    messages.success(request, _("%(name)s is connected.") % {"name": channels[0].name})
    return HttpResponseRedirect(reverse("channels:channels", args=[slug]))


@screen("channel.manage")
@require_http_methods(["GET", "POST"])
def choose(request: MemberRequest, attempt_id: int) -> HttpResponse:
    """Choose which of the accounts that a sign-in gave are connected."""
    attempt = _own(request, attempt_id)
    offered = offered_accounts(attempt) if attempt else []
    if attempt is None or not offered:
        raise Http404
    choices = [(str(place), _named(one)) for place, one in enumerate(offered)]
    form = AccountsForm(choices, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        chosen = [int(value) for value in request.POST.getlist("accounts") if value in dict(choices)]
        try:
            channels = choose_accounts(request.member, attempt=attempt, chosen=chosen, now=read_clock())
        except Invalid as error:
            form.refuse(error)
        else:
            return connected(request, channels)
    named = {"name": shown_name(kind_of(attempt.network).capabilities), "network": attempt.network}
    context = {"form": form, "network": named, "slug": request.organisation.slug}
    return page(request, "channels/choose.html", context)


def _named(access: Access) -> str:
    profile = access.profile
    if profile is None:
        return access.address
    return f"{profile.name} (@{profile.handle})" if profile.handle else profile.name or profile.id


@require_safe
def client_document(_request: HttpRequest) -> JsonResponse:
    """Tell networks who this installation is."""
    answer = JsonResponse(document(site("bluesky")))
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer
