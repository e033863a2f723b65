"""A state machine of posts, two workers, faults and the clock: automatic retries never post twice, nothing is lost."""

import os
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django_scopes import scope
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dialoog.channels.models import Channel
from dialoog.core.clock import frozen
from dialoog.core.errors import Conflict
from dialoog.networks.errors import NeedsConsent, OutcomeUnknown, Refused, TryLater
from dialoog.networks.newsroom import Newsroom
from dialoog.networks.values import Prepared, Published, Ref
from dialoog.publishing import content, deliveries
from dialoog.publishing.delivering import claiming, outcomes, steps
from dialoog.publishing.models import Delivery

START = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
WORKERS = ("a", "b")
# What may come of a request: whether the network took it, and what we hear of it.
FATES = ("good", "lost", "answer_lost", "late", "refused", "quiet", "unreachable")
ON_ITS_WAY = ("scheduled", "claimed", "sending", "unknown")


class Network:
    """What stands there, under which key; with keys, the same twice is once."""

    def __init__(self, *, has_keys):
        self.has_keys = has_keys
        self.standing = []
        self.late = []
        self.fate = "good"
        self.capabilities = replace(Newsroom.capabilities, idempotency="key" if has_keys else "none")

    def prepare(self, message, key, now):
        return Prepared("newsroom", key, {"text": message.text, "at": now.isoformat()})

    def may_send_again(self, _prepared, since):
        return self.capabilities.may_send_again(since)

    def publish(self, prepared):
        if self.fate in {"good", "answer_lost"}:
            self.take(prepared)
        if self.fate == "late":
            self.late.append(prepared)
        if self.fate == "refused":
            # What came before under this key is decided by the time that the network says no.
            self.arrive()
        errors = {
            "refused": Refused("network_refused"),
            "quiet": TryLater(30, "limit_reached", sent=True),
            "unreachable": TryLater(60, "unreachable"),
            **dict.fromkeys(("lost", "answer_lost", "late"), OutcomeUnknown("answer_lost")),
        }
        if self.fate in errors:
            raise errors[self.fate]
        return self.found(prepared)

    def take(self, prepared):
        known = next((one for one in self.standing if one.key == prepared.key), None)
        if self.has_keys and known is not None:
            if known.payload != prepared.payload:
                raise Refused("key_taken")
            return
        self.standing.append(prepared)

    def arrive(self):
        for prepared in self.late:
            try:
                self.take(prepared)
            except Refused:
                continue
        self.late = []

    def find(self, prepared):
        return self.found(prepared) if self.count(prepared.payload["text"]) else None

    def found(self, prepared):
        return Published(Ref(prepared.key), datetime.fromisoformat(prepared.payload["at"]))

    def count(self, text):
        return sum(one.payload["text"] == text for one in self.standing)


class Doors:
    def __init__(self, networks):
        self.networks = networks

    def __call__(self, delivery):
        if delivery.channel.state != "connected":
            raise NeedsConsent("not_connected")
        return self.networks[delivery.channel_id]

    def try_door(self, delivery, *, now):
        pass


