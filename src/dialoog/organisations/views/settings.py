"""The pages of settings and of the log."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Invalid
from dialoog.organisations import actions
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.forms import HoursForm, SettingsForm, hours_initial
from dialoog.organisations.logbook import kinds, log_page
from dialoog.ui.page import page
from dialoog.ui.rows import Pager


@screen("organisation.manage")
@require_http_methods(["GET", "POST"])
def settings(request: MemberRequest) -> HttpResponse:
    """Change what the organisation is called and how it counts."""
    organisation = request.organisation
    initial = {
        "name": organisation.name,
        "language": organisation.language,
        "time_zone": organisation.time_zone,
        "currency": organisation.currency,
        "answer_within_hours": Decimal(organisation.answer_within_minutes) / 60,
    }
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        values["answer_within_minutes"] = round(values.pop("answer_within_hours") * 60)
        try:
            actions.change_settings(request.member, values=values, now=read_clock())
        except Invalid as error:
            form.refuse(error)
        else:
            return _done(request, "organisations:settings")
    return page(request, "organisations/settings.html", {"form": form})


@screen("organisation.manage")
@require_http_methods(["GET", "POST"])
def opening_hours(request: MemberRequest) -> HttpResponse:
    """Change the opening hours and the days that differ."""
    today = timezone.localdate(read_clock(), request.organisation.zone)
    form = HoursForm(request.POST or None, initial=hours_initial(request.organisation), today=today)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_hours(
                request.member,
                weekly=form.weekly(),
                special=form.cleaned_data["special"],
                now=read_clock(),
            )
        except Invalid as error:
            form.refuse(error)
        else:
            return _done(request, "organisations:hours")
    return page(request, "organisations/hours.html", {"form": form})


@screen("audit.view")
@require_GET
def log(request: MemberRequest) -> HttpResponse:
    """Show who did what, newest first."""
    kind = request.GET.get("soort", "")
    found = log_page(before=request.GET.get("voor", ""), kind=kind)
    known = kinds()
    query = f"&soort={kind}" if kind in dict(known) else ""
    pager = Pager(older_url=f"?voor={found.older}{query}" if found.older else "")
    return page(
        request,
        "organisations/log.html",
        {"lines": found.lines, "pager": pager, "kinds": known, "kind": kind},
    )


def _done(request: MemberRequest, name: str) -> HttpResponse:
    messages.success(request, _("The settings have been kept."))
    return HttpResponseRedirect(reverse(name, args=[request.organisation.slug]), status=303)
