"""One post in full: what each network gets, how far it is, what happened, and who must do what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dialoog.organisations.models import AuditEntry
from dialoog.policy.models import Approval
from dialoog.policy.queries import rule_titles
from dialoog.publishing.models import Delivery, DeliveryStep, Post
from dialoog.publishing.queries.cards import network_of
from dialoog.publishing.rules import SUBJECT, PostState
from dialoog.publishing.sentences import why
from dialoog.publishing.words import state_row
from dialoog.ui.formats import moment
from dialoog.ui.rows import Network, Picture, Preview, State

_AS_POST: Final[dict[str, PostState]] = {
    "scheduled": "planned",
    "claimed": "sending",
    "sending": "sending",
    "published": "published",
    "failed": "failed",
    "unknown": "unknown",
    "held": "held",
    "handed": "handed",
    "removed": "removed",
}


@dataclass(frozen=True)
class Line:
    """Something that happened: when, what, by whom, and why when somebody said so."""

    at: datetime
    text: str
    who: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class DeliveryRow:
    """A delivery as it is shown; `why` says in words why it isn't where it should be."""

    id: int
    state: str
    network: Network
    channel_url: str
    shown_state: State
    preview: Preview
    due: str
    remote_url: str
    why: str
    steps: Sequence[Line]
    # For publishing it by hand: exactly the text, and the images as they are.
    text: str
    images: Sequence[Picture]

    @property
    def can_retry(self) -> bool:
        """Whether a person may send it again."""
        return self.state in {"failed", "held"}


def delivery_rows(found: Iterable[Delivery], *, slug: str) -> list[DeliveryRow]:
    """Return deliveries as they are shown; their channel and steps must be at hand."""
    rows = list(found)
    titles = rule_titles() if any(one.reason_code == "rule_blocks" for one in rows) else {}
    return [_row(one, why(one, titles=titles), slug=slug) for one in rows]


def deliveries_of(post: Post) -> list[Delivery]:
    """Return the deliveries of a post that count, in the order of their channels."""
    found = Delivery.objects.filter(post=post).exclude(state="withdrawn").select_related("channel")
    return list(found.prefetch_related(steps_with_names()).order_by("channel_id", "pk"))


def steps_with_names() -> "Prefetch[str]":
    """Return how to read the steps of deliveries, each with who took it."""
    return Prefetch("steps", DeliveryStep.objects.select_related("member__user"))


def _row(one: Delivery, cause: str, *, slug: str) -> DeliveryRow:
    preview = preview_of(one, slug=slug)
    return DeliveryRow(
        id=one.pk,
        state=one.state,
        network=network_of(one.channel),
        channel_url=one.channel.url,
        shown_state=delivery_state(one.state),
        preview=preview,
        due=moment(one.published_at or one.due_at),
        remote_url=one.remote_url,
        why=cause,
        steps=[_step(step) for step in one.steps.all()],
        text=str(one.content.get("text", "")),
        images=preview.pictures,
    )


def delivery_state(state: str) -> State:
    """Return a delivery's state as it is shown."""
    if state == "withdrawn":
        return State(label=pgettext("delivery", "Withdrawn"), icon="x")
    return state_row(_AS_POST[state])


def _step(step: Any) -> Line:
    return Line(step.at, delivery_state(step.new).label, str(step.member) if step.member else "")


def preview_of(one: Delivery, *, slug: str) -> Preview:
    """Return exactly what one network gets."""
    pictures = [
        Picture(url=reverse("publishing:image", args=[slug, image["media_id"]]), alt=image["alt"])
        for image in one.content.get("images") or []
    ]
    return Preview(
        network=network_of(one.channel),
        author=one.channel.name,
        initials=one.channel.name[:1].upper(),
        handle=f"@{one.channel.handle}" if one.channel.handle else "",
        text=str(one.content.get("text", "")),
        pictures=pictures,
    )


def approvals_of(post: Post) -> list[Approval]:
    """Return the questions for consent about a post, the newest first."""
    found = Approval.objects.filter(subject_kind=SUBJECT, subject_id=post.pk)
    return list(found.select_related("asked_by__user", "decided_by__user").order_by("-pk")[:50])


def history(post: Post) -> list[Line]:
    """Return what people did with a post, the newest first."""
    found = AuditEntry.objects.filter(subject_kind="post", subject_id=str(post.pk)).order_by("-at", "-pk")
    return [_told(entry) for entry in found[:50] if entry.what in _words()]


def _told(entry: AuditEntry) -> Line:
    due = entry.after.get("due_at", "")
    text = _words()[entry.what]
    if due and entry.what in {"post.planned", "post.moved"}:
        text = f"{text}: {moment(datetime.fromisoformat(due))}"
    return Line(entry.at, text, entry.member_name, str(entry.after.get("reason", "")))


def _words() -> dict[str, str]:
    return {
        "post.started": _("Draft begun"),
        "post.planned": _("Planned"),
        "post.moved": _("Moved"),
        "post.sent_now": _("Sent at once"),
        "post.withdrawn": _("Withdrawn"),
        "post.approved": _("Approved"),
        "post.sent_back": _("Change asked"),
        "post.removed": _("Draft removed"),
        "post.restored": _("Draft brought back"),
    }
