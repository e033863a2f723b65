"""What can go wrong on the way to a network and back, as one of the four errors."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

from dialoog.core.http import AddressRefused, AnswerTooLarge, GuardedClient, MaybeSent, NotSent, Response
from dialoog.networks.errors import OutcomeUnknown, Refused, TryLater

WAIT_SECONDS: Final = 60.0
# Later than this nobody means: a header that says so is broken.
LONGEST_WAIT: Final = 86_400.0
# Tokens and app passwords, should a server repeat what it was sent.
_SECRETS = re.compile(r"[\w.~+/=-]{24,}|\b\w{4}(?:-\w{4}){3}\b")


def without_secrets(text: str) -> str:
    """Return what a network said, at most 300 characters, without what may be a secret."""
    return _SECRETS.sub("…", text)[:300]


def checked_address(http: GuardedClient, address: str) -> str:
    """Return the base address without its last slash.

    Errors: Refused when it isn't https, and the operator didn't name it either.
    """
    base = address.rstrip("/")
    if not base.startswith("https://") and not http.allows(base):
        raise Refused("address_not_safe", base[:200])
    return base


@contextmanager
def understood(*, mutates: bool = False) -> Iterator[None]:
    """Turn an answer that isn't what the network promises into an error of ours."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        code, detail = "unreadable_answer", type(error).__name__
        if mutates:
            raise OutcomeUnknown(code, detail) from error
        raise TryLater(WAIT_SECONDS, code, sent=True, detail=detail) from error


@contextmanager
def reached(*, mutates: bool = False) -> Iterator[None]:
    """Turn what can go wrong on the way there and back into one of the four."""
    try:
        yield
    except AddressRefused as error:
        raise Refused("address_refused", str(error)) from error
    except NotSent as error:
        raise TryLater(WAIT_SECONDS, "unreachable", detail=str(error)) from error
    except MaybeSent as error:
        code = "answer_too_large" if isinstance(error, AnswerTooLarge) else "answer_lost"
        if mutates:
            raise OutcomeUnknown(code, str(error)) from error
        raise TryLater(WAIT_SECONDS, code, sent=True, detail=str(error)) from error


_RESETS: Final = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset")


def wait_seconds(answer: Response) -> float:
    """Return how long the network asks to wait.

    Source: Retry-After in seconds or as a date (RFC 9110), else one of the RateLimit-Reset headers in use: a
            moment in Unix seconds (Bluesky, X), a date (Mastodon), or seconds from now; moments are held
            against the answer's own Date, so that our clock doesn't matter.
    """
    asked = answer.headers.get("retry-after", "")
    if asked.isdigit():
        return min(float(asked), LONGEST_WAIT)
    given = asked or next((answer.headers[name] for name in _RESETS if name in answer.headers), "")
    try:
        until = _seconds_until(given, answer.headers.get("date", ""))
    except (ValueError, TypeError):
        return WAIT_SECONDS
    return min(max(1.0, until), LONGEST_WAIT)


def _seconds_until(given: str, date: str) -> float:
    try:
        number = float(given)
    except ValueError:
        return _moment(given).timestamp() - parsedate_to_datetime(date).timestamp()
    # What is smaller than thirty years is no moment.
    return number if number < 1e9 else number - parsedate_to_datetime(date).timestamp()


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)
