from datetime import date

import pytest

from dialoog.assess.pictures import ladder, path


@pytest.mark.parametrize(
    ("here", "css"),
    [
        (None, ["next"] * 5),
        ((1, 2), ["here", "here", "next", "next", "next"]),
        ((3, 3), ["past", "past", "here", "next", "next"]),
        ((4, 5), ["past", "past", "past", "here", "here"]),
    ],
)
def test_the_ladder_marks_the_phases_that_the_scan_means(here, css):
    assert [step.css for step in ladder(here).steps] == css


def test_each_answer_is_a_dot_within_the_picture():
    drawn = ladder((3, 3), {(1, 2): 9, (3, 3): 5, (4, 5): 1})
    dots = [dot for step in drawn.steps for dot in step.dots]
    assert len(dots) == 15
    assert all(0 < dot.y < drawn.height and 0 < float(dot.x.rstrip("%")) < 100 for dot in dots)
    assert drawn.steps[0].dots == []


def test_one_round_is_no_path():
    assert path([(date(2026, 1, 1), (3, 3))]) is None


def test_the_path_climbs_with_the_phases():
    drawn = path([(date(2026, 1, 1), (1, 2)), (date(2026, 7, 1), (3, 3)), (date(2027, 1, 1), (4, 5))])
    heights = [stop.y for stop in drawn.stops]
    assert heights == sorted(heights, reverse=True)
    assert len(drawn.legs) == 2


def test_rounds_of_one_day_make_a_path_too():
    assert path([(date(2026, 1, 1), (3, 3)), (date(2026, 1, 1), (4, 5))]) is not None
