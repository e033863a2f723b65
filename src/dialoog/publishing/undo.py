"""Undoing: what was done travels along in a signed address, and is refused once the post was changed again."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Final, Literal

from django.core import signing
from django.db import transaction

from dialoog.core.clock import at_wall_time
from dialoog.core.errors import Conflict
from dialoog.organisations.models import Member
from dialoog.publishing.actions import plan_post, restore_draft
from dialoog.publishing.models import Post

_SALT: Final = "publishing.undo"
_LASTS_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Undo:
    """How to take a change back: `plan` at the old moment, or `restore` what was removed.

    `said` is the sentence that told of the change; `day` and `at` are wall time (ISO), `due_at` the moment.
    """

    do: Literal["plan", "restore"]
    post_id: int
    revision: int
    said: str
    day: str = ""
    at: str = ""
    due_at: str = ""

    def token(self) -> str:
        """Return it for an address."""
        return signing.dumps(asdict(self), salt=_SALT, compress=True)


def read(token: str) -> Undo | None:
    """Return what a token says, or None when it isn't ours or too old."""
    try:
        return Undo(**signing.loads(token, salt=_SALT, max_age=_LASTS_SECONDS))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def replan(before: Post, after: Post, *, said: str) -> Undo:
    """Return how to plan a post again as it was before.

    `before` is the row as it was read before the change.
    """
    zone = before.organisation.zone
    shown = before.due_at.astimezone(zone) if before.due_at else None
    return Undo(
        do="plan",
        post_id=after.pk,
        revision=after.revision,
        said=said,
        day=shown.date().isoformat() if shown else "",
        at=shown.time().replace(microsecond=0).isoformat() if shown else "",
        due_at=before.due_at.isoformat() if before.due_at else "",
    )


@transaction.atomic
def undo(actor: Member, *, post: Post, change: Undo, now: datetime) -> Post:
    """Take the change back through the same actions.

    Errors: Conflict("undo_stale") when the post was changed since; those of `plan_post` and `restore_draft`.
    """
    if change.post_id != post.pk or change.revision != post.revision:
        raise Conflict("undo_stale")
    if change.do == "restore":
        return restore_draft(actor, post=post, now=now)
    day, at = date.fromisoformat(change.day), time.fromisoformat(change.at)
    first = at_wall_time(day, at, post.organisation.zone).moment
    fold: Literal["first", "second"] = "first" if first.isoformat() == change.due_at else "second"
    return plan_post(actor, post=post, day=day, time=at, fold=fold, now=now).post
