"""A channel's connector: the one door to the outside, and a grant that is renewed by one caller at a time."""

import secrets
import threading
import time
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import F, Q

from dialoog.channels.exposing import exposer
from dialoog.channels.models import Channel
from dialoog.channels.quiet import note_quiet
from dialoog.core.clock import now as read_clock
from dialoog.core.http import GuardedClient
from dialoog.core.secrets import SecretUnreadable
from dialoog.networks.base import Connection, Connector
from dialoog.networks.errors import NeedsConsent, TryLater
from dialoog.networks.grants import Grant, Refresher
from dialoog.networks.registry import connector
from dialoog.newsroom.store import NewsroomStore

# Longer than a renewal may take: two requests of 15 seconds, and room.
LEASE = timedelta(seconds=60)
WAIT_SECONDS = 75.0
LOOK_EVERY_SECONDS = 0.05
_locks: dict[int, threading.Lock] = {}


def client() -> GuardedClient:
    """Return this process's door to the outside; only the operator's ALLOW_ADDRESSES may be private."""
    return _client(frozenset(settings.ALLOW_ADDRESSES))


@cache
def _client(allow: frozenset[str]) -> GuardedClient:
    return GuardedClient(allow=allow)


def connector_for(channel: Channel) -> Connector:
    """Return the connector of a channel, bound to its grant.

    Errors: networks.registry.UnknownNetwork. Its methods raise NeedsConsent when there is no grant.
    """
    connection = Connection(
        address=channel.address,
        account=channel.remote_id,
        grants=ChannelGrants(channel),
        http=client(),
        store=NewsroomStore(channel.organisation_id),
        limits=channel.limits,
        expose=exposer(channel.organisation_id),
        spent=lambda seconds: note_quiet(channel.pk, until=read_clock() + timedelta(seconds=seconds)),
    )
    return connector(channel.network, connection)


class ChannelGrants:
    """The grant on a channel's row.

    One caller renews: threads queue at a lock, processes at a lease on the row. What is written must
    follow from the version that was read, so a refresh token that was just replaced is never put back.
    Do not call `refresh` inside a transaction: the others could not see that it is held.
    """

    def __init__(self, channel: Channel) -> None:
        # The id was read in the scope of its organisation; worker threads need no scope for this row.
        self._rows = Channel._base_manager.filter(  # noqa: SLF001 - see above
            pk=channel.pk, organisation_id=channel.organisation_id
        )
        self._lock = _locks.setdefault(channel.pk, threading.Lock())

    def load(self) -> Grant:
        """Return the grant as it is now.

        Errors: NeedsConsent("not_connected" or "grant_unreadable").
        """
        return self._read()[0]

    def refresh(self, refresher: Refresher) -> Grant:
        """Let `refresher` renew the grant, one caller at a time; keep and return what it gives.

        Errors: whatever the refresher raises; TryLater when another caller keeps it for too long.
        """
        with self._lock:
            held = self._take()
            try:
                return self._renew(refresher)
            finally:
                self._rows.filter(grant_lease_until=held).update(grant_lease_until=None)

    def _renew(self, refresher: Refresher) -> Grant:
        present, version = self._read()
        fresh = refresher(present)
        if fresh is present:
            return present
        kept = {"kind": fresh.kind, "data": dict(fresh.data)}
        written = self._rows.filter(grant_version=version).update(
            grant=kept, grant_version=F("grant_version") + 1
        )
        return fresh if written else self.load()

    def _read(self) -> tuple[Grant, int]:
        try:
            found = self._rows.values_list("grant", "grant_version").first()
        except SecretUnreadable as error:
            raise NeedsConsent("grant_unreadable") from error
        if found is None or not found[0]:
            raise NeedsConsent("not_connected")
        held: Any = found[0]
        return Grant(held["kind"], held["data"]), found[1]

    def _take(self) -> datetime:
        """Wait for the lease; what it holds until is also the mark by which we give it back."""
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            now = read_clock()
            # Some microseconds of our own tell two holders apart.
            mine = now + LEASE + timedelta(microseconds=secrets.randbelow(1_000_000))
            free = Q(grant_lease_until__isnull=True) | Q(grant_lease_until__lte=now)
            if self._rows.filter(free).update(grant_lease_until=mine):
                return mine
            if not self._rows.exists():
                raise NeedsConsent("not_connected")
            time.sleep(LOOK_EVERY_SECONDS)
        raise TryLater(WAIT_SECONDS, "busy")
