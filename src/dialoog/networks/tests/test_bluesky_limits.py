"""What a real PDS says when we ask too much, and addresses that are never asked."""

import sys

import pytest

from dialoog.core.http import GuardedClient
from dialoog.networks.base import Connection
from dialoog.networks.bluesky.connector import Bluesky
from dialoog.networks.bluesky.password import sign_in
from dialoog.networks.errors import Refused, TryLater
from dialoog.networks.grants import Grant, MemoryGrants


@pytest.fixture
def strict(pds):
    """A PDS of its own that counts logins as bsky.social does: 30 per 5 minutes."""
    server = sys.modules["pds_server"].start(rate_limits=True)
    yield server
    server.stop()


@pytest.mark.pds
def test_the_wait_is_the_one_that_a_real_server_states(strict):
    noor = strict.create_account("noor.test")
    http = GuardedClient(frozenset({strict.url}))
    for _ in range(30):
        sign_in(http, strict.url, noor.handle, noor.password)
    with pytest.raises(TryLater, match="limit_reached") as limit:
        sign_in(http, strict.url, noor.handle, noor.password)
    http.close()
    assert limit.value.sent
    assert 60 < limit.value.after_seconds <= 300


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://pds.example.org", "address_not_safe"),
        ("http://127.0.0.1:2583", "address_not_safe"),
        ("https://127.0.0.1:2583", "address_refused"),
        ("https://[::ffff:127.0.0.1]", "address_refused"),
        ("https://169.254.169.254", "address_refused"),
        ("file:///etc/passwd", "address_not_safe"),
        ("https://user:word@pds.example.org", "address_refused"),
    ],
)
def test_an_address_that_is_not_public_is_refused(now, address, code):
    http = GuardedClient(timeout=3)
    grants = MemoryGrants(Grant("app_password", {"access": "a", "did": "did:plc:x"}))
    with pytest.raises(Refused, match=code):
        Bluesky(Connection(address=address, grants=grants, http=http)).check(now)
    with pytest.raises(Refused, match=code):
        sign_in(http, address, "noor.test", "word")
    http.close()
