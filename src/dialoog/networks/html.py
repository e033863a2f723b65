"""Plain text of the HTML in which some networks show posts, and whether two texts are the same post."""

import re
import unicodedata
from html.parser import HTMLParser
from typing import Final

import nh3
import regex

# No post and no head of a page has more; what has is nested to take long.
LONGEST: Final = 200_000
MOST_TAGS: Final = 5000
_BLOCKS: Final = frozenset({"p", "div", "li", "blockquote", "h1", "h2", "h3", "h4", "pre", "ul", "ol"})
_SILENT: Final = frozenset({"script", "style", "template"})
_BODY: Final = re.compile(r"<body[\s>]", re.IGNORECASE)
_MENTION: Final = regex.compile(r"@([\p{L}\p{N}_.-]+)@[\p{L}\p{N}.-]+")
_SPACE: Final = regex.compile(r"[\s\u200b\u200e\u200f\u2066-\u2069]+")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.parts.append("\n")
        elif tag in _BLOCKS and self.parts:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append({name: (value or "").strip() for name, value in attrs})


def plain(html: str) -> str:
    """Return the text of some HTML as a person reads it: paragraphs apart, nothing that runs or styles.

    Units: no more than the first 200,000 characters and 5,000 tags of the HTML are read.
    """
    # Made whole first: Python's own parser takes minutes over what is broken on purpose.
    whole = nh3.clean(
        _bounded(html),
        tags=set(_BLOCKS) | {"br"},
        attributes={},
        clean_content_tags=set(_SILENT),
        link_rel=None,
    )
    reader = _Reader()
    reader.feed(whole)
    reader.close()
    text = "".join(reader.parts)
    return regex.sub(r"\n{3,}", "\n\n", text).strip()


def _bounded(html: str) -> str:
    return "<".join(html[:LONGEST].split("<", MOST_TAGS)[:MOST_TAGS])


def links_of(page: bytes) -> list[dict[str, str]]:
    """Return the `rel`, `type` and `href` of each link element in a page's head, in their order."""
    text = _bounded(page[:LONGEST].decode("utf-8", "replace"))
    body = _BODY.search(text)
    wanted = {"link": {"rel", "type", "href"}}
    whole = nh3.clean(text[: body.start()] if body else text, tags={"link"}, attributes=wanted, link_rel=None)
    reader = _Links()
    reader.feed(whole)
    reader.close()
    return reader.found


def is_same(one: str, other: str) -> bool:
    """Tell whether two plain texts are one post: white space, composition and the servers of mentions aside."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    bare = _MENTION.sub(r"@\1", unicodedata.normalize("NFC", text))
    return _SPACE.sub("", bare)
