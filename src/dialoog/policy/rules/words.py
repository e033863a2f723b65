"""Finding listed words in a text: whole words and phrases, whatever their capitals and accents."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from dialoog.policy.rules.facts import Quote
from dialoog.policy.rules.reading import Reading, Word, fold

LONGEST_PHRASE: Final = 8
_SIGNS: Final = frozenset("#@")


@dataclass(frozen=True)
class Hit:
    """A listed word found in the text; places are those of the folded text."""

    listed: str
    start: int
    end: int


@dataclass
class _Node:
    """A step in a tree of phrases; `ends` and `begins` map a required sign ("" for none) to a listed word."""

    following: dict[str, "_Node"] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)
    begins: dict[str, dict[str, str]] = field(default_factory=dict)

    def lengths(self) -> list[int]:
        """The lengths of the beginnings that are looked for here, longest first."""
        return sorted({len(beginning) for beginning in self.begins}, reverse=True)


class WordList:
    """A list of words and phrases to look for.

    "verkiezing*" finds words that begin so, "*verkiezing*" those that hold it. "#ad" asks for the sign.
    A phrase may be broken over spaces, or over two other signs at most ("e-mail", "e mail").
    """

    def __init__(self, listed: Iterable[str]) -> None:
        self._root = _Node()
        self._parts: dict[str, str] = {}
        self._signs: dict[str, str] = {}
        for word in listed:
            self._add(word)

    def _add(self, listed: str) -> None:
        plain = fold(listed).strip()
        words = [word.text for word in Reading(plain).words]
        if not words:
            if plain:
                self._signs[plain] = listed
            return
        if plain.startswith("*") and len(words) == 1:
            self._parts[words[0]] = listed
            return
        node = self._root
        for word in words[:-1]:
            node = node.following.setdefault(word, _Node())
        sign = plain[0] if plain[0] in _SIGNS else ""
        if plain.endswith("*"):
            node.begins.setdefault(words[-1], {})[sign] = listed
        else:
            node.following.setdefault(words[-1], _Node()).ends[sign] = listed

    def find(self, reading: Reading) -> list[Hit]:
        """Return what is found, in order; of what overlaps, the longest that begins first."""
        hits = [*self._phrases(reading), *self._held(reading), *self._loose(reading)]
        hits.sort(key=lambda hit: (hit.start, -hit.end))
        kept: list[Hit] = []
        for hit in hits:
            if not kept or hit.start >= kept[-1].end:
                kept.append(hit)
        return kept

    def _phrases(self, reading: Reading) -> Iterator[Hit]:
        place = 0
        while place < len(reading.words):
            found = self._longest(reading, place)
            if found is None:
                place += 1
                continue
            count, listed = found
            yield Hit(listed, reading.words[place].start, reading.words[place + count - 1].end)
            place += count

    def _longest(self, reading: Reading, place: int) -> tuple[int, str] | None:
        found, node = None, self._root
        first = reading.words[place]
        sign = reading.folded[first.start - 1 : first.start]
        for count, word in enumerate(reading.words[place : place + LONGEST_PHRASE], start=1):
            if count > 1 and not _joined(reading, reading.words[place + count - 2], word):
                break
            following = node.following.get(word.text)
            listed = _signed(following.ends, sign) if following else ""
            listed = listed or _beginning(node, word.text, sign)
            if listed:
                found = (count, listed)
            if following is None:
                break
            node = following
        return found

    def _held(self, reading: Reading) -> Iterator[Hit]:
        for part, listed in self._parts.items():
            ends = [word.end for word in reading.words]
            place = reading.folded.find(part)
            while place >= 0:
                word = reading.words[bisect_right(ends, place)]
                yield Hit(listed, word.start, word.end)
                place = reading.folded.find(part, word.end)

    def _loose(self, reading: Reading) -> Iterator[Hit]:
        for sign, listed in self._signs.items():
            place = reading.folded.find(sign)
            while place >= 0:
                yield Hit(listed, place, place + len(sign))
                place = reading.folded.find(sign, place + len(sign))


def _signed(ends: dict[str, str], sign: str) -> str:
    return ends.get("") or (ends.get(sign, "") if sign else "")


def _beginning(node: _Node, word: str, sign: str) -> str:
    for length in node.lengths() if node.begins else ():
        if (ends := node.begins.get(word[:length])) and (listed := _signed(ends, sign)):
            return listed
    return ""


def _joined(reading: Reading, before: Word, after: Word) -> bool:
    between = reading.folded[before.end : after.start]
    return between.isspace() or len(between) <= 2


def quotes_of(reading: Reading, hits: Iterable[Hit]) -> tuple[Quote, ...]:
    """Return the places in the text itself."""
    return tuple(reading.quote(hit.start, hit.end) for hit in hits)
