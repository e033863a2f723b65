"""What a rule judges, and what it answers: plain facts in, findings out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, get_args
from zoneinfo import ZoneInfo

Strength = Literal["guide", "warn", "ask_approval", "block"]
Outcome = Literal["fine", "advice", "approval", "block"]
MessageKind = Literal["post", "reply", "profile", "internal"]
# Start and end of the words meant, in characters of the text; end is not included.
Quote = tuple[int, int]

STRENGTHS: Final[tuple[str, ...]] = get_args(Strength)
MESSAGE_KINDS: Final[tuple[str, ...]] = get_args(MessageKind)
OUTCOMES: Final[tuple[Outcome, ...]] = ("fine", "advice", "approval", "block")


@dataclass(frozen=True, kw_only=True)
class ImageFacts:
    """An image that goes with the text; a decorative one needs no description."""

    alt: str = ""
    width: int | None = None
    height: int | None = None
    is_decorative: bool = False


@dataclass(frozen=True, kw_only=True)
class LinkFacts:
    """What is known of an address; `reachable` is None while nobody has looked."""

    url: str
    reachable: bool | None = None
    status: int | None = None


@dataclass(frozen=True, kw_only=True)
class OtherText:
    """The text that the same message has on another network."""

    network: str
    text: str


@dataclass(frozen=True, kw_only=True)
class MessageFacts:
    """All that rules may know of a message, whether a post, a reply, a profile or an internal note.

    `planned_at` is aware: the moment at which it goes out, or now when it goes at once; None while
    unknown. `judged_at` stands in for it where a rule only holds for a time. `approved_roles` are the
    roles that approved exactly this content. Links in the text are found by themselves; `links` adds
    what is known of them, and links that stand elsewhere.
    Errors: ValueError when a moment knows no zone.
    """

    text: str = ""
    language: str = ""
    kind: MessageKind = "post"
    network: str = ""
    channel_id: str = ""
    subjects: tuple[str, ...] = ()
    purpose: str = ""
    goal_id: str = ""
    goal_finished: bool = False
    author_roles: frozenset[str] = frozenset()
    author_department: str = ""
    images: tuple[ImageFacts, ...] = ()
    links: tuple[LinkFacts, ...] = ()
    planned_at: datetime | None = None
    judged_at: datetime | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Amsterdam"))
    advertising: bool = False
    advertising_label: str = ""
    other_texts: tuple[OtherText, ...] = ()
    approved_roles: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for moment in (self.planned_at, self.judged_at):
            if moment is not None and moment.utcoffset() is None:
                raise ValueError("a planned moment must know its zone")


@dataclass(frozen=True, kw_only=True)
class RuleData:
    """A rule as it is stored; an empty `kind` is a rule for people only, that nothing checks.

    `params` and `scope` are the stored JSON: they're checked when the rule is used.
    """

    id: str
    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)
    strength: str = "guide"
    scope: Mapping[str, Any] = field(default_factory=dict)
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What a check found, before the strength of its rule is known; `at_most` holds that back."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    quotes: tuple[Quote, ...] = ()
    fix: str = ""
    at_most: Outcome = "block"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one rule says about one message.

    `params` and `quotes` are plain JSON values. `roles`: any one of these may approve, when the outcome
    is approval. `fix` names what would help.
    """

    rule_id: str
    kind: str
    strength: str
    outcome: Outcome
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    quotes: tuple[Quote, ...] = ()
    fix: str = ""
    roles: tuple[str, ...] = ()

    @property
    def needs_reason(self) -> bool:
        """Advice of a rule that warns is put aside only with a reason; that of a guide freely."""
        return self.outcome == "advice" and self.strength != "guide"


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What all rules together say about a message."""

    findings: tuple[Finding, ...] = ()
    approved_roles: frozenset[str] = frozenset()

    @property
    def outcome(self) -> Outcome:
        """The heaviest outcome of all findings; fine when there are none."""
        return max((finding.outcome for finding in self.findings), key=OUTCOMES.index, default="fine")

    @property
    def blocked(self) -> bool:
        """Whether a rule forbids this message as it is, whoever approves."""
        return self.outcome == "block"

    @property
    def needs_approval(self) -> tuple[frozenset[str], ...]:
        """The approvals that are still missing: of each group, one role must approve."""
        return self._missing(self.approved_roles)

    @property
    def advice(self) -> tuple[Finding, ...]:
        """The findings that hold nothing back."""
        return tuple(finding for finding in self.findings if finding.outcome == "advice")

    def may_go_out(self, approved_roles: Iterable[str] = ()) -> bool:
        """Tell whether this content may go out, given the roles that approved exactly it."""
        return not self.blocked and not self._missing(self.approved_roles | set(approved_roles))

    def _missing(self, approved: frozenset[str]) -> tuple[frozenset[str], ...]:
        asked = [frozenset(finding.roles) for finding in self.findings if finding.outcome == "approval"]
        return tuple(dict.fromkeys(group for group in asked if not group & approved))
