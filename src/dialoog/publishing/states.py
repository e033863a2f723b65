"""What a delivery can be: the promise of docs/delivery.md as data."""

from dialoog.core.states import Graph

# sending is committed before the first byte leaves; what stops after that is unknown, and is read
# back from the network before anything is sent again.
DELIVERY = Graph(
    "delivery",
    initial="scheduled",
    edges={
        "scheduled": ("claimed", "withdrawn"),
        # Held: a rule, an approval or a restored copy stops it; a person decides.
        "held": ("scheduled", "withdrawn"),
        # Claimed a few seconds early: until it's sending, a person may still take it back.
        # Unknown when an earlier try is in doubt and this one stops: what came of that is still to be seen.
        "claimed": ("sending", "scheduled", "failed", "held", "handed", "unknown", "withdrawn"),
        # Handed to a person, where the network has no way in for us: they publish it and say where it stands.
        "handed": ("published", "withdrawn", "scheduled"),
        "sending": ("published", "scheduled", "failed", "unknown"),
        "unknown": ("published", "scheduled", "failed"),
        "failed": ("scheduled", "withdrawn"),
        "published": ("removed",),
        "removed": (),
        "withdrawn": (),
    },
)

# The edges that people may go; the others belong to the worker that holds the delivery.
FOR_PEOPLE = frozenset(
    (
        *((old, "withdrawn") for old in ("scheduled", "held", "claimed", "failed", "handed")),
        *((old, "scheduled") for old in ("held", "failed")),
        ("handed", "published"),
        # What is unknown is never simply sent again: somebody says whether it's there.
        *(("unknown", new) for new in ("published", "failed")),
        ("published", "removed"),
    )
)
for _old, _new in FOR_PEOPLE:
    DELIVERY.check(_old, _new)


def is_in_doubt(state: str, read_backs: int) -> bool:
    """Tell whether it's on its way once more while an earlier try may still arrive: we looked, and saw nothing yet.

    Until that is known nobody may say that it isn't there.
    """
    return read_backs > 0 and state in {"scheduled", "claimed", "sending"}
