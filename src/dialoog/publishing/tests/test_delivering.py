from dataclasses import replace
from datetime import timedelta

import pytest
from django_scopes import scope, scopes_disabled

from dialoog.channels import actions
from dialoog.channels.actions import install_builtin
from dialoog.channels.models import Channel
from dialoog.core.clock import frozen
from dialoog.core.errors import Conflict, NotAllowed
from dialoog.core.models import Job
from dialoog.core.work.leases import Ticket
from dialoog.core.work.worker import run_due
from dialoog.networks.tests.fault_proxy import standing_before
from dialoog.newsroom.models import Item
from dialoog.organisations.models import AuditEntry
from dialoog.policy.actions import (
    RuleDraft,
    add_rule,
    ask_approval,
    decide,
    install_starter_policy,
    publish_policy,
)
from dialoog.publishing import content, deliveries
from dialoog.publishing.delivering import claiming, moves, outcomes, releasing, steps
from dialoog.publishing.delivering.doors import OpenDoors
from dialoog.publishing.models import Delivery, DeliveryStep, Post
from dialoog.publishing.tests import network
from dialoog.publishing.tests.conftest import make_goal


@pytest.fixture(scope="module")
def server():
    process, url = network.started()
    yield url
    network.stop(process)


@pytest.fixture
def net(server, settings):
    with standing_before(server) as line:
        settings.ALLOW_ADDRESSES = frozenset({line.url.removeprefix("http://")})
        yield network.Network(server, line)


@pytest.fixture
def sky(net, inside, noor, now, request):
    """A channel on that network, with an account of its own."""
    with frozen(now):
        return actions.connect(
            noor,
            network="bluesky",
            way="app-wachtwoord",
            typed={
                "address": net.line.url,
                "handle": f"{abs(hash(request.node.name))}.test",
                "password": "secret",
            },
            now=now,
        )[0]


@pytest.fixture
def planned(noor, sam, policy, now, request):
    """Return a function that plans a post of its own text."""

    def plan(channel, *, text="Vanaf vrijdag kerststol.", actor=sam, due_at=now, goal=None, **fields):
        goal = goal or make_goal(actor)
        text = f"{text} {request.node.name}"
        post = Post.objects.create(
            organisation=actor.organisation,
            text=text,
            goal=goal,
            author=actor,
            due_at=due_at,
            created_at=now,
            changed_at=now,
            **fields,
        )
        snapshot = content.build(text, language="nl")
        return deliveries.schedule(
            actor, channel=channel, content=snapshot, due_at=due_at, post=post, now=now
        )

    return plan


def work(now):
    """Let a worker do what is due, as at `now`, and return nothing."""
    with frozen(now):
        run_due(now)


def state(delivery):
    delivery.refresh_from_db()
    return delivery.state, delivery.reason_code


def forbid(member, word, now):
    rule = RuleDraft(
        title="Niet", text="Niet.", kind="words", strength="block", params={"words": [{"word": word}]}
    )
    add_rule(member, draft=rule, now=now)
    publish_policy(member, note="Een woord erbij", now=now)


def count(net, delivery):
    return net.texts().count(delivery.content["text"])


SOON = timedelta(minutes=2)


def test_it_leaves_at_its_moment_and_once(net, sky, planned, now):
    delivery = planned(sky, due_at=now + SOON)
    work(now)
    assert state(delivery) == ("scheduled", "")
    work(now + SOON)
    work(now + SOON)
    assert state(delivery) == ("published", "")
    assert count(net, delivery) == 1
    assert delivery.lateness == timedelta()
    assert delivery.remote_uri.endswith(delivery.key)
    moved = list(DeliveryStep.objects.filter(delivery=delivery).values_list("old", "new"))
    assert moved == [("", "scheduled"), ("claimed", "sending"), ("sending", "published")]


def test_it_reaches_the_newsroom(inside, noor, planned, now):
    delivery = planned(install_builtin(noor, now=now))
    work(now)
    assert state(delivery) == ("published", "")
    assert [item.text for item in Item.objects.all()] == [delivery.content["text"]]


def test_another_organisation_s_rules_do_not_judge_it(net, sky, planned, vaartland, tom, now):
    with scope(organisation=vaartland):
        install_starter_policy(tom, now=now)
        forbid(tom, "kerststol", now)
    delivery = planned(sky)
    work(now)
    assert state(delivery) == ("published", "")


def test_a_rule_made_after_planning_still_stops_it(net, sky, planned, noor, now):
    delivery = planned(sky, due_at=now + SOON)
    forbid(noor, "kerststol", now)
    work(now + SOON)
    assert state(delivery) == ("held", "rule_blocks")
    assert len(delivery.reason["rules"]) == 1
    assert count(net, delivery) == 0


