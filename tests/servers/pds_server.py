"""Starts and stops the real Bluesky PDS of `tests/servers/pds`, and makes accounts on it.

From the command line: `python tests/servers/pds_server.py install` fetches and compiles its packages.
"""

import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "pds"
PACKAGES = FOLDER / "node_modules"


class PdsUnavailable(RuntimeError):
    """Node or its packages are missing, or the PDS didn't start; the message says which."""


@dataclass(frozen=True)
class Account:
    """Somebody on the PDS, with a fresh session."""

    handle: str
    did: str
    password: str = field(repr=False)
    access: str = field(repr=False)
    refresh: str = field(repr=False, default="")


def install() -> None:
    """Fetch the packages of the lock file and compile the one that needs it; kept per lock file.

    They lie in the cache folder of the person, so that a fresh clone needs no second compilation.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise PdsUnavailable("npm is missing; install Node 20 or newer.")
    lock = FOLDER / "package-lock.json"
    kept = _cache() / f"pds-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    if not (kept / "complete").exists():
        kept.mkdir(parents=True, exist_ok=True)
        for file in (lock, FOLDER / "package.json"):
            shutil.copy(file, kept)
        environment = dict(os.environ)
        if Path("/usr/include/node/node.h").exists():
            environment["npm_config_nodedir"] = "/usr"
        subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=kept, check=True, env=environment)
        if not (kept / "node_modules/better-sqlite3/build/Release/better_sqlite3.node").exists():
            subprocess.run([npm, "rebuild", "better-sqlite3"], cwd=kept, check=True, env=environment)
        (kept / "complete").touch()
    if PACKAGES.is_symlink():
        PACKAGES.unlink()
    elif PACKAGES.exists():
        shutil.rmtree(PACKAGES)
    PACKAGES.symlink_to(kept / "node_modules")


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dialoog"


def free_port() -> int:
    """Return a port on loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class PdsServer:
    """A running PDS; `url` is its address, `plc_url` that of its directory of identities."""

    def __init__(self, process: "subprocess.Popen[str]", data: Path, ready: dict[str, Any]) -> None:
        self._process, self._data = process, data
        self.url: str = ready["pds"]
        self.plc_url: str = ready["plc"]
        self.pid: int = process.pid

    @property
    def host_port(self) -> str:
        """What goes into the set of allowed addresses."""
        return self.url.removeprefix("http://")

    def stop(self) -> None:
        """End it by its own process id and remove its data."""
        if self._process.poll() is None:
            os.kill(self.pid, signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
        shutil.rmtree(self._data, ignore_errors=True)

    def create_account(self, handle: str) -> Account:
        """Make somebody; `handle` ends on `.test`."""
        password = secrets.token_hex(8)
        body = {"handle": handle, "email": f"{handle}@example.org", "password": password}
        made = self.call("com.atproto.server.createAccount", body=body)
        tokens = {"access": made["accessJwt"], "refresh": made["refreshJwt"]}
        return Account(handle=handle, did=made["did"], password=password, **tokens)

    def app_password(self, account: Account, name: str = "dialoog") -> str:
        """Make a password for applications, as a person would in the settings."""
        made = self.call("com.atproto.server.createAppPassword", body={"name": name}, access=account.access)
        return str(made["password"])

    def create_record(self, account: Account, collection: str, record: dict[str, Any]) -> dict[str, Any]:
        """Write a record as that person: a post, a like, a follow."""
        body = {"repo": account.did, "collection": collection, "record": {"$type": collection, **record}}
        return self.call("com.atproto.repo.createRecord", body=body, access=account.access)

    def records(self, did: str, collection: str = "app.bsky.feed.post") -> list[dict[str, Any]]:
        """Return all records of a repository, newest first: the network's own truth."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            query = f"repo={did}&collection={collection}&limit=100" + (f"&cursor={cursor}" if cursor else "")
            answer = self.call("com.atproto.repo.listRecords", query=query)
            found += answer["records"]
            cursor = answer.get("cursor", "")
            if not cursor or not answer["records"]:
                return found

    def call(self, nsid: str, *, query: str = "", body: Any = None, access: str = "") -> dict[str, Any]:
        """Call one method of the PDS; `urllib.error.HTTPError` when it refuses."""
        request = urllib.request.Request(f"{self.url}/xrpc/{nsid}" + (f"?{query}" if query else ""))
        if access:
            request.add_header("authorization", f"Bearer {access}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("content-type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = answer.read()
        return dict(json.loads(content)) if content else {}


def start(port: int = 0, *, rate_limits: bool = False, stand_in: str = "") -> PdsServer:
    """Start one and return when it answers (about a second).

    Shape: `stand_in` is "https://there/=http://127.0.0.1:1/", an address that it finds elsewhere.
    """
    node = shutil.which("node")
    if node is None:
        raise PdsUnavailable("node is missing; install Node 20 or newer.")
    if not (PACKAGES / "@atproto/dev-env").exists():
        raise PdsUnavailable(f"Its packages are missing; run: {sys.executable} {__file__} install")
    data = Path(tempfile.mkdtemp(prefix="dialoog-pds-"))
    command = [node, "pds.mjs", "--port", str(port or free_port()), "--data", str(data)]
    if rate_limits:
        command.append("--rate-limits")
    if stand_in:
        command += ["--stand-in", stand_in]
    process = subprocess.Popen(
        command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    line = process.stdout.readline() if process.stdout else ""
    if not line.startswith("{"):
        process.kill()
        process.wait()
        shutil.rmtree(data, ignore_errors=True)
        raise PdsUnavailable("The PDS didn't start; its last lines are above.")
    return PdsServer(process, data, json.loads(line))


if __name__ == "__main__":
    install()
