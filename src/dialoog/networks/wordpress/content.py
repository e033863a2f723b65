"""A message as WordPress keeps it: blocks of HTML, names of files.

Source: https://developer.wordpress.org/block-editor/reference-guides/core-blocks/
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from dialoog.networks.values import Message
from dialoog.networks.writing import link_to, paragraphs

_NO_WORD: Final = re.compile(r"[^a-z0-9]+")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Kept:
    """A file that the site keeps: its number and its address there, and what it shows."""

    id: int
    url: str
    alt: str
    is_video: bool = False


def blocks(message: Message, text: str, media: Sequence[Kept]) -> str:
    """Return the body in the blocks of WordPress' own editor, so that people can go on with it there."""
    language = message.languages[0] if message.languages else ""
    made = [*_texts(text, language), *_card(message), *map(_figure, media)]
    return "\n\n".join(made)


def _texts(text: str, language: str) -> Iterator[str]:
    opening = f'<span lang="{language}">' if _LANGUAGE.fullmatch(language) else ""
    closing = "</span>" if opening else ""
    for inner in paragraphs(text):
        yield _paragraph(f"{opening}{inner}{closing}")


def _paragraph(inner: str) -> str:
    return f"<!-- wp:paragraph -->\n<p>{inner}</p>\n<!-- /wp:paragraph -->"


def _card(message: Message) -> Iterator[str]:
    link = message.link
    if link is not None and link.url not in message.text:
        yield _paragraph(link_to(link.url, link.title or link.url))


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
