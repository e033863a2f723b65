"""The public pages and the widget in a real browser, on a site of somebody else."""

import os
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.test import override_settings
from django_scopes import scope
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from dialoog.core.clock import now as read_clock
from dialoog.newsroom.actions import open_newsroom
from dialoog.newsroom.store import NewsroomStore

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ATTACKS = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    'https://a.nl/"onmouseover="window.hit=1',
    "https://a.nl/'><svg/onload=window.hit=1>",
    "</script><script>window.hit=1</script>\u2028window.hit=1",
    '");window.hit=1;("',
)


@pytest.fixture(scope="session")
def live_server(tmp_path_factory):
    """A server that finds its static files in the source, for nothing was collected."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    stores = {**settings.STORAGES, "staticfiles": plain}
    with override_settings(STORAGES=stores, STATIC_ROOT=tmp_path_factory.mktemp("static")):
        server = LiveServer("localhost")
        yield server
        server.stop()


@pytest.fixture(scope="module")
def chromium():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def news(live_server, noor, settings):
    """An address with news of all kinds."""
    settings.ADDRESS = live_server.url
    with scope(organisation=noor.organisation):
        open_newsroom(noor, now=read_clock())
    store = NewsroomStore(noor.organisation_id)
    for number, text in enumerate((*ATTACKS, "Vers brood\nVanaf 8 uur.")):
        at = read_clock() + timedelta(minutes=number)
        store.put(str(number), text=f"{text}\n{text}", language="nl", images=[], at=at)
    return f"{live_server.url}/nieuws/korenaar/"


@pytest.fixture
def page(chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.troubles = []
    page.on("console", lambda told: page.troubles.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    yield page
    assert context.cookies() == []
    context.close()


@pytest.fixture
def site():
    """A site of somebody else: a server of its own, with a policy of its own."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.send_header("content-security-policy", Site.policy)
            self.end_headers()
            self.wfile.write(Site.html.encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def show(body, policy):
        style = "<style>body{font-family:cursive}</style>"
        Site.html = (
            f"<!doctype html><title>Buurt</title><link rel=icon href=data:,>{style}<main>{body}</main>"
        )
        Site.policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; {policy}"
        return f"http://127.0.0.1:{server.server_port}/"

    yield show
    server.shutdown()
    server.server_close()


def test_the_script_needs_no_more_than_leave_for_itself(page, news, site):
    origin = news.split("/nieuws")[0]
    policy = f"script-src {origin}; require-trusted-types-for 'script'"
    page.goto(site(f'<script src="{news}widget.js?aantal=10" async></script>', policy))
    page.wait_for_selector(".dialoog-news__link")
    assert page.inner_text(".dialoog-news__link >> nth=0") == "Vers brood"
    assert page.locator(".dialoog-news__link").count() == 7
    font = "getComputedStyle(document.querySelector('.dialoog-news__link')).fontFamily"
    assert page.evaluate(font) == "cursive"
    assert page.evaluate("window.hit") is None
    assert page.troubles == []
    page.click(".dialoog-news__link >> nth=0")
    assert page.url.startswith(news)


def test_the_frame_shows_the_headlines_and_leads_to_the_page(page, news, site):
    origin = news.split("/nieuws")[0]
    policy = f"frame-src {origin}"
    page.goto(
        site(
            f'<iframe src="{news}widget/?letter=serif" title="Nieuws" width="360" height="420"></iframe>',
            policy,
        )
    )
    frame = page.frame_locator("iframe")
    assert frame.locator("li a").first.inner_text() == "Vers brood"
    frame.locator("li a").first.click()
    page.wait_for_url(f"{news}*/")


def test_no_text_runs_as_a_script(page, news):
    page.goto(news)
    items = [link.get_attribute("href") for link in page.locator(".item__when a").all()]
    assert len(items) == len(ATTACKS) + 1
    for path in (news, f"{news}widget/", *(urljoin(news, item) for item in items)):
        page.goto(path)
        for link in page.locator("main a").all():
            link.hover()
        assert page.evaluate("window.hit") is None
    assert page.troubles == []


def test_the_page_works_without_scripts_and_at_320_pixels(chromium, news):
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(news)
    assert page.get_by_role("heading", level=1).inner_text() == "Bakkerij De Korenaar"
    page.keyboard.press("Tab")
    assert page.locator("a.skip").is_visible()
    context.close()
