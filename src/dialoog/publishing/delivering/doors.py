"""Connectors kept open between deliveries, so that five hundred posts of one channel are one session."""

import threading
import time
from dataclasses import dataclass, replace
from typing import Final

from dialoog.channels.connections import connector_for
from dialoog.core.faults import fault_point
from dialoog.networks.base import Connector
from dialoog.networks.grants import Grant, GrantStore, Refresher
from dialoog.networks.registry import connector
from dialoog.publishing.models import Delivery

# A grant that somebody renewed elsewhere is seen after this; the old one is renewed under a lock anyway.
FRESH_SECONDS: Final = 2.0


class KeptGrants:
    """A grant read from the database once in a while, and at once after it was renewed."""

    def __init__(self, kept: GrantStore) -> None:
        self._kept = kept
        self._lock = threading.Lock()
        self._grant: Grant | None = None
        self._until = 0.0

    def load(self) -> Grant:
        """Return the grant, at most two seconds old. Errors: as the store that is asked."""
        with self._lock:
            if self._grant is None or time.monotonic() > self._until:
                self._put(self._kept.load())
            assert self._grant is not None  # noqa: S101 - tells the type checker
            return self._grant

    def refresh(self, refresher: Refresher) -> Grant:
        """Renew it, one caller at a time. Errors: whatever the refresher raises."""

        def renewed(current: Grant) -> Grant:
            fresh = refresher(current)
            fault_point("renewed")
            return fresh

        fresh = self._kept.refresh(renewed)
        with self._lock:
            self._put(fresh)
        return fresh

    def _put(self, grant: Grant) -> None:
        self._grant, self._until = grant, time.monotonic() + FRESH_SECONDS


@dataclass(frozen=True)
class _Kept:
    version: tuple[str, str, int]
    connector: Connector


class OpenDoors:
    """The connectors of one worker, by channel; one is made anew when the channel was connected again."""

    def __init__(self) -> None:
        self._kept: dict[int, _Kept] = {}
        self._lock = threading.Lock()

    def __call__(self, delivery: Delivery) -> Connector:
        """Return the connector of a delivery's channel.

        Errors: NeedsConsent when it has no grant; networks.registry.UnknownNetwork.
        """
        channel = delivery.channel
        version = (channel.address, channel.state, channel.pk)
        with self._lock:
            held = self._kept.get(channel.pk)
            if held is None or held.version != version:
                held = _Kept(version, _made(delivery))
                self._kept[channel.pk] = held
            return held.connector


def _made(delivery: Delivery) -> Connector:
    fresh = connector_for(delivery.channel)
    grants = fresh.connection.grants
    if grants is None:
        return fresh
    kept = replace(fresh.connection, grants=KeptGrants(grants))
    return connector(delivery.channel.network, kept)
