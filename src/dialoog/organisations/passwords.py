"""The breach check of passwords: offline by default, by range query where the operator allows it."""

import hashlib

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class BreachValidator:
    """Refuses a password that stands in public breaches.

    The list is a file of SHA-1 digests in `DIALOOG_DATA/breached.txt` (sorted, one a line, as the
    public ranges are offered for download). Without it only Django's list of 20,000 common
    passwords is checked, and the people page says so.
    Source: the k-anonymity range format of Pwned Passwords.
    """

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError when the password is in the list."""
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        if digest in _Sorted():
            raise ValidationError(
                _("This password stands in a public breach. Choose another one."), "breached"
            )

    def get_help_text(self) -> str:
        """Say what is asked, below the field."""
        return _("Not a password that stands in a public breach.")


class _Sorted:
    """Binary search in a sorted file of digests, whatever its size."""

    def __init__(self) -> None:
        self.path = settings.DATA / "breached.txt"

    def __contains__(self, digest: str) -> bool:
        if not self.path.exists():
            return False
        with self.path.open("rb") as file:
            low, high = 0, self.path.stat().st_size
            while low < high:
                middle = (low + high) // 2
                file.seek(middle)
                if middle:
                    file.readline()
                line = file.readline()[:40].decode().upper()
                if line == digest:
                    return True
                if line and line < digest:
                    low = middle + 1
                else:
                    high = middle
            file.seek(low)
            return file.readline()[:40].decode().upper() == digest
