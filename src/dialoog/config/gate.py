"""A gate between the supervisor and the web server: load beside the preparation, serve after it."""

import os
from collections.abc import Mapping

_NAME = "DIALOOG_GATE"


class Gate:
    """The supervisor's side: a pipe that stays silent, and ends when the gate opens."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()

    @property
    def passed(self) -> tuple[int]:
        """Return what the held process must inherit."""
        return (self._read,)

    @property
    def told(self) -> Mapping[str, str]:
        """Return the environment that tells the held process where the gate is."""
        return {_NAME: str(self._read)}

    def open(self) -> None:
        """Let all that wait go on."""
        os.close(self._write)
        os.close(self._read)


def pass_through() -> None:
    """Wait until the supervisor opens the gate; without a supervisor there is none.

    The end stays open: a web server that is started again reads the same end, and goes on at once.
    """
    if number := os.environ.get(_NAME):
        os.read(int(number), 1)
