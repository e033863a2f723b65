"""What is known of the channels of the organisation in scope."""

from django.db.models import Case, Value, When

from dialoog.channels.models import Channel
from dialoog.networks.base import Capabilities
from dialoog.networks.registry import capabilities


def connected_channels() -> list[Channel]:
    """Return the channels that aren't disconnected, our own newsroom first.

    One that must be connected again (`state` needs_consent) is among them: planning for it is fine.
    """
    ours_first = Case(When(network="newsroom", then=Value(0)), default=Value(1))
    return list(Channel.objects.exclude(state="disconnected").order_by(ours_first, "id"))


def capabilities_of(channel: Channel) -> Capabilities:
    """Return what the channel's network can do.

    Errors: networks.registry.UnknownNetwork.
    """
    return capabilities(channel.network)
