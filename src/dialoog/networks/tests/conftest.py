"""A real PDS for the whole run, and people on it."""

import importlib.util
import itertools
import json
import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest

from dialoog.core.http import GuardedClient
from dialoog.networks.base import Connection
from dialoog.networks.bluesky.connector import Bluesky
from dialoog.networks.bluesky.password import sign_in
from dialoog.networks.grants import Grant, MemoryGrants
from dialoog.networks.tests.fault_proxy import standing_before

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_SERVERS = Path(__file__).parents[4] / "tests/servers"
_numbers = itertools.count(1)


def load_server(name: str) -> ModuleType:
    """Return a module of tests/servers, which is no package."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, _SERVERS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def now():
    return NOW


@pytest.fixture(scope="session")
def now_for_all():
    """The same moment, for what is made once for all tests."""
    return NOW


# Never asked for: the PDS is told to find it on loopback. It refuses names that are reserved for examples.
SITE = "https://client.dialoog-proef.nl/"


class Site(ThreadingHTTPServer):
    """An installation on https, as far as the PDS can see: `documents` by path."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _SiteHandler)
        self.address, self.documents = SITE, {}


class _SiteHandler(BaseHTTPRequestHandler):
    def do_GET(self):
        found = self.server.documents.get(self.path)
        self.send_response(200 if found else 404)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(found or {}).encode())

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def site():
    server = Site()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def pds(site):
    server = load_server("pds_server").start(stand_in=f"{SITE}=http://127.0.0.1:{site.server_address[1]}/")
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
        self.grants = MemoryGrants(self._grant())

    def _grant(self):
        """What `sign_in` gives; the tokens of a new account spare each test a login."""
        tokens = {"access": self.account.access, "refresh": self.account.refresh}
        who = {"did": self.did, "handle": self.handle}
        return Grant("app_password", {**tokens, **who, "identifier": self.handle, "password": self.password})

    @property
    def password(self):
        return self.account.password

    def sign_in(self, http=None, address=None):
        """Sign in as people do, with an app password."""
        password = self.pds.app_password(self.account)
        self.grants = MemoryGrants(sign_in(http or self.http, address or self.pds.url, self.handle, password))

    def connector(self, http=None, address=None):
        return Bluesky(
            Connection(address=address or self.pds.url, grants=self.grants, http=http or self.http)
        )

    def begin_anew(self):
        """Take all posts away and forget what became of the grant: a new account costs half a second."""
        writes = [
            {
                "$type": "com.atproto.repo.applyWrites#delete",
                "collection": "app.bsky.feed.post",
                "rkey": record["uri"].rpartition("/")[2],
            }
            for record in self.posts()
        ]
        if writes:
            body = {"repo": self.did, "writes": writes}
            self.pds.call("com.atproto.repo.applyWrites", body=body, access=self.account.access)
        self.grants = MemoryGrants(self._grant())

    def posts(self):
        return self.pds.records(self.did)


@pytest.fixture(scope="session")
def fault_proxy(pds):
    """A way to the PDS that can be made to fail."""
    with standing_before(pds.url) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def person(pds, http):
    """Make people: `person()` gives a new one each time."""
    return lambda name="korenaar": Person(pds, http, f"{name}{next(_numbers)}.test")
