"""Looking whether links arrive: a real server answers, and private addresses are never asked."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dialoog.core.models import Job
from dialoog.core.work.worker import run_due
from dialoog.policy import actions, queries
from dialoog.policy.jobs import look
from dialoog.policy.models import LinkCheck

ANSWERS = {"/gone": 404, "/locked": 403, "/broken": 503, "/moved": 302, "/inside": 302}


class Site(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.command, self.path))
        status = ANSWERS.get(self.path, 200)
        if self.path == "/nohead":
            status = 405 if self.command == "HEAD" else 200
        self.send_response(status)
        if status == 302:
            port = self.server.server_port
            self.send_header("Location", "/" if self.path == "/moved" else f"http://localhost:{port}/secret")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815 - the name that http.server asks for

    def log_message(self, *_args):
        pass


@pytest.fixture
def site(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.asked = []
    running = threading.Thread(target=server.serve_forever, daemon=True)
    running.start()
    settings.ALLOW_ADDRESSES = frozenset({f"127.0.0.1:{server.server_port}"})
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()
    running.join()


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/", (True, 200, "")),
        ("/moved", (True, 200, "")),
        ("/nohead", (True, 200, "")),
        ("/gone", (False, 404, "gone")),
        ("/locked", (None, 403, "guarded")),
        ("/broken", (False, 503, "server_error")),
    ],
)
def test_a_link_arrives_or_says_why_not(site, path, found):
    assert look(f"{site.url}{path}") == found


def test_a_redirect_to_a_private_address_is_not_followed(site):
    assert look(f"{site.url}/inside") == (False, None, "refused")
    assert ("HEAD", "/secret") not in site.asked


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://0x7f.1/",
        "http://localhost/",
        "ftp://example.org/",
        "http://name:secret@example.org/",
        "https://",
        "",
    ],
)
def test_only_public_web_addresses_are_asked(url):
    assert look(url) == (False, None, "refused")


def test_what_was_found_is_kept_and_looked_up_again_when_old(inside, site, now):
    url = f"{site.url}/#deel"
    assert queries.known_links([url]) == ()
    assert actions.look_up_links([url, url], now=now) == 1
    assert queries.known_links([url])[0].reachable is None
    run_due(now)
    assert queries.known_links([url])[0].reachable is True
    assert actions.look_up_links([url], now=now + timedelta(hours=1)) == 0
    assert actions.look_up_links([url], now=now + timedelta(hours=13)) == 1
    run_due(now + timedelta(hours=13))
    assert LinkCheck.objects.get().checked_at == now + timedelta(hours=13)


def test_what_failed_is_looked_at_once_more(inside, site, now):
    url = f"{site.url}/broken"
    actions.look_up_links([url], now=now)
    run_due(now)
    job = Job.objects.get()
    assert (job.state, job.due_at) == ("waiting", now + timedelta(minutes=10))
    run_due(now + timedelta(minutes=10))
    assert Job.objects.get().state == "done"
    assert queries.known_links([url])[0].status == 503


def test_a_link_that_is_too_long_is_left_out(inside, now):
    assert actions.look_up_links(["https://example.org/" + "x" * 3000], now=now) == 0
    assert not LinkCheck.objects.exists()
