"""Who holds a lease: a worker with a locked file, so that its death is seen at once on its own machine.

A lease of another machine is taken over when it runs out; one of a dead process here needs no waiting.
"""

import fcntl
import hashlib
import os
import socket
import uuid
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

_FOLDER: Final = "workers"


class Owner:
    """This process as a holder of leases; alive for as long as it keeps its file locked."""

    def __init__(self) -> None:
        self.name = f"{_host()}:{uuid.uuid4().hex[:12]}"
        place = _place(self.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        self._file = place.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def end(self) -> None:
        """Give the file up: from now on nobody waits for this holder."""
        _place(self.name).unlink(missing_ok=True)
        self._file.close()


def is_dead(name: str) -> bool:
    """Tell whether a holder on this machine has died; False for one elsewhere, whom we can't see."""
    if not name.startswith(f"{_host()}:"):
        return False
    try:
        with _place(name).open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except BlockingIOError:
        return False
    _place(name).unlink(missing_ok=True)
    return True


@cache
def _host() -> str:
    """Return what only holders have in common that lock their files in the same folder of the same machine."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    machine = boot.read_text() if boot.exists() else str(uuid.getnode())
    mark = hashlib.sha256(f"{machine} {Path(settings.DATA).resolve()}".encode()).hexdigest()
    return f"{socket.gethostname()[:30]}-{mark[:8]}"


def _place(name: str) -> Path:
    return Path(settings.DATA) / _FOLDER / os.path.basename(name.rpartition(":")[2])  # noqa: PTH119 - a name, no path
