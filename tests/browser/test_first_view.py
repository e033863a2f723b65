"""What a first visit costs and under which policy it runs, measured as a browser receives it."""

import gzip

import pytest
from gallery import gallery_site as site  # noqa: F401 - a fixture

KB = 1000
SHIFTS = """() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 500);
})"""


@pytest.fixture
def first(page_for):
    """Return a page with the bytes of every answer that it takes, by address."""
    page = page_for()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    names, sizes = {}, {}
    session.on("Network.responseReceived", lambda e: names.update({e["requestId"]: e["response"]["url"]}))
    session.on(
        "Network.loadingFinished",
        lambda e: sizes.update({names.get(e["requestId"], ""): e["encodedDataLength"]}),
    )
    page.sizes = sizes
    return page


def test_a_first_view_is_at_most_120_kb(first):
    first.goto("/galerij/", wait_until="networkidle")
    # The page itself is counted as a compressing server or proxy sends it.
    first.sizes[first.url] = len(gzip.compress(first.content().encode()))
    told = "\n".join(f"{size:>8.0f} {address}" for address, size in sorted(first.sizes.items()))
    assert any("schibsted" in address for address in first.sizes), told
    assert sum(first.sizes.values()) <= 120 * KB, told
    scripts = sum(size for address, size in first.sizes.items() if ".js" in address)
    assert 0 < scripts <= 25 * KB, told


def test_nothing_moves_while_a_page_is_drawn(first):
    first.goto("/galerij/")
    assert first.evaluate(SHIFTS) == 0


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(first):
    headers = first.goto("/galerij/").headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["font-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_what_is_inline_is_refused(first, page_for):
    first.goto("/galerij/")
    first.evaluate("document.body.insertAdjacentHTML('beforeend', '<b id=x style=\"color: red\">x</b>')")
    assert first.evaluate("getComputedStyle(document.querySelector('#x')).color") != "rgb(255, 0, 0)"
    first.wait_for_timeout(100)
    assert [line for line in page_for.problems if "style-src 'self'" in line]
    page_for.problems.clear()
