"""How much slower the calendar and the list get when the posts grow from 100 to 100,000.

    uv run python benchmarks/lists.py [--posts 100000] [--rounds 15]

Each size gets a database of its own in a temporary folder, filled in bulk. The month that is shown holds
the same 60 posts in both; the others lie in earlier years, where a grown organisation has them. Printed is
the median processor time of a page (request to answer, in this process), and how many times more it is:
what other programs do meanwhile doesn't count.
Bar: at most 2 times (issue 2, C). Exit code 1 when a page misses it.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

BAR = 2.0
SHOWN = 60
SMALL = 100
PAGES = {
    "week": "kalender/",
    "month": "kalender/?weergave=maand",
    "list": "kalender/?weergave=lijst",
    "list, an old page": "kalender/?weergave=lijst&eerder={old:%Y%m%dT%H%M%S%f}-0",
    "list, failed only": "kalender/?weergave=lijst&staat=failed",
    "month, one network": "kalender/?weergave=maand&kanaal={channel}",
}


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--posts", type=int, default=100_000)
    asked.add_argument("--rounds", type=int, default=15)
    asked.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.measure:
        measure(given.measure, given.rounds)
        return 0
    small, large = (in_a_folder_of_its_own(size, given.rounds) for size in (SMALL, given.posts))
    print(f"{'page':<22}{SMALL:>10} posts{given.posts:>12,} posts   growth")
    missed = False
    for name in PAGES:
        growth = large[name] / small[name]
        missed |= growth > BAR
        print(f"{name:<22}{small[name]:>13.1f} ms{large[name]:>15.1f} ms{growth:>8.2f} x")
    return 1 if missed else 0


def in_a_folder_of_its_own(size, rounds):
    """Measure in a process that sees only this database."""
    with tempfile.TemporaryDirectory(prefix="dialoog-lists-") as folder:
        environment = {
            **os.environ,
            "DIALOOG_DATA": folder,
            "DJANGO_SETTINGS_MODULE": "dialoog.config.settings",
        }
        command = [sys.executable, __file__, "--measure", str(size), "--rounds", str(rounds)]
        answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    rows = (line.split("\t") for line in answer.stdout.splitlines())
    return {name: float(value) for name, value in rows}


def measure(size, rounds):
    from dialoog.config import installation

    installation.ensure(Path(os.environ["DIALOOG_DATA"]))
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    user, channel = seed(size)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    for name, page in PAGES.items():
        place = f"/o/korenaar/{page.format(channel=channel.pk, old=datetime.now(UTC) - timedelta(days=75))}"
        print(f"{name}\t{median_ms(client, place, rounds)}")


def median_ms(client, place, rounds):
    client.get(place)
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        answer = client.get(place)
        taken.append((time.process_time() - begun) * 1000)
        assert answer.status_code == 200, answer.status_code
    return statistics.median(taken)


def seed(size):
    """Fill one organisation: posts with a variant and a delivery each, as planning leaves them."""
    from django.db import connection
    from django_scopes import scope

    from dialoog.channels.models import Channel
    from dialoog.organisations.models import Member, Organisation, RoleGrant, User

    now = datetime.now(UTC)
    organisation = Organisation.objects.create(name="De Korenaar", slug="korenaar", created_at=now)
    user = User.objects.create(email="noor@example.org", name="Noor", joined_at=now)
    with scope(organisation=organisation):
        member = Member.objects.create(organisation=organisation, user=user, joined_at=now)
        RoleGrant.objects.create(organisation=organisation, member=member, role="owner")
        channel = Channel.objects.create(
            organisation=organisation, network="bluesky", name="De Korenaar", connected_at=now
        )
        fill(organisation, member, channel, size, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return user, channel


def moments(size, now):
    """The same posts in the month that is shown; the others an hour apart, back from last year."""
    middle = now.replace(day=15, hour=8, minute=0, second=0, microsecond=0)
    yield from (middle + timedelta(hours=6 * (step - SHOWN // 2)) for step in range(SHOWN))
    old = middle - timedelta(days=100)
    yield from (old - timedelta(minutes=40 * step) for step in range(size - SHOWN))


def fill(organisation, member, channel, size, now):
    from dialoog.publishing.models import Delivery, Post, Variant

    text = "Vanaf vrijdag bakken we kerststol met amandelspijs, in twee maten. " * 4
    due = list(moments(size, now))
    posts = Post.objects.bulk_create(
        [
            Post(
                organisation=organisation, text=text, author=member, due_at=at, created_at=now, changed_at=now
            )
            for at in due
        ],
        batch_size=2000,
    )
    Variant.objects.bulk_create(
        [Variant(organisation=organisation, post=post, channel=channel) for post in posts], batch_size=2000
    )
    Delivery.objects.bulk_create(
        [
            Delivery(
                organisation=organisation,
                channel=channel,
                post=post,
                author=member,
                content={"text": text, "language": "nl", "images": []},
                content_hash=f"{number:064}",
                key=str(number),
                instance_id="",
                state="failed" if number % 997 == 0 else "published",
                due_at=post.due_at,
            )
            for number, post in enumerate(posts)
        ],
        batch_size=2000,
    )


if __name__ == "__main__":
    sys.exit(main())
