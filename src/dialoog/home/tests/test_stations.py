"""What the frame and Vandaag count, against rows that were made by the rooms themselves."""

from datetime import timedelta

import pytest
from django.urls import reverse

from dialoog.channels.actions import install_builtin
from dialoog.channels.queries import connected_channels
from dialoog.core.work.worker import run_due
from dialoog.home.stations import counts
from dialoog.learning.actions import conclude
from dialoog.measurement.actions.readings import read_soon
from dialoog.policy.actions import accept_version, install_starter_policy
from dialoog.policy.queries import version_in_force
from dialoog.publishing.actions import start_draft
from dialoog.publishing.drafting import Content

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def version(noor, now):
    install_starter_policy(noor, now=now)
    return version_in_force()


def test_who_read_the_policy_is_counted_by_head(version, noor, sam, ayse, bram, now):
    for member in (sam, ayse, bram):
        accept_version(member, version=version, now=now)
    before = counts(noor, today=now.date())
    accept_version(noor, version=version, now=now)
    after = counts(noor, today=now.date())
    assert (before.policy_accepted, before.has_accepted) == (3, False)
    assert (after.policy_accepted, after.has_accepted, after.members) == (4, True, 4)


def test_who_left_counts_no_more(version, noor, sam, now):
    accept_version(sam, version=version, now=now)
    sam.is_active = False
    sam.save()
    assert counts(noor, today=now.date()).policy_accepted == 0


def test_a_conclusion_is_due_from_its_day_on(noor, now):
    conclude(
        noor, text="Zo.", action="Zus.", owner=noor, look_again_on=now.date() + timedelta(days=2), now=now
    )
    for days, due in ((1, 0), (2, 1), (9, 1)):
        found = counts(noor, today=now.date() + timedelta(days=days))
        assert (found.conclusions_due, found.conclusions) == (due, 1)


def test_the_rail_says_who_read_the_policy(version, noor, sam, browse, now):
    accept_version(sam, version=version, now=now)
    page = browse(noor).get(reverse("home:today", args=["korenaar"])).content.decode()
    assert "1 van 2 gelezen" in page


def test_a_new_organisation_has_done_none_of_the_steps(noor, browse, now):
    install_builtin(noor, now=now)
    read_soon(connected_channels()[0], now=now)
    run_due(now)
    page = browse(noor).get(reverse("home:today", args=["korenaar"])).content.decode()
    assert "row--done" not in page
    start_draft(noor, content=Content(text="Vers brood."), now=now)
    page = browse(noor).get(reverse("home:today", args=["korenaar"])).content.decode()
    assert page.count("row--done") == 1
