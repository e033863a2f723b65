"""The grant that OAuth gives at a PDS: how it signs requests, and how it is renewed."""

import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dialoog.core.http import GuardedClient, Response
from dialoog.networks.answers import reached, understood
from dialoog.networks.bluesky import dpop
from dialoog.networks.bluesky.session import error_name, raise_for
from dialoog.networks.errors import NeedsConsent, TryLater
from dialoog.networks.grants import Grant

KIND = "oauth"
SCOPE = "atproto transition:generic"
SIGNATURE_SECONDS = 60
_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_ENDED = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "invalid_dpop_proof"})


class ConsentKeeper:
    """Tokens bound to a key of ours; each refresh token works once and brings the next."""

    def send(
        self,
        http: GuardedClient,
        grant: Grant,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
    ) -> Response:
        """Send the request with the access token and its proof."""
        key, access = grant.data["key"], grant.data["access"]
        return dpop.send(http, key, method, url, headers=headers, content=content, access=access)

    def renew(self, http: GuardedClient, address: str, grant: Grant) -> Grant:
        """Return a grant with fresh tokens.

        Errors: NeedsConsent("consent_withdrawn") when the server gives none any more.
        """
        asked = {"grant_type": "refresh_token", "refresh_token": grant.data["refresh"]}
        tokens = ask_token(http, grant.data, asked)
        if tokens["did"] != grant.data["did"]:
            raise NeedsConsent("other_account")
        return Grant(KIND, {**grant.data, **tokens})


def post_form(http: GuardedClient, held: Mapping[str, Any], url: str, fields: Mapping[str, str]) -> Response:
    """Post a form to an authorization server, with its proof and, where we have a key for it, our signature.

    Shape:  `held` has key, client_id, issuer and client_key (None: we're a client that anybody can be).
    Errors: Refused, TryLater.
    """
    body = urlencode({"client_id": held["client_id"], **fields, **_signature(held)}).encode()
    with reached():
        return dpop.send(http, held["key"], "POST", url, headers=_FORM, content=body)


def _signature(held: Mapping[str, Any]) -> dict[str, str]:
    """Return the proof that this is our installation (RFC 7523)."""
    key = held.get("client_key")
    if not key:
        return {}
    # As with a request's proof, the other side compares it with its own clock.
    moment = int(time.time())
    claims = {"iss": held["client_id"], "sub": held["client_id"], "aud": held["issuer"]}
    once = {"jti": secrets.token_urlsafe(16), "iat": moment, "exp": moment + SIGNATURE_SECONDS}
    signed = dpop.sign({"alg": "ES256", "kid": key["kid"]}, {**claims, **once}, key)
    return {"client_assertion_type": _BEARER, "client_assertion": signed}


def ask_token(http: GuardedClient, held: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, str]:
    """Return access and refresh token and whose they are (`did`).

    Shape:  `held` as for `post_form`, and token_endpoint.
    Errors: NeedsConsent("consent_withdrawn"), TryLater.
    """
    answer = post_form(http, held, held["token_endpoint"], fields)
    if answer.status in {400, 401} and error_name(answer) in _ENDED:
        raise NeedsConsent("consent_withdrawn", error_name(answer))
    raise_for(answer)
    with understood():
        tokens = answer.json()
        if tokens["token_type"].lower() != "dpop" or "atproto" not in tokens["scope"].split():
            raise TryLater(60, "unreadable_answer", sent=True, detail="token_type or scope")
        return {
            "access": str(tokens["access_token"]),
            "refresh": str(tokens.get("refresh_token") or ""),
            "did": str(tokens["sub"]),
        }
