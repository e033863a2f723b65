"""A host whose cables are pulled in mid-burst, on networks of their own: nothing is lost, and nothing there twice."""

import time

import psycopg
import pytest
from hosts import Host, judge, states, wait_for
from place import OnBluesky, ensure_folder, load
from spaces import DATABASE, WORLD, Spaces, may_be_made

pytestmark = [
    pytest.mark.faults,
    pytest.mark.pds,
    pytest.mark.skipif(not may_be_made(), reason="only root may make networks"),
]
POSTS = 120
TAKEN_OVER_WITHIN = 2.0


@pytest.fixture(scope="module")
def spaces():
    made = Spaces()
    yield made
    made.end()


@pytest.fixture(scope="module")
def cluster(spaces):
    """A server on the network of the database; the tests look at it by its socket."""
    with load("postgres_server").running(
        is_lasting=True, at=spaces.address(DATABASE), subnet=spaces.subnet(DATABASE)
    ) as server:
        yield server


@pytest.fixture
def two_hosts(pds, spaces, cluster, seed, tmp_path_factory, request):
    name = f"t{abs(hash(request.node.name)) % 10**8}"
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    there = cluster.url.replace("/postgres?", f"/{name}?")
    place = OnBluesky(
        ensure_folder(tmp_path_factory, "cables"),
        pds,
        f"{name}.test",
        posts=POSTS,
        share=0.05,
        seed=seed,
        database=there,
        at=spaces.address(WORLD),
    )
    hosts = [Host(place, tmp_path_factory.mktemp("host"), spaces.add()) for _ in range(2)]
    for host in hosts:
        host.environment["DIALOOG_DATABASE"] = f"postgresql://dialoog@{spaces.address(DATABASE)}:5432/{name}"
    yield place, hosts
    for host in hosts:
        host.space.plug(DATABASE, WORLD)
        host.stop()


@pytest.mark.parametrize("kinds", [(DATABASE, WORLD), (DATABASE,)], ids=["all", "database"])
def test_a_host_that_is_cut_off_is_taken_over_within_its_lease(two_hosts, kinds):
    """Cut off from the database alone it can still reach the network: what it had begun arrives."""
    place, (first, second) = two_hosts
    place.run("nursery.py", "due", "5")
    first.start()
    wait_for(place, lambda now: now["published"] > 0)
    first.space.pull(*kinds)
    second.start()
    time.sleep(1)
    ours = "lease_until IS NOT NULL AND state IN ('claimed', 'sending')"
    left = dict(place.rows(f"SELECT id, lease_until FROM publishing_delivery WHERE {ours}"))
    assert left, "it was cut off too late"
    found = wait_for(place, lambda now: now == {"published": POSTS})
    judge(place, found)
    longest = max(taken_over(place, left).values())
    first.space.plug(*kinds)
    back = came_back(place)
    judge(place, states(place))
    print(
        f"\nA host cut off from {'all' if WORLD in kinds else 'the database'}, {len(left)} of {POSTS} in hand: "
        f"taken over {longest:.1f} s after their lease, 0 lost, 0 twice; plugged in, it's back in {back:.1f} s"
    )
    assert longest <= TAKEN_OVER_WITHIN


def taken_over(place, left):
    """Return how long after its lease ran out each delivery was somebody else's, in seconds."""
    rows = place.rows(
        "SELECT delivery_id, min(at) FROM publishing_deliverystep WHERE new IN ('scheduled', 'unknown') "
        "AND old IN ('claimed', 'sending') AND (code = 'worker_died' OR code = '') GROUP BY delivery_id"
    )
    return {pk: (at - left[pk]).total_seconds() for pk, at in rows if pk in left}


def came_back(place):
    """Wait until both workers say that they run, and return how long that took, in seconds."""
    begun = time.monotonic()
    while time.monotonic() < begun + 60:
        ((count,),) = place.rows(
            "SELECT count(*) FROM core_heartbeat WHERE at > now() - interval '6 seconds'"
        )
        if count == 2:
            return time.monotonic() - begun
        time.sleep(0.2)
    raise AssertionError("it didn't come back by itself")