def test_a_rule_stops_it_even_when_it_was_on_its_way_before(net, sky, planned, noor, now):
    delivery = planned(sky)
    net.fails(status=429, headers={"retry-after": "60"})
    work(now)
    assert state(delivery) == ("scheduled", "limit_reached")
    net.works()
    forbid(noor, "kerststol", now)
    work(now + timedelta(hours=1))
    assert state(delivery) == ("held", "rule_blocks")


@pytest.fixture
def consent_needed(policy, noor, now):
    rule = RuleDraft(
        title="Akkoord",
        text="Vraag akkoord.",
        kind="approval",
        strength="ask_approval",
        params={"roles": ["approver"]},
    )
    add_rule(noor, draft=rule, now=now)
    publish_policy(noor, note="Akkoord nodig", now=now)


@pytest.fixture
def consent(consent_needed, sam, ayse, now):
    """Return a function by which somebody consents."""

    def give(delivery, content_hash=None):
        asked = ask_approval(
            sam,
            subject_kind="post",
            subject_id=delivery.post_id,
            content_hash=content_hash or delivery.content_hash,
            roles=["approver"],
            now=now,
        )
        decide(ayse, approval=asked, approved=True, now=now)

    return give


def test_without_consent_it_waits_and_with_it_it_leaves(net, sky, consent, planned, now):
    delivery = planned(sky)
    work(now)
    assert state(delivery) == ("held", "approval_missing")
    consent(delivery)
    work(now + SOON)
    work(now + SOON)
    assert state(delivery) == ("published", "")


def test_consent_to_other_content_does_not_count(net, sky, consent, planned, now):
    delivery = planned(sky)
    consent(delivery, content_hash="0" * 64)
    work(now)
    assert state(delivery) == ("held", "approval_missing")


def test_consent_that_came_while_it_was_being_held_is_seen(sky, consent, planned, now):
    delivery = planned(sky)
    (ticket,) = claiming.claim_due("a", now=now)
    (claimed,) = claiming.load([ticket]).values()
    move = steps.look_into(ticket, claimed, OpenDoors(), now=now)
    consent(delivery)
    work(now)
    assert outcomes.write([move], now=now)
    assert state(delivery) == ("held", "approval_missing")
    assert releasing.needs_second_look(move)
    with frozen(now):
        releasing.second_look(move)
    assert state(delivery) == ("scheduled", "")


@pytest.mark.parametrize("status", [0, 500, 502])
def test_an_answer_that_got_lost_is_looked_for_and_not_sent_again(net, sky, planned, now, status):
    delivery = planned(sky)
    net.fails(passes=True, status=status, times=1)
    work(now)
    assert delivery.pk
    assert state(delivery)[0] == "unknown"
    work(now + timedelta(seconds=2))
    assert state(delivery) == ("published", "")
    assert count(net, delivery) == 1


def test_what_never_arrived_is_looked_for_twice_and_then_sent_under_its_key(net, sky, planned, now):
    delivery = planned(sky)
    net.fails(passes=False, status=0, times=1)
    work(now)
    assert state(delivery)[0] == "unknown"
    payload = delivery.payload
    work(now + timedelta(seconds=2))
    assert state(delivery) == ("unknown", "not_found_yet")
    work(now + timedelta(seconds=8))
    assert state(delivery) == ("unknown", "not_found_yet")
    work(now + timedelta(seconds=15))
    assert state(delivery) == ("published", "")
    assert delivery.payload == payload
    assert delivery.lateness >= timedelta(seconds=15)
    assert count(net, delivery) == 1


def test_where_nothing_makes_it_safe_a_person_decides(net, sky, planned, sam, now):
    delivery = planned(sky)
    net.fails(passes=False, status=0, times=1)
    work(now)

    class Careless(OpenDoors):
        """The same network, had it no keys."""

        def __call__(self, delivery):
            connector = super().__call__(delivery)
            connector.capabilities = replace(connector.capabilities, idempotency="none")
            return connector

    for seconds in (2, 15):
        at = now + timedelta(seconds=seconds)
        (ticket,) = claiming.claim_unknown("a", now=at)
        (claimed,) = claiming.load([ticket]).values()
        outcomes.write([steps.look_into(ticket, claimed, Careless(), now=at)], now=at)
    assert state(delivery) == ("unknown", "person_decides")
    with pytest.raises(Conflict, match="delivery_under_way"):
        deliveries.retry_delivery(sam, delivery=delivery, now=now)
    deliveries.settle_unknown(sam, delivery=delivery, is_there=False, now=now)
    assert state(delivery) == ("failed", "not_there")
    deliveries.retry_delivery(sam, delivery=delivery, now=now)
    work(now + SOON)
    assert state(delivery) == ("published", "")
    assert count(net, delivery) == 1


