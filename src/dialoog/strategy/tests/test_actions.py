from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django_scopes import scope

from dialoog.core.errors import Conflict, Invalid, NotAllowed
from dialoog.organisations.models import AuditEntry
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


def test_a_goal_keeps_what_was_written_and_says_who_did_it(noor, inside, now):
    goal = actions.create_goal(noor, content=replace(CONTENT, owner=noor), now=now)
    brief = queries.goal_brief(goal.pk)
    assert brief is not None
    assert brief.is_finished
    assert brief.is_floating
    assert brief.owner_name == "Noor"
    assert brief.expected_at(date(2026, 9, 1)) == 500
    entry = AuditEntry.objects.get()
    assert (entry.what, entry.member_name, entry.after["target"]) == ("goal.made", "Noor", "600")


def test_an_unfinished_goal_is_kept_and_says_what_is_missing(noor, inside, now):
    goal = actions.create_goal(noor, content=GoalContent(title="Iets met service"), now=now)
    brief = queries.goal_brief(goal.pk)
    assert not brief.is_finished
    assert "owner" in brief.gaps
    assert brief in queries.open_goals()
    assert not queries.open_goals()[0].is_finished


def test_whoever_was_first_wins_and_nothing_is_overwritten(noor, inside, now):
    goal = actions.create_goal(noor, content=CONTENT, now=now)
    actions.change_goal(noor, goal=goal, content=replace(CONTENT, title="Eerst"), revision=1, now=now)
    with pytest.raises(Conflict) as refused:
        actions.change_goal(noor, goal=goal, content=replace(CONTENT, title="Later"), revision=1, now=now)
    assert refused.value.code == "goal_changed"
    assert Goal.objects.get().title == "Eerst"


def test_only_what_changed_is_in_the_log(noor, inside, now):
    goal = actions.create_goal(noor, content=CONTENT, now=now)
    actions.change_goal(noor, goal=goal, content=replace(CONTENT, target=Decimal(700)), revision=1, now=now)
    entry = AuditEntry.objects.filter(what="goal.changed").get()
    assert (entry.before, entry.after) == ({"target": "600"}, {"target": "700"})


def test_a_closed_goal_takes_no_change_until_it_is_opened_again(noor, inside, now):
    goal = actions.create_goal(noor, content=CONTENT, now=now)
    actions.close_goal(noor, goal=goal, note="Gehaald in oktober.", now=now)
    assert queries.open_goals() == []
    with pytest.raises(Conflict):
        actions.change_goal(noor, goal=goal, content=CONTENT, revision=2, now=now)
    with pytest.raises(Conflict):
        actions.close_goal(noor, goal=goal, now=now)
    actions.reopen_goal(noor, goal=goal, now=now)
    assert [brief.id for brief in queries.open_goals()] == [goal.pk]


def test_an_editor_changes_no_strategy(noor, sam, inside, now):
    goal = actions.create_goal(noor, content=CONTENT, now=now)
    above = actions.create_strategic_goal(noor, title="Bakker van de wijk", now=now)
    for refused in (
        lambda: actions.create_goal(sam, content=CONTENT, now=now),
        lambda: actions.change_goal(sam, goal=goal, content=CONTENT, revision=1, now=now),
        lambda: actions.close_goal(sam, goal=goal, now=now),
        lambda: actions.reopen_goal(sam, goal=goal, now=now),
        lambda: actions.create_strategic_goal(sam, title="X", now=now),
        lambda: actions.remove_strategic_goal(sam, strategic_goal=above, now=now),
        lambda: actions.resume_strategic_goal(sam, strategic_goal=above, now=now),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert AuditEntry.objects.count() == 2


def test_an_owner_of_another_organisation_is_refused(noor, tom, inside, now):
    with pytest.raises(Invalid) as refused:
        actions.create_goal(noor, content=replace(CONTENT, owner=tom), now=now)
    assert refused.value.field == "owner"
    assert not Goal.objects.exists()


def test_a_strategic_goal_of_another_organisation_is_refused(noor, tom, vaartland, inside, now):
    with scope(organisation=vaartland):
        theirs = actions.create_strategic_goal(tom, title="Van hen", now=now)
    with pytest.raises(Invalid) as refused:
        actions.create_goal(noor, content=replace(CONTENT, strategic_goal=theirs), now=now)
    assert refused.value.field == "strategic_goal"


def test_another_organisation_sees_none_of_it(noor, vaartland, korenaar, now):
    with scope(organisation=korenaar):
        goal = actions.create_goal(noor, content=CONTENT, now=now)
    with scope(organisation=vaartland):
        assert queries.open_goals() == []
        assert queries.goal_brief(goal.pk) is None
        assert queries.plan().is_empty


def test_a_strategic_goal_that_was_used_ends_and_an_unused_one_goes(noor, inside, now):
    used = actions.create_strategic_goal(noor, title="Bakker van de wijk", now=now)
    unused = actions.create_strategic_goal(noor, title="Vergissing", strategy="sales", now=now)
    actions.create_goal(noor, content=replace(CONTENT, strategic_goal=used), now=now)
    assert actions.remove_strategic_goal(noor, strategic_goal=unused, now=now) == "removed"
    assert actions.remove_strategic_goal(noor, strategic_goal=used, now=now) == "ended"
    assert [one.title for one in StrategicGoal.objects.all()] == ["Bakker van de wijk"]
    assert [branch.strategic_goal for branch in queries.plan().branches] == [used]


def test_under_an_ended_strategic_goal_nothing_new_is_hung(noor, inside, now):
    above = actions.create_strategic_goal(noor, title="Bakker van de wijk", now=now)
    hanging = actions.create_goal(noor, content=replace(CONTENT, strategic_goal=above), now=now)
    actions.remove_strategic_goal(noor, strategic_goal=above, now=now)
    with pytest.raises(Invalid):
        actions.create_goal(noor, content=replace(CONTENT, strategic_goal=above), now=now)
    kept = replace(CONTENT, title="Anders", strategic_goal=above)
    assert actions.change_goal(noor, goal=hanging, content=kept, revision=1, now=now).strategic_goal == above
    actions.resume_strategic_goal(noor, strategic_goal=above, now=now)
    actions.create_goal(noor, content=replace(CONTENT, strategic_goal=above), now=now)


def test_a_strategic_goal_that_somebody_changed_first_is_not_overwritten(noor, inside, now):
    above = actions.create_strategic_goal(noor, title="Bakker van de wijk", now=now)
    changed = {"strategic_goal": above, "strategy": "marketing", "description": "", "now": now}
    actions.change_strategic_goal(noor, title="Eerst", revision=1, **changed)
    with pytest.raises(Conflict):
        actions.change_strategic_goal(noor, title="Later", revision=1, **changed)
    with pytest.raises(Invalid):
        actions.change_strategic_goal(noor, title="Leeg", revision=2, **{**changed, "strategy": "luck"})


@pytest.mark.parametrize(
    ("title", "code"), [("", "title_empty"), (" \x00 ", "title_empty"), ("x" * 161, "title_too_long")]
)
def test_a_title_must_be_readable(noor, inside, now, title, code):
    with pytest.raises(Invalid) as refused:
        actions.create_goal(noor, content=replace(CONTENT, title=title), now=now)
    assert refused.value.code == code


def test_signs_that_cannot_be_kept_are_left_out(noor, inside, now):
    content = replace(CONTENT, title="Meer\x00 volgers \U0001f468‍\U0001f469‍\U0001f467", why="a\x00b")
    goal = actions.create_goal(noor, content=content, now=now)
    assert goal.title == "Meer volgers \U0001f468‍\U0001f469‍\U0001f467"
    assert goal.why == "ab"


def test_a_label_and_a_channel_stay_only_where_they_mean_something(noor, inside, now):
    content = replace(CONTENT, metric_label="klachten", counted_channel_id=3)
    goal = actions.create_goal(noor, content=content, now=now)
    assert (goal.metric_label, goal.counted_channel_id) == ("", None)


def test_the_rail_says_what_is_unfinished(noor, inside, now):
    assert queries.course_fact().state == "open"
    actions.create_goal(noor, content=replace(CONTENT, owner=noor), now=now)
    assert queries.course_fact().state == "done"
    actions.create_goal(noor, content=GoalContent(title="Half"), now=now)
    assert queries.course_fact().state == "attention"


def test_the_plan_takes_two_queries(noor, inside, now, django_assert_num_queries):
    above = actions.create_strategic_goal(noor, title="Bakker van de wijk", now=now)
    for n in range(6):
        content = replace(CONTENT, title=f"Doel {n}", strategic_goal=above if n % 2 else None, owner=noor)
        actions.create_goal(noor, content=content, now=now)
    with django_assert_num_queries(2):
        plan = queries.plan()
    assert (plan.goal_count, len(plan.floating), plan.budget_hours) == (6, 3, 720)
