"""What Facebook, Instagram and Threads share: the errors and usage headers of Meta's Graph interface, and its tokens.

Source: https://developers.facebook.com/docs/graph-api/guides/error-handling,
https://developers.facebook.com/docs/graph-api/overview/rate-limiting (looked at on 2026-11-23)
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any, ClassVar, Final, NoReturn
from urllib.parse import urlencode

from dialoog.core.http import GuardedClient, Response
from dialoog.networks import oauth2
from dialoog.networks.answers import WAIT_SECONDS, reached, understood, wait_seconds, without_secrets
from dialoog.networks.api import Api
from dialoog.networks.base import Connection
from dialoog.networks.errors import NeedsConsent, NetworkError, OutcomeUnknown, Refused, TryLater
from dialoog.networks.grants import Grant
from dialoog.networks.words import Words

VERSION: Final = "/v25.0"
# Their clock and ours may differ by so much.
SKEW: Final = timedelta(minutes=2)
MOST_PAGES: Final = 10
# Limits roll by the hour; where Meta doesn't say how long, this is asked again soon enough.
LIMIT_SECONDS: Final = 300.0
# A token lives for 60 days and can be renewed from the second on; every week is often enough.
TOKEN_LASTS: Final = timedelta(days=60)
RENEW_AFTER: Final = timedelta(days=7)

_LIMITS: Final = frozenset({4, 17, 32, 341, 613, *range(80_000, 80_015)})
_PASSING: Final = frozenset({-2, -1, 1, 2})
_CONSENT: Final[Mapping[int, str]] = {
    3: "not_permitted",
    10: "not_permitted",
    25: "account_inactive",
    102: "token_refused",
    190: "token_refused",
    **dict.fromkeys(range(200, 300), "not_permitted"),
}
# Of 102 and 190: the app was removed by the person, the account waits for its owner.
_CONSENT_MORE: Final[Mapping[int, str]] = {
    458: "consent_withdrawn",
    459: "account_inactive",
    464: "account_inactive",
}
_GONE: Final = frozenset({(100, 33), (803, 0)})

ERRORS: Final[Mapping[str, Words]] = {
    "blocked_for_now": Words(
        nl="Meta heeft dit account of dit bericht voorlopig geblokkeerd. Kijk in de app onder Accountstatus, en verstuur het daarna opnieuw.",
        en="Meta has blocked this account or this message for now. Look in the app under Account status, then send it again.",
    ),
    "needs_public_address": Words(
        nl="Meta haalt afbeeldingen en video's zelf op, en deze installatie heeft geen openbaar https-adres. Vraag de technisch beheerder daarom.",
        en="Meta fetches images and videos itself, and this installation has no public https address. Ask the technical administrator for one.",
    ),
    "media_refused": Words(
        nl="Meta kon een afbeelding of video niet verwerken. Kies een andere, of sla hem opnieuw op.",
        en="Meta could not process an image or video. Choose another one, or save it anew.",
    ),
}
NEEDS_HTTPS: Final = Words(
    nl="Aanmelden bij Meta kan alleen op een installatie met https. Vraag de technisch beheerder daarom.",
    en="Signing in at Meta needs an installation with https. Ask the technical administrator for it.",
)


@dataclass(frozen=True)
class Told:
    """What an error of Meta says."""

    code: int
    subcode: int
    passes: bool
    message: str


def told(answer: Response) -> Told | None:
    """Return the error in an answer, whatever its status; None where there is none in Meta's form."""
    try:
        found = answer.json()
        error = found.get("error")
        return Told(
            int(error["code"]),
            int(error.get("error_subcode") or 0),
            bool(error.get("is_transient")),
            str(error.get("error_user_msg") or error.get("message") or ""),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


class Graph(Api):
    """Meta's interface for one account.

    Shape: `codes` are looked up by "code/subcode", by "/subcode" and by "code"; each is a refusal, but those in
           `passing` (with how many seconds to wait) pass by themselves, and those in `for_a_person` don't.
    """

    passing: ClassVar[Mapping[str, float]] = {}
    for_a_person: ClassVar[frozenset[str]] = frozenset()

    def token_refused(self, answer: Response) -> bool:
        """Tell whether the token is the trouble."""
        found = told(answer)
        return found is not None and found.code in {102, 190}

    def error_name(self, answer: Response) -> str:
        """Return the code of ours for an error that only this network has, as `codes` names it."""
        found = told(answer)
        if found is None:
            return ""
        told_names = (f"{found.code}/{found.subcode}", f"/{found.subcode}", str(found.code))
        return next((name for name in told_names if name in self.codes), str(found.code))

    def raise_for(self, answer: Response, *, mutates: bool = False) -> None:
        """Raise what follows from an error; one that comes with status 200 is an error too."""
        found = told(answer)
        if found is None:
            super().raise_for(answer, mutates=mutates)
            return
        self._raise_known(answer, found)
        detail = _detail(found)
        if found.passes or found.code in _PASSING or answer.status >= 500:
            if mutates:
                raise OutcomeUnknown("server_error", detail)
            raise TryLater(WAIT_SECONDS, "server_error", sent=True, detail=detail)
        raise Refused("network_refused", detail)

    def _raise_known(self, answer: Response, found: Told) -> None:
        name, detail = self.error_name(answer), _detail(found)
        if name in self.codes:
            self.raise_own(self.codes[name], detail)
        if found.code in _LIMITS:
            raise TryLater(_limit_seconds(answer), "limit_reached", sent=True, detail=detail)
        if found.code == 368:
            raise Refused("blocked_for_now", detail)
        if (found.code, found.subcode) in _GONE:
            raise Refused("not_found", detail)
        if found.code in _CONSENT:
            raise NeedsConsent(_CONSENT_MORE.get(found.subcode, _CONSENT[found.code]), detail)

    def raise_own(self, code: str, detail: str) -> NoReturn:
        """Raise what a code of this network's own means."""
        if code in self.passing:
            raise TryLater(self.passing[code], code, sent=True, detail=detail)
        if code in self.for_a_person:
            raise NeedsConsent(code, detail)
        raise Refused(code, detail)

    def _note_limits(self, answer: Response) -> None:
        """Tell when the usage headers say that nothing is left."""
        super()._note_limits(answer)
        if self._spent is not None and _used(answer) >= 100:
            self._spent(_limit_seconds(answer))

    def pages(
        self, path: str, query: Mapping[str, Any], *, most: int = MOST_PAGES
    ) -> Iterator[list[Mapping[str, Any]]]:
        """Return the lists of an edge, page by page; addresses of next pages hold tokens and aren't followed."""
        after: dict[str, str] = {}
        for _ in range(most):
            found = self.get(path, {**query, **after})
            with understood():
                page: list[Mapping[str, Any]] = [dict(one) for one in found["data"]]
                paging = found.get("paging") or {}
                cursor = str((paging.get("cursors") or {}).get("after") or "")
            yield page
            if not page or not paging.get("next") or not cursor:
                return
            after = {"after": cursor}

    def counts(self, path: str, names: Mapping[str, str], query: Mapping[str, str]) -> dict[str, int | None]:
        """Return insights by our names; None for what the network doesn't give for this object, or no longer.

        Shape: `names` are theirs by ours. When they refuse a request because of one metric, each is asked alone.
               Insights that they don't show, of a small account say, are no reason to lose the channel.
        """
        try:
            return self._insights(path, names, query)
        except NeedsConsent as refused:
            if refused.code != "not_permitted":
                raise
            return dict.fromkeys(names)
        except Refused:
            if len(names) == 1:
                return dict.fromkeys(names)
        alone: dict[str, int | None] = {}
        for name, theirs in names.items():
            alone |= self.counts(path, {name: theirs}, query)
        return alone

    def _insights(
        self, path: str, names: Mapping[str, str], query: Mapping[str, str]
    ) -> dict[str, int | None]:
        found = self.get(f"{path}/insights", {"metric": ",".join(names.values()), **query})
        with understood():
            given = {str(one["name"]): _value(one) for one in found["data"]}
        return {name: given.get(theirs) for name, theirs in names.items()}


def _value(one: Mapping[str, Any]) -> int | None:
    """Return the newest value of a metric, which stands in one of two places."""
    if one.get("total_value"):
        value = one["total_value"].get("value")
    else:
        values = one.get("values") or [{}]
        value = values[-1].get("value")
    return int(value) if value is not None else None


def _detail(found: Told) -> str:
    return without_secrets(f"{found.code}/{found.subcode}: {found.message}")


def _usages(answer: Response) -> Iterator[Mapping[str, Any]]:
    """Return what the usage headers tell: one of the app, and one for each kind of use of an account."""
    for name in ("x-app-usage", "x-page-usage", "x-business-use-case-usage"):
        try:
            held = json.loads(answer.headers.get(name, "{}"))
            found = [one for many in held.values() for one in many] if "business" in name else [held]
        except (ValueError, TypeError, AttributeError):
            continue
        yield from (one for one in found if isinstance(one, dict))


def _used(answer: Response) -> float:
    """Return how much of the tightest limit is used, in per cent."""
    names = ("call_count", "total_time", "total_cputime")
    used = [one.get(name) for one in _usages(answer) for name in names]
    return max((float(value) for value in used if isinstance(value, int | float)), default=0.0)


def _limit_seconds(answer: Response) -> float:
    """Return how long to wait: what the headers say (theirs is in minutes), else a guess."""
    told_minutes = [one.get("estimated_time_to_regain_access") for one in _usages(answer)]
    minutes = max((float(value) for value in told_minutes if isinstance(value, int | float)), default=0.0)
    if minutes > 0:
        return minutes * 60
    return wait_seconds(answer) if "retry-after" in answer.headers else LIMIT_SECONDS


def moment(text: str) -> datetime:
    """Return a moment as Meta writes it."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment without a zone")
    return found


def shown(connection: Connection, data: bytes | IO[bytes], mime: str) -> str:
    """Return a public address from which Meta can fetch some bytes.

    Errors: Refused("needs_public_address"), TryLater when it can't be kept.
    """
    if connection.expose is None:
        raise Refused("needs_public_address")
    try:
        return connection.expose(data, mime)
    except NetworkError:
        raise
    except Exception as error:
        raise TryLater(WAIT_SECONDS, "store_failed", detail=type(error).__name__) from error


def host(real: str, *, address: str, usual: str) -> str:
    """Return one of a network's several hosts; a stand-in, at another address than usual, plays them all."""
    return real if address == usual else address


def asked(
    http: GuardedClient,
    method: str,
    url: str,
    *,
    query: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Ask for a token or what belongs to it; Meta wants most of this in the address, which is never logged.

    Errors: NeedsConsent("app_refused" or "consent_withdrawn"), TryLater.
    """
    whole = f"{url}?{urlencode(query)}" if query else url
    headers = {"content-type": "application/x-www-form-urlencoded"} if form else {}
    with reached():
        answer = http.request(
            method, whole, headers=headers, content=urlencode(form).encode() if form else None
        )
    if answer.status != 200 or told(answer):
        _raise_for_token(answer)
    with understood():
        return dict(answer.json())


def _raise_for_token(answer: Response) -> NoReturn:
    """Raise what follows from a refusal; only its words tell whether the app or the sign-in is at fault."""
    found, text = told(answer), answer.body.decode("utf-8", "replace").lower()
    passes = found is not None and found.passes
    if answer.status == 429 or (found is not None and found.code in _LIMITS):
        raise TryLater(_limit_seconds(answer), "limit_reached", sent=True)
    if any(
        word in text for word in ("client secret", "client_secret", "application", "platform app", "app id")
    ):
        raise NeedsConsent("app_refused", f"status {answer.status}")
    if answer.status >= 500 or answer.status == 408 or passes:
        raise TryLater(WAIT_SECONDS, "server_error", sent=True)
    raise NeedsConsent("consent_withdrawn", _detail(found) if found else f"status {answer.status}")


def token_of(told_token: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """Return what a grant keeps of a token: `access`, and `expires_at` in ISO 8601."""
    with understood():
        seconds = float(told_token.get("expires_in") or TOKEN_LASTS.total_seconds())
        ends = now + timedelta(seconds=seconds)
        return {"access": str(told_token["access_token"]), "expires_at": ends.isoformat()}


def only_if_renewed(_http: GuardedClient, _grant: Grant) -> NoReturn:
    """Say that a refused token can't be renewed; one that somebody else replaced meanwhile is looked for before."""
    raise NeedsConsent("token_refused")


def kept_fresh(api: Graph, url: str, kind: str, now: datetime) -> datetime | None:
    """Renew the token once a week, long before it ends: one that has ended can't be renewed.

    Shape:  returns when the consent ends (UTC) unless it's renewed. A renewal that fails leaves the token as it
            is, which still works; the next look tries again.
    """
    grant = api.grants.load()
    ends = oauth2.ends_at(grant)
    if ends is not None and not now < ends <= now + TOKEN_LASTS - RENEW_AFTER:
        return ends

    def renewed(current: Grant) -> Grant:
        if current.data.get("access") != grant.data.get("access"):
            return current
        query = {"grant_type": kind, "access_token": str(current.data["access"])}
        fresh = token_of(asked(api.http, "GET", url, query=query), now)
        return Grant(current.kind, {**current.data, **fresh})

    try:
        return oauth2.ends_at(api.grants.refresh(renewed))
    except NetworkError:
        return ends


def long_token(
    http: GuardedClient,
    secret: Mapping[str, Any],
    params: Mapping[str, str],
    now: datetime,
    *,
    url: str,
    kind: str,
) -> Grant:
    """Turn the code that the browser brought back into a token for 60 days, by way of one for an hour.

    Errors: those of `asked`; Refused("wrong_state").
    """
    app = {"client_id": str(secret["client_id"]), "client_secret": str(secret["client_secret"])}
    form = {
        "grant_type": "authorization_code",
        "code": oauth2.code_of(secret, params),
        "redirect_uri": str(secret["redirect_uri"]),
    }
    found = asked(http, "POST", str(secret["token_url"]), form={**app, **form})
    with understood():
        # Instagram's page describes a list, and its server gives what is in it.
        short = (found["data"][0] if "data" in found else found)["access_token"]
        query = {"grant_type": kind, "client_secret": app["client_secret"], "access_token": str(short)}
    return Grant("long", token_of(asked(http, "GET", url, query=query), now))
