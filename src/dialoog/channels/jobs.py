"""The look at each connection, every quarter of an hour, and the end of what was shown to networks."""

from datetime import datetime

from dialoog.channels.actions import HEALTH_JOB, note_error, note_health, note_profile
from dialoog.channels.connections import connector_for
from dialoog.channels.exposing import REMOVE_JOB, take_away
from dialoog.channels.models import Channel
from dialoog.channels.rules import next_check
from dialoog.core.work.jobs import Task, handles
from dialoog.networks.errors import NeedsConsent, NetworkError
from dialoog.networks.registry import UnknownNetwork


@handles(HEALTH_JOB)
def look(task: Task) -> datetime | None:
    """Look whether the connection works; a lost or disconnected one is left alone until somebody acts."""
    channel = Channel.objects.filter(pk=task.payload["channel_id"]).first()
    if channel is None or channel.state != "connected":
        return None
    if channel.quiet_until is not None and channel.quiet_until > task.now:
        return channel.quiet_until
    try:
        profile = connector_for(channel).check(task.now)
    except UnknownNetwork:
        return None
    except NeedsConsent as lost:
        note_error(channel.pk, error=lost, now=task.now)
        return None
    except NetworkError as error:
        note_error(channel.pk, error=error, now=task.now)
        return next_check(failing_since=channel.failing_since or task.now, now=task.now)
    note_profile(channel, profile)
    note_health(channel.pk, code="", now=task.now)
    return next_check(failing_since=None, now=task.now)


@handles(REMOVE_JOB)
def remove_exposed(task: Task) -> None:
    """Take away what a network has had a day to fetch."""
    take_away(str(task.payload["file"]))
