from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from dialoog.core.errors import Conflict, Invalid, NotAllowed
from dialoog.organisations.models import AuditEntry
from dialoog.policy.models import Approval
from dialoog.publishing.actions import (
    ask_approval_for_post,
    decide_on_post,
    move_post,
    plan_post,
    publish_now,
    save_draft,
    withdraw_post,
)
from dialoog.publishing.actions.approvals import asked, digest_of, planned_of
from dialoog.publishing.drafting import content_of
from dialoog.publishing.models import Delivery, Post
from dialoog.publishing.rules import state_of
from dialoog.publishing.tests.conftest import make_goal

FRIDAY = date(2026, 11, 27)
NOON = time(12)


def kept(post):
    return Post.objects.get(pk=post.pk)


def change(actor, post, now, **fields):
    return save_draft(
        actor, post=post, content=replace(content_of(kept(post)), **fields), revision=None, now=now
    )


def states(post):
    return sorted(Delivery.objects.filter(post=post).values_list("state", flat=True))


def refusal(*args, **kwargs):
    with pytest.raises(Invalid) as refused:
        plan_post(*args, **kwargs)
    return refused.value.field, refused.value.code


def test_planning_puts_down_one_delivery_a_channel(sam, draft, bluesky, second, policy, now):
    change(
        sam,
        draft,
        now,
        own_texts={bluesky.pk: None, second.pk: "Anders: kerststol, vanaf vrijdag, in twee maten."},
    )
    planned = plan_post(sam, post=draft, day=FRIDAY, time=NOON, now=now)
    assert planned.post.due_at == datetime(2026, 11, 27, 11, 0, tzinfo=UTC)
    assert not planned.is_awaited
    texts = {row.channel_id: row.content["text"] for row in Delivery.objects.filter(post=draft)}
    assert texts[second.pk].startswith("Anders")
    assert texts[bluesky.pk] == draft.text
    assert {row.due_at for row in Delivery.objects.all()} == {planned.post.due_at}
    entry = AuditEntry.objects.get(what="post.planned")
    assert entry.after["channels"] == [bluesky.name, second.name]


def test_a_post_needs_a_finished_goal(sam, noor, draft, policy, now):
    change(sam, draft, now, goal_id=None)
    assert refusal(sam, post=draft, day=FRIDAY, time=NOON, now=now) == ("", "post_blocked")
    loose = make_goal(noor, title="Ooit iets", target=None)
    change(sam, draft, now, goal_id=loose.pk)
    assert refusal(sam, post=draft, day=FRIDAY, time=NOON, now=now) == ("", "post_blocked")
    assert states(draft) == []


def test_what_the_network_refuses_is_not_planned(sam, draft, policy, now):
    change(sam, draft, now, text="x" * 301)
    assert refusal(sam, post=draft, day=FRIDAY, time=NOON, now=now) == ("", "post_blocked")
    family = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
    change(sam, draft, now, text=family * 150)
    assert len(family * 150) > 300
    plan_post(sam, post=draft, day=FRIDAY, time=NOON, now=now)


def test_days_times_and_channels_that_are_missing_each_say_so(sam, draft, policy, now):
    assert refusal(sam, post=draft, day=None, time=NOON, now=now) == ("day", "day_empty")
    assert refusal(sam, post=draft, day=FRIDAY, time=None, now=now) == ("time", "time_empty")
    past = date(2026, 11, 26)
    assert refusal(sam, post=draft, day=past, time=time(9), now=now) == ("day", "moment_past")
    assert refusal(sam, post=draft, day=date(2036, 1, 1), time=NOON, now=now) == ("day", "moment_far")
    change(sam, draft, now, own_texts={})
    assert refusal(sam, post=draft, day=FRIDAY, time=NOON, now=now) == ("channels", "channels_empty")


