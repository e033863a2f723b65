"""A feed, RSS or Atom: what others publish comes in, for information. Nothing is published there.

Source: https://www.rssboard.org/rss-specification, RFC 4287 (Atom), RFC 9110 (conditional requests)
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from dialoog.core.http import GuardedClient, Response
from dialoog.networks.answers import WAIT_SECONDS, reached, understood, wait_seconds
from dialoog.networks.base import Connector
from dialoog.networks.errors import NeedsConsent, NetworkError, Refused, TryLater
from dialoog.networks.feed.reading import MOST_ITEMS, Unreadable, read
from dialoog.networks.feed.ways import ACCEPTED, Address
from dialoog.networks.values import (
    Author,
    Capabilities,
    Fetched,
    Incoming,
    Message,
    Metrics,
    Prepared,
    Profile,
    Published,
    Ref,
)
from dialoog.networks.ways import Way
from dialoog.networks.words import Words

NETWORK: Final = "feed"
# Of a feed that is new to us, no more than its newest.
AT_FIRST: Final = 20
LONGEST_LINK: Final = 500
_NO_TIME: Final = datetime(1990, 1, 1, tzinfo=UTC)


class Feed(Connector):
    """A feed at an address. Its items are of the kind "post"."""

    capabilities = Capabilities(
        network=NETWORK,
        name="RSS or Atom",
        local_name=Words(nl="Nieuwsfeed (RSS)", en="News feed (RSS)"),
        icon="rss",
        text_limit=None,
        text_unit="characters",
        media_limit=0,
        media_bytes=0,
        media_types=frozenset(),
        alt_limit=None,
        alt_text=False,
        reply=False,
        delete=False,
        publishes=False,
        idempotency="none",
        reads_back=False,
        reads_reactions=True,
        reads_every=timedelta(minutes=15),
        metrics=frozenset(),
        profile_metrics=frozenset(),
        source="https://www.rssboard.org/rss-specification",
        reviewed_on=date(2026, 11, 23),
    )
    about: ClassVar[Words] = Words(
        nl="Nieuws van anderen volgen: een krant, een ministerie, een collega in het vak. Het komt ter informatie in de inbox.",
        en="Follow the news of others: a paper, a ministry, a colleague in the trade. It comes into the inbox for information.",
    )
    ways: ClassVar[tuple[Way, ...]] = (Address(),)
    errors: ClassVar[Mapping[str, Words]] = {
        "no_feed": Words(
            nl="Op dit adres staat geen feed, en de pagina noemt er ook geen. Zoek op de site naar RSS en plak dat adres.",
            en="There is no feed at this address, and the page names none. Look for RSS on the site and paste that address.",
        ),
        "feed_gone": Words(
            nl="De site zegt dat deze feed voorgoed weg is. Zoek daar een nieuw adres, of ontkoppel de feed.",
            en="The site says that this feed is gone for good. Look for a new address there, or disconnect the feed.",
        ),
    }

    def _url(self) -> str:
        if self.connection.grants is None:
            raise NeedsConsent("not_connected")
        url = str(self.connection.grants.load().data.get("url") or "")
        if not url:
            raise NeedsConsent("not_connected")
        return url

    def _asked(self, url: str, headers: Mapping[str, str]) -> Response:
        if self.connection.http is None:
            raise NeedsConsent("not_connected")
        return ask(self.connection.http, url, headers)

    def check(self, now: datetime) -> Profile:
        """Return the feed's title and page."""
        url = self._url()
        found = understood_feed(self._asked(url, {}))
        there = urlsplit(url)
        host = there.hostname or ""
        profile = Profile(
            id=_digest(url.encode()),
            handle=host,
            name=found["title"] or host,
            url=found["link"] if _is_link(found["link"]) else f"{there.scheme}://{there.netloc}/",
            address=f"{there.scheme}://{there.netloc}",
        )
        if self.connection.account not in {"", profile.id}:
            raise NeedsConsent("other_account")
        return profile

    def fetch_incoming(self, cursor: str, now: datetime) -> Fetched:
        """Return what stands in the feed since it last changed; of a feed new to us the newest twenty.

        Shape: the cursor holds what the server named this state of the feed, and a digest for servers that name
               none. An item without a date is dated when it's seen.
        """
        url, known = self._url(), _read_cursor(cursor)
        answer = self._asked(url, _conditions(known))
        if answer.status == 304:
            return Fetched([], cursor)
        digest = _digest(answer.body)
        if digest == known.get("digest"):
            return Fetched([], cursor)
        found = understood_feed(answer)
        newest = found["items"][: MOST_ITEMS if cursor else AT_FIRST]
        author = Author(
            id=f"{_digest(url.encode())}#feed", handle="", name=found["title"] or urlsplit(url).netloc
        )
        with understood():
            items = [_incoming(one, author, now) for one in newest]
        told = {
            "etag": answer.headers.get("etag", ""),
            "modified": answer.headers.get("last-modified", ""),
            "digest": digest,
        }
        return Fetched(sorted(items, key=lambda item: item.at), json.dumps(told))

    def prepare(self, message: Message, key: str, now: datetime) -> Prepared:
        """Refuse: nothing is published in somebody else's feed."""
        raise Refused("read_only")

    def publish(self, prepared: Prepared) -> Published:
        """Refuse."""
        raise Refused("read_only")

    def find(self, prepared: Prepared) -> Published | None:
        """Return None: nothing of ours is there."""
        return None

    def delete(self, ref: Ref) -> None:
        """Refuse: what is there isn't ours."""
        raise Refused("not_supported")

    def post_metrics(self, refs: Sequence[Ref], now: datetime) -> dict[str, Metrics]:
        """Return nothing: a feed counts nothing."""
        return {}

    def profile_metrics(self, now: datetime) -> Metrics:
        """Return nothing: a feed counts nothing."""
        return Metrics(counts={}, source=NETWORK)


