"""A database that was put back, cloned or moved publishes nothing by itself."""

import shutil
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from dialoog.channels.actions import install_builtin
from dialoog.config.command import main
from dialoog.core import identity
from dialoog.core.models import Generation
from dialoog.core.work.worker import run_due
from dialoog.newsroom.models import Item
from dialoog.policy.actions import install_starter_policy
from dialoog.publishing.actions import plan_post, start_draft
from dialoog.publishing.delivering import lane
from dialoog.publishing.delivering.adopting import adopt
from dialoog.publishing.drafting import Content
from dialoog.publishing.models import Delivery, DeliveryStep
from dialoog.publishing.tests.conftest import make_goal


@pytest.fixture(autouse=True)
def _now(stopped):
    identity.forget()
    yield stopped
    identity.forget()


@pytest.fixture
def planned(noor, inside, now):
    install_starter_policy(noor, now=now)
    channel = install_builtin(noor, now=now)
    content = Content(text="Vers brood om zes uur.", goal_id=make_goal(noor).pk, own_texts={channel.pk: None})
    post = start_draft(noor, content=content, now=now)
    local = (now + timedelta(hours=2)).astimezone(noor.organisation.zone)
    plan_post(noor, post=post, day=local.date(), time=local.time(), now=now)
    return Delivery.objects.get()


def test_what_is_planned_here_goes_out_from_here(planned, now):
    assert planned.instance_id == identity.instance_id()
    run_due(now + timedelta(hours=3))
    assert Item.objects.count() == 1


def test_a_database_that_went_back_holds_what_was_planned(planned, now, tmp_path, monkeypatch):
    """This host saw more of it than there is now."""
    watch = identity.Watch(tmp_path)
    assert not watch.look(identity.highest_number(DeliveryStep) + 100)
    line = lane.DeliveryLane("a")
    line.watch = identity.Watch(tmp_path)
    line._watch_the_database()
    assert Generation.objects.count() == 1
    run_due(now + timedelta(hours=3))
    planned.refresh_from_db()
    assert (planned.state, planned.reason_code) == ("held", "restored_copy")
    assert not Item.objects.exists()


def test_the_operator_says_that_it_is_the_original(planned, now):
    identity.begin_generation()
    assert planned.instance_id != identity.instance_id()
    assert adopt(now=now) == (1, 0)
    run_due(now + timedelta(hours=3))
    assert Item.objects.count() == 1


def test_what_should_have_left_already_still_waits_for_a_person(planned, now):
    identity.begin_generation()
    run_due(now + timedelta(hours=3))
    assert adopt(now=now + timedelta(hours=3)) == (0, 1)
    planned.refresh_from_db()
    assert planned.state == "held"


def test_the_command_says_what_it_did(planned, now, capsys):
    identity.begin_generation()
    assert main(["adopt"]) == 0
    assert "1 planned deliveries go out from here again" in capsys.readouterr().out


def test_removing_rows_is_no_going_back(planned):
    before = identity.highest_number(DeliveryStep)
    assert before > 0
    DeliveryStep.objects.all().delete()
    assert identity.highest_number(DeliveryStep) == before


def test_the_watch_remembers_over_restarts_and_survives_a_full_disk(tmp_path):
    watch = identity.Watch(tmp_path)
    assert [watch.look(number) for number in (5, 9, 9, 12)] == [False] * 4
    watch._written_at = 0.0
    watch.look(13)
    assert identity.Watch(tmp_path).look(3)
    (tmp_path / "seen.json").write_text("nonsense")
    assert not identity.Watch(tmp_path).look(3)
    shutil.rmtree(tmp_path)
    watch._written_at = 0.0
    assert not watch.look(20)


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite is a file: its copy comes with other secrets"
)
def test_a_clone_of_the_database_is_another_installation(db):
    assert identity.instance_id() != settings.INSTANCE_ID
    here = identity._database()
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = 'postgres'")
        assert here.split()[1] != str(cursor.fetchone()[0])
