"""Opening hours with their exceptions, working time counted in them, and the clock of a waiting row."""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from dialoog.core.clock import LAST_YEAR, at_wall_time, aware_utc
from dialoog.core.errors import Invalid

DAY_MINUTES: Final = 24 * 60
MOST_MINUTES: Final = 10 * 366 * DAY_MINUTES
SOON_SHARE: Final = 0.75
_LAST_DAY: Final = date(LAST_YEAR, 12, 30)

ClockState = Literal["ok", "soon", "late", "paused", "done"]
PauseReason = Literal["", "outside_hours", "exception", "never_open"]


@dataclass(frozen=True, order=True)
class Opening:
    """Open from one minute of the day until another, as the clock on the wall shows them.

    Units:  minutes since midnight, 0-1440; until is not included.
    Errors: Invalid("hours", "opening_backwards") when it doesn't end after it begins.
    """

    from_minute: int
    until_minute: int

    def __post_init__(self) -> None:
        if not 0 <= self.from_minute < self.until_minute <= DAY_MINUTES:
            raise Invalid("hours", "opening_backwards", {"text": str(self)})

    def __str__(self) -> str:
        ends = (self.from_minute, self.until_minute)
        return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in ends)


Openings = tuple[Opening, ...]
_OPENING: Final = re.compile(
    r"([0-9]{1,2})(?:[:.u]([0-9]{2}))? ?(?:-|\u2013|tot|to|until) ?([0-9]{1,2})(?:[:.u]([0-9]{2}))?"
)


def parse_openings(text: str) -> Openings:
    """Read openings as typed, such as "09:00-12:30, 13.00-17.00"; empty means closed.

    Errors: Invalid("hours", code) with hours_unreadable, opening_backwards or openings_overlap.
    """
    openings = []
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;]", text.lower()))):
        match = _OPENING.fullmatch(part)
        if match is None:
            raise Invalid("hours", "hours_unreadable", {"text": part[:60]})
        numbers = [int(number or 0) for number in match.groups()]
        if numbers[1] > 59 or numbers[3] > 59:
            raise Invalid("hours", "hours_unreadable", {"text": part[:60]})
        openings.append(Opening(numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]))
    return _in_order(tuple(openings))


def _in_order(openings: Openings) -> Openings:
    ordered = tuple(sorted(openings))
    for earlier, later in itertools.pairwise(ordered):
        if later.from_minute < earlier.until_minute:
            raise Invalid("hours", "openings_overlap", {"first": str(earlier), "second": str(later)})
    return ordered


@dataclass(frozen=True)
class BusinessHours:
    """When an organisation is open: a week, and days that differ from it.

    `weekly` begins on Monday. In `exceptions` an empty tuple means closed all day.
    Errors: Invalid("hours", "openings_overlap"); ValueError unless the week has seven days.
    """

    zone: ZoneInfo
    weekly: tuple[Openings, ...]
    exceptions: Mapping[date, Openings]

    def __post_init__(self) -> None:
        if len(self.weekly) != 7:
            raise ValueError("a week has seven days")
        object.__setattr__(self, "weekly", tuple(_in_order(day) for day in self.weekly))
        dated = {day: _in_order(openings) for day, openings in self.exceptions.items()}
        object.__setattr__(self, "exceptions", dated)

    def on(self, day: date) -> Openings:
        """Return the openings of this day."""
        return self.exceptions.get(day, self.weekly[day.weekday()])

    def spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Yield the openings of this day as moments in UTC.

        On the days on which the clock changes an opening is as long as it really lasts: from 00:00 to
        24:00 takes 23 or 25 hours. A time that comes twice counts as its first.
        """
        for opening in self.on(day):
            opens = self._moment(day, opening.from_minute)
            closes = self._moment(day, opening.until_minute)
            if opens < closes:
                yield opens, closes

    def _moment(self, day: date, minute: int) -> datetime:
        if minute == DAY_MINUTES:
            day, minute = day + timedelta(days=1), 0
        return at_wall_time(day, time(minute // 60, minute % 60), self.zone).moment

    def spans_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the openings that end after `moment`, in order, until it never opens again or the year 2199."""
        # A day earlier, for a zone that once skipped a day.
        day = moment.astimezone(self.zone).date() - timedelta(days=1)
        last = _LAST_DAY if any(self.weekly) else max(self.exceptions, default=day)
        while day <= min(last, _LAST_DAY):
            for opens, closes in self.spans(day):
                if closes > moment:
                    yield opens, closes
            day += timedelta(days=1)


