"""Connecting and disconnecting on a real PDS."""

from datetime import timedelta

import pytest
from django.db import connection
from django_scopes import scope

from dialoog.channels.actions import (
    connect,
    disconnect,
    install_builtin,
    note_error,
    note_health,
    note_quiet,
)
from dialoog.channels.connections import connector_for
from dialoog.channels.models import Channel
from dialoog.channels.queries import capabilities_of, connected_channels
from dialoog.core.errors import Conflict, Invalid, NotAllowed
from dialoog.core.models import Job
from dialoog.core.work.worker import run_due
from dialoog.networks.errors import NeedsConsent, Refused, TryLater
from dialoog.networks.values import Message
from dialoog.newsroom.actions import change_newsroom
from dialoog.organisations.models import AuditEntry

pytestmark = pytest.mark.pds


def test_an_account_is_connected_under_the_id_that_never_changes(account, connect, inside, noor, now):
    made, password = account()
    channel = connect(made, password)
    assert (channel.remote_id, channel.handle, channel.state) == (made.did, made.handle, "connected")
    assert connector_for(channel).check(now).id == made.did
    entry = AuditEntry.objects.get(what="channel.connected")
    assert entry.member == noor
    assert password not in str(entry.after)


def test_no_secret_stands_in_the_database(account, connect, inside):
    made, password = account()
    channel = connect(made, password)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM channels_channel WHERE id = %s", [channel.pk])
        stored = str(cursor.fetchone())
    assert password not in stored
    assert channel.grant["data"]["access"] not in stored


def test_the_same_account_again_keeps_row_and_history(account, connect, inside, noor, now):
    made, password = account()
    first = connect(made, password)
    disconnect(noor, channel=first, now=now)
    assert connected_channels() == []
    again = connect(made, password)
    assert again.pk == first.pk
    assert Channel.objects.get().state == "connected"
    assert Channel.objects.get().disconnected_at is None


def test_a_connected_channel_publishes(account, connect, inside, pds, now):
    made, password = account()
    ours = connector_for(connect(made, password))
    ours.publish(ours.prepare(Message(text="Vers brood"), ours.new_key(now), now))
    assert [row["value"]["text"] for row in pds.records(made.did)] == ["Vers brood"]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"password": "no-no-no-no"}, "password", "wrong_password"),
        ({"password": "  "}, "password", "field_empty"),
        ({"handle": "nobody.test"}, "password", "wrong_password"),
        ({"handle": "no handle"}, "handle", "field_unreadable"),
        ({"address": "http://127.0.0.1:9"}, "address", "address_not_safe"),
        ({"address": "https://127.0.0.1:9"}, "address", "address_refused"),
        ({"address": "https://no-such-host.invalid"}, "address", "unreachable"),
    ],
)
@pytest.mark.usefixtures("inside")
def test_each_mistake_names_its_field(account, pds, noor, now, *, change, field, code):
    made, password = account()
    typed = {"address": pds.url, "handle": made.handle, "password": password} | change
    with pytest.raises(Invalid) as refused:
        connect(noor, network="bluesky", way="app-wachtwoord", typed=typed, now=now)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert not Channel.objects.exists()


def test_only_an_owner_connects(sam, account, connect, noor, inside, now):
    made, password = account()
    with pytest.raises(NotAllowed):
        connect(made, password, actor=sam)
    channel = connect(made, password)
    with pytest.raises(NotAllowed):
        disconnect(sam, channel=channel, now=now)
    with pytest.raises(NotAllowed):
        install_builtin(sam, now=now)


def test_two_organisations_may_each_connect_the_account(account, connect, noor, tom):
    made, password = account()
    with scope(organisation=noor.organisation):
        ours = connect(made, password)
    with scope(organisation=tom.organisation):
        theirs = connect(made, password, actor=tom)
        assert connected_channels() == [theirs]
    assert ours.pk != theirs.pk


def test_disconnecting_forgets_the_grant(account, connect, inside, noor, now):
    channel = connect(*account())
    disconnect(noor, channel=channel, now=now)
    assert Channel.objects.get().grant is None
    with pytest.raises(NeedsConsent):
        connector_for(channel).check(now)
    with pytest.raises(Conflict):
        disconnect(noor, channel=channel, now=now)


