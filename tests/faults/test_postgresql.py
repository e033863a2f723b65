"""The promise on PostgreSQL: killed workers, a killed database, several hosts, and one that is cut off."""

import signal
import subprocess
import sys
import time
from unittest.mock import ANY

import psycopg
import pytest
from hosts import AHEAD_SECONDS, LEASE_SECONDS, LOOKS_SECONDS, Host, judge, states, wait_for
from place import OnBluesky, ensure_folder, load

pytestmark = [pytest.mark.faults, pytest.mark.pds]
PART = 10
POSTS = 90


@pytest.fixture(scope="module")
def cluster():
    """A server that keeps what it promised when it is killed."""
    with load("postgres_server").running(is_lasting=True) as server:
        yield server


@pytest.fixture
def database(cluster, request):
    """Return the address of a database of one's own."""
    name = f"t{abs(hash(request.node.name))}"
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return cluster.url.replace("/postgres?", f"/{name}?")


def test_every_post_stands_there_once_however_often_the_worker_is_killed(
    pds, kills, seed, database, tmp_path_factory
):
    count = max(kills // PART, 12)
    folder = ensure_folder(tmp_path_factory, "postgresql")
    place = OnBluesky(folder, pds, "olifant.test", posts=count * 3, share=0.05, seed=seed, database=database)
    told = place.run("nursery.py", str(count), str(seed))
    finished = place.run("nursery.py", "finish")
    judge(place, finished["left"])
    print(f"\nPostgreSQL: {count} kills in {told['seconds']} s: {told['killed']}; 0 lost, 0 twice")


@pytest.fixture
def two_hosts(pds, database, seed, tmp_path_factory, request):
    handle = f"h{abs(hash(request.node.name)) % 10**8}.test"
    folder = ensure_folder(tmp_path_factory, "hosts")
    place = OnBluesky(folder, pds, handle, posts=POSTS, share=0.05, seed=seed, database=database)
    hosts = [Host(place, tmp_path_factory.mktemp("host")) for _ in range(2)]
    yield place, hosts
    for host in hosts:
        host.stop()


def test_a_host_killed_in_mid_burst_is_taken_over_by_the_other(two_hosts):
    place, (first, second) = two_hosts
    place.run("nursery.py", "due", "5")
    first.start()
    wait_for(place, lambda now: now["published"] > 0)
    second.start()
    first.kill()
    killed = time.monotonic()
    left = wait_for(place, lambda now: now == {"published": POSTS})
    took = time.monotonic() - killed
    judge(place, left)
    assert took < LEASE_SECONDS + AHEAD_SECONDS + LOOKS_SECONDS
    print(f"\nTwo hosts, one killed: all {POSTS} there {took:.1f} s later; 0 lost, 0 twice")


def test_a_database_killed_in_mid_burst_loses_nothing(two_hosts, cluster):
    place, hosts = two_hosts
    place.run("nursery.py", "due", "5")
    for host in hosts:
        host.start()
    for times in range(3):
        wait_for(place, lambda now, times=times: now["published"] >= times * 20)
        cluster.kill()
        time.sleep(1)
        cluster.start_again()
    left = wait_for(place, lambda now: now == {"published": POSTS})
    judge(place, left)
    print(f"\nA database killed three times under two hosts: {POSTS} posts, 0 lost, 0 twice")


def test_a_host_that_froze_and_wakes_again_sends_nothing_twice(two_hosts):
    """Cut off from everything, its leases run out, another does its work; then it goes on where it was."""
    place, (first, second) = two_hosts
    place.run("nursery.py", "due", "5")
    first.start()
    wait_for(place, lambda now: now["published"] > 0)
    first.process.send_signal(signal.SIGSTOP)
    second.start()
    left = wait_for(place, lambda now: now == {"published": POSTS})
    first.process.send_signal(signal.SIGCONT)
    time.sleep(5)
    judge(place, left)
    assert dict(states(place)) == {"published": POSTS}
    print(f"\nA host that froze and woke: {POSTS} posts, 0 lost, 0 twice")


def test_a_clone_of_the_database_publishes_nothing_by_itself(pds, database, cluster, tmp_path_factory):
    """Even with the same secrets: it's another database."""
    place = OnBluesky(ensure_folder(tmp_path_factory, "clone"), pds, "kloon.test", posts=6, database=database)
    name = database.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}_copy TEMPLATE {name}")
    place.database = place.environment["DIALOOG_DATABASE"] = database.replace(f"/{name}?", f"/{name}_copy?")
    finished = place.run("nursery.py", "finish")
    assert finished["left"] == {"held": 6}
    assert place.rows("SELECT DISTINCT reason_code FROM publishing_delivery") == [("restored_copy",)]
    assert not place.ledger()


def command(place, *words):
    """Run `dialoog` in an installation, and return what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "dialoog.config", *words],
        env=place.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_backup_comes_back_into_an_empty_database_and_holds_everything(
    pds, database, cluster, tmp_path_factory
):
    place = OnBluesky(
        ensure_folder(tmp_path_factory, "origin"), pds, "reserve.test", posts=6, database=database
    )
    file = tmp_path_factory.mktemp("backup") / "b.tar.gz"
    assert command(place, "backup", str(file))[0] == 0
    place.folder = tmp_path_factory.mktemp("restored") / "data"
    place.environment["DIALOOG_DATA"] = str(place.folder)
    status, said = command(place, "restore", str(file))
    assert (status, "isn't empty" in said) == (1, True)
    name = database.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}_restored")
    place.database = place.environment["DIALOOG_DATABASE"] = database.replace(
        f"/{name}?", f"/{name}_restored?"
    )
    assert command(place, "restore", str(file)) == (0, ANY)
    finished = place.run("nursery.py", "finish")
    assert finished["left"] == {"held": 6}
    assert not place.ledger()
    del place.environment["DIALOOG_DATABASE"]
    place.environment["DIALOOG_DATA"] = str(tmp_path_factory.mktemp("other") / "data")
    status, said = command(place, "restore", str(file))
    assert (status, "PostgreSQL, so set DIALOOG_DATABASE first" in said) == (1, True)
