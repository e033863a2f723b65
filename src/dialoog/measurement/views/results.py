"""The page of results, and a goal with its readings."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dialoog.channels.queries import connected_channels
from dialoog.core.clock import at_wall_time
from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Conflict
from dialoog.inbox.queries import promise_kept
from dialoog.measurement import words
from dialoog.measurement.actions.readings import count_soon, enter_value, read_soon
from dialoog.measurement.forms import ACTIVITY_LABELS, KIND_LABELS, ValueForm
from dialoog.measurement.queries.books import books
from dialoog.measurement.queries.results import (
    GoalProgress,
    PostCounts,
    goal_progress,
    last_read_at,
    posts_between,
)
from dialoog.measurement.rules.costs import Books, Costs, costs_between
from dialoog.measurement.rules.periods import Period, period
from dialoog.measurement.views.hours import today
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.models import Organisation
from dialoog.organisations.roles import may
from dialoog.publishing.queries.cards import title_of
from dialoog.strategy.labels import METRIC_LABELS
from dialoog.strategy.models import Goal
from dialoog.strategy.queries import brief_of, goals, open_goals
from dialoog.strategy.rules import METRICS
from dialoog.ui.charts import Band, Expectation, Reading, band
from dialoog.ui.formats import hours, moment, money, number
from dialoog.ui.page import page
from dialoog.ui.rows import Cell, Column, Table, TableRow

POST_METRICS = ("likes", "reposts", "replies", "reads")
# Few networks tell these; a column of its own only where one does.
SOME_METRICS = ("views",)


@screen("result.view")
@require_GET
def results(request: MemberRequest) -> HttpResponse:
    """Show a period: the goals, what it cost, the promise, the posts; beside the period before."""
    now, organisation = read_clock(), request.organisation
    chosen = period(request.GET.get("periode", ""), today(request))
    kept = books(chosen.before.first, chosen.last)
    costs, before = _costs(kept, chosen), _costs(kept, chosen.before)
    items = goal_progress(organisation, open_goals(), now=now, costs=costs.by_goal)
    context = {
        "period": chosen,
        "periods": [("maand", _("This month")), ("kwartaal", _("This quarter")), ("jaar", _("This year"))],
        "sentence": words.course_sentence(items),
        "goals": [_row(item, organisation) for item in items],
        "cost_sentence": _cost_sentence(costs, before, organisation.currency),
        "cost_table": _cost_table(costs, before, organisation.currency),
        "promise": _promise_sentence(chosen, organisation),
        "posts": _post_table(request, chosen),
        "read_at": last_read_at(),
        "may_measure": may(request.member, "result.conclude"),
        "may_log": may(request.member, "cost.log"),
        "definitions": _definitions(),
    }
    return page(request, "measurement/results.html", context)


@screen("result.conclude")
@require_POST
def measure_now(request: MemberRequest) -> HttpResponse:
    """Read all channels and count all goals now."""
    now = read_clock()
    for channel in connected_channels():
        read_soon(channel, now=now)
    count_soon(request.organisation.pk, now=now)
    messages.info(request, _("Dialoog is reading the networks. The new figures are here within moments."))
    return HttpResponseRedirect(reverse("measurement:results", args=[request.organisation.slug]), status=303)


@screen("result.view")
@require_http_methods(["GET", "POST"])
def goal(request: MemberRequest, goal_id: int) -> HttpResponse:
    """Show how far a goal is, and take a number that only people know."""
    found = get_object_or_404(goals(), pk=goal_id)
    form = ValueForm(request.POST or None, initial={"day": _("today")}, today=today(request))
    if request.method == "POST" and form.is_valid() and _entered(request, found, form):
        return HttpResponseRedirect(request.path, status=303)
    now, organisation = read_clock(), request.organisation
    whole = Period("jaar", found.starts_on or found.created_at.date(), today(request))
    costs = costs_between(books(whole.first, whole.last), whole.first, whole.last)
    (item,) = goal_progress(organisation, [brief_of(found)], now=now, costs=costs.by_goal)
    context = {
        "goal": found,
        "item": item,
        "row": words.goal_row(item, url="", currency=organisation.currency),
        "verdict": words.verdict(item),
        "expected": _expected_sentence(item),
        "chart": _chart(item, organisation),
        "unit": item.goal.metric_label,
        "cost": words.cost_text(item.costs, organisation.currency),
        "budget": _budget(found, organisation.currency),
        "posts": _posts_of(request, found, whole),
        "form": form,
        "may_enter": may(request.member, "result.conclude") and _is_by_hand(found),
        "may_conclude": may(request.member, "result.conclude"),
    }
    return page(request, "measurement/goal.html", context)


def _is_by_hand(goal: Goal) -> bool:
    return goal.metric in METRICS and METRICS[goal.metric].source == "hand"


def _entered(request: MemberRequest, goal: Goal, form: ValueForm) -> bool:
    data, now = form.cleaned_data, read_clock()
    at = at_wall_time(data["day"], time(12), request.organisation.zone).moment
    try:
        enter_value(request.member, goal=goal, value=data["value"], at=at, note=data["note"], now=now)
    except Conflict:
        form.add_error(None, _("Dialoog counts this goal itself, so there is nothing to enter."))
        return False
    messages.success(request, _("The number has been kept."))
    return True


def _row(item: GoalProgress, organisation: Organisation) -> Any:
    url = reverse("measurement:goal", args=[organisation.slug, item.goal.id])
    return words.goal_row(item, url=url, currency=organisation.currency)


def _costs(kept: Books, chosen: Period) -> Costs:
    return costs_between(kept, chosen.first, chosen.last)


def _bounds(chosen: Period, organisation: Organisation) -> tuple[datetime, datetime]:
    first = at_wall_time(chosen.first, time(0), organisation.zone).moment
    return first, at_wall_time(chosen.last + timedelta(days=1), time(0), organisation.zone).moment


def _cost_sentence(costs: Costs, before: Costs, currency: str) -> str:
    total = costs.total
    if not total.minutes and not total.money:
        return _("Nothing has been written down for this period, so what it cost is unknown.")
    said = {
        "money": money(total.money, currency),
        "hours": hours(total.hours),
        "before": money(before.total.money, currency),
    }
    text = _("It cost %(money)s, of which %(hours)s of work; the period before: %(before)s.") % said
    if total.unpriced:
        text += " " + _("%(hours)s have no rate and are not in this sum.") % {
            "hours": hours(Decimal(total.unpriced) / 60)
        }
    return text


def _cost_table(costs: Costs, before: Costs, currency: str) -> Table:
    lines = [
        (str(label), costs.by_activity.get(key), before.by_activity.get(key))
        for key, label in ACTIVITY_LABELS
    ]
    lines += [(str(label), costs.by_kind.get(key), before.by_kind.get(key)) for key, label in KIND_LABELS]
    rows = [
        TableRow(
            cells=[
                label,
                hours(now.hours) if now and now.minutes else "",
                money(now.money if now else 0, currency),
                money(then.money if then else 0, currency),
            ]
        )
        for label, now, then in lines
        if now or then
    ]
    columns = [
        Column(label=_("Spent on")),
        Column(label=_("Hours"), is_number=True),
        Column(label=_("Cost"), is_number=True),
        Column(label=_("Period before"), is_number=True),
    ]
    foot = [
        _("Together"),
        hours(costs.total.hours),
        money(costs.total.money, currency),
        money(before.total.money, currency),
    ]
    return Table(caption=_("What it cost"), columns=columns, rows=rows, foot=foot)


def _promise_sentence(chosen: Period, organisation: Organisation) -> str:
    told = promise_kept(*_bounds(chosen, organisation))
    if not told.answered:
        return _("Nobody waited for an answer in this period.")
    before = promise_kept(*_bounds(chosen.before, organisation))
    share = {"kept": told.on_time, "all": told.answered}
    text = _("%(kept)s of %(all)s people who waited had an answer within the promise") % share
    if before.answered:
        text += " " + _("(the period before: %(kept)s of %(all)s)") % {
            "kept": before.on_time,
            "all": before.answered,
        }
    return text + "."


def _post_table(request: MemberRequest, chosen: Period) -> Table | None:
    found = posts_between(*_bounds(chosen, request.organisation))
    return _posts_as_table(request, found)


def _posts_of(request: MemberRequest, goal: Goal, whole: Period) -> Table | None:
    found = posts_between(*_bounds(whole, request.organisation), goal_id=goal.pk)
    return _posts_as_table(request, found)


def _posts_as_table(request: MemberRequest, found: list[PostCounts]) -> Table | None:
    if not found:
        return None
    columns = [Column(label=_("Post")), Column(label=_("Channel")), Column(label=_("Went out"))]
    told = (*POST_METRICS, *(name for name in SOME_METRICS if any(name in one.counts for one in found)))
    columns += [Column(label=str(METRIC_LABELS[name]), is_number=True) for name in told]
    rows = [_post_row(request, one, told) for one in found]
    return Table(caption=_("Posts of this period"), columns=columns, rows=rows)


def _post_row(request: MemberRequest, one: PostCounts, told: Sequence[str]) -> TableRow:
    text = title_of(str(one.delivery.content.get("text", "")))
    cells: list[Cell | str] = [
        Cell(text=text, url=one.delivery.remote_url),
        one.delivery.channel.name,
        moment(one.delivery.published_at),
    ]
    # A metric that the network doesn't supply stays empty: nought would be a lie.
    cells += [number(one.counts[name]) if name in one.counts else "" for name in told]
    return TableRow(cells=cells)


def _expected_sentence(item: GoalProgress) -> str:
    if item.progress.expected is None:
        return ""
    said = {"expected": words.figure(item, item.progress.expected)}
    if item.progress.is_behind is None:
        return _("By today %(expected)s was expected.") % said
    if item.progress.is_behind:
        return _("By today %(expected)s was expected; it is less.") % said
    return _("By today %(expected)s was expected; it is at least that.") % said


def _chart(item: GoalProgress, organisation: Organisation) -> Band | None:
    known = [reading for reading in item.readings if reading.value is not None]
    if len(known) < 2:
        return None
    points = [
        Reading(_local(reading.at, organisation), reading.value or 0.0, words.figure(item, reading.value))
        for reading in known
    ]
    ahead = []
    forecast = item.progress.forecast
    if forecast and item.goal.due_on:
        text = f"{words.figure(item, forecast.low)} - {words.figure(item, forecast.high)}"
        ahead = [Expectation(item.goal.due_on, forecast.low, forecast.middle, forecast.high, text)]
    return band(points, ahead, None if item.goal.target is None else float(item.goal.target))


def _local(at: datetime, organisation: Organisation) -> date:
    return timezone.localdate(at, organisation.zone)


def _budget(goal: Goal, currency: str) -> str:
    parts = []
    if goal.budget_hours is not None:
        parts.append(hours(goal.budget_hours))
    if goal.budget_money is not None:
        parts.append(money(goal.budget_money, currency))
    return ", ".join(parts)


def _definitions() -> list[tuple[str, str]]:
    return [
        (str(METRIC_LABELS["likes"]), _("How often somebody liked a post, as the network counts it now.")),
        (
            str(METRIC_LABELS["reposts"]),
            _("How often somebody passed a post on, as the network counts it now."),
        ),
        (
            str(METRIC_LABELS["replies"]),
            _("How many reactions stand under a post, as the network counts them now."),
        ),
        (
            str(METRIC_LABELS["views"]),
            _("How often a post was on a screen, as the network counts it; not how many people."),
        ),
        (
            str(METRIC_LABELS["reads"]),
            _("How often an item of the newsroom was opened, counted without cookies; not how many people."),
        ),
        (
            str(METRIC_LABELS["answered_on_time"]),
            _("Answers within the promise in opening hours, of all answers to people who waited."),
        ),
    ]
