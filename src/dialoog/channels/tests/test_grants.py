"""One renewal at a time, across threads and processes."""

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from dialoog.channels.connections import ChannelGrants
from dialoog.channels.models import Channel
from dialoog.config import installation
from dialoog.core.clock import now as read_clock
from dialoog.networks.grants import Grant

pytestmark = pytest.mark.pds
ROOT = Path(__file__).parents[4]
PROGRAM = Path(__file__).with_name("refreshing.py")


@pytest.fixture
def run(pds, tmp_path):
    """Start the program on a database of its own."""
    installation.ensure(tmp_path / "data")
    changes = {
        "DIALOOG_DATA": str(tmp_path / "data"),
        "DIALOOG_ALLOW_ADDRESSES": pds.host_port,
        "DJANGO_SETTINGS_MODULE": "dialoog.config.settings",
        "PYTHONPATH": str(ROOT),
    }

    def started(*arguments):
        command = [sys.executable, "-P", str(PROGRAM), *map(str, arguments)]
        return subprocess.Popen(command, env={**os.environ, **changes}, stdout=subprocess.PIPE, text=True)

    return started


def test_twenty_threads_in_two_processes_renew_once(run, pds, account, tmp_path):
    made, password = account()
    notes = tmp_path / "notes"
    run("make", pds.url, made.handle, password).communicate()
    programs = [run("use", 20, notes) for _ in range(2)]
    answers = [line for program in programs for line in program.communicate()[0].split()]
    assert answers == [made.did] * 40
    assert len(notes.read_text().splitlines()) == 1


def test_a_grant_that_was_replaced_meanwhile_is_not_overwritten(account, connect, inside):
    made, password = account()
    channel = connect(made, password)

    def slow(present):
        connect(made, password)
        return Grant(present.kind, {**present.data, "refresh": "of the old session"})

    kept = ChannelGrants(channel).refresh(slow)
    assert kept.data["refresh"] != "of the old session"
    assert Channel.objects.get().grant["data"]["refresh"] == kept.data["refresh"]
    assert Channel.objects.get().grant_lease_until is None


def test_a_failed_renewal_leaves_the_grant_and_the_lease_free(account, connect, inside):
    channel = connect(*account())
    before = ChannelGrants(channel).load()

    def broken(_present):
        raise ConnectionError

    with pytest.raises(ConnectionError):
        ChannelGrants(channel).refresh(broken)
    assert ChannelGrants(channel).load() == before
    assert Channel.objects.get().grant_lease_until is None


def test_a_lease_of_a_dead_process_is_taken_over_when_it_runs_out(account, connect, inside):
    channel = connect(*account())
    Channel.objects.update(grant_lease_until=read_clock() + timedelta(seconds=0.4))
    started = read_clock()
    fresh = ChannelGrants(channel).refresh(lambda grant: Grant(grant.kind, {**grant.data, "access": "new"}))
    assert read_clock() - started >= timedelta(seconds=0.3)
    assert fresh.data["access"] == "new"
    assert ChannelGrants(channel).load() == fresh


def test_all_grants_of_a_channel_share_one_lock():
    channel = Channel(pk=7, organisation_id=1)
    assert ChannelGrants(channel)._lock is ChannelGrants(channel)._lock
    assert isinstance(ChannelGrants(channel)._lock, type(threading.Lock()))
