from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.utils import timezone
from django.utils.translation import override

from dialoog.ui import clocks, formats

AT = datetime(2026, 11, 26, 9, 24, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_the_netherlands():
    with timezone.override("Europe/Amsterdam"), override("nl"):
        yield


@pytest.mark.parametrize(
    ("name", "value", "dutch", "english"),
    [
        ("day", AT, "do 26 nov", "Thu 26 Nov"),
        ("day_year", date(2026, 3, 1), "1 mrt 2026", "1 Mar 2026"),
        ("day_long", AT, "donderdag 26 november", "Thursday 26 November"),
        ("month", AT, "november 2026", "November 2026"),
        ("week", date(2027, 1, 1), "week 53", "week 53"),
        ("clock", AT, "10:24", "10:24"),
        ("moment", AT, "do 26 nov 10:24", "Thu 26 Nov 10:24"),
        ("iso", AT, "2026-11-26T10:24:00+01:00", "2026-11-26T10:24:00+01:00"),
        ("money", Decimal("1234.5"), "€ 1.234,50", "€1,234.50"),
        ("money_round", Decimal("1234.5"), "€ 1.234", "€1,234"),
        ("number", 1234.5, "1.234", "1,234"),
        ("percent", 0.87, "87%", "87%"),
        ("duration", timedelta(hours=2, minutes=6), "2 u 06", "2 h 06"),
        ("duration", -960, "16 min", "16 min"),
        ("duration", 86400 * 3, "3 dagen", "3 days"),
        ("hours", Decimal("5.5"), "5,5 u", "5.5 h"),
        ("hours", 4, "4 u", "4 h"),
    ],
)
def test_a_value_reads_as_people_write_it(name, value, dutch, english):
    said = {}
    for language in ("nl", "en"):
        with override(language):
            said[language] = formats.FILTERS[name](value).replace("\N{NO-BREAK SPACE}", " ")
    assert said == {"nl": dutch, "en": english}


@pytest.mark.parametrize("name", sorted(formats.FILTERS))
def test_what_is_missing_is_empty_and_never_nought(name):
    more = (AT,) if name == "relative" else ()
    assert formats.FILTERS[name](None, *more) == ""


def face(minutes, **options):
    due = AT + timedelta(minutes=minutes)
    return clocks.clock_face(left_seconds=minutes * 60, promise_seconds=7200, deadline=due, now=AT, **options)


def test_a_clock_turns_amber_under_a_quarter_and_then_says_that_it_is_late():
    assert [face(minutes).state for minutes in (60, 30, 29, 0, -1)] == ["ok", "ok", "soon", "soon", "late"]
    assert (face(-34).text, face(-34).note, face(-34).icon) == ("34 min te laat", "moest vóór 09:50", "alert")
    assert (face(126).text, face(126).note, face(126).bar_width) == ("nog 2 u 06", "vóór 12:30", "100%")


def test_a_paused_clock_says_when_it_goes_on_and_does_not_tick():
    paused = face(60, resumes_at=datetime(2026, 11, 30, 8, tzinfo=UTC))
    assert (paused.state, paused.note, paused.left_seconds) == (
        "paused",
        "gesloten, verder ma 30 nov 09:00",
        None,
    )


def test_the_days_of_both_languages_are_known():
    for language, weekday in product(("nl", "en"), range(7)):
        with override(language):
            assert formats.day_long(date(2026, 11, 23) + timedelta(days=weekday))
