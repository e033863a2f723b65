"""Who counts as a reader, where a page of news begins, and what an item is called; no Django."""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from dialoog.core.text import grapheme_count

WAYS = ("page", "rss", "json", "widget")
PAGE_SIZE = 20
FEED_SIZE = 30
WIDGET_SIZE = 5
WIDGET_MOST = 10
WIDGET_BYTES = 3000
HEADLINE_LENGTH = 90
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Programs that say what they are; who looks at a page as a person does has none of these words.
_PROGRAM = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|scrap|archiv|preview|monitor|uptime|pingdom|lighthouse|headless|"
    r"facebookexternalhit|whatsapp|curl|wget|libwww|python|httpx|okhttp|java/|go-http|axios|node-fetch",
    re.IGNORECASE,
)
_KEY = re.compile(r"(?P<moment>[0-9]{1,19})-(?P<id>[0-9]{1,18})")


class Place(NamedTuple):
    """A place in the list of news: between this item and the next."""

    at: datetime
    id: int


def is_reader(*, method: str, agent: str, purpose: str = "") -> bool:
    """Tell whether a request is somebody who reads: no program that says so, no prefetch, no HEAD."""
    return method == "GET" and bool(agent.strip()) and not purpose and not _PROGRAM.search(agent)


def place_key(place: Place) -> str:
    """Return a place as it stands in an address."""
    return f"{(place.at - _EPOCH) // timedelta(microseconds=1)}-{place.id}"


def read_place(key: str) -> Place | None:
    """Return the place that an address names, or None when it names none."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    try:
        return Place(_EPOCH + timedelta(microseconds=int(match["moment"])), int(match["id"]))
    except OverflowError:
        return None


def split_title(text: str) -> tuple[str, str]:
    """Return the title and the rest: a short first line above other lines is a title, else there is none."""
    first, _, rest = text.strip().partition("\n")
    if rest.strip() and grapheme_count(first) <= HEADLINE_LENGTH:
        return first.strip(), rest.strip()
    return "", text.strip()


def headline(text: str) -> str:
    """Return one line for a list of headlines, cut between words."""
    first = text.strip().partition("\n")[0].strip()
    if grapheme_count(first) <= HEADLINE_LENGTH:
        return first
    words, kept = first.split(), ""
    for word in words:
        longer = f"{kept} {word}".strip()
        if grapheme_count(longer) > HEADLINE_LENGTH - 1:
            break
        kept = longer
    return f"{kept or first[: HEADLINE_LENGTH - 1]}\u2026"


def widget_count(asked: str) -> int:
    """Return how many headlines a widget shows: as asked, from 1 to 10, else 5."""
    return min(int(asked), WIDGET_MOST) if re.fullmatch(r"[1-9][0-9]?", asked) else WIDGET_SIZE
