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
from types import FrameType, TracebackType
from typing import Self

from dialoog.config import gate
from dialoog.config.installation import InstallationError

GRACE_SECONDS = 10
# What a shell expects of a program that was ended with Ctrl-C.
STOPPED = 130


def web_command(host: str, port: int, *, processes: int = 1) -> list[str]:
    """Return the command of the web server: threads for the waiting, processes for more cores."""
    return [
        str(Path(sys.executable).parent / "gunicorn"),
        "dialoog.config.wsgi:application",
        f"--bind={host}:{port}",
        f"--workers={processes}",
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
    except KeyboardInterrupt:
        code = STOPPED
    except BaseException:  # noqa: BLE001 - the fork must end here, whatever happened
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


class Supervisor:
    """Holds the processes of one installation together; all end with the `with` block."""

    def __init__(self) -> None:
        self.children: list[subprocess.Popen[bytes]] = []
        self.is_stopping = False

    def __enter__(self) -> Self:
        """Take Ctrl-C and the signal to end from here on."""
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._stop)
        return self

    def __exit__(self, *_problem: type[BaseException] | BaseException | TracebackType | None) -> None:
        """End what still runs."""
        self._end_all()

    def start(self, command: Sequence[str], held: gate.Gate | None = None) -> None:
        """Start one process; a held one loads, and does nothing until the gate opens."""
        self.children.append(
            # A session of their own, so that the terminal's Ctrl-C reaches only the supervisor.
            subprocess.Popen(  # noqa: S603 - our own commands
                command,
                env={**os.environ, **(held.told if held else {})},
                pass_fds=held.passed if held else (),
                start_new_session=True,
            )
        )

    def wait(self) -> int:
        """Run until a child ends or a signal comes; return the exit status."""
        while not self.is_stopping:
            for child in self.children:
                if (status := child.poll()) is not None:
                    return status or 1
            time.sleep(0.2)
        return 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.is_stopping = True

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
