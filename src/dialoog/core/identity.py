"""Which installation this is, and whether its database went back in time: only the original publishes.

Three things make an installation: its secrets in the data folder, the very database (PostgreSQL's system and database
numbers, so a clone or a restored dump is another one), and a generation that is made anew when the database turns out
to be older than what this host has seen in it. Each delivery names the installation that may send it.
"""

import json
import logging
import threading
import time
import uuid
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Model

from dialoog.core.models import Generation

log = logging.getLogger(__name__)
FRESH_SECONDS: Final = 1.0
_SEEN_FILE: Final = "seen.json"
_NAMESPACE: Final = uuid.UUID("0d1a1006-0000-4000-8000-000000000000")


def instance_id() -> str:
    """Return the id of this installation, with this database, in its present generation; 36 characters."""
    parts = [settings.INSTANCE_ID, _database(), _generation.value()]
    return str(uuid.uuid5(_NAMESPACE, " ".join(parts))) if any(parts[1:]) else parts[0]


def _database() -> str:
    """Return what tells this database from a copy of it; asked once for each connection."""
    if connection.vendor != "postgresql":
        return ""
    connection.ensure_connection()
    held = connection.connection
    known = getattr(held, "_dialoog_identity", "")
    if not known:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT system_identifier FROM pg_control_system()), oid FROM pg_database "
                "WHERE datname = current_database()"
            )
            known = "{} {}".format(*cursor.fetchone())
        held._dialoog_identity = known  # noqa: SLF001 - a mark of ours on the driver's connection
    return str(known)


class _Generation:
    """The generation, read from the database at most once a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value, self._until = "", 0.0

    def value(self) -> str:
        with self._lock:
            if time.monotonic() >= self._until:
                found = Generation.objects.values_list("value", flat=True).first()
                self._value, self._until = found or "", time.monotonic() + FRESH_SECONDS
            return self._value

    def forget(self) -> None:
        with self._lock:
            self._until = 0.0


_generation = _Generation()


def forget() -> None:
    """Read the generation anew at the next question: it was changed here, or the database is another."""
    _generation.forget()


def begin_generation() -> str:
    """Make this database another installation: what was planned before waits for people; return the new id."""
    Generation.objects.all().delete()
    Generation.objects.create(value=str(uuid.uuid4()))
    forget()
    return instance_id()


def highest_number(model: type[Model]) -> int:
    """Return the highest number that rows of a table were ever given; removing rows doesn't lower it."""
    table = model._meta.db_table  # noqa: SLF001 - the ORM doesn't tell
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, 'id')::regclass)", [table]
            )
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    return int(found[0] or 0) if found else 0


class Watch:
    """Sees a database that went back in time, by the highest number that this host has seen in it.

    Shape: kept in the data folder; `look` is cheap enough to ask before each claim.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._file = (folder or Path(settings.DATA)) / _SEEN_FILE
        self._seen = self._read()
        self._written, self._written_at = self._seen, 0.0

    def look(self, highest: int) -> bool:
        """Note the highest number there is now; tell whether it's lower than what was seen before."""
        went_back = highest < self._seen
        if went_back:
            log.error("the database is older than it was: all that was planned waits for people")
        self._seen = highest
        if self._seen != self._written and (went_back or time.monotonic() - self._written_at > FRESH_SECONDS):
            self._write()
        return went_back

    def _read(self) -> int:
        try:
            return int(json.loads(self._file.read_text())["highest"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def _write(self) -> None:
        """Write it whole or not at all; a full disk must not stop what can still be sent."""
        partial = self._file.with_suffix(".partial")
        try:
            partial.write_text(json.dumps({"highest": self._seen}))
            partial.replace(self._file)
        except OSError as error:
            log.warning("%s can't be written: %s", self._file, error.strerror)
            return
        self._written, self._written_at = self._seen, time.monotonic()
