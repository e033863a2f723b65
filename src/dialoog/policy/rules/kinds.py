"""The kinds of check that exist: their parameters, for the editor, and the function that looks."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from dialoog.policy.rules.checks import duties, media, texts
from dialoog.policy.rules.facts import STRENGTHS, MessageFacts, Problem
from dialoog.policy.rules.params import Param
from dialoog.policy.rules.personal import FINDERS
from dialoog.policy.rules.reading import Reading

Check = Callable[[Reading, MessageFacts, Mapping[str, Any]], Iterable[Problem]]

# Any one of these may approve, whatever the kind, when a rule asks for approval.
ROLES: Final = Param(name="roles", type="roles", default=["approver", "owner"], required=True)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of check: its key, its own parameters, and the strengths that make sense for it."""

    key: str
    check: Check
    params: tuple[Param, ...] = ()
    strengths: tuple[str, ...] = STRENGTHS

    @property
    def schema(self) -> tuple[Param, ...]:
        """All parameters, with the roles that every kind has."""
        return (*self.params, ROLES)


_ALL: Final = (
    Kind(
        key="goal",
        check=duties.goal,
        params=(Param(name="finished", type="yes", default=True),),
    ),
    Kind(
        key="approval",
        check=duties.approval,
        params=(Param(name="about", type="words", default=[]),),
        strengths=("ask_approval",),
    ),
    Kind(
        key="words",
        check=texts.words,
        params=(Param(name="words", type="replacements", default=[], required=True),),
    ),
    Kind(
        key="personal",
        check=texts.personal,
        params=(
            Param(
                name="looks_for", type="choices", default=list(FINDERS), required=True, choices=tuple(FINDERS)
            ),
            Param(name="allowed", type="words", default=[]),
        ),
    ),
    Kind(
        key="alt_text",
        check=media.alt_text,
        params=(Param(name="least", type="number", default=10, most=200),),
    ),
    Kind(
        key="links",
        check=media.links,
        params=(
            Param(name="allowed", type="domains", default=[]),
            Param(name="forbidden", type="domains", default=[]),
            Param(name="reachable", type="yes", default=True),
        ),
    ),
    Kind(
        key="advertising",
        check=duties.advertising,
        params=(
            Param(name="labels", type="words", default=list(duties.LABELS), required=True),
            Param(name="cues", type="words", default=list(duties.CUES)),
        ),
    ),
    Kind(
        key="hours",
        check=duties.hours,
        params=(
            Param(
                name="days",
                type="choices",
                default=list(duties.DAY_NAMES[:5]),
                required=True,
                choices=duties.DAY_NAMES,
            ),
            Param(name="from", type="time", default="08:00"),
            Param(name="until", type="time", default="20:00"),
        ),
    ),
    Kind(
        key="length",
        check=texts.length,
        params=(
            Param(name="most", type="number", default=500, most=100_000),
            Param(name="least", type="number", default=0, most=10_000),
            Param(name="capitals", type="number", default=2, most=1_000),
        ),
    ),
    Kind(
        key="same_text",
        check=texts.same_text,
        params=(Param(name="percent", type="number", default=90, least=50, most=100),),
        strengths=("guide", "warn"),
    ),
)

KINDS: Final[Mapping[str, Kind]] = MappingProxyType({kind.key: kind for kind in _ALL})
