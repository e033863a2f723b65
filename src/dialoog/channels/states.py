"""What a channel can be."""

from dialoog.core.states import Graph

CHANNEL = Graph(
    "channel",
    initial="connected",
    edges={
        "connected": ("needs_consent", "disconnected"),
        "needs_consent": ("connected", "disconnected"),
        "disconnected": ("connected",),
    },
)
