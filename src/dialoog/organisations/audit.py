"""Writes the audit log, in the transaction of the change that it tells."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dialoog.organisations.models import AuditEntry, Member, Organisation


def record(  # noqa: PLR0913 - one line of the log, all by name
    actor: Member | None,
    what: str,
    *,
    kind: str,
    subject: object,
    now: datetime,
    organisation: Organisation | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Keep who did `what` to `subject`; only the fields that differ of `before` and `after` are kept.

    `what` is a verb in the past tense with its noun ("goal.changed"); values are JSON-able and hold no
    secrets. Without an actor the worker did it, and `organisation` says where.
    """
    old, new = dict(before or {}), dict(after or {})
    same = {key for key in old.keys() & new.keys() if old[key] == new[key]}
    owner = actor.organisation if actor else organisation
    if owner is None:
        raise ValueError("an entry without an actor needs an organisation")
    return AuditEntry.objects.create(
        organisation=owner,
        at=now,
        member=actor,
        member_name=str(actor) if actor else "",
        what=what,
        subject_kind=kind,
        subject_id=str(getattr(subject, "pk", "") or ""),
        subject_label=str(subject)[:200],
        before={key: value for key, value in old.items() if key not in same},
        after={key: value for key, value in new.items() if key not in same},
    )
