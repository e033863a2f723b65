"""What is known of the channels of the organisation in scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, QuerySet, Value, When

from dialoog.channels import sentences
from dialoog.channels.models import Channel
from dialoog.networks.newsroom import NETWORK as BUILTIN
from dialoog.networks.registry import UnknownNetwork, capabilities, connectors
from dialoog.networks.values import Capabilities
from dialoog.newsroom.queries import the_newsroom
from dialoog.ui.networks import shown_name
from dialoog.ui.rows import Network, State


@dataclass(frozen=True, kw_only=True)
class ChannelCard:
    """A channel as a person looks at it: who it is, how it is, and what its network can do."""

    id: int
    name: str
    handle: str
    url: str
    address: str
    network: Network
    state: State
    health: str
    abilities: tuple[str, ...]
    is_builtin: bool
    can_reconnect: bool
    is_connected: bool
    wants_consent: bool
    network_key: str


def connected_channels() -> list[Channel]:
    """Return the channels that aren't disconnected, our own newsroom first.

    One that must be connected again (`state` needs_consent) is among them: planning for it is fine.
    """
    return list(_in_order().exclude(state="disconnected"))


def publishing_channels() -> list[Channel]:
    """Return those of the connected channels where something can be published, our own newsroom first."""
    return publishing(connected_channels())


def publishing(channels: Iterable[Channel]) -> list[Channel]:
    """Return those of some channels where something can be published; others are only read."""
    known = ((channel, _capabilities_if_known(channel)) for channel in channels)
    return [channel for channel, can in known if can is None or can.publishes]


def starts_chosen(channel: Channel) -> bool:
    """Tell whether a new message starts on this channel; a letter to people is a choice each time."""
    can = _capabilities_if_known(channel)
    return can is None or can.by_default


def channel_choices() -> list[tuple[str, str]]:
    """Return (id, name) of the channels to publish on, each with its network, to choose from."""
    return [(str(one.pk), f"{one.name} ({_network_name(one)})") for one in publishing_channels()]


def channel_cards(*, now: datetime) -> list[ChannelCard]:
    """Return all channels for their page, our own newsroom first and disconnected ones last."""
    newsroom = the_newsroom()
    is_off = newsroom is not None and not newsroom.is_public
    cards = [_card(row, is_off=is_off and row.network == BUILTIN, now=now) for row in _in_order()]
    return sorted(cards, key=lambda card: not card.is_connected)


@dataclass(frozen=True)
class NetworkChoice:
    """A network that can be connected, as a person looks at it."""

    network: str
    name: str
    icon: str
    about: str
    abilities: tuple[str, ...]


def network_choices() -> list[NetworkChoice]:
    """Return the networks of which an account can be connected, by name."""
    found = [
        NetworkChoice(
            network=name,
            name=shown_name(kind.capabilities),
            icon=kind.capabilities.icon,
            about=sentences.said(kind.about),
            abilities=tuple(sentences.abilities(kind.capabilities)),
        )
        for name, kind in connectors().items()
        if kind.ways
    ]
    return sorted(found, key=lambda one: one.name.casefold())


def channel_of(network: str, typed_id: str) -> Channel | None:
    """Return the channel of a network that an address names, None for a number that is none."""
    if not (typed_id.isascii() and typed_id.isdigit() and len(typed_id) < 19):
        return None
    return Channel.objects.filter(pk=int(typed_id), network=network).first()


def _in_order() -> QuerySet[Channel]:
    ours_first = Case(When(network=BUILTIN, then=Value(0)), default=Value(1))
    return Channel.objects.order_by(ours_first, "id")


def _card(channel: Channel, *, is_off: bool, now: datetime) -> ChannelCard:
    can = _capabilities_if_known(channel)
    return ChannelCard(
        id=channel.pk,
        name=channel.name,
        handle=channel.handle,
        url=channel.url,
        address=channel.address,
        network=Network(icon=can.icon if can else "world", name=_network_name(channel)),
        state=sentences.switched_off() if is_off else sentences.state(channel, now=now),
        health=sentences.why_off() if is_off else sentences.health(channel, now=now),
        abilities=tuple(sentences.abilities(can)) if can else (),
        is_builtin=channel.network == BUILTIN,
        can_reconnect=can is not None and not can.is_builtin,
        is_connected=channel.state != "disconnected",
        wants_consent=channel.state == "needs_consent" or sentences.ends_soon(channel, now=now),
        network_key=channel.network,
    )


def _network_name(channel: Channel) -> str:
    can = _capabilities_if_known(channel)
    return shown_name(can) if can else channel.network.capitalize()


def capabilities_of(channel: Channel) -> Capabilities:
    """Return what the channel's network can do.

    Errors: networks.registry.UnknownNetwork.
    """
    return capabilities(channel.network)


def _capabilities_if_known(channel: Channel) -> Capabilities | None:
    """Return what the network can do; None for one whose connector was taken out since."""
    try:
        return capabilities_of(channel)
    except UnknownNetwork:
        return None