def test_summer_time_moves_what_is_skipped_and_asks_about_what_comes_twice(sam, draft, policy, now):
    skipped = plan_post(sam, post=draft, day=date(2027, 3, 28), time=time(2, 30), now=now)
    assert skipped.wall == "skipped"
    assert skipped.post.due_at == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert skipped.post.planned_time == time(3)
    night = date(2027, 10, 31)
    assert refusal(sam, post=draft, day=night, time=time(2, 30), now=now) == ("fold", "time_twice")
    first = plan_post(sam, post=draft, day=night, time=time(2, 30), fold="first", now=now).post.due_at
    second = plan_post(sam, post=draft, day=night, time=time(2, 30), fold="second", now=now).post.due_at
    assert second - first == timedelta(hours=1)


def test_advice_that_is_put_aside_wants_a_reason_which_is_kept(sam, draft, bluesky, policy, now, picture):
    picture(draft)
    assert refusal(sam, post=draft, day=FRIDAY, time=NOON, now=now) == ("advice_reason", "reason_needed")
    change(sam, draft, now, advice_reason="De foto is versiering.")
    plan_post(sam, post=draft, day=FRIDAY, time=NOON, now=now)
    assert AuditEntry.objects.get(what="post.planned").after["reason"] == "De foto is versiering."


def test_consent_is_asked_and_a_change_asks_again(sam, ayse, draft, policy, now):
    change(sam, draft, now, text="Over de verkiezingen bakken we niets.")
    assert plan_post(sam, post=draft, day=FRIDAY, time=NOON, now=now).is_awaited
    (question,) = asked(draft)
    assert question.content_hash == Delivery.objects.get(post=draft).content_hash
    assert question.needed_by == kept(draft).due_at
    assert state_of(states(draft), ["asked"]) == "waiting"
    decide_on_post(ayse, post=draft, approved=True, seen=digest_of(planned_of(draft)), now=now)
    assert not plan_post(sam, post=draft, day=FRIDAY, time=time(14), now=now).is_awaited
    change(sam, draft, now, text="Iets anders over de verkiezingen.")
    assert plan_post(sam, post=draft, day=FRIDAY, time=NOON, now=now).is_awaited
    assert states(draft) == ["scheduled", "withdrawn", "withdrawn"]


def test_nobody_approves_what_they_asked_for(sam, noor, ayse, draft, policy, now):
    change(sam, draft, now, text="Over de verkiezingen bakken we niets.")
    plan_post(noor, post=draft, day=FRIDAY, time=NOON, now=now)
    with pytest.raises(NotAllowed, match="own_approval"):
        decide_on_post(noor, post=draft, approved=True, seen=digest_of(planned_of(draft)), now=now)
    with pytest.raises(NotAllowed, match="approve"):
        decide_on_post(sam, post=draft, approved=True, seen="", now=now)
    decide_on_post(ayse, post=draft, approved=True, seen=digest_of(planned_of(draft)), now=now)
    assert not asked(draft)


def test_without_anybody_to_approve_planning_says_so(noor, draft, policy, now):
    change(noor, draft, now, text="Over de verkiezingen bakken we niets.")
    assert refusal(noor, post=draft, day=FRIDAY, time=NOON, now=now) == ("", "nobody_approves")
    assert states(draft) == []


def test_an_approver_decides_only_on_what_was_on_the_screen(sam, ayse, draft, policy, now):
    change(sam, draft, now, text="Over de verkiezingen bakken we niets.")
    plan_post(sam, post=draft, day=FRIDAY, time=NOON, now=now)
    seen = digest_of(planned_of(draft))
    change(sam, draft, now, text="Toch anders, over de verkiezingen.")
    plan_post(sam, post=draft, day=FRIDAY, time=NOON, now=now)
    with pytest.raises(Conflict, match="approval_stale"):
        decide_on_post(ayse, post=draft, approved=True, seen=seen, now=now)


