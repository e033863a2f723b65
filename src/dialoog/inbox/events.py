"""What the inbox tells other rooms."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MessageReceived:
    """Somebody reacted or mentioned us."""

    message_id: int
    conversation_id: int


@dataclass(frozen=True)
class ConversationAnswered:
    """Our answer stands on the network. `was_on_time` is None when nobody waited for it."""

    conversation_id: int
    delivery_id: int
    member_id: int | None
    at: str
    was_on_time: bool | None


@dataclass(frozen=True)
class ConversationDone:
    """A colleague closed a conversation."""

    conversation_id: int
    member_id: int
