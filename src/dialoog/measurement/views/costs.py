"""The pages on which rates and other costs are kept, and the sum of a year is seen."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Invalid
from dialoog.measurement.actions.books import add_cost, end_cost, remove_cost, remove_rate, set_norm, set_rate
from dialoog.measurement.forms import KIND_LABELS, CostForm, NormForm, RateForm, YearlyForm
from dialoog.measurement.models import Cost, Rate
from dialoog.measurement.queries.books import costs, general_rate, norms, rates
from dialoog.measurement.rules.costs import yearly
from dialoog.measurement.views.hours import goal_choices, today
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.models import Member
from dialoog.organisations.queries import members
from dialoog.organisations.roles import may
from dialoog.strategy.models import Goal
from dialoog.ui.formats import day_year, money, number
from dialoog.ui.page import page
from dialoog.ui.rows import Action, Cell, Column, Table, TableRow


@screen("cost.view")
@require_http_methods(["GET"])
def books(request: MemberRequest) -> HttpResponse:
    """Show rates, other costs, what work counts for, and what a year of hours costs."""
    on = today(request)
    rate = general_rate(on)
    sum_form = _yearly_form(request)
    context = {
        "rates": _rate_table(request),
        "costs": _cost_table(request),
        "norms": norms(on),
        "may_manage": may(request.member, "cost.manage"),
        "sum_form": sum_form,
        "sum": _yearly_sum(request, sum_form),
        "rate": money(rate, request.organisation.currency) if rate is not None else "",
    }
    return page(request, "measurement/books.html", context)


@screen("cost.manage")
@require_http_methods(["GET", "POST"])
def rate_new(request: MemberRequest) -> HttpResponse:
    """Say what an hour costs."""
    form = RateForm(
        request.POST or None,
        initial={"starts_on": today(request).strftime("1-1-%Y")},
        today=today(request),
        currency=request.organisation.currency,
        members=[(member.pk, str(member)) for member in members()],
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        member = get_object_or_404(Member, pk=data["member"]) if data["member"] else None
        try:
            set_rate(
                request.member,
                per_hour=data["per_hour"],
                starts_on=data["starts_on"],
                member=member,
                now=read_clock(),
            )
        except Invalid as error:
            form.refuse(error)
        else:
            return _done(request, _("The rate has been kept."))
    return page(request, "measurement/rate.html", {"form": form})


@screen("cost.manage")
@require_POST
def rate_remove(request: MemberRequest, rate_id: int) -> HttpResponse:
    """Strike a rate."""
    remove_rate(request.member, rate=get_object_or_404(Rate, pk=rate_id), now=read_clock())
    return _done(request, _("The rate has been removed."))


@screen("cost.manage")
@require_http_methods(["GET", "POST"])
def cost_new(request: MemberRequest) -> HttpResponse:
    """Write down a cost."""
    form = CostForm(
        request.POST or None,
        initial={"day": _("today")},
        today=today(request),
        currency=request.organisation.currency,
        goals=goal_choices(),
    )
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        values["goal"] = get_object_or_404(Goal, pk=values["goal"]) if values["goal"] else None
        try:
            add_cost(request.member, **values, now=read_clock())
        except Invalid as error:
            form.refuse(error)
        else:
            return _done(request, _("The cost has been written down."))
    return page(request, "measurement/cost.html", {"form": form})


@screen("cost.manage")
@require_POST
def cost_end(request: MemberRequest, cost_id: int) -> HttpResponse:
    """Stop a monthly cost from tomorrow on."""
    cost = get_object_or_404(Cost, pk=cost_id, is_monthly=True)
    end_cost(request.member, cost=cost, last_day=today(request), now=read_clock())
    return _done(request, _("The monthly cost has ended."))


@screen("cost.manage")
@require_POST
def cost_remove(request: MemberRequest, cost_id: int) -> HttpResponse:
    """Strike a cost."""
    remove_cost(request.member, cost=get_object_or_404(Cost, pk=cost_id), now=read_clock())
    return _done(request, _("The cost has been removed."))


@screen("cost.manage")
@require_http_methods(["GET", "POST"])
def norm_edit(request: MemberRequest) -> HttpResponse:
    """Say for how long work in Dialoog counts."""
    form = NormForm(request.POST or None, initial=norms(today(request)))
    if request.method == "POST" and form.is_valid():
        for activity, minutes in form.cleaned_data.items():
            set_norm(request.member, activity=activity, minutes=minutes, now=read_clock())
        return _done(request, _("From today on, work counts for these minutes."))
    return page(request, "measurement/norms.html", {"form": form})


def _done(request: MemberRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return HttpResponseRedirect(reverse("measurement:books", args=[request.organisation.slug]), status=303)


def _yearly_form(request: MemberRequest) -> YearlyForm:
    asked = "hours" in request.GET
    return YearlyForm(request.GET if asked else None, currency=request.organisation.currency)


def _yearly_sum(request: MemberRequest, form: YearlyForm) -> str:
    if not form.is_bound or not form.is_valid():
        return ""
    data = form.cleaned_data
    words = {
        "hours": number(data["hours"], 2).removesuffix(",00").removesuffix(".00"),
        "money": money(yearly(data["hours"], data["per_hour"]), request.organisation.currency),
    }
    return _("%(hours)s hours a week is %(money)s a year.") % words


def _rate_table(request: MemberRequest) -> Table | None:
    manages = may(request.member, "cost.manage")
    found = [rate for rate in rates() if manages or rate.member_id is None]
    rows = [
        TableRow(
            cells=[
                str(rate.member) if rate.member else _("Everybody"),
                money(rate.per_hour, rate.currency),
                day_year(rate.starts_on),
            ],
            actions=[_remove(request, "rate-remove", rate.pk)] if manages else (),
        )
        for rate in found
    ]
    columns = [
        Column(label=_("For")),
        Column(label=_("An hour costs"), is_number=True),
        Column(label=_("From")),
    ]
    return Table(caption=_("What an hour costs"), columns=columns, rows=rows) if rows else None


def _cost_table(request: MemberRequest) -> Table | None:
    said = dict(KIND_LABELS)
    manages = may(request.member, "cost.manage")
    rows = [
        TableRow(
            cells=[
                str(said[cost.kind]),
                money(cost.amount, cost.currency),
                _when(cost),
                Cell(text=cost.goal.title if cost.goal else ""),
                cost.note,
            ],
            actions=_cost_actions(request, cost) if manages else (),
        )
        for cost in costs()
    ]
    columns = [
        Column(label=_("Spent on")),
        Column(label=_("Amount"), is_number=True),
        Column(label=_("When")),
        Column(label=_("Goal")),
        Column(label=_("Note")),
    ]
    return Table(caption=_("Other costs"), columns=columns, rows=rows) if rows else None


def _when(cost: Cost) -> str:
    if not cost.is_monthly:
        return day_year(cost.day)
    if cost.ends_on:
        return _("every month, %(first)s until %(last)s") % {
            "first": day_year(cost.day),
            "last": day_year(cost.ends_on),
        }
    return _("every month from %(first)s") % {"first": day_year(cost.day)}


def _cost_actions(request: MemberRequest, cost: Cost) -> list[Action]:
    actions = [_remove(request, "cost-remove", cost.pk)]
    if cost.is_monthly and cost.ends_on is None:
        url = reverse("measurement:cost-end", args=[request.organisation.slug, cost.pk])
        actions.insert(0, Action(label=_("End"), url=url, post=True))
    return actions


def _remove(request: MemberRequest, name: str, pk: int) -> Action:
    url = reverse(f"measurement:{name}", args=[request.organisation.slug, pk])
    return Action(label=_("Remove"), url=url, post=True, danger=True)
