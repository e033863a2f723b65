"""The one function that says whether a message may go out: in the composer, at approval, at planning, at sending."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dialoog.policy.rules.facts import (
    OUTCOMES,
    STRENGTHS,
    Finding,
    Judgement,
    MessageFacts,
    Outcome,
    Problem,
    RuleData,
)
from dialoog.policy.rules.kinds import KINDS, Kind
from dialoog.policy.rules.params import BrokenRule, read_params
from dialoog.policy.rules.reading import Reading
from dialoog.policy.rules.scope import Scope, read_scope

log = logging.getLogger(__name__)
_OUTCOMES: Final[dict[str, Outcome]] = {
    "guide": "advice",
    "warn": "advice",
    "ask_approval": "approval",
    "block": "block",
}


def judge(rules: Sequence[RuleData], facts: MessageFacts) -> Judgement:
    """Judge a message by rules, and never fail on what somebody typed or stored.

    Time grows with the length of the text and the number of rules, not faster. A rule that can't be
    read gives a finding "rule.broken": it blocks, unless it would have given no more than advice.
    """
    reading = Reading(facts.text)
    findings = tuple(finding for rule in rules if rule.active for finding in _findings(rule, reading, facts))
    return Judgement(findings=findings, approved_roles=facts.approved_roles)


def check_rule(rule: RuleData) -> None:
    """Raise BrokenRule when a rule can't be used as it is, so that nobody publishes it."""
    _usable(rule)


def _usable(rule: RuleData) -> tuple[Kind | None, Scope, Mapping[str, Any]]:
    """Return a rule in values that its check can use; None for a rule for people only."""
    if rule.strength not in STRENGTHS:
        raise BrokenRule("strength", "unknown")
    scope = read_scope(rule.scope)
    if not rule.kind:
        return None, scope, {}
    kind = KINDS.get(rule.kind)
    if kind is None:
        raise BrokenRule("kind", "unknown")
    if rule.strength not in kind.strengths:
        raise BrokenRule("strength", "not_a_choice")
    return kind, scope, read_params(kind.schema, rule.params)


def _findings(rule: RuleData, reading: Reading, facts: MessageFacts) -> Iterator[Finding]:
    if not rule.kind:
        return
    try:
        kind, scope, params = _usable(rule)
        problems = list(kind.check(reading, facts, params)) if kind and scope.holds(facts) else []
    except BrokenRule as broken:
        yield _broken(rule, broken)
    except Exception:
        # What a rule can't decide must hold the message, not bring down the page or the sending.
        log.exception("rule %s failed", rule.id)
        yield _broken(rule, BrokenRule("check", "failed"))
    else:
        for problem in problems:
            yield _finding(rule, problem, tuple(params["roles"]), facts)


def _finding(rule: RuleData, problem: Problem, roles: tuple[str, ...], facts: MessageFacts) -> Finding:
    outcome = min(_OUTCOMES[rule.strength], problem.at_most, key=OUTCOMES.index)
    if outcome == "approval" and facts.approved_roles & set(roles):
        outcome = "fine"
    return Finding(
        rule_id=rule.id,
        kind=rule.kind,
        strength=rule.strength,
        outcome=outcome,
        code=problem.code,
        params=problem.params,
        quotes=problem.quotes,
        fix=problem.fix,
        roles=roles if rule.strength == "ask_approval" else (),
    )


def _broken(rule: RuleData, broken: BrokenRule) -> Finding:
    """A rule that can't be read fails closed; one that only gives advice stays advice."""
    is_advice = rule.strength in {"guide", "warn"}
    return Finding(
        rule_id=rule.id,
        kind=rule.kind,
        strength=rule.strength,
        outcome="advice" if is_advice else "block",
        code="rule.broken",
        params={"where": broken.where, "problem": broken.problem},
    )
