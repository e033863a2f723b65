from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from dialoog.core.models import Job
from dialoog.core.work import events, jobs
from dialoog.core.work.leases import Claim, LeaseLost, claim, left_behind, move
from dialoog.core.work.owners import Owner
from dialoog.core.work.states import JOB
from dialoog.core.work.worker import Rhythm, Worker, run_due

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def handler(request):
    """A handler under a kind of its own, forgotten afterwards."""
    seen, kind = [], f"test:{request.node.name}"
    answers = []

    @jobs.handles(kind)
    def handle(task):
        seen.append(task)
        answer = answers.pop(0) if answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer

    handle.kind, handle.seen, handle.answers = kind, seen, answers
    yield handle
    del jobs._handlers[kind]


def ask(handler, **changes):
    wanted = {"key": "one", "due_at": NOW, "now": NOW} | changes
    jobs.enqueue(handler.kind, **wanted)


def take(now=NOW, owner="a", limit=10):
    lease = timedelta(seconds=30)
    return claim(Job, Claim(("waiting",), "running", now=now, limit=limit, owner=owner, lease=lease))


def test_the_same_key_is_asked_once(handler):
    ask(handler)
    ask(handler)
    assert run_due(NOW) == 1
    assert len(handler.seen) == 1


def test_two_workers_never_get_the_same_row(handler):
    for number in range(7):
        ask(handler, key=str(number))
    first, second = take(limit=4), take(owner="b")
    assert len(first) == 4
    assert len(second) == 3
    assert not {t.pk for t in first} & {t.pk for t in second}


def test_what_is_not_due_stays(handler):
    ask(handler, due_at=NOW + timedelta(seconds=1))
    assert take() == []


def test_whoever_lost_the_lease_can_not_finish(handler):
    ask(handler)
    (mine,) = take()
    late = NOW + timedelta(minutes=1)
    (left,) = left_behind(Job, states=("running",), now=late)
    move(Job, JOB, left, old="running", new="waiting")
    (theirs,) = take(now=late, owner="b")
    with pytest.raises(LeaseLost):
        move(Job, JOB, mine, old="running", new="done")
    move(Job, JOB, theirs, old="running", new="done")
    assert Job.objects.get().state == "done"


def test_a_failure_is_kept_and_tried_again_after_a_wait(handler):
    handler.answers.append(RuntimeError("the network is down"))
    ask(handler)
    run_due(NOW)
    job = Job.objects.get()
    assert job.state == "waiting"
    assert job.due_at > NOW
    assert "the network is down" in job.last_error
    assert run_due(job.due_at) == 1
    assert Job.objects.get().state == "done"


def test_a_handler_that_names_a_time_runs_again_then(handler):
    handler.answers.append(NOW + timedelta(hours=1))
    ask(handler)
    run_due(NOW)
    assert run_due(NOW + timedelta(minutes=59)) == 0
    assert run_due(NOW + timedelta(hours=1)) == 1


def test_it_gives_up_in_the_open(handler):
    ask(handler)
    handler.answers.extend(RuntimeError("no") for _ in range(jobs.GIVE_UP_AFTER))
    for _ in range(jobs.GIVE_UP_AFTER):
        run_due(Job.objects.get().due_at)
    assert Job.objects.get().state == "failed"


@dataclass(frozen=True)
class BreadBaked:
    loaf_id: int


def test_an_event_reaches_each_receiver_with_one_id(transactional_db):
    got = []
    receivers = [events.receives(BreadBaked)(lambda e, i, n=n: got.append((n, e, i))) for n in "a"]
    events.emit(BreadBaked(loaf_id=3), organisation_id=1, now=NOW)
    run_due(NOW)
    run_due(NOW)
    assert len(receivers) == len(got) == 1
    assert got[0][1] == BreadBaked(loaf_id=3)
    for kind in events._receivers.pop("BreadBaked"):
        del jobs._handlers[kind]


class Lane:
    """A lane that counts its turns, or breaks at each."""

    def __init__(self, error=None):
        self.error, self.turns = error, 0

    def turn(self, now):
        self.turns += 1
        if self.error:
            raise self.error
        return 0


def test_a_lane_that_breaks_does_not_stop_the_others():
    worker = Worker()
    worker.lanes = [Lane(OSError("disk full")), Lane()]
    worker.stopping.set()
    worker._turn()
    worker._turn()
    assert [lane.turns for lane in worker.lanes] == [2, 2]
    worker.owner.end()


def test_a_clock_that_was_set_back_silences_nothing():
    rhythm = Rhythm(timedelta(seconds=1))
    assert rhythm.is_due(NOW)
    assert not rhythm.is_due(NOW + timedelta(seconds=0.9))
    assert rhythm.is_due(NOW - timedelta(hours=1))
    assert not rhythm.is_due(NOW - timedelta(hours=1))
    assert rhythm.is_due(NOW + timedelta(hours=1))


def test_what_a_dead_worker_held_is_seen_at_once_and_a_living_one_s_is_not(handler):
    dead, living = Owner(), Owner()
    for number, owner in enumerate((dead, living)):
        ask(handler, key=str(number))
        take(owner=owner.name)
    assert left_behind(Job, states=("running",), now=NOW) == []
    dead.end()
    (left,) = left_behind(Job, states=("running",), now=NOW)
    assert Job.objects.get(pk=left.pk).key == "0"
    living.end()
