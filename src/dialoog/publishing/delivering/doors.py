"""Connectors kept open between deliveries, so that five hundred posts of one channel are one session."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from dialoog.channels.connections import connector_for
from dialoog.core.faults import fault_point
from dialoog.networks.base import Connector
from dialoog.networks.errors import OutcomeUnknown, Refused, TryLater
from dialoog.networks.grants import Grant, GrantStore, Refresher
from dialoog.networks.registry import connector
from dialoog.publishing.models import Delivery

# A grant that somebody renewed elsewhere is seen after this; the old one is renewed under a lock anyway.
FRESH_SECONDS: Final = 2.0
TRY_EVERY: Final = timedelta(minutes=1)


class KeptGrants:
    """A grant read from the database once in a while, and renewed once for all threads that found it stale."""

    def __init__(self, kept: GrantStore) -> None:
        self._kept = kept
        self._lock, self._renewing = threading.Lock(), threading.Lock()
        self._grant: Grant | None = None
        self._until = 0.0
        self._generation = 0
        self._seen = threading.local()

    def load(self) -> Grant:
        """Return the grant, at most two seconds old. Errors: as the store that is asked."""
        with self._lock:
            if self._grant is None or time.monotonic() > self._until:
                return self._put(self._kept.load())
            self._seen.generation = self._generation
            return self._grant

    def refresh(self, refresher: Refresher) -> Grant:
        """Renew it, one caller at a time; who waited meanwhile gets what the first one got.

        Errors: whatever the refresher raises.
        """

        def renewed(current: Grant) -> Grant:
            fresh = refresher(current)
            fault_point("renewed")
            return fresh

        with self._renewing:
            if self._grant is not None and self._generation > getattr(self._seen, "generation", 0):
                return self.load()
            fresh = self._kept.refresh(renewed)
            with self._lock:
                return self._put(fresh)

    def _put(self, grant: Grant) -> Grant:
        if self._grant is None or grant.data != self._grant.data:
            self._generation += 1
        self._grant, self._until = grant, time.monotonic() + FRESH_SECONDS
        self._seen.generation = self._generation
        return grant


@dataclass
class _Kept:
    address: str
    connector: Connector
    tried_at: datetime | None = None


class OpenDoors:
    """The connectors of one worker, by channel; one is made anew when the channel was connected again."""

    def __init__(self) -> None:
        self._kept: dict[int, _Kept] = {}
        self._lock = threading.Lock()

    def __call__(self, delivery: Delivery) -> Connector:
        """Return the connector of a delivery's channel.

        Errors: NeedsConsent when it has no grant; networks.registry.UnknownNetwork.
        """
        return self._door(delivery).connector

    def try_door(self, delivery: Delivery, *, now: datetime) -> None:
        """Look once a minute whether a channel's grant still works, before its posts are due.

        So a token that has expired is renewed ahead of the moment. Errors: NeedsConsent; a network that
        can't be reached is asked again at the moment itself.
        """
        door = self._door(delivery)
        with self._lock:
            if door.tried_at is not None and abs(now - door.tried_at) < TRY_EVERY:
                return
            door.tried_at = now
        if not door.connector.capabilities.is_builtin:
            with suppress(TryLater, Refused, OutcomeUnknown):
                door.connector.check(now)

    def _door(self, delivery: Delivery) -> _Kept:
        channel = delivery.channel
        with self._lock:
            held = self._kept.get(channel.pk)
            if held is None or held.address != channel.address:
                held = _Kept(channel.address, _made(delivery))
                self._kept[channel.pk] = held
            return held


def _made(delivery: Delivery) -> Connector:
    fresh = connector_for(delivery.channel)
    grants = fresh.connection.grants
    if grants is None:
        return fresh
    kept = replace(fresh.connection, grants=KeptGrants(grants))
    return connector(delivery.channel.network, kept)
