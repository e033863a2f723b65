from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django_scopes import scope

from dialoog.core.clock import frozen
from dialoog.strategy import actions, queries
from dialoog.strategy.actions import GoalContent
from dialoog.strategy.models import Goal, StrategicGoal
from dialoog.strategy.rules import Point

CONTENT = GoalContent(
    title="Meer volgers in de wijk",
    purpose="profile",
    why="Mensen kennen ons brood, niet onze bakkers.",
    metric="followers",
    baseline=Decimal(400),
    target=Decimal(600),
    starts_on=date(2026, 1, 1),
    due_on=date(2026, 12, 31),
    expectation=(Point(date(2026, 9, 1), Decimal(500)), Point(date(2026, 3, 1), Decimal("410.5"))),
    budget_hours=Decimal(120),
)

TYPED = {
    "title": "Meer volgers in de wijk",
    "why": "Mensen kennen ons brood.",
    "purpose": "profile",
    "metric": "followers",
    "target": "1.600",
    "baseline": "412",
    "starts_on": "1-1-2026",
    "due_on": "31 december",
    "expectation": "1 september 2026: 500\n\n1 okt 2026: 512,5",
    "budget_hours": "12,5 uur",
    "budget_money": "€ 1.250,50",
}


def at(name, *args):
    return reverse(f"strategy:{name}", args=["korenaar", *args])


@pytest.fixture
def clock(now):
    with frozen(now):
        yield now


@pytest.fixture
def goal(noor, korenaar, now):
    with scope(organisation=korenaar):
        return actions.create_goal(noor, content=replace(CONTENT, owner=noor), now=now)


def test_a_goal_is_typed_as_dutch_people_type(browse, noor, korenaar, clock):
    answer = browse(noor).post(at("goal-new"), {**TYPED, "owner": noor.pk})
    assert answer.status_code == 303
    with scope(organisation=korenaar):
        (brief,) = queries.open_goals()
    assert brief.is_finished
    assert (brief.target, brief.due_on) == (1600, date(2026, 12, 31))
    assert (brief.budget_hours, brief.budget_money) == (Decimal("12.5"), Decimal("1250.50"))
    assert brief.expected_at(date(2026, 10, 1)) == Decimal("512.5")
    assert brief.counted_over == "all"


