"""Sign-in at a PDS by its own page (OAuth): nobody gives Dialoog a password.

`begin` gives an address for the person's browser and what to keep; `finish` takes what comes back.
Source: https://atproto.com/specs/oauth (PAR, PKCE, DPoP; RFC 9126, 7636, 9449, 9207)
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from dialoog.core.http import GuardedClient
from dialoog.networks.answers import WAIT_SECONDS, checked_address, reached, understood
from dialoog.networks.bluesky.consent import KIND, SCOPE, ask_token, post_form
from dialoog.networks.bluesky.dpop import Jwk, b64url, derived_key, new_key, public_part
from dialoog.networks.bluesky.identity import PLC_DIRECTORY, home_of
from dialoog.networks.bluesky.profile import open_session, profile_of
from dialoog.networks.bluesky.session import raise_for
from dialoog.networks.errors import NeedsConsent, Refused, TryLater
from dialoog.networks.grants import Grant, MemoryGrants
from dialoog.networks.values import Profile
from dialoog.networks.ways import Begun

_LOOPBACK = frozenset({"127.0.0.1", "::1"})


@dataclass(frozen=True)
class AuthorizationServer:
    """The addresses of a server where people consent."""

    issuer: str
    authorize: str
    token: str
    par: str


def client_id(redirect_uri: str, document_url: str = "") -> str:
    """Return who we are to authorization servers.

    Shape:  the address of our client document; for an installation on loopback, an address that says it
            all itself. `redirect_uri` is then on 127.0.0.1 or [::1], never on "localhost".
    Errors: ValueError when neither is possible.
    """
    if document_url.startswith("https://"):
        return document_url
    if urlsplit(redirect_uri).hostname not in _LOOPBACK:
        raise ValueError("Without https only an installation on 127.0.0.1 can sign in by OAuth.")
    return f"http://localhost?{urlencode({'redirect_uri': redirect_uri, 'scope': SCOPE})}"


def client_key(secret: str) -> Jwk:
    """Return the key by which servers know this installation, made of its own secret.

    With a key, consent lasts until somebody withdraws it; without one a server ends it after two weeks.
    Source: https://atproto.com/specs/oauth#tokens-and-session-lifetime
    """
    return derived_key(secret.encode(), b"dialoog oauth client")


def client_document(document_url: str, redirect_uri: str, key: Jwk | None = None) -> dict[str, Any]:
    """Return the document that an installation on https shows at `document_url`, as JSON values.

    Shape: `key` is that of `client_key`; only its public part is shown.
    """
    parts = urlsplit(document_url)
    signing = {"token_endpoint_auth_method": "none"} if key is None else _signing(key)
    return {
        "client_id": document_url,
        "client_name": "Dialoog",
        "client_uri": f"{parts.scheme}://{parts.netloc}",
        "redirect_uris": [redirect_uri],
        "scope": SCOPE,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "application_type": "web",
        "dpop_bound_access_tokens": True,
        **signing,
    }


def _signing(key: Jwk) -> dict[str, Any]:
    shown = {**public_part(key), "use": "sig", "alg": "ES256"}
    return {
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "jwks": {"keys": [shown]},
    }


def offers(http: GuardedClient, address: str) -> bool:
    """Tell whether people can sign in at this server by its own page.

    Errors: TryLater.
    """
    try:
        _discover(http, checked_address(http, address))
    except Refused:
        return False
    return True


def begin(  # noqa: PLR0913 - what a sign-in is made of
    http: GuardedClient,
    address: str,
    *,
    redirect_uri: str,
    client_id: str,
    now: datetime,
    handle: str = "",
    key: Jwk | None = None,
) -> Begun:
    """Tell the server what we'll ask, and return where the person says yes.

    Shape:  `key` is that of `client_key` when our client document shows it; on loopback it isn't used.
    Errors: Refused("no_oauth" when the server doesn't offer it, "address_not_safe", ...), TryLater.
    """
    server = _discover(http, checked_address(http, address))
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    held = {
        "state": state,
        "verifier": verifier,
        "redirect_uri": redirect_uri,
        "begun_at": now.isoformat(),
        "key": new_key(),
        "client_id": client_id,
        "client_key": key if client_id.startswith("https://") else None,
        "issuer": server.issuer,
        "token_endpoint": server.token,
    }
    answer = post_form(http, held, server.par, _question(held, handle))
    raise_for(answer)
    with understood():
        pushed = {"client_id": client_id, "request_uri": str(answer.json()["request_uri"])}
    return Begun(f"{server.authorize}?{urlencode(pushed)}", state, held)


def _question(held: Mapping[str, Any], handle: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "redirect_uri": held["redirect_uri"],
        "scope": SCOPE,
        "state": held["state"],
        "code_challenge": b64url(hashlib.sha256(held["verifier"].encode()).digest()),
        "code_challenge_method": "S256",
        **({"login_hint": handle} if handle else {}),
    }


def finish(
    http: GuardedClient,
    secret: Mapping[str, Any],
    params: Mapping[str, str],
    *,
    now: datetime,
    directory: str = PLC_DIRECTORY,
) -> tuple[Grant, Profile]:
    """Turn what the browser brought back into a grant, and say whose it is.

    Shape:  `params` are those of the redirect; the caller sees to it that a state works only once.
    Errors: NeedsConsent("consent_withdrawn") when the person said no or the code is no good,
            NeedsConsent("other_account") when the server speaks for somebody who lives elsewhere;
            Refused("wrong_state" or "wrong_issuer") on an answer to something else; TryLater.
    """
    _check_answer(secret, params)
    asked = {
        "grant_type": "authorization_code",
        "code": params["code"],
        "redirect_uri": secret["redirect_uri"],
        "code_verifier": secret["verifier"],
    }
    tokens = ask_token(http, secret, asked)
    home = home_of(http, tokens["did"], said_by=secret["issuer"], directory=directory)
    if _issuer_of(http, checked_address(http, home)) != secret["issuer"]:
        raise NeedsConsent("other_account", "another server speaks for this account")
    names = ("key", "issuer", "token_endpoint", "client_id", "client_key")
    held = {name: secret.get(name) for name in names}
    grant = Grant(KIND, {**held, **tokens})
    profile = profile_of(open_session(http, home, MemoryGrants(grant)), account=grant.data["did"])
    return Grant(KIND, {**grant.data, "handle": profile.handle}), profile


def _check_answer(secret: Mapping[str, Any], params: Mapping[str, str]) -> None:
    """Refuse an answer to another question, or from another server (RFC 9207)."""
    if not secrets.compare_digest(params.get("state", "").encode(), str(secret["state"]).encode()):
        raise Refused("wrong_state")
    if params.get("iss", "") != secret["issuer"]:
        raise Refused("wrong_issuer")
    if params.get("error") or not params.get("code"):
        raise NeedsConsent("consent_withdrawn", params.get("error", "")[:100])


def _discover(http: GuardedClient, base: str) -> AuthorizationServer:
    """Find the authorization server of a PDS; an address may also be that server itself."""
    try:
        issuer = _issuer_of(http, base)
    except Refused:
        issuer = base
    try:
        found = _document(http, f"{checked_address(http, issuer)}/.well-known/oauth-authorization-server")
    except Refused as refused:
        raise Refused("no_oauth", refused.detail) from refused
    with understood():
        if found["issuer"] != issuer or "ES256" not in found["dpop_signing_alg_values_supported"]:
            raise Refused("no_oauth", "issuer or algorithm")
        names = ("authorization_endpoint", "token_endpoint", "pushed_authorization_request_endpoint")
        authorize, token, par = (checked_address(http, str(found[name])) for name in names)
    return AuthorizationServer(issuer, authorize, token, par)


def _issuer_of(http: GuardedClient, base: str) -> str:
    found = _document(http, f"{base}/.well-known/oauth-protected-resource")
    with understood():
        if found["resource"].rstrip("/") != base:
            raise Refused("no_oauth", "resource")
        (issuer,) = found["authorization_servers"]
        return str(issuer)


def _document(http: GuardedClient, url: str) -> Mapping[str, Any]:
    with reached():
        answer = http.request("GET", url, headers={"accept": "application/json"})
    raise_for(answer)
    with understood():
        found = answer.json()
        if not isinstance(found, dict):
            raise TryLater(WAIT_SECONDS, "unreadable_answer", sent=True)
        return found
