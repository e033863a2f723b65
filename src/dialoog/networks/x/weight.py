"""How X counts a text: by weight, 280 at most.

Source: the public configuration v3 of twitter-text (https://developer.x.com/en/docs/counting-characters): characters of
most alphabets weigh one, others two, an emoji of whatever parts two, a link 23, after composition (NFC).
"""

import unicodedata
from typing import Final

import regex

from dialoog.core.text import find_urls

LINK: Final = 23
# Code points that weigh one; all others weigh two.
LIGHT: Final = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_PIECE: Final = regex.compile(r"\X")
_EMOJI: Final = regex.compile(
    r"\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|"
    r"\p{Extended_Pictographic}\p{Emoji_Modifier}|\p{Extended_Pictographic}\u200d"
)


def weight(text: str) -> int:
    """Return what a text weighs."""
    plain = unicodedata.normalize("NFC", text)
    total, place = 0, 0
    for start, end, _ in find_urls(plain):
        total += _bare(plain[place:start]) + LINK
        place = end
    return total + _bare(plain[place:])


def _bare(text: str) -> int:
    return sum(2 if _EMOJI.match(piece) else sum(map(_one, piece)) for piece in _PIECE.findall(text))


def _one(char: str) -> int:
    return 1 if any(low <= ord(char) <= high for low, high in LIGHT) else 2
