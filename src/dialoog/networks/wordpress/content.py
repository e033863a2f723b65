"""A message as WordPress keeps it: a title, blocks of HTML, names of files.

Source: https://developer.wordpress.org/block-editor/reference-guides/core-blocks/
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from dialoog.core.text import find_urls
from dialoog.networks.values import Message

TITLE_LENGTH: Final = 80
_PARAGRAPHS: Final = re.compile(r"\n[^\S\n]*\n\s*")
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Kept:
    """A file that the site keeps: its number and its address there, and what it shows."""

    id: int
    url: str
    alt: str
    is_video: bool = False


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


def blocks(message: Message, text: str, media: Sequence[Kept]) -> str:
    """Return the body in the blocks of WordPress' own editor, so that people can go on with it there."""
    language = message.languages[0] if message.languages else ""
    made = [*_paragraphs(text, language), *_card(message), *map(_figure, media)]
    return "\n\n".join(made)


def _paragraphs(text: str, language: str) -> Iterator[str]:
    opening = f'<span lang="{language}">' if _LANGUAGE.fullmatch(language) else ""
    closing = "</span>" if opening else ""
    for part in _PARAGRAPHS.split(text.strip("\n")):
        if part.strip():
            inner = linked(part).replace("\n", "<br>")
            yield f"<!-- wp:paragraph -->\n<p>{opening}{inner}{closing}</p>\n<!-- /wp:paragraph -->"


def linked(text: str) -> str:
    """Return plain text as HTML in which addresses are links."""
    parts, place = [], 0
    for start, end, url in find_urls(text):
        shown = escape(text[start:end], quote=False)
        parts += [escape(text[place:start], quote=False), f'<a href="{escape(url)}">{shown}</a>']
        place = end
    return "".join([*parts, escape(text[place:], quote=False)])


def _card(message: Message) -> Iterator[str]:
    link = message.link
    if link is not None and link.url not in message.text:
        shown = escape(link.title or link.url, quote=False)
        inner = f'<a href="{escape(link.url)}">{shown}</a>'
        yield f"<!-- wp:paragraph -->\n<p>{inner}</p>\n<!-- /wp:paragraph -->"


def _figure(one: Kept) -> str:
    source = escape(one.url)
    if one.is_video:
        label = f' aria-label="{escape(one.alt)}"' if one.alt else ""
        film = f'<figure class="wp-block-video"><video controls src="{source}"{label}></video></figure>'
        return f'<!-- wp:video {{"id":{one.id}}} -->\n{film}\n<!-- /wp:video -->'
    shown = f'<img src="{source}" alt="{escape(one.alt)}" class="wp-image-{one.id}"/>'
    figure = f'<figure class="wp-block-image size-full">{shown}</figure>'
    return (
        f'<!-- wp:image {{"id":{one.id},"sizeSlug":"full","linkDestination":"none"}} -->\n'
        f"{figure}\n<!-- /wp:image -->"
    )


def file_name(title: str, number: int, mime: str) -> str:
    """Return a name for a file that says what it belongs to, for it stands in the file's public address."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = _NO_WORD.sub("-", plain).strip("-")[:40].rstrip("-")
    ending = {"image/jpeg": "jpg", "video/quicktime": "mov"}.get(mime, mime.partition("/")[2])
    return f"{words or 'dialoog'}-{number}.{ending}"
