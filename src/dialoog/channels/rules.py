"""What an address may look like, when a connection is lost, and when to look again; no Django."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from dialoog.core.errors import Invalid

CHECK_EVERY = timedelta(minutes=15)
CHECK_AT_LEAST_EVERY = timedelta(hours=4)
# A good answer is written down again only after this long, so that busy channels cost no writes.
GOOD_FOR = timedelta(minutes=5)
ADDRESS_LENGTH = 200
HANDLE_LENGTH = 253

# What connectors say when only a person can mend it (NeedsConsent).
LOST_CODES = frozenset(
    {
        *("wrong_password", "second_factor", "token_refused", "not_permitted", "not_connected"),
        *("other_account", "account_inactive", "grant_unreadable", "consent_withdrawn"),
    }
)
# What says that the connection is in trouble; every other refusal is about one message, not the channel.
TROUBLE_CODES = frozenset(
    {
        *("unreachable", "answer_lost", "server_error", "unreadable_answer", "store_failed"),
        *("address_refused", "address_not_safe"),
    }
)
_HANDLE = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")


def server_address(typed: str) -> str:
    """Return the base address of a server as typed: https unless a scheme is named, no path.

    Errors: Invalid("address", ...) with address_empty, address_too_long or address_unreadable.
    """
    text = typed.strip()
    if not text:
        raise Invalid("address", "address_empty")
    if len(text) > ADDRESS_LENGTH:
        raise Invalid("address", "address_too_long", {"limit": ADDRESS_LENGTH})
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port = parts.port
    except ValueError as error:
        raise Invalid("address", "address_unreadable") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise Invalid("address", "address_unreadable")
    if not parts.netloc.isprintable() or any(char in parts.netloc for char in " \\%"):
        raise Invalid("address", "address_unreadable")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}" if port else f"{parts.scheme}://{host}"


def plain_handle(typed: str) -> str:
    """Return a handle as the network wants it: without the @ and the marks that a copied one brings.

    Errors: Invalid("handle", ...) with handle_empty or handle_unreadable.
    """
    text = "".join(char for char in typed if char.isprintable()).strip().lstrip("@").lower()
    if not text:
        raise Invalid("handle", "handle_empty")
    if len(text) > HANDLE_LENGTH or not _HANDLE.fullmatch(text):
        raise Invalid("handle", "handle_unreadable", {"typed": typed.strip()[:60]})
    return text


def next_check(*, failing_since: datetime | None, now: datetime) -> datetime:
    """Return when to look at a connection again: every quarter of an hour, and ever less often while it fails."""
    if failing_since is None:
        return now + CHECK_EVERY
    return now + min(max(now - failing_since, CHECK_EVERY), CHECK_AT_LEAST_EVERY)
