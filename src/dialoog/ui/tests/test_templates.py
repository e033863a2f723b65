"""What holds for every template of the product: nothing inline, only classes that exist, only icons we have."""

import re
from html.parser import HTMLParser

import pytest

from dialoog.ui.tests.extraction import PACKAGE, rooms, templates

PAGES = [path for room in rooms() for path in templates(room) if path.suffix == ".html"]
ADDRESSES = {"href", "src", "action", "formaction", "data", "xlink:href"}


def name(path):
    return str(path.relative_to(PACKAGE)).replace("/templates/", ": ", 1)


class Inline(HTMLParser):
    """Notes what a strict CSP would refuse."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.bare = ""

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        self.found += [f"{tag} has {key}" for key in names if key.startswith("on") or key == "style"]
        self.found += [
            f"{tag} has a script address"
            for key, value in names.items()
            if key in ADDRESSES and (value or "").strip().lower().startswith(("javascript:", "data:text"))
        ]
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(f"a {tag} element stands in the page")
        self.found += [f"{tag} has {key}" for key in names if re.match("(data-)?hx-(on|vals)", key)]


def markup(path):
    source = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_nothing_is_inline(path):
    page = Inline()
    page.feed(markup(path))
    assert not page.found


STYLES = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("*/static/**/*.css"))
CLASSES = set(re.findall(r"\.([a-zA-Z][\w-]*)", STYLES))
ICONS = set(re.findall(r'symbol id="([\w-]+)"', (PACKAGE / "ui/static/dialoog/icons.svg").read_text()))


def used_classes(path):
    """Return the classes that a template writes in full; a name built from a value isn't seen."""
    source = re.sub(r"\{\{.*?\}\}", "\N{BULLET}", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    source = re.sub(r"\{%.*?%\}", " ", source, flags=re.DOTALL)
    for value in re.findall(r'\bclass="([^"]*)"', source):
        yield from (word for word in value.split() if "\N{BULLET}" not in word)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_class_is_in_a_stylesheet(path):
    assert not {word for word in used_classes(path) if word not in CLASSES}


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_icon_is_in_the_sprite(path):
    asked = set(re.findall(r'\{%\s*icon "([\w-]+)"', path.read_text(encoding="utf-8")))
    assert asked <= ICONS


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*/static/**/*.js")), ids=lambda path: path.name)
def test_no_script_makes_code_or_styles_from_text(path):
    source = path.read_text(encoding="utf-8")
    if path.name == "htmx.min.js":
        return
    for forbidden in (
        "eval(",
        "new Function",
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
    ):
        assert forbidden not in source
    assert not re.search(r"setAttribute\(['\"](style|on\w+)", source)
