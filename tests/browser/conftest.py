"""A real Chromium against the real application, for every room: see README.md beside this file."""

import contextlib
import hashlib
import json
import os
import socket
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connections
from django.test import Client
from django.test.utils import override_settings
from playwright.sync_api import sync_playwright

from dialoog.core.clock import frozen

# Playwright runs an event loop in this thread; Django would take that for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # for the gallery, which several tests show
CHROMIUM = os.environ.get("DIALOOG_CHROMIUM", "/usr/bin/chromium")
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pytest_collection_modifyitems(items):
    """Mark all that stands here, so that `-m "not browser"` leaves it out."""
    for item in items:
        if HERE in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)


class QuietHandler(WSGIRequestHandler):
    """Serves without a line on the screen for each request."""

    def log_message(self, *words):
        """Say nothing."""


class Server(ThreadedWSGIServer):
    """Knows its open connections, so that stopping doesn't wait for a browser to hang up."""

    daemon_threads = False

    def __init__(self, *words, **options):
        super().__init__(*words, **options)
        self.lines = set()

    def get_request(self):
        """Note a connection."""
        line, origin = super().get_request()
        self.lines.add(line)
        return line, origin

    def close_request(self, request):
        """Forget a connection."""
        self.lines.discard(request)
        super().close_request(request)

    def stop(self):
        """Hang up and wait until every thread is through."""
        self.shutdown()
        for line in list(self.lines):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self.server_close()


class Site:
    """The address of the running application; `clock` stops its time, None lets it run."""

    def __init__(self):
        self.address = ""
        self.clock = None
        self._one_at_a_time = threading.Lock()
        self._application = WSGIHandler()

    def __call__(self, environ, start_response):
        """Answer one request at a time: all threads share the connection of the test."""
        stopped = frozen(self.clock) if self.clock else contextlib.nullcontext()
        with self._one_at_a_time, stopped:
            answer = self._application(environ, start_response)
            try:
                return [b"".join(answer)]
            finally:
                answer.close()


@pytest.fixture(scope="session")
def built_static(tmp_path_factory):
    """Return the folder of static files as an installation has them: hashed and compressed."""
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=str(folder)):
        call_command("collectstatic", interactive=False, verbosity=0)
    return str(folder)


@pytest.fixture
def site(transactional_db, settings, built_static):
    """Run the application on a free port with the database of the test, as strict as in use."""
    settings.STATIC_ROOT = built_static
    settings.STORAGES = {**django_settings.STORAGES}
    settings.ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
    running = Site()
    shared = connections["default"]
    shared.inc_thread_sharing()
    server = Server(("127.0.0.1", 0), QuietHandler, connections_override={"default": shared})
    server.set_app(running)
    running.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield running
    server.stop()
    thread.join()
    shared.dec_thread_sharing()


@pytest.fixture(scope="session")
def chromium():
    """Start one browser for all tests."""
    with sync_playwright() as play:
        options = ["--no-sandbox", "--disable-gpu"]
        browser = play.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.fixture
def page_for(site, chromium):
    """Return a page on which `member` is signed in (None: nobody), at this width and in these colours.

    A script error, an error in the console or a refusal by the CSP fails the test at its end. Answers of
    400 and above are no such error: pages of errors are tested too. `page_for.problems` holds what was seen,
    for a test that causes one on purpose.
    """
    contexts, problems = [], []

    def opened(member=None, *, width=1280, scheme="light", language="nl", **options):
        height = 900 if width > 600 else 844
        context = chromium.new_context(
            base_url=site.address,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale={"nl": "nl-NL", "en": "en-GB"}[language],
            timezone_id="Europe/Amsterdam",
            **options,
        )
        contexts.append(context)
        cookies = {django_settings.LANGUAGE_COOKIE_NAME: language}
        if member is not None:
            client = Client()
            client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
            cookies[django_settings.SESSION_COOKIE_NAME] = client.cookies[
                django_settings.SESSION_COOKIE_NAME
            ].value
        context.add_cookies([{"name": k, "value": v, "url": site.address} for k, v in cookies.items()])
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on("console", lambda line: _note(problems, page, line))
        return page

    opened.problems = problems
    yield opened
    for context in contexts:
        context.close()
    assert not problems, "\n".join(problems)


def _note(problems, page, line):
    is_answer = "Failed to load resource" in line.text or "Failed to fetch" in line.text
    if line.type == "error" and not is_answer:
        problems.append(f"{page.url}: {line.text}")


@pytest.fixture(scope="session")
def axe_source():
    """Return axe-core as locked."""
    lock = json.loads((HERE / "vendor" / "lock.json").read_text())
    source = (HERE / "vendor" / lock["file"]).read_bytes()
    assert hashlib.sha256(source).hexdigest() == lock["sha256"], "axe differs from its lock"
    return source.decode()


@pytest.fixture
def axe(axe_source):
    """Return a function that asserts that axe finds nothing on a page as it is now.

    It goes through the debugger, which the page's own CSP doesn't bind, so the CSP stays on.
    """

    def clean(page, *, where=""):
        session = page.context.new_cdp_session(page)
        run = (
            f"axe.run(document, {json.dumps({'runOnly': AXE_TAGS})}).then(r => JSON.stringify(r.violations))"
        )
        session.send("Runtime.evaluate", {"expression": axe_source + ";0"})
        answer = session.send("Runtime.evaluate", {"expression": run, "awaitPromise": True})
        session.detach()
        assert "exceptionDetails" not in answer, answer
        found = [_told(violation) for violation in json.loads(answer["result"]["value"])]
        assert not found, f"{where or page.url}\n" + "\n".join(found)

    return clean


def _told(violation):
    nodes = "; ".join(
        f"{node['target']} {node['failureSummary'].splitlines()[-1].strip()}"
        for node in violation["nodes"][:3]
    )
    return f"{violation['id']}: {nodes}"


@pytest.fixture
def fits():
    """Return a function that asserts that nothing on a page sticks out sideways."""

    def checked(page):
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{page.url} is {over} px too wide at {page.viewport_size['width']} px"

    return checked
