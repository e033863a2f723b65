import random
from datetime import UTC, datetime, timedelta

import pytest

from dialoog.measurement.rules.progress import WEEK, Aim, Reading, progress, value_at, weekly_changes

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def readings(*values, every=WEEK, until=NOW):
    first = until - every * (len(values) - 1)
    return [Reading(at=first + every * n, numerator=float(value)) for n, value in enumerate(values)]


def aim(target, *, weeks=10, **more):
    return Aim(target=target, starts=NOW - WEEK * 20, due=NOW + WEEK * weeks, **more)


def test_without_a_number_there_is_no_verdict():
    assert progress(aim(None), readings(1, 2, 3), NOW).verdict == "no_number"


def test_without_a_reading_it_says_so():
    assert progress(aim(10), [], NOW).verdict == "no_reading"
    later = Aim(target=10, starts=NOW + WEEK, due=NOW + WEEK * 9)
    assert progress(later, [], NOW).verdict == "not_started"


def test_what_is_there_is_reached_and_what_is_past_its_date_is_missed():
    assert progress(aim(10), readings(4, 10), NOW).verdict == "reached"
    assert progress(aim(10, weeks=-1), readings(4, 9), NOW).verdict == "missed"


def test_a_goal_that_falls_is_reached_from_above():
    assert progress(aim(10, falls=True), readings(20, 9), NOW).verdict == "reached"


def test_under_four_weeks_it_cannot_tell_and_says_how_many_more():
    told = progress(aim(100), readings(0, 5, 9), NOW)
    assert (told.verdict, told.more_weeks, told.forecast) == ("cannot_tell", 2, None)


def test_a_steady_climb_is_likely_open_or_unlikely_by_its_target():
    steady = readings(*range(0, 260, 20))
    verdicts = [progress(aim(target), steady, NOW).verdict for target in (380, 440, 600)]
    assert verdicts == ["likely", "open", "unlikely"]


def test_equal_weeks_do_not_make_the_future_certain():
    told = progress(aim(1000), readings(*range(0, 260, 20)), NOW)
    assert told.forecast.high - told.forecast.low > 10


def test_a_flow_never_goes_back_under_what_is_there():
    told = progress(aim(1000), readings(0, 50, 50, 50, 50, 51), NOW)
    assert told.forecast.low >= 51


def test_a_share_has_a_margin_and_no_forecast():
    seen = [Reading(at=NOW - timedelta(hours=1), numerator=8, denominator=10)]
    told = progress(aim(90, kind="ratio"), seen, NOW)
    assert told.value == 80
    assert told.forecast is None
    assert told.margin[0] < 80 < told.margin[1] <= 100


def test_a_share_of_nothing_is_no_reading():
    seen = [Reading(at=NOW, numerator=0, denominator=0)]
    assert progress(aim(90, kind="ratio"), seen, NOW).verdict == "no_reading"


def test_an_old_reading_is_called_stale():
    assert progress(aim(50), readings(1, 2, until=NOW - timedelta(days=15)), NOW).is_stale


def test_readings_of_the_future_are_not_seen():
    assert progress(aim(50), readings(1, 99, until=NOW + WEEK), NOW).value == 1


def test_changes_go_by_whole_weeks_back_from_now():
    assert weekly_changes(readings(0, 3, 7, 8), NOW) == [1, 4, 3]
    assert value_at(readings(0, 3, 7, 8), NOW - timedelta(days=8)) == 3


@pytest.mark.parametrize("mean", [2, 20, 200])
def test_the_range_holds_the_truth_about_eight_times_out_of_ten(mean):
    chance = random.Random(mean)
    held, runs, weeks = 0, 1500, 6
    for _ in range(runs):
        draws = [max(0.0, chance.gauss(mean, mean**0.5)) for _ in range(12 + weeks)]
        past = [sum(draws[:n]) for n in range(13)]
        told = progress(aim(10**9, weeks=weeks), readings(*past), NOW).forecast
        held += told.low <= sum(draws) <= told.high
    assert 0.78 <= held / runs <= 0.88
