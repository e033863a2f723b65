import threading
import time

import pytest

from dialoog.core.work import pool as pools
from dialoog.core.work.pool import FairPool

WITHIN = 10


class Work:
    """Something that lasts until it's told to end; knows how many of it run."""

    def __init__(self):
        self.running = threading.Semaphore(0)
        self.end = threading.Event()

    def __call__(self):
        self.running.release()
        assert self.end.wait(WITHIN)

    def wait_for(self, count):
        for _ in range(count):
            assert self.running.acquire(timeout=WITHIN)

    def more(self):
        return self.running.acquire(timeout=0.1)


@pytest.fixture
def work():
    made = Work()
    yield made
    made.end.set()


@pytest.fixture
def pool(work):
    made = FairPool(most=6, most_each=4, name="test")
    yield made
    work.end.set()
    made.close()


def test_one_group_never_has_more_than_its_most(pool, work):
    for _ in range(9):
        pool.submit("a", work)
    work.wait_for(4)
    assert not work.more()
    assert pool.room("a") == 0


def test_a_newcomer_starts_while_another_group_is_stuck(pool, work):
    stuck = Work()
    for _ in range(9):
        pool.submit("a", stuck)
    stuck.wait_for(4)
    pool.submit("b", work)
    work.wait_for(1)
    stuck.end.set()


def test_groups_that_work_at_once_get_equal_parts(pool, work):
    mine, theirs = Work(), Work()
    pool.submit("a", mine)
    mine.wait_for(1)
    for _ in range(5):
        pool.submit("b", theirs)
        pool.submit("a", mine)
    theirs.wait_for(2)
    mine.wait_for(1)
    assert not theirs.more()
    assert not mine.more()
    mine.end.set()
    theirs.end.set()


def test_all_that_was_asked_is_done_before_it_closes():
    done = []
    pool = FairPool(most=3, most_each=2, name="test")
    for number in range(50):
        pool.submit(number % 2, lambda number=number: done.append(number))
    pool.close()
    assert sorted(done) == list(range(50))


def test_what_has_not_begun_can_be_dropped(pool, work):
    for _ in range(9):
        pool.submit("a", work)
    work.wait_for(4)
    closing = threading.Thread(target=pool.close, kwargs={"drop": True})
    closing.start()
    while pool.free < 2:
        time.sleep(0.001)
    work.end.set()
    closing.join(WITHIN)
    assert not closing.is_alive()
    assert not work.more()


def test_what_breaks_takes_no_thread_along(caplog):
    pool, done = FairPool(most=1, most_each=1, name="test"), threading.Event()
    pool.submit("a", lambda: 1 / 0)
    pool.submit("a", done.set)
    assert done.wait(WITHIN)
    pool.close()
    assert "work broke" in caplog.text


def test_threads_that_have_nothing_to_do_end(monkeypatch):
    monkeypatch.setattr(pools, "IDLE_SECONDS", 0.01)
    pool, done = FairPool(most=4, most_each=4, name="idle"), threading.Event()
    pool.submit("a", done.set)
    assert done.wait(WITHIN)
    for thread in threading.enumerate():
        if thread.name == "idle":
            thread.join(WITHIN)
    assert not [thread for thread in threading.enumerate() if thread.name == "idle"]
    pool.submit("a", done.clear)
    pool.close()
    assert not done.is_set()
