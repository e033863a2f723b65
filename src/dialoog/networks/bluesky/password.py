"""Sign-in at a PDS with an app password: one login, then its session is renewed."""

import json
from collections.abc import Mapping
from typing import Any

from dialoog.core.http import GuardedClient, Response
from dialoog.networks.answers import checked_address, reached, understood
from dialoog.networks.bluesky.session import raise_for
from dialoog.networks.errors import NeedsConsent
from dialoog.networks.grants import Grant

KIND = "app_password"
_JSON = {"content-type": "application/json"}


def sign_in(http: GuardedClient, address: str, identifier: str, password: str) -> Grant:
    """Return a grant for a handle (or e-mail address) and its app password.

    Errors: NeedsConsent("wrong_password" or "second_factor"), Refused, TryLater.
    Source: https://docs.bsky.app/docs/api/com-atproto-server-create-session (30 per 5 minutes, 300 a day)
    """
    body = json.dumps({"identifier": identifier, "password": password}).encode()
    url = f"{checked_address(http, address)}/xrpc/com.atproto.server.createSession"
    with reached():
        answer = http.request("POST", url, headers=_JSON, content=body)
    if answer.status == 401:
        with understood():
            second = answer.json().get("error") == "AuthFactorTokenRequired"
        raise NeedsConsent("second_factor" if second else "wrong_password")
    raise_for(answer)
    with understood():
        return _grant(answer.json(), identifier=identifier, password=password)


def _grant(session: Mapping[str, Any], *, identifier: str, password: str) -> Grant:
    kept = {"access": session["accessJwt"], "refresh": session["refreshJwt"]}
    who = {"did": session["did"], "handle": session["handle"]}
    return Grant(KIND, {**kept, **who, "identifier": identifier, "password": password})


class PasswordKeeper:
    """Bearer tokens; a session that has ended is followed by one new login."""

    def send(
        self,
        http: GuardedClient,
        grant: Grant,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
    ) -> Response:
        """Send the request with the access token."""
        proof = {"authorization": f"Bearer {grant.data['access']}"}
        return http.request(method, url, headers={**headers, **proof}, content=content)

    def renew(self, http: GuardedClient, address: str, grant: Grant) -> Grant:
        """Return a grant with fresh tokens."""
        proof = {"authorization": f"Bearer {grant.data['refresh']}"}
        with reached():
            answer = http.request("POST", f"{address}/xrpc/com.atproto.server.refreshSession", headers=proof)
        if answer.status in {400, 401}:
            return self._again(http, address, grant)
        raise_for(answer)
        with understood():
            session = answer.json()
            return _grant(session, identifier=grant.data["identifier"], password=grant.data["password"])

    def _again(self, http: GuardedClient, address: str, grant: Grant) -> Grant:
        fresh = sign_in(http, address, grant.data["identifier"], grant.data["password"])
        if fresh.data["did"] != grant.data["did"]:
            raise NeedsConsent("other_account")
        return fresh
