"""What channels tell higher rooms."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ChannelConnected:
    """A channel was connected, or works again after it had been lost."""

    channel_id: int
    network: str


@dataclass(frozen=True)
class ChannelLost:
    """A channel no longer takes what we send: a person must connect it again, or just disconnected it.

    `code` names the reason as the connector gave it; "disconnected" when a person did it.
    """

    channel_id: int
    network: str
    code: str
