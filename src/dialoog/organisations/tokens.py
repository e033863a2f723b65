"""Links that open something once: a random token in the address, only its digest in the database."""

import hashlib
import secrets


def new_token() -> str:
    """Return a token of 256 random bits, fit for an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what is stored of a token: it opens nothing by itself."""
    return hashlib.sha256(token.encode()).hexdigest()
