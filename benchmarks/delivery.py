"""How late posts are when 500 are due at one instant, on a network that takes 100 ms for each.

    uv run python benchmarks/delivery.py [--posts 500] [--delay 0.1] [--rounds 3]

A real worker process delivers to a network of our own making (tests/servers/ledger_pds.py) that notes when each
record stood. Beside it, in the same run, the floor: the same connector, the same records, bare threads, no
database. Scenarios: tokens that are good; tokens that expire just before the moment; a neighbour whose network
hangs. Bars (issue 2): p99 at most 1 s; no login at all, one renewal when the token has expired; every post once.
Exit code 1 when a bar is missed.
"""

import argparse
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
SERVER = HERE.parent / "tests/servers/ledger_pds.py"
BAR_SECONDS = 1.0
FLOOR_THREADS = 128
# Time for the worker to claim, judge and prepare before the moment.
RUN_UP = 9.0
LOGINS = ("com.atproto.server.createSession", "com.atproto.server.refreshSession")


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--posts", type=int, default=500)
    asked.add_argument("--delay", type=float, default=0.1)
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    print(f"{given.posts} posts due at one instant, {given.delay * 1000:.0f} ms each")
    print(f"{'scenario':<28}{'p50':>8}{'p99':>8}{'last':>8}   renewals  logins  twice  p99/floor")
    missed = False
    for number in range(given.rounds):
        floor = measured("floor", given)
        missed |= told(f"{number + 1}: floor, bare threads", floor, floor)
        for scenario in ("good", "expired", "neighbour"):
            found = measured(scenario, given)
            missed |= told(f"{number + 1}: {scenario}", found, floor, wanted=scenario == "expired")
    return 1 if missed else 0


def told(name, found, floor, *, wanted=False):
    late, calls = found["late"], found["calls"]
    renewals, logins = (calls.get(one, 0) for one in reversed(LOGINS))
    p50, p99 = at(late, 0.5), at(late, 0.99)
    print(
        f"{name:<28}{p50:>7.2f}s{p99:>7.2f}s{late[-1]:>7.2f}s{renewals:>11}{logins:>8}{found['twice']:>7}"
        f"{p99 / at(floor['late'], 0.99):>10.2f}",
        flush=True,
    )
    return (
        p99 > BAR_SECONDS or logins > 0 or renewals != int(wanted) or found["twice"] > 0 or found["lost"] > 0
    )


def at(late, share):
    return late[min(len(late) - 1, math.ceil(share * len(late)) - 1)]


