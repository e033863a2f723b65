"""The way to a network's own sign-in and back."""

from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe
from django_scopes import scope

from dialoog.channels.attempts import take_attempt, the_way
from dialoog.channels.forms import BlueskyForm, SignInForm
from dialoog.channels.sentences import refusal
from dialoog.channels.sign_in import BACK_PATH, begin_sign_in, document, finish_sign_in
from dialoog.channels.views.bluesky import form_page
from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Conflict, DomainError, Invalid
from dialoog.organisations.access import MemberRequest, member_of, screen
from dialoog.organisations.models import Member
from dialoog.ui.page import page

_ANSWERS = ("state", "code", "iss", "error", "error_description")


@screen("channel.manage")
@require_POST
def begin(request: MemberRequest) -> HttpResponse:
    """Ask the server for its page of consent."""
    form = SignInForm(request.POST)
    if not form.is_valid():
        return form_page(request, BlueskyForm(), form)
    try:
        attempt = begin_sign_in(
            request.member,
            **form.cleaned_data,
            session_key=request.session.session_key or "",
            now=read_clock(),
        )
    except Invalid as error:
        form.refuse(error)
        return form_page(request, BlueskyForm(), form)
    answer = HttpResponseRedirect(reverse("channels:go", args=[request.organisation.slug, attempt.pk]))
    answer.status_code = 303
    return answer


@csp_update({"sandbox": ["allow-top-navigation-by-user-activation"]})
@screen("channel.manage")
@require_GET
def go(request: MemberRequest, attempt_id: int) -> HttpResponse:
    """Show the link to the server: a form may not lead away from Dialoog, a link may.

    The page is sandboxed, for a PDS refuses to be entered from its own site (Sec-Fetch-Site: same-site),
    and an organisation's server and its Dialoog often share one.
    """
    url = the_way(
        request.member,
        attempt_id=attempt_id,
        session_key=request.session.session_key or "",
        now=read_clock(),
    )
    if url is None:
        raise Http404
    context = {"url": url, "host": urlsplit(url).netloc, "slug": request.organisation.slug}
    return page(request, "channels/go.html", context)


@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Take the browser back; on loopback it returns by number and goes on to where it is signed in."""
    home = urlsplit(settings.ADDRESS)
    if request.get_host() != home.netloc and request.get_host() == f"127.0.0.1:{home.port or 80}":
        return HttpResponseRedirect(f"{settings.ADDRESS}{BACK_PATH}?{request.GET.urlencode()}")
    return _finish(request)


@login_required
def _finish(request: HttpRequest) -> HttpResponse:
    params = {name: request.GET[name] for name in _ANSWERS if name in request.GET}
    now, user_id = read_clock(), int(str(request.user.pk))
    try:
        attempt, secret = take_attempt(
            user_id,
            network="bluesky",
            state=params.get("state", ""),
            session_key=request.session.session_key or "",
            now=now,
        )
    except Conflict as error:
        return page(request, "channels/attempt_gone.html", {"cause": refusal(error)}, status=error.status)
    member = member_of(user_id, attempt.organisation.slug)
    with scope(organisation=member.organisation), timezone.override(member.organisation.zone):
        return _connect(request, member, secret, params)


def _connect(
    request: HttpRequest, member: Member, secret: dict[str, object], params: dict[str, str]
) -> HttpResponse:
    try:
        channel = finish_sign_in(member, secret=secret, params=params, now=read_clock())
    except DomainError as error:
        messages.error(request, refusal(error))
        return HttpResponseRedirect(reverse("channels:bluesky", args=[member.organisation.slug]))
    messages.success(request, _("%(name)s is connected.") % {"name": channel.name})
    return HttpResponseRedirect(reverse("channels:channels", args=[member.organisation.slug]))


@require_safe
def client_document(_request: HttpRequest) -> JsonResponse:
    """Tell networks who this installation is."""
    answer = JsonResponse(document())
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer
