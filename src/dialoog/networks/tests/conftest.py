"""A real PDS for the whole run, and people on it."""

import importlib.util
import itertools
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from dialoog.core.http import GuardedClient
from dialoog.networks.base import Connection
from dialoog.networks.bluesky import Bluesky
from dialoog.networks.bluesky_password import sign_in
from dialoog.networks.grants import MemoryGrants

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_SERVERS = Path(__file__).parents[4] / "tests/servers"
_numbers = itertools.count(1)


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, _SERVERS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def now():
    return NOW


@pytest.fixture(scope="session")
def pds():
    server = _load("pds_server").start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def http(pds):
    client = GuardedClient(allow=frozenset({pds.url}))
    yield client
    client.close()


class Person:
    """Somebody with an account on the PDS, and our connector to it."""

    def __init__(self, pds, http, handle):
        self.pds, self.http = pds, http
        self.account = pds.create_account(handle)
        self.did, self.handle = self.account.did, handle
        self.password = pds.app_password(self.account)
        self.grants = MemoryGrants(sign_in(http, pds.url, handle, self.password))

    def connector(self, http=None, address=None):
        return Bluesky(
            Connection(address=address or self.pds.url, grants=self.grants, http=http or self.http)
        )

    def posts(self):
        return self.pds.records(self.did)


@pytest.fixture
def person(pds, http):
    """Make people: `person()` gives a new one each time."""
    return lambda name="korenaar": Person(pds, http, f"{name}{next(_numbers)}.test")
