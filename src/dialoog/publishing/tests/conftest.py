import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from PIL import Image

from dialoog.channels.models import Channel
from dialoog.core.clock import frozen
from dialoog.policy.actions import install_starter_policy
from dialoog.publishing.actions import add_image, start_draft
from dialoog.publishing.drafting import Content
from dialoog.strategy.models import Goal

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def media_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture(autouse=True)
def plain_static_files(settings, tmp_path):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def stopped(now):
    """The clock of the views stands still."""
    with frozen(now):
        yield now


@pytest.fixture
def policy(inside, noor, now):
    """The starter policy in force, with all rules of the set-up."""
    install_starter_policy(noor, now=now)


def make_channel(organisation, *, network="bluesky", name="De Korenaar", remote_id="did:plc:korenaar"):
    return Channel.objects.create(
        organisation=organisation,
        network=network,
        name=name,
        handle="korenaar.test",
        remote_id=remote_id,
        address="https://pds.example",
        url="https://bsky.app/profile/korenaar.test",
        grant={"kind": "app_password", "data": {}},
        connected_at=NOW,
    )


def make_goal(member, **fields):
    """A goal that answers all five questions."""
    answers = {
        "title": "Meer abonnees op de nieuwsbrief",
        "purpose": "relations",
        "why": "Wie ons kent, komt terug.",
        "metric": "likes",
        "counted_over": "goal",
        "baseline": Decimal(400),
        "target": Decimal(600),
        "starts_on": date(2026, 10, 1),
        "due_on": date(2026, 12, 31),
        "budget_hours": Decimal(40),
        "budget_money": Decimal(500),
        "owner": member,
        "created_at": NOW,
    }
    return Goal.objects.create(organisation=member.organisation, **{**answers, **fields})


@pytest.fixture
def bluesky(inside):
    return make_channel(inside)


@pytest.fixture
def second(inside):
    """Another account, to see one post on two channels."""
    return make_channel(inside, name="Bakkersnieuws", remote_id="did:plc:bakkersnieuws")


@pytest.fixture
def goal(inside, noor):
    return make_goal(noor)


@pytest.fixture
def draft(inside, sam, bluesky, goal, now):
    """A draft of Sam's that may go out as it is."""
    content = Content(
        text="Vanaf vrijdag bakken we kerststol met amandelspijs.",
        goal_id=goal.pk,
        own_texts={bluesky.pk: None},
    )
    return start_draft(sam, content=content, now=now)


@pytest.fixture
def picture(sam, now):
    """Return a function that adds a picture to a post."""

    def add(post, *, name="brood.jpg", colour="wheat"):
        out = io.BytesIO()
        Image.new("RGB", (320, 200), colour).save(out, "JPEG")
        return add_image(sam, post=post, data=out.getvalue(), name=name, now=now)

    return add
