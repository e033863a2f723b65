"""A forgotten password by mail: a real mail server, one that is down, one that refuses, and none."""

import re
import socket
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from django.core.cache import cache

from dialoog.config.mail import MailError, MailServer, read_mail
from dialoog.organisations import mail

RESET = "/account/password/reset/"
TOKEN = re.compile(rb"[A-Za-z0-9]{64}")


class Kept:
    """What the server took; `refusal` is what it says instead."""

    def __init__(self):
        self.messages, self.refusal = [], ""

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the name that aiosmtpd calls
        if self.refusal:
            return self.refusal
        self.messages.append((envelope, message_from_bytes(envelope.content, policy=default)))
        return "250 kept"


@pytest.fixture(autouse=True)
def real_mail(settings, monkeypatch):
    """Send as an installation does; the test runner would only collect."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "dialoog@example.org"
    cache.clear()
    sent = []
    post = mail.post
    monkeypatch.setattr("dialoog.organisations.sign_in.post", lambda message: sent.append(post(message)))
    return sent


@pytest.fixture
def server(settings):
    kept = Kept()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield kept
    controller.stop()


@pytest.fixture
def nobody(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free.getsockname()[1]


def _ask(client, email, language="nl"):
    return client.post(RESET, {"email": email}, headers={"accept-language": language})


def test_the_link_in_the_mail_leads_to_a_new_password(client, noor, server, real_mail):
    answer = _ask(client, noor.user.email)
    assert (answer.status_code, real_mail[0].result(10)) == (302, True)
    ((envelope, message),) = server.messages
    assert (envelope.rcpt_tos, message["From"]) == ([noor.user.email], "dialoog@example.org")
    assert message["Subject"] == "Een nieuw wachtwoord voor Dialoog"
    text = message.get_content()
    assert "Vroeg je er niet om, doe dan niets" in text
    (link,) = re.findall(r"https?://[^\s/]+(/\S+)", text)
    page = client.get(link, follow=True)
    action = page.redirect_chain[-1][0]
    fresh = "een heel nieuw wachtwoord 42"
    assert client.post(action, {"password1": fresh, "password2": fresh}).status_code == 302
    noor.user.refresh_from_db()
    assert noor.user.check_password(fresh)
    again = client.get(link, follow=True)
    assert "werkt niet meer" in again.text


def test_it_is_english_for_who_reads_english(client, noor, server, real_mail):
    _ask(client, noor.user.email, "en")
    real_mail[0].result(10)
    assert server.messages[0][1]["Subject"] == "A new password for Dialoog"
    assert "your password stays as it is" in server.messages[0][1].get_content()


def test_known_and_unknown_look_the_same_and_only_the_known_get_mail(client, noor, server, real_mail):
    known, unknown = _ask(client, noor.user.email), _ask(client, "nobody@example.org")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    done = [TOKEN.sub(b"", client.get(answer.url).content) for answer in (known, unknown)]
    assert done[0] == done[1]
    assert len(real_mail) == 1
    real_mail[0].result(10)
    assert [envelope.rcpt_tos for envelope, _ in server.messages] == [[noor.user.email]]


def test_a_mail_server_that_is_down_changes_nothing_for_the_person(client, noor, nobody, real_mail, caplog):
    assert _ask(client, noor.user.email).status_code == 302
    assert real_mail[0].result(20) is False
    assert "could not be sent" in caplog.text
    assert noor.user.email not in caplog.text


def test_nor_does_one_that_refuses(client, noor, server, real_mail, caplog):
    server.refusal = "550 we don't want this"
    assert _ask(client, noor.user.email).status_code == 302
    assert real_mail[0].result(20) is False
    assert server.messages == []


def test_without_a_mail_server_the_page_says_what_to_do_and_nothing_breaks(client, noor, settings, real_mail):
    settings.EMAIL_HOST = ""
    assert "Vraag een eigenaar" in client.get(RESET, headers={"accept-language": "nl"}).text
    assert _ask(client, noor.user.email).status_code == 302
    assert real_mail == [None]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, MailServer()),
        ({"DIALOOG_SMTP_HOST": "mail.example.org"}, ("mail.example.org", 587, False, True)),
        ({"DIALOOG_SMTP_HOST": "mail.example.org:465"}, ("mail.example.org", 465, True, False)),
        ({"DIALOOG_SMTP_HOST": "localhost:25"}, ("localhost", 25, False, False)),
    ],
)
def test_the_environment_says_where_mail_goes(said, found):
    server = read_mail({**said, "DIALOOG_MAIL_FROM": "dialoog@example.org"})
    if isinstance(found, MailServer):
        assert server == found
    else:
        assert (server.host, server.port, server.uses_tls, server.uses_starttls) == found


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"DIALOOG_SMTP_HOST": "mail.example.org:mail"}, "no such port"),
        ({"DIALOOG_SMTP_HOST": "mail.example.org:99999"}, "no such port"),
        ({"DIALOOG_SMTP_USER": "dialoog"}, "belong together"),
        ({"DIALOOG_SMTP_PASSWORD": "secret"}, "belong together"),
        ({"DIALOOG_MAIL_FROM": ""}, "DIALOOG_MAIL_FROM"),
        ({"DIALOOG_MAIL_FROM": "dialoog"}, "DIALOOG_MAIL_FROM"),
    ],
)
def test_what_cannot_be_meant_is_said_in_a_sentence(said, names):
    whole = {"DIALOOG_SMTP_HOST": "mail.example.org", "DIALOOG_MAIL_FROM": "dialoog@example.org"}
    with pytest.raises(MailError, match=names):
        read_mail({**whole, **said})


def test_the_password_is_in_no_repr():
    said = {"DIALOOG_SMTP_HOST": "m.example.org", "DIALOOG_MAIL_FROM": "d@example.org"}
    server = read_mail({**said, "DIALOOG_SMTP_USER": "u", "DIALOOG_SMTP_PASSWORD": "hush-hush"})
    assert "hush-hush" not in repr(server)
