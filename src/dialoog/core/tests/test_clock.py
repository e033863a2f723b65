import threading
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialoog.core.clock import at_wall_time, aware_utc, frozen, now, parse_day, parse_time, zone_named
from dialoog.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ZONES = ("Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata", "UTC")
THURSDAY = date(2026, 11, 26)


def test_the_clock_gives_an_aware_moment_in_utc():
    before = datetime.now(UTC)
    assert before <= now() <= datetime.now(UTC)
    assert now().utcoffset() == timedelta(0)


def test_a_stopped_clock_stands_still_and_runs_again_afterwards():
    moment = datetime(2026, 11, 26, 12, 0, tzinfo=AMSTERDAM)
    with frozen(moment) as stopped:
        assert now() == now() == stopped == datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
        with frozen(moment + timedelta(hours=1)):
            assert now() == stopped + timedelta(hours=1)
        assert now() == stopped
    assert now() != stopped


def test_a_stopped_clock_stops_only_its_own_thread():
    seen = []
    with frozen(datetime(2020, 1, 1, tzinfo=UTC)):
        thread = threading.Thread(target=lambda: seen.append(now()))
        thread.start()
        thread.join()
    assert seen[0].year > 2020


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"), frozen(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass
    with pytest.raises(ValueError, match="zone"):
        aware_utc(datetime(2026, 1, 1))  # noqa: DTZ001


def test_an_ordinary_time_is_just_that_time():
    wall = at_wall_time(THURSDAY, time(12, 0), AMSTERDAM)
    assert (wall.moment, wall.status, wall.other) == (datetime(2026, 11, 26, 11, tzinfo=UTC), "ok", None)
    assert wall.shown_at.time() == time(12, 0)


def test_a_time_that_summer_time_skips_moves_to_the_end_of_the_gap():
    wall = at_wall_time(date(2027, 3, 28), time(2, 30), AMSTERDAM)
    assert (wall.moment, wall.status) == (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "skipped")
    assert wall.shown_at.time() == time(3, 0)


def test_a_time_that_comes_twice_is_the_first_unless_chosen():
    day, at = date(2027, 10, 31), time(2, 30)
    first = at_wall_time(day, at, AMSTERDAM)
    second = at_wall_time(day, at, AMSTERDAM, fold_choice="second")
    assert first.status == second.status == "repeated"
    assert first.moment == second.other == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert second.moment == first.other == first.moment + timedelta(hours=1)


def test_a_day_that_a_country_skipped_altogether_becomes_the_next_midnight():
    wall = at_wall_time(date(2011, 12, 30), time(15, 0), ZoneInfo("Pacific/Apia"))
    assert wall.status == "skipped"
    assert wall.shown_at.replace(tzinfo=None) == datetime(2011, 12, 31, 0, 0)  # noqa: DTZ001


@given(
    st.dates(date(1975, 1, 1), date(2036, 12, 31)),
    st.times(),
    st.sampled_from(ZONES),
    st.sampled_from(["first", "second"]),
)
def test_the_status_tells_the_truth(day, at, zone, choice):
    wall = at_wall_time(day, at, ZoneInfo(zone), choice)
    asked = datetime.combine(day, at)
    shown = wall.shown_at.replace(tzinfo=None, fold=0)
    if wall.status == "skipped":
        assert shown > asked
        just_before = (
            (wall.moment - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
        )
        assert just_before < asked
    else:
        assert shown == asked
    if wall.status == "repeated":
        assert wall.other is not None
        assert wall.other.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == asked
        assert (wall.moment < wall.other) is (choice == "first")


def test_a_wall_time_outside_all_reason_is_refused():
    with pytest.raises(Invalid) as caught:
        at_wall_time(date(9999, 12, 31), time(23, 59), ZoneInfo("Pacific/Honolulu"))
    assert caught.value.code == "day_out_of_range"
    with pytest.raises(ValueError, match="zone"):
        at_wall_time(THURSDAY, time(1, tzinfo=UTC), AMSTERDAM)


@pytest.mark.parametrize("name", ["", "Mars/Base", "../etc/passwd", "a\0b", "x" * 5000, "Europe"])
def test_a_zone_that_does_not_exist_is_named_in_the_error(name):
    with pytest.raises(Invalid) as caught:
        zone_named(name)
    assert (caught.value.field, caught.value.code) == ("zone", "zone_unknown")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("26-11-2026", THURSDAY),
        ("26/11/26", THURSDAY),
        ("26.11.2026", THURSDAY),
        ("\uff12\uff16-11-2026", THURSDAY),
        ("2026-11-26", THURSDAY),
        ("  26  nov ", THURSDAY),
        ("26 NOVEMBER 2026", THURSDAY),
        ("26th of November, 2026", THURSDAY),
        ("November 26, 2026", THURSDAY),
        ("do 26 nov", THURSDAY),
        ("donderdag 26-11", THURSDAY),
        ("vandaag", THURSDAY),
        ("morgen", date(2026, 11, 27)),
        ("tomorrow", date(2026, 11, 27)),
        ("overmorgen", date(2026, 11, 28)),
        ("gisteren", date(2026, 11, 25)),
        ("vrijdag", date(2026, 11, 27)),
        ("donderdag", date(2026, 12, 3)),
        ("wed", date(2026, 12, 2)),
        ("over 3 dagen", date(2026, 11, 29)),
        ("in een week", date(2026, 12, 3)),
        ("in 2 weeks", date(2026, 12, 10)),
        ("26-11", THURSDAY),
        ("25-11", date(2027, 11, 25)),
        ("29 feb", date(2028, 2, 29)),
        ("1 mei", date(2027, 5, 1)),
    ],
)
def test_a_day_is_read_as_people_type_it(typed, expected):
    assert parse_day(typed, today=THURSDAY) == expected


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "day_empty"),
        (" \t", "day_empty"),
        ("ooit", "day_unreadable"),
        ("26 smarch", "day_unreadable"),
        ("\0", "day_unreadable"),
        ("26-11-2026" * 5000, "day_unreadable"),
        ("31-02-2026", "day_does_not_exist"),
        ("30 feb", "day_does_not_exist"),
        ("11/26/2026", "day_does_not_exist"),
        ("00-00-2026", "day_does_not_exist"),
        ("26-11-0001", "day_out_of_range"),
        ("26-11-9999", "day_out_of_range"),
        ("vr 26 nov", "weekday_differs"),
    ],
)
def test_a_day_that_cannot_be_read_says_why(typed, code):
    with pytest.raises(Invalid) as caught:
        parse_day(typed, today=THURSDAY)
    assert (caught.value.field, caught.value.code) == ("day", code)


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%d-%m-%Y", "%Y-%m-%d", "%d %b %Y", "%d/%m/%y"]),
)
def test_every_day_that_is_written_out_is_read_back(day, form):
    assert parse_day(day.strftime(form), today=THURSDAY) == day


