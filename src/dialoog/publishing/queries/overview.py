"""What other rooms show of posts: what goes out next, what went wrong, what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse

from dialoog.organisations.models import Member
from dialoog.policy.queries import waiting_approvals
from dialoog.publishing.models import Delivery
from dialoog.publishing.queries.cards import Card, cards_of, network_of, posts, title_of
from dialoog.publishing.rules import SUBJECT
from dialoog.ui.rows import Network

_TROUBLE: Final = ("failed", "unknown", "held", "handed")


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A delivery that needs a person: what, where, when, and in which state (failed, unknown, held, handed).

    `code` and `params` tell why; `publishing.sentences` says it in words.
    """

    id: int
    state: str
    title: str
    network: Network
    due_at: datetime
    url: str
    code: str
    post_id: int | None


def next_out(slug: str, *, now: datetime, until: datetime | None = None, limit: int = 5) -> list[Card]:
    """Return the posts that go out next, the first one first; `until` (not included) looks no further."""
    found = posts().filter(due_at__gte=now)
    if until is not None:
        found = found.filter(due_at__lt=until)
    return cards_of(found.order_by("due_at", "id")[:limit], slug=slug, with_day=True)


def drafts(slug: str, *, limit: int = 5) -> list[Card]:
    """Return the drafts, the newest first."""
    return cards_of(posts().filter(due_at__isnull=True).order_by("-id")[:limit], slug=slug)


def failed_deliveries(slug: str, *, limit: int = 20) -> list[Trouble]:
    """Return the deliveries, answers too, that need a person, the latest first.

    An answer that waits for consent stands in the queue of consent, and is no trouble yet.
    """
    found = Delivery.objects.filter(state__in=_TROUBLE).select_related("channel").order_by("-due_at", "-id")
    found = found.exclude(origin="reply", state="held", reason_code="approval_missing")
    return [
        Trouble(
            id=one.pk,
            state=one.state,
            title=title_of(str(one.content.get("text", ""))),
            network=network_of(one.channel),
            due_at=one.due_at,
            url=reverse("publishing:delivery", args=[slug, one.pk]),
            code=one.reason_code,
            post_id=one.post_id,
        )
        for one in found[:limit]
    ]


def waiting_for_approval(member: Member) -> Sequence[int]:
    """Return the ids of the posts that this member may decide on, the nearest deadline first."""
    waiting = [one for one in waiting_approvals(member) if one.subject_kind == SUBJECT]
    return list(dict.fromkeys(one.subject_id for one in waiting))
