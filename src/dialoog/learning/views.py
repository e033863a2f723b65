"""The pages of learning: conclusions with an owner and a date."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Conflict, Invalid
from dialoog.learning import actions, queries
from dialoog.learning.forms import CloseForm, ConcludeForm, LaterForm
from dialoog.learning.models import Conclusion
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.models import Member
from dialoog.organisations.queries import members
from dialoog.organisations.roles import may
from dialoog.strategy.models import Goal
from dialoog.strategy.queries import open_goals
from dialoog.ui.page import page


@screen("result.view")
@require_GET
def learning(request: MemberRequest) -> HttpResponse:
    """Show what came back, what waits and what came of it."""
    today = _today(request)
    context = {
        "due": queries.due(today),
        "waiting": queries.waiting(today),
        "closed": queries.closed(),
        "may_conclude": may(request.member, "result.conclude"),
    }
    return page(request, "learning/learning.html", context)


@screen("result.conclude")
@require_http_methods(["GET", "POST"])
def conclusion_new(request: MemberRequest) -> HttpResponse:
    """Make a conclusion, of a goal when the address names one."""
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        goal = get_object_or_404(Goal, pk=data["goal"]) if data["goal"] else None
        owner = get_object_or_404(Member, pk=data["owner"])
        given = {"text": data["text"], "action": data["action"], "look_again_on": data["look_again_on"]}
        try:
            actions.conclude(request.member, **given, owner=owner, goal=goal, now=read_clock())
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("The conclusion has been kept. It comes back on its day."))
            return _home(request)
    return page(request, "learning/conclusion_new.html", {"form": form})


@screen("result.view")
@require_http_methods(["GET", "POST"])
def conclusion(request: MemberRequest, conclusion_id: int) -> HttpResponse:
    """Show one conclusion, and close it with what came of it."""
    found = get_object_or_404(Conclusion, pk=conclusion_id)
    form = CloseForm(request.POST or None, initial={"outcome": found.outcome})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data["outcome"]
        try:
            actions.close(request.member, conclusion=found, outcome=said, now=read_clock())
        except Conflict:
            return _closed_meanwhile(request, found, said)
        messages.success(request, _("The conclusion is done."))
        return _home(request)
    return page(
        request, "learning/conclusion.html", _one(request, found, form, LaterForm(today=_today(request)))
    )


def _closed_meanwhile(request: MemberRequest, found: Conclusion, said: str) -> HttpResponse:
    """Show how a colleague closed it, with what was typed, so that nothing is lost."""
    found.refresh_from_db()
    forms = (CloseForm(), LaterForm(today=_today(request)))
    context = _one(request, found, *forms) | {"unkept": said}
    return page(request, "learning/conclusion.html", context, status=409)


@screen("result.conclude")
@require_POST
def conclusion_later(request: MemberRequest, conclusion_id: int) -> HttpResponse:
    """Let a conclusion come back on another day."""
    found = get_object_or_404(Conclusion, pk=conclusion_id)
    form = LaterForm(request.POST, today=_today(request))
    if form.is_valid():
        try:
            actions.look_again_later(
                request.member, conclusion=found, on=form.cleaned_data["look_again_on"], now=read_clock()
            )
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("The conclusion comes back on its new day."))
            return _home(request)
    return page(request, "learning/conclusion.html", _one(request, found, CloseForm(), form))


@screen("result.conclude")
@require_POST
def conclusion_reopen(request: MemberRequest, conclusion_id: int) -> HttpResponse:
    """Open a closed conclusion again."""
    found = get_object_or_404(Conclusion, pk=conclusion_id)
    actions.reopen(request.member, conclusion=found, now=read_clock())
    return HttpResponseRedirect(
        reverse("learning:conclusion", args=[request.organisation.slug, found.pk]), status=303
    )


def _one(
    request: MemberRequest, found: Conclusion, close_form: CloseForm, later_form: LaterForm
) -> dict[str, object]:
    return {
        "conclusion": found,
        "close_form": close_form,
        "later_form": later_form,
        "may_conclude": may(request.member, "result.conclude"),
        "is_due": found.closed_at is None and found.look_again_on <= _today(request),
    }


def _form(request: MemberRequest) -> ConcludeForm:
    quarter = _today(request) + timedelta(days=91)
    initial = {
        "goal": request.GET.get("doel", ""),
        "owner": request.member.pk,
        "look_again_on": quarter.strftime("%d-%m-%Y"),
    }
    return ConcludeForm(
        request.POST or None,
        initial=initial,
        today=_today(request),
        goals=[(goal.id, goal.title) for goal in open_goals()],
        owners=[(member.pk, str(member)) for member in members()],
    )


def _today(request: MemberRequest) -> date:
    return timezone.localdate(read_clock(), request.organisation.zone)


def _home(request: MemberRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("learning:learning", args=[request.organisation.slug]), status=303)
