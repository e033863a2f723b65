"""Turns the plain text of an item into safe HTML: paragraphs, line ends and links."""

import re

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from dialoog.core.text import find_urls

_PARAGRAPHS = re.compile(r"\n\s*\n")


def paragraphs(text: str) -> SafeString:
    """Return the text as paragraphs; every character of it is escaped, only http(s) becomes a link."""
    parts = [part.strip("\n") for part in _PARAGRAPHS.split(text.strip()) if part.strip()]
    return format_html_join("\n", "<p>{}</p>", ((_lines(part),) for part in parts))


def _lines(part: str) -> SafeString:
    return mark_safe("<br>".join(_with_links(line) for line in part.split("\n")))  # noqa: S308 - escaped below


def _with_links(line: str) -> str:
    done, at = [], 0
    for start, end, url in find_urls(line):
        done += [
            escape(line[at:start]),
            format_html('<a href="{}" rel="noopener">{}</a>', url, line[start:end]),
        ]
        at = end
    return "".join([*done, escape(line[at:])])