class Promise(RuleBasedStateMachine):
    member = None

    def __init__(self):
        super().__init__()
        self.now = START
        self.stack = ExitStack()
        self.stack.enter_context(scope(organisation=self.member.organisation))
        self.stack.enter_context(transaction.atomic())
        self.channels = [self.channel(str(number)) for number in range(2)]
        self.networks = {one.pk: Network(has_keys=number == 0) for number, one in enumerate(self.channels)}
        self.doors = Doors(self.networks)
        self.hands = {worker: [] for worker in WORKERS}
        self.planned = 0
        for number in range(2):
            self.plan(number, 0)

    def channel(self, name):
        return Channel.objects.create(
            organisation=self.member.organisation,
            network="newsroom",
            name=name,
            remote_id=name,
            connected_at=START,
        )

    def at(self):
        return frozen(self.now)

    @rule(number=st.integers(0, 1), seconds=st.sampled_from((0, 5, 60)))
    def plan(self, number, seconds):
        self.planned += 1
        snapshot = content.build(f"Bericht {self.planned}", language="nl")
        deliveries.schedule(
            self.member,
            channel=self.channels[number],
            content=snapshot,
            due_at=self.now + timedelta(seconds=seconds),
            origin="reply",
            now=self.now,
        )

    @rule(seconds=st.sampled_from((1, 3, 12, 40, 200, 4000, -30)))
    def time_passes(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule(worker=st.sampled_from(WORKERS))
    def claim(self, worker):
        taken = claiming.claim_due(worker, now=self.now, ahead=timedelta(seconds=8))
        taken |= claiming.claim_unknown(worker, now=self.now)
        for ticket, delivery in claiming.load(taken).items():
            self.hands[worker].append(SimpleNamespace(stage="claimed", ticket=ticket, delivery=delivery))

    @precondition(lambda self: any(self.hands.values()))
    @rule(worker=st.sampled_from(WORKERS), which=st.integers(0, 20), fate=st.sampled_from(FATES))
    def step(self, worker, which, fate):
        """Bring one that a worker holds one stage further; between any two of them it may crash."""
        if not self.hands[worker]:
            return
        hand = self.hands[worker].pop(which % len(self.hands[worker]))
        with self.at():
            if getattr(self, f"after_{hand.stage}")(hand, fate):
                self.hands[worker].insert(0, hand)

    @rule(fate=st.sampled_from(FATES), seconds=st.sampled_from((2, 12)))
    def work_on(self, fate, seconds):
        """Let a worker do all that is due, unharmed."""
        self.work("a", fate, "", seconds)

    @rule(
        worker=st.sampled_from(WORKERS),
        fate=st.sampled_from(FATES),
        dies_after=st.sampled_from(("", "", "claimed", "ready", "sending")),
        seconds=st.sampled_from((0, 2, 12)),
    )
    def work(self, worker, fate, dies_after, seconds):
        """Let a worker do all that is due, or die after a stage of the first one."""
        self.time_passes(seconds)
        self.recover()
        self.claim(worker)
        while self.hands[worker]:
            hand = self.hands[worker][0]
            stage, is_early = hand.stage, hand.stage == "ready" and hand.delivery.due_at > self.now
            if is_early:
                return
            self.step(worker, 0, fate)
            if stage == dies_after:
                self.crash(worker)

    def after_claimed(self, hand, _fate):
        result = steps.look_into(hand.ticket, hand.delivery, self.doors, now=self.now)
        if not isinstance(result, steps.Ready):
            outcomes.write([result], now=self.now)
            return False
        hand.stage, hand.ready = "ready", result
        return bool(outcomes.write([steps.frozen(result)], now=self.now))

    def after_ready(self, hand, _fate):
        if hand.delivery.due_at > self.now:
            return True
        hand.stage = "sending"
        return bool(outcomes.write([steps.sending(hand.ready, now=self.now)], now=self.now))

    def after_sending(self, hand, fate):
        network = self.networks[hand.delivery.channel_id]
        network.fate = fate
        hand.stage, hand.move = "answered", steps.publish(hand.ready)
        network.fate = "good"
        return True

    def after_answered(self, hand, _fate):
        outcomes.write([hand.move], now=self.now)
        return False

    def crash(self, worker):
        self.hands[worker] = []

    def recover(self):
        claiming.recover(now=self.now)

    @rule()
    def what_was_late_arrives(self):
        for network in self.networks.values():
            network.arrive()

    @rule(
        which=st.integers(0, 20),
        act=st.sampled_from((deliveries.withdraw_delivery, deliveries.retry_delivery)),
    )
    def a_person_acts(self, which, act):
        rows = list(Delivery.objects.order_by("pk"))
        if not rows:
            return
        row = rows[which % len(rows)]
        network = self.networks[row.channel_id]
        if any(one.payload["text"] == row.content["text"] for one in network.late):
            return
        with suppress(Conflict):
            act(self.member, delivery=row, now=self.now)

    @rule()
    def a_person_decides(self):
        for row in Delivery.objects.filter(state="unknown", reason_code="person_decides"):
            network = self.networks[row.channel_id]
            network.arrive()
            is_there = bool(network.count(row.content["text"]))
            deliveries.settle_unknown(self.member, delivery=row, is_there=is_there, now=self.now)

    @invariant()
    def nothing_stands_twice(self):
        for network in self.networks.values():
            times = Counter(one.payload["text"] for one in network.standing)
            assert not [text for text, count in times.items() if count > 1]

    def teardown(self):
        try:
            self.finish()
        finally:
            transaction.set_rollback(True)
            self.stack.close()

    def finish(self):
        """Let all come to its end, with a good network, and look whether it's the promised one."""
        self.hands = {worker: [] for worker in WORKERS}
        for network in self.networks.values():
            network.arrive()
        for _ in range(80):
            self.now += timedelta(minutes=20)
            self.crash("a")
            self.work("a", "good", "", 0)
            self.nothing_stands_twice()
        for row in Delivery.objects.all():
            stands = self.networks[row.channel_id].count(row.content["text"])
            assert (row.state, stands) in {("published", 1), ("withdrawn", 0), ("failed", 0)} or (
                row.state == "unknown" and row.reason_code == "person_decides" and not stands
            ), (row.state, row.reason_code, stands)


@pytest.mark.django_db
def test_automatic_retries_never_post_twice_and_nothing_is_lost(noor):
    machine = type("OfNoor", (Promise,), {"member": noor})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=int(os.environ.get("DIALOOG_EXAMPLES", "30")),
            stateful_step_count=40,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_the_machine_sees_what_a_network_that_lies_about_its_keys_would_cost(noor):
    machine = type("OfNoor", (Promise,), {"member": noor})()
    liar = machine.networks[machine.channels[1].pk]
    liar.capabilities = replace(liar.capabilities, idempotency="key")
    for fate, seconds in (("late", 0), ("good", 2), ("good", 12), ("good", 0)):
        machine.work("a", fate, "", seconds)
    machine.nothing_stands_twice()
    machine.what_was_late_arrives()
    with pytest.raises(AssertionError):
        machine.nothing_stands_twice()
    machine.stack.close()


@pytest.fixture
def doubted(noor):
    """A machine of which the first message is sent once more, while its first try may still arrive."""
    machine = type("OfNoor", (Promise,), {"member": noor})()
    machine.work("a", "late", "", 0)
    machine.work("a", "good", "", 2)
    machine.time_passes(12)
    machine.claim("a")
    machine.step("a", 0, "good")
    yield machine
    transaction.set_rollback(True)
    machine.stack.close()


@pytest.mark.django_db
def test_what_may_still_arrive_is_not_said_to_be_taken_back(noor, doubted):
    row = Delivery.objects.order_by("pk")[0]
    assert (row.state, row.read_backs > 0) == ("scheduled", True)
    with pytest.raises(Conflict, match="delivery_in_doubt"):
        deliveries.withdraw_delivery(noor, delivery=row, now=doubted.now)


@pytest.mark.django_db
def test_a_refusal_of_the_second_try_says_nothing_of_the_first(doubted):
    doubted.work("a", "refused", "", 0)
    row = Delivery.objects.order_by("pk")[0]
    assert (row.state, row.reason) == ("unknown", {"stopped": "network_refused"})
    doubted.work("a", "good", "", 2)
    row.refresh_from_db()
    assert row.state == "published"


@pytest.mark.django_db
def test_a_stop_after_a_doubt_fails_once_nothing_is_there(doubted):
    Channel.objects.update(state="disconnected")
    network = doubted.networks[doubted.channels[0].pk]
    network.late = []
    doubted.work("a", "good", "", 0)
    row = Delivery.objects.order_by("pk")[0]
    assert (row.state, row.reason) == ("unknown", {"stopped": "channel_disconnected"})
    Channel.objects.update(state="connected")
    for _ in range(3):
        doubted.work("a", "good", "", 4000)
    row.refresh_from_db()
    assert (row.state, row.reason_code) == ("failed", "channel_disconnected")
