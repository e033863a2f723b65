"""The same promise on every network: killed workers, broken lines, and each network's own list as the judge.

Where sending twice would be two posts, what is in doubt ends before a person; here the network's list is that person.
"""

import contextlib
import json
from collections import Counter

import pytest
from place import Installation, ensure_folder, load

from dialoog.networks.tests.contract import standing_in
from dialoog.networks.tests.contracts.discord import Discord
from dialoog.networks.tests.contracts.facebook import Facebook
from dialoog.networks.tests.contracts.threads import Threads
from dialoog.networks.tests.contracts.x import Account
from dialoog.networks.tests.test_discord import DiscordBench
from dialoog.networks.tests.test_facebook import FacebookBench
from dialoog.networks.tests.test_threads import ThreadsBench
from dialoog.networks.tests.test_x import XBench

pytestmark = pytest.mark.faults
# Of the whole number of kills that the run is given, each network gets one in so many.
PART = 20
MOST_LOOKS = 200


class Network:
    """One network under fire: where it is, how we're let in, and its own list of what stands there."""

    def __init__(self, name, url, grant, texts, mark=b"POST "):
        self.name, self.url, self.grant, self.texts, self.mark = name, url, grant, texts, mark


@contextlib.contextmanager
def mastodon():
    with load("mastodon_server").running() as server:
        person = server.person()
        grant = {"kind": "token", "data": {"access": person.token}}
        yield Network(
            "mastodon",
            server.url,
            grant,
            lambda: [server.source(post, person) for post in server.posts(person)],
        )


def stand_in(name, truth, bench, mark=b"POST "):
    """Return a network whose truth is that of its stand-in."""

    @contextlib.contextmanager
    def running():
        network = truth()
        with standing_in(name, network) as server:
            held = bench.of(server)
            grant = held.granted()
            given = {"kind": grant.kind, "data": dict(grant.data)}
            yield Network(name, server.url, given, held.texts, mark=mark)
            held.http.close()
            assert server.violations == []

    return running


NETWORKS = {
    "mastodon": mastodon,
    "discord": stand_in("discord", Discord, DiscordBench),
    "x": stand_in("x", Account, XBench, mark=b"POST /2/tweets"),
    "facebook": stand_in("facebook", Facebook, FacebookBench, mark=b"POST /v25.0/"),
    "threads": stand_in("threads", Threads, ThreadsBench, mark=b"POST /v1.0/"),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_every_post_stands_there_once(name, kills, seed, tmp_path_factory):
    count = max(kills // PART, 12)
    with NETWORKS[name]() as network:
        line = {"share": 0.1, "seed": seed, "mark": network.mark}
        place = Installation(ensure_folder(tmp_path_factory, name), network.url, posts=count * 3, **line)
        place.make([{"network": name, "address": place.proxy.url, "grant": network.grant}])
        told = place.run("nursery.py", str(count), str(seed), "--lasting")
        looks, left = 0, place.run("nursery.py", "finish")["left"]
        # The line is still bad, so what is sent again may come into doubt again.
        while left.get("unknown") and looks < MOST_LOOKS:
            looks += place.run("nursery.py", "look", given=json.dumps(network.texts()))["looked"]
            left = place.run("nursery.py", "finish")["left"]
        planned, there = place.planned(), Counter(network.texts())
    lost = [text for text in planned if there[text] == 0]
    twice = [text for text, times in there.items() if times > 1]
    assert (lost, twice) == ([], [])
    assert left == {"published": len(planned)}
    print(
        f"\n{name}: {count} kills in {told['seconds']} s; lines broken {dict(place.proxy.done)}; "
        f"of {len(planned)} posts 0 lost, 0 twice; a person looked {looks} times"
    )
