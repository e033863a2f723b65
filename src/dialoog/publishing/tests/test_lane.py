"""A worker that froze between committing and sending."""

from datetime import timedelta

import pytest

from dialoog.channels.actions import install_builtin
from dialoog.newsroom.models import Item
from dialoog.policy.actions import install_starter_policy
from dialoog.publishing.actions import plan_post, start_draft
from dialoog.publishing.delivering import claiming, lane, outcomes, steps
from dialoog.publishing.delivering.doors import OpenDoors
from dialoog.publishing.drafting import Content
from dialoog.publishing.models import Delivery
from dialoog.publishing.tests.conftest import make_goal


@pytest.fixture
def sending(noor, inside, now, stopped):
    """A delivery whose sending is committed, and not a byte has left."""
    install_starter_policy(noor, now=now)
    channel = install_builtin(noor, now=now)
    content = Content(text="Vers brood om zes uur.", goal_id=make_goal(noor).pk, own_texts={channel.pk: None})
    post = start_draft(noor, content=content, now=now)
    local = (now + timedelta(hours=2)).astimezone(noor.organisation.zone)
    plan_post(noor, post=post, day=local.date(), time=local.time(), now=now)
    moment = Delivery.objects.get().due_at
    ((ticket, delivery),) = claiming.load(claiming.claim_due("a", now=moment)).items()
    ready = steps.prepare(ticket, delivery, OpenDoors(), now=moment)
    outcomes.write([steps.frozen(ready)], now=moment)
    assert outcomes.write([steps.sending(ready, now=moment)], now=moment)
    return ready, moment


def test_what_was_committed_just_now_is_sent(sending, now):
    ready, _moment = sending
    line = lane.DeliveryLane("a")
    line._publish(ready, now)
    assert line.found.get_nowait().new == "published"
    assert Item.objects.count() == 1


def test_a_worker_that_woke_too_late_sends_nothing_and_leaves_it_to_who_took_over(sending, now):
    ready, moment = sending
    line = lane.DeliveryLane("a")
    line._publish(ready, now - claiming.LEASE / 2)
    assert line.found.get_nowait() == ready.ticket
    assert not Item.objects.exists()
    assert claiming.recover(now=moment + claiming.LEASE + timedelta(seconds=1)) == 1
    assert Delivery.objects.get().state == "unknown"
