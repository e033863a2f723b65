"""What the page of the scan shows of a round: a title, the ladder, the steps to take, and the path so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localdate

from dialoog.assess.labels import (
    dots_sentence,
    meaning,
    phases_text,
    phases_title,
    spread_sentence,
    spread_text,
)
from dialoog.assess.pictures import Path, ladder, path
from dialoog.assess.queries import Round
from dialoog.assess.rules import Joint, missing_of, questions
from dialoog.ui.charts import Ladder


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something to do for the next phase: the question it belongs to, and how many are there already."""

    short: str
    next_step: str
    there: int | None = None
    answered: int = 0


@dataclass(frozen=True, kw_only=True)
class DepartmentLine:
    """A department of which enough people answered."""

    name: str
    answered: int
    phases: str
    spread: str


@dataclass(frozen=True, kw_only=True)
class Result:
    """A round as it is shown; `is_own` when it is only the answer of the person who looks."""

    title: str
    meaning: str
    is_own: bool
    answered: int
    told: int
    on: datetime
    ladder: Ladder
    dots: str
    spread: str
    steps: tuple[Step, ...]
    is_top: bool
    departments: tuple[DepartmentLine, ...]


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    """A closed round in the path: `phases` is empty when too few answered to tell."""

    on: datetime
    answered: int
    phases: str
    is_own: bool


def result(told: Round, language: str) -> Result:
    """Prepare the round that is shown."""
    together = told.joint
    return Result(
        title=phases_title(told.phases),
        meaning=meaning(told.phases),
        is_own=together is None,
        answered=told.answered,
        told=together.answered if together else 1,
        on=told.on,
        ladder=ladder(told.phases, together.dots if together else None),
        dots=dots_sentence(together) if together else "",
        spread=spread_sentence(together) if together else "",
        steps=missing_steps(told, language),
        is_top=told.phases == (4, 5),
        departments=tuple(_line(one.name, figures) for one, figures in told.departments.items()),
    )


def missing_steps(told: Round, language: str) -> tuple[Step, ...]:
    """Return what the answers ask for, in the order of the questions."""
    asked = {question.key: question for question in questions(language)}
    if told.joint:
        joint = told.joint
        return tuple(
            Step(
                short=asked[key].short,
                next_step=asked[key].next_step,
                there=joint.second[key],
                answered=joint.answered,
            )
            for key in joint.missing
        )
    missing = missing_of(told.own.answers) if told.own else ()
    return tuple(Step(short=asked[key].short, next_step=asked[key].next_step) for key in missing)


def _line(name: str, figures: Joint) -> DepartmentLine:
    return DepartmentLine(
        name=name,
        answered=figures.answered,
        phases=phases_text(figures.phases),
        spread=spread_text(figures),
    )


def history(rounds: Sequence[Round]) -> list[HistoryLine]:
    """Return the closed rounds, newest first."""
    return [
        HistoryLine(
            on=one.on,
            answered=one.answered,
            phases=phases_text(one.phases),
            is_own=one.joint is None and one.own is not None,
        )
        for one in rounds
        if not one.is_open
    ]


def path_of(rounds: Sequence[Round]) -> Path | None:
    """Return the picture of the closed rounds of which everything may be told."""
    told = [one for one in reversed(rounds) if one.joint and not one.is_open]
    return path([(localdate(one.on), one.joint.phases) for one in told if one.joint])
