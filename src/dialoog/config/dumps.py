"""The database as one file: SQLite's own online copy, or PostgreSQL's own dump."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import psycopg

from dialoog.config.installation import InstallationError
from dialoog.config.store import SQLITE_FILE, is_postgresql

POSTGRESQL_FILE: Final = "dialoog.pgdump"
_HOURS: Final = 6 * 3600


def file_of(database: Mapping[str, Any]) -> str:
    """Return under which name a database lies in a backup."""
    return POSTGRESQL_FILE if is_postgresql(database) else SQLITE_FILE


def dump(database: Mapping[str, Any], target: Path) -> None:
    """Write one moment of a database that is in use.

    Errors: InstallationError, OSError.
    """
    if is_postgresql(database):
        _run("pg_dump", database, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
        return
    with closing(sqlite3.connect(database["NAME"])) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def is_whole(file: Path) -> bool:
    """Tell whether a dump can be read to its end."""
    if file.name == POSTGRESQL_FILE:
        listing = [_program("pg_restore"), "--list", str(file)]
        return subprocess.run(listing, capture_output=True, check=False).returncode == 0  # noqa: S603 - our own command
    try:
        with closing(sqlite3.connect(file)) as database:
            (told,) = database.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error:
        return False
    return bool(told == "ok")


def is_empty(database: Mapping[str, Any]) -> bool:
    """Tell whether nothing stands in a PostgreSQL database yet.

    Errors: InstallationError when it can't be reached.
    """
    with _connected(database) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    return found is not None and found[0] == 0


def load(database: Mapping[str, Any], file: Path) -> None:
    """Bring a dump of PostgreSQL into an empty database, wholly or not at all; everybody's session ends in it.

    Errors: InstallationError.
    """
    _run(
        "pg_restore",
        database,
        *("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"),
        f"--dbname={database['NAME']}",
        str(file),
    )
    with _connected(database) as connection:
        connection.execute("DELETE FROM django_session")


def version(database: Mapping[str, Any]) -> str:
    """Return what PostgreSQL calls its version.

    Errors: InstallationError when it can't be reached.
    """
    with _connected(database) as connection:
        found = connection.execute("SHOW server_version").fetchone()
    return str(found[0]) if found else ""


def _connected(database: Mapping[str, Any]) -> "psycopg.Connection[Any]":
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    told = {driver: database[ours] for ours, driver in names.items() if database[ours]}
    try:
        return psycopg.connect(
            **told, **{key: of for key, of in database["OPTIONS"].items() if key != "pool"}
        )
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else "no answer"
        raise InstallationError(f"The database of DIALOOG_DATABASE can't be reached: {reason}") from error


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise InstallationError(f"{name} is needed for this (Debian: apt install postgresql-client).")
    return found


def _run(name: str, database: Mapping[str, Any], *words: str) -> None:
    """Run a program of PostgreSQL; the password goes by the environment, where other people can't read it."""
    names = {
        "NAME": "PGDATABASE",
        "USER": "PGUSER",
        "PASSWORD": "PGPASSWORD",
        "HOST": "PGHOST",
        "PORT": "PGPORT",
    }
    told = {theirs: str(database[ours]) for ours, theirs in names.items() if database[ours]}
    if "sslmode" in database["OPTIONS"]:
        told["PGSSLMODE"] = database["OPTIONS"]["sslmode"]
    done = subprocess.run(  # noqa: S603 - our own command
        [_program(name), *words],
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        timeout=_HOURS,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise InstallationError(f"{name} failed: {said[-1] if said else done.returncode}")
