"""The growth scan: questions, points and phases, and what may be told of many answers (M1.1, M1.2).

Two borders keep an answer from being led back to a person. Of fewer than four answers nothing is told.
And a group is told of only when those who are left together are four again, or none: otherwise the
whole minus what was told would give the small rest away.
"""

import json
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from statistics import median_low
from types import MappingProxyType
from typing import Any, Final

from dialoog.core.errors import Invalid

FEWEST: Final = 4
PHASES: Final = 5
Phases = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Option:
    """One of the two described answers."""

    points: int
    label: str
    description: str
    example: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question of conscience in one language; `next_step` says what the better answer asks for."""

    key: str
    question: str
    short: str
    options: tuple[Option, ...]
    next_step: str

    def option(self, points: int) -> Option:
        """Return the answer that gives these points."""
        return next(option for option in self.options if option.points == points)


def _question(raw: Mapping[str, Any], language: str) -> Question:
    return Question(
        key=raw["key"],
        options=tuple(Option(points=one["points"], **one[language]) for one in raw["options"]),
        next_step=raw["next"][language],
        **raw[language],
    )


_RAW: Final = json.loads((files("dialoog.assess") / "questions.json").read_text("utf-8"))
_QUESTIONS: Final = MappingProxyType(
    {language: tuple(_question(raw, language) for raw in _RAW) for language in ("nl", "en")}
)
KEYS: Final[tuple[str, ...]] = tuple(raw["key"] for raw in _RAW)


def questions(language: str) -> tuple[Question, ...]:
    """Return the four questions in a language; Dutch when it isn't English."""
    return _QUESTIONS["en" if language.startswith("en") else "nl"]


def checked(answers: Mapping[str, int]) -> dict[str, int]:
    """Return the four answers in the order of the questions.

    Errors: Invalid(question, "answer_missing") when one is missing or isn't one of the two.
    """
    for key in KEYS:
        if answers.get(key) not in {1, 2}:
            raise Invalid(key, "answer_missing")
    return {key: answers[key] for key in KEYS}


def points_of(answers: Mapping[str, int]) -> int:
    """Return the points of four answers: 4 to 8. Errors: Invalid."""
    return sum(checked(answers).values())


def phases_of(points: int) -> Phases:
    """Return the phases that these points mean: 4 or less 1 or 2, 5 to 7 3, above 7 4 or 5."""
    if points <= 4:
        return 1, 2
    return (3, 3) if points <= 7 else (4, 5)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One person's answers, without the person."""

    answers: Mapping[str, int]
    department: Hashable = None

    @property
    def points(self) -> int:
        """The points of this answer."""
        return points_of(self.answers)

    @property
    def phases(self) -> Phases:
        """The phases that these points mean."""
        return phases_of(self.points)


@dataclass(frozen=True, kw_only=True)
class Joint:
    """What several answers say together.

    `phases` belongs to the middle answer (the lower of the two middle ones), never to a mean: a mean
    of 4.5 points is no phase. `dots` counts answers by phases; `second` how many chose the answer of
    two points, by question.
    """

    answered: int
    phases: Phases
    dots: Mapping[Phases, int]
    second: Mapping[str, int]

    @property
    def spread(self) -> tuple[Phases, Phases]:
        """The lowest and the highest answer."""
        return min(self.dots), max(self.dots)

    @property
    def is_unanimous(self) -> bool:
        """Whether all answers mean the same phases."""
        return len(self.dots) == 1

    @property
    def missing(self) -> tuple[str, ...]:
        """The questions at which at most half chose the answer of two points."""
        return tuple(key for key in KEYS if 2 * self.second[key] <= self.answered)


def joint(answers: Sequence[Answer]) -> Joint | None:
    """Return what answers say together; None under four."""
    if len(answers) < FEWEST:
        return None
    return Joint(
        answered=len(answers),
        phases=phases_of(median_low([answer.points for answer in answers])),
        dots=dict(sorted(Counter(answer.phases for answer in answers).items())),
        second={key: sum(answer.answers[key] == 2 for answer in answers) for key in KEYS},
    )


def shown_while_open(answers: Sequence[Answer]) -> Sequence[Answer]:
    """Return the answers, oldest first, that may be told while others still come in: steps of four.

    Somebody who looks before and after one colleague answers must not see the difference.
    """
    return answers[: len(answers) // FEWEST * FEWEST]


def by_department(answers: Sequence[Answer]) -> dict[Hashable, Joint]:
    """Return what each department says, of those that may be told.

    Shape: groups of fewer than four are left out; when what is left out is fewer than four together, the
           smallest told group is left out too. Answers without a department are always in the rest.
    """
    groups: dict[Hashable, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(answer.department, []).append(answer)
    told = sorted(
        (group for key, group in groups.items() if key is not None and len(group) >= FEWEST),
        key=lambda group: (len(group), str(group[0].department)),
    )
    rest = len(answers) - sum(map(len, told))
    while told and 0 < rest < FEWEST:
        rest += len(told.pop(0))
    found = {group[0].department: joint(group) for group in told}
    return {key: figures for key, figures in found.items() if figures is not None}


def missing_of(answers: Mapping[str, int]) -> tuple[str, ...]:
    """Return the questions of one person's answers that ask for a step: those with one point."""
    return tuple(key for key in KEYS if answers[key] == 1)
