"""The first view stays light: what travels, compressed, for a page that nobody has visited before."""

import gzip
import re

from django.template.loader import render_to_string
from django.test import override_settings

from dialoog.ui.tests.extraction import PACKAGE

STATIC = PACKAGE / "ui/static/dialoog"
KB = 1000
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def travels(path):
    """Return the bytes that a file costs; a font is compressed already."""
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(gzip.compress(content, 9))


def test_own_and_library_script_is_at_most_25_kb():
    assert sum(travels(path) for path in STATIC.glob("*.js")) <= 25 * KB


@override_settings(STORAGES=PLAIN)
def test_the_frame_of_a_page_leaves_room_for_its_content():
    """Sixty of the 120 kB that a first view may cost are left for the page's own words and pictures."""
    page = render_to_string("ui/base.html")
    files = set(re.findall(r'(?:href|src)="/?static/dialoog/([^"#]+)"', page)) | {"icons.svg"}
    files |= {path.name for path in STATIC.glob("*.js")}
    total = sum(travels(STATIC / name) for name in files) + len(gzip.compress(page.encode(), 9))
    assert {"tokens.css", "htmx.min.js", "schibsted-grotesk-latin.woff2"} <= files
    assert total <= 100 * KB, f"{total / KB:.1f} kB"
