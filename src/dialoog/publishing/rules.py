"""What a post is, given its deliveries and approvals; and which moments can be planned. Pure functions."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, Literal

PostState = Literal[
    "draft",
    "waiting",
    "planned",
    "sending",
    "published",
    "partly",
    "failed",
    "unknown",
    "held",
    "handed",
    "changes",
    "removed",
]
POST_STATES: Final[tuple[PostState, ...]] = (
    "draft", "waiting", "planned", "sending", "published", "partly", "failed", "unknown", "held", "handed", "changes", "removed",
)  # fmt: skip
# By this word the policy's approvals name a post.
SUBJECT: Final = "post"
# The same for an answer from the inbox: its subject is the delivery itself.
ANSWER: Final = "answer"
# A delivery in these states can still be taken back or changed.
STILL_OURS: Final = frozenset(("scheduled", "held", "failed", "handed"))
# These belong to what is planned or was sent; a withdrawn one is history.
COUNTING: Final = frozenset(
    ("scheduled", "held", "handed", "claimed", "sending", "unknown", "failed", "published", "removed")
)
FURTHEST: Final = timedelta(days=3 * 366)
# Someone who plans for this very minute means now.
GRACE: Final = timedelta(minutes=1)


def state_of(deliveries: Collection[str], approvals: Collection[str] = ()) -> PostState:
    """Return what a post is; what needs a person comes before what goes well.

    Shape: `deliveries` are the states of its deliveries, `approvals` those of the questions for consent.
    """
    states = [state for state in deliveries if state in COUNTING]
    if not states:
        return "changes" if "changes" in approvals else "draft"
    for trouble in ("unknown", "failed", "held"):
        if trouble in states:
            return _in_trouble(trouble, states, approvals)
    if any(state in {"claimed", "sending"} for state in states):
        return "sending"
    if "handed" in states:
        return "handed"
    if "scheduled" in states:
        return "waiting" if "asked" in approvals else "planned"
    return "published" if "published" in states else "removed"


def _in_trouble(trouble: str, states: Collection[str], approvals: Collection[str]) -> PostState:
    if trouble == "unknown":
        return "unknown"
    if trouble == "held":
        return "waiting" if "asked" in approvals else "held"
    return "partly" if "published" in states else "failed"


def can_change(deliveries: Collection[str]) -> bool:
    """Tell whether a post's content may still change: nothing of it is under way or out."""
    return all(state in STILL_OURS for state in deliveries if state in COUNTING)


def moment_problem(moment: datetime, now: datetime) -> str:
    """Return why a moment can't be planned (moment_past, moment_far), or nothing. Both are aware."""
    if moment < now - GRACE:
        return "moment_past"
    return "moment_far" if moment - now > FURTHEST else ""


def subjects_of(text: str) -> tuple[str, ...]:
    """Return the subjects that a person typed with commas between, each once, in their order."""
    return tuple(dict.fromkeys(part for part in (" ".join(one.split()) for one in text.split(",")) if part))
