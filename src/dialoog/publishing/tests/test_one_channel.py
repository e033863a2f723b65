"""Rules and goals that are narrowed to one channel, through their own screens."""

from dataclasses import replace

import pytest
from django.urls import reverse

from dialoog.policy.actions import publish_policy
from dialoog.publishing.actions import save_draft
from dialoog.publishing.checks import check_post
from dialoog.publishing.drafting import content_of
from dialoog.publishing.tests.conftest import make_channel
from dialoog.strategy.models import Goal


@pytest.fixture(autouse=True)
def _now(stopped):
    return stopped


@pytest.fixture
def other(inside):
    return make_channel(inside, name="De Korenaar Vacatures", remote_id="did:plc:vacatures")


@pytest.fixture
def stranger(vaartland):
    return make_channel(vaartland, name="Vaartland", remote_id="did:plc:vaartland")


def test_a_goal_counts_one_channel(browse, noor, inside, bluesky, other, stranger):
    address = reverse("strategy:goal-new", args=["korenaar"])
    form = browse(noor).get(address).content.decode()
    assert "Alleen De Korenaar Vacatures (Bluesky)" in form
    assert "Vaartland (Bluesky)" not in form
    typed = {"title": "Meer volgers", "metric": "followers", "counted_over": f"channel:{other.pk}"}
    assert browse(noor).post(address, typed).status_code == 303
    goal = Goal.objects.get()
    assert (goal.counted_over, goal.counted_channel_id) == ("channel", other.pk)
    page = browse(noor).get(reverse("strategy:goal", args=["korenaar", goal.pk])).content.decode()
    assert "Alleen De Korenaar Vacatures (Bluesky)" in page


def test_a_goal_keeps_its_channel_when_that_is_disconnected(browse, noor, inside, other):
    goal = Goal.objects.create(
        organisation=inside,
        title="Meer volgers",
        metric="followers",
        counted_over="channel",
        counted_channel_id=other.pk,
        created_at=other.connected_at,
    )
    other.state = "disconnected"
    other.save()
    address = reverse("strategy:goal-edit", args=["korenaar", goal.pk])
    typed = {"title": "Meer volgers dan eerst", "metric": "followers", "revision": goal.revision}
    assert browse(noor).post(address, {**typed, "counted_over": f"channel:{other.pk}"}).status_code == 303
    goal.refresh_from_db()
    assert (goal.title, goal.counted_channel_id) == ("Meer volgers dan eerst", other.pk)


@pytest.mark.parametrize("choice", ["channel:{stranger}", "channel:x", "channel:", "channel"])
def test_no_other_channel_can_be_chosen(browse, noor, inside, other, stranger, choice):
    address = reverse("strategy:goal-new", args=["korenaar"])
    typed = {"title": "Meer volgers", "metric": "followers"}
    chosen = choice.format(stranger=stranger.pk)
    assert browse(noor).post(address, {**typed, "counted_over": chosen}).status_code == 422
    assert not Goal.objects.exists()


@pytest.mark.usefixtures("policy")
def test_approval_is_asked_on_one_channel_only(browse, noor, sam, draft, other, now):
    form = reverse("policy:rule-new", args=["korenaar"]) + "?soort=approval"
    typed = {
        "title": "Vacatures",
        "text": "HR leest mee.",
        "strength": "ask_approval",
        "p_roles": ["approver"],
    }
    answer = browse(noor).post(form, {**typed, "p_about": "", "s_channels": [str(other.pk)]})
    assert answer.status_code == 303
    publish_policy(noor, note="Vacatures", now=now)
    here = {**content_of(draft).own_texts, other.pk: None}
    changed = replace(content_of(draft), own_texts=here)
    found = check_post(
        save_draft(sam, post=draft, content=changed, revision=None, now=now), planned_at=None, now=now
    )
    asks = {one.channel.name for one in found.channels if one.judgement.needs_approval}
    assert asks == {"De Korenaar Vacatures"}
