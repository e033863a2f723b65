"""What changed between two versions, ready to read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dialoog.core.offers import channel_names
from dialoog.policy.editing import said_of
from dialoog.policy.enforcement import enforcement
from dialoog.policy.snapshots import Change, rule_data
from dialoog.policy.words import strength_choice
from dialoog.ui.rows import State


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that changed: what it is called, what it was and what it becomes."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class ShownChange:
    """A rule that was added, changed or removed."""

    title: str
    state: State
    lines: Sequence[Line] = ()


def shown_changes(changes: Iterable[Change]) -> list[ShownChange]:
    """Return changes with their words; texts stand beside each other, checks as their sentence."""
    return [
        ShownChange(
            title=change.title or _("The order of the rules"), state=_state(change.what), lines=_lines(change)
        )
        for change in changes
    ]


def _state(what: str) -> State:
    return {
        "added": State(label=pgettext("rule", "New"), tone="good", icon="plus"),
        "changed": State(label=pgettext("rule", "Changed"), tone="brand", icon="pencil"),
        "removed": State(label=pgettext("rule", "Gone"), tone="bad", icon="trash"),
        "moved": State(label=_("Another order"), tone="calm", icon="grip"),
    }[what]


def _lines(change: Change) -> list[Line]:
    if change.what == "added" and change.after is not None:
        return _new_lines(change.after)
    if change.before is None or change.after is None:
        return []
    before, after = change.before, change.after
    labels = {
        "title": _("Name"),
        "text": _("What colleagues read"),
        "reason": _("Why"),
        "good_example": _("A good example"),
        "bad_example": _("Rather not"),
        "lowered_because": _("Why it asks less"),
    }
    lines = [
        Line(label=label, before=str(before.get(name, "")), after=str(after.get(name, "")))
        for name, label in labels.items()
        if name in change.fields
    ]
    if "strength" in change.fields:
        lines.append(Line(label=_("How strong"), before=_strength(before), after=_strength(after)))
    if set(change.fields) & {"kind", "params", "scope"}:
        lines += _checked(before, after)
    if "is_active" in change.fields:
        lines.append(
            Line(label=pgettext("rule", "Switched"), before=_switched(before), after=_switched(after))
        )
    return lines


def _checked(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Line]:
    """Show the two sentences, or what the sentence leaves out where they are the same."""
    told = Line(label=_("What Dialoog does"), before=_enforced(before), after=_enforced(after))
    if told.before != told.after:
        return [told]
    old, new = before.get("params") or {}, after.get("params") or {}
    return [
        Line(label=said_of(after["kind"], name)[0], before=_typed(old.get(name)), after=_typed(new.get(name)))
        for name in {**old, **new}
        if old.get(name) != new.get(name)
    ]


def _typed(value: object) -> str:
    if isinstance(value, Mapping):
        return " = ".join(str(part) for part in (value.get("word"), value.get("instead")) if part)
    if isinstance(value, list | tuple):
        return ", ".join(_typed(entry) for entry in value)
    return "" if value is None else str(value)


def _new_lines(entry: Mapping[str, Any]) -> list[Line]:
    told = [(_("What colleagues read"), str(entry["text"])), (_("What Dialoog does"), _enforced(entry))]
    return [Line(label=label, before="", after=text) for label, text in told]


def _strength(entry: Mapping[str, Any]) -> str:
    return strength_choice(str(entry.get("strength", "")))[0]


def _switched(entry: Mapping[str, Any]) -> str:
    return pgettext("rule", "on") if entry.get("is_active", True) else pgettext("rule", "off")


def _enforced(entry: Mapping[str, Any]) -> str:
    return enforcement(rule_data(entry), channels=channel_names([entry.get("scope")]))
