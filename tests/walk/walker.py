"""Somebody at a browser: goes, presses, writes, and sees; everything that is wrong on a page is theirs to find."""

import json
import time

from playwright.sync_api import expect

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Walker:
    """Somebody at a browser, in one language, with their own hands."""

    def __init__(self, chromium, product, language, hand):
        locale = {"nl": "nl-NL", "en": "en-GB"}[language]
        self.context = chromium.new_context(
            base_url=product.address, locale=locale, timezone_id="Europe/Amsterdam"
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.hand, self.language = hand, language
        self.problems = []
        self.page.on("pageerror", lambda error: self.problems.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._note)

    def _note(self, line):
        if line.type == "error" and "Failed to load resource" not in line.text:
            self.problems.append(f"{self.page.url}: {line.text}")

    def go(self, path):
        self.page.goto(path)

    def find(self, selector):
        return self.page.locator(selector).first

    def press(self, selector):
        self.hand.press(self.find(selector))

    def write(self, name, text):
        self.hand.write(self.find(f'[name="{name}"]'), text)

    def choose(self, name, value):
        self.hand.choose(self.find(f'input[name="{name}"][value="{value}"]'))

    def select(self, name, value):
        self.hand.select(self.find(f'select[name="{name}"]'), value)

    def submit(self, within="main form"):
        """Press the main button of a form and wait for the page that follows."""
        button = self.page.locator(f"{within} .btn--main").first
        with self.page.expect_navigation():
            self.hand.press(button)

    def sees(self, text):
        expect(self.page.locator("main")).to_contain_text(text)

    def reload_until(self, selector, *, within=60):
        until = time.monotonic() + within
        while time.monotonic() < until:
            if self.page.locator(selector).count():
                return
            time.sleep(1)
            self.page.reload()
        raise AssertionError(f"{selector} never came on {self.page.url}\n{self.page.inner_text('main')}")

    def clean(self, axe):
        """Nothing for axe to find, and nothing sticks out."""
        session = self.context.new_cdp_session(self.page)
        run = (
            f"axe.run(document, {json.dumps({'runOnly': AXE_TAGS})}).then(r => JSON.stringify(r.violations))"
        )
        session.send("Runtime.evaluate", {"expression": axe + ";0"})
        answer = session.send("Runtime.evaluate", {"expression": run, "awaitPromise": True})
        session.detach()
        found = [
            (one["id"], [node["target"] for node in one["nodes"][:3]])
            for one in json.loads(answer["result"]["value"])
        ]
        assert not found, f"{self.page.url}: {found}"

    def fits(self):
        """Nothing makes the page scroll sideways."""
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} sticks out {wide} px at {self.page.viewport_size}"