def test_a_grant_that_another_key_encrypted_asks_for_a_person(account, connect, inside, settings, now):
    channel = connect(*account())
    settings.FIELD_KEYS = ["jWYFsxHkvNqvbQ6HScSP1S8Wdf7YzYFcDfzFgvRTKyo="]
    with pytest.raises(NeedsConsent, match="grant_unreadable"):
        connector_for(channel).check(now)


def test_the_built_in_channel_is_installed_once_and_stays(noor, inside, now):
    channel = install_builtin(noor, now=now)
    assert install_builtin(noor, now=now).pk == channel.pk
    assert channel.network == "newsroom"
    assert channel.url.endswith("/nieuws/korenaar/")
    with pytest.raises(Conflict):
        disconnect(noor, channel=channel, now=now)


def test_health_is_looked_at_and_a_lost_channel_left_alone(account, connect, inside, pds, now):
    made, password = account()
    channel = connect(made, password)
    later = now + timedelta(minutes=15)
    run_due(later)
    channel.refresh_from_db()
    assert (channel.state, channel.health_code, channel.health_at) == ("connected", "", later)
    pds.call("com.atproto.server.revokeAppPassword", body={"name": "dialoog"}, access=made.access)
    Channel.objects.update(
        grant={**channel.grant, "data": {**channel.grant["data"], "access": "x", "refresh": "y"}}
    )
    run_due(later + timedelta(minutes=15))
    channel.refresh_from_db()
    assert (channel.state, channel.health_code) == ("needs_consent", "wrong_password")
    assert AuditEntry.objects.filter(what="channel.lost").exists()
    assert Job.objects.get(kind="channels.health").state == "done"


def test_a_server_out_of_reach_is_no_lost_channel(account, connect, inside, settings, now):
    channel = connect(*account())
    Channel.objects.update(address="https://no-such-host.invalid")
    run_due(now + timedelta(minutes=15))
    channel.refresh_from_db()
    assert (channel.state, channel.health_code) == ("connected", "unreachable")
    job = Job.objects.get(kind="channels.health")
    assert (job.state, job.due_at) == ("waiting", now + timedelta(minutes=30))
    note_health(channel.pk, code="", now=now + timedelta(minutes=20))
    channel.refresh_from_db()
    assert (channel.health_code, channel.failing_since) == ("", None)


def test_good_news_is_written_at_most_every_five_minutes(
    account, connect, inside, now, django_assert_num_queries
):
    channel = connect(*account())
    with django_assert_num_queries(1):
        note_health(channel.pk, code="", now=now + timedelta(minutes=4))
    note_health(channel.pk, code="", now=now + timedelta(minutes=6))
    channel.refresh_from_db()
    assert channel.health_at == now + timedelta(minutes=6)


def test_a_limit_makes_quiet_and_a_shorter_wait_never_shortens_it(account, connect, inside, now):
    channel = connect(*account())
    note_error(channel.pk, error=TryLater(600, "limit_reached", sent=True), now=now)
    note_quiet(channel.pk, until=now + timedelta(seconds=30))
    channel.refresh_from_db()
    assert channel.quiet_until == now + timedelta(seconds=600)
    assert channel.state == "connected"
    assert capabilities_of(channel).text_limit == 300


def test_the_newsrooms_channel_follows_its_title_and_address(noor, inside, now):
    channel = install_builtin(noor, now=now)
    change_newsroom(noor, title="Broodnieuws", intro="", slug="brood", language="nl", is_public=True, now=now)
    run_due(now)
    channel.refresh_from_db()
    assert (channel.name, channel.url[-13:]) == ("Broodnieuws", "nieuws/brood/")


@pytest.mark.parametrize("error", [Refused("text_too_long"), TryLater(3600, "not_supported")])
def test_a_refused_message_says_nothing_of_the_channel(account, connect, inside, now, error):
    channel = connect(*account())
    note_error(channel.pk, error=error, now=now)
    channel.refresh_from_db()
    assert (channel.health_code, channel.failing_since, channel.state) == ("", None, "connected")
