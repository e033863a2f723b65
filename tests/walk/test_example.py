"""The example organisation, as a newcomer finds it: every page that a link leads to, in both themes, wide and narrow."""

import re
from collections import Counter
from urllib.parse import urlsplit

import pytest
from hands import Pointer
from product import Product
from walker import Walker

from dialoog.demo import story

pytestmark = [pytest.mark.browser, pytest.mark.pds]
# A kind of page is seen this often: with other contents it may look different.
MOST_ALIKE = 2
NO_PAGE = re.compile(r"/(pdf|afmelden|feed\.json|rss\.xml|widget\.js)/?$|/beeld/|\.ics$")


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    running = Product(tmp_path_factory.mktemp("example") / "data", words=["--demo"], patience=300)
    yield running
    running.stop()


def test_every_page_that_a_link_leads_to(product, chromium, axe):
    visitor = Walker(chromium, product, "nl", Pointer())
    visitor.page.goto(f"{product.address}/account/login/")
    visitor.page.fill("[name=login]", "sanne@vaartland.example")
    visitor.page.fill("[name=password]", story.PASSWORD)
    visitor.submit()
    found, kinds, wrong = [urlsplit(visitor.page.url).path], Counter(), []
    seen = set()
    while found:
        path = found.pop(0)
        kind = re.sub(r"\d{4}-\d\d(-\d\d)?|\d+", "N", path)
        if path in seen or NO_PAGE.search(path) or kinds[kind] >= MOST_ALIKE:
            continue
        seen.add(path)
        kinds[kind] += 1
        try:
            if look(visitor, path, axe):
                found += links(visitor)
        except AssertionError as problem:
            wrong.append(str(problem))
    assert not wrong + visitor.problems, "\n".join(wrong + visitor.problems)
    assert len(kinds) > 40, sorted(kinds)


def links(visitor):
    """Return the paths of the links on a page that lead to a page of ours."""
    here = urlsplit(visitor.page.url)
    written = visitor.page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
    return [urlsplit(one).path for one in written if urlsplit(one)[:2] == here[:2]]


def look(visitor, path, axe):
    """Look at one page in four ways; return whether it was a page."""
    page = visitor.page
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    answer = page.goto(path)
    assert answer.status == 200, f"{path}: {answer.status}"
    if "text/html" not in answer.headers["content-type"]:
        return False
    assert page.locator("h1").count() == 1, path
    words = page.inner_text("body")
    assert not re.search(r"%\(|\{\{|\bNone\b|\bnan\b", words), f"{path}: {words}"
    visitor.clean(axe)
    visitor.fits()
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    # The colours of buttons change with the next frame, not at once.
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_function("() => !document.getAnimations().some(one => one.playState === 'running')")
    visitor.clean(axe)
    visitor.fits()
    page.set_viewport_size({"width": 320, "height": 700})
    visitor.fits()
    return True
