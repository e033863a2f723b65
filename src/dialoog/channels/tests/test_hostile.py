"""Addresses that must never be asked: a canary on loopback counts who comes."""

import socket
import threading

import pytest

from dialoog.channels import actions
from dialoog.channels.connections import client
from dialoog.core.errors import Invalid

SPELLINGS = (
    *("127.0.0.1", "localhost", "127.1", "127.0.1", "0", "0.0.0.0", "0x7f.1", "0x7f000001", "2130706433"),
    *(
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "localhost.",
        "LOCALHOST",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
    ),
    *("[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
    *(
        "[fe80::1%25lo]",
        "[::1%25lo]",
        "\uff11\uff12\uff17.0.0.1",
        "127\u30020\u30020\u30021",
        "\u24db\u24de\u24d2alhost",
    ),
    *(
        "127.0.0.1%00.example.org",
        "127.0.0.1%2eexample.org",
        "127.0.0.1\\@bsky.social",
        "bsky.social@127.0.0.1",
    ),
    *(
        "127.0.0.1#@bsky.social",
        "127.0.0.1?.bsky.social",
        "127.0.0.1\t",
        "127.0.0.1\n",
        "10.0.0.1",
        "169.254.169.254",
    ),
    *(
        "metadata.google.internal",
        "user:pass@localhost",
        "127.127.127.127",
        "224.0.0.1",
        "[fec0::1]",
        "[fc00::1]",
    ),
)


class Canary:
    """Listens on loopback and counts connections."""

    def __init__(self):
        self.hits = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self):
        while True:
            try:
                found, _ = self._listener.accept()
            except OSError:
                return
            self.hits += 1
            found.close()

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@pytest.fixture
def canary(settings):
    settings.ALLOW_ADDRESSES = frozenset()
    found = Canary()
    yield found
    found.stop()
    client().close()


@pytest.mark.parametrize("scheme", ["https://", "http://", ""])
def test_no_spelling_of_a_private_address_is_asked(canary, noor, now, scheme):
    for host in SPELLINGS:
        for port in (f":{canary.port}", ""):
            with pytest.raises(Invalid) as refused:
                actions.connect(
                    noor,
                    network="bluesky",
                    way="app-wachtwoord",
                    typed={
                        "address": f"{scheme}{host}{port}",
                        "handle": "korenaar.test",
                        "password": "xxxx-xxxx-xxxx-xxxx",
                    },
                    now=now,
                )[0]
            assert refused.value.field == "address", host
    assert canary.hits == 0
