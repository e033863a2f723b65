"""Where the rows are kept: SQLite in the data folder, or PostgreSQL by one setting."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from dialoog.config.installation import InstallationError

SQLITE_FILE: Final = "dialoog.sqlite3"
_SCHEMES: Final = frozenset({"postgresql", "postgres"})
# Nothing may hang for ever: a lock is waited for as long as on SQLite, a statement a minute. A host that is cut off
# in the middle of a transaction, or frozen, must not keep its locks: the server lets it go.
_TIME_OUTS: Final = (
    "-c lock_timeout=20s -c statement_timeout=60s -c idle_in_transaction_session_timeout=30s "
    "-c tcp_keepalives_idle=3 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=9000"
)
# And a host sees within ten seconds that its server can't be reached any more.
_SEEN_DEAD: Final = {
    "connect_timeout": 5,
    "keepalives_idle": 3,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 9000,
}
# Of one process; its threads share them, so that two workers and some web servers fit in the usual hundred.
CONNECTIONS: Final = 20
_POOL: Final = {
    "min_size": 0,
    "max_size": CONNECTIONS,
    "timeout": 20,
    # Given up soon, and begun again by the next who asks: a server that is back is in use again at once.
    "reconnect_timeout": 2,
    "max_idle": 120,
}


def read_store(environment: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """Return Django's description of the database: that of DIALOOG_DATABASE, else SQLite in `folder`.

    Shape:  postgresql://user:password@host:port/name, or ...@/name?host=/folder/of/the/socket; other parts of
            the query go to the driver (sslmode and the like).
    Errors: InstallationError when it's no such address; it never repeats the password.
    """
    said = environment.get("DIALOOG_DATABASE", "").strip()
    return _postgresql(said) if said else _sqlite(folder)


def _sqlite(folder: Path) -> dict[str, Any]:
    # WAL lets pages be read while the worker writes; IMMEDIATE takes the write lock at BEGIN, so that a
    # transaction that reads first can't fail half-way with "database is locked".
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": folder / SQLITE_FILE,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
                "PRAGMA temp_store=MEMORY;PRAGMA mmap_size=134217728;PRAGMA cache_size=-8000;"
            ),
        },
    }


def _postgresql(said: str) -> dict[str, Any]:
    try:
        parts = urlsplit(said)
        port = parts.port
    except ValueError as error:
        raise InstallationError("DIALOOG_DATABASE has no such port. " + _HOW) from error
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in _SCHEMES or not name or "/" in name:
        raise InstallationError("DIALOOG_DATABASE is no address of a PostgreSQL database. " + _HOW)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(port or query.pop("port", "")),
        # Kept by the pool, which looks at them before they are used again: the database may have been restarted.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**_SEEN_DEAD, "options": _TIME_OUTS, **query, "pool": dict(_POOL)},
    }


_HOW: Final = "Write it as postgresql://user:password@host:5432/name"


def is_postgresql(database: Mapping[str, Any]) -> bool:
    """Tell whether a description is that of PostgreSQL."""
    return str(database["ENGINE"]).endswith("postgresql")
