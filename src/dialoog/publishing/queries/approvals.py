"""The queue of consent: what waits for this member, the nearest deadline first."""

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
    """A post that waits: the row to show, and whether its moment has passed."""

    post_id: int
    row: PostRow
    is_late: bool


def queue(member: Member, *, slug: str, now: datetime) -> list[QueueRow]:
    """Return what waits for the consent of this member; what they asked for themselves is left out."""
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
    return QueueRow(post_id=card.id, row=row, is_late=is_late)
