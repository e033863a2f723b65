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
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from dialoog.config import installation
from dialoog.config.installation import SECRETS_FILE, InstallationError

DATABASE: Final = "dialoog.sqlite3"
MANIFEST: Final = "manifest.json"
MEDIA: Final = "media"
FORMAT: Final = 1


def backup(folder: Path, target: Path, *, now: datetime) -> Path:
    """Write one file with all of the installation, while it runs; return where it lies.

    Errors: InstallationError when there is nothing to back up, or the file can't be written.
    """
    if not (folder / DATABASE).exists():
        raise InstallationError(f"There is no installation in {folder}. Set DIALOOG_DATA to its data folder.")
    if target.exists():
        raise InstallationError(f"{target} exists already. Choose another name.")
    try:
        with tempfile.TemporaryDirectory(dir=target.resolve().parent) as work:
            _copy_database(folder / DATABASE, Path(work) / DATABASE)
            shutil.copy2(folder / SECRETS_FILE, Path(work) / SECRETS_FILE)
            _write_manifest(Path(work), now=now)
            _pack(Path(work), folder / MEDIA, target)
    except OSError as error:
        raise InstallationError(
            f"{target} can't be written ({error.strerror}). Choose another place."
        ) from error
    return target


def _copy_database(source: Path, target: Path) -> None:
    """Copy a database that is in use: SQLite's own online backup gives one moment of it."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _write_manifest(work: Path, *, now: datetime) -> None:
    files = {name: _digest(work / name) for name in (DATABASE, SECRETS_FILE)}
    told = {"format": FORMAT, "made_at": now.isoformat(), "sha256": files}
    (work / MANIFEST).write_text(json.dumps(told, indent=1))


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _pack(work: Path, media: Path, target: Path) -> None:
    partial = target.with_name(target.name + ".partial")
    try:
        with (
            os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
            tarfile.open(fileobj=file, mode="w:gz") as archive,
        ):
            for name in (MANIFEST, DATABASE, SECRETS_FILE):
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
        known = manifest["format"] == FORMAT and set(manifest["sha256"]) == {DATABASE, SECRETS_FILE}
    except (ValueError, KeyError, TypeError) as error:
        raise tarfile.TarError("its list of files can't be read") from error
    if not (whole and known):
        raise tarfile.TarError("its files aren't those that were packed")
    with closing(sqlite3.connect(work / DATABASE)) as database:
        (told,) = database.execute("PRAGMA integrity_check").fetchone()
    if told != "ok":
        raise tarfile.TarError("its database is damaged")


def _become_another(work: Path) -> None:
    """Give the copy an instance id of its own, and end everybody's session in it."""
    found = installation.read(work)
    if found is None:
        raise tarfile.TarError("it has no secrets")
    installation.write(work, dataclasses.replace(found, instance_id=str(uuid.uuid4())))
    (work / MANIFEST).unlink()
    (work / MEDIA).mkdir(exist_ok=True)
    with closing(sqlite3.connect(work / DATABASE)) as database, database:
        database.execute("DELETE FROM django_session")
