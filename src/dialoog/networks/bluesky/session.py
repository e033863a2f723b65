"""Calls to a PDS: who we are, one refresh at a time, and every answer as one of the four errors."""

from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlencode

from dialoog.core.http import GuardedClient, Response
from dialoog.networks.answers import (
    WAIT_SECONDS,
    checked_address,
    reached,
    understood,
    wait_seconds,
    without_secrets,
)
from dialoog.networks.errors import NeedsConsent, OutcomeUnknown, Refused, TryLater
from dialoog.networks.grants import Grant, GrantStore

_TOKEN_ERRORS = frozenset({"ExpiredToken", "InvalidToken"})
_ACCOUNT_ERRORS = frozenset({"AccountTakedown", "AccountDeactivated", "RepoDeactivated", "RepoTakendown"})
_CODES = {"InvalidSwap": "key_taken", "RecordNotFound": "not_found", "BlobNotFound": "media_gone"}


class Keeper(Protocol):
    """How one kind of grant signs requests and is renewed."""

    def send(
        self,
        http: GuardedClient,
        grant: Grant,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
    ) -> Response:
        """Send the request with the grant's proof."""

    def renew(self, http: GuardedClient, address: str, grant: Grant) -> Grant:
        """Return a fresh grant.

        Errors: NeedsConsent when the network wants the person again, TryLater when it can't now.
        """


class NoSuchService(Exception):
    """The PDS has nobody behind it who answers this method (no AppView)."""


def error_name(answer: Response) -> str:
    """Return the name of the error in an answer, or ""."""
    try:
        return str(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return ""


def error_detail(answer: Response) -> str:
    """Return what the network says about it, at most 300 characters, without what may be a secret."""
    try:
        found = answer.json()
        said = found.get("message") or found.get("error_description") or ""
        return without_secrets(f"{found['error']}: {said}")
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"status {answer.status}"


def token_refused(answer: Response) -> bool:
    """Tell whether a fresh token may help."""
    return answer.status == 401 or (answer.status == 400 and error_name(answer) in _TOKEN_ERRORS)


def raise_for(answer: Response, *, mutates: bool = False) -> None:
    """Raise the error that says what to do after an answer that isn't a success."""
    status, detail = answer.status, error_detail(answer)
    if 200 <= status < 300:
        return
    if status == 429:
        raise TryLater(wait_seconds(answer), "limit_reached", sent=True, detail=detail)
    if token_refused(answer) or status == 403 or error_name(answer) in _ACCOUNT_ERRORS:
        raise NeedsConsent("token_refused" if token_refused(answer) else "not_permitted", detail)
    if status in {404, 405, 501} or 300 <= status < 400:
        raise Refused("not_supported", detail)
    if status >= 500 or status == 408:
        if mutates:
            raise OutcomeUnknown("server_error", detail)
        raise TryLater(_wait_if_any(answer), "server_error", sent=True, detail=detail)
    raise Refused("too_large" if status == 413 else _CODES.get(error_name(answer), "network_refused"), detail)


def _wait_if_any(answer: Response) -> float:
    return wait_seconds(answer) if "retry-after" in answer.headers else WAIT_SECONDS


class Session:
    """XRPC calls in somebody's name.

    Source: https://atproto.com/specs/xrpc
    """

    def __init__(
        self, http: GuardedClient, address: str, grants: GrantStore, keepers: Mapping[str, Keeper]
    ) -> None:
        self.http, self._address, self._grants, self._keepers = http, address, grants, keepers

    @property
    def address(self) -> str:
        """The base address of the PDS."""
        return checked_address(self.http, self._address)

    @property
    def did(self) -> str:
        """Whose session this is."""
        return str(self._grants.load().data.get("did", ""))

    def query(self, nsid: str, params: Mapping[str, Any] | None = None, *, upstream: bool = False) -> Any:
        """Ask; NoSuchService when `upstream` and the PDS has nobody to pass the question on to."""
        path = f"{nsid}?{urlencode(params, doseq=True)}" if params else nsid
        answer = self._exchange("GET", path, {}, None, mutates=False)
        if upstream and (error_name(answer) == "UpstreamFailure" or answer.status in {404, 501}):
            raise NoSuchService(error_detail(answer))
        return self._content(answer, mutates=False)

    def procedure(self, nsid: str, content: bytes, *, kind: str = "application/json", mutates: bool) -> Any:
        """Do; `mutates` says whether a lost answer leaves the outcome unknown."""
        answer = self._exchange("POST", nsid, {"content-type": kind}, content, mutates=mutates)
        return self._content(answer, mutates=mutates)

    def _content(self, answer: Response, *, mutates: bool) -> Any:
        raise_for(answer, mutates=mutates)
        with understood(mutates=mutates):
            return answer.json() if answer.body else {}

    def _exchange(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes | None, *, mutates: bool
    ) -> Response:
        url = f"{self.address}/xrpc/{path}"
        grant = self._grants.load()
        keeper = self._keeper(grant)
        with reached(mutates=mutates):
            answer = keeper.send(self.http, grant, method, url, headers, content)
        if not token_refused(answer):
            return answer
        fresh = self._grants.refresh(lambda current: self._renewed(grant, current))
        with reached(mutates=mutates):
            return self._keeper(fresh).send(self.http, fresh, method, url, headers, content)

    def _renewed(self, seen: Grant, current: Grant) -> Grant:
        """Renew `current`, unless somebody else did so since we looked."""
        if current.data.get("access") != seen.data.get("access"):
            return current
        return self._keeper(current).renew(self.http, self.address, current)

    def _keeper(self, grant: Grant) -> Keeper:
        if grant.kind not in self._keepers or not grant.data.get("access"):
            raise NeedsConsent("not_connected")
        return self._keepers[grant.kind]
