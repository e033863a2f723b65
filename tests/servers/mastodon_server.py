"""Starts and stops a Mastodon API server (the package mastodon-mock), and makes people on it."""

import contextlib
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Person:
    """Somebody with an account and a token."""

    id: str
    username: str
    token: str = field(repr=False)


class MastodonServer:
    """A running server; `url` is its address."""

    def __init__(self) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "mastodon_mock", "serve", "--in-memory"]
        where = ["--host", "127.0.0.1", "--port", str(port), "--log-level", "error"]
        self._process = subprocess.Popen([*command, *where])
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                self.call("GET", "/api/v2/instance")
                return
            if self._process.poll() is not None:
                raise RuntimeError("the Mastodon server did not start")
            time.sleep(0.1)
        raise RuntimeError("the Mastodon server did not answer in a minute")

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(20)

    def call(self, method: str, path: str, token: str = "", **body: Any) -> Any:
        """Ask the server itself."""
        headers = {
            "content-type": "application/json",
            **({"authorization": f"Bearer {token}"} if token else {}),
        }
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(f"{self.url}{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def person(self, name: str = "") -> Person:
        """Make somebody."""
        made = self.call("POST", "/api/v1/_mock/dev_user", username=name)
        return Person(made["id"], made["username"], made["access_token"])

    def posts(self, person: Person) -> list[dict[str, Any]]:
        """Return what stands under somebody's name, oldest first."""
        found: list[dict[str, Any]] = []
        before = ""
        while True:
            path = f"/api/v1/accounts/{person.id}/statuses?limit=40{before}"
            page = self.call("GET", path, person.token)
            found += page
            if not page:
                return found[::-1]
            before = f"&max_id={page[-1]['id']}"

    def source(self, post: dict[str, Any], person: Person) -> str:
        """Return a post's text as it was written."""
        return str(self.call("GET", f"/api/v1/statuses/{post['id']}/source", person.token)["text"])


@contextlib.contextmanager
def running() -> Iterator[MastodonServer]:
    """Run a server."""
    server = MastodonServer()
    try:
        yield server
    finally:
        server.stop()
