"""What stands in the way of a post, per channel: the rules in force and the limits of the network.

The composer, planning and approval all ask here; just before sending the delivery asks the same rules.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from dialoog.channels.connections import connector_for
from dialoog.channels.models import Channel
from dialoog.networks.base import Image, Message, Problem
from dialoog.policy.queries import approved_roles, known_links, rules_in_force
from dialoog.policy.rules import judge
from dialoog.policy.rules.facts import Finding, Judgement, LinkFacts, OtherText, RuleData
from dialoog.publishing import content, media
from dialoog.publishing.facts import facts_for, image_facts, text_on, urls_in
from dialoog.publishing.judging import judge_delivery
from dialoog.publishing.models import Delivery, Post, PostMedia, Variant
from dialoog.publishing.rules import SUBJECT
from dialoog.strategy.queries import GoalBrief, goal_brief


@dataclass(frozen=True, kw_only=True)
class ChannelCheck:
    """A post on one channel: exactly what goes out there, and what is said of it."""

    channel: Channel
    text: str
    is_own: bool
    content: dict[str, Any]
    content_hash: str
    judgement: Judgement
    problems: tuple[Problem, ...]

    @property
    def is_stopped(self) -> bool:
        """Whether a rule forbids it or the network would refuse it, whoever approves."""
        return self.judgement.blocked or bool(self.problems)


class Missing(NamedTuple):
    """Consent that is still missing: for which content, of whom (any one role), and which findings ask for it."""

    content_hash: str
    roles: frozenset[str]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class PostCheck:
    """A post on all its channels."""

    channels: tuple[ChannelCheck, ...]
    images: tuple[PostMedia, ...]
    goal: GoalBrief | None

    @property
    def stopped(self) -> tuple[ChannelCheck, ...]:
        """The channels on which it can't go out like this."""
        return tuple(one for one in self.channels if one.is_stopped)

    @property
    def needs_reason(self) -> bool:
        """Whether advice is put aside that wants a reason."""
        return any(finding.needs_reason for one in self.channels for finding in one.judgement.findings)

    def missing(self) -> Iterator[Missing]:
        """Give what still needs consent; two channels that get the same content need one."""
        seen: set[tuple[str, frozenset[str]]] = set()
        for one in self.channels:
            for roles in one.judgement.needs_approval:
                if (one.content_hash, roles) not in seen:
                    seen.add((one.content_hash, roles))
                    asking = [found for found in one.judgement.findings if frozenset(found.roles) == roles]
                    yield Missing(one.content_hash, roles, tuple(asking))


def check_post(post: Post, *, planned_at: datetime | None, now: datetime) -> PostCheck:
    """Return what stands in the way of a post as it is stored, per chosen channel.

    `planned_at` is the moment at which it would go out, None while nobody chose. `post.author` and
    `post.organisation` are read as well.
    """
    variants = list(post.variants.select_related("channel").order_by("channel_id"))
    shared = _Shared(
        post=post,
        variants=variants,
        images=tuple(post.images.select_related("media")),
        goal=goal_brief(post.goal_id) if post.goal_id else None,
        rules=rules_in_force() if variants else (),
        links=known_links(urls_in("\n".join(text_on(post, one.own_text) for one in variants))),
        planned_at=planned_at,
        now=now,
    )
    return PostCheck(
        channels=tuple(_check(variant, shared) for variant in variants),
        images=shared.images,
        goal=shared.goal,
    )


def check_planned(post: Post, deliveries: Iterable[Delivery], *, now: datetime) -> PostCheck:
    """Return the same for what is planned, which may differ from what stands in the composer by now."""
    return PostCheck(
        channels=tuple(_checked(delivery, now=now) for delivery in deliveries),
        images=(),
        goal=goal_brief(post.goal_id) if post.goal_id else None,
    )


def _checked(delivery: Delivery, *, now: datetime) -> ChannelCheck:
    return ChannelCheck(
        channel=delivery.channel,
        text=str(delivery.content["text"]),
        is_own=False,
        content=delivery.content,
        content_hash=delivery.content_hash,
        judgement=judge_delivery(delivery, now=now),
        problems=connector_for(delivery.channel).validate(content.message_of(delivery)),
    )


@dataclass(frozen=True, kw_only=True)
class _Shared:
    """What the channels of one post have in common, read once."""

    post: Post
    variants: Sequence[Variant]
    images: tuple[PostMedia, ...]
    goal: GoalBrief | None
    rules: Sequence[RuleData]
    links: tuple[LinkFacts, ...]
    planned_at: datetime | None
    now: datetime


def _check(variant: Variant, shared: _Shared) -> ChannelCheck:
    text = text_on(shared.post, variant.own_text)
    snapshot = content.build(text, language=shared.post.language, images=shared.images)
    digest = content.digest(snapshot)
    facts = facts_for(
        shared.post,
        variant.channel,
        text,
        planned_at=shared.planned_at,
        now=shared.now,
        images=image_facts(shared.images),
        goal=shared.goal,
        links=tuple(link for link in shared.links if link.url in urls_in(text)),
        others=_others(variant, shared),
        approved_roles=approved_roles(subject_kind=SUBJECT, subject_id=shared.post.pk, content_hash=digest),
    )
    return ChannelCheck(
        channel=variant.channel,
        text=text,
        is_own=variant.own_text is not None,
        content=snapshot,
        content_hash=digest,
        judgement=judge(shared.rules, facts),
        problems=connector_for(variant.channel).validate(_message(text, shared)),
    )


def _others(variant: Variant, shared: _Shared) -> list[OtherText]:
    return [
        OtherText(network=other.channel.network, text=text_on(shared.post, other.own_text))
        for other in shared.variants
        if other.channel_id != variant.channel_id
    ]


def _message(text: str, shared: _Shared) -> Message:
    return Message(
        text=text,
        languages=(shared.post.language,),
        images=tuple(_image(image) for image in shared.images),
    )


def _image(image: PostMedia) -> Image:
    return Image(
        load=lambda: media.load(image.media),
        mime=image.media.mime,
        size=image.media.size,
        alt=image.alt,
        width=image.media.width,
        height=image.media.height,
    )
