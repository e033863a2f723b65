"""The promise, proven: workers are killed everywhere and lines break, and every post stands there once."""

import pytest
from place import OnBluesky, ensure_folder

from dialoog.core.faults import POINTS

pytestmark = [pytest.mark.faults, pytest.mark.pds]


def test_every_post_stands_there_once_however_often_the_worker_is_killed(pds, kills, seed, tmp_path_factory):
    folder = ensure_folder(tmp_path_factory, "kills")
    place = OnBluesky(folder, pds, "doder.test", posts=kills * 3, share=0.05, seed=seed)
    told = place.run("nursery.py", str(kills), str(seed))
    finished = place.run("nursery.py", "finish")
    planned, there = place.planned(), place.ledger()
    lost = [text for text in planned if there[text] == 0]
    twice = [text for text, times in there.items() if times > 1]
    assert (lost, twice) == ([], [])
    assert set(there) == set(planned)
    assert finished["left"] == {"published": len(planned)}
    at_points = {name: times for name, times in told["killed"].items() if "not reached" not in name}
    assert sum(at_points.values()) >= kills * 0.8
    assert {*at_points} == {*POINTS, "random"}
    print(
        f"\n{kills} kills in {told['seconds']} s, seed {seed}: {told['killed']}; "
        f"lines broken {dict(place.proxy.done)}; of {kills * 3} posts 0 lost, 0 twice"
    )


def test_the_harness_sees_a_sender_that_simply_sends_again(pds, seed, tmp_path_factory):
    place = OnBluesky(ensure_folder(tmp_path_factory, "naive"), pds, "naief.test", posts=80)
    place.run("nursery.py", "36", str(seed), "--naive")
    twice = [text for text, times in place.ledger().items() if times > 1]
    assert twice, "the ledger shows no duplicate, so this harness could not fail"


def test_a_restored_copy_publishes_nothing_by_itself(pds, tmp_path_factory):
    from dialoog.config import installation
    from dialoog.config.backup import backup, restore
    from dialoog.core.clock import now

    place = OnBluesky(ensure_folder(tmp_path_factory, "origin"), pds, "herstel.test", posts=6)
    copy = tmp_path_factory.mktemp("restored") / "data"
    restore(copy, backup(place.folder, copy.parent / "b.tar.gz", now=now()))
    assert installation.read(copy).instance_id != installation.read(place.folder).instance_id
    place.environment["DIALOOG_DATA"], place.folder = str(copy), copy
    finished = place.run("nursery.py", "finish")
    assert finished["left"] == {"held": 6}
    assert not place.ledger()
    assert place.rows("SELECT DISTINCT reason_code FROM publishing_delivery") == [("restored_copy",)]
