"""The pages of the strategy: the whole on one page, a goal, and what the organisation wants."""

from datetime import date
from typing import Any, TypeVar

from babel.numbers import get_currency_symbol
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Conflict, Invalid
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.models import Member
from dialoog.organisations.queries import members
from dialoog.organisations.roles import may
from dialoog.strategy import actions, queries
from dialoog.strategy.forms import CloseForm, GoalForm, StrategicGoalForm, initial_of, posted, typed_day
from dialoog.strategy.labels import PURPOSE_HINTS
from dialoog.strategy.models import Goal, StrategicGoal
from dialoog.strategy.pictures import expected
from dialoog.strategy.rules import open_questions
from dialoog.ui.formats import locale
from dialoog.ui.page import page

T = TypeVar("T", Member, StrategicGoal)


@screen("strategy.view")
@require_GET
def plan(request: MemberRequest) -> HttpResponse:
    """Show the strategy on one page."""
    found = queries.plan()
    context = {
        "plan": found,
        "lead": _lead(found),
        "may_edit": may(request.member, "strategy.edit"),
        "currency": request.organisation.currency,
        "today": _today(request),
    }
    return page(request, "strategy/plan.html", context)


@screen("strategy.view")
@require_GET
def goal(request: MemberRequest, goal_id: int) -> HttpResponse:
    """Show a goal: its answers, its expectation, and where its figures are."""
    found = get_object_or_404(queries.goals(), pk=goal_id)
    return _goal_page(request, found, CloseForm())


@screen("strategy.edit")
@require_http_methods(["GET", "POST"])
def goal_new(request: MemberRequest) -> HttpResponse:
    """Make a goal."""
    above = request.GET.get("onder", "")
    initial = {"strategic_goal": above, "starts_on": typed_day(_today(request)), "owner": request.member.pk}
    form = _goal_form(request, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_goal(request.member, content=form.content(), now=read_clock())
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("The goal has been saved."))
            return _go(request, "goal", made.pk)
    return page(request, "strategy/goal_form.html", _form_context(request, form))


@screen("strategy.edit")
@require_http_methods(["GET", "POST"])
def goal_edit(request: MemberRequest, goal_id: int) -> HttpResponse:
    """Change a goal; when somebody was first, keep what was typed and say so."""
    found = get_object_or_404(queries.goals(), pk=goal_id)
    form = _goal_form(request, found, initial=initial_of(found))
    if request.method != "POST" or not form.is_valid():
        return page(request, "strategy/goal_form.html", _form_context(request, form, found))
    try:
        actions.change_goal(
            request.member,
            goal=found,
            content=form.content(),
            revision=form.cleaned_data["revision"] or 0,
            now=read_clock(),
        )
    except Invalid as error:
        form.refuse(error)
    except Conflict as error:
        return _conflict(request, "strategy/goal_form.html", form, error, found)
    else:
        messages.success(request, _("The goal has been saved."))
        return _go(request, "goal", found.pk)
    return page(request, "strategy/goal_form.html", _form_context(request, form, found))


@screen("strategy.edit")
@require_POST
def goal_close(request: MemberRequest, goal_id: int) -> HttpResponse:
    """Close a goal, with what came of it."""
    found = get_object_or_404(queries.goals(), pk=goal_id)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _goal_page(request, found, form)
    try:
        actions.close_goal(request.member, goal=found, note=form.cleaned_data["note"], now=read_clock())
    except Invalid as error:
        form.refuse(error)
        return _goal_page(request, found, form)
    except Conflict:
        messages.info(request, _("This goal was closed already."))
    else:
        messages.success(request, _("The goal has been closed."))
    return _go(request, "goal", found.pk)


@screen("strategy.edit")
@require_POST
def goal_reopen(request: MemberRequest, goal_id: int) -> HttpResponse:
    """Open a closed goal again."""
    found = get_object_or_404(Goal, pk=goal_id)
    actions.reopen_goal(request.member, goal=found, now=read_clock())
    messages.success(request, _("The goal is open again."))
    return _go(request, "goal", found.pk)


@screen("strategy.edit")
@require_http_methods(["GET", "POST"])
def strategic_new(request: MemberRequest) -> HttpResponse:
    """Write down what the organisation as a whole wants."""
    form = StrategicGoalForm(posted(request), initial={"strategy": "organisation"})
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("title", "strategy", "description")}
        try:
            actions.create_strategic_goal(request.member, **data, now=read_clock())
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("The goal of the organisation has been saved."))
            return _go(request, "plan")
    return page(request, "strategy/strategic_form.html", {"form": form})


