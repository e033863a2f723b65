"""The way to connect a feed: its address, or that of a page that names one.

Source: https://www.rssboard.org/rss-autodiscovery
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urljoin

from dialoog.core.http import GuardedClient, Response
from dialoog.networks.answers import WAIT_SECONDS, checked_address, reached
from dialoog.networks.errors import Refused, TryLater
from dialoog.networks.feed.reading import Unreadable, read
from dialoog.networks.grants import Grant
from dialoog.networks.html import links_of
from dialoog.networks.ways import Access, DirectWay, Field
from dialoog.networks.words import Words

KIND: Final = "feed"
ACCEPTED: Final = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/xml;q=0.9, */*;q=0.5"
)
_FEEDS: Final = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})


class Address(DirectWay):
    """By an address."""

    name = "adres"
    title = Words(nl="Met een adres", en="By an address")
    lead = Words(
        nl="De meeste nieuwssites noemen hun feed zelf: het adres van de pagina is dan genoeg.",
        en="Most news sites name their feed themselves: then the page's address is enough.",
    )
    fields = (
        Field(
            name="address",
            kind="page",
            label=Words(nl="Adres van de feed of de pagina", en="Address of the feed or the page"),
            example="https://www.voorbeeld.nl/nieuws",
        ),
    )

    def connect(self, filled: Mapping[str, str], http: GuardedClient, now: datetime) -> Sequence[Access]:
        """Look where the feed is; its address is kept encrypted, for some hold a key."""
        typed = filled["address"]
        if typed.startswith("http://") and not http.allows(typed):
            typed = typed.replace("http://", "https://", 1)
        checked_address(http, typed)
        url = typed
        if not _is_feed(found := _fetched(http, typed)):
            url = _named(found)
            checked_address(http, url)
            if not _is_feed(_fetched(http, url)):
                raise Refused("no_feed")
        return [Access(Grant(KIND, {"url": url}))]


def _fetched(http: GuardedClient, url: str) -> Response:
    with reached():
        answer = http.request("GET", url, headers={"accept": ACCEPTED})
    if answer.status == 429 or answer.status >= 500:
        raise TryLater(WAIT_SECONDS, "server_error", sent=True)
    if answer.status >= 300:
        raise Refused("no_feed", f"status {answer.status}")
    return answer


def _is_feed(answer: Response) -> bool:
    try:
        read(answer.body, url=answer.url, content_type=answer.headers.get("content-type", ""))
    except Unreadable:
        return False
    return True


def _named(page: Response) -> str:
    """Return the first feed that a page names, which is its main one.

    Errors: Refused("no_feed").
    """
    for link in links_of(page.body):
        is_feed = (
            link.get("type", "").lower() in _FEEDS and "alternate" in link.get("rel", "").lower().split()
        )
        if is_feed and link.get("href"):
            return urljoin(page.url, link["href"])
    raise Refused("no_feed")
