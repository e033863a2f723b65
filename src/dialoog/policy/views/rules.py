"""The rules as they are written: the list, one rule with a message to try, on, off, away and back."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dialoog.core.clock import now as read_clock
from dialoog.core.errors import Conflict, Invalid
from dialoog.core.offers import channel_names
from dialoog.organisations.access import MemberRequest, screen
from dialoog.organisations.roles import may
from dialoog.policy import actions, queries
from dialoog.policy.enforcement import enforcement
from dialoog.policy.forms import RuleForm, SwitchForm, TryForm
from dialoog.policy.models import Rule
from dialoog.policy.rules import KINDS, RuleData, judge
from dialoog.policy.rules.facts import Judgement
from dialoog.policy.sentences import items_of
from dialoog.policy.snapshots import rule_data, snapshot_of
from dialoog.policy.views.places import places
from dialoog.policy.words import kind_hint, kind_name, refusal, strength_choice
from dialoog.ui.page import page
from dialoog.ui.rows import CheckItem


@screen("policy.view")
@require_GET
def policy(request: MemberRequest) -> HttpResponse:
    """Show what colleagues read beside what Dialoog enforces."""
    may_edit = may(request.member, "policy.edit")
    context = {
        "policy": queries.policy_page(drafted=may_edit),
        "may_edit": may_edit,
        "places": places(request, "policy"),
    }
    return page(request, "policy/policy.html", context)


@screen("policy.edit")
@require_http_methods(["GET", "POST"])
def rule_new(request: MemberRequest) -> HttpResponse:
    """Choose what a new rule looks at, then write it."""
    kind = request.GET.get("soort")
    if kind is None:
        kinds = [(key, kind_name(key), kind_hint(key)) for key in ("", *KINDS) if key != "goal"]
        return page(request, "policy/kinds.html", {"kinds": kinds})
    if kind == "goal" or (kind and kind not in KINDS):
        raise Http404
    form = RuleForm(_typed(request), kind=kind, today=_today(request))
    if request.method == "POST" and "try" not in request.POST and form.is_valid():
        try:
            actions.add_rule(request.member, draft=form.draft(), now=read_clock())
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            messages.success(request, _("The rule stands in the draft. It holds once you publish."))
            return _home(request)
    return page(request, "policy/rule.html", _editing(request, form))


@screen("policy.edit")
@require_http_methods(["GET", "POST"])
def rule(request: MemberRequest, rule_id: int) -> HttpResponse:
    """Change a rule, or try a message on it as it is typed."""
    found = _found(rule_id)
    form = RuleForm(
        _typed(request),
        kind=found.kind if found.kind in KINDS else "",
        rule=found,
        today=_today(request),
    )
    if request.method == "POST" and "try" not in request.POST and form.is_valid():
        why = form.cleaned_data.get("because", "")
        try:
            actions.change_rule(request.member, rule=found, draft=form.draft(), because=why, now=read_clock())
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            messages.success(request, _("The change stands in the draft. It holds once you publish."))
            return _home(request)
    return page(request, "policy/rule.html", _editing(request, form))


def _editing(request: MemberRequest, form: RuleForm) -> dict[str, Any]:
    is_trying = request.method == "POST" and "try" in request.POST
    trying = TryForm(
        request.POST if is_trying else None,
        kind=form.kind,
        today=_today(request),
        zone=request.organisation.zone,
    )
    stored = rule_data(snapshot_of(form.rule)) if form.rule else None
    return {
        "form": form,
        "rule": form.rule,
        "kind_name": kind_name(form.kind),
        "enforced": enforcement(stored, channels=channel_names([stored.scope])) if stored else "",
        "strengths": {name: strength_choice(name)[1] for name, _label in form.fields["strength"].choices},  # type: ignore[attr-defined] # a ChoiceField
        "try_form": trying,
        "tried": _tried(form, trying) if is_trying else None,
        "is_trying": is_trying,
    }


def _tried(form: RuleForm, trying: TryForm) -> list[CheckItem] | None:
    """Judge the typed message by the rule as it is typed; None when one of the two can't be read."""
    if not (form.is_valid() & trying.is_valid()):
        return None
    draft = form.draft()
    data = RuleData(
        id="draft", kind=draft.kind, params=draft.params, strength=draft.strength, scope=draft.scope
    )
    facts = trying.facts(draft)
    judgement: Judgement = judge([data], facts)
    if not judgement.findings:
        return [CheckItem(level="fine", rule=draft.title, text=_("This rule has nothing to say about it."))]
    return items_of(judgement.findings, facts.text, titles={"draft": draft.title})


@screen("policy.edit")
@require_POST
def rule_move(request: MemberRequest, rule_id: int) -> HttpResponse:
    """Move a rule one place."""
    actions.move_rule(
        request.member, rule=_found(rule_id), up=request.POST.get("to") == "up", now=read_clock()
    )
    return _home(request, f"#regel-{rule_id}")


@screen("policy.edit")
@require_POST
def rule_on(request: MemberRequest, rule_id: int) -> HttpResponse:
    """Switch a rule on again."""
    found = _found(rule_id)
    try:
        actions.switch_rule(
            request.member, rule=found, is_active=True, because=found.lowered_because, now=read_clock()
        )
    except (Invalid, Conflict) as error:
        messages.error(request, refusal(error.code))
    return _home(request, f"#regel-{rule_id}")


@screen("policy.edit")
@require_http_methods(["GET", "POST"])
def rule_off(request: MemberRequest, rule_id: int) -> HttpResponse:
    """Switch a rule off; the goal rule asks why."""
    found = _found(rule_id)
    form = SwitchForm(_typed(request)) if found.kind == "goal" else None
    if request.method == "POST" and (form is None or form.is_valid()):
        why = form.cleaned_data["because"] if form else ""
        try:
            actions.switch_rule(request.member, rule=found, is_active=False, because=why, now=read_clock())
        except Conflict as error:
            messages.error(request, refusal(error.code))
        return _home(request, f"#regel-{rule_id}")
    return page(request, "policy/switch.html", {"form": form, "rule": found})


@screen("policy.edit")
@require_POST
def rule_remove(request: MemberRequest, rule_id: int) -> HttpResponse:
    """Take a rule out of the draft."""
    try:
        actions.remove_rule(request.member, rule=_found(rule_id), now=read_clock())
    except Conflict as error:
        messages.error(request, refusal(error.code))
    return _home(request)


@screen("policy.edit")
@require_POST
def rule_put_back(request: MemberRequest, rule_id: int) -> HttpResponse:
    """Put a removed rule back."""
    found = get_object_or_404(Rule, pk=rule_id)
    actions.put_back_rule(request.member, rule=found, now=read_clock())
    return _home(request, f"#regel-{rule_id}")


def _found(rule_id: int) -> Rule:
    return get_object_or_404(Rule, pk=rule_id, removed_at=None)


def _typed(request: MemberRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _today(request: MemberRequest) -> date:
    return timezone.localdate(read_clock(), request.organisation.zone)


def _home(request: MemberRequest, place: str = "") -> HttpResponse:
    return HttpResponseRedirect(
        reverse("policy:policy", args=[request.organisation.slug]) + place, status=303
    )