def ask(http: GuardedClient, url: str, headers: Mapping[str, str]) -> Response:
    """Fetch a feed: a success, or 304 when it's as it was.

    Errors: NeedsConsent("feed_gone", "not_permitted"), TryLater, Refused("address_refused").
    """
    with reached():
        answer = http.request("GET", url, headers={"accept": ACCEPTED, **headers})
    if answer.status == 304 or 200 <= answer.status < 300:
        return answer
    raise _error(answer)


def _error(answer: Response) -> NetworkError:
    if answer.status == 410:
        return NeedsConsent("feed_gone")
    if answer.status in {401, 403}:
        return NeedsConsent("not_permitted")
    if answer.status == 429:
        return TryLater(wait_seconds(answer), "limit_reached", sent=True)
    asked = "retry-after" in answer.headers
    wait = wait_seconds(answer) if asked else WAIT_SECONDS
    return TryLater(wait, "server_error", sent=True, detail=f"status {answer.status}")


def understood_feed(answer: Response) -> dict[str, Any]:
    """Return what a feed says.

    Errors: TryLater("unreadable_answer") when it's none.
    """
    try:
        return read(answer.body, url=answer.url, content_type=answer.headers.get("content-type", ""))
    except Unreadable as error:
        raise TryLater(WAIT_SECONDS, "unreadable_answer", sent=True, detail=str(error)) from error


def _incoming(one: Mapping[str, Any], author: Author, now: datetime) -> Incoming:
    name = one["id"] or one["link"] or f"{one['title']}\n{one['at'] or one['text']}"
    mark = _digest(f"{author.id}\n{name}".encode())
    ref = Ref(f"{NETWORK}:{mark}", url=_link(one["link"]))
    return Incoming(
        remote_id=ref.uri,
        kind="post",
        author=author,
        text="\n\n".join(part for part in (one["title"], _rest(one)) if part),
        at=_moment(one["at"], now),
        ref=ref,
    )


def _rest(one: Mapping[str, Any]) -> str:
    """Return an item's text, unless it says no more than its title."""
    text = str(one["text"])
    return "" if text.rstrip(" …") in str(one["title"]) else text


def _moment(seconds: int | None, now: datetime) -> datetime:
    """Return when an item was published; what has no date, or one that can't be, was published when it's seen."""
    try:
        at = datetime.fromtimestamp(seconds, UTC) if seconds else now
    except (OverflowError, OSError, ValueError):
        return now
    return at if _NO_TIME < at <= now else now


def _link(text: str) -> str:
    return text if _is_link(text) else ""


def _is_link(text: str) -> bool:
    return text.startswith(("https://", "http://")) and len(text) <= LONGEST_LINK


def _conditions(known: Mapping[str, str]) -> dict[str, str]:
    named = {"if-none-match": known.get("etag", ""), "if-modified-since": known.get("modified", "")}
    return {name: value for name, value in named.items() if value}


def _read_cursor(cursor: str) -> Mapping[str, str]:
    if not cursor:
        return {}
    with understood():
        return {name: str(value) for name, value in json.loads(cursor).items()}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:40]
