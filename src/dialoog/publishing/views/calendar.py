"""The calendar: week, month, list, and the shelf of what has no date."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from dialoog.channels.queries import publishing_channels
from dialoog.core.clock import now as read_clock
from dialoog.core.clock import parse_day
from dialoog.core.errors import Invalid
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.roles import may
from dialoog.publishing import undo
from dialoog.publishing.forms import FilterForm
from dialoog.publishing.queries.calendar import (
    Filter,
    calendar_list,
    calendar_month,
    calendar_week,
)
from dialoog.publishing.rules import POST_STATES
from dialoog.publishing.words import STATE_LABELS
from dialoog.strategy.queries import open_goals
from dialoog.ui.formats import clock, day_year, month, week
from dialoog.ui.formats import day as day_of
from dialoog.ui.page import page
from dialoog.ui.rows import Pager

VIEWS: Final = {"week": gettext_lazy("Week"), "maand": gettext_lazy("Month"), "lijst": gettext_lazy("List")}


@screen("post.view")
@require_GET
def calendar(request: MemberRequest) -> HttpResponse:
    """Show a week, a month or the list; all that is chosen stands in the address."""
    now, zone = read_clock(), request.organisation.zone
    today = now.astimezone(zone).date()
    if request.GET.get("naar"):
        return _jump(request, today)
    view = request.GET.get("weergave", "week")
    view = view if view in VIEWS else "week"
    day = _day(request.GET.get("dag", ""), today)
    form = FilterForm(
        request.GET,
        channels=publishing_channels(),
        goals=open_goals(),
        states=[(key, STATE_LABELS[key]) for key in POST_STATES],
    )
    wanted = Filter(channel_id=form.chosen("kanaal"), goal_id=form.chosen("doel"), state=form.chosen("staat"))
    kept = {key: request.GET[key] for key in ("kanaal", "doel", "staat") if request.GET.get(key)}
    shown = {"slug": request.organisation.slug, "zone": zone, "now": now, "wanted": wanted}
    context = {
        "view": view,
        "day": day,
        "tabs": _tabs(request, view, day, kept),
        "filter": form,
        "is_filtered": bool(wanted),
        "now_text": clock(now),
        "may_write": may(request.member, "post.write"),
        "undo": undo.read(request.GET.get("ongedaan", "")),
        "undo_token": request.GET.get("ongedaan", ""),
        **_shown(request, view, day, kept, shown),
    }
    return page(request, "publishing/calendar.html", context)


def _shown(
    request: MemberRequest, view: str, day: date, kept: Mapping[str, str], shown: Mapping[str, Any]
) -> dict[str, Any]:
    if view == "lijst":
        listing = calendar_list(
            **shown, earlier=request.GET.get("eerder", ""), later=request.GET.get("later", "")
        )
        return {
            "listing": listing,
            "pager": _pager(request, listing.earlier, listing.later, kept),
            "over": "",
        }
    if view == "maand":
        first = day.replace(day=1)
        around = (first - timedelta(days=1), (first + timedelta(days=31)).replace(day=1))
        window = calendar_month(day=day, **shown)
        return {
            "window": window,
            "undated": window.undated,
            "over": month(day),
            **_around(request, view, around, kept),
        }
    monday = day - timedelta(days=day.weekday())
    around = (monday - timedelta(days=7), monday + timedelta(days=7))
    over = _("%(week)s, %(first)s to %(last)s") % {
        "week": week(day).capitalize(),
        "first": day_of(monday),
        "last": day_year(monday + timedelta(days=6)),
    }
    window = calendar_week(day=day, **shown)
    return {
        "window": window,
        "undated": window.undated,
        "over": over,
        **_around(request, view, around, kept),
    }


def _around(
    request: MemberRequest, view: str, days: tuple[date, date], kept: Mapping[str, str]
) -> dict[str, Any]:
    before, after = (_url(request, {"weergave": view, "dag": day.isoformat(), **kept}) for day in days)
    return {"before_url": before, "after_url": after, "today_url": _url(request, {"weergave": view, **kept})}


def _pager(request: MemberRequest, earlier: str, later: str, kept: Mapping[str, str]) -> Pager:
    query = {"weergave": "lijst", **kept}
    return Pager(
        older_url=_url(request, {**query, "eerder": earlier}) if earlier else "",
        newer_url=_url(request, {**query, "later": later}) if later else "",
    )


def _tabs(request: MemberRequest, view: str, day: date, kept: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": _url(request, {"weergave": key, "dag": day.isoformat(), **kept}),
            "current": key == view,
            "count": None,
        }
        for key, label in VIEWS.items()
    ]


def _url(request: MemberRequest, query: Mapping[str, str]) -> str:
    return f"{reverse('publishing:calendar', args=[request.organisation.slug])}?{urlencode(query)}"


def _day(text: str, today: date) -> date:
    """Read a day of the address; what can't be read, or lies too far, is today."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs(day.year - today.year) <= 50 else today


def _jump(request: MemberRequest, today: date) -> HttpResponse:
    """Go to a day that somebody typed; what can't be read changes nothing."""
    try:
        day = parse_day(request.GET["naar"], today=today)
    except Invalid:
        day = today
    query = {key: str(value) for key, value in request.GET.items() if key != "naar" and value}
    return HttpResponseRedirect(_url(request, {**query, "dag": _day(day.isoformat(), today).isoformat()}))
