"""A forgotten password by mail: a real mail server, one that is down, one that refuses, and none."""

import re
import socket
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dialoog.config.mail import MailError, MailServer, read_mail
from dialoog.core import clock
from dialoog.core.models import Job
from dialoog.core.work.worker import run_due
from dialoog.organisations import mail

RESET = "/account/password/reset/"
TOKEN = re.compile(rb"[A-Za-z0-9]{64}")


class Kept:
    """What the server took; `refusal` is what it says to a mail instead, `unwanted` to an address."""

    def __init__(self):
        self.messages, self.refusal, self.unwanted = [], "", ""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - as below
        if self.unwanted:
            return self.unwanted
        envelope.rcpt_tos.append(address)
        return "250 good"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the name that aiosmtpd calls
        if self.refusal:
            return self.refusal
        self.messages.append((envelope, message_from_bytes(envelope.content, policy=default)))
        return "250 kept"


@pytest.fixture(autouse=True)
def real_mail(settings):
    """Send as an installation does; the test runner would only collect."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "dialoog@example.org"
    settings.ADDRESS = "https://dialoog.example.org"
    cache.clear()


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


def _ask(client, email, **headers):
    return client.post(RESET, {"email": email}, headers=headers)


def _work(*, after=timedelta()):
    run_due(clock.now() + after)
    return Job.objects.get(kind=mail.MAIL_JOB)


def test_the_link_in_the_mail_leads_to_a_new_password(client, noor, server):
    assert _ask(client, noor.user.email).status_code == 302
    assert server.messages == []
    assert _work().state == "done"
    ((envelope, message),) = server.messages
    assert (envelope.rcpt_tos, message["From"]) == ([noor.user.email], "dialoog@example.org")
    assert (message["Subject"], message["Auto-Submitted"]) == (
        "Een nieuw wachtwoord voor Dialoog",
        "auto-generated",
    )
    text = message.get_content()
    assert f"wachtwoord aan voor {noor.user.email} bij dialoog.example.org" in text
    assert "Vroeg je er niet om, doe dan niets" in text
    (link,) = re.findall(r"https://dialoog\.example\.org(/\S+)", text)
    fresh = "een heel nieuw wachtwoord 42"
    action = client.get(link, follow=True).redirect_chain[-1][0]
    assert client.post(action, {"password1": fresh, "password2": fresh}).status_code == 302
    signed_in = client.post("/account/login/", {"login": noor.user.email, "password": fresh})
    assert (signed_in.status_code, signed_in.url) == (302, "/")
    assert client.session["_auth_user_id"] == str(noor.user.pk)


def test_a_link_works_once(client, noor, server):
    _ask(client, noor.user.email)
    _work()
    (link,) = re.findall(r"https://dialoog\.example\.org(/\S+)", server.messages[0][1].get_content())
    noor.user.set_password("een heel nieuw wachtwoord 42")
    noor.user.save()
    assert "werkt niet meer" in client.get(link, follow=True, headers={"accept-language": "nl"}).text


def test_the_mail_tells_how_long_the_link_works(settings, noor, server, client):
    _ask(client, noor.user.email)
    _work()
    assert timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT) == timedelta(days=3)
    assert "drie dagen lang" in server.messages[0][1].get_content()


def test_it_is_in_the_language_of_the_person(client, noor, server):
    noor.user.language = "en"
    noor.user.save()
    _ask(client, noor.user.email, **{"accept-language": "nl"})
    _work()
    assert server.messages[0][1]["Subject"] == "A new password for Dialoog"
    assert "your password stays as it is" in server.messages[0][1].get_content()


def test_the_link_leads_to_our_address_whatever_a_request_calls_it(client, noor, server):
    _ask(client, noor.user.email, host="localhost")
    _work()
    assert "localhost" not in server.messages[0][1].get_content()


def test_no_link_lies_in_a_table(client, noor, server):
    _ask(client, noor.user.email)
    job = _work()
    assert (job.payload, job.key) == ({"user_id": noor.user.pk}, f"new-password:{noor.user.pk}")


def test_known_and_unknown_look_the_same_and_only_the_known_get_mail(client, noor, server):
    unknown = _ask(client, "nobody@example.org")
    assert _work().state == "done"
    assert server.messages == []
    known = _ask(client, noor.user.email)
    run_due(clock.now())
    assert [envelope.rcpt_tos for envelope, _ in server.messages] == [[noor.user.email]]
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    done = [TOKEN.sub(b"", client.get(answer.url).content) for answer in (known, unknown)]
    assert done[0] == done[1]


def test_known_and_unknown_cost_the_same_writing(client, noor, server):
    written = []
    for email in ("nobody@example.org", noor.user.email):
        with CaptureQueriesContext(connection) as seen:
            _ask(client, email)
        written.append([re.split(r"[\s(]+", one["sql"])[:3] for one in seen if "job" in one["sql"]])
    assert written[0] == written[1] != []


def test_a_mail_server_that_is_down_is_tried_again(client, noor, nobody, caplog, request):
    assert _ask(client, noor.user.email).status_code == 302
    job = _work()
    assert (job.state, job.last_error) == ("waiting", "MailNotSentError: ConnectionRefusedError")
    assert "could not be sent" in caplog.text
    assert noor.user.email not in caplog.text
    kept = request.getfixturevalue("server")
    assert _work(after=timedelta(minutes=1)).state == "done"
    assert len(kept.messages) == 1


def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_not(client, noor, server, caplog):
    server.refusal = "451 try again later"
    assert _ask(client, noor.user.email).status_code == 302
    assert _work().state == "waiting"
    server.refusal = "550 we don't want this"
    assert _work(after=timedelta(minutes=1)).state == "done"
    assert server.messages == []
    assert caplog.text.count("could not be sent: SMTPDataError") == 2


def test_a_recipient_that_is_refused_stands_nowhere(client, noor, server, caplog):
    server.unwanted = "550 no such person"
    _ask(client, noor.user.email)
    job = _work()
    assert (job.state, job.last_error) == ("done", "")
    assert "SMTPRecipientsRefused" in caplog.text
    assert noor.user.email not in caplog.text


def test_who_left_meanwhile_gets_no_mail(client, noor, server):
    _ask(client, noor.user.email)
    noor.user.is_active = False
    noor.user.save()
    assert _work().state == "done"
    assert server.messages == []


def test_without_a_mail_server_the_pages_say_what_to_do_and_nothing_is_asked(client, noor, settings):
    settings.EMAIL_HOST = ""
    dutch = {"accept-language": "nl"}
    assert "Vraag een eigenaar" in client.get(RESET, headers=dutch).text
    answer = _ask(client, noor.user.email)
    assert "Vraag een eigenaar" in client.get(answer.url, headers=dutch).text
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, MailServer()),
        ({"DIALOOG_SMTP_HOST": "mail.example.org"}, ("mail.example.org", 587, False, True)),
        ({"DIALOOG_SMTP_HOST": "mail.example.org:465"}, ("mail.example.org", 465, True, False)),
        ({"DIALOOG_SMTP_HOST": "localhost:25"}, ("localhost", 25, False, False)),
        ({"DIALOOG_SMTP_HOST": "[::1]:25"}, ("::1", 25, False, False)),
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
        ({"DIALOOG_SMTP_HOST": "mail.example.org:0"}, "no mail server"),
        ({"DIALOOG_SMTP_HOST": ":587"}, "no mail server"),
        ({"DIALOOG_SMTP_HOST": "smtp://mail.example.org"}, "no mail server|no such port"),
        ({"DIALOOG_SMTP_HOST": "dialoog@mail.example.org"}, "no mail server"),
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
