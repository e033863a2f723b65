"""Signing in at a network's own page: begin, go there, come back with what it gave."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from dialoog.channels.actions import keep_channel, refused
from dialoog.channels.attempts import begin_attempt
from dialoog.channels.connections import client
from dialoog.channels.models import Channel, ConnectAttempt
from dialoog.channels.rules import plain_handle, server_address
from dialoog.core.errors import Invalid
from dialoog.networks.bluesky import dpop, oauth
from dialoog.networks.errors import NetworkError
from dialoog.organisations.access import require
from dialoog.organisations.models import Member

BACK_PATH = "/koppelen/bluesky/terug/"
DOCUMENT_PATH = "/koppelen/bluesky/client-metadata.json"


def redirect_uri() -> str:
    """Return where a network sends the browser back to.

    On loopback that is 127.0.0.1 and not "localhost", as RFC 8252 (7.3) and the AT Protocol ask.
    """
    address = settings.ADDRESS
    if urlsplit(address).hostname == "localhost":
        address = address.replace("//localhost", "//127.0.0.1", 1)
    return f"{address}{BACK_PATH}"


def document() -> dict[str, Any]:
    """Return what networks read to know who this installation is."""
    return oauth.client_document(_document_url(), redirect_uri(), _key())


def _document_url() -> str:
    return f"{settings.ADDRESS}{DOCUMENT_PATH}"


def _key() -> dpop.Jwk:
    """Return the key by which servers know this installation; consent then lasts until it is withdrawn."""
    return oauth.client_key(settings.SECRET_KEY)


def is_possible() -> bool:
    """Tell whether a network can send people back here: by https, or on the very computer they sit at."""
    try:
        _client_id()
    except ValueError:
        return False
    return True


def _client_id() -> str:
    return oauth.client_id(redirect_uri(), _document_url())


def begin_sign_in(
    actor: Member, *, address: str, handle: str, session_key: str, now: datetime
) -> ConnectAttempt:
    """Ask the server for its page of consent, and keep what is needed to finish; `handle` may be empty.

    Errors: NotAllowed; Invalid(field, code).
    """
    require(actor, "channel.manage")
    base, hint = server_address(address), plain_handle(handle) if handle.strip() else ""
    try:
        begun = oauth.begin(
            client(),
            base,
            redirect_uri=redirect_uri(),
            client_id=_client_id(),
            key=_key(),
            handle=hint,
            now=now,
        )
    except ValueError as error:
        raise Invalid("", "sign_in_needs_https") from error
    except NetworkError as error:
        raise refused(error, base) from error
    secret = {"url": begun.url, "kept": dict(begun.secret)}
    return begin_attempt(
        actor, network="bluesky", state=begun.state, session_key=session_key, secret=secret, now=now
    )


def finish_sign_in(
    actor: Member, *, secret: Mapping[str, Any], params: Mapping[str, str], now: datetime
) -> Channel:
    """Connect the account that the network's answer speaks for.

    Errors: NotAllowed; Invalid("", code).
    """
    require(actor, "channel.manage")
    try:
        grant, profile = oauth.finish(client(), secret["kept"], params, now=now)
    except NetworkError as error:
        raise Invalid("", error.code) from error
    return keep_channel(actor, network="bluesky", profile=profile, grant=grant, now=now)
