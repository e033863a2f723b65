"""What a feed says, read in a process of its own: whatever it's made of, time and memory end with that process.

Source: https://feedparser.readthedocs.io (feedparser drops entities that name others or lie elsewhere itself)
"""

import calendar
import contextlib
import io
import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, Final

import feedparser

from dialoog.networks.html import plain

WITHIN_SECONDS: Final = 10
MEMORY: Final = 768 * 1024 * 1024
MOST_ITEMS: Final = 100
LONGEST_TITLE: Final = 300
LONGEST_TEXT: Final = 1500
# Of what an item holds, no more than this is looked at.
LONGEST_HTML: Final = 60_000


class Unreadable(Exception):
    """It is no feed, or one that takes too long to read."""


def read(body: bytes, *, url: str, content_type: str) -> dict[str, Any]:
    """Return what a feed says, in plain values: its title and page, and its newest items.

    Shape:  items have `id`, `title`, `text`, `link` and `at`, seconds since 1970 (UTC) or None.
    Errors: Unreadable.
    """
    about = json.dumps({"content-location": url, "content-type": content_type}).encode()
    try:
        done = subprocess.run(  # noqa: S603 - our own program, the feed goes in by its input
            [sys.executable, "-I", "-m", __spec__.name],
            input=about + b"\n" + body,
            capture_output=True,
            timeout=WITHIN_SECONDS,
            check=False,
        )
        found = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        raise Unreadable(type(error).__name__) from error
    if not found["version"]:
        raise Unreadable("no feed")
    return dict(found)


def said(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """Return what a feed says. May take very long: only for the process of its own."""
    # A stream, because feedparser opens bytes as the name of a file when there is one.
    found = feedparser.parse(
        io.BytesIO(body), response_headers=dict(headers), sanitize_html=False, resolve_relative_uris=False
    )
    items = [_item(one) for one in found.entries[: MOST_ITEMS * 5]]
    items.sort(key=lambda item: item["at"] or 0, reverse=True)
    return {
        "version": found.version,
        "title": _line(found.feed.get("title")),
        "link": str(found.feed.get("link") or ""),
        "items": items[:MOST_ITEMS],
    }


def _item(entry: Any) -> dict[str, Any]:
    moment = entry.get("published_parsed") or entry.get("updated_parsed")
    contents = [str(one.get("value") or "") for one in entry.get("content") or []]
    html = str(entry.get("summary") or "") or next(iter(contents), "")
    return {
        "id": str(entry.get("id") or ""),
        "title": _line(entry.get("title")),
        "text": _shortened(plain(html[:LONGEST_HTML])),
        "link": str(entry.get("link") or ""),
        "at": calendar.timegm(moment) if moment else None,
    }


def _line(html: Any) -> str:
    return " ".join(plain(str(html or "")[:LONGEST_HTML]).split())[:LONGEST_TITLE]


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    return f"{text[:LONGEST_TEXT].rpartition(' ')[0] or text[:LONGEST_TEXT]} …"


def main() -> None:
    """Read what a feed says from the input, within limits, and print it as JSON."""
    for kind, most in ((resource.RLIMIT_CPU, WITHIN_SECONDS), (resource.RLIMIT_AS, MEMORY)):
        # Some systems know no such limit; the time of the process as a whole ends there too.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))
    about, _, body = sys.stdin.buffer.read().partition(b"\n")
    sys.stdout.write(json.dumps(said(json.loads(about), body)))


if __name__ == "__main__":
    main()
