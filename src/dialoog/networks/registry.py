"""Which connectors there are: our own, and those that other packages announce.

A package adds one with an entry point in the group `dialoog.networks` that names a Connector class.
"""

from functools import cache
from importlib.metadata import entry_points

from dialoog.networks.base import Connection, Connector
from dialoog.networks.bluesky.connector import Bluesky
from dialoog.networks.discord import Discord
from dialoog.networks.facebook.connector import Facebook
from dialoog.networks.feed.connector import Feed
from dialoog.networks.instagram.connector import Instagram
from dialoog.networks.manual import Manual
from dialoog.networks.mastodon.connector import Mastodon
from dialoog.networks.mattermost import Mattermost
from dialoog.networks.newsletter.connector import Newsletter
from dialoog.networks.newsroom import Newsroom
from dialoog.networks.threads.connector import Threads
from dialoog.networks.values import Capabilities
from dialoog.networks.ways import Way
from dialoog.networks.wordpress.connector import WordPress
from dialoog.networks.x.connector import X

ENTRY_POINTS = "dialoog.networks"
_OURS: tuple[type[Connector], ...] = (
    Newsroom,
    Bluesky,
    Mastodon,
    Discord,
    Manual,
    WordPress,
    Feed,
    Newsletter,
    Mattermost,
    X,
    Facebook,
    Instagram,
    Threads,
)


class UnknownNetwork(LookupError):
    """No connector has this name."""


class ConnectorClash(Exception):
    """Two connectors claim the same network."""


@cache
def connectors() -> dict[str, type[Connector]]:
    """Return the connector class by network.

    Errors: ConnectorClash, TypeError when an entry point isn't a Connector class.
    """
    known: dict[str, type[Connector]] = {}
    for kind in (*_OURS, *(point.load() for point in entry_points(group=ENTRY_POINTS))):
        if not (isinstance(kind, type) and issubclass(kind, Connector)):
            raise TypeError(f"{kind!r} is no Connector")
        if kind.capabilities.network in known:
            raise ConnectorClash(kind.capabilities.network)
        known[kind.capabilities.network] = kind
    return known


def connector(network: str, connection: Connection) -> Connector:
    """Return the connector of `network`, bound to one connection.

    Errors: UnknownNetwork; NeedsConsent when the connection has no grant.
    """
    if network not in connectors():
        raise UnknownNetwork(network)
    return connectors()[network](connection)


def kind_of(network: str) -> type[Connector]:
    """Return the connector's class, for its words and ways.

    Errors: UnknownNetwork.
    """
    if network not in connectors():
        raise UnknownNetwork(network)
    return connectors()[network]


def way_of(network: str, name: str) -> Way:
    """Return a way to connect an account of `network`.

    Errors: UnknownNetwork when there is no such network or way.
    """
    for way in kind_of(network).ways:
        if way.name == name:
            return way
    raise UnknownNetwork(f"{network}/{name}")


def capabilities(network: str) -> Capabilities:
    """Return what `network` can do.

    Errors: UnknownNetwork.
    """
    if network not in connectors():
        raise UnknownNetwork(network)
    return connectors()[network].capabilities


def all_capabilities() -> tuple[Capabilities, ...]:
    """Return what every network can do, in the order in which they are registered."""
    return tuple(kind.capabilities for kind in connectors().values())
