"""What people do with deliveries: plan one, take it back, try again, decide what is unknown, remove."""

from datetime import datetime
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet

from dialoog.channels.connections import connector_for
from dialoog.channels.models import Channel
from dialoog.core.errors import Conflict, Invalid
from dialoog.core.identity import instance_id
from dialoog.networks.errors import NetworkError
from dialoog.networks.values import Ref
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import Member
from dialoog.publishing.content import Snapshot, digest
from dialoog.publishing.models import Delivery, DeliveryStep, Post
from dialoog.publishing.states import DELIVERY, FOR_PEOPLE, is_in_doubt

MOST_URL: Final = 500


@transaction.atomic
def schedule(  # noqa: PLR0913 - one delivery, all by name
    actor: Member,
    *,
    channel: Channel,
    content: Snapshot,
    due_at: datetime,
    post: Post | None = None,
    origin: Literal["post", "reply"] = "post",
    origin_id: int | None = None,
    now: datetime,
) -> Delivery:
    """Put down that this content goes to this channel at `due_at` (UTC), once.

    The key under which the network will know it is made here, once: it makes sending idempotent where
    the network lets it. Errors: NotAllowed; NeedsConsent when the channel has no grant at all.
    """
    require(actor, _permission(origin))
    delivery = Delivery.objects.create(
        organisation=actor.organisation,
        channel=channel,
        post=post,
        origin=origin,
        origin_id=origin_id,
        author=actor,
        content=content,
        content_hash=digest(content),
        key=connector_for(channel).new_key(now),
        instance_id=instance_id(),
        state=DELIVERY.initial,
        due_at=due_at,
    )
    DeliveryStep.objects.create(
        organisation=actor.organisation, delivery=delivery, new=delivery.state, at=now, member=actor
    )
    return delivery


@transaction.atomic
def withdraw_delivery(actor: Member, *, delivery: Delivery, now: datetime) -> None:
    """Take back what hasn't gone out; one that a worker only holds ready is taken from it.

    Errors: NotAllowed; Conflict("delivery_under_way") when it's being sent, or has been;
    Conflict("delivery_in_doubt") when an earlier try of it may have arrived: what is said to be taken back
    must not be there.
    """
    require(actor, _permission(delivery.origin))
    _require_no_doubt(actor, delivery)
    _move(actor, delivery, "withdrawn", now=now)


def _require_no_doubt(actor: Member, delivery: Delivery) -> None:
    kept = _own(actor).select_for_update().get(pk=delivery.pk)
    if is_in_doubt(kept.state, kept.read_backs):
        raise Conflict("delivery_in_doubt")


@transaction.atomic
def send_back(actor: Member, *, delivery: Delivery, now: datetime) -> None:
    """Take back an answer to which this approver doesn't consent; its writer may write another.

    Errors: NotAllowed; Conflict("delivery_under_way").
    """
    require(actor, "post.approve")
    _move(actor, delivery, "withdrawn", now=now, code="sent_back")


def _permission(origin: str) -> str:
    return "post.write" if origin == "post" else "inbox.answer"


@transaction.atomic
def retry_delivery(actor: Member, *, delivery: Delivery, now: datetime) -> None:
    """Try again what failed or was held, under the same key and as this installation's own.

    Errors: NotAllowed; Conflict("delivery_under_way") when there is nothing to try again.
    """
    require(actor, "delivery.resolve")
    _move(
        actor,
        delivery,
        "scheduled",
        now=now,
        due_at=now,
        wanted_at=None,
        instance_id=instance_id(),
        reason_code="",
        reason={},
        read_backs=0,
        # Nothing of it stands there, so it's made anew: images may have to be sent again.
        payload=None,
        key=_key_for_retry(delivery, now=now),
    )


def _key_for_retry(delivery: Delivery, *, now: datetime) -> str:
    """Return the same key, so that it can't come twice; another when a stranger's post stands under it."""
    if delivery.reason_code == "key_taken":
        return connector_for(delivery.channel).new_key(now)
    return delivery.key


