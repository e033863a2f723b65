"""Finds what a room says: the texts marked for translation, and those that forgot to be."""

import ast
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[2]

# How many texts a function takes, and whether a context comes first.
_CALLS = {
    "_": (1, False),
    "gettext": (1, False),
    "gettext_lazy": (1, False),
    "gettext_noop": (1, False),
    "ngettext": (2, False),
    "ngettext_lazy": (2, False),
    "pgettext": (1, True),
    "pgettext_lazy": (1, True),
    "npgettext": (2, True),
    "npgettext_lazy": (2, True),
}
_TEXT = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_IN_TEMPLATE = re.compile(
    rf"\b(?P<call>n?p?gettext|_)\(\s*{_TEXT}(?:\s*,\s*{_TEXT})?(?:\s*,\s*{_TEXT})?", re.DOTALL
)


@dataclass(frozen=True)
class Said:
    """A text with its context and plural, both empty when it has none."""

    text: str
    plural: str = ""
    context: str = ""


def rooms():
    """Return the names of all rooms."""
    return sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def templates(room):
    """Return the templates of a room."""
    return [path for path in sorted((PACKAGE / room / "templates").rglob("*")) if path.is_file()]


def marked(room):
    """Return every text of a room that is marked for translation, with the file that says it first."""
    found = {}
    for path in sorted((PACKAGE / room).rglob("*.py")):
        if "tests" not in path.parts and "migrations" not in path.parts:
            for said in _in_python(path.read_text(encoding="utf-8")):
                found.setdefault(said, path.name)
    for path in templates(room):
        for said in _in_template(path.read_text(encoding="utf-8")):
            found.setdefault(said, path.name)
    return found


def catalogue(room, language="nl"):
    """Return what a room's .po says, by text and context; empty when it has none."""
    path = PACKAGE / room / "locale" / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        entries = [entry for entry in read_po(file, abort_invalid=True) if entry.id]
    return {(_first(entry.id), entry.context or ""): entry for entry in entries}


def _first(text):
    return text if isinstance(text, str) else text[0]


def _in_python(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            said = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if name in _CALLS and said:
                yield from _said(name, said)


def _in_template(source):
    for found in _IN_TEMPLATE.finditer(templatize(source)):
        said = [ast.literal_eval(text) for text in found.groups()[1:] if text]
        yield from _said(found["call"], said)


def _said(name, texts):
    count, has_context = _CALLS[name]
    context = texts.pop(0) if has_context else ""
    if len(texts) >= count:
        yield Said(texts[0], texts[1] if count == 2 else "", context)


_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def placeholders(text):
    """Return what is filled in later, sorted."""
    return sorted(_PLACEHOLDER.findall(text))


_COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}", re.DOTALL)
_BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%\}", re.DOTALL)
_ATTRIBUTES = re.compile(r"\{%\s*block (?:\w*_class|root|\w*_attributes)\s*%\}.*?\{%\s*endblock", re.DOTALL)
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_OPTION = re.compile(
    r"\b(?:title|action|label|lead|over|back|example|caption|unit|conclusion|placeholder|after)="
    r'"(?=[^"]*[^\W\d_]{2})[^"]*"'
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_NAMES = {"Dialoog", "Bluesky", "RSS", "JSON", "Feed", "CSV", "PDF", "HTML", "Nederlands", "English"}
_SHOWN = {"alt", "aria-label", "placeholder", "title", "aria-description"}
_UNSAID = {"script", "style", "code", "kbd"}


class _Visible(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.said = []
        self.inside = []

    def handle_starttag(self, tag, attrs):
        if tag in _UNSAID:
            self.inside.append(tag)
        self.said += [value for name, value in attrs if name in _SHOWN and value]

    def handle_endtag(self, tag):
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside:
            self.said.append(data)


def hard_coded(path):
    """Return the visible texts of a template that stand outside a translate tag."""
    source = path.read_text(encoding="utf-8")
    for unsaid in (_COMMENT, _BLOCK, _ATTRIBUTES):
        source = unsaid.sub(" ", source)
    options = [text for tag in _TAG.findall(source) for text in _OPTION.findall(tag)]
    page = _Visible()
    page.feed(_TAG.sub(" ", source))
    page.close()
    said = [" ".join(text.split()) for text in page.said]
    return options + [text for text in said if set(_WORD.findall(text)) - _NAMES]
