"""Each connector against the common suite: the newsroom on a store in memory, Bluesky on a real PDS."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from dialoog.core.http import GuardedClient
from dialoog.networks.base import Connection
from dialoog.networks.bluesky.connector import Bluesky
from dialoog.networks.grants import Grant
from dialoog.networks.newsroom import Newsroom
from dialoog.networks.registry import connectors
from dialoog.networks.tests.conformance import (
    Bench,
    Conformance,
    OverTheWire,
    Renewing,
    WireBench,
    nobody_there,
)
from dialoog.networks.tests.fault_proxy import Fault
from dialoog.networks.tests.memory_store import MemoryStore


class NewsroomBench(Bench):
    def __init__(self):
        self.store = MemoryStore()

    def connector(self):
        return Newsroom(Connection(store=self.store))

    def texts(self):
        return [item.text for item in self._shown()]

    def alts(self):
        return [image["alt"] for item in self._shown() for image in item.images]

    def _shown(self):
        return [item for key, item in self.store.items.items() if key not in self.store.withdrawn]


class TestNewsroom(Conformance):
    @pytest.fixture
    def bench(self):
        return NewsroomBench()


class BlueskyBench(WireBench):
    publish_path = "com.atproto.repo.putRecord"
    login_path = "com.atproto.server.createSession"
    refresh_path = "com.atproto.server.refreshSession"

    def __init__(self, person, proxy, http):
        self.person, self.proxy, self.http = person, proxy, http
        self.calls = proxy.calls

    def connector(self):
        return Bluesky(Connection(address=self.proxy.url, grants=self.person.grants, http=self.http))

    def texts(self):
        return [record["value"]["text"] for record in self.person.posts()]

    def alts(self):
        embeds = [record["value"].get("embed", {}) for record in self.person.posts()]
        return [image["alt"] for embed in embeds for image in embed.get("images", [])]

    def fail(self, path, **fault):
        self.proxy.fail(Fault(path, **fault))

    def heal(self):
        self.proxy.fail(None)

    def secret(self):
        return self.person.grants.load().data["access"]

    def unreachable(self):
        address, http = nobody_there()
        return Bluesky(replace(self.connector().connection, address=address, http=http))

    def _change(self, **data):
        self.person.grants.refresh(lambda grant: Grant(grant.kind, {**grant.data, **data}))

    def expire(self):
        self._change(access="x.y.z")

    def revoke(self):
        self._change(access="x.y.z", refresh="x.y.z", password="no longer")


@pytest.fixture(scope="session")
def through_proxy(fault_proxy):
    client = GuardedClient(frozenset({fault_proxy.url}))
    yield client
    client.close()


@pytest.fixture(scope="session")
def tester(person):
    return person("suite")


@pytest.mark.pds
class TestBluesky(Conformance, OverTheWire, Renewing):
    @pytest.fixture
    def bench(self, tester, fault_proxy, through_proxy):
        fault_proxy.fail(None)
        tester.begin_anew()
        return BlueskyBench(tester, fault_proxy, through_proxy)


@pytest.mark.parametrize(("suite", "publishes"), [("Conformance", True), ("Reading", False)])
def test_every_connector_runs_the_suite(suite, publishes):
    """A connector's suite is the class in a test of this folder whose bases are those of the common one."""
    found = Path(__file__).parent.glob("test_*.py")
    suites = [
        node.name.removeprefix("Test").lower()
        for file in found
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.ClassDef) and suite in [ast.unparse(base) for base in node.bases]
    ]
    named = {
        name.replace("_", "")
        for name, kind in connectors().items()
        if kind.capabilities.publishes is publishes and not kind.capabilities.by_hand
    }
    assert named <= set(suites)