def test_an_unfinished_goal_is_saved_and_its_page_says_what_is_missing(browse, noor, clock):
    client = browse(noor)
    answer = client.post(at("goal-new"), {"title": "Half"}, follow=True)
    assert "Nog nodig" in answer.text
    assert "wie de eigenaar is" in answer.text


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("title", "", "Geef het een titel"),
        ("due_on", "31 februari", "Deze dag bestaat niet"),
        ("due_on", "1-1-2025", "moet na de begindag komen"),
        ("due_on", "als het af is", "is geen dag"),
        ("target", "veel", "is geen getal"),
        ("target", "412", "Daar staat het nu al"),
        ("target", "1,600", "op twee manieren"),
        ("budget_money", "$ 12", "munt van je organisatie"),
        ("expectation", "ergens in mei", "Regel 1"),
        ("expectation", "1 september 2027: 3", "vóór de einddag"),
        ("metric", "luck", ""),
        ("owner", "999", ""),
    ],
)
def test_a_refused_form_keeps_all_that_was_typed(browse, noor, clock, field, typed, sentence):
    answer = browse(noor).post(at("goal-new"), {**TYPED, field: typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Mensen kennen ons brood." in answer.text
    assert typed in answer.text or field in {"metric", "owner"}


def test_what_somebody_types_is_shown_as_text(browse, noor, clock):
    nasty = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    typed = {**TYPED, "title": nasty, "why": nasty, "metric": "hand", "metric_label": nasty[:40]}
    client = browse(noor)
    shown = [client.post(at("goal-new"), typed, follow=True), client.get(at("plan"))]
    shown.append(client.post(at("goal-new"), {**typed, "due_on": nasty}))
    for answer in shown:
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text


def test_the_form_gives_back_what_was_saved_as_it_was_typed(browse, noor, goal, clock):
    page = browse(noor).get(at("goal-edit", goal.pk)).text
    assert 'value="01-01-2026"' in page
    assert "01-03-2026: 410,5\n01-09-2026: 500" in page
    again = {**TYPED, "revision": goal.revision, "target": "700"}
    assert browse(noor).post(at("goal-edit", goal.pk), again).status_code == 303


def test_whoever_saves_second_is_told_who_was_first_and_keeps_the_text(browse, noor, goal, clock):
    client = browse(noor)
    client.post(at("goal-edit", goal.pk), {**TYPED, "title": "Eerst", "revision": 1})
    answer = client.post(at("goal-edit", goal.pk), {**TYPED, "title": "Later", "revision": 1})
    assert answer.status_code == 409
    assert "Noor" in answer.text
    assert "Later" in answer.text
    assert (
        client.post(at("goal-edit", goal.pk), {**TYPED, "title": "Later", "revision": 2}).status_code == 303
    )


def test_a_goal_closes_with_what_came_of_it_and_opens_again(browse, noor, goal, clock):
    client = browse(noor)
    closed = client.post(at("goal-close", goal.pk), {"note": "Gehaald."}, follow=True)
    assert "Gehaald." in closed.text
    assert client.post(at("goal-edit", goal.pk), {**TYPED, "revision": 2}).status_code == 409
    assert "weer open" in client.post(at("goal-reopen", goal.pk), follow=True).text


def test_the_page_hangs_goals_under_what_the_organisation_wants(browse, noor, goal, clock, korenaar):
    client = browse(noor)
    typed = {"title": "Bakker van de wijk", "strategy": "marketing", "description": ""}
    client.post(at("strategic-new"), typed)
    page = client.get(at("plan")).text
    assert "Zwevende doelen" in page
    with scope(organisation=korenaar):
        above = StrategicGoal.objects.get()
    client.post(at("goal-edit", goal.pk), {**TYPED, "revision": 1, "strategic_goal": above.pk})
    page = client.get(at("plan")).text
    assert "Zwevende doelen" not in page
    assert page.index("Bakker van de wijk") < page.index("Meer volgers in de wijk")
    ended = client.post(at("strategic-remove", above.pk), follow=True)
    assert "afgelopen" in ended.text
    client.post(at("strategic-resume", above.pk))
    changed = {**typed, "title": "Anders", "revision": 99}
    assert client.post(at("strategic-edit", above.pk), changed).status_code == 409
    assert client.post(at("strategic-edit", above.pk), {**changed, "revision": 3}).status_code == 303


def test_a_reader_sees_everything_and_changes_nothing(browse, sam, goal, clock, korenaar):
    client = browse(sam)
    assert "Meer volgers" in client.get(at("plan")).text
    page = client.get(at("goal", goal.pk)).text
    assert at("goal-edit", goal.pk) not in page
    for name, args in (
        ("goal-new", []),
        ("goal-edit", [goal.pk]),
        ("goal-close", [goal.pk]),
        ("goal-reopen", [goal.pk]),
        ("strategic-new", []),
    ):
        assert client.post(at(name, *args), TYPED).status_code == 403
    with scope(organisation=korenaar):
        assert Goal.objects.get().revision == 1


def test_a_stranger_finds_nothing(browse, tom, goal, clock):
    client = browse(tom)
    assert client.get(at("plan")).status_code == 404
    assert client.get(at("goal", goal.pk)).status_code == 404
    assert client.get(reverse("strategy:goal", args=["vaartland", goal.pk])).status_code == 404
    changed = client.post(reverse("strategy:goal-edit", args=["vaartland", goal.pk]), TYPED)
    assert changed.status_code == 404


def test_the_page_asks_few_questions_of_the_database(
    browse, noor, korenaar, clock, django_assert_max_num_queries
):
    with scope(organisation=korenaar):
        for n in range(30):
            actions.create_goal(noor, content=replace(CONTENT, title=f"Doel {n}", owner=noor), now=clock)
    client = browse(noor)
    with django_assert_max_num_queries(15):
        assert client.get(at("plan")).status_code == 200
