"""Personal data in a text: citizen service numbers, bank accounts, Dutch telephone numbers, e-mail addresses.

All searches scan the text once; what they need around a find has a fixed size.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from dialoog.policy.rules.reading import Reading

Span = tuple[int, int]

# https://www.swift.com/standards/data-standards/iban-international-bank-account-number: length by country.
_IBAN_LENGTHS: Final[Mapping[str, int]] = MappingProxyType(
    {
        **dict.fromkeys(("no",), 15),
        **dict.fromkeys(("be",), 16),
        **dict.fromkeys(("dk", "fo", "gl", "fi", "nl"), 18),
        **dict.fromkeys(("mk", "si"), 19),
        **dict.fromkeys(("at", "ba", "ee", "kz", "lt", "lu", "xk"), 20),
        **dict.fromkeys(("ch", "hr", "li", "lv"), 21),
        **dict.fromkeys(("bg", "bh", "cr", "de", "gb", "ge", "ie", "me", "rs"), 22),
        **dict.fromkeys(("ae", "gi", "il"), 23),
        **dict.fromkeys(("ad", "cz", "es", "md", "pk", "ro", "sa", "se", "sk", "tn", "vg"), 24),
        **dict.fromkeys(("pt",), 25),
        **dict.fromkeys(("is", "tr"), 26),
        **dict.fromkeys(("fr", "gr", "it", "mc", "sm"), 27),
        **dict.fromkeys(("al", "az", "cy", "hu", "pl"), 28),
        **dict.fromkeys(("mt",), 31),
    }
)
_BSN_SHAPES: Final = frozenset(((9,), (3, 3, 3), (4, 2, 3), (2, 2, 2, 3), (2, 3, 4), (3, 2, 4)))
# Groups of digits that belong together; a longer row is no number of a person.
_GROUPS: Final = re.compile(r"(?<![^\W_])\d+(?:[ .-]\d+)*(?![^\W_])")
_DIGITS: Final = re.compile(r"\d+")
_IBAN_START: Final = re.compile(r"(?<![^\W_])[a-z]{2} ?[0-9]{2}")
_PHONE: Final = re.compile(r"(?<![\w+])(?:\+31|0031|\(?0(?=[1-9]))(?:[ .\-()/]{0,3}\d){8,12}")
# Service numbers belong to nobody: https://www.acm.nl (0800, 0900, 0906, 0909).
_SERVICE: Final = ("800", "900", "906", "909")
_EMAIL: Final = re.compile(r"(?<![\w.+@-])[\w.+-]+@(?:[\w-]+\.)+[^\W\d_]{2,}")


def passes_eleven_test(number: str) -> bool:
    """Tell whether nine digits can be a citizen service number (BSN).

    Source: https://www.rvig.nl (9a + 8b + ... + 2h - i is a multiple of eleven).
    """
    digits = [int(char) for char in number]
    if len(digits) != 9 or not any(digits):
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 11 == 0


def is_iban(account: str) -> bool:
    """Tell whether an account number in ASCII letters and digits has its country's length and rest 1 of 97."""
    plain = account.lower()
    if not plain.isascii() or not plain.isalnum() or len(plain) != _IBAN_LENGTHS.get(plain[:2], 0):
        return False
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1


def bsn_spans(reading: Reading) -> Iterator[Span]:
    """Yield where citizen service numbers stand in the folded text."""
    for row in _GROUPS.finditer(reading.folded):
        groups = [(match.start(), match.end()) for match in _DIGITS.finditer(row[0])]
        for first, last in _nine_digits(groups):
            start, end = row.start() + groups[first][0], row.start() + groups[last][1]
            digits = "".join(filter(str.isdigit, reading.folded[start:end]))
            if _one_separator(reading.folded[start:end]) and passes_eleven_test(digits):
                yield start, end


def _nine_digits(groups: list[Span]) -> Iterator[tuple[int, int]]:
    sizes = [end - start for start, end in groups]
    for first in range(len(sizes)):
        for count in (1, 3, 4):
            if tuple(sizes[first : first + count]) in _BSN_SHAPES and first + count <= len(sizes):
                yield first, first + count - 1


def _one_separator(written: str) -> bool:
    return len({char for char in written if not char.isdigit()}) <= 1


def iban_spans(reading: Reading) -> Iterator[Span]:
    """Yield where account numbers stand in the folded text."""
    text = reading.folded
    for match in _IBAN_START.finditer(text):
        length = _IBAN_LENGTHS.get(match[0][:2])
        if length is None:
            continue
        written, end = _take(text, match.start(), length)
        if is_iban(written) and not text[end : end + 1].isalnum():
            yield match.start(), end


def _take(text: str, start: int, length: int) -> tuple[str, int]:
    """Take so many letters and digits, with at most one space, stop or hyphen between two."""
    taken: list[str] = []
    place = start
    while len(taken) < length and place < len(text):
        if text[place].isalnum():
            taken.append(text[place])
        elif text[place] not in " .-" or not text[place - 1].isalnum():
            break
        place += 1
    return "".join(taken), place


def phone_spans(reading: Reading) -> Iterator[Span]:
    """Yield where Dutch telephone numbers stand in the folded text, service numbers left out."""
    for match in _PHONE.finditer(reading.folded):
        places = [match.start() + place for place, char in enumerate(match[0]) if char.isdigit()]
        digits = "".join(reading.folded[place] for place in places)
        lead = _lead(digits)
        national = digits[lead : lead + 9]
        if len(national) < 9 or national[0] == "0" or national.startswith(_SERVICE):
            continue
        end = places[lead + 8] + 1
        if not reading.folded[end : end + 1].isalnum():
            yield match.start(), end


def _lead(digits: str) -> int:
    """Return how many digits stand before the nine of the number in its country."""
    lead = 4 if digits.startswith("0031") else 2 if digits.startswith("31") else 1
    return lead + 1 if lead > 1 and digits[lead : lead + 1] == "0" else lead


def email_spans(reading: Reading) -> Iterator[Span]:
    """Yield where e-mail addresses stand in the folded text."""
    for match in _EMAIL.finditer(reading.folded):
        yield match.start(), match.end()


FINDERS: Final[Mapping[str, Callable[[Reading], Iterator[Span]]]] = MappingProxyType(
    {"bsn": bsn_spans, "iban": iban_spans, "phone": phone_spans, "email": email_spans}
)
