"""Makes an installation with posts to send, for programs that are killed. Run as a program:

installation.py POSTS CHANNELS

CHANNELS is JSON: of each the network, and either a way in with what is typed there, or an address and a grant.
"""

import json
import sys
from datetime import date, timedelta
from decimal import Decimal

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - after the set-up
from django_scopes import scope  # noqa: E402

from dialoog.channels import actions  # noqa: E402
from dialoog.channels.actions import install_builtin  # noqa: E402
from dialoog.core.clock import now as read_clock  # noqa: E402
from dialoog.networks.grants import Grant  # noqa: E402
from dialoog.networks.ways import Access  # noqa: E402
from dialoog.organisations.models import Member, Organisation, RoleGrant, User  # noqa: E402
from dialoog.policy.actions import install_starter_policy  # noqa: E402
from dialoog.publishing import content  # noqa: E402
from dialoog.publishing.deliveries import schedule  # noqa: E402
from dialoog.publishing.models import Post  # noqa: E402
from dialoog.strategy.actions import GoalContent, create_goal  # noqa: E402


def main(posts: int, wanted: list[dict]) -> None:
    call_command("migrate", verbosity=0)
    now = read_clock()
    organisation = Organisation.objects.create(name="Korenaar", slug="korenaar", created_at=now)
    user = User.objects.create(email="noor@example.org", name="Noor", joined_at=now)
    with scope(organisation=organisation):
        noor = Member.objects.create(organisation=organisation, user=user, joined_at=now)
        RoleGrant.objects.create(organisation=organisation, member=noor, role="owner")
        install_starter_policy(noor, now=now)
        channels = [connected(noor, one, now) for one in wanted]
        goal = make_goal(noor, now)
        later = now + timedelta(days=2)
        for number in range(posts):
            post = Post.objects.create(
                organisation=organisation,
                text=f"Bericht {number:05}: vandaag brood",
                goal=goal,
                author=noor,
                due_at=later,
                created_at=now,
                changed_at=now,
            )
            snapshot = content.build(post.text, language="nl")
            channel = channels[number % len(channels)]
            schedule(noor, channel=channel, content=snapshot, due_at=later, post=post, now=now)


def connected(noor, one, now):
    if one["network"] == "newsroom":
        return install_builtin(noor, now=now)
    if "way" in one:
        return actions.connect(noor, network=one["network"], way=one["way"], typed=one["typed"], now=now)[0]
    access = Access(Grant(one["grant"]["kind"], one["grant"]["data"]), one["address"])
    found = actions.with_profiles(one["network"], [access], now=now)
    return actions.keep_all(noor, network=one["network"], found=found, now=now)[0]


def make_goal(noor, now):
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
    main(int(sys.argv[1]), json.loads(sys.argv[2]))
