"""The rules once more, just before a delivery leaves: the same function as in the composer."""

from datetime import datetime

from dialoog.policy.queries import approved_roles, judge_in_force, known_links
from dialoog.policy.rules.facts import Judgement, MessageFacts
from dialoog.publishing.content import image_facts_of
from dialoog.publishing.facts import facts_for, urls_in
from dialoog.publishing.models import Delivery, Post
from dialoog.publishing.rules import ANSWER, SUBJECT


def judge_delivery(delivery: Delivery, *, now: datetime) -> Judgement:
    """Judge exactly what would leave, at the moment for which it was planned."""
    return judge_in_force(facts_of(delivery, now=now))


def facts_of(delivery: Delivery, *, now: datetime) -> MessageFacts:
    """Return what rules may know of a delivery: of its post, or of an answer."""
    content = delivery.content
    if delivery.post is None:
        return _facts_of_answer(delivery, now=now)
    return facts_for(
        delivery.post,
        delivery.channel,
        content["text"],
        planned_at=delivery.due_at,
        now=now,
        language=content["language"],
        images=image_facts_of(content),
        approved_roles=approved_roles(
            subject_kind=SUBJECT, subject_id=delivery.post.pk, content_hash=delivery.content_hash
        ),
    )


def _facts_of_answer(delivery: Delivery, *, now: datetime) -> MessageFacts:
    author, post = delivery.author, _answered_post(delivery)
    return MessageFacts(
        text=delivery.content["text"],
        language=delivery.content["language"],
        kind="reply",
        network=delivery.channel.network,
        channel_id=str(delivery.channel_id),
        purpose=post.goal.purpose if post and post.goal else "",
        goal_id=str(post.goal_id or "") if post else "",
        author_roles=frozenset(role.value for role in author.roles) if author else frozenset(),
        author_department=str(author.department or "") if author else "",
        links=known_links(urls_in(delivery.content["text"])),
        planned_at=delivery.due_at,
        judged_at=now,
        zone=delivery.organisation.zone,
        approved_roles=approved_roles(
            subject_kind=ANSWER, subject_id=delivery.pk, content_hash=delivery.content_hash
        ),
    )


def _answered_post(delivery: Delivery) -> Post | None:
    """Return our post at the top of the thread in which an answer stands, if it's one of ours."""
    named = (delivery.content.get("reply_root"), delivery.content.get("reply_to"))
    uris = [ref["uri"] for ref in named if ref and ref.get("uri")]
    ours = Delivery.objects.filter(channel=delivery.channel, remote_uri__in=uris, post__isnull=False)
    found = ours.select_related("post__goal").first()
    return found.post if found else None
