"""A Bluesky server on this machine for the example, where Node is there: then publishing is real."""

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

_PROGRAM = Path(__file__).resolve().parents[3] / "tests/servers/pds_server.py"


def start() -> Any | None:
    """Start one and return it, or None where Node or the program is missing.

    It ends with this process, and takes its accounts along.
    """
    if shutil.which("node") is None or shutil.which("npm") is None or not _PROGRAM.exists():
        return None
    servers = _load()
    try:
        servers.install()
        return servers.start()
    except (OSError, RuntimeError, servers.subprocess.SubprocessError) as error:
        sys.stderr.write(f"Dialoog: the example runs without Bluesky ({error}).\n")
        return None


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dialoog_local_bluesky", _PROGRAM)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{_PROGRAM} can't be read")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
