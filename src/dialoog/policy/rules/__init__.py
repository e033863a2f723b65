"""The rules of policy: pure functions on plain facts, without database, clock or network."""

from dialoog.policy.rules.facts import (
    STRENGTHS,
    Finding,
    ImageFacts,
    Judgement,
    LinkFacts,
    MessageFacts,
    OtherText,
    RuleData,
)
from dialoog.policy.rules.judging import check_rule, judge
from dialoog.policy.rules.kinds import KINDS
from dialoog.policy.rules.params import BrokenRule

__all__ = [
    "KINDS",
    "STRENGTHS",
    "BrokenRule",
    "Finding",
    "ImageFacts",
    "Judgement",
    "LinkFacts",
    "MessageFacts",
    "OtherText",
    "RuleData",
    "check_rule",
    "judge",
]
