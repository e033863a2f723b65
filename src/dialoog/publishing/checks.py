"""What stands in the way of a post, per channel: the rules in force and the limits of the network.

The composer, planning and approval all ask here; just before sending the delivery asks the same rules.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Prefetch, prefetch_related_objects

from dialoog.channels.connections import connector_for
from dialoog.channels.models import Channel
from dialoog.networks.values import Image, Message, Problem
from dialoog.policy.queries import approved_roles, known_links, rules_in_force, version_in_force
from dialoog.policy.rules import judge
from dialoog.policy.rules.facts import Finding, ImageFacts, Judgement, MessageFacts, OtherText, RuleData
from dialoog.policy.snapshots import rule_data
from dialoog.publishing import content, media
from dialoog.publishing.facts import facts_for, image_facts, text_on, urls_in
from dialoog.publishing.models import Delivery, Post, PostMedia, Variant
from dialoog.publishing.rules import SUBJECT
from dialoog.strategy.queries import GoalBrief, brief_of


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
    # Of the rules in force, by id.
    titles: Mapping[str, str] = field(default_factory=dict)

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


def read_along(post: Post) -> None:
    """Read at once what checking needs of a post: its texts with their channels, its images, its maker's roles."""
    # Inside the scope of the organisation, so made per call.
    related = [
        Prefetch("variants", Variant.objects.select_related("channel").order_by("channel_id")),
        Prefetch("images", PostMedia.objects.select_related("media")),
    ]
    prefetch_related_objects([post], *related, *(["author__grants"] if post.author_id else []))


def check_post(
    post: Post, *, planned_at: datetime | None, now: datetime, goals: Sequence[GoalBrief] = ()
) -> PostCheck:
    """Return what stands in the way of a post as it is stored, per chosen channel.

    `planned_at` is the moment at which it would go out, None while nobody chose. A goal that is among
    `goals` isn't read again.
    """
    read_along(post)
    images = tuple(post.images.all())
    pieces = [_piece(post, variant, images) for variant in post.variants.all()]
    return _checked(post, pieces, images=images, planned_at=planned_at, now=now, goals=goals)


def check_planned(post: Post, deliveries: Iterable[Delivery], *, now: datetime) -> PostCheck:
    """Return the same for what is planned, which may differ from what stands in the composer by now."""
    pieces = [
        _Piece(
            channel=one.channel,
            text=str(one.content["text"]),
            is_own=False,
            content=one.content,
            content_hash=one.content_hash,
            message=content.message_of(one),
            images=content.image_facts_of(one.content),
        )
        for one in deliveries
    ]
    return _checked(post, pieces, images=(), planned_at=post.due_at, now=now, goals=())


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """What one channel would get, before anything is said of it."""

    channel: Channel
    text: str
    is_own: bool
    content: dict[str, Any]
    content_hash: str
    message: Message
    images: tuple[ImageFacts, ...]


def _piece(post: Post, variant: Variant, images: tuple[PostMedia, ...]) -> _Piece:
    text = text_on(post, variant.own_text)
    snapshot = content.build(text, language=post.language, images=images)
    return _Piece(
        channel=variant.channel,
        text=text,
        is_own=variant.own_text is not None,
        content=snapshot,
        content_hash=content.digest(snapshot),
        message=Message(text=text, languages=(post.language,), images=tuple(map(_image, images))),
        images=image_facts(images),
    )


def _checked(
    post: Post,
    pieces: Sequence[_Piece],
    *,
    images: tuple[PostMedia, ...],
    planned_at: datetime | None,
    now: datetime,
    goals: Sequence[GoalBrief],
) -> PostCheck:
    known = next((goal for goal in goals if goal.id == post.goal_id), None)
    goal = known or (brief_of(post.goal) if post.goal else None)
    version = version_in_force() if pieces else None
    rules = tuple(map(rule_data, version.rules)) if version else rules_in_force()
    consent: dict[str, frozenset[str]] = {}
    links = known_links(urls_in("\n".join(piece.text for piece in pieces)))
    others = [OtherText(network=piece.channel.network, text=piece.text) for piece in pieces]
    found = []
    for place, piece in enumerate(pieces):
        facts = facts_for(
            post,
            piece.channel,
            piece.text,
            planned_at=planned_at,
            now=now,
            images=piece.images,
            goal=goal,
            links=tuple(link for link in links if link.url in urls_in(piece.text)),
            others=[*others[:place], *others[place + 1 :]],
        )
        found.append(_said_of(piece, _judged(rules, facts, post, piece, consent)))
    titles = {entry["key"]: entry["title"] for entry in version.rules} if version else {}
    return PostCheck(channels=tuple(found), images=images, goal=goal, titles=titles)


def _judged(
    rules: Sequence[RuleData],
    facts: MessageFacts,
    post: Post,
    piece: _Piece,
    consent: dict[str, frozenset[str]],
) -> Judgement:
    """Judge, and look for consent only when some rule asks for it, once for each content."""
    judgement = judge(rules, facts)
    if not judgement.needs_approval:
        return judgement
    digest = piece.content_hash
    if digest not in consent:
        consent[digest] = approved_roles(subject_kind=SUBJECT, subject_id=post.pk, content_hash=digest)
    return judge(rules, replace(facts, approved_roles=consent[digest])) if consent[digest] else judgement


def _said_of(piece: _Piece, judgement: Judgement) -> ChannelCheck:
    return ChannelCheck(
        channel=piece.channel,
        text=piece.text,
        is_own=piece.is_own,
        content=piece.content,
        content_hash=piece.content_hash,
        judgement=judgement,
        problems=connector_for(piece.channel).validate(piece.message),
    )


def contents_of(post: Post) -> set[tuple[int, str]]:
    """Return what stands in the composer as (channel, hash of its content), to hold against what is planned."""
    read_along(post)
    pieces = [_piece(post, variant, tuple(post.images.all())) for variant in post.variants.all()]
    return {(piece.channel.pk, piece.content_hash) for piece in pieces}


def _image(image: PostMedia) -> Image:
    return Image(
        load=lambda: media.load(image.media),
        mime=image.media.mime,
        size=image.media.size,
        alt=image.alt,
        width=image.media.width,
        height=image.media.height,
    )
