"""A database field whose content is encrypted with the installation's keys."""

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

# Only the stubs know the field as generic.
if TYPE_CHECKING:
    _TextField = models.TextField[Any, Any]
else:
    _TextField = models.TextField


class SecretUnreadable(Exception):
    """The value was encrypted with a key that this installation doesn't have."""


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


def seal(value: object) -> str:
    """Return JSON-able `value` encrypted with the first key."""
    return _fernet().encrypt(json.dumps(value).encode()).decode()


def unseal(token: str) -> Any:
    """Return what `seal` was given.

    Errors: SecretUnreadable when no key fits.
    """
    try:
        return json.loads(_fernet().decrypt(token.encode()))
    except InvalidToken as error:
        raise SecretUnreadable("This secret was encrypted with another key.") from error


def fingerprint(token: str) -> str:
    """Return the digest under which a link's token is stored; the token itself is never stored."""
    return hmac.new(settings.SECRET_KEY.encode(), token.encode(), hashlib.sha256).hexdigest()


class SecretField(_TextField):
    """A JSON value, encrypted at rest; a dump of the database yields no usable token."""

    def get_prep_value(self, value: Any) -> str | None:
        """Encrypt on the way to the database."""
        return None if value is None else seal(value)

    def from_db_value(self, value: str | None, *_: object) -> Any:
        """Decrypt on the way out."""
        return None if value is None else unseal(value)

    def to_python(self, value: Any) -> Any:
        """Leave values as they are; they are plain Python outside the database."""
        return value
