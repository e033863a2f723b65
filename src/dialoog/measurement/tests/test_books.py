from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from dialoog.core.errors import Invalid, NotAllowed
from dialoog.core.money import Money
from dialoog.measurement.actions.books import (
    add_cost,
    count_work,
    install_starter_norms,
    log_hours,
    remove_hours,
    set_rate,
)
from dialoog.measurement.models import Hours
from dialoog.measurement.queries.books import costs_between

pytestmark = pytest.mark.usefixtures("inside")
DAY = date(2026, 11, 25)


def test_hours_times_rate_and_other_money_make_the_cost(noor, sam, now):
    set_rate(noor, per_hour=Money(Decimal(40)), starts_on=date(2026, 1, 1), now=now)
    set_rate(noor, per_hour=Money(Decimal(60)), starts_on=date(2026, 1, 1), member=sam, now=now)
    log_hours(sam, day=DAY, minutes=30, activity="making", now=now)
    log_hours(noor, day=DAY, minutes=60, activity="meeting", now=now)
    add_cost(noor, day=DAY, amount=Money(Decimal(10)), kind="tools", now=now)
    assert costs_between(date(2026, 11, 1), date(2026, 11, 30)).total.money == 80


def test_a_reader_and_an_editor_may_not_set_rates(sam, now):
    with pytest.raises(NotAllowed):
        set_rate(sam, per_hour=Money(Decimal(40)), starts_on=DAY, now=now)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"minutes": 0}, "hours_out_of_range"),
        ({"minutes": 1441}, "hours_out_of_range"),
        ({"day": date(2026, 12, 24)}, "day_to_come"),
    ],
)
def test_impossible_hours_are_refused(sam, now, wrong, code):
    with pytest.raises(Invalid, match=code):
        log_hours(sam, **{"day": DAY, "minutes": 10, "activity": "making", **wrong}, now=now)


def test_a_colleagues_hours_are_not_mine_to_remove(noor, sam, bram, now):
    line = log_hours(sam, day=DAY, minutes=30, activity="making", now=now)
    with pytest.raises(NotAllowed):
        remove_hours(bram, hours=line, now=now)
    remove_hours(noor, hours=line, now=now)
    assert not Hours.objects.exists()


def test_work_counts_once_for_its_norm_and_stays_removed(noor, sam, now):
    install_starter_norms(noor, now=now)
    for _ in range(2):
        count_work(sam, activity="making", key="post:1", at=now, now=now)
    line = Hours.objects.get()
    assert (line.minutes, line.source) == (25, "system")
    remove_hours(sam, hours=line, now=now)
    count_work(sam, activity="making", key="post:1", at=now, now=now)
    assert Hours.objects.get().minutes == 0


def test_four_hours_a_week_is_a_sum_a_year(noor, korenaar, browse):
    page = browse(noor).get(
        reverse("measurement:books", args=[korenaar.slug]), {"hours": "4", "per_hour": "85"}
    )
    assert "17.680,00" in page.content.decode()


def test_another_currency_is_refused_and_what_was_typed_stays(noor, korenaar, browse):
    url = reverse("measurement:cost-new", args=[korenaar.slug])
    answer = browse(noor).post(
        url, {"amount": "$ 12", "kind": "tools", "day": "gisteren", "note": "Reclame & zo"}
    )
    assert answer.status_code == 422
    assert "$ 12" in answer.content.decode()
    assert "Reclame &amp; zo" in answer.content.decode()
