"""The clock of the application, wall time in a zone, and days and times as people type them."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dialoog.core.errors import Invalid

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199

WallStatus = Literal["ok", "skipped", "repeated"]

_stopped: ContextVar[datetime | None] = ContextVar("stopped_clock", default=None)


def now() -> datetime:
    """Return this moment, aware, in UTC: the only place that reads the clock."""
    return _stopped.get() or datetime.now(UTC)  # noqa: TID251 (this is the place)


@contextmanager
def frozen(moment: datetime) -> Iterator[datetime]:
    """Stop the clock at `moment` inside a `with`, for tests and replays.

    Holds in this thread or task only; a new thread starts with the real clock.
    Errors: ValueError when the moment knows no zone.
    """
    token = _stopped.set(aware_utc(moment))
    try:
        yield aware_utc(moment)
    finally:
        _stopped.reset(token)


def aware_utc(moment: datetime) -> datetime:
    """Return the same moment in UTC. Errors: ValueError when it knows no zone."""
    if moment.utcoffset() is None:
        raise ValueError("a moment must know its zone")
    return moment.astimezone(UTC)


def zone_named(name: str) -> ZoneInfo:
    """Return the zone of the IANA database, such as Europe/Amsterdam.

    Errors: Invalid("zone", "zone_unknown").
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid("zone", "zone_unknown", {"text": name[:60]}) from error


@dataclass(frozen=True)
class WallTime:
    """The moment that somebody meant with a day and a time on the wall.

    `moment` and `other` are in UTC; `shown_at` is what a clock in the zone shows at `moment`.
    `skipped`: the time doesn't exist on that day (summer time begins), so the first moment after
    the gap is taken. `repeated`: it comes twice (summer time ends); `other` is the one not taken.
    """

    moment: datetime
    status: WallStatus
    shown_at: datetime
    other: datetime | None = None