def test_a_person_can_say_that_it_stands_there(net, sky, planned, sam, now):
    delivery = planned(sky)
    net.fails(passes=True, status=0, times=1)
    work(now)
    url = "https://bsky.app/profile/x/post/y"
    deliveries.settle_unknown(sam, delivery=delivery, is_there=True, url=url, now=now)
    assert state(delivery) == ("published", "seen_by_a_person")
    assert delivery.remote_url == url
    work(now + SOON)
    assert count(net, delivery) == 1


def test_a_network_that_asks_for_quiet_gets_it_from_the_whole_channel(net, sky, planned, now):
    first = planned(sky)
    net.fails(status=429, headers={"retry-after": "600"})
    work(now)
    assert state(first) == ("scheduled", "limit_reached")
    assert first.due_at == now + timedelta(seconds=600)
    assert first.wanted_at == now
    calls = net.line.calls[network.PUT]
    second = planned(sky, text="Een tweede bericht")
    work(now + timedelta(seconds=300))
    assert net.line.calls[network.PUT] == calls
    net.works()
    work(now + timedelta(seconds=601))
    assert state(first) == state(second) == ("published", "")


def test_a_refusal_fails_and_is_told(net, sky, planned, now):
    delivery = planned(sky)
    net.fails(status=400, body=b'{"error": "InvalidRequest", "message": "no"}')
    work(now)
    assert state(delivery) == ("failed", "network_refused")
    net.works()
    work(now + SOON)
    assert state(delivery)[0] == "failed"
    assert count(net, delivery) == 0


def test_a_channel_that_lost_its_consent_fails_until_it_is_connected_again(net, sky, planned, noor, now):
    delivery = planned(sky)
    net.fails(path="com.atproto", status=401)
    work(now)
    assert state(delivery)[0] == "failed"
    assert Channel.objects.get(pk=sky.pk).state == "needs_consent"
    later = planned(sky, text="Nog een")
    work(now)
    assert state(later) == ("failed", "channel_needs_consent")
    net.works()
    actions.connect(
        noor,
        network="bluesky",
        way="app-wachtwoord",
        typed={"address": sky.address, "handle": sky.handle, "password": "secret"},
        now=now,
    )
    work(now)
    work(now)
    assert state(delivery) == state(later) == ("published", "")


def test_a_restored_copy_sends_nothing_until_a_person_says_so(net, sky, planned, sam, settings, now):
    delivery = planned(sky)
    settings.INSTANCE_ID = "another"
    work(now)
    assert state(delivery) == ("held", "restored_copy")
    assert count(net, delivery) == 0
    deliveries.retry_delivery(sam, delivery=delivery, now=now)
    work(now)
    assert state(delivery) == ("published", "")


def test_a_restored_copy_reads_back_but_never_sends_what_was_unknown(net, sky, planned, settings, now):
    there, gone = planned(sky), planned(sky, text="Een tweede")
    net.fails(passes=True, status=0, times=1)
    work(now)
    Delivery.objects.filter(state="published").update(state="unknown", due_at=now, published_at=None)
    Delivery.objects.filter(pk=gone.pk).update(
        payload={**gone_payload(gone), "key": "3nothing22222"}, key="3nothing22222"
    )
    settings.INSTANCE_ID = "another"
    for seconds in (2, 15, 30):
        work(now + timedelta(seconds=seconds))
    assert state(there) == ("published", "")
    assert state(gone) == ("failed", "restored_copy")


def gone_payload(delivery):
    delivery.refresh_from_db()
    inner = {**delivery.payload["payload"], "rkey": "3nothing22222"}
    return {**delivery.payload, "payload": inner}


def test_what_a_worker_only_holds_ready_can_be_taken_back(net, sky, planned, sam, now):
    delivery = planned(sky, due_at=now + timedelta(seconds=5))
    (ticket,) = claiming.claim_due("a", now=now, ahead=timedelta(seconds=8))
    (claimed,) = claiming.load([ticket]).values()
    ready = steps.look_into(ticket, claimed, OpenDoors(), now=now)
    deliveries.withdraw_delivery(sam, delivery=delivery, now=now)
    assert outcomes.write([steps.sending(ready, now=now)], now=now) == set()
    assert state(delivery) == ("withdrawn", "")