@screen("strategy.edit")
@require_http_methods(["GET", "POST"])
def strategic_edit(request: MemberRequest, strategic_id: int) -> HttpResponse:
    """Change, end or take away a goal of the organisation."""
    found = get_object_or_404(StrategicGoal, pk=strategic_id)
    initial = {name: getattr(found, name) for name in ("title", "strategy", "description", "revision")}
    form = StrategicGoalForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("title", "strategy", "description")}
        revision = form.cleaned_data["revision"] or 0
        try:
            actions.change_strategic_goal(
                request.member, strategic_goal=found, **data, revision=revision, now=read_clock()
            )
        except Invalid as error:
            form.refuse(error)
        except Conflict as error:
            return _conflict(request, "strategy/strategic_form.html", form, error, found)
        else:
            messages.success(request, _("The goal of the organisation has been saved."))
            return _go(request, "plan")
    return page(request, "strategy/strategic_form.html", {"form": form, "strategic_goal": found})


@screen("strategy.edit")
@require_POST
def strategic_remove(request: MemberRequest, strategic_id: int) -> HttpResponse:
    """Take away a goal of the organisation, or end it when goals hang under it."""
    found = get_object_or_404(StrategicGoal, pk=strategic_id)
    done = actions.remove_strategic_goal(request.member, strategic_goal=found, now=read_clock())
    said = {
        "removed": _("The goal of the organisation has been removed."),
        "ended": _("The goal of the organisation has ended. The goals under it stay."),
    }
    messages.success(request, said[done])
    return _go(request, "plan")


@screen("strategy.edit")
@require_POST
def strategic_resume(request: MemberRequest, strategic_id: int) -> HttpResponse:
    """Let an ended goal of the organisation hold again."""
    found = get_object_or_404(StrategicGoal, pk=strategic_id)
    actions.resume_strategic_goal(request.member, strategic_goal=found, now=read_clock())
    messages.success(request, _("The goal of the organisation holds again."))
    return _go(request, "plan")


def _lead(found: queries.Plan) -> str:
    if not found.goal_count:
        return _("Why, what, which numbers, by when, and what may it cost?")
    said = ngettext("%(count)s goal is open.", "%(count)s goals are open.", found.goal_count)
    lead = said % {"count": found.goal_count}
    if not found.unfinished_count:
        return lead
    said = ngettext("%(count)s is unfinished.", "%(count)s are unfinished.", found.unfinished_count)
    return f"{lead} {said % {'count': found.unfinished_count}}"


def _goal_page(request: MemberRequest, found: Goal, form: CloseForm) -> HttpResponse:
    brief, today = queries.brief_of(found), _today(request)
    context = {
        "goal": brief,
        "over_label": queries.over_label(found),
        "closing_note": found.closing_note,
        "picture": expected(brief.facts, today),
        "today_text": queries.expected_text(brief, today),
        "close_form": form,
        "may_edit": may(request.member, "strategy.edit"),
        "currency": request.organisation.currency,
    }
    return page(request, "strategy/goal.html", context)


def _goal_form(request: MemberRequest, found: Goal | None = None, *, initial: dict[str, Any]) -> GoalForm:
    """Return the form; owner and strategic goal that a goal has stay choices, also when they left or ended."""
    owners, above = members(), queries.strategic_goals()
    return GoalForm(
        posted(request),
        initial=initial,
        today=_today(request),
        currency=request.organisation.currency,
        owners=_with(owners, found.owner if found else None),
        strategic_goals=_with(above, found.strategic_goal if found else None),
    )


def _with(choices: list[T], kept: T | None) -> list[T]:
    if kept is not None and kept not in choices:
        choices.append(kept)
    return choices


def _form_context(request: MemberRequest, form: GoalForm, found: Goal | None = None) -> dict[str, object]:
    brief = queries.brief_of(found) if found else None
    return {
        "form": form,
        "goal": brief,
        "open": set(open_questions(brief.gaps)) if brief else set(),
        "purpose_hints": PURPOSE_HINTS,
        "currency_sign": get_currency_symbol(request.organisation.currency, locale=locale()),
    }


def _conflict(
    request: MemberRequest,
    template: str,
    form: GoalForm | StrategicGoalForm,
    error: Conflict,
    found: Goal | StrategicGoal,
) -> HttpResponse:
    """Show the form again with what was typed; saving once more then replaces what the other wrote."""
    form.data = {**dict(form.data.items()), "revision": str(error.params.get("revision", ""))}
    context: dict[str, object] = {"form": form, "strategic_goal": found}
    if isinstance(form, GoalForm) and isinstance(found, Goal):
        context = _form_context(request, form, found)
    last = queries.last_change(found)
    return page(request, template, {**context, "conflict": error.code, "last_change": last}, status=409)


def _today(request: MemberRequest) -> date:
    return timezone.localdate(read_clock(), request.organisation.zone)


def _go(request: MemberRequest, name: str, *args: int) -> HttpResponse:
    return HttpResponseRedirect(
        reverse(f"strategy:{name}", args=[request.organisation.slug, *args]), status=303
    )
