"""Forks workers and kills them: with Django loaded once, a killed worker costs a tenth of a second.

Run as a program with the environment of one installation; it prints what it did as JSON.
  nursery.py KILLS SEED [--naive] [--lasting]   kill so many workers, at every named point and at random moments;
                                                lasting: the tokens of this network don't end
  nursery.py finish   run one worker, unharmed, until nothing is on its way that it can bring further
  nursery.py due SECONDS   let all be due in so many seconds
  nursery.py look     be the person who looks: standard input is JSON, the texts that stand there
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from datetime import timedelta

import django

django.setup()

from django.db import connection, connections, transaction  # noqa: E402 - after the set-up
from django_scopes import scope  # noqa: E402

from dialoog.channels.models import Channel  # noqa: E402
from dialoog.core import faults  # noqa: E402
from dialoog.core.clock import now as read_clock  # noqa: E402
from dialoog.core.work import jobs  # noqa: E402
from dialoog.core.work.worker import Worker  # noqa: E402
from dialoog.organisations.models import Member  # noqa: E402
from dialoog.publishing import deliveries  # noqa: E402
from dialoog.publishing.delivering import claiming, lane  # noqa: E402
from dialoog.publishing.models import Delivery  # noqa: E402

ON_ITS_WAY = ("scheduled", "claimed", "sending", "unknown")
LONGEST_LIFE = 1.2
FINISH_WITHIN = 90.0
DUE_A_ROUND = 3
# Each point after one that leaves behind what it needs: a look needs something that was being sent.
ORDER = (
    *(
        "due",
        "claimed",
        "judged",
        "prepared",
        "sending",
        "looked",
        "answered",
        "recovering",
        "writing",
        "kept",
    ),
    *("renewed", "random"),
)
# Several at a time pass these; the others are passed once for a whole batch.
ONE_BY_ONE = ("judged", "prepared", "sending", "answered")
assert {*ORDER} == {*faults.POINTS, "random"}


def main() -> None:
    if sys.argv[1] == "finish":
        told = finish()
    elif sys.argv[1] == "due":
        told = due(float(sys.argv[2]))
    elif sys.argv[1] == "look":
        told = look(json.load(sys.stdin))
    else:
        if "--naive" in sys.argv:
            be_naive()
        points = [point for point in ORDER if point != "renewed" or "--lasting" not in sys.argv]
        told = kill(int(sys.argv[1]), random.Random(int(sys.argv[2])), points)
    print(json.dumps(told))


def kill(rounds: int, chance: random.Random, points: list[str]) -> dict[str, object]:
    """Let some posts become due, start a worker, and kill it; again and again."""
    killed: Counter[str] = Counter()
    begun = time.monotonic()
    for number in range(rounds):
        point = points[number % len(points)]
        make_due(DUE_A_ROUND, spoil=point == "renewed")
        pid = start(
            "" if point == "random" else point, nth=chance.choice((1, 2)) if point in ONE_BY_ONE else 1
        )
        killed[point if end(pid, point, chance) else f"{point} (not reached, killed later)"] += 1
    return {"killed": killed, "left": states(), "seconds": round(time.monotonic() - begun, 1)}


def make_due(count: int, *, spoil: bool = False) -> None:
    """Let time pass: the next posts in line are due, a dead worker's hold on the tokens is over.

    With `spoil` the token has expired too.
    """
    with jobs.all_organisations():
        waiting = Delivery.objects.filter(state="scheduled", due_at__gt=read_clock()).order_by("pk")
        Delivery.objects.filter(pk__in=list(waiting.values_list("pk", flat=True)[:count])).update(
            due_at=read_clock()
        )
        Channel.objects.update(grant_lease_until=None)
        if spoil:
            for channel in Channel.objects.exclude(grant=None):
                channel.grant["data"]["access"] = "spoilt"
                channel.save(update_fields=["grant"])
    let_go()


def let_go() -> None:
    """Give up every connection: a child that is forked can't share them."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()


def due(seconds: float) -> dict[str, object]:
    """Let everything be due at one moment."""
    with jobs.all_organisations():
        count = Delivery.objects.filter(state="scheduled").update(
            due_at=read_clock() + timedelta(seconds=seconds)
        )
    return {"due": count}


def start(point: str, nth: int) -> int:
    """Fork a worker that dies at the nth pass of a point."""
    pid = os.fork()
    if pid:
        return pid
    try:
        faults.arm(point, nth)
        Worker().run()
    finally:
        os._exit(0)


def end(pid: int, point: str, chance: random.Random) -> bool:
    """Wait until it died at its point, or kill it; return whether it was the point."""
    life = chance.uniform(0.0, 0.4) if point == "random" else LONGEST_LIFE
    until = time.monotonic() + life
    while time.monotonic() < until:
        done, _status = os.waitpid(pid, os.WNOHANG)
        if done:
            return True
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return point == "random"


def finish() -> dict[str, object]:
    """Let everything become due and run one worker until nothing is on its way."""
    make_due(10_000)
    pid = start("", 1)
    until = time.monotonic() + FINISH_WITHIN
    try:
        while time.monotonic() < until:
            now = states()
            if not any(now.get(state) for state in ON_ITS_WAY):
                break
            if set(now) <= {"published", "unknown"} and now["unknown"] == waiting_for_a_person():
                break
            time.sleep(0.2)
    finally:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
    return {"left": states()}


def waiting_for_a_person() -> int:
    with jobs.all_organisations():
        found = Delivery.objects.filter(state="unknown", reason_code="person_decides").count()
    let_go()
    return found


def look(there: list[str]) -> dict[str, object]:
    """Say of each delivery in doubt what stands on the network, and send again what doesn't."""
    with jobs.all_organisations():
        doubtful = list(Delivery.objects.filter(state="unknown").select_related("organisation"))
    for one in doubtful:
        with scope(organisation=one.organisation):
            noor, is_there = Member.objects.get(), one.content["text"] in there
            deliveries.settle_unknown(noor, delivery=one, is_there=is_there, now=read_clock())
            if not is_there:
                deliveries.retry_delivery(noor, delivery=one, now=read_clock())
    let_go()
    return {"looked": len(doubtful)}


def states() -> Counter[str]:
    with jobs.all_organisations():
        found = Counter(Delivery.objects.values_list("state", flat=True))
    let_go()
    return found


def be_naive() -> None:
    """Do what many tools do: what was being sent when the worker died is simply sent again."""

    def send_again(*, now):
        with transaction.atomic():
            left = claiming.left_behind(Delivery, states=("claimed", "sending"), now=now)
            for ticket in left:
                row = Delivery.objects.get(pk=ticket.pk)
                key = lane.OpenDoors()(row).new_key(now)
                Delivery.objects.filter(pk=row.pk).update(
                    state="scheduled", key=key, payload=None, lease_until=None, lease_by="", due_at=now
                )
        return len(left)

    lane.recover = send_again


if __name__ == "__main__":
    main()
