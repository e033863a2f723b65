"""A text read once for all rules: folded for comparing, in words, with its links.

Everything here takes time in proportion to the length of the text, whatever somebody typed.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from dialoog.core.text import find_urls, grapheme_count
from dialoog.policy.rules.facts import Quote

# No network keeps a longer address, and looking for its end must not take longer than the text is.
LONGEST_LINK: Final = 2048
_WORD: Final = re.compile(r"[^\W_]+")
_UNBROKEN: Final = re.compile(rf"(?<!\S)(\S{{{LONGEST_LINK}}})(\S+)")
_FLAG: Final = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_DROPPED: Final = frozenset(("Mn", "Cf"))


@dataclass(frozen=True)
class Word:
    """A word of the folded text, with its place there."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=8192)
def _fold_char(char: str) -> str:
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(part for part in apart if unicodedata.category(part) not in _DROPPED)


def fold(text: str) -> str:
    """Return the text without capitals, accents, wide forms and invisible characters."""
    return "".join(map(_fold_char, text))


class Reading:
    """A text in the forms that rules need, each made once and only when asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def folded(self) -> str:
        """The folded text; its places differ from those in the text, see `quote`."""
        return fold(self.text)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words of the folded text, without punctuation."""
        return tuple(Word(match[0], match.start(), match.end()) for match in _WORD.finditer(self.folded))

    @cached_property
    def written(self) -> tuple[Word, ...]:
        """The words that aren't part of a link."""
        if not self.links:
            return self.words
        return tuple(word for word in self.words if not self.in_link(self.quote(word.start, word.end)))

    @cached_property
    def links(self) -> tuple[tuple[int, int, str], ...]:
        """The links as (start, end, address), with places in the text itself."""
        shortened = _UNBROKEN.sub(lambda match: match[1] + " " * len(match[2]), self.text)
        return tuple(find_urls(shortened))

    @cached_property
    def length(self) -> int:
        """How many characters a person sees."""
        # Flags are pairs; in a long row of them a search would go back to the first again and again.
        return grapheme_count(_FLAG.sub("x", self.text))

    @cached_property
    def _origins(self) -> list[int]:
        origins = []
        for place, char in enumerate(self.text):
            origins.extend([place] * len(_fold_char(char)))
        return origins

    def quote(self, start: int, end: int) -> Quote:
        """Return the place in the text of a part of the folded text."""
        last = self._origins[end - 1] + 1
        while last < len(self.text) and unicodedata.category(self.text[last]) == "Mn":
            last += 1
        return self._origins[start], last

    def in_link(self, quote: Quote) -> bool:
        """Tell whether a quote lies in a link."""
        place = bisect_right(self._link_starts, quote[0]) - 1
        return place >= 0 and quote[1] <= self.links[place][1]

    @cached_property
    def _link_starts(self) -> list[int]:
        return [start for start, _, _ in self.links]
