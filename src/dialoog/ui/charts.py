"""Geometry of the pictures: rounded on the server, drawn by `ui/parts/*.html` as SVG without styles.

Colours in PAPER are the day colours of the tokens. They stand in the attributes, so that a PDF, which
doesn't read the stylesheet into an SVG, looks the same; on screen the classes win.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

PAPER = {
    "track": "#d6e2e6",
    "ink": "#102029",
    "ink-2": "#495962",
    "mark": "#f7c739",
    "data-1": "#05697d",
    "data-2": "#319da3",
    "data-3": "#bf851e",
    "data-4": "#b3543c",
}
MAX_SERIES = 4


def percent(part: float, whole: float) -> str:
    """Return a share as an SVG length between 0% and 100%, with one decimal."""
    share = 100 * part / whole if whole else 0
    return f"{min(max(share, 0), 100):.1f}%".replace(".0%", "%")


@dataclass(frozen=True)
class Bullet:
    """A value on its way to a target; ticks are where it should be today, and the target when passed."""

    value: str
    expected: str
    target: str


def bullet(value: float, target: float, expected: float | None = None) -> Bullet:
    """Return the bar of a goal; the bar is as long as the target, or as the value once that is passed."""
    whole = max(target, value, expected or 0)
    return Bullet(
        value=percent(value, whole),
        expected="" if expected is None else percent(expected, whole),
        target=percent(target, whole) if whole > target else "",
    )


@dataclass(frozen=True)
class Share:
    """One part of a sum, with the words of its legend."""

    label: str
    value: float
    text: str
    side: str = ""


@dataclass(frozen=True)
class Segment:
    """One drawn part."""

    share: Share
    css: str
    paper: str
    x: str
    width: str


def stack(shares: Sequence[Share], whole: float | None = None) -> list[Segment]:
    """Return a bar of at most four parts; what isn't used of `whole` stays empty.

    Raises ValueError for more than four: nobody can tell five colours apart.
    """
    if len(shares) > MAX_SERIES:
        raise ValueError(f"a bar shows at most {MAX_SERIES} parts")
    total = max(whole or 0, sum(share.value for share in shares))
    segments, start = [], 0.0
    for index, share in enumerate(shares, 1):
        gap = total * 0.003 if index > 1 else 0
        width = percent(max(share.value - gap, 0), total)
        segments.append(
            Segment(share, f"d{index}", PAPER[f"data-{index}"], percent(start + gap, total), width)
        )
        start += share.value
    return segments


@dataclass(frozen=True)
class Dot:
    """Somebody's answer, without a name."""

    x: str
    y: int


@dataclass(frozen=True)
class Step:
    """One phase of the ladder."""

    number: int
    css: str
    paper: str
    x: str
    text_x: str
    y: int
    height: int
    dots: Sequence[Dot]
    more: int


@dataclass(frozen=True)
class Ladder:
    """Phases as steps, with everybody's dots above them."""

    steps: Sequence[Step]
    height: int
    bottom: int


STEP_LOW, STEP_RISE, DOT_GAP, DOTS_A_ROW, DOT_ROWS = 24, 15, 11, 4, 3


def ladder(here: int, votes: Mapping[int, int] | None = None, *, phases: int = 5) -> Ladder:
    """Return the ladder with phase `here` reached; `votes` counts answers per phase, 1 being the first.

    At most twelve dots are drawn above a step; `more` says how many are left.
    """
    counts = votes or {}
    rows = min(DOT_ROWS, max((-(-n // DOTS_A_ROW) for n in counts.values()), default=1))
    height = STEP_LOW + STEP_RISE * (phases - 1) + 4 + DOT_GAP * rows
    steps = [_step(number, here, counts.get(number, 0), phases, height) for number in range(1, phases + 1)]
    return Ladder(steps, height, height - 6)


def _step(number: int, here: int, votes: int, phases: int, height: int) -> Step:
    pitch = 101 / phases
    x = pitch * (number - 1)
    tall = STEP_LOW + STEP_RISE * (number - 1)
    shown = min(votes, DOTS_A_ROW * DOT_ROWS)
    css = "here" if number == here else "past" if number < here else "next"
    paper = {"here": PAPER["data-1"], "past": "#a0bec8", "next": PAPER["track"]}[css]
    return Step(
        number=number,
        css=css,
        paper=paper,
        x=f"{x:.1f}%",
        text_x=f"{x + 2:.1f}%",
        y=height - tall,
        height=tall,
        dots=_dots(shown, x + (pitch - 1) / 2, height - tall),
        more=votes - shown,
    )


def _dots(count: int, middle: float, top: int) -> list[Dot]:
    dots = []
    for index in range(count):
        row, place = divmod(index, DOTS_A_ROW)
        in_row = min(DOTS_A_ROW, count - row * DOTS_A_ROW)
        dots.append(Dot(f"{middle + 3.6 * (place - (in_row - 1) / 2):.1f}%", top - 10 - DOT_GAP * row))
    return dots


@dataclass(frozen=True)
class Reading:
    """What was counted on a day; `text` is the number as people read it."""

    on: date
    value: float
    text: str


@dataclass(frozen=True)
class Expectation:
    """What is expected on a day: between low and high, most likely middle."""

    on: date
    low: float
    middle: float
    high: float
    text: str


@dataclass(frozen=True)
class Band:
    """A line of what was, and a band of what may come, in a box of 1000 by 160.

    `now_y` is the height of the last reading; `is_late` says that its label has no room at the right.
    """

    history: str
    middle: str
    area: str
    today_x: str
    now_y: str
    is_late: bool
    target_y: str
    first: date
    last: date
    top: float
    readings: Sequence[Reading]
    expectations: Sequence[Expectation]

    @property
    def now_text(self) -> str:
        """The last reading, to stand at the end of its line."""
        return self.readings[-1].text


BAND_WIDTH, BAND_HEIGHT = 1000, 160


def band(
    readings: Sequence[Reading], expectations: Sequence[Expectation] = (), target: float | None = None
) -> Band:
    """Return the picture of a history with its forecast; the axis begins at nought.

    Raises ValueError without a single reading: an empty chart says nothing.
    """
    if not readings:
        raise ValueError("a line needs at least one reading")
    first, now = readings[0].on, readings[-1].on
    last = expectations[-1].on if expectations else now
    values = [r.value for r in readings] + [e.high for e in expectations] + [target or 0]
    top = max(values) or 1
    days = (last - first).days or 1

    def place(on: date, value: float) -> str:
        x = BAND_WIDTH * (on - first).days / days
        return f"{x:.0f},{BAND_HEIGHT - BAND_HEIGHT * max(value, 0) / top:.1f}"

    start = place(now, readings[-1].value)
    lower = [start, *(place(e.on, e.low) for e in expectations)]
    upper = [place(e.on, e.high) for e in expectations]
    return Band(
        history=" ".join(place(r.on, r.value) for r in readings),
        middle=" ".join([start, *(place(e.on, e.middle) for e in expectations)]) if expectations else "",
        area=" ".join([*lower, *reversed(upper)]) if expectations else "",
        today_x=percent((now - first).days, days),
        now_y=f"{BAND_HEIGHT - BAND_HEIGHT * readings[-1].value / top:.0f}",
        is_late=(now - first).days > days * 0.8,
        target_y="" if target is None else f"{BAND_HEIGHT - BAND_HEIGHT * target / top:.0f}",
        first=first,
        last=last,
        top=top,
        readings=readings,
        expectations=expectations,
    )
