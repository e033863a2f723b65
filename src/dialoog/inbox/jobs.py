"""Fetching reactions, channel after channel, each in a job of its own so that none waits for another."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from dialoog.channels.actions import note_error
from dialoog.channels.connections import connector_for
from dialoog.channels.models import Channel
from dialoog.core.work.jobs import Task, handles
from dialoog.inbox.actions import FETCH, take_in
from dialoog.networks.errors import NetworkError, TryLater
from dialoog.networks.registry import capabilities

AFTER_TROUBLE: Final = timedelta(minutes=5)


@handles(FETCH)
def fetch(task: Task) -> datetime | None:
    """Bring in what is new, and say when to look again; None when the channel is gone."""
    channel = Channel.objects.select_related("organisation").filter(pk=task.payload["channel"]).first()
    if channel is None or channel.state == "disconnected":
        return None
    if channel.state != "connected":
        return task.now + AFTER_TROUBLE
    if channel.quiet_until and channel.quiet_until > task.now:
        return channel.quiet_until
    return task.now + _fetch_new(channel, now=task.now)


def _fetch_new(channel: Channel, *, now: datetime) -> timedelta:
    """Take in what is new and return the time until the next look.

    The cursor moves in the same transaction as the messages.
    """
    try:
        fetched = connector_for(channel).fetch_incoming(channel.inbox_cursor or "", now)
    except NetworkError as error:
        note_error(channel.pk, error=error, now=now)
        wait = error.after_seconds if isinstance(error, TryLater) else 0.0
        return max(timedelta(seconds=wait), AFTER_TROUBLE)
    with transaction.atomic():
        take_in(channel, fetched.items, now=now)
        Channel.objects.filter(pk=channel.pk).update(inbox_cursor=fetched.cursor)
    return capabilities(channel.network).reads_every
