"""What `dialoog check-config` looks at: whether this installation can do its work, and is safe."""

import ctypes.util
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from dialoog.config import dumps, installation
from dialoog.config.installation import SECRETS_FILE, InstallationError
from dialoog.config.mail import MailError, read_mail
from dialoog.config.store import SQLITE_FILE, is_postgresql, read_store

LEAST_FREE: Final = 500 * 1024 * 1024
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Found:
    """One thing that was looked at: good, a warning (it works, but) or bad (mend it)."""

    level: Literal["good", "warning", "bad"]
    text: str


def look(folder: Path) -> Iterator[Found]:
    """Look at the data folder, the address, mail and the parts of the system, one line each."""
    yield from _folder(folder)
    yield from _database(folder)
    yield from _address()
    yield from _passwords(folder)
    yield from _surroundings()


def _folder(folder: Path) -> Iterator[Found]:
    if not folder.exists():
        yield Found("warning", f"The data folder {folder} isn't there yet; ./run makes it.")
        return
    if not os.access(folder, os.W_OK):
        yield Found("bad", f"The data folder {folder} can't be written. Change its permissions.")
        return
    yield Found("good", f"The data folder is {folder}.")
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        yield Found("warning", f"Only {free // 1024**2} MB are free on its disk.")
    yield from _secrets(folder)


def _secrets(folder: Path) -> Iterator[Found]:
    try:
        found = installation.read(folder)
    except InstallationError as error:
        yield Found("bad", str(error))
        return
    if found is None:
        yield Found("warning", "There are no secrets yet; ./run makes them.")
    elif (folder / SECRETS_FILE).stat().st_mode & 0o077:
        yield Found("bad", f"Others can read {folder / SECRETS_FILE}. Run: chmod 600 {folder / SECRETS_FILE}")
    else:
        yield Found("good", "The secrets are readable by this user only.")


def _database(folder: Path) -> Iterator[Found]:
    try:
        store = read_store(os.environ, folder)
        if is_postgresql(store):
            kept = f"{store['NAME']} at {store['HOST'] or 'this machine'}"
            yield Found("good", f"Rows are kept in PostgreSQL {dumps.version(store)}: {kept}.")
            return
    except InstallationError as error:
        yield Found("bad", str(error))
        return
    file = folder / SQLITE_FILE
    if not file.exists():
        return
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            (told,) = database.execute("PRAGMA quick_check").fetchone()
    except sqlite3.Error as error:
        told = str(error)
    if told == "ok":
        yield Found("good", "The database is whole.")
    else:
        yield Found("bad", f"The database is damaged ({told}). Restore a backup.")


def _address() -> Iterator[Found]:
    address = urlsplit(os.environ.get("DIALOOG_ADDRESS", "http://localhost:8000"))
    is_local = address.hostname in _LOCAL
    if not address.hostname or address.scheme not in {"http", "https"}:
        yield Found("bad", "DIALOOG_ADDRESS is no address. Write it as https://dialoog.example.org")
    elif address.scheme == "http" and not is_local:
        yield Found("bad", "DIALOOG_ADDRESS begins with http: passwords would travel in the open. Use https.")
    else:
        yield Found("good", f"People reach Dialoog at {address.geturl()}.")
    if os.environ.get("DIALOOG_DEBUG") == "1" and not is_local:
        yield Found("bad", "DIALOOG_DEBUG is on: errors would show how Dialoog is made. Remove it.")
    allowed = os.environ.get("DIALOOG_ALLOW_ADDRESSES", "")
    if allowed:
        yield Found("warning", f"These private addresses may be called: {allowed}.")


def _passwords(folder: Path) -> Iterator[Found]:
    service = os.environ.get("DIALOOG_BREACH_CHECK", "")
    if service and urlsplit(service).scheme != "https":
        yield Found("bad", "DIALOOG_BREACH_CHECK must begin with https://, as https://api.pwnedpasswords.com")
    elif service:
        yield Found("good", f"New passwords are looked up at {service}, by five characters of a digest.")
    elif (folder / "breached.txt").exists():
        yield Found("good", f"New passwords are looked up in {folder / 'breached.txt'}.")
    else:
        yield Found(
            "good", "New passwords are checked against the 20,000 most used ones, not against breaches."
        )


def _mail() -> Found:
    try:
        server = read_mail(os.environ)
    except MailError as error:
        return Found("bad", str(error))
    if not server.host:
        return Found("warning", "No mail server (DIALOOG_SMTP_HOST): invitations are links that you pass on.")
    if server.user and not (server.uses_tls or server.uses_starttls or server.host in _LOCAL):
        return Found(
            "bad", f"The mail password would travel in the open to port {server.port}. Use 465 or 587."
        )
    return Found("good", f"Mail is sent by {server.host}, port {server.port}, as {server.sender}.")


def _surroundings() -> Iterator[Found]:
    yield Found("good", f"Python {sys.version_info.major}.{sys.version_info.minor}.")
    yield _mail()
    if not ctypes.util.find_library("pango-1.0"):
        yield Found("warning", "Pango is missing, so there are no PDFs (Debian: apt install libpango-1.0-0).")
    if shutil.which("node") is None:
        yield Found(
            "warning", "Node is missing; only the example organisation's own Bluesky server needs it."
        )
