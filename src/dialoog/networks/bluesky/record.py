"""Keys, addresses and records of the AT Protocol, as plain values."""

import re
import secrets
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from dialoog.networks.errors import Refused
from dialoog.networks.values import Link, Message, Ref

POST = "app.bsky.feed.post"
_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
_URI = re.compile(
    r"at://(?P<repo>did:[a-z]+:[a-zA-Z0-9._:%-]+)/(?P<collection>[a-zA-Z0-9.-]+)/(?P<rkey>[\w.~:-]+)"
)

Blob = dict[str, Any]


class TidClock:
    """Makes TIDs: keys that sort by time and never repeat within this process.

    Source: https://atproto.com/specs/tid (53 bits of microseconds, 10 bits that tell clocks apart).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self._clock = secrets.randbelow(1024)

    def next(self, now: datetime) -> str:
        """Return a new TID at `now`, or a microsecond after the last one."""
        with self._lock:
            self._last = max(int(now.timestamp() * 1_000_000), self._last + 1)
            number = self._last << 10 | self._clock
        return "".join(_SORTABLE[number >> shift & 31] for shift in range(60, -1, -5))


def tid_time(key: str) -> datetime | None:
    """Return the moment that a TID states, or None when it is another kind of key."""
    if len(key) != 13 or any(char not in _SORTABLE for char in key):
        return None
    number = 0
    for char in key:
        number = number << 5 | _SORTABLE.index(char)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=number >> 10)


def split_uri(uri: str) -> tuple[str, str, str]:
    """Return repository, collection and key of an at:// address.

    Errors: Refused("bad_reference") when it isn't one.
    """
    match = _URI.fullmatch(uri)
    if match is None:
        raise Refused("bad_reference", uri[:200])
    return match["repo"], match["collection"], match["rkey"]


def post_ref(uri: str, cid: str = "") -> Ref:
    """Return where a post is, with its page in Bluesky's own application."""
    match = _URI.fullmatch(uri)
    page = f"https://bsky.app/profile/{match['repo']}/post/{match['rkey']}" if match else ""
    return Ref(uri=uri, cid=cid, url=page)


def parse_time(value: str) -> datetime:
    """Return a moment as the network writes it, in UTC.

    Errors: ValueError when it isn't one.
    """
    moment = datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def format_time(moment: datetime) -> str:
    """Return `moment` as the network wants it: UTC, milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def post_record(
    message: Message, *, now: datetime, facets: list[Any], blobs: list[Blob], reply: Any
) -> dict[str, Any]:
    """Return the whole record of a post.

    Source: https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json
    """
    record: dict[str, Any] = {"$type": POST, "text": message.text, "createdAt": format_time(now)}
    if message.languages:
        record["langs"] = list(message.languages[:3])
    if facets:
        record["facets"] = facets
    if reply:
        record["reply"] = reply
    if blobs:
        record["embed"] = _images(message, blobs)
    elif message.link:
        record["embed"] = _card(message.link)
    return record


def _images(message: Message, blobs: list[Blob]) -> dict[str, Any]:
    shown = []
    for image, blob in zip(message.images, blobs, strict=True):
        entry: dict[str, Any] = {"image": blob, "alt": image.alt}
        if image.width and image.height:
            entry["aspectRatio"] = {"width": image.width, "height": image.height}
        shown.append(entry)
    return {"$type": "app.bsky.embed.images", "images": shown}


def _card(link: Link) -> dict[str, Any]:
    external = {"uri": link.url, "title": link.title, "description": link.description}
    return {"$type": "app.bsky.embed.external", "external": external}
