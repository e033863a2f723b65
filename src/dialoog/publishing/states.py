"""What a delivery can be: the promise of docs/delivery.md as data."""

from dialoog.core.states import Graph

# sending is committed before the first byte leaves; what stops after that is unknown, and is read
# back from the network before anything is sent again.
DELIVERY = Graph(
    "delivery",
    initial="scheduled",
    edges={
        "scheduled": ("claimed", "withdrawn", "held", "unknown"),
        # Held: a rule, an approval or a restored copy stops it; a person decides.
        "held": ("scheduled", "withdrawn", "failed"),
        "claimed": ("sending", "scheduled", "failed", "held"),
        "sending": ("published", "scheduled", "failed", "unknown"),
        "unknown": ("published", "scheduled", "failed"),
        "failed": ("scheduled", "withdrawn"),
        "published": ("removed",),
        "removed": (),
        "withdrawn": (),
    },
)
