"""Drafts: begun, kept while somebody types, copied, removed and brought back."""

from datetime import datetime

from django.db import transaction

from dialoog.channels.models import Channel
from dialoog.core.errors import Conflict, Invalid, NotFound
from dialoog.organisations.access import require
from dialoog.organisations.audit import record
from dialoog.organisations.models import Member
from dialoog.policy.actions import look_up_links
from dialoog.publishing.drafting import Content, content_of
from dialoog.publishing.facts import urls_in
from dialoog.publishing.models import Delivery, Post, PostMedia, Variant
from dialoog.publishing.rules import COUNTING, can_change
from dialoog.strategy.models import Goal


@transaction.atomic
def start_draft(actor: Member, *, content: Content | None = None, now: datetime) -> Post:
    """Begin a post, with what was typed so far.

    Errors: NotAllowed; Invalid("channels" or "goal") for one that isn't of this organisation.
    """
    require(actor, "post.write")
    post = Post.objects.create(
        organisation=actor.organisation,
        author=actor,
        language=actor.organisation.language,
        created_at=now,
        changed_at=now,
    )
    record(actor, "post.started", kind="post", subject=post, now=now)
    if content is not None:
        _write(actor, post, content.cleaned(), now=now)
    return post


@transaction.atomic
def save_draft(actor: Member, *, post: Post, content: Content, revision: int | None, now: datetime) -> Post:
    """Keep what was typed; of a planned post this changes nothing that is planned, until it is planned again.

    `revision` is that of the post when it was opened; None writes over whatever is there.
    Errors: NotAllowed; NotFound when it was removed; Conflict("post_changed") when a colleague saved in
    between, or ("post_under_way") once a part of it is out; Invalid as for `start_draft`.
    """
    require(actor, "post.write")
    kept = locked(actor, post)
    require_changeable(kept)
    typed = content.cleaned()
    if typed == content_of(kept):
        return kept
    if revision is not None and revision != kept.revision:
        raise Conflict("post_changed", {"who": last_writer(kept), "revision": kept.revision})
    _write(actor, kept, typed, now=now)
    return kept


def _write(actor: Member, post: Post, content: Content, *, now: datetime) -> None:
    _write_channels(post, content)
    for key, alt in content.alts.items():
        PostMedia.objects.filter(post=post, pk=key).update(alt=alt)
    post.text, post.language, post.subject = content.text, content.language, content.subject
    post.goal = _goal(content.goal_id)
    post.is_advertising, post.advice_reason = content.is_advertising, content.advice_reason
    post.planned_day, post.planned_time = content.day, content.at
    touch(post, by=actor, now=now)
    texts = [content.text, *(text for text in content.own_texts.values() if text)]
    if urls := urls_in("\n".join(texts)):
        look_up_links(urls, now=now)


def _goal(goal_id: int | None) -> Goal | None:
    if goal_id is None:
        return None
    found = Goal.objects.filter(pk=goal_id).first()
    if found is None:
        raise Invalid("goal", "goal_unknown")
    return found


def _write_channels(post: Post, content: Content) -> None:
    known = {channel.pk: channel for channel in Channel.objects.filter(pk__in=content.own_texts)}
    if set(known) != set(content.own_texts):
        raise Invalid("channels", "channel_unknown")
    post.variants.exclude(channel__in=known).delete()
    for key, own_text in content.own_texts.items():
        Variant.objects.update_or_create(
            organisation=post.organisation, post=post, channel=known[key], defaults={"own_text": own_text}
        )


@transaction.atomic
def duplicate_post(actor: Member, *, post: Post, now: datetime) -> Post:
    """Begin a draft with the same texts, images, channels and goal, and no date.

    Errors: NotAllowed.
    """
    require(actor, "post.write")
    old = content_of(post)
    copy = start_draft(actor, now=now)
    images = list(post.images.all())
    PostMedia.objects.bulk_create(
        [
            PostMedia(
                organisation=actor.organisation,
                post=copy,
                media_id=image.media_id,
                alt=image.alt,
                position=place,
            )
            for place, image in enumerate(images)
        ]
    )
    connected = set(Channel.objects.exclude(state="disconnected").values_list("pk", flat=True))
    content = Content(
        text=old.text,
        language=old.language,
        subject=old.subject,
        goal_id=old.goal_id,
        is_advertising=old.is_advertising,
        own_texts={key: text for key, text in old.own_texts.items() if key in connected},
    )
    return save_draft(actor, post=copy, content=content, revision=None, now=now)


@transaction.atomic
def remove_draft(actor: Member, *, post: Post, now: datetime) -> Post:
    """Remove a post of which nothing is planned or out; it can be brought back.

    Errors: NotAllowed; Conflict("post_planned").
    """
    require(actor, "post.write")
    kept = locked(actor, post)
    if any(state in COUNTING for state in delivery_states(kept)):
        raise Conflict("post_planned")
    kept.removed_at = now
    touch(kept, by=actor, now=now)
    record(actor, "post.removed", kind="post", subject=kept, now=now)
    return kept


@transaction.atomic
def restore_draft(actor: Member, *, post: Post, now: datetime) -> Post:
    """Bring a removed draft back. Errors: NotAllowed."""
    require(actor, "post.write")
    kept = locked(actor, post, removed=True)
    kept.removed_at = None
    touch(kept, by=actor, now=now)
    record(actor, "post.restored", kind="post", subject=kept, now=now)
    return kept


def locked(actor: Member, post: Post, *, removed: bool = False) -> Post:
    """Return the row, locked until the end of the transaction, with its maker.

    Errors: NotFound("post_removed") when it is removed and that wasn't expected, or not the actor's to see.
    """
    found = Post.objects.select_for_update(of=("self",)).select_related("author__user", "author__department")
    kept = found.filter(pk=post.pk, organisation=actor.organisation).first()
    if kept is None or (kept.removed_at is not None and not removed):
        raise NotFound("post_removed")
    return kept


def touch(post: Post, *, by: Member, now: datetime) -> None:
    """Write the row as its next revision, changed by `by`."""
    post.changed_at, post.changed_by = now, by
    post.revision += 1
    post.save()


def last_writer(post: Post) -> str:
    """Return who saved last, by name."""
    return str(post.changed_by) if post.changed_by else ""


def delivery_states(post: Post) -> list[str]:
    """Return the states of a post's deliveries."""
    return list(Delivery.objects.filter(post=post).values_list("state", flat=True))


def require_changeable(post: Post) -> None:
    """Raise Conflict("post_under_way") once a part of the post is being sent or out."""
    if not can_change(delivery_states(post)):
        raise Conflict("post_under_way")
