"""Starts a PostgreSQL of its own on a unix socket in a new folder, and ends it."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# A test's database may be lost with the machine.
QUICK = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")
SMALL = ("-c", "shared_buffers=64MB", "-c", "max_connections=200", "-c", "log_min_messages=fatal")


PORT = 5432


class PostgresUnavailable(RuntimeError):
    """PostgreSQL isn't there, or didn't start; the message says which."""


def programs() -> Path:
    """Return the folder with PostgreSQL's programs: Debian keeps them off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    if on_path:
        return Path(on_path).parent
    raise PostgresUnavailable("PostgreSQL is missing (Debian: apt install postgresql)")


class PostgresServer:
    """A running server; `url` is what DIALOOG_DATABASE is set to.

    Shape: it listens on a socket in its folder, and on the address `at` for those of `subnet`.
    """

    def __init__(self, *, is_lasting: bool = False, at: str = "", subnet: str = "") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dialoog-postgres-"))
        # It refuses to run as root.
        self._as = pwd.getpwnam("postgres").pw_name if os.geteuid() == 0 else ""
        if self._as:
            shutil.chown(self.folder, self._as, self._as)
        self._options = SMALL if is_lasting else (*SMALL, *QUICK)
        self._run("initdb", "-D", self._data, "-U", "dialoog", "-A", "trust", "-E", "UTF8", "--no-locale")
        self._at = at
        if subnet:
            with (self.folder / "data/pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {subnet} trust\n")
        self._process = self._started()
        self.url = f"postgresql://dialoog@/postgres?host={self.folder}"

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _command(self, program: str, *words: str) -> list[str]:
        command = [str(programs() / program), *words]
        return ["runuser", "-u", self._as, "--", *command] if self._as else command

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            self._command(program, *words), capture_output=True, text=True, check=False, cwd=self.folder
        )
        if done.returncode:
            raise PostgresUnavailable(f"{program}: {done.stderr[-500:]}")

    def _started(self) -> "subprocess.Popen[bytes]":
        command = self._command(
            *("postgres", "-D", self._data, "-k", str(self.folder)),
            *("-c", f"listen_addresses={self._at}", "-p", str(PORT), *self._options),
        )
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + 30
        ready = [str(programs() / "pg_isready"), "-q", "-h", str(self.folder), "-U", "dialoog"]
        while subprocess.run(ready, check=False).returncode:
            if process.poll() is not None or time.monotonic() > until:
                raise PostgresUnavailable("PostgreSQL did not start")
            time.sleep(0.05)
        return process

    def kill(self) -> None:
        """End it in the middle of everything, as when the power goes."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def start_again(self) -> None:
        """Start it again after `kill`; it recovers what it had promised to keep."""
        until = time.monotonic() + 30
        while True:
            # Its children end a moment after it; until then their memory is in use.
            with contextlib.suppress(PostgresUnavailable):
                self._process = self._started()
                return
            if time.monotonic() > until:
                raise PostgresUnavailable("PostgreSQL did not start again")
            time.sleep(0.2)

    def stop(self) -> None:
        """End it and remove what it kept."""
        if self._process.poll() is None:
            self._run("pg_ctl", "-D", self._data, "stop", "-m", "immediate")
            self._process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def running(**options: Any) -> Iterator[PostgresServer]:
    """Run a server."""
    server = PostgresServer(**options)
    try:
        yield server
    finally:
        server.stop()
