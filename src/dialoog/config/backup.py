"""Backups: one file with everything, and a restored copy that publishes nothing by itself.

A backup holds the database, the media and the secrets of an installation, so it's as secret as the
installation itself. A restored copy gets an instance id of its own: all that was planned waits for a
person (docs/delivery.md).
"""

import dataclasses
import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import uuid
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from dialoog.config import dumps, installation
from dialoog.config.installation import SECRETS_FILE, InstallationError
from dialoog.config.store import SQLITE_FILE, is_postgresql, read_store

MANIFEST: Final = "manifest.json"
MEDIA: Final = "media"
FORMAT: Final = 1


def backup(folder: Path, target: Path, *, now: datetime) -> Path:
    """Write one file with all of the installation, while it runs; return where it lies.

    Errors: InstallationError when there is nothing to back up, or the file can't be written.
    """
    database = read_store(os.environ, folder)
    if not (folder / SECRETS_FILE).exists() or not (
        is_postgresql(database) or Path(database["NAME"]).exists()
    ):
        raise InstallationError(f"There is no installation in {folder}. Set DIALOOG_DATA to its data folder.")
    if target.exists():
        raise InstallationError(f"{target} exists already. Choose another name.")
    try:
        with tempfile.TemporaryDirectory(dir=target.resolve().parent) as work:
            name = dumps.file_of(database)
            dumps.dump(database, Path(work) / name)
            shutil.copy2(folder / SECRETS_FILE, Path(work) / SECRETS_FILE)
            _write_manifest(Path(work), name, now=now)
            _pack(Path(work), name, folder / MEDIA, target)
    except OSError as error:
        raise InstallationError(
            f"{target} can't be written ({error.strerror}). Choose another place."
        ) from error
    return target


def _write_manifest(work: Path, database: str, *, now: datetime) -> None:
    files = {name: _digest(work / name) for name in (database, SECRETS_FILE)}
    told = {"format": FORMAT, "made_at": now.isoformat(), "sha256": files}
    (work / MANIFEST).write_text(json.dumps(told, indent=1))


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _pack(work: Path, database: str, media: Path, target: Path) -> None:
    partial = target.with_name(target.name + ".partial")
    try:
        with (
            os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
            tarfile.open(fileobj=file, mode="w:gz") as archive,
        ):
            for name in (MANIFEST, database, SECRETS_FILE):
                archive.add(work / name, arcname=name)
            if media.exists():
                archive.add(media, arcname=MEDIA)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)


def restore(folder: Path, source: Path) -> None:
    """Bring a backup back into an empty data folder, as an installation of its own.

    Errors: InstallationError when the folder isn't empty, or the file is no whole backup of ours; the
    folder is then left as it was.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InstallationError(
            f"{folder} isn't empty. Set DIALOOG_DATA to an empty folder, so that nothing is overwritten."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".restore-"))
    try:
        _unpack(source, work)
        _check(work)
        _become_another(work)
        _bring_into_postgresql(work, read_store(os.environ, folder))
        if folder.exists():
            folder.rmdir()
        work.rename(folder)
    except (OSError, tarfile.TarError, EOFError) as error:
        raise InstallationError(
            f"{source} can't be restored ({error}). Is it a whole backup of Dialoog?"
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _unpack(source: Path, work: Path) -> None:
    with tarfile.open(source, mode="r:gz") as archive:
        archive.extractall(work, filter="data")


def _check(work: Path) -> None:
    try:
        manifest = json.loads((work / MANIFEST).read_text())
        whole = all(_digest(work / name) == digest for name, digest in manifest["sha256"].items())
        files = set(manifest["sha256"]) - {SECRETS_FILE}
        known = manifest["format"] == FORMAT and files in ({SQLITE_FILE}, {dumps.POSTGRESQL_FILE})
    except (ValueError, KeyError, TypeError) as error:
        raise tarfile.TarError("its list of files can't be read") from error
    if not (whole and known):
        raise tarfile.TarError("its files aren't those that were packed")
    if not dumps.is_whole(work / files.pop()):
        raise tarfile.TarError("its database is damaged")


def _become_another(work: Path) -> None:
    """Give the copy an instance id of its own, and end everybody's session in it."""
    found = installation.read(work)
    if found is None:
        raise tarfile.TarError("it has no secrets")
    installation.write(work, dataclasses.replace(found, instance_id=str(uuid.uuid4())))
    (work / MANIFEST).unlink()
    (work / MEDIA).mkdir(exist_ok=True)
    if (work / SQLITE_FILE).exists():
        with closing(sqlite3.connect(work / SQLITE_FILE)) as database, database:
            database.execute("DELETE FROM django_session")


def _bring_into_postgresql(work: Path, database: Mapping[str, Any]) -> None:
    """Bring a dump into the database of DIALOOG_DATABASE; a backup goes back into the kind it came from."""
    file = work / dumps.POSTGRESQL_FILE
    if file.exists() != is_postgresql(database):
        kinds = ("SQLite, so unset", "PostgreSQL, so set")
        raise InstallationError(f"This backup is of {kinds[file.exists()]} DIALOOG_DATABASE first.")
    if file.exists():
        if not dumps.is_empty(database):
            raise InstallationError(
                "The database of DIALOOG_DATABASE isn't empty. Make a new one for the backup."
            )
        dumps.load(database, file)
        file.unlink()
