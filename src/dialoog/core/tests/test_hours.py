from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dialoog.core.errors import Invalid
from dialoog.core.hours import (
    BusinessHours,
    Opening,
    always_open,
    clock_for,
    deadline,
    is_open,
    next_opening,
    office_hours,
    parse_openings,
    working_minutes_between,
    working_time_between,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE = office_hours(AMSTERDAM)
NEVER = BusinessHours(AMSTERDAM, ((),) * 7, {})


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@st.composite
def openings(draw):
    ends = sorted(draw(st.sets(st.integers(0, 1440), min_size=0, max_size=6)))
    return tuple(Opening(a, b) for a, b in zip(ends[::2], ends[1::2], strict=False))


@st.composite
def calendars(draw):
    weekly = tuple(draw(openings()) for _ in range(7))
    assume(any(weekly))
    days = st.dates(date(2027, 3, 20), date(2027, 4, 10))
    zone = ZoneInfo(draw(st.sampled_from(["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe"])))
    return BusinessHours(zone, weekly, draw(st.dictionaries(days, openings(), max_size=3)))


moments = st.datetimes(datetime(2027, 3, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
minutes = st.integers(0, 5000)


def test_a_promise_of_four_hours_made_at_the_end_of_friday_ends_on_monday():
    assert deadline(at("2026-11-27 15:00"), 240, OFFICE) == at("2026-11-30 11:00")
    assert deadline(at("2026-11-28 12:00"), 60, OFFICE) == at("2026-11-30 10:00")


def test_a_promise_that_ends_at_closing_time_ends_then():
    assert deadline(at("2026-11-27 15:00"), 120, OFFICE) == at("2026-11-27 17:00")


def test_a_closed_day_and_other_hours_are_kept():
    holiday = BusinessHours(
        AMSTERDAM, OFFICE.weekly, {date(2026, 12, 25): (), date(2026, 12, 24): parse_openings("9-12")}
    )
    assert deadline(at("2026-12-24 11:00"), 120, holiday) == at("2026-12-28 10:00")
    assert not is_open(at("2026-12-24 12:00"), holiday)
    assert is_open(at("2026-12-24 11:59"), holiday)


def test_a_night_in_which_the_clock_changes_has_its_real_length():
    day_and_night = always_open(AMSTERDAM)
    assert working_minutes_between(at("2027-03-28 00:00"), at("2027-03-29 00:00"), day_and_night) == 23 * 60
    assert working_minutes_between(at("2027-10-31 00:00"), at("2027-11-01 00:00"), day_and_night) == 25 * 60
    night = BusinessHours(AMSTERDAM, ((Opening(60, 240),),) * 7, {})
    assert working_minutes_between(at("2027-03-28 00:00"), at("2027-03-28 12:00"), night) == 120
    assert working_minutes_between(at("2027-10-31 00:00"), at("2027-10-31 12:00"), night) == 240


def test_an_opening_that_falls_in_the_skipped_hour_is_not_there():
    short = BusinessHours(AMSTERDAM, ((Opening(135, 165),),) * 7, {})
    assert list(short.spans(date(2027, 3, 28))) == []


def test_the_next_opening_is_now_when_open():
    assert next_opening(at("2026-11-26 10:00"), OFFICE) == at("2026-11-26 10:00")
    assert next_opening(at("2026-11-27 17:00"), OFFICE) == at("2026-11-30 09:00")
    assert next_opening(at("2026-11-27 17:00"), NEVER) is None


def test_hours_that_never_open_again_give_no_deadline():
    with pytest.raises(Invalid) as caught:
        deadline(at("2026-11-27 15:00"), 1, NEVER)
    assert caught.value.code == "never_open"
    once = BusinessHours(AMSTERDAM, ((),) * 7, {date(2026, 12, 1): parse_openings("9-10")})
    assert deadline(at("2026-11-27 15:00"), 60, once) == at("2026-12-01 10:00")
    with pytest.raises(Invalid):
        deadline(at("2026-11-27 15:00"), 61, once)


def test_one_minute_a_week_ends_somewhere():
    weekly = ((Opening(0, 1),), (), (), (), (), (), ())
    with pytest.raises(Invalid) as caught:
        deadline(at("2026-11-27 15:00"), 5_000_000, BusinessHours(AMSTERDAM, weekly, {}))
    assert caught.value.code == "never_open"


@pytest.mark.parametrize("wrong", [-1, 10**9])
def test_a_promise_out_of_all_reason_is_refused(wrong):
    with pytest.raises(Invalid) as caught:
        deadline(at("2026-11-27 15:00"), wrong, OFFICE)
    assert caught.value.code == "minutes_out_of_range"


@given(moments, minutes, minutes, calendars())
def test_a_longer_promise_never_ends_earlier(start, first, more, calendar):
    assert start <= deadline(start, first, calendar) <= deadline(start, first + more, calendar)


@given(moments, moments, minutes, calendars())
def test_a_later_start_never_ends_earlier(a, b, promised, calendar):
    early, late = sorted((a, b))
    assert deadline(early, promised, calendar) <= deadline(late, promised, calendar)


@given(moments, minutes, minutes, calendars())
def test_two_promises_after_each_other_are_one(start, first, second, calendar):
    assert deadline(deadline(start, first, calendar), second, calendar) == deadline(
        start, first + second, calendar
    )


@given(moments, minutes, calendars())
def test_the_working_time_until_the_deadline_is_what_was_promised(start, promised, calendar):
    assert working_minutes_between(start, deadline(start, promised, calendar), calendar) == promised


@given(moments, moments, moments, calendars())
def test_working_time_adds_up(a, b, c, calendar):
    whole = working_time_between(a, c, calendar)
    assert working_time_between(a, b, calendar) + working_time_between(b, c, calendar) == whole
    assert abs(whole) <= abs(c - a)


@given(moments, calendars())
def test_closed_time_counts_for_nothing(moment, calendar):
    opens = next_opening(moment, calendar)
    assert opens is not None
    assert working_time_between(moment, opens, calendar) == timedelta(0)
    assert is_open(opens, calendar)
    assert is_open(moment, calendar) is (opens == moment)


def clock_at(moment, *, started="2026-11-26 10:00", promised=240, hours=OFFICE, done=None):
    return clock_for(
        started_at=at(started),
        promised_minutes=promised,
        calendar=hours,
        now=at(moment),
        done_at=done and at(done),
    )


@pytest.mark.parametrize(
    ("moment", "state", "remaining", "share"),
    [
        ("2026-11-26 10:00", "ok", 240, 0.0),
        ("2026-11-26 13:00", "ok", 60, 0.75),
        ("2026-11-26 13:01", "soon", 59, 181 / 240),
        ("2026-11-26 14:00", "soon", 0, 1.0),
        ("2026-11-26 14:34", "late", -34, 274 / 240),
        ("2026-11-26 20:00", "late", -180, 420 / 240),
    ],
)
def test_a_row_shows_how_much_working_time_is_left(moment, state, remaining, share):
    clock = clock_at(moment)
    assert (clock.state, clock.remaining_minutes, clock.deadline) == (
        state,
        remaining,
        at("2026-11-26 14:00"),
    )
    assert clock.share_used == pytest.approx(share)


def test_a_row_pauses_outside_opening_hours_and_says_until_when():
    clock = clock_at("2026-11-28 12:00", started="2026-11-27 16:00")
    assert (clock.state, clock.paused_until, clock.paused_because) == (
        "paused",
        at("2026-11-30 09:00"),
        "outside_hours",
    )
    assert clock.remaining_minutes == 180


def test_a_row_on_a_holiday_says_so():
    holiday = BusinessHours(AMSTERDAM, OFFICE.weekly, {date(2026, 11, 27): ()})
    assert (
        clock_at("2026-11-27 12:00", started="2026-11-26 16:00", hours=holiday).paused_because == "exception"
    )


def test_a_row_that_was_answered_says_whether_in_time():
    assert clock_at("2026-12-20 10:00", done="2026-11-26 11:00").remaining_minutes == 180
    late = clock_at("2026-12-20 10:00", done="2026-11-26 15:00")
    assert (late.state, late.remaining_minutes) == ("done", -60)


def test_a_row_under_hours_that_never_open_is_paused_without_a_deadline():
    clock = clock_at("2026-11-26 12:00", hours=NEVER)
    assert (clock.state, clock.deadline, clock.paused_because) == ("paused", None, "never_open")


@given(moments, moments, st.integers(0, 2000), calendars())
def test_a_row_never_becomes_less_late_by_waiting(start, now, promised, calendar):
    now = max(start, now)
    clock = clock_for(started_at=start, promised_minutes=promised, calendar=calendar, now=now)
    later = clock_for(
        started_at=start, promised_minutes=promised, calendar=calendar, now=now + timedelta(hours=5)
    )
    assert later.remaining_minutes <= clock.remaining_minutes
    assert later.share_used >= clock.share_used
    assert (clock.state == "late") is (now > clock.deadline)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ()),
        ("9-17", (Opening(540, 1020),)),
        ("13:00-17:30, 9.00 - 12u30", (Opening(540, 750), Opening(780, 1050))),
        ("00:00-24:00", (Opening(0, 1440),)),
        ("9 tot 12; 13 until 17", (Opening(540, 720), Opening(780, 1020))),
    ],
)
def test_openings_are_read_as_people_type_them(typed, expected):
    assert parse_openings(typed) == expected


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("dicht", "hours_unreadable"),
        ("9:75-12", "hours_unreadable"),
        ("17-9", "opening_backwards"),
        ("9-25", "opening_backwards"),
        ("9-9", "opening_backwards"),
        ("9-12, 11-17", "openings_overlap"),
    ],
)
def test_openings_that_cannot_be_read_say_why(typed, code):
    with pytest.raises(Invalid) as caught:
        parse_openings(typed)
    assert (caught.value.field, caught.value.code) == ("hours", code)


@given(openings())
def test_openings_that_are_written_out_are_read_back(some):
    assert parse_openings(", ".join(str(opening) for opening in some)) == some


def test_a_week_has_seven_days_and_no_overlap():
    with pytest.raises(ValueError, match="seven"):
        BusinessHours(AMSTERDAM, ((),) * 6, {})
    with pytest.raises(Invalid):
        BusinessHours(AMSTERDAM, ((),) * 7, {date(2027, 1, 1): (Opening(0, 60), Opening(30, 90))})
    assert OFFICE.on(date(2026, 11, 28)) == ()
