"""Compiles the translations of all rooms, so that no binary lies in the repository."""

import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parent.parent


def compile_all() -> int:
    """Write each room's .mo beside its .po when the text is newer; return 0 as an exit status."""
    for source in PACKAGE.glob("*/locale/*/LC_MESSAGES/django.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            _compile(source, target)
    return 0


def _compile(source: Path, target: Path) -> None:
    """Write at once or not at all: another process may be reading."""
    handle, name = tempfile.mkstemp(dir=target.parent)
    with source.open("rb") as read, os.fdopen(handle, "wb") as written:
        write_mo(written, read_po(read))
    Path(name).replace(target)