def office_hours(zone: ZoneInfo, text: str = "09:00-17:00") -> BusinessHours:
    """Return the same openings from Monday to Friday, and a closed weekend."""
    openings = parse_openings(text)
    return BusinessHours(zone, (openings,) * 5 + ((), ()), {})


def always_open(zone: ZoneInfo) -> BusinessHours:
    """Return hours that never close."""
    return BusinessHours(zone, ((Opening(0, DAY_MINUTES),),) * 7, {})


def is_open(moment: datetime, calendar: BusinessHours) -> bool:
    """Tell whether the organisation is open at this moment."""
    return next_opening(moment, calendar) == aware_utc(moment)


def next_opening(moment: datetime, calendar: BusinessHours) -> datetime | None:
    """Return the first open moment at or after `moment`, in UTC; None when it never opens again."""
    asked = aware_utc(moment)
    return next((max(opens, asked) for opens, _ in calendar.spans_from(asked)), None)


def deadline(start: datetime, working_minutes: int, calendar: BusinessHours) -> datetime:
    """Return the moment, in UTC, at which so many open minutes have passed since `start`.

    A promise that ends exactly at closing time ends then, not at the next opening.
    Errors: Invalid("hours", "never_open") when there aren't that many open minutes;
    Invalid("minutes", "minutes_out_of_range") below 0 or above ten years.
    """
    if not 0 <= working_minutes <= MOST_MINUTES:
        raise Invalid("minutes", "minutes_out_of_range", {"most": MOST_MINUTES})
    begun, left = aware_utc(start), timedelta(minutes=working_minutes)
    if not left:
        return begun
    for opens, closes in calendar.spans_from(begun):
        opens = max(opens, begun)  # noqa: PLW2901 (the part before the start doesn't count)
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    raise Invalid("hours", "never_open")


def working_time_between(a: datetime, b: datetime, calendar: BusinessHours) -> timedelta:
    """Return the open time from `a` to `b`, exactly; negative when `b` comes first."""
    first, last = aware_utc(a), aware_utc(b)
    if last < first:
        return -working_time_between(b, a, calendar)
    total = timedelta()
    for opens, closes in calendar.spans_from(first):
        if opens >= last:
            break
        total += min(closes, last) - max(opens, first)
    return total


def working_minutes_between(a: datetime, b: datetime, calendar: BusinessHours) -> int:
    """Return the whole open minutes from `a` to `b`, cut off towards zero; negative when `b` comes first."""
    return int(working_time_between(a, b, calendar) / timedelta(minutes=1))


@dataclass(frozen=True)
class Clock:
    """How a waiting row stands against what was promised.

    Units:  `remaining_minutes` in open minutes, negative when late; `share_used` 0 at the start and 1 at
            the deadline, more when late; moments in UTC.
    `paused`: closed now and not late; `paused_until` is None when it never opens again. `done`: answered;
    a negative remainder then says how much too late.
    """

    state: ClockState
    remaining_minutes: int
    deadline: datetime | None
    share_used: float
    paused_until: datetime | None = None
    paused_because: PauseReason = ""


def clock_for(
    *,
    started_at: datetime,
    promised_minutes: int,
    calendar: BusinessHours,
    now: datetime,
    done_at: datetime | None = None,
) -> Clock:
    """Judge a row that waits since `started_at` against a promise in open minutes.

    Less than a quarter left is `soon`; past the deadline is `late`, also when closed.
    """
    moment = aware_utc(done_at or now)
    try:
        due = deadline(started_at, promised_minutes, calendar)
    except Invalid as error:
        if error.code != "never_open":
            raise
        return Clock("done" if done_at else "paused", promised_minutes, None, 0.0, None, "never_open")
    remaining = working_minutes_between(moment, due, calendar)
    share = _share_used(started_at, moment, promised_minutes, calendar)
    if done_at is not None:
        return Clock("done", remaining, due, share)
    if moment > due:
        return Clock("late", remaining, due, share)
    opens = next_opening(moment, calendar)
    if opens != moment:
        return Clock("paused", remaining, due, share, opens, _why_closed(moment, calendar))
    return Clock("soon" if share > SOON_SHARE else "ok", remaining, due, share)


def _share_used(
    started_at: datetime, moment: datetime, promised_minutes: int, calendar: BusinessHours
) -> float:
    if promised_minutes == 0:
        return 1.0
    used = working_time_between(started_at, moment, calendar) / timedelta(minutes=promised_minutes)
    return max(0.0, used)


def _why_closed(moment: datetime, calendar: BusinessHours) -> PauseReason:
    day = moment.astimezone(calendar.zone).date()
    return "exception" if day in calendar.exceptions else "outside_hours"
