"""Named places at which a test may kill the process, to prove that nothing is lost or done twice.

Inert unless `DIALOOG_FAULT` names one: "sending:3" kills at the third time that the point is passed.
"""

import os
import signal
import threading
from typing import Final

POINTS: Final = (
    "due",  # rows are about to be leased
    "claimed",  # rows are leased, nothing has been looked at
    "judged",  # the rules were asked once more
    "prepared",  # media are uploaded, the payload is made but not kept
    "sending",  # `sending` is committed, not a byte has left
    "answered",  # the network has it, the answer is not kept
    "writing",  # `published` is written, not committed
    "kept",  # `published` is committed, nobody was told yet
    "recovering",  # rows of a dead worker are about to be taken over
    "renewed",  # the network gave fresh tokens, they aren't kept
    "looked",  # an unknown one was read back, what was found is not kept
)
_name, _, _nth = os.environ.get("DIALOOG_FAULT", "").partition(":")
_left = int(_nth or 1)
_lock = threading.Lock()


def arm(name: str, nth: int = 1) -> None:
    """Kill this process at the nth pass of a point; for a process that was forked after the import.

    Errors: KeyError when no such point exists.
    """
    global _name, _left
    if name and name not in POINTS:
        raise KeyError(name)
    _name, _left = name, nth


def fault_point(name: str) -> None:
    """End the process here, without a goodbye, when this is the armed point."""
    global _left  # noqa: PLW0603 - see arm
    if name != _name:
        return
    with _lock:
        _left -= 1
        if _left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
