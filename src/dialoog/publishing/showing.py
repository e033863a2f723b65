"""A checked post as it is shown: previews as the networks draw it, and the list of checks."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

import regex
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialoog.channels.connections import connector_for
from dialoog.channels.models import Channel
from dialoog.channels.sentences import own_words
from dialoog.core.text import utf8_length
from dialoog.networks.base import Connector
from dialoog.networks.values import Message
from dialoog.organisations.models import Organisation
from dialoog.policy.sentences import check_items, items_of
from dialoog.policy.words import network_name
from dialoog.publishing.checks import ChannelCheck, PostCheck
from dialoog.publishing.facts import urls_in
from dialoog.publishing.models import PostMedia
from dialoog.publishing.queries.cards import channel_labels, network_of
from dialoog.publishing.words import problem_sentence
from dialoog.ui.formats import money
from dialoog.ui.rows import CheckItem, Picture, Preview

_LEVELS: Final = {"must": 0, "advice": 1, "open": 2, "fine": 3}
_GRAPHEME: Final = regex.compile(r"\X")


@dataclass(frozen=True)
class Counter:
    """How much of a network's room a text takes, ready to read."""

    channel_id: int
    text: str
    is_over: bool


def counter(channel: Channel, text: str) -> Counter:
    """Count a text as its network counts."""
    connector = connector_for(channel)
    can, used = connector.capabilities, connector.length(text)
    is_over = _over(used, can.text_limit) or _over(utf8_length(text), can.byte_limit)
    if can.text_limit is None:
        words = ngettext("%(used)s character", "%(used)s characters", used)
    else:
        words = _("%(used)s of %(limit)s")
    return Counter(channel.pk, words % {"used": used, "limit": can.text_limit}, is_over)


def _over(used: int, limit: int | None) -> bool:
    return limit is not None and used > limit


def preview(one: ChannelCheck, images: Sequence[PostMedia], *, slug: str) -> Preview:
    """Return a post as one network will show it."""
    fits, over = _split(one.text, connector_for(one.channel))
    urls = [] if images else urls_in(one.text)
    return Preview(
        network=network_of(one.channel),
        author=one.channel.name,
        initials=_initials(one.channel.name),
        handle=f"@{one.channel.handle}" if one.channel.handle else "",
        text=fits,
        over=over,
        pictures=[
            Picture(url=reverse("publishing:image", args=[slug, image.media_id]), alt=image.alt)
            for image in images
        ],
        link_title=urls[0] if urls else "",
        link_host=(urlsplit(urls[0]).hostname or "") if urls else "",
        notes=[
            counter(one.channel, one.text).text,
            *([_("Own text")] if one.is_own else []),
            *_price(one),
        ],
    )


def _price(one: ChannelCheck) -> list[str]:
    """Say what the network takes for it, before anybody plans it."""
    price = connector_for(one.channel).price(Message(text=one.text))
    return (
        [
            _("%(network)s takes about %(price)s for this")
            % {"network": network_name(one.channel.network), "price": money(price.amount, price.currency)}
        ]
        if price
        else []
    )


def _split(text: str, connector: Connector) -> tuple[str, str]:
    """Cut a text where the network's room ends."""
    limit = connector.capabilities.text_limit
    if limit is None or connector.length(text) <= limit:
        return text, ""
    ends = [0, *(match.end() for match in _GRAPHEME.finditer(text))]
    # Found by halving. A whole link may count less than a part of it, so the cut may lie within one.
    place = ends[bisect_right(ends, limit, key=lambda end: connector.length(text[:end])) - 1]
    return text[:place], text[place:]


def _initials(name: str) -> str:
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def checklist(checked: PostCheck, *, organisation: Organisation) -> list[CheckItem]:
    """Return what is said of a post, the heaviest first; what holds on every channel is said once."""
    if not checked.channels:
        return []
    if not any(one.judgement.findings or one.problems for one in checked.channels):
        first = checked.channels[0]
        return check_items(first.judgement, first.text, organisation=organisation)
    titles, handbook = checked.titles, reverse("policy:handbook", args=[organisation.slug])
    labels = channel_labels(one.channel for one in checked.channels)
    found: dict[tuple[object, ...], tuple[CheckItem, list[str]]] = {}
    for one in checked.channels:
        for item in (
            *_refusals(one),
            *items_of(one.judgement.findings, one.text, titles=titles, handbook=handbook),
        ):
            key = (item.level, item.rule, item.text, tuple(item.quotes))
            found.setdefault(key, (item, []))[1].append(labels[one.channel.pk])
    items = [_named(item, names, len(checked.channels)) for item, names in found.values()]
    return sorted(items, key=lambda item: _LEVELS[item.level])


def _refusals(one: ChannelCheck) -> list[CheckItem]:
    rule = _("What the network takes")
    return [
        CheckItem(
            level="must",
            rule=rule,
            text=own_words(one.channel.network, found.code, found.params)
            or problem_sentence(found.code, found.params, network_name(one.channel.network)),
        )
        for found in one.problems
    ]


def _named(item: CheckItem, names: list[str], count: int) -> CheckItem:
    if len(names) == count or item.level == "fine":
        return item
    return replace(item, text=f"{', '.join(dict.fromkeys(names))}: {item.text}")
