"""Posts as cards: only the columns that a card shows, with values that are ready to place."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils.translation import gettext as _

from dialoog.channels.models import Channel
from dialoog.networks.registry import connectors
from dialoog.organisations.models import RoleGrant
from dialoog.policy.models import Approval
from dialoog.policy.words import network_name
from dialoog.publishing.models import Delivery, Post, PostMedia, Variant
from dialoog.publishing.rules import SUBJECT, PostState, state_of
from dialoog.publishing.words import state_row
from dialoog.ui.formats import clock, moment
from dialoog.ui.rows import Action, Network, PostRow

_HEAD: Final = 160
_LONGEST_TITLE: Final = 90
_DONE: Final = frozenset(("published", "removed"))


@dataclass(frozen=True, kw_only=True)
class Card:
    """A post in a list: the row to show, and what a list sorts or counts by."""

    id: int
    due_at: datetime | None
    state: PostState
    row: PostRow


@dataclass
class _Around:
    """What belongs to the posts of some lists, each read in one query."""

    states: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    networks: dict[int, dict[int, Network]] = field(default_factory=lambda: defaultdict(dict))
    approvals: dict[int, list[tuple[str, tuple[str, ...]]]] = field(default_factory=lambda: defaultdict(list))
    approvers: dict[str, list[str]] = field(default_factory=dict)


def posts() -> QuerySet[Post]:
    """Return the posts that weren't removed."""
    return Post.objects.filter(removed_at__isnull=True)


def cards_of(found: QuerySet[Post], *, slug: str, with_day: bool = False) -> list[Card]:
    """Return the cards of posts, in the order of the query; `with_day` shows the day beside the time."""
    return cards_of_all([found], slug=slug, with_day=with_day)[0]


def cards_of_all(lists: Sequence[QuerySet[Post]], *, slug: str, with_day: bool = False) -> list[list[Card]]:
    """Return the cards of several lists; what belongs to the posts is read once for all."""
    first = PostMedia.objects.filter(post=OuterRef("pk")).order_by("position", "pk").values("media")[:1]
    rows = [
        list(
            found.annotate(head=Substr("text", 1, _HEAD), image=Subquery(first)).values(
                "id", "due_at", "head", "image"
            )
        )
        for found in lists
    ]
    around = _around([row["id"] for listed in rows for row in listed])
    return [[_card(row, around, slug=slug, with_day=with_day) for row in listed] for listed in rows]


def post_card(post: Post, *, slug: str) -> Card:
    """Return one post as a card."""
    return cards_of(Post.objects.filter(pk=post.pk), slug=slug, with_day=True)[0]


def network_of(channel: Channel) -> Network:
    """Return a channel as it is shown: the icon of its network, with its own name."""
    return Network(icon=icon_of(channel.network), name=channel.name)


def channel_labels(channels: Iterable[Channel]) -> dict[int, str]:
    """Return how channels are told apart, by id: by their network, with their own name when there are several."""
    listed = list(channels)
    networks = [channel.network for channel in listed]
    return {
        channel.pk: network_name(channel.network)
        if networks.count(channel.network) == 1
        else f"{network_name(channel.network)}: {channel.name}"
        for channel in listed
    }


def icon_of(network: str) -> str:
    """Return the icon of a network; a globe for one whose connector was taken out since."""
    kind = connectors().get(network)
    return kind.capabilities.icon if kind else "world"


def title_of(text: str) -> str:
    """Return the first words of a text, to name a post by."""
    line = " ".join(text.split())
    if len(line) <= _LONGEST_TITLE:
        return line or _("(no text yet)")
    return f"{line[:_LONGEST_TITLE].rsplit(' ', 1)[0]}…"


def _around(ids: Sequence[int]) -> _Around:
    around = _Around()
    if not ids:
        return around
    shown = ("post_id", "channel_id", "channel__network", "channel__name")
    deliveries = Delivery.objects.filter(post__in=ids).exclude(state="withdrawn")
    for post_id, channel_id, network, name, state in deliveries.values_list(*shown, "state"):
        assert post_id is not None  # noqa: S101 - filtered by it
        around.states[post_id].append(state)
        around.networks[post_id][channel_id] = Network(icon=icon_of(network), name=name)
    chosen = Variant.objects.filter(post__in=[pk for pk in ids if pk not in around.states])
    for post_id, channel_id, network, name in chosen.values_list(*shown):
        around.networks[post_id][channel_id] = Network(icon=icon_of(network), name=name)
    _read_approvals(around, ids)
    return around


def _read_approvals(around: _Around, ids: Sequence[int]) -> None:
    asked = Approval.objects.filter(
        subject_kind=SUBJECT, subject_id__in=ids, state__in=("asked", "changes")
    ).values_list("subject_id", "state", "roles")
    for post_id, state, roles in asked:
        around.approvals[post_id].append((state, tuple(roles)))
    if any(state == "asked" for found in around.approvals.values() for state, _roles in found):
        around.approvers = approver_names()


def approver_names() -> dict[str, list[str]]:
    """Return the names of the active people by role."""
    grants = RoleGrant.objects.filter(member__is_active=True, member__user__is_active=True)
    found: dict[str, list[str]] = defaultdict(list)
    for role, name, email in grants.values_list("role", "member__user__name", "member__user__email"):
        found[role].append(name or email)
    return found


def _card(row: Mapping[str, Any], around: _Around, *, slug: str, with_day: bool) -> Card:
    pk, due_at = row["id"], row["due_at"]
    asked = around.approvals.get(pk, [])
    state = state_of(around.states.get(pk, []), [name for name, _roles in asked])
    label = _waits_for(asked, around.approvers) if state == "waiting" else ""
    return Card(
        id=pk,
        due_at=due_at,
        state=state,
        row=PostRow(
            id=f"post-{pk}",
            time=(moment(due_at) if with_day else clock(due_at)) if due_at else "",
            title=title_of(row["head"]),
            url=reverse("publishing:post", args=[slug, pk]),
            state=state_row(state, label),
            networks=[network for _key, network in sorted(around.networks[pk].items())],
            image_url=image_url(row["image"], slug=slug),
            actions=_actions(state, slug, pk),
            is_done=state in _DONE,
        ),
    )


def image_url(media_id: int | None, *, slug: str) -> str:
    """Return the address of an image's small form, or nothing."""
    return reverse("publishing:image-small", args=[slug, media_id]) if media_id else ""


def _waits_for(asked: Iterable[tuple[str, tuple[str, ...]]], approvers: dict[str, list[str]]) -> str:
    names = {
        name
        for state, roles in asked
        if state == "asked"
        for role in roles
        for name in approvers.get(role, [])
    }
    return _("Waits for %(name)s") % {"name": names.pop()} if len(names) == 1 else ""


def _actions(state: PostState, slug: str, pk: int) -> list[Action]:
    if state in {"planned", "waiting"}:
        return [Action(label=_("Move…"), url=reverse("publishing:post-move", args=[slug, pk]))]
    if state in {"failed", "partly", "unknown", "held", "handed"}:
        return [Action(label=_("See what to do"), url=reverse("publishing:post", args=[slug, pk]))]
    return []
