"""A network on loopback that can be told to fail, and posts on their way to it."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

from dialoog.networks.tests.fault_proxy import Fault

SERVERS = Path(__file__).parents[4] / "tests/servers"
PUT = "com.atproto.repo.putRecord"
GET = "com.atproto.repo.getRecord"


class Network:
    """The server, and the line to it that fails as it is told."""

    def __init__(self, url, line):
        self.url, self.line = url, line

    def texts(self):
        """Return every text that was written, as often as it was."""
        with urllib.request.urlopen(f"{self.url}/ledger", timeout=10) as answer:
            return [write["text"] for write in json.load(answer)["writes"]]

    def fails(self, **fault):
        self.line.fail(Fault(**{"path": PUT, **fault}))

    def works(self):
        self.line.fail(None)


def started():
    """Start a server of its own; end it with `stop`."""
    command = [sys.executable, str(SERVERS / "ledger_pds.py")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    return process, json.loads(process.stdout.readline())["url"]


def stop(process):
    process.kill()
    process.wait()
    process.stdout.close()
