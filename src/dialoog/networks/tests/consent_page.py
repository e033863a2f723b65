"""Says yes (or no) on a PDS's own page, as a person does in a browser."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"


class _Landing(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"Back")

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def landing():
    """Where the browser comes back to: Dialoog's place in a real installation."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Landing)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/kanalen/terug/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answer(url, password, *, agree=True, back="http://127.0.0.1:"):
    """Sign in on the page at `url`, agree or not, and return what the browser brings back.

    It need not arrive there: a redirect to a site that isn't there is an answer all the same.
    """
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        try:
            page = browser.new_page(locale="en-US")
            page.goto(url)
            page.locator("input[type=password]").fill(password)
            page.keyboard.press("Enter")
            with page.expect_request(lambda request: request.url.startswith(back)) as gone:
                page.get_by_role("button", name="Authorize" if agree else "Deny access").click()
            return dict(parse_qsl(urlsplit(gone.value.url).query))
        finally:
            browser.close()
