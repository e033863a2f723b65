import os
import sqlite3
import stat
import subprocess
import sys
import tarfile
from datetime import UTC, datetime

import pytest

from dialoog.config import installation
from dialoog.config.backup import backup, restore
from dialoog.config.checks import look
from dialoog.config.installation import InstallationError

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    """A data folder with a database, an image and secrets."""
    folder = tmp_path / "data"
    installation.ensure(folder)
    with sqlite3.connect(folder / "dialoog.sqlite3") as database:
        database.executescript(
            "PRAGMA journal_mode=WAL; CREATE TABLE django_session (k TEXT); CREATE TABLE post (text TEXT);"
            "INSERT INTO django_session VALUES ('signed in'); INSERT INTO post VALUES ('Brood');"
        )
    database.close()
    (folder / "media" / "a.jpg").write_bytes(b"picture")
    return folder


def rows(folder, table):
    database = sqlite3.connect(folder / "dialoog.sqlite3")
    try:
        return [row[0] for row in database.execute(f"SELECT * FROM {table}")]
    finally:
        database.close()


def test_what_was_backed_up_comes_back_as_another_installation(folder, tmp_path):
    file = backup(folder, tmp_path / "b.tar.gz", now=NOW)
    restore(tmp_path / "copy", file)
    old, new = installation.read(folder), installation.read(tmp_path / "copy")
    assert new.instance_id != old.instance_id
    assert (new.field_keys, new.secret_key) == (old.field_keys, old.secret_key)
    assert rows(tmp_path / "copy", "post") == ["Brood"]
    assert rows(tmp_path / "copy", "django_session") == []
    assert (tmp_path / "copy/media/a.jpg").read_bytes() == b"picture"


def test_a_backup_takes_what_is_not_yet_in_the_main_file(folder, tmp_path):
    writer = sqlite3.connect(folder / "dialoog.sqlite3")
    writer.execute("INSERT INTO post VALUES ('just now')")
    writer.commit()
    restore(tmp_path / "copy", backup(folder, tmp_path / "b.tar.gz", now=NOW))
    writer.close()
    assert rows(tmp_path / "copy", "post") == ["Brood", "just now"]


def test_only_its_owner_can_read_a_backup(folder, tmp_path):
    file = backup(folder, tmp_path / "b.tar.gz", now=NOW)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data/secrets.json").stat().st_mode) == 0o600


def test_nothing_is_overwritten(folder, tmp_path):
    file = backup(folder, tmp_path / "b.tar.gz", now=NOW)
    with pytest.raises(InstallationError, match="exists already"):
        backup(folder, file, now=NOW)
    with pytest.raises(InstallationError, match="isn't empty"):
        restore(folder, file)
    assert rows(folder, "django_session") == ["signed in"]


def test_a_damaged_backup_is_refused_and_leaves_nothing(folder, tmp_path):
    file = backup(folder, tmp_path / "b.tar.gz", now=NOW)
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(file.read_bytes()[:-400])
    changed = tmp_path / "changed.tar.gz"
    with tarfile.open(file) as old, tarfile.open(changed, "w:gz") as new:
        for member in old.getmembers():
            content = old.extractfile(member) if member.isfile() else None
            if member.name == "dialoog.sqlite3":
                other = tmp_path / "other.sqlite3"
                sqlite3.connect(other).execute("CREATE TABLE django_session (k)").connection.close()
                new.add(other, arcname=member.name)
            else:
                new.addfile(member, content)
    for bad in (broken, changed, tmp_path / "none.tar.gz"):
        with pytest.raises(InstallationError, match="can't be restored"):
            restore(tmp_path / "copy", bad)
        assert not (tmp_path / "copy").exists()
    assert not list(tmp_path.glob(".restore-*"))


def test_a_file_that_climbs_out_of_the_folder_is_refused(tmp_path):
    evil = tmp_path / "evil.tar.gz"
    with tarfile.open(evil, "w:gz") as archive:
        member = tarfile.TarInfo("../outside")
        archive.addfile(member)
    with pytest.raises(InstallationError):
        restore(tmp_path / "copy", evil)
    assert not (tmp_path / "outside").exists()


def test_a_folder_without_an_installation_is_a_clear_sentence(tmp_path):
    with pytest.raises(InstallationError, match="no installation"):
        backup(tmp_path, tmp_path / "b.tar.gz", now=NOW)


def levels(folder):
    return {found.level for found in look(folder)}


def test_the_configuration_of_a_good_folder_has_nothing_bad(folder, monkeypatch):
    for name in ("DIALOOG_ADDRESS", "DIALOOG_DEBUG", "DIALOOG_ALLOW_ADDRESSES"):
        monkeypatch.delenv(name, raising=False)
    assert "bad" not in levels(folder)


@pytest.mark.parametrize(
    ("name", "value"),
    [("DIALOOG_ADDRESS", "http://dialoog.example.org"), ("DIALOOG_ADDRESS", "dialoog")],
)
def test_an_unsafe_address_is_bad(folder, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert "bad" in levels(folder)


def test_secrets_that_others_can_read_and_a_damaged_database_are_bad(folder):
    (folder / "secrets.json").chmod(0o644)
    assert "bad" in levels(folder)
    (folder / "secrets.json").chmod(0o600)
    (folder / "dialoog.sqlite3").write_bytes(b"no database" * 100)
    assert "bad" in levels(folder)


def command(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "dialoog.config", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        timeout=60,
    )


def test_the_commands_are_listed():
    told = command("--help").stdout
    for name in ("up", "web", "worker", "demo", "backup", "restore", "check-config"):
        assert f" {name} " in told


def test_a_command_that_cannot_do_its_work_says_one_sentence(tmp_path):
    told = command("backup", str(tmp_path / "b.tar.gz"), DIALOOG_DATA=str(tmp_path / "none"))
    assert told.returncode == 1
    assert told.stderr.startswith("Dialoog: There is no installation in")
    assert told.stderr.count("\n") == 1
