"""Measuring, cleaning and searching text, the way networks and people count it."""

import unicodedata
from dataclasses import dataclass

import regex

_GRAPHEME = regex.compile(r"\X")
_SCHEME_URL = r"https?://[^\s<>\"'\u00ab\u00bb\u201c\u201d]+"
_BARE_URL = r"(?<![\w@./-])(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+(?P<tld>\p{L}{2,})(?:[:/?#][^\s<>\"']*)?(?![\w@])"
_URL = regex.compile(rf"{_SCHEME_URL}|{_BARE_URL}", regex.IGNORECASE)
# Without a scheme only these read as a link; "e.d." and "klaar.Daarna" are language.
_BARE_ENDINGS = frozenset(
    (
        *("nl", "be", "eu", "com", "org", "net", "info", "frl", "amsterdam", "app", "dev", "io", "social"),
        *("de", "fr", "uk", "es", "ch", "lu", "dk", "fi", "ie", "pl"),
    )
)
_KEPT_CONTROLS = frozenset("\n\t")
# Joiners make emoji and letters of some scripts; marks of direction belong to right-to-left text.
_KEPT_FORMATS = frozenset("\u200c\u200d\u200e\u200f\u061c\u2066\u2067\u2068\u2069\u00ad\u2060")


@dataclass(frozen=True)
class Clean:
    """A text that is fit to keep. `removed` names what was taken out ("U+0000"), each once, sorted."""

    text: str
    removed: tuple[str, ...]


def grapheme_count(text: str) -> int:
    """Return how many characters a person sees; a family emoji is one."""
    return len(_GRAPHEME.findall(text))


def utf8_length(text: str) -> int:
    """Return the length in UTF-8 bytes."""
    return len(text.encode("utf-8", "surrogatepass"))


def find_urls(text: str) -> list[tuple[int, int, str]]:
    """Return the links in `text` as (start, end, complete address).

    Units: offsets in characters of `text`.
    Shape: in order, never overlapping; full stops and an unmatched closing bracket at the end are
           no part of a link; "example.nl" without a scheme becomes "https://example.nl".
    """
    found = []
    for match in _URL.finditer(text):
        bare = match.group("tld") is not None
        if bare and match.group("tld").lower() not in _BARE_ENDINGS:
            continue
        shown = _without_tail(match.group())
        if shown.rstrip("/").lower() not in {"http:", "https:"}:
            found.append((match.start(), match.start() + len(shown), f"https://{shown}" if bare else shown))
    return found


def _without_tail(url: str) -> str:
    """Drop the punctuation that belongs to the sentence around a link."""
    while url:
        last = url[-1]
        unmatched = (last == ")" and url.count("(") < url.count(")")) or (
            last == "]" and url.count("[") < url.count("]")
        )
        if not unmatched and last not in ".,;:!?\u2026'\"*":
            break
        url = url[:-1]
    return url


def clean_text(text: str) -> Clean:
    """Return `text` in NFC without what can't be kept or shown, and say what that was.

    Shape: line ends become newlines; NUL, other control characters, lone surrogates, non-characters
           and invisible format characters that aren't needed for writing are taken out.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    removed = {char for char in plain if _is_unwanted(char)}
    if removed:
        plain = "".join(char for char in plain if char not in removed)
    names = tuple(sorted(f"U+{ord(char):04X}" for char in removed))
    return Clean(unicodedata.normalize("NFC", plain), names)


def _is_unwanted(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "Cc":
        return char not in _KEPT_CONTROLS
    if category == "Cf":
        # Tag characters spell the flags of England, Scotland and Wales.
        return char not in _KEPT_FORMATS and not 0xE0020 <= ord(char) <= 0xE007F
    return category == "Cs" or (ord(char) & 0xFFFE) == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF
