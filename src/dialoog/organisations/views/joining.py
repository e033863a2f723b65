"""The page behind an invitation: a new account, or one that somebody has."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods

from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Invalid, NotFound
from dialoog.organisations import actions
from dialoog.organisations.forms import JoinForm
from dialoog.organisations.models import Invitation, User
from dialoog.organisations.sign_in import BACKEND
from dialoog.ui.page import page


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation and let somebody join, as themselves or with a new account."""
    try:
        invitation = actions.invitation_of(token, now=read_clock())
    except NotFound:
        return page(request, "organisations/closed_link.html", {"kind": "invitation"}, status=404)
    if request.user.is_authenticated:
        return _join_as_oneself(request, invitation, token)
    form = JoinForm(request.POST or None, initial={"email": invitation.email})
    if request.method == "POST" and form.is_valid():
        answer = _joined_anew(request, form, token)
        if answer is not None:
            return answer
    return page(request, "organisations/join.html", {"form": form, "invitation": invitation})


def _join_as_oneself(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    if request.method == "POST":
        user = User.objects.get(pk=request.user.pk or 0)
        actions.accept_as(user, token, now=read_clock())
        return _inside(invitation)
    return page(request, "organisations/join_self.html", {"invitation": invitation})


def _joined_anew(request: HttpRequest, form: JoinForm, token: str) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        member = actions.accept_as_new(
            token, name=data["person"], email=data["email"], password=data["password"], now=read_clock()
        )
    except Invalid as error:
        form.refuse(error)
        return None
    login(request, member.user, backend=BACKEND)
    translation.activate(member.user.language)
    return HttpResponseRedirect(reverse("home:today", args=[member.organisation.slug]), status=303)


def _inside(invitation: Invitation) -> HttpResponse:
    return HttpResponseRedirect(reverse("home:today", args=[invitation.organisation.slug]), status=303)
