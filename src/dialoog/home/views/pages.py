"""Vandaag, the way in, and one's own account."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods
from django_scopes import scopes_disabled

from dialoog.core.clock import now as read_clock
from dialoog.home.forms import AccountForm
from dialoog.home.overview import today_of
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.actions import change_account
from dialoog.organisations.devices import ways_of
from dialoog.organisations.models import Member, User
from dialoog.organisations.roles import may
from dialoog.ui.page import page


@screen("organisation.view")
@require_GET
def today(request: MemberRequest) -> HttpResponse:
    """Show what waits, what goes out and whether we are on course."""
    now = read_clock()
    told = today_of(request.member, now=now)
    permissions = {
        "may_write": may(request.member, "post.write"),
        "may_see_inbox": may(request.member, "inbox.view"),
        "may_manage_channels": may(request.member, "channel.manage"),
        "may_log": may(request.member, "cost.log"),
        "may_conclude": may(request.member, "result.conclude"),
        "may_accept": may(request.member, "policy.accept"),
    }
    return page(request, "home/today.html", {"today": told, "now": now, **permissions})


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Bring somebody to their organisation, or let them choose one."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect(reverse("account_login"))
    with scopes_disabled():
        found = list(
            Member.objects.select_related("organisation")
            .filter(user_id=request.user.pk, is_active=True)
            .order_by("organisation__name")
        )
    if len(found) == 1:
        return HttpResponseRedirect(reverse("home:today", args=[found[0].organisation.slug]))
    return page(request, "home/choose.html", {"members": found})


@login_required
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show and change one's own name and language; the ways to sign in are a link away."""
    user = User.objects.get(pk=request.user.pk or 0)
    form = AccountForm(request.POST or None, initial={"name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        change_account(user, **form.cleaned_data)
        answer = HttpResponseRedirect(reverse("home:account"), status=303)
        # The language that was chosen while signed out no longer holds.
        answer.delete_cookie("dialoog_language")
        return answer
    return page(request, "home/account.html", {"form": form, "account": user, "ways": ways_of(user)})
