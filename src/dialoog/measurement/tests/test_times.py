import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialoog.core.errors import Invalid
from dialoog.measurement.rules.times import parse_minutes, parse_number


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("1:30", 90),
        ("1,5", 90),
        ("1.5 u", 90),
        ("2", 120),
        ("2 uur", 120),
        ("1u30", 90),
        ("1 h 5", 65),
        ("45 min", 45),
        ("90m", 90),
        ("0,25", 15),
        ("\uff11:\uff13\uff10", 90),
    ],
)
def test_a_duration_is_read_as_people_type_it(typed, minutes):
    assert parse_minutes(typed) == minutes


@pytest.mark.parametrize("typed", ["", "  ", "veel", "1:75", "-1", "1,555", "1e3", "9" * 5, "\x00"])
def test_what_is_no_duration_is_refused(typed):
    with pytest.raises(Invalid):
        parse_minutes(typed)


@given(st.text(max_size=60))
def test_no_text_breaks_the_readers(text):
    for read in (parse_minutes, parse_number):
        with contextlib.suppress(Invalid):
            assert read(text) >= 0


def test_a_number_is_read_with_comma_or_point():
    assert parse_number("1 250,5") == Decimal("1250.5")
