"""Plain text of the HTML in which some networks show posts, and whether two texts are the same post."""

import unicodedata
from html.parser import HTMLParser
from typing import Final

import regex

_BLOCKS: Final = frozenset({"p", "div", "li", "blockquote", "h1", "h2", "h3", "h4", "pre", "ul", "ol"})
_SILENT: Final = frozenset({"script", "style", "template"})
_MENTION: Final = regex.compile(r"@([\p{L}\p{N}_.-]+)@[\p{L}\p{N}.-]+")
_SPACE: Final = regex.compile(r"[\s\u200b\u200e\u200f\u2066-\u2069]+")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent += 1
        elif tag == "br":
            self.parts.append("\n")
        elif tag in _BLOCKS and self.parts:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def plain(html: str) -> str:
    """Return the text of some HTML as a person reads it: paragraphs apart, nothing that runs or styles."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = "".join(reader.parts)
    return regex.sub(r"\n{3,}", "\n\n", text).strip()


def is_same(one: str, other: str) -> bool:
    """Tell whether two plain texts are one post: white space, composition and the servers of mentions aside."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    bare = _MENTION.sub(r"@\1", unicodedata.normalize("NFC", text))
    return _SPACE.sub("", bare)