def test_what_is_being_sent_can_not_be_taken_back(net, sky, planned, sam, now):
    delivery = planned(sky)
    (ticket,) = claiming.claim_due("a", now=now)
    (claimed,) = claiming.load([ticket]).values()
    ready = steps.look_into(ticket, claimed, OpenDoors(), now=now)
    outcomes.write([steps.sending(ready, now=now)], now=now)
    with pytest.raises(Conflict, match="delivery_under_way"):
        deliveries.withdraw_delivery(sam, delivery=delivery, now=now)


def test_two_workers_and_one_that_was_thought_dead(net, sky, planned, now):
    delivery = planned(sky)
    (ticket,) = claiming.claim_due("a", now=now)
    assert claiming.claim_due("b", now=now) == {}
    (claimed,) = claiming.load([ticket]).values()
    ready = steps.look_into(ticket, claimed, OpenDoors(), now=now)
    outcomes.write([steps.frozen(ready)], now=now)
    outcomes.write([steps.sending(ready, now=now)], now=now)
    late = now + timedelta(minutes=3)
    with scopes_disabled():
        claiming.recover(now=late)
    assert state(delivery) == ("unknown", "worker_died")
    assert outcomes.write([steps.publish(ready)], now=late) == set()
    work(late)
    work(late + timedelta(seconds=15))
    assert state(delivery) == ("published", "")
    assert count(net, delivery) == 1


def test_taking_it_off_the_network_is_for_good(net, sky, planned, sam, now):
    delivery = planned(sky)
    work(now)
    net.fails(path="deleteRecord", status=500)
    with pytest.raises(Conflict, match="network_refuses"):
        deliveries.remove_published(sam, delivery=delivery, now=now)
    net.works()
    deliveries.remove_published(sam, delivery=delivery, now=now)
    assert state(delivery) == ("removed", "")
    with pytest.raises(Conflict):
        deliveries.retry_delivery(sam, delivery=delivery, now=now)
    work(now + SOON)
    assert count(net, delivery) == 1
    assert AuditEntry.objects.filter(what="delivery.removed").count() == 1


PEOPLE_DO = (deliveries.withdraw_delivery, deliveries.retry_delivery, deliveries.remove_published)


@pytest.mark.parametrize("act", PEOPLE_DO)
def test_only_who_may_does_anything(sky, planned, bram, tom, now, act):
    delivery = planned(sky, due_at=now + SOON)
    with pytest.raises(NotAllowed):
        act(bram, delivery=delivery, now=now)
    with pytest.raises(Delivery.DoesNotExist):
        act(tom, delivery=delivery, now=now)
    assert state(delivery) == ("scheduled", "")


def test_what_breaks_in_our_own_code_is_told_on_the_row(sky, planned, monkeypatch, now):
    delivery = planned(sky)

    def broken(_delivery):
        raise ZeroDivisionError

    monkeypatch.setattr(steps, "message_of", broken)
    work(now)
    assert state(delivery) == ("scheduled", "internal_error")
    for _ in range(moves.MOST_TRIES):
        work(delivery.due_at)
        state(delivery)
    assert state(delivery) == ("held", "internal_error")


def test_an_answer_from_the_inbox_gives_up_after_a_day(net, sky, bram, policy, now):
    snapshot = content.build("Dag Anja, komt goed.", language="nl")
    delivery = deliveries.schedule(
        bram, channel=sky, content=snapshot, due_at=now, origin="reply", origin_id=1, now=now
    )
    net.fails(status=503, passes=False, path="uploadBlob")
    at = now
    net.line.fail(network.Fault(path=network.PUT, status=429, headers={"retry-after": "3600"}))
    for _ in range(30):
        work(at)
        if state(delivery)[0] == "failed":
            break
        at = delivery.due_at + timedelta(seconds=1)
    assert state(delivery) == ("failed", "limit_reached")
    assert timedelta(hours=24) < at - now < timedelta(hours=26)


def test_moving_needs_the_attempt_under_which_it_was_claimed(sky, planned, now):
    delivery = planned(sky)
    (ticket,) = claiming.claim_due("a", now=now)
    stale = Ticket(ticket.pk, ticket.attempt - 1)
    assert outcomes.write([moves.back(stale, delivery)], now=now) == set()
    assert state(delivery)[0] == "claimed"


def test_a_receiver_is_told_once(net, sky, planned, now):
    delivery = planned(sky)
    work(now)
    work(now)
    told = Job.objects.filter(kind__startswith="event:DeliveryPublished")
    kinds = list(told.values_list("kind", flat=True))
    assert len(kinds) == len(set(kinds))
    assert all(job.payload["event"]["delivery_id"] == delivery.pk for job in told)