@transaction.atomic
def settle_unknown(
    actor: Member, *, delivery: Delivery, is_there: bool, url: str = "", now: datetime
) -> None:
    """Say, having looked at the network oneself, whether an unknown delivery stands there.

    Not there: it failed, and may be tried again. Errors: NotAllowed; Conflict("delivery_under_way").
    """
    require(actor, "delivery.resolve")
    if is_there:
        _move(
            actor,
            delivery,
            "published",
            now=now,
            code="seen_by_a_person",
            published_at=delivery.sending_at or now,
            remote_url=url[:500],
        )
    else:
        _move(actor, delivery, "failed", now=now, code="not_there")


@transaction.atomic
def posted_by_hand(actor: Member, *, delivery: Delivery, url: str, now: datetime) -> None:
    """Say that one has published by hand what was handed over, and where it stands; `url` may be empty.

    Errors: NotAllowed; Invalid("url", "url_unreadable"); Conflict("delivery_under_way") when it isn't handed over.
    """
    require(actor, "post.write")
    place = urlsplit(url.strip()) if url.strip() else None
    is_plain = url.strip().isprintable() and len(url) <= MOST_URL
    if place is not None and not (place.scheme in {"https", "http"} and place.netloc and is_plain):
        raise Invalid("url", "url_unreadable")
    if delivery.state != "handed":
        raise Conflict("delivery_under_way", {"state": delivery.state})
    _move(
        actor,
        delivery,
        "published",
        now=now,
        code="posted_by_hand",
        published_at=now,
        remote_url=url.strip(),
        remote_uri=url.strip(),
    )


@transaction.atomic
def skip_by_hand(actor: Member, *, delivery: Delivery, now: datetime) -> None:
    """Leave out what was handed over: nobody publishes it any more.

    Errors: NotAllowed; Conflict("delivery_under_way").
    """
    require(actor, "post.write")
    if delivery.state != "handed":
        raise Conflict("delivery_under_way", {"state": delivery.state})
    _move(actor, delivery, "withdrawn", now=now, code="skipped_by_hand")


def remove_published(actor: Member, *, delivery: Delivery, now: datetime) -> None:
    """Take a post off its network; it's never queued again.

    Errors: NotAllowed; Conflict("delivery_not_published"); Conflict("network_refuses") with the network's
    code, and then nothing has changed.
    """
    require(actor, "delivery.resolve")
    kept = _own(actor).select_related("channel").get(pk=delivery.pk)
    if kept.state != "published":
        raise Conflict("delivery_not_published")
    try:
        connector_for(kept.channel).delete(Ref(kept.remote_uri, kept.remote_cid, kept.remote_url))
    except NetworkError as error:
        raise Conflict("network_refuses", {"code": error.code}) from error
    with transaction.atomic():
        _move(actor, delivery, "removed", now=now)


def _move(
    actor: Member, delivery: Delivery, new: str, *, now: datetime, code: str = "", **values: Any
) -> None:
    """Bring a delivery to another state, with its step and its line in the log; a worker's claim ends."""
    kept = _own(actor).select_for_update().get(pk=delivery.pk)
    old = kept.state
    if (old, new) not in FOR_PEOPLE:
        raise Conflict("delivery_under_way", {"state": old})
    if code:
        values |= {"reason_code": code, "reason": {}}
    touched = Delivery.objects.filter(pk=kept.pk, state=old, attempt=kept.attempt).update(
        state=new, attempt=kept.attempt + 1, lease_until=None, lease_by="", **values
    )
    if touched != 1:
        raise Conflict("delivery_under_way", {"state": old})
    DeliveryStep.objects.create(
        organisation=kept.organisation, delivery=kept, old=old, new=new, at=now, code=code, member=actor
    )
    record(
        actor,
        f"delivery.{new}",
        kind="delivery",
        subject=kept,
        now=now,
        before={"state": old},
        after={"state": new},
    )
    delivery.refresh_from_db()


def _own(actor: Member) -> QuerySet[Delivery]:
    return Delivery.objects.filter(organisation=actor.organisation_id)
