"""The log in words: who did what, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from dialoog.organisations.logwords import DEEDS, KINDS
from dialoog.organisations.models import AuditEntry

PAGE: Final = 50


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
    names = list(dict.fromkeys([*before, *after]))
    return [(name.replace("_", " "), _plain(before.get(name)), _plain(after.get(name))) for name in names]


def _plain(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plain(item)}" for key, item in value.items())
    return str(value)[:300]