def at_wall_time(
    day: date, at: time, zone: ZoneInfo, fold_choice: Literal["first", "second"] = "first"
) -> WallTime:
    """Return the moment at which clocks in `zone` show this day and time, and what happened to it.

    02:30 on 28 March 2027 in Amsterdam becomes 03:00; 02:30 on 31 October 2027 is the first of the two.
    Errors: Invalid("day", "day_out_of_range") outside 1900-2199; ValueError when `at` carries a zone.
    """
    if at.tzinfo is not None:
        raise ValueError("a time on the wall carries no zone")
    _require_year(day.year)
    early, late = (datetime.combine(day, at.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    if early == late:
        return _wall(early, "ok", zone)
    if early > late:
        return _wall(_first_after_gap(late, early, zone), "skipped", zone)
    taken, other = (early, late) if fold_choice == "first" else (late, early)
    return _wall(taken, "repeated", zone, other)


def _wall(moment: datetime, status: WallStatus, zone: ZoneInfo, other: datetime | None = None) -> WallTime:
    return WallTime(moment, status, moment.astimezone(zone), other)


def _first_after_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find the second between two moments at which the zone's offset changes."""
    start = before.replace(microsecond=0)
    offset = start.astimezone(zone).utcoffset()
    low, high = 0, int((after - start).total_seconds()) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if (start + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return start + timedelta(seconds=high)


def _require_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid("day", "day_out_of_range", {"first": FIRST_YEAR, "last": LAST_YEAR})


_WEEKDAYS: Final = MappingProxyType(
    {
        name: number
        for number, names in enumerate(
            (
                "maandag ma monday mon",
                "dinsdag di tuesday tue tues",
                "woensdag wo wednesday wed",
                "donderdag do thursday thu thur thurs",
                "vrijdag vr friday fri",
                "zaterdag za saturday sat",
                "zondag zo sunday sun",
            )
        )
        for name in names.split()
    }
)
_MONTHS: Final = MappingProxyType(
    {
        name: number
        for number, names in enumerate(
            (
                "januari january jan",
                "februari february feb",
                "maart march mrt mar",
                "april apr",
                "mei may",
                "juni june jun",
                "juli july jul",
                "augustus august aug",
                "september sep sept",
                "oktober october okt oct",
                "november nov",
                "december dec",
            ),
            start=1,
        )
        for name in names.split()
    }
)
_NEARBY: Final = MappingProxyType(
    {
        "eergisteren": -2,
        "gisteren": -1,
        "yesterday": -1,
        "vandaag": 0,
        "today": 0,
        "morgen": 1,
        "tomorrow": 1,
        "overmorgen": 2,
        "the day after tomorrow": 2,
        "day after tomorrow": 2,
    }
)
_COUNTED: Final = re.compile(r"(?:over|in) ([0-9]{1,3}|een|a|an|one) (dag|dagen|days?|week|weken|weeks)")
_NUMERIC: Final = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})(?:[-/. ]([0-9]{4}|[0-9]{2}))?")
_ISO: Final = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_DAY_MONTH: Final = re.compile(
    r"([0-9]{1,2})(?:e|st|nd|rd|th|\.)?[ -](?:of )?([a-z]+)\.?(?:[ ,-]+([0-9]{4}))?"
)
_MONTH_DAY: Final = re.compile(r"([a-z]+)\.? ([0-9]{1,2})(?:st|nd|rd|th)?(?:[ ,]+([0-9]{4}))?")
_WITH_WEEKDAY: Final = re.compile(r"([a-z]+)\.?,? (.*)")


def parse_day(text: str, *, today: date) -> date:
    """Read a day as typed, in Dutch or English: 26-11-2026, 26 nov, 2026-11-26, vrijdag, morgen, over 3 dagen.

    Day before month, always. Without a year: the first time that it comes, today included. The name of
    a weekday alone: the first one after today. `today` is the day in the organisation's zone.
    Errors: Invalid("day", code) with day_empty, day_unreadable, day_does_not_exist, day_out_of_range or
    weekday_differs (a weekday beside a date that falls on another).
    """
    typed = _plain(text)
    if not typed:
        raise Invalid("day", "day_empty")
    found = _nearby_day(typed, today) or _dated(typed, today) or _weekday_and_date(typed, today)
    if found is None:
        raise Invalid("day", "day_unreadable", {"text": text.strip()[:60]})
    _require_year(found.year)
    return found


def _plain(text: str) -> str:
    """Lower-case, with single spaces and plain digits; empty when it's too long to be a day or a time."""
    if len(text) > 200:
        return "?"
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def _nearby_day(typed: str, today: date) -> date | None:
    if typed in _NEARBY:
        return today + timedelta(days=_NEARBY[typed])
    if typed in _WEEKDAYS:
        return today + timedelta(days=(_WEEKDAYS[typed] - today.weekday() - 1) % 7 + 1)
    if match := _COUNTED.fullmatch(typed):
        number, unit = match.groups()
        count = int(number) if number.isdigit() else 1
        return today + timedelta(days=count * (7 if unit.startswith("w") else 1))
    return None


def _dated(typed: str, today: date) -> date | None:
    if match := _ISO.fullmatch(typed):
        year, month, day = (int(part) for part in match.groups())
        return _existing(year, month, day)
    if match := _NUMERIC.fullmatch(typed):
        return _with_year(match[1], int(match[2]), match[3], today)
    if (match := _DAY_MONTH.fullmatch(typed)) and match[2] in _MONTHS:
        return _with_year(match[1], _MONTHS[match[2]], match[3], today)
    if (match := _MONTH_DAY.fullmatch(typed)) and match[1] in _MONTHS:
        return _with_year(match[2], _MONTHS[match[1]], match[3], today)
    return None


def _weekday_and_date(typed: str, today: date) -> date | None:
    match = _WITH_WEEKDAY.fullmatch(typed)
    if match is None or match[1] not in _WEEKDAYS:
        return None
    found = _dated(match[2], today)
    if found is not None and found.weekday() != _WEEKDAYS[match[1]]:
        raise Invalid("day", "weekday_differs", {"typed": _WEEKDAYS[match[1]], "weekday": found.weekday()})
    return found


def _with_year(day: str, month: int, year: str | None, today: date) -> date:
    if year is not None:
        return _existing(int(year) + (2000 if len(year) == 2 else 0), month, int(day))
    # 29 February may be up to eight years away.
    for candidate in range(today.year, today.year + 9):
        try:
            found = date(candidate, month, int(day))
        except ValueError:
            continue
        if found >= today:
            return found
    return _existing(today.year, month, int(day))


def _existing(year: int, month: int, day: int) -> date:
    _require_year(year)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise Invalid("day", "day_does_not_exist", {"year": year, "month": month, "day": day}) from error


_TIME: Final = re.compile(
    r"([0-9]{1,2})(?:(?:[:.]| ?[uh] ?)([0-9]{2}))?(?::00)? ?(?:[uh]|uur|hours)? ?([ap])?(?:\.?m\.?)?"
)
_FOUR_DIGITS: Final = re.compile(r"([0-9]{2})([0-9]{2})")


def parse_time(text: str) -> time:
    """Read a time of day as typed: 9, 09:30, 9.30, 9u30, 15 uur, 0930, 3:15 pm.

    Errors: Invalid("time", code) with time_empty, time_unreadable or time_does_not_exist.
    """
    typed = _plain(text)
    if not typed:
        raise Invalid("time", "time_empty")
    if match := _FOUR_DIGITS.fullmatch(typed):
        return _existing_time(int(match[1]), int(match[2]))
    match = _TIME.fullmatch(typed)
    if match is None or (match[3] is None and typed.endswith("m")):
        raise Invalid("time", "time_unreadable", {"text": text.strip()[:60]})
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3] is not None:
        hour = _from_half_day(hour, match[3])
    return _existing_time(hour, minute)


def _from_half_day(hour: int, half: str) -> int:
    if not 1 <= hour <= 12:
        raise Invalid("time", "time_does_not_exist", {"hour": hour, "minute": 0})
    return hour % 12 + (12 if half == "p" else 0)


def _existing_time(hour: int, minute: int) -> time:
    try:
        return time(hour, minute)
    except ValueError as error:
        raise Invalid("time", "time_does_not_exist", {"hour": hour, "minute": minute}) from error
