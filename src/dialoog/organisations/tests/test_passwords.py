"""Which passwords are refused, and that a service that is down lets people in."""

import contextlib
import hashlib
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import override

from dialoog.organisations.models import User
from dialoog.organisations.passwords import in_sorted_file

GOOD = "roggebrood-fiets-maandag"


def digest(password):
    return hashlib.sha1(password.encode()).hexdigest().upper()


def refusals(password):
    with override("nl"):
        try:
            validate_password(password, User(name="Noor Bakker", email="noor@korenaar.example"))
        except ValidationError as error:
            return error.messages
    return []


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("fiets", "Gebruik minstens 12 tekens."),
        ("Welkom-2026!", "makkelijk te raden"),
        ("wachtwoord12", "makkelijk te raden"),
        ("aaaaaaaabbbbbbbb", "makkelijk te raden"),
        ("noor bakker!", "je naam of je e-mailadres"),
        ("noor@korenaar.example", "je naam of je e-mailadres"),
    ],
)
def test_a_bad_password_is_refused_in_dutch(password, words):
    told = refusals(password)
    assert any(words in sentence for sentence in told), told


@pytest.mark.parametrize("password", [GOOD, "8f2k-11p9-77q3-zz41", "fiets fiets kaas 12"])
def test_a_good_password_is_taken(password):
    assert refusals(password) == []


@pytest.mark.parametrize("ending", ["\n", ":12\r\n"])
@pytest.mark.parametrize("size", [0, 1, 2, 3, 10, 257])
def test_every_line_of_a_list_is_found_and_nothing_else(tmp_path, size, ending):
    path = tmp_path / "breached.txt"
    known = sorted(digest(f"known {number}") for number in range(size))
    path.write_text("".join(line + ending for line in known), newline="")
    assert all(in_sorted_file(path, line) for line in known)
    assert not any(in_sorted_file(path, digest(f"other {number}")) for number in range(200))
    assert not in_sorted_file(path, "0" * 40)
    assert not in_sorted_file(path, "F" * 40)


def test_without_a_list_nothing_is_known(tmp_path):
    assert not in_sorted_file(tmp_path / "breached.txt", digest("known"))


@contextlib.contextmanager
def served(answer, status=200):
    """Run a service of ranges; what it was asked is in the list that is yielded with its address."""
    asked = []

    class Ranges(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["Add-Padding"]))
            body = answer(self.path.rpartition("/")[2]).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ranges)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def lines(password, count):
    found = digest(password)
    return lambda prefix: (
        f"{'0' * 35}:0\r\n" + (f"{found[5:]}:{count}\r\n" if found.startswith(prefix) else "")
    )


def use(settings, address):
    settings.BREACH_CHECK = address
    settings.ALLOW_ADDRESSES = frozenset({address})


def test_a_service_is_asked_with_five_characters_only(settings):
    with served(lines(GOOD, 3)) as (address, asked):
        use(settings, address)
        assert any("openbaar datalek" in sentence for sentence in refusals(GOOD))
        assert refusals("een heel ander wachtwoord") == []
    assert asked[0] == (f"/range/{digest(GOOD)[:5]}", "true")
    assert len(asked) == 2


def test_padding_is_no_breach(settings):
    with served(lines(GOOD, 0)) as (address, _asked):
        use(settings, address)
        assert refusals(GOOD) == []


def test_a_service_that_fails_lets_people_in_and_is_logged(settings, caplog):
    with served(lines(GOOD, 3), status=503) as (address, _asked), caplog.at_level(logging.WARNING):
        use(settings, address)
        assert refusals(GOOD) == []
    assert "answered 503" in caplog.text
    caplog.clear()
    with caplog.at_level(logging.WARNING):  # the same address, where nobody listens any more
        assert refusals(GOOD) == []
    assert "The breach check was skipped" in caplog.text


def test_a_private_address_that_nobody_allowed_is_not_asked(settings, caplog):
    with served(lines(GOOD, 3)) as (address, asked), caplog.at_level(logging.WARNING):
        settings.BREACH_CHECK, settings.ALLOW_ADDRESSES = address, frozenset()
        assert refusals(GOOD) == []
    assert not asked
    assert "The breach check was skipped" in caplog.text
