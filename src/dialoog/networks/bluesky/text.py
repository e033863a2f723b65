"""Finds links, mentions and hashtags in a text, as Bluesky's facets.

Source: https://docs.bsky.app/docs/advanced-guides/post-richtext (offsets count UTF-8 bytes).
"""

from collections.abc import Callable, Iterator
from typing import Any

import regex

from dialoog.core.text import find_urls, grapheme_count, utf8_length

TAG_GRAPHEMES = 64
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_MENTION = regex.compile(rf"(?<![\w@.])@(?P<handle>(?:{_LABEL}\.)+[a-zA-Z][a-zA-Z0-9-]*)(?![\w@])")
_HASHTAG = regex.compile(r"(?<![^\s(])[#\uff03](?!\ufe0f)(?P<tag>[^\s\p{Cf}\u20e2#]+)")

Facet = dict[str, Any]
Span = tuple[int, int, dict[str, str]]


def facets(text: str, resolve_handle: Callable[[str], str | None]) -> list[Facet]:
    """Return the facets of `text`, in order and never overlapping.

    Shape: `resolve_handle` gives the DID of a handle, or None; an unknown handle stays plain text.
    """
    found: list[Facet] = []
    until = 0
    for start, end, feature in sorted(_spans(text, resolve_handle), key=lambda span: span[:2]):
        if start >= until:
            index = {"byteStart": utf8_length(text[:start]), "byteEnd": utf8_length(text[:end])}
            found.append({"index": index, "features": [feature]})
            until = end
    return found


def _spans(text: str, resolve_handle: Callable[[str], str | None]) -> Iterator[Span]:
    links = find_urls(text)
    for start, end, url in links:
        yield start, end, {"$type": "app.bsky.richtext.facet#link", "uri": url}
    for match in _MENTION.finditer(text):
        if did := resolve_handle(match.group("handle").lower()):
            yield match.start(), match.end(), {"$type": "app.bsky.richtext.facet#mention", "did": did}
    for match in _HASHTAG.finditer(text):
        tag = regex.sub(r"\p{P}+$", "", match.group("tag"))
        if tag and not tag.isdigit() and grapheme_count(tag) <= TAG_GRAPHEMES:
            end = match.start("tag") + len(tag)
            yield match.start(), end, {"$type": "app.bsky.richtext.facet#tag", "tag": tag}
