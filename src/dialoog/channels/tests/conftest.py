"""A real PDS, people on it, and channels connected to it."""

import importlib.util
import itertools
import sys
from pathlib import Path

import pytest

from dialoog.channels import actions
from dialoog.channels.connections import client

_SERVERS = Path(__file__).parents[4] / "tests/servers"
_numbers = itertools.count(1)


def _load(name):
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, _SERVERS / f"{name}.py")
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def pds_server():
    server = _load("pds_server").start()
    yield server
    server.stop()


@pytest.fixture
def pds(pds_server, settings):
    """The PDS, allowed by the operator."""
    settings.ALLOW_ADDRESSES = frozenset({pds_server.host_port})
    yield pds_server
    client().close()


@pytest.fixture
def account(pds):
    """Make accounts on the PDS, each with an app password."""

    def make(name="korenaar"):
        made = pds.create_account(f"{name}{next(_numbers)}.test")
        return made, pds.app_password(made)

    return make


@pytest.fixture
def connect(pds, noor, now):
    """Connect an account of the PDS as Noor."""

    def connected(made, password, actor=noor):
        typed = {"address": pds.url, "handle": made.handle, "password": password}
        return actions.connect(actor, network="bluesky", way="app-wachtwoord", typed=typed, now=now)[0]

    return connected
