"""The rules in force, and what is known of links: what the other rooms ask all day."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from dialoog.policy.models import LinkCheck, PolicyVersion
from dialoog.policy.rules import Judgement, LinkFacts, MessageFacts, RuleData, judge
from dialoog.policy.rules.starter import GOAL_RULE
from dialoog.policy.snapshots import rule_data


def version_in_force() -> PolicyVersion | None:
    """Return the newest version; None when no policy was published."""
    return PolicyVersion.objects.select_related("published_by__user").order_by("-number").first()


def rules_in_force() -> tuple[RuleData, ...]:
    """Return the rules that hold now; without a version only that a post needs a finished goal."""
    version = version_in_force()
    return tuple(rule_data(entry) for entry in version.rules) if version else (GOAL_RULE,)


def judge_in_force(facts: MessageFacts) -> Judgement:
    """Judge a message by the rules that hold now, in one query."""
    return judge(rules_in_force(), facts)


def rule_titles() -> Mapping[str, str]:
    """Return the title of each rule in force by its id."""
    version = version_in_force()
    return MappingProxyType({entry["key"]: entry["title"] for entry in version.rules} if version else {})


def known_links(urls: Iterable[str]) -> tuple[LinkFacts, ...]:
    """Return what is known of addresses, in one query; one that nobody looked up is left out."""
    plain = {url: url.partition("#")[0] for url in urls}
    if not plain:
        return ()
    found = {check.url: check for check in LinkCheck.objects.filter(url__in=set(plain.values()))}
    return tuple(
        LinkFacts(url=url, reachable=found[bare].is_reachable, status=found[bare].status)
        for url, bare in plain.items()
        if bare in found
    )