def measured(scenario, given):
    """Deliver once, in a folder and beside a network of its own, and return what the network noted."""
    with tempfile.TemporaryDirectory(prefix="dialoog-late-") as folder, network(given.delay) as url:
        environment = {
            **os.environ,
            "DIALOOG_DATA": folder,
            "DJANGO_SETTINGS_MODULE": "dialoog.config.settings",
            "DIALOOG_ALLOW_ADDRESSES": url.removeprefix("http://"),
            "PYTHONPATH": str(HERE),
        }
        seeded = subprocess.run(
            [sys.executable, "-c", f"import delivery; delivery.seed({url!r}, {given.posts}, {scenario!r})"],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        due_at = json.loads(seeded.stdout.splitlines()[-1])["due_at"]
        before = Counter(ask(url, "ledger")["calls"])
        run = floor if scenario == "floor" else worker
        run(environment, url, due_at, given.posts, expire=scenario == "expired")
        return noted(ask(url, "ledger"), before, due_at, given.posts)


def noted(ledger, before, due_at, posts):
    ours = [write for write in ledger["writes"] if write["text"].startswith("Bericht")]
    times = Counter(write["text"] for write in ours)
    return {
        "late": sorted(write["at"] - due_at for write in ours),
        "twice": sum(count > 1 for count in times.values()),
        "lost": posts - len(times),
        "calls": {name: count - before.get(name, 0) for name, count in ledger["calls"].items()},
    }


@contextmanager
def network(delay):
    process = subprocess.Popen(
        [sys.executable, SERVER, "--delay", str(delay)], stdout=subprocess.PIPE, text=True
    )
    try:
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def ask(url, what):
    with urllib.request.urlopen(f"{url}/{what}", timeout=30) as answer:
        return json.load(answer)


def worker(environment, url, due_at, posts, *, expire):
    """Run the worker as it runs everywhere, until everything stands there."""
    process = subprocess.Popen([sys.executable, "-m", "dialoog.config", "worker"], env=environment)
    try:
        if expire:
            time.sleep(max(0.0, due_at - time.time() - 0.5))
            ask(url, "expire")
        wait_for(url, posts, until=due_at + 40)
    finally:
        ask(url, "release")
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def wait_for(url, posts, *, until):
    time.sleep(max(0.0, until - 40 - time.time()))
    while time.time() < until:
        texts = {
            write["text"] for write in ask(url, "ledger")["writes"] if write["text"].startswith("Bericht")
        }
        if len(texts) >= posts:
            return
        time.sleep(0.5)


def floor(environment, url, due_at, posts, *, expire):
    """Send the same with bare threads."""
    code = f"import delivery; delivery.bare({url!r}, {due_at}, {posts})"
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


def bare(url, due_at, posts):
    from dialoog.core.http import GuardedClient
    from dialoog.networks.base import Connection
    from dialoog.networks.bluesky.connector import Bluesky
    from dialoog.networks.bluesky.password import sign_in
    from dialoog.networks.grants import MemoryGrants
    from dialoog.networks.values import Message

    client = GuardedClient(allow=frozenset({url}))
    grant = sign_in(client, url, "korenaar.test", "secret")
    ask(url, "ledger")
    connector = Bluesky(Connection(address=url, grants=MemoryGrants(grant), http=client))
    now = datetime.now(UTC)
    ready = [
        connector.prepare(Message(text=f"Bericht {number}"), connector.new_key(now), now)
        for number in range(posts)
    ]
    time.sleep(max(0.0, due_at - time.time()))
    lock, threads = threading.Lock(), []

    def work():
        while True:
            with lock:
                if not ready:
                    return
                one = ready.pop()
            connector.publish(one)

    for _ in range(FLOOR_THREADS):
        threads.append(threading.Thread(target=work))
        threads[-1].start()
    for thread in threads:
        thread.join()


def seed(url, posts, scenario):
    """Plan the posts in a new installation, through the actions that the screens use."""
    from dialoog.config import installation

    installation.ensure(Path(os.environ["DIALOOG_DATA"]))
    import django

    django.setup()
    from django.core.management import call_command
    from django_scopes import scope

    from dialoog.organisations.models import Member, Organisation, RoleGrant, User
    from dialoog.policy.actions import install_starter_policy
    from dialoog.publishing.models import Delivery, Post

    call_command("migrate", verbosity=0)
    now = datetime.now(UTC)
    organisation = Organisation.objects.create(name="De Korenaar", slug="korenaar", created_at=now)
    user = User.objects.create(email="noor@example.org", name="Noor", joined_at=now)
    with scope(organisation=organisation):
        noor = Member.objects.create(organisation=organisation, user=user, joined_at=now)
        RoleGrant.objects.create(organisation=organisation, member=noor, role="owner")
        install_starter_policy(noor, now=now)
        if scenario != "floor":
            plan(noor, url, "korenaar.test", "Bericht", posts, now)
        if scenario == "neighbour":
            plan(noor, url, "hangt.test", "Buurman", posts, now)
        due_at = datetime.now(UTC) + timedelta(seconds=RUN_UP)
        Delivery.objects.update(due_at=due_at)
        Post.objects.update(due_at=due_at)
    print(json.dumps({"due_at": due_at.timestamp()}))


def plan(noor, url, handle, word, posts, now):
    from django.db import transaction

    from dialoog.channels import actions
    from dialoog.publishing import content
    from dialoog.publishing.deliveries import schedule
    from dialoog.publishing.models import Post

    channel = actions.connect(
        noor,
        network="bluesky",
        way="app-wachtwoord",
        typed={"address": url, "handle": handle, "password": "secret"},
        now=now,
    )[0]
    goal = finished_goal(noor, now)
    later = now + timedelta(days=1)
    with transaction.atomic():
        for number in range(posts):
            post = Post.objects.create(
                organisation=noor.organisation,
                text=f"{word} {number}",
                goal=goal,
                author=noor,
                due_at=later,
                created_at=now,
                changed_at=now,
            )
            snapshot = content.build(post.text, language="nl")
            schedule(noor, channel=channel, content=snapshot, due_at=later, post=post, now=now)


def finished_goal(noor, now):
    from datetime import date
    from decimal import Decimal

    from dialoog.strategy.actions import GoalContent, create_goal

    wanted = GoalContent(
        title="Vaker gezien",
        why="Mensen weten niet dat we er zijn.",
        purpose="profile",
        metric="posts",
        target=Decimal(500),
        starts_on=date(2026, 1, 1),
        due_on=date(2030, 12, 31),
        budget_hours=Decimal(100),
        owner=noor,
    )
    return create_goal(noor, content=wanted, now=now)


if __name__ == "__main__":
    sys.exit(main())
