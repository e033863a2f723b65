"""The rules that an organisation starts with: readable texts, more of them guiding than forbidding."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from dialoog.policy.rules.facts import STRENGTHS, RuleData

LANGUAGES: Final = ("nl", "en")


@dataclass(frozen=True, kw_only=True)
class StarterRule:
    """A rule to start with, in one language."""

    key: UUID
    kind: str
    strength: str
    title: str
    text: str
    reason: str
    good_example: str
    bad_example: str
    params: Mapping[str, Any]
    scope: Mapping[str, Any]


def starter_key(name: str) -> UUID:
    """Return the key of a starter rule, the same in every organisation."""
    return uuid5(NAMESPACE_URL, f"dialoog:starter:{name}")


# A post needs a finished goal, also where no policy was ever published (M2.1).
GOAL_RULE: Final = RuleData(
    id=str(starter_key("goal")),
    kind="goal",
    params=MappingProxyType({"finished": True}),
    strength="block",
    scope=MappingProxyType({"kinds": ["post"]}),
)


@cache
def starter_rules(language: str) -> tuple[StarterRule, ...]:
    """Return the starter set in Dutch or English; any other language gets the English one."""
    stored = json.loads(files("dialoog.policy.rules").joinpath("starter.json").read_text("utf-8"))
    return tuple(_rule(entry, language if language in LANGUAGES else "en") for entry in stored)


def _rule(entry: Mapping[str, Any], language: str) -> StarterRule:
    words = entry[language]
    return StarterRule(
        key=starter_key(entry["name"]),
        kind=entry["kind"],
        strength=entry["strength"],
        title=words["title"],
        text=words["text"],
        reason=words["reason"],
        good_example=words["good"],
        bad_example=words["bad"],
        params=words.get("params", entry.get("params", {})),
        scope=entry.get("scope", {}),
    )


def is_lowered(rule: RuleData) -> bool:
    """Tell whether the goal rule asks less than a finished goal of every post."""
    return (
        not rule.active
        or STRENGTHS.index(rule.strength) < STRENGTHS.index(GOAL_RULE.strength)
        or rule.params.get("finished", True) is not True
        or any(rule.scope.get(name) for name in rule.scope if (name, rule.scope[name]) != ("kinds", ["post"]))
    )
