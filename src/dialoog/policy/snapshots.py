"""A rule as a version keeps it, and back to what the rule function reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dialoog.policy.models import Rule
from dialoog.policy.rules import RuleData

FIELDS: Final = (
    "title",
    "text",
    "reason",
    "good_example",
    "bad_example",
    "kind",
    "params",
    "scope",
    "strength",
    "is_active",
    "lowered_because",
)


@dataclass(frozen=True, kw_only=True)
class Change:
    """How one rule differs from the version in force: added, changed, removed or moved; `fields` says what."""

    key: str
    title: str
    what: str
    fields: tuple[str, ...] = ()
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def snapshot_of(rule: Rule) -> dict[str, Any]:
    """Return a rule as plain JSON values."""
    return {"key": str(rule.key)} | {name: getattr(rule, name) for name in FIELDS}


def rule_data(snapshot: Mapping[str, Any]) -> RuleData:
    """Return what the rule function judges by; a value of a wrong type is left for it to find."""
    return RuleData(
        id=str(snapshot.get("key", "")),
        kind=str(snapshot.get("kind", "")),
        params=snapshot.get("params", {}),
        strength=str(snapshot.get("strength", "")),
        scope=snapshot.get("scope", {}),
        active=snapshot.get("is_active", True) is not False,
    )


def compare(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    """Tell what was added, changed, removed, and whether the order changed."""
    old = {entry["key"]: entry for entry in before}
    new = {entry["key"]: entry for entry in after}
    changes = [_change(old.get(key), entry) for key, entry in new.items()]
    changes += [
        Change(key=key, title=entry["title"], what="removed", before=entry)
        for key, entry in old.items()
        if key not in new
    ]
    found = tuple(change for change in changes if change is not None)
    if [key for key in old if key in new] != [key for key in new if key in old]:
        return (*found, Change(key="", title="", what="moved"))
    return found


def _change(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> Change | None:
    if old is None:
        return Change(key=new["key"], title=new["title"], what="added", after=new)
    fields = tuple(name for name in FIELDS if old.get(name) != new.get(name))
    if not fields:
        return None
    return Change(key=new["key"], title=new["title"], what="changed", fields=fields, before=old, after=new)
