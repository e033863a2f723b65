"""The pages on which time is written down."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Invalid
from dialoog.measurement.actions.books import change_hours, log_hours, remove_hours
from dialoog.measurement.forms import ACTIVITY_LABELS, HoursForm
from dialoog.measurement.models import Hours
from dialoog.measurement.queries.books import hours_page
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.roles import may
from dialoog.strategy.models import Goal
from dialoog.strategy.queries import open_goals
from dialoog.ui.formats import day_year, duration
from dialoog.ui.page import page
from dialoog.ui.rows import Action, Cell, Column, Pager, Table, TableRow


@screen("cost.log")
@require_http_methods(["GET", "POST"])
def hours(request: MemberRequest) -> HttpResponse:
    """Show lines of time and a form for the next one."""
    form = _form(request, initial={"day": _("today")})
    if request.method == "POST" and form.is_valid() and _logged(request, form):
        return HttpResponseRedirect(_url(request), status=303)
    sees_all = may(request.member, "cost.manage")
    found = hours_page(before=request.GET.get("voor", ""), member_id=None if sees_all else request.member.pk)
    context = {
        "form": form,
        "table": _table(request, found.lines, sees_all=sees_all),
        "has_lines": bool(found.lines),
        "pager": Pager(older_url=f"?voor={found.older}" if found.older else ""),
    }
    return page(request, "measurement/hours.html", context)


@screen("cost.log")
@require_http_methods(["GET", "POST"])
def hours_line(request: MemberRequest, hours_id: int) -> HttpResponse:
    """Correct one line of time."""
    line = get_object_or_404(Hours, pk=hours_id)
    form = _form(request, initial=_initial(line))
    if request.method == "POST" and form.is_valid():
        try:
            change_hours(request.member, hours=line, **_values(form), now=read_clock())
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("The hours have been changed."))
            return HttpResponseRedirect(_url(request), status=303)
    return page(request, "measurement/hours_line.html", {"form": form, "line": line})


@screen("cost.log")
@require_POST
def hours_remove(request: MemberRequest, hours_id: int) -> HttpResponse:
    """Strike one line of time."""
    line = get_object_or_404(Hours, pk=hours_id)
    remove_hours(request.member, hours=line, now=read_clock())
    messages.success(request, _("The hours have been removed."))
    return HttpResponseRedirect(_url(request), status=303)


def _url(request: MemberRequest) -> str:
    return reverse("measurement:hours", args=[request.organisation.slug])


def today(request: MemberRequest) -> date:
    """Return the day that it is in the organisation."""
    return timezone.localdate(read_clock(), request.organisation.zone)


def goal_choices() -> list[tuple[int, str]]:
    """Return the goals to choose from."""
    return [(goal.id, goal.title) for goal in open_goals()]


def _form(request: MemberRequest, initial: dict[str, object]) -> HoursForm:
    data = request.POST if request.method == "POST" else None
    return HoursForm(data, initial=initial, today=today(request), goals=goal_choices())


def _logged(request: MemberRequest, form: HoursForm) -> bool:
    try:
        line = log_hours(request.member, **_values(form), now=read_clock())
    except Invalid as error:
        form.refuse(error)
        return False
    said = {"time": duration(line.minutes * 60), "day": day_year(line.day)}
    messages.success(request, _("%(time)s on %(day)s has been written down.") % said)
    return True


def _values(form: HoursForm) -> dict[str, Any]:
    data = form.cleaned_data
    goal = get_object_or_404(Goal, pk=data["goal"]) if data["goal"] else None
    return {
        "day": data["day"],
        "minutes": data["time"],
        "activity": data["activity"],
        "goal": goal,
        "note": data["note"],
    }


def _initial(line: Hours) -> dict[str, object]:
    return {
        "day": line.day.strftime("%d-%m-%Y"),
        "time": f"{line.minutes // 60}:{line.minutes % 60:02}",
        "activity": line.activity,
        "goal": line.goal_id,
        "note": line.note,
    }


def _table(request: MemberRequest, lines: Sequence[Hours], *, sees_all: bool) -> Table:
    said = dict(ACTIVITY_LABELS)
    rows = [_row(request, line, str(said[line.activity])) for line in lines]
    columns = [
        Column(label=_("Day")),
        Column(label=_("Time"), is_number=True),
        Column(label=_("Spent on")),
        Column(label=_("Goal")),
        Column(label=_("Written down")),
    ]
    caption = _("Hours of everybody") if sees_all else _("Your hours")
    return Table(caption=caption, columns=columns, rows=rows)


def _row(request: MemberRequest, line: Hours, activity: str) -> TableRow:
    by = _("counted by Dialoog") if line.source == "system" else line.note or _("by hand")
    url = reverse("measurement:hours-line", args=[request.organisation.slug, line.pk])
    cells: list[Cell | str] = [
        day_year(line.day),
        duration(line.minutes * 60),
        activity,
        Cell(text=line.goal.title if line.goal else ""),
        by,
    ]
    return TableRow(cells=cells, actions=[Action(label=_("Change"), url=url)])
