"""The log in words: who did what, and what changed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from dialoog.networks.registry import connectors
from dialoog.organisations.logfields import FIELDS, HIDDEN, VALUES
from dialoog.organisations.logwords import DEEDS, KINDS
from dialoog.organisations.models import AuditEntry
from dialoog.ui.formats import day_year, moment
from dialoog.ui.networks import shown_name

PAGE: Final = 50
# Of opening hours each item is a pair: from and until.
_PAIRS: Final = frozenset({"opening_hours", "special_days"})
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the log: who, what, about what, and the fields that changed."""

    at: datetime
    who: str
    what: str
    subject: str
    changes: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, kw_only=True)
class LogPage:
    """A page of the log, and the key of the next."""

    lines: Sequence[Line]
    older: str = ""


def log_page(*, before: str = "", kind: str = "") -> LogPage:
    """Return a page of the log, newest first, of one kind of subject when asked."""
    found = AuditEntry.objects.order_by("-pk")
    if kind:
        found = found.filter(subject_kind=kind)
    if before.isdecimal() and len(before) < 18:
        found = found.filter(pk__lt=int(before))
    rows = list(found[: PAGE + 1])
    older = str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""
    return LogPage(lines=[_line(row) for row in rows[:PAGE]], older=older)


def kinds() -> list[tuple[str, str]]:
    """Return the kinds of subject that stand in the log, with their words, by word."""
    found = AuditEntry.objects.order_by().values_list("subject_kind", flat=True).distinct()
    return sorted(((kind, str(KINDS.get(kind, kind))) for kind in found), key=lambda pair: pair[1])


def _line(row: AuditEntry) -> Line:
    return Line(
        at=row.at,
        who=row.member_name or _("Dialoog itself"),
        what=str(DEEDS.get(row.what, row.what)),
        subject=row.subject_label,
        changes=_changes(row.before, row.after),
    )


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the fields that say something: their name, what it was and what it became."""
    told = [
        (_name(name), _said(name, before.get(name)), _said(name, after.get(name)))
        for name in dict.fromkeys([*before, *after])
        if name not in HIDDEN
    ]
    return [one for one in told if one[1] or one[2]]


def _name(field: str) -> str:
    return str(FIELDS.get(field, field.replace("_", " ")))


def _said(field: str, value: Any) -> str:
    """Return a value as people read it: codes in words, days and moments in the organisation's own way."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field == "network" and value in connectors():
        return shown_name(connectors()[value].capabilities)
    if isinstance(value, list):
        return _listed(field, value)
    if isinstance(value, dict):
        return ", ".join(f"{_name(key)}: {said}" for key, item in value.items() if (said := _said(key, item)))
    return str(VALUES.get(field, {}).get(str(value)) or _dated(str(value)[:300]))


def _listed(field: str, values: list[Any]) -> str:
    if field in _PAIRS and all(isinstance(one, str) for one in values):
        return "-".join(values)
    return ", ".join(_said(field, one) or "-" for one in values)


def _dated(text: str) -> str:
    try:
        if _DAY.fullmatch(text):
            return day_year(date.fromisoformat(text))
        return moment(datetime.fromisoformat(text)) if _MOMENT.match(text) else text
    except ValueError:
        return text
