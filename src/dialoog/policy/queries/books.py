"""The policy as people read it: the rules with what is enforced, the draft beside it, who read what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.safestring import SafeString

from dialoog.core.offers import channel_names
from dialoog.organisations.models import Member
from dialoog.organisations.queries import members
from dialoog.organisations.roles import may
from dialoog.policy.enforcement import enforcement
from dialoog.policy.models import Acceptance, PolicyVersion, Rule
from dialoog.policy.queries.force import version_in_force
from dialoog.policy.rules.starter import is_lowered
from dialoog.policy.snapshots import Change, compare, rule_data, snapshot_of
from dialoog.policy.words import strength_state
from dialoog.ui.rows import State

GUIDING = ("guide", "warn")


@dataclass(frozen=True, kw_only=True)
class RuleView:
    """A rule as it is shown; `id` is None for one of a published version, `change` says what differs from it."""

    key: str
    title: str
    text: str
    reason: str
    good_example: str
    bad_example: str
    kind: str
    strength: State
    enforced: SafeString
    is_active: bool
    lowered_because: str = ""
    id: int | None = None
    change: str = ""


@dataclass(frozen=True, kw_only=True)
class Share:
    """How much the policy points the way, in rules that are switched on (M3.5)."""

    total: int
    guiding: int
    asking: int
    forbidding: int

    @property
    def ratio(self) -> float | None:
        """The share of guiding rules, 0-1; None without rules."""
        return self.guiding / self.total if self.total else None


@dataclass(frozen=True, kw_only=True)
class PolicyPage:
    """The rules, the version in force, and what waits to be published."""

    rules: Sequence[RuleView]
    version: PolicyVersion | None
    changes: Sequence[Change]
    share: Share
    removed: Sequence[Rule]


def policy_page(*, drafted: bool) -> PolicyPage:
    """Return the rules as drafted, for who may edit, or as they are in force."""
    version = version_in_force()
    rules = list(Rule.objects.all())
    draft = [snapshot_of(rule) for rule in rules if rule.removed_at is None]
    changes = compare(version.rules if version else [], draft)
    entries = draft if drafted else (version.rules if version else [])
    told = {change.key: change.what for change in changes}
    ids = {str(rule.key): rule.pk for rule in rules}
    named = channel_names(entry["scope"] for entry in entries)
    return PolicyPage(
        rules=[
            view_of(entry, rule_id=ids.get(entry["key"]), change=told.get(entry["key"], ""), channels=named)
            for entry in entries
        ],
        version=version,
        changes=changes,
        share=share_of(entries),
        removed=[rule for rule in rules if rule.removed_at is not None],
    )


def view_of(
    entry: Mapping[str, Any],
    *,
    rule_id: int | None = None,
    change: str = "",
    channels: Mapping[str, str] | None = None,
) -> RuleView:
    """Return a stored rule as it is shown; `channels` are names by id."""
    data = rule_data(entry)
    lowered = entry["kind"] == "goal" and is_lowered(data)
    return RuleView(
        key=entry["key"],
        title=entry["title"],
        text=entry["text"],
        reason=entry["reason"],
        good_example=entry["good_example"],
        bad_example=entry["bad_example"],
        kind=entry["kind"],
        strength=strength_state(entry["strength"] if entry["kind"] else "guide"),
        enforced=enforcement(data, channels=channels),
        is_active=data.active,
        lowered_because=entry.get("lowered_because", "") if lowered else "",
        id=rule_id,
        change=change,
    )


def share_of(entries: Iterable[Mapping[str, Any]]) -> Share:
    """Count the rules that guide, ask and forbid; one for people only guides."""
    strengths = [entry["strength"] if entry["kind"] else "guide" for entry in entries if entry["is_active"]]
    return Share(
        total=len(strengths),
        guiding=sum(strength in GUIDING for strength in strengths),
        asking=strengths.count("ask_approval"),
        forbidding=strengths.count("block"),
    )


def policy_share() -> Share:
    """Return how much the policy in force points the way; without a policy there are no rules."""
    version = version_in_force()
    return share_of(version.rules if version else [])


def draft_changes() -> tuple[Change, ...]:
    """Return what the draft changes in the version in force."""
    version = version_in_force()
    drafted = [snapshot_of(rule) for rule in Rule.objects.filter(removed_at=None)]
    return compare(version.rules if version else [], drafted)


def handbook_rules(version: PolicyVersion) -> list[RuleView]:
    """Return the rules that are switched on, in their order."""
    named = channel_names(entry["scope"] for entry in version.rules)
    return [view_of(entry, channels=named) for entry in version.rules if entry["is_active"]]


def versions() -> list[PolicyVersion]:
    """Return the versions, newest first, each with how many of today's people accepted it."""
    people = Q(acceptances__member__is_active=True, acceptances__member__user__is_active=True)
    found = PolicyVersion.objects.select_related("published_by__user").defer("rules")
    return list(found.annotate(accepted=Count("acceptances", filter=people)).order_by("-number"))


def changes_in(version: PolicyVersion) -> tuple[Change, ...]:
    """Return what a version changed in the one before it."""
    before = PolicyVersion.objects.filter(number=version.number - 1).first()
    return compare(before.rules if before else [], version.rules)


def accepted_at(member: Member, version: PolicyVersion) -> datetime | None:
    """Return when somebody accepted a version."""
    found = Acceptance.objects.filter(member=member, version=version).first()
    return found.accepted_at if found else None


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Who accepted a version, and who has not: of those who are asked to."""

    accepted: Sequence[tuple[Member, datetime]]
    waiting: Sequence[Member]

    @property
    def total(self) -> int:
        """How many people are asked."""
        return len(self.accepted) + len(self.waiting)


def readers(version: PolicyVersion) -> Readers:
    """Return who accepted a version and who has not; outside advisers aren't asked."""
    moments = dict(version.acceptances.values_list("member_id", "accepted_at"))
    asked = [member for member in members() if may_accept(member)]
    return Readers(
        accepted=[(member, moments[member.pk]) for member in asked if member.pk in moments],
        waiting=[member for member in asked if member.pk not in moments],
    )


def may_accept(member: Member) -> bool:
    """Tell whether somebody is asked to read and accept the policy."""
    return may(member, "policy.accept")
