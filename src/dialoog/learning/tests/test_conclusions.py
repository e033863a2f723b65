from datetime import date, timedelta

import pytest
from django.urls import reverse

from dialoog.core.errors import Conflict, Invalid, NotAllowed
from dialoog.learning import actions, queries
from dialoog.organisations.models import AuditEntry

pytestmark = pytest.mark.usefixtures("inside")
SPRING = date(2027, 3, 1)


def made(actor, now, **more):
    given = {
        "text": "Vragen komen op maandag.",
        "action": "Zondag plaatsen.",
        "owner": actor,
        "look_again_on": SPRING,
    }
    return actions.conclude(actor, **{**given, **more}, now=now)


def test_a_conclusion_comes_back_on_its_day(noor, now):
    one = made(noor, now)
    assert queries.due(SPRING - timedelta(days=1)) == []
    assert queries.due(SPRING) == [one]
    assert AuditEntry.objects.get(what="conclusion.made").after["owner"] == "Noor"


@pytest.mark.parametrize("day", [date(2026, 11, 26), date(2020, 1, 1), date(2030, 1, 1)])
def test_its_day_is_to_come_within_two_years(noor, now, day):
    with pytest.raises(Invalid, match="day_not_to_come"):
        made(noor, now, look_again_on=day)


def test_only_who_concludes_may(sam, now):
    with pytest.raises(NotAllowed):
        made(sam, now)


def test_what_came_of_it_closes_it_once_and_it_can_open_again(noor, now):
    one = made(noor, now)
    with pytest.raises(Invalid, match="outcome_empty"):
        actions.close(noor, conclusion=one, outcome=" ", now=now)
    actions.close(noor, conclusion=one, outcome="Minder vragen.", now=now)
    with pytest.raises(Conflict):
        actions.close(noor, conclusion=one, outcome="Nog eens.", now=now)
    assert queries.due(SPRING) == []
    actions.reopen(noor, conclusion=one, now=now)
    assert queries.due(SPRING) == [one]


def test_a_refused_form_keeps_what_was_typed(noor, korenaar, browse):
    url = reverse("learning:conclusion-new", args=[korenaar.slug])
    answer = browse(noor).post(url, {"text": "Een <b>les</b>", "owner": noor.pk, "look_again_on": "gisteren"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Een &lt;b&gt;les&lt;/b&gt;" in page
    assert "gisteren" in page
