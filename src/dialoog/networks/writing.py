"""A message as a page or a letter has it: a title apart, paragraphs, addresses as links."""

import re
from html import escape
from typing import Final

from dialoog.core.text import find_urls
from dialoog.networks.values import Message

TITLE_LENGTH: Final = 80
_PARAGRAPHS: Final = re.compile(r"\n[^\S\n]*\n\s*")


def headline(message: Message) -> tuple[str, str]:
    """Return the title, and the text that stands under it.

    Shape: a title that was given, else the first line. That line leaves the text when it fits whole and more
           follows; a longer one is cut between words, and the text stays as it is.
    """
    if message.title.strip():
        return message.title.strip(), message.text
    first, _, rest = message.text.strip().partition("\n")
    if not first:
        first = next((" ".join(alt.split()) for alt in _alts(message) if alt.strip()), "")
    if len(first) <= TITLE_LENGTH:
        return first.strip(), rest.strip() or message.text
    return _shortened(first), message.text


def _alts(message: Message) -> list[str]:
    return [*(one.alt for one in message.images), *([message.video.alt] if message.video else [])]


def _shortened(line: str) -> str:
    cut = line[: TITLE_LENGTH - 1]
    at_a_word = cut.rpartition(" ")[0] or cut
    return f"{at_a_word.rstrip(' ,;:-')}…"


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a plain text as HTML, without the elements around them."""
    parts = [part for part in _PARAGRAPHS.split(text.strip("\n")) if part.strip()]
    return [_linked(part).replace("\n", "<br>") for part in parts]


def _linked(text: str) -> str:
    parts, place = [], 0
    for start, end, url in find_urls(text):
        parts += [escape(text[place:start], quote=False), link_to(url, text[start:end])]
        place = end
    return "".join([*parts, escape(text[place:], quote=False)])


def link_to(url: str, shown: str) -> str:
    """Return a link as HTML."""
    return f'<a href="{escape(url)}">{escape(shown, quote=False)}</a>'
