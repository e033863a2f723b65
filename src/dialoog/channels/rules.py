"""What an address may look like, when a connection is lost, and when to look again; no Django."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import SplitResult, urlsplit

from dialoog.core.errors import Invalid
from dialoog.networks.ways import Field

CHECK_EVERY = timedelta(minutes=15)
CHECK_AT_LEAST_EVERY = timedelta(hours=4)
# A good answer is written down again only after this long, so that busy channels cost no writes.
GOOD_FOR = timedelta(minutes=5)
ADDRESS_LENGTH = 200
PAGE_LENGTH = 2000
FIELD_LENGTH = 4000
LINES_LENGTH = 30_000
# So long before a consent ends, a person hears of it.
ENDS_SOON = timedelta(days=14)

# What connectors say when only a person can mend it (NeedsConsent).
LOST_CODES = frozenset(
    {
        *("wrong_password", "second_factor", "token_refused", "not_permitted", "not_connected"),
        *("other_account", "account_inactive", "grant_unreadable", "consent_withdrawn", "app_refused"),
    }
)
# What says that the connection is in trouble; every other refusal is about one message, not the channel.
TROUBLE_CODES = frozenset(
    {
        *("unreachable", "answer_lost", "server_error", "unreadable_answer", "store_failed", "tls_failed"),
        "answer_too_large",
        *("address_refused", "address_not_safe"),
    }
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_KINDS: Mapping[str, str] = {
    **dict.fromkeys(("wrong_password", "second_factor", "token_refused"), "secret"),
    **dict.fromkeys(("address_not_safe", "address_refused", "unreachable", "not_supported"), "address"),
    **dict.fromkeys(
        ("unreadable_answer", "answer_lost", "answer_too_large", "no_oauth", "not_found"), "address"
    ),
}


def read_fields(
    fields: Sequence[Field], typed: Mapping[str, str], kept: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return what was filled in, as each field wants it; what of an app was `kept` need not be typed again.

    Errors: Invalid(field, code) for the first that can't be used; `params` hold its label and example.
    """
    found = {}
    for field in fields:
        text = _typed(field, typed.get(field.name, ""))
        if not text and field.of_app and (kept or {}).get(field.name):
            text = (kept or {})[field.name]
        if not text and field.required:
            raise Invalid(field.name, "field_empty", _about(field))
        limit = LINES_LENGTH if field.kind == "lines" else FIELD_LENGTH
        if len(text) > limit:
            raise Invalid(field.name, "field_too_long", {**_about(field), "limit": limit})
        found[field.name] = _READERS.get(field.kind, _as_it_is)(field, text) if text else ""
    return found


def _about(field: Field) -> dict[str, object]:
    return {"label": field.label, "example": field.example or field.initial}


def _typed(field: Field, text: str) -> str:
    if field.kind != "lines":
        return _plain(text)
    return "\n".join(line for one in text.splitlines() if (line := _plain(one)))


def _plain(text: str) -> str:
    """Return a text without the marks that copying brings."""
    return "".join(char for char in text if char.isprintable()).strip()


def _as_it_is(field: Field, text: str) -> str:
    if field.pattern and not re.fullmatch(field.pattern, text.lower()):
        raise Invalid(field.name, "field_unreadable", _about(field))
    return text


def _handle(field: Field, text: str) -> str:
    return _as_it_is(field, text.lstrip("@").lower())


def _email(field: Field, text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise Invalid(field.name, "field_unreadable", _about(field))
    return text


def _choice(field: Field, text: str) -> str:
    if text not in {value for value, _words in field.choices}:
        raise Invalid(field.name, "field_unreadable", _about(field))
    return text


def _address(field: Field, text: str) -> str:
    """Return the base address of a server as typed: https unless a scheme is named, no path."""
    return _parts(field, text)[0]


def _page(field: Field, text: str) -> str:
    """Return the whole address of a page as typed; what comes after # is for browsers alone."""
    base, parts = _parts(field, text, PAGE_LENGTH)
    query = f"?{parts.query}" if parts.query else ""
    return f"{base}{parts.path}{query}"


def _parts(field: Field, text: str, limit: int = ADDRESS_LENGTH) -> tuple[str, SplitResult]:
    wrong = Invalid(field.name, "address_unreadable", _about(field))
    if len(text) > limit:
        raise wrong
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port = parts.port
    except ValueError as error:
        raise wrong from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise wrong
    if any(char in parts.netloc for char in " \\%"):
        raise wrong
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return (f"{parts.scheme}://{host}:{port}" if port else f"{parts.scheme}://{host}"), parts


_READERS: Mapping[str, Callable[[Field, str], str]] = {
    "address": _address,
    "page": _page,
    "handle": _handle,
    "email": _email,
    "choice": _choice,
}


def field_of(code: str, fields: Sequence[Field]) -> str:
    """Return the field where the way out of a network's refusal lies; "" is the form as a whole."""
    kind = _KINDS.get(code, "")
    kinds = {kind, "page"} if kind == "address" else {kind}
    return next((field.name for field in fields if field.kind in kinds), "")


def next_check(*, failing_since: datetime | None, now: datetime) -> datetime:
    """Return when to look at a connection again: every quarter of an hour, and ever less often while it fails."""
    if failing_since is None:
        return now + CHECK_EVERY
    return now + min(max(now - failing_since, CHECK_EVERY), CHECK_AT_LEAST_EVERY)
