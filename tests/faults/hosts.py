"""Hosts that share one database, and how to tell what became of their posts."""

import contextlib
import shutil
import subprocess
import sys
import time
from collections import Counter

import psycopg
from place import HERE

LEASE_SECONDS = 4
# What a worker claims ahead of time counts into its lease.
AHEAD_SECONDS = 8
# What was being sent is looked for twice before it's sent again (steps.SECOND_LOOK), and there is a margin of 2 s.
LOOKS_SECONDS = 14
WITHIN_SECONDS = 120


def judge(place, left):
    """Hold the network's own list against what was planned."""
    planned, there = place.planned(), place.ledger()
    lost = [text for text in planned if there[text] == 0]
    twice = [text for text, times in there.items() if times > 1]
    assert (lost, twice) == ([], [])
    assert dict(left) == {"published": len(planned)}


class Host:
    """A host with a worker: its own folder, the same secrets, the same database; in a network of its own if given."""

    def __init__(self, place, folder, space=None):
        self.folder, self.space = folder, space
        shutil.copy2(place.folder / "secrets.json", folder / "secrets.json")
        self.environment = {**place.environment, "DIALOOG_DATA": str(folder)}
        self.process = None

    def start(self):
        command = [sys.executable, str(HERE / "hosted.py"), str(LEASE_SECONDS)]
        if self.space:
            command = self.space.command(*command)
        self.process = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
            self.kill()


def states(place):
    return Counter(dict(place.rows("SELECT state, count(*) FROM publishing_delivery GROUP BY state")))


def wait_for(place, what, within=WITHIN_SECONDS):
    """Wait until `what` is true of the states; a database that is being restarted is waited for too."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        with contextlib.suppress(psycopg.OperationalError):
            if what(found := states(place)):
                return found
        time.sleep(0.1)
    raise AssertionError(f"not within {within} s: {states(place)}")
