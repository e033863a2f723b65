"""Where a question for consent may lead."""

from typing import Final

from dialoog.core.states import Graph

APPROVAL: Final = Graph(
    name="approval",
    initial="asked",
    edges={
        "asked": ("approved", "changes", "withdrawn", "expired"),
        "approved": (),
        "changes": (),
        "withdrawn": (),
        "expired": (),
    },
)
