"""Sign-in by OAuth 2 with PKCE, as most networks have it; oauthlib makes and reads, the guarded client carries.

Source: RFC 6749, RFC 7636 (PKCE), RFC 9700 (state bound to the session, which the caller does).
"""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import quote

from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

from dialoog.core.http import GuardedClient, Response
from dialoog.networks.answers import WAIT_SECONDS, reached, understood, wait_seconds, without_secrets
from dialoog.networks.errors import NeedsConsent, Refused, TryLater
from dialoog.networks.grants import Grant
from dialoog.networks.ways import Begun

KIND = "oauth2"
_FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
# What a token endpoint says when only the person can help.
_GONE = frozenset(
    {"invalid_grant", "access_denied", "unauthorized_client", "invalid_client", "invalid_token"}
)


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where a network's sign-in is, and how it likes to be asked.

    Shape: `app_by` says how we prove to be the registered app: in the body or by HTTP basic; `extra` goes
           along to the page of consent; `id_name` is what the network calls our app's id.
    """

    authorize: str
    token: str
    scopes: tuple[str, ...]
    separator: str = " "
    app_by: Literal["body", "basic"] = "body"
    pkce: bool = True
    extra: Mapping[str, str] = field(default_factory=dict)
    id_name: str = "client_id"


@dataclass(frozen=True)
class App:
    """The app that the organisation registered at the network. `secret` is "" for a public one."""

    id: str
    secret: str = field(repr=False)


def begin(server: Server, app: App, *, redirect_uri: str, kept: Mapping[str, Any] | None = None) -> Begun:
    """Return the address of the page of consent; `kept` is what the connector itself needs to finish."""
    client = WebApplicationClient(app.id)
    state = secrets.token_urlsafe(32)
    verifier = client.create_code_verifier(64) if server.pkce else ""
    proof = {}
    if verifier:
        proof = {
            "code_challenge": client.create_code_challenge(verifier, "S256"),
            "code_challenge_method": "S256",
        }
    # oauthlib wants https. An address without it was allowed by name by the operator (`checked_address`).
    scheme, _, rest = server.authorize.partition("://")
    made = client.prepare_request_uri(
        f"https://{rest}",
        redirect_uri=redirect_uri,
        scope=server.separator.join(server.scopes),
        state=state,
        **proof,
        **server.extra,
    )
    url = f"{scheme}://{made.partition('://')[2]}"
    if server.id_name != "client_id":
        url = url.replace("client_id=", f"{server.id_name}=", 1)
    secret = {
        "state": state,
        "verifier": verifier,
        "redirect_uri": redirect_uri,
        "token_url": server.token,
        "app_by": server.app_by,
        "id_name": server.id_name,
        "client_id": app.id,
        "client_secret": app.secret,
        **(kept or {}),
    }
    return Begun(url, state, secret)


def finish(http: GuardedClient, secret: Mapping[str, Any], params: Mapping[str, str]) -> Grant:
    """Turn the code that the browser brought back into a grant that `renew` can renew.

    Errors: NeedsConsent("consent_withdrawn"), Refused("wrong_state"), TryLater.
    """
    asked = {
        "grant_type": "authorization_code",
        "code": code_of(secret, params),
        "redirect_uri": secret["redirect_uri"],
    }
    if secret["verifier"]:
        asked["code_verifier"] = secret["verifier"]
    tokens = ask_token(http, secret, asked)
    kept = ("token_url", "app_by", "id_name", "client_id", "client_secret")
    return Grant(KIND, {**{name: secret[name] for name in kept}, **tokens})


def code_of(secret: Mapping[str, Any], params: Mapping[str, str]) -> str:
    """Return the code that the browser brought back, of a sign-in that was begun here.

    Errors: NeedsConsent("consent_withdrawn"), Refused("wrong_state").
    """
    if not secrets.compare_digest(params.get("state", "").encode(), str(secret["state"]).encode()):
        raise Refused("wrong_state")
    if params.get("error") or not params.get("code"):
        raise NeedsConsent("consent_withdrawn", params.get("error", "")[:100])
    return params["code"]


def renew(http: GuardedClient, grant: Grant) -> Grant:
    """Return a fresh grant; a refresh token that the network replaces is kept in the same step.

    Errors: NeedsConsent("consent_withdrawn") when it can't be renewed any more, TryLater.
    """
    refresh = grant.data.get("refresh")
    if not refresh:
        raise NeedsConsent("consent_withdrawn", "nothing to renew it with")
    asked = {"grant_type": "refresh_token", "refresh_token": str(refresh)}
    try:
        fresh = ask_token(http, grant.data, asked)
    except Refused as error:
        # Networks have many names for a token that is no longer good; the way out is the same.
        raise NeedsConsent("consent_withdrawn", error.detail) from error
    return Grant(grant.kind, {**grant.data, **{name: value for name, value in fresh.items() if value}})


def ask_token(http: GuardedClient, app: Mapping[str, Any], asked: Mapping[str, str]) -> dict[str, Any]:
    """Ask the token endpoint, and return what a grant keeps of its answer.

    Shape:  `expires_at` and `refresh_expires_at` are moments in ISO 8601 (UTC), "" when the network doesn't say.
    Errors: NeedsConsent, TryLater, Refused.
    """
    headers, body = dict(_FORM), dict(asked)
    if app["app_by"] == "basic":
        headers["authorization"] = _basic(str(app["client_id"]), str(app["client_secret"]))
        body["client_id"] = str(app["client_id"])
    else:
        body[str(app.get("id_name") or "client_id")] = str(app["client_id"])
        if app["client_secret"]:
            body["client_secret"] = str(app["client_secret"])
    content = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in body.items())
    with reached():
        answer = http.request("POST", str(app["token_url"]), headers=headers, content=content.encode())
    return _tokens(answer, str(app["client_id"]))


def _basic(name: str, secret: str) -> str:
    """Return the header; both parts are form-encoded first (RFC 6749, 2.3.1)."""
    pair = f"{quote(name, safe='')}:{quote(secret, safe='')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _tokens(answer: Response, client_id: str) -> dict[str, Any]:
    _raise_for(answer)
    with understood():
        text = answer.body.decode()
        try:
            found = WebApplicationClient(client_id).parse_request_body_response(text, scope=None)
        except (OAuth2Error, Warning) as error:
            raise TryLater(
                WAIT_SECONDS, "unreadable_answer", sent=True, detail=type(error).__name__
            ) from error
        return {
            "access": str(found["access_token"]),
            "refresh": str(found.get("refresh_token") or ""),
            "scope": " ".join(found["scope"]) if isinstance(found.get("scope"), list) else "",
            "expires_at": _moment(answer, found.get("expires_in")),
            "refresh_expires_at": _moment(answer, found.get("refresh_token_expires_in")),
        }


def _raise_for(answer: Response) -> None:
    if answer.status < 300:
        return
    name, said = _error(answer)
    if answer.status == 429:
        raise TryLater(wait_seconds(answer), "limit_reached", sent=True, detail=said)
    if answer.status >= 500 or answer.status == 408:
        raise TryLater(WAIT_SECONDS, "server_error", sent=True, detail=said)
    if name in {"invalid_client", "unauthorized_client"}:
        raise NeedsConsent("app_refused", said)
    if name in _GONE or answer.status in {401, 403}:
        raise NeedsConsent("consent_withdrawn", said)
    raise Refused("network_refused", said)


def _error(answer: Response) -> tuple[str, str]:
    try:
        found = answer.json()
        name = found.get("error")
        name = name if isinstance(name, str) else str((name or {}).get("type", ""))
        said = str(found.get("error_description") or found.get("message") or "")
    except (ValueError, AttributeError):
        return "", f"status {answer.status}"
    return name, without_secrets(f"{name}: {said}")


def _moment(answer: Response, seconds: Any) -> str:
    """Return when something ends, as seen from the answer's own Date; "" when that isn't known."""
    try:
        here = parsedate_to_datetime(answer.headers["date"])
        return (here + timedelta(seconds=float(seconds))).isoformat()
    except (KeyError, ValueError, TypeError):
        return ""


def ends_at(grant: Grant) -> datetime | None:
    """Return when the consent itself ends (UTC), so that a person can renew it in time; None when never or unknown."""
    name = "refresh_expires_at" if grant.data.get("refresh") else "expires_at"
    try:
        return datetime.fromisoformat(str(grant.data.get(name) or ""))
    except ValueError:
        return None
