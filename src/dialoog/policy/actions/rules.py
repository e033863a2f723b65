"""Writing the rules: what is drafted holds for nobody until a version is published."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from dialoog.core.errors import Conflict, Invalid
from dialoog.core.text import clean_text
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import Member
from dialoog.policy.models import Rule
from dialoog.policy.rules import BrokenRule, check_rule
from dialoog.policy.rules.starter import is_lowered
from dialoog.policy.snapshots import rule_data, snapshot_of

MOST_RULES: Final = 200


@dataclass(frozen=True, kw_only=True)
class RuleDraft:
    """What somebody writes of a rule; an empty kind is a rule for people only."""

    title: str
    text: str
    kind: str = ""
    strength: str = "guide"
    reason: str = ""
    good_example: str = ""
    bad_example: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    scope: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def add_rule(actor: Member, *, draft: RuleDraft, now: datetime) -> Rule:
    """Put a rule at the end of the draft.

    Errors: NotAllowed; Invalid on the field that can't be used; Conflict("goal_rule_once") for a second
    goal rule, Conflict("too_many_rules").
    """
    require(actor, "policy.edit")
    if draft.kind == "goal":
        raise Conflict("goal_rule_once")
    if Rule.objects.count() >= MOST_RULES:
        raise Conflict("too_many_rules", {"most": MOST_RULES})
    last = Rule.objects.aggregate(last=Max("position"))["last"]
    rule = Rule(
        organisation=actor.organisation,
        key=uuid.uuid4(),
        position=0 if last is None else last + 1,
        updated_at=now,
        **_values(draft),
    )
    _check(rule)
    rule.save()
    record(actor, "rule.added", kind="rule", subject=rule, now=now, after=snapshot_of(rule))
    return rule


@transaction.atomic
def change_rule(actor: Member, *, rule: Rule, draft: RuleDraft, because: str = "", now: datetime) -> Rule:
    """Change a rule of the draft; its kind stays what it is.

    `because` is why the goal rule is lowered, where that happens.
    Errors: NotAllowed; Invalid; Invalid("because", "lowering_reason_empty"); Conflict("rule_removed").
    """
    require(actor, "policy.edit")
    kept, before = _locked(rule)
    for name, value in (_values(draft) | {"kind": kept.kind}).items():
        setattr(kept, name, value)
    return _keep(actor, kept, before, "rule.changed", because=because, now=now)


@transaction.atomic
def switch_rule(actor: Member, *, rule: Rule, is_active: bool, because: str = "", now: datetime) -> Rule:
    """Switch a rule of the draft on or off.

    Errors: NotAllowed; Invalid("because", "lowering_reason_empty"); Conflict("rule_removed").
    """
    require(actor, "policy.edit")
    kept, before = _locked(rule)
    kept.is_active = is_active
    what = "rule.switched_on" if is_active else "rule.switched_off"
    return _keep(actor, kept, before, what, because=because, now=now)


@transaction.atomic
def move_rule(actor: Member, *, rule: Rule, up: bool, now: datetime) -> Rule:
    """Move a rule one place in the draft; at the end of the list it stays. Errors: NotAllowed."""
    require(actor, "policy.edit")
    rules = list(Rule.objects.select_for_update().filter(removed_at=None))
    place = next((n for n, one in enumerate(rules) if one.pk == rule.pk), None)
    other = None if place is None else place + (-1 if up else 1)
    if place is not None and other is not None and 0 <= other < len(rules):
        rules[place], rules[other] = rules[other], rules[place]
        for position, one in enumerate(rules):
            one.position = position
        Rule.objects.bulk_update(rules, ["position"])
    return rule


@transaction.atomic
def remove_rule(actor: Member, *, rule: Rule, now: datetime) -> Rule:
    """Take a rule out of the draft; it can be put back until the next version.

    Errors: NotAllowed; Conflict("goal_rule_stays"); Conflict("rule_removed").
    """
    require(actor, "policy.edit")
    kept, before = _locked(rule)
    if kept.kind == "goal":
        raise Conflict("goal_rule_stays")
    kept.removed_at = kept.updated_at = now
    kept.save(update_fields=["removed_at", "updated_at"])
    record(actor, "rule.removed", kind="rule", subject=kept, now=now, before=before)
    return kept


@transaction.atomic
def put_back_rule(actor: Member, *, rule: Rule, now: datetime) -> Rule:
    """Put a removed rule back where it stood. Errors: NotAllowed."""
    require(actor, "policy.edit")
    if Rule.objects.filter(pk=rule.pk, removed_at__isnull=False).update(removed_at=None, updated_at=now):
        record(actor, "rule.put_back", kind="rule", subject=rule, now=now)
    return Rule.objects.get(pk=rule.pk)


def _locked(rule: Rule) -> tuple[Rule, dict[str, Any]]:
    kept = Rule.objects.select_for_update().get(pk=rule.pk)
    if kept.removed_at is not None:
        raise Conflict("rule_removed")
    return kept, snapshot_of(kept)


def _keep(
    actor: Member, kept: Rule, before: Mapping[str, Any], what: str, *, because: str, now: datetime
) -> Rule:
    _check(kept)
    _ask_why_lowered(kept, before, because)
    kept.updated_at = now
    kept.save()
    record(actor, what, kind="rule", subject=kept, now=now, before=before, after=snapshot_of(kept))
    return kept


def _ask_why_lowered(kept: Rule, before: Mapping[str, Any], because: str) -> None:
    """The goal rule may ask less, with a reason on record (M2.1)."""
    if kept.kind != "goal":
        return
    if not is_lowered(rule_data(snapshot_of(kept))):
        kept.lowered_because = ""
        return
    why = clean_text(because).text.strip()
    is_same = all(
        before[name] == getattr(kept, name) for name in ("strength", "params", "scope", "is_active")
    )
    if not why and not (is_same and kept.lowered_because):
        raise Invalid("because", "lowering_reason_empty")
    kept.lowered_because = why or kept.lowered_because


def _values(draft: RuleDraft) -> dict[str, Any]:
    values = asdict(draft)
    for name in ("title", "text", "reason", "good_example", "bad_example"):
        values[name] = clean_text(values[name]).text.strip()
    values["title"] = " ".join(values["title"].split())
    return values


def _check(rule: Rule) -> None:
    for name, most in (("title", 120), ("text", 2000)):
        if not getattr(rule, name):
            raise Invalid(name, f"{name}_empty")
        if len(getattr(rule, name)) > most:
            raise Invalid(name, f"{name}_long", {"most": most})
    try:
        check_rule(rule_data(snapshot_of(rule)))
    except BrokenRule as broken:
        raise Invalid(broken.where, "rule_unusable", {"problem": broken.problem}) from broken
