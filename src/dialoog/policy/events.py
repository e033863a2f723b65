"""What policy tells the rooms above it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ApprovalDecided:
    """A question for consent got its answer: state approved, changes (asked for) or expired."""

    approval_id: int
    subject_kind: str
    subject_id: int
    state: str


@dataclass(frozen=True)
class PolicyPublished:
    """A version of the policy came into force."""

    version_id: int
    number: int
