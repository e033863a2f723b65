from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialoog.ui import charts

DAY = date(2026, 11, 1)


def share(value):
    return charts.Share("x", value, str(value))


def number(text):
    return float(text.rstrip("%"))


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_a_share_is_never_outside_the_bar(part, whole):
    assert 0 <= number(charts.percent(part, whole)) <= 100


def test_a_bullet_ends_at_its_target_until_that_is_passed():
    under, over = charts.bullet(412, 600, 499), charts.bullet(51, 40, 16)
    assert (under.value, under.expected, under.target) == ("68.7%", "83.2%", "")
    assert (over.value, over.expected, over.target) == ("100%", "31.4%", "78.4%")
    assert charts.bullet(0, 0).value == "0%"


def test_a_bar_keeps_what_is_not_used_empty():
    parts = charts.stack([share(300), share(300)], 900)
    assert [part.css for part in parts] == ["d1", "d2"]
    assert number(parts[1].x) + number(parts[1].width) == pytest.approx(66.7, abs=0.2)


def test_a_bar_of_five_parts_is_refused():
    with pytest.raises(ValueError, match="at most 4"):
        charts.stack([share(1)] * 5)


def test_the_ladder_shows_where_people_stand_without_drowning_in_dots():
    picture = charts.ladder(3, {2: 2, 3: 14})
    assert [step.css for step in picture.steps] == ["past", "past", "here", "next", "next"]
    assert [len(step.dots) for step in picture.steps] == [0, 2, 12, 0, 0]
    assert picture.steps[2].more == 2
    assert min(dot.y for step in picture.steps for dot in step.dots) > 0


def test_a_line_without_a_reading_says_nothing():
    with pytest.raises(ValueError, match="at least one"):
        charts.band([])


def test_a_line_of_one_reading_stands_where_it_should():
    picture = charts.band([charts.Reading(DAY, 5, "5")], target=10)
    assert (picture.history, picture.now_y, picture.target_y, picture.now_text) == ("0,80.0", "80", "0", "5")
    assert picture.area == ""


def test_a_forecast_begins_where_the_line_ends():
    readings = [charts.Reading(DAY, 0, "0"), charts.Reading(DAY + timedelta(days=10), 50, "50")]
    coming = [charts.Expectation(DAY + timedelta(days=20), 60, 80, 100, "60 tot 100")]
    picture = charts.band(readings, coming)
    assert picture.history.split()[-1] == picture.middle.split()[0] == picture.area.split()[0] == "500,80.0"
    assert picture.area.split()[-1] == "1000,0.0"
    assert (picture.today_x, picture.is_late, picture.top) == ("50%", False, 100)


def test_the_label_of_the_last_reading_finds_room():
    readings = [charts.Reading(DAY, 1, "1"), charts.Reading(DAY + timedelta(days=9), 2, "2")]
    assert charts.band(readings).is_late