def code_of(read, text):
    try:
        read(text)
    except Invalid as error:
        return error.code
    return ""


@given(st.text(max_size=60))
def test_whatever_is_typed_gives_an_answer_or_a_code(text):
    day_code = code_of(lambda typed: parse_day(typed, today=THURSDAY), text)
    assert not day_code or day_code.startswith(("day_", "weekday_"))
    time_code = code_of(parse_time, text)
    assert not time_code or time_code.startswith("time_")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("9", time(9)),
        ("09:30", time(9, 30)),
        ("9.30", time(9, 30)),
        ("9u30", time(9, 30)),
        ("9 u 30", time(9, 30)),
        ("9:30 uur", time(9, 30)),
        ("15 uur", time(15)),
        ("15u", time(15)),
        ("0930", time(9, 30)),
        ("00:00", time(0)),
        ("09:30:00", time(9, 30)),
        ("3:15 pm", time(15, 15)),
        ("12 am", time(0)),
        ("12 p.m.", time(12)),
    ],
)
def test_a_time_is_read_as_people_type_it(typed, expected):
    assert parse_time(typed) == expected


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "time_empty"),
        ("straks", "time_unreadable"),
        ("9 m", "time_unreadable"),
        ("09:30:15", "time_unreadable"),
        ("24:00", "time_does_not_exist"),
        ("9:75", "time_does_not_exist"),
        ("13 pm", "time_does_not_exist"),
        ("2561", "time_does_not_exist"),
    ],
)
def test_a_time_that_cannot_be_read_says_why(typed, code):
    with pytest.raises(Invalid) as caught:
        parse_time(typed)
    assert (caught.value.field, caught.value.code) == ("time", code)


@given(st.times())
def test_every_time_that_is_written_out_is_read_back(at):
    assert parse_time(at.strftime("%H:%M")) == at.replace(second=0, microsecond=0)


def test_each_error_carries_its_code_its_facts_and_its_status():
    error = Conflict("changed_meanwhile", {"by": "Noor"})
    assert (error.code, error.params["by"], str(error)) == (
        "changed_meanwhile",
        "Noor",
        "changed_meanwhile(by='Noor')",
    )
    assert [kind.status for kind in (NotAllowed, NotFound, Conflict, Invalid, DomainError)] == [
        403,
        404,
        409,
        422,
        422,
    ]
    assert str(Invalid("day", "day_empty")) == "day: day_empty"
    assert isinstance(Invalid("day", "day_empty"), DomainError)


def test_the_facts_of_an_error_cannot_be_changed():
    with pytest.raises(TypeError):
        NotFound("gone").params["x"] = 1


def test_a_moment_in_any_zone_becomes_the_same_moment_in_utc():
    moment = datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    assert aware_utc(moment) == moment
    assert aware_utc(moment).utcoffset() == timedelta(0)
