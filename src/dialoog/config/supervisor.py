"""Starts web and worker as one: when one ends all end, and Ctrl-C ends them cleanly."""

import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from dialoog.config.installation import InstallationError

GRACE_SECONDS = 10


def web_command(host: str, port: int) -> list[str]:
    """Return the command of the web server: one process, threads for the waiting."""
    return [
        str(Path(sys.executable).parent / "gunicorn"),
        "dialoog.config.wsgi:application",
        f"--bind={host}:{port}",
        "--workers=1",
        "--threads=8",
        "--worker-class=gthread",
        "--graceful-timeout=5",
        "--no-control-socket",
        "--log-level=warning",
    ]


def check_port(host: str, port: int) -> None:
    """Raise InstallationError when the port can't be used."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InstallationError(
                f"Port {port} on {host} can't be used ({error.strerror}). "
                f"Stop the program that holds it, or choose another one: --port {port + 1}."
            ) from error


def apart(work: Callable[[], int]) -> int:
    """Do something in a forked process and return its exit status: its memory goes when it ends."""
    pid = os.fork()
    if pid:
        _pid, status = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(status)
    try:
        code = work()
    except InstallationError as error:
        sys.stderr.write(f"Dialoog: {error}\n")
        code = 1
    except BaseException:  # noqa: BLE001 - the fork must end here, whatever happened
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


class Supervisor:
    """Holds the processes of one installation together."""

    def __init__(self, commands: Sequence[Sequence[str]]) -> None:
        self.commands = commands
        self.children: list[subprocess.Popen[bytes]] = []
        self.is_stopping = False

    def run(self) -> int:
        """Run until a child ends or a signal comes; return the exit status."""
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._stop)
        # A session of their own, so that the terminal's Ctrl-C reaches only the supervisor.
        self.children = [
            subprocess.Popen(command, env=os.environ, start_new_session=True)  # noqa: S603 - our own commands
            for command in self.commands
        ]
        ended = self._wait()
        self._end_all()
        return 0 if self.is_stopping else ended

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.is_stopping = True

    def _wait(self) -> int:
        while not self.is_stopping:
            for child in self.children:
                if (status := child.poll()) is not None:
                    return status or 1
            time.sleep(0.2)
        return 0

    def _end_all(self) -> None:
        for child in self.children:
            if child.poll() is None:
                child.terminate()
        until = time.monotonic() + GRACE_SECONDS
        for child in self.children:
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
