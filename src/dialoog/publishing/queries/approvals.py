"""The queue of consent: what waits for this member, the nearest deadline first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from dialoog.organisations.models import Member
from dialoog.publishing.models import Post
from dialoog.publishing.queries.cards import Card, cards_of
from dialoog.publishing.queries.overview import waiting_for_approval
from dialoog.ui.formats import relative
from dialoog.ui.rows import PostRow


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """What waits: the row to show, and whether its moment has passed."""

    row: PostRow
    is_late: bool


Source = Callable[[Member, str, datetime], list[QueueRow]]
_sources: list[Source] = []


def add_to_queue(source: Source) -> None:
    """Let a room above put what waits there in the same queue; `source` gets the member, the slug and now."""
    if source not in _sources:
        _sources.append(source)


def queue(member: Member, *, slug: str, now: datetime) -> list[QueueRow]:
    """Return what waits for the consent of this member; what they asked for themselves is left out.

    What rooms above added comes first: an answer has somebody waiting for it.
    """
    added = [row for source in _sources for row in source(member, slug, now)]
    return added + _posts(member, slug=slug, now=now)


def _posts(member: Member, *, slug: str, now: datetime) -> list[QueueRow]:
    ids = waiting_for_approval(member)
    cards = {card.id: card for card in cards_of(Post.objects.filter(pk__in=ids), slug=slug, with_day=True)}
    return [_row(cards[pk], slug=slug, now=now) for pk in ids if pk in cards]


def _row(card: Card, *, slug: str, now: datetime) -> QueueRow:
    is_late = card.due_at is not None and card.due_at <= now
    fact = _("its moment has passed") if is_late else relative(card.due_at, now)
    row = PostRow(
        id=card.row.id,
        time=card.row.time,
        title=card.row.title,
        url=reverse("publishing:approval", args=[slug, card.id]),
        state=card.row.state,
        networks=card.row.networks,
        facts=[fact],
        image_url=card.row.image_url,
    )
    return QueueRow(row=row, is_late=is_late)
