"""Reading the networks' counts and counting goals, again and again."""

from datetime import datetime, timedelta
from typing import Final

from dialoog.channels.actions import note_error
from dialoog.channels.models import Channel
from dialoog.core.work.jobs import Task, handles
from dialoog.measurement.actions.readings import COUNT, READ, count_goals, count_soon, read_channel
from dialoog.networks.errors import NetworkError, TryLater
from dialoog.organisations.models import Organisation

EVERY: Final = timedelta(minutes=10)
COUNT_EVERY: Final = timedelta(hours=6)


@handles(READ)
def read(task: Task) -> datetime | None:
    """Read one channel; None when it's gone. A network in trouble keeps no other waiting."""
    channel = Channel.objects.select_related("organisation").filter(pk=task.payload["channel"]).first()
    if channel is None or channel.state == "disconnected":
        return None
    if channel.quiet_until and channel.quiet_until > task.now:
        return channel.quiet_until
    try:
        if channel.state == "connected":
            read_channel(channel, now=task.now)
            count_soon(channel.organisation_id, now=task.now)
    except NetworkError as error:
        note_error(channel.pk, error=error, now=task.now)
        wait = timedelta(seconds=error.after_seconds) if isinstance(error, TryLater) else EVERY
        return task.now + max(wait, EVERY)
    return task.now + EVERY


@handles(COUNT)
def count(task: Task) -> datetime | None:
    """Count the goals of one organisation."""
    organisation = Organisation.objects.filter(pk=task.organisation_id or 0).first()
    if organisation is None:
        return None
    count_goals(organisation, now=task.now)
    return task.now + COUNT_EVERY