def test_sending_back_wants_a_reason_and_takes_the_post_off_the_plan(sam, ayse, draft, policy, now):
    change(sam, draft, now, text="Over de verkiezingen bakken we niets.")
    plan_post(sam, post=draft, day=FRIDAY, time=NOON, now=now)
    seen = digest_of(planned_of(draft))
    with pytest.raises(Invalid, match="change_reason_empty"):
        decide_on_post(ayse, post=draft, approved=False, seen=seen, reason=" ", now=now)
    decide_on_post(ayse, post=draft, approved=False, seen=seen, reason="Noem de datum.", now=now)
    assert kept(draft).due_at is None
    assert states(draft) == ["withdrawn"]
    assert Approval.objects.get().reason == "Noem de datum."
    with pytest.raises(Conflict, match="approval_none"):
        decide_on_post(ayse, post=draft, approved=True, seen=seen, now=now)


def test_a_moved_post_keeps_its_consent_and_is_judged_again(sam, ayse, draft, policy, now):
    change(sam, draft, now, text="Over de verkiezingen bakken we niets.")
    plan_post(sam, post=draft, day=FRIDAY, time=NOON, now=now)
    decide_on_post(ayse, post=draft, approved=True, seen=digest_of(planned_of(draft)), now=now)
    moved = move_post(sam, post=draft, day=date(2026, 11, 30), time=NOON, now=now)
    assert not moved.is_awaited
    assert moved.post.due_at == datetime(2026, 11, 30, 11, 0, tzinfo=UTC)
    assert states(draft) == ["scheduled", "withdrawn"]


def test_what_was_changed_since_is_planned_again_not_moved(sam, draft, policy, now):
    plan_post(sam, post=draft, day=FRIDAY, time=NOON, now=now)
    change(sam, draft, now, text="Iets anders.")
    assert Delivery.objects.get().content["text"] != "Iets anders."
    with pytest.raises(Conflict, match="post_differs"):
        move_post(sam, post=draft, day=FRIDAY, time=time(14), now=now)


def test_a_withdrawn_post_is_a_draft_with_its_wish(sam, draft, policy, now):
    with pytest.raises(Conflict, match="post_not_planned"):
        withdraw_post(sam, post=draft, now=now)
    plan_post(sam, post=draft, day=FRIDAY, time=NOON, now=now)
    after = withdraw_post(sam, post=draft, now=now)
    assert after.due_at is None
    assert after.planned_day == FRIDAY
    assert states(draft) == ["withdrawn"]


def test_what_is_out_or_under_way_no_longer_changes(sam, draft, policy, now):
    publish_now(sam, post=draft, now=now)
    for state in ("claimed", "sending", "unknown", "published", "removed"):
        Delivery.objects.update(state=state)
        with pytest.raises(Conflict, match="post_under_way"):
            change(sam, draft, now, text="te laat")
        with pytest.raises(Conflict, match="post_under_way"):
            plan_post(sam, post=draft, day=FRIDAY, time=NOON, now=now)
    assert len(states(draft)) == 1


def test_publishing_now_is_due_now_under_the_same_rules(sam, draft, policy, now):
    assert publish_now(sam, post=draft, now=now).post.due_at == now
    change(sam, draft, now, text="gratis geld", goal_id=None)
    with pytest.raises(Invalid, match="post_blocked"):
        publish_now(sam, post=draft, now=now)


def test_asking_again_is_for_planned_posts(sam, ayse, draft, policy, now):
    with pytest.raises(Conflict, match="post_not_planned"):
        ask_approval_for_post(sam, post=draft, now=now)
    change(sam, draft, now, text="Over de verkiezingen bakken we niets.")
    plan_post(sam, post=draft, day=FRIDAY, time=NOON, now=now)
    assert ask_approval_for_post(sam, post=draft, now=now)
    assert len(asked(draft)) == 1


@pytest.mark.parametrize("role", ["bram", "tom"])
def test_who_may_not_write_plans_nothing(request, role, draft, policy, now):
    actor = request.getfixturevalue(role)
    for action in (plan_post, move_post):
        with pytest.raises(NotAllowed) if role == "bram" else pytest.raises(Exception):  # noqa: PT011 - a stranger's scope fails first
            action(actor, post=draft, day=FRIDAY, time=NOON, now=now)
    assert states(draft) == []
