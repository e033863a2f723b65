"""What the rules of the policy may know of a post on one channel."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from dialoog.channels.models import Channel
from dialoog.core.text import find_urls
from dialoog.policy.queries import known_links
from dialoog.policy.rules.facts import ImageFacts, LinkFacts, MessageFacts, OtherText
from dialoog.publishing.models import Post, PostMedia
from dialoog.publishing.rules import subjects_of
from dialoog.strategy.queries import GoalBrief, goal_brief


def facts_for(  # noqa: PLR0913 - one fact each, all by name
    post: Post,
    channel: Channel,
    text: str,
    *,
    planned_at: datetime | None,
    now: datetime,
    language: str | None = None,
    images: Sequence[ImageFacts] | None = None,
    goal: GoalBrief | None = None,
    links: tuple[LinkFacts, ...] | None = None,
    others: Sequence[OtherText] | None = None,
    approved_roles: frozenset[str] = frozenset(),
) -> MessageFacts:
    """Return the facts of `text` on `channel`, as part of `post`; what isn't given is read from the post.

    `planned_at` is when it goes out (aware), None while nobody chose. Just before sending, `text`,
    `language` and `images` come from the delivery's own content.
    """
    brief = goal if goal or not post.goal_id else goal_brief(post.goal_id)
    return MessageFacts(
        text=text,
        language=language or post.language,
        kind="post",
        network=channel.network,
        channel_id=str(channel.pk),
        subjects=subjects_of(post.subject),
        purpose=brief.purpose if brief else "",
        goal_id=str(brief.id) if brief else "",
        goal_finished=bool(brief and brief.is_finished),
        author_roles=frozenset(role.value for role in post.author.roles) if post.author else frozenset(),
        author_department=str(post.author.department or "") if post.author else "",
        images=tuple(images if images is not None else image_facts(post.images.select_related("media"))),
        links=links if links is not None else known_links(urls_in(text)),
        planned_at=planned_at,
        judged_at=now,
        zone=post.organisation.zone,
        advertising=post.is_advertising,
        other_texts=tuple(others if others is not None else other_texts(post, channel)),
        approved_roles=approved_roles,
    )


def image_facts(images: Iterable[PostMedia]) -> tuple[ImageFacts, ...]:
    """Return what rules know of the images of a post; their media must be at hand."""
    return tuple(
        ImageFacts(alt=image.alt, width=image.media.width, height=image.media.height) for image in images
    )


def urls_in(text: str) -> list[str]:
    """Return the addresses in a text, each once, in order."""
    return list(dict.fromkeys(url for _start, _end, url in find_urls(text)))


def other_texts(post: Post, channel: Channel) -> list[OtherText]:
    """Return what the same post says on the other channels."""
    return [
        OtherText(network=variant.channel.network, text=text_on(post, variant.own_text))
        for variant in post.variants.select_related("channel")
        if variant.channel_id != channel.pk
    ]


def text_on(post: Post, own_text: str | None) -> str:
    """Return the text of a variant: its own, or the post's when it follows."""
    return post.text if own_text is None else own_text
