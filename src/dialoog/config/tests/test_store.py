"""Where rows are kept, as the environment says it."""

from pathlib import Path

import pytest

from dialoog.config.installation import InstallationError
from dialoog.config.store import is_postgresql, read_store

FOLDER = Path("/somewhere")


def test_without_a_word_it_is_a_file_in_the_data_folder():
    found = read_store({}, FOLDER)
    assert found["NAME"] == FOLDER / "dialoog.sqlite3"
    assert not is_postgresql(found)


def test_an_address_names_all_parts():
    said = "postgresql://noor:b%40kker%3Aij@db.example.org:5433/dialoog?sslmode=verify-full"
    found = read_store({"DIALOOG_DATABASE": said}, FOLDER)
    assert is_postgresql(found)
    parts = [found[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")]
    assert parts == ["noor", "b@kker:ij", "db.example.org", "5433", "dialoog"]
    assert found["OPTIONS"]["sslmode"] == "verify-full"
    assert "lock_timeout" in found["OPTIONS"]["options"]
    assert found["CONN_HEALTH_CHECKS"]


def test_a_socket_is_a_folder():
    found = read_store({"DIALOOG_DATABASE": "postgresql://dialoog@/dialoog?host=/run/postgresql"}, FOLDER)
    assert (found["HOST"], found["PORT"]) == ("/run/postgresql", "")


@pytest.mark.parametrize(
    "said",
    [
        "mysql://u:very-secret@host/name",
        "postgresql://u:very-secret@host/",
        "postgresql://u:very-secret@host:port/name",
        "postgresql://u:very-secret@host:99999/name",
        "postgresql://u:very-secret@host/a/b",
        "dialoog",
    ],
)
def test_what_is_no_address_is_told_without_its_password(said):
    with pytest.raises(InstallationError, match="postgresql://user:password@host") as refused:
        read_store({"DIALOOG_DATABASE": said}, FOLDER)
    assert "very-secret" not in str(refused.value)
