"""What publishing tells other rooms."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DeliveryPublished:
    """A post or an answer stands on its network. `origin` is post or reply."""

    delivery_id: int
    channel_id: int
    post_id: int | None
    origin: str
    origin_id: int | None


@dataclass(frozen=True)
class DeliveryFailed:
    """A delivery did not succeed, and a person must do something; `code` says why."""

    delivery_id: int
    channel_id: int
    post_id: int | None
    origin: str
    origin_id: int | None
    code: str


@dataclass(frozen=True)
class DeliveryHeld:
    """A rule, a missing approval or a restored copy stops a delivery; `code` says which."""

    delivery_id: int
    channel_id: int
    post_id: int | None
    origin: str
    origin_id: int | None
    code: str
