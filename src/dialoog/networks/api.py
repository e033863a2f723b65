"""Calls to a network's interface in somebody's name: signed, renewed once, and every answer understood."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

import httpx2

from dialoog.core.http import GuardedClient, Response
from dialoog.networks.answers import (
    WAIT_SECONDS,
    checked_address,
    reached,
    understood,
    wait_seconds,
    without_secrets,
)
from dialoog.networks.base import Connection
from dialoog.networks.errors import NeedsConsent, OutcomeUnknown, Refused, TryLater
from dialoog.networks.grants import Grant, GrantStore

Renewer = Callable[[GuardedClient, Grant], Grant]
Form = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class File:
    """A file in a multipart form."""

    name: str
    data: bytes
    mime: str


class Api:
    """The interface of one network for one account. A connector gives it what is particular to its network.

    Shape: a grant holds `access`, and what `renew` needs; `renew` makes a fresh one when the network refuses
           the token, and is None where only the person can (a key, a password).
    """

    # What the network calls its errors -> our code; looked up by `error_name`.
    codes: ClassVar[Mapping[str, str]] = {}

    def __init__(self, connection: Connection, *, renew: Renewer | None = None) -> None:
        if connection.http is None or connection.grants is None:
            raise NeedsConsent("not_connected")
        self.http: GuardedClient = connection.http
        self.grants: GrantStore = connection.grants
        self._address, self._renew, self._spent = connection.address, renew, connection.spent

    @property
    def address(self) -> str:
        """The base address that calls are made to, without its last slash."""
        return checked_address(self.http, self._address)

    def sign(self, grant: Grant) -> Mapping[str, str]:
        """Return the headers that prove who we are."""
        return {"authorization": f"Bearer {grant.data['access']}"}

    def error_name(self, answer: Response) -> str:
        """Return the network's own name of the error in an answer, or ""."""
        return ""

    def error_text(self, answer: Response) -> str:
        """Return what the network says about it; secrets are taken out afterwards."""
        try:
            found = answer.json()
            said = found.get("error") or found.get("message") or found.get("error_description") or ""
        except (ValueError, AttributeError):
            said = ""
        return said if isinstance(said, str) and said else f"status {answer.status}"

    def token_refused(self, answer: Response) -> bool:
        """Tell whether a fresh token may help."""
        return answer.status == 401

    def get(
        self, path: str, query: Mapping[str, Any] | None = None, *, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Ask, and return the answer's JSON."""
        return self.json(self.call("GET", path, query=query, headers=headers))

    def json(self, answer: Response, *, mutates: bool = False) -> Any:
        """Return an answer's JSON; {} when it has no body."""
        with understood(mutates=mutates):
            return answer.json() if answer.body else {}

    def call(  # noqa: PLR0913 - a request, all by name
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Form | None = None,
        files: Mapping[str, File] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        mutates: bool = False,
        timeout: float | None = None,
    ) -> Response:
        """Make one call in the account's name, once more with a fresh token, and return a success.

        Shape:  `path` begins with a slash, or is a whole address that the network gave (an upload, a next
                page), which then must lie at `address` or be allowed by `trusted`. `mutates` says whether a
                lost answer leaves the outcome unknown: true for publishing alone.
        Errors: the four.
        """
        url = self._url(path, query)
        given, body = _body(json, form, files, content)
        asked = {**given, **(headers or {})}
        grant = self._loaded()
        with reached(mutates=mutates):
            answer = self._send(method, url, grant, asked, body, timeout)
        if self.token_refused(answer) and self._renew is not None:
            fresh = self.grants.refresh(lambda current: self._renewed(grant, current))
            with reached(mutates=mutates):
                answer = self._send(method, url, fresh, asked, body, timeout)
        self._note_limits(answer)
        self.raise_for(answer, mutates=mutates)
        return answer

    def _note_limits(self, answer: Response) -> None:
        """Tell when the network says that this was the last call for now."""
        if self._spent is not None and any(answer.headers.get(name) == "0" for name in _REMAINING):
            self._spent(wait_seconds(answer))

    def trusted(self, url: str) -> bool:
        """Tell whether a whole address that the network gave may get our token."""
        return url.startswith(f"{self.address}/")

    def raise_for(self, answer: Response, *, mutates: bool = False) -> None:
        """Raise the error that says what to do after an answer that isn't a success."""
        status = answer.status
        if 200 <= status < 300:
            return
        name, detail = self.error_name(answer), without_secrets(self.error_text(answer))
        if status == 429:
            raise TryLater(wait_seconds(answer), "limit_reached", sent=True, detail=detail)
        if name in self.codes:
            raise Refused(self.codes[name], detail)
        if self.token_refused(answer):
            raise NeedsConsent("token_refused", detail)
        if status == 403:
            raise NeedsConsent("not_permitted", detail)
        if status >= 500 or status == 408:
            if mutates:
                raise OutcomeUnknown("server_error", detail)
            asked = "retry-after" in answer.headers
            raise TryLater(
                wait_seconds(answer) if asked else WAIT_SECONDS, "server_error", sent=True, detail=detail
            )
        raise Refused(_CODES.get(status, "network_refused"), detail)

    def _url(self, path: str, query: Mapping[str, Any] | None) -> str:
        url = f"{self.address}{path}" if path.startswith("/") else path
        if not path.startswith("/") and not self.trusted(path):
            raise Refused("address_refused", path[:200])
        if not query:
            return url
        return f"{url}{'&' if '?' in url else '?'}{urlencode(query, doseq=True)}"

    def _send(
        self,
        method: str,
        url: str,
        grant: Grant,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: float | None,
    ) -> Response:
        signed = {**headers, **self.sign(grant)}
        return self.http.request(method, url, headers=signed, content=body, timeout=timeout)

    def _loaded(self) -> Grant:
        grant = self.grants.load()
        if not grant.data.get("access"):
            raise NeedsConsent("not_connected")
        return grant

    def _renewed(self, seen: Grant, current: Grant) -> Grant:
        """Renew `current`, unless somebody else did so since we looked."""
        if current.data.get("access") != seen.data.get("access") or self._renew is None:
            return current
        return self._renew(self.http, current)


_REMAINING = ("ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining")
_CODES: Mapping[int, str] = {
    **dict.fromkeys((300, 301, 302, 303, 304, 307, 308, 405), "not_supported"),
    404: "not_found",
    410: "not_found",
    413: "too_large",
}


def _body(
    json: Any, form: Form | None, files: Mapping[str, File] | None, content: bytes | None
) -> tuple[dict[str, str], bytes | None]:
    """Return the headers and bytes of a request's body."""
    if json is None and form is None and not files:
        return {}, content
    packed = {name: (one.name, one.data, one.mime) for name, one in (files or {}).items()}
    request = httpx2.Request("POST", "https://localhost/", json=json, data=form, files=packed or None)
    return {"content-type": request.headers["content-type"]}, request.read()
