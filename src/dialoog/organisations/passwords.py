"""What a password may be: long, no common word, not your own name, and in no public breach."""

import hashlib
import logging
from functools import cache
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dialoog.core.http import AddressRefused, GuardedClient, MaybeSent, NotSent

_log = logging.getLogger(__name__)
_SHORTEST_WORD = 5
_FEWEST_CHARACTERS = 5
_ONLINE_SECONDS = 3.0
_PREFIX = 5


class LengthValidator(MinimumLengthValidator):
    """Refuses a short password, in our own words; Django's have no Dutch."""

    def get_error_message(self) -> str:
        """Return the sentence."""
        return _("This password is too short. Use at least %(min_length)d characters.")


class LikenessValidator(UserAttributeSimilarityValidator):
    """Refuses somebody's own name or address."""

    def get_error_message(self) -> str:
        """Return the sentence."""
        return _("This password looks too much like your name or your e-mail address.")


class CommonValidator(CommonPasswordValidator):
    """Refuses Django's 20,000 common passwords, also with digits and signs around them.

    Few of those have 12 characters, so of "Welkom-2026!" the letters alone are looked up too.
    """

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError for a password that guessers try first."""
        plain = password.lower().strip()
        letters = "".join(character for character in plain if character.isalpha())
        is_known = plain in self.passwords or (len(letters) >= _SHORTEST_WORD and letters in self.passwords)
        if is_known or len(set(plain)) < _FEWEST_CHARACTERS <= len(plain):
            raise ValidationError(
                _("This password is easy to guess. Use words that do not belong together."), "common"
            )


class BreachValidator:
    """Refuses a password that stands in public breaches.

    The list is a file of SHA-1 digests in `DIALOOG_DATA/breached.txt` (sorted, one a line, as the
    public ranges are offered for download). Where `DIALOOG_BREACH_CHECK` names a service, it is asked
    too; it gets the first five characters of the digest, never the password. When it doesn't answer,
    the password is taken and a line is logged.
    Source: the k-anonymity range format of Pwned Passwords.
    """

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError when the password is known."""
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        if in_sorted_file(settings.DATA / "breached.txt", digest) or in_online_range(digest):
            raise ValidationError(
                _("This password stands in a public breach. Choose another one."), "breached"
            )

    def get_help_text(self) -> str:
        """Say what is asked, below the field."""
        return _("Not a password that stands in a public breach.")


def in_sorted_file(path: Path, digest: str) -> bool:
    """Search a sorted file of digests by halves, whatever its size; False when there is none."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        low, high = 0, path.stat().st_size
        # The first line that begins at `low` or later and isn't smaller is looked for.
        while low < high:
            middle = (low + high) // 2
            file.seek(max(0, middle - 1))
            if middle:
                file.readline()
            begin = file.tell()
            line = file.readline()
            if line and line[:40].decode("ascii", "replace").upper() < digest:
                low = begin + len(line)
            else:
                high = middle
        file.seek(max(0, low - 1))
        if low:
            file.readline()
        return file.readline()[:40].decode("ascii", "replace").upper() == digest


def in_online_range(digest: str) -> bool:
    """Ask the service of `DIALOOG_BREACH_CHECK`; False when there is none or it doesn't answer."""
    if not settings.BREACH_CHECK:
        return False
    url = f"{settings.BREACH_CHECK}/range/{digest[:_PREFIX]}"
    try:
        answer = _client(frozenset(settings.ALLOW_ADDRESSES)).request(
            "GET", url, headers={"Add-Padding": "true"}
        )
    except (AddressRefused, NotSent, MaybeSent) as error:
        _log.warning("The breach check was skipped: %s", error)
        return False
    if answer.status != HTTPStatus.OK:
        _log.warning("The breach check was skipped: the service answered %s", answer.status)
        return False
    # Padding has a count of 0.
    found = (line.strip().partition(":") for line in answer.body.decode("ascii", "replace").splitlines())
    return any(rest.upper() == digest[_PREFIX:] and count != "0" for rest, _colon, count in found)


@cache
def _client(allow: frozenset[str]) -> GuardedClient:
    return GuardedClient(allow=allow, timeout=_ONLINE_SECONDS, max_bytes=500_000, connections=4)
