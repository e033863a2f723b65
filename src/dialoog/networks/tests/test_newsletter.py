"""The newsletter through a real mail server, and through some that do wrong."""

import ssl
import time
from html.parser import HTMLParser

import pytest

from dialoog.core.http import GuardedClient
from dialoog.networks.base import Connection
from dialoog.networks.errors import NeedsConsent, NetworkError, OutcomeUnknown, Refused, TryLater
from dialoog.networks.grants import Grant, MemoryGrants
from dialoog.networks.newsletter.connector import Newsletter
from dialoog.networks.newsletter.ways import MailServer
from dialoog.networks.tests import mail_server
from dialoog.networks.tests.conformance import Bench, Conformance, image, nobody_there, prepared_by
from dialoog.networks.values import Link

READERS = ["anja@example.org", "bilal@example.net", "carla@example.com"]


class Alts(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.found.append((dict(attrs)["src"], dict(attrs)["alt"]))


def text_of(letter):
    return letter.get_body(("plain",)).get_content().partition("\n\n-- \n")[0]


class NewsletterBench(Bench):
    def __init__(self, postbox, port, security="none"):
        self.postbox, self.port = postbox, port
        trusted = ssl.create_default_context(cadata=mail_server.certificate()[0].decode())
        self.http = GuardedClient(frozenset({f"127.0.0.1:{port}"}), ssl_context=trusted)
        self.filled = {
            "host": "127.0.0.1",
            "security": security,
            "port": str(port),
            "user": mail_server.USER,
            "password": mail_server.PASSWORD,
            "name": "Nieuws van De Korenaar",
            "sender": "nieuws@dekorenaar.nl",
            "to": "\n".join(READERS),
            "leave": "nieuws@dekorenaar.nl",
        }

    def connector(self, http=None, **changes):
        (access,) = MailServer().connect({**self.filled, **changes}, http or self.http, None)
        return Newsletter(Connection(grants=MemoryGrants(access.grant), http=http or self.http))

    def texts(self):
        return [text_of(letter) for _, letter in self.postbox.letters]

    def alts(self):
        letters = [letter for _, letter in self.postbox.letters]
        return [alt for one in letters for _, alt in Alts(one.get_body(("html",)).get_content()).found]


@pytest.fixture(scope="module")
def server():
    with mail_server.running() as found:
        yield found


@pytest.fixture
def bench(server):
    postbox, port = server
    postbox.__init__()
    bench = NewsletterBench(postbox, port)
    yield bench
    bench.http.close()


class TestNewsletter(Conformance):
    """The common suite."""


def test_the_letter_is_whole(bench, now):
    connector = bench.connector()
    message = bench.message(
        "Vers brood & koek\n\nKijk op https://dekorenaar.nl/?a=1&b=2\n.punt vooraan\n\n<b>Tot zo</b>",
        languages=("nl",),
        images=(image('Een "brood"'), image("")),
        link=Link("https://x.nl/", "Recept"),
    )
    prepared = connector.prepare(message, connector.new_key(now), now)
    published = connector.publish(prepared)
    ((to, letter),) = bench.postbox.letters
    assert to == READERS
    assert letter["subject"] == "Vers brood & koek"
    assert letter["from"] == "Nieuws van De Korenaar <nieuws@dekorenaar.nl>"
    assert letter["date"].datetime == now.replace(microsecond=0) == published.at
    assert letter["message-id"] == f"<{prepared.key}@dekorenaar.nl>"
    assert published.ref.uri == f"mid:{prepared.key}@dekorenaar.nl"
    assert letter["list-unsubscribe"] == "<mailto:nieuws@dekorenaar.nl?subject=unsubscribe>"
    assert letter["list-id"] == "<nieuws-van-de-korenaar.dekorenaar.nl>"
    text = text_of(letter)
    assert text.startswith("Kijk op https://dekorenaar.nl/?a=1&b=2\n.punt vooraan\n\n<b>Tot zo</b>")
    assert text.endswith('Recept\nhttps://x.nl/\n\n[Afbeelding: Een "brood"]')
    html = letter.get_body(("html",)).get_content()
    assert '<html lang="nl">' in html
    assert "&lt;b&gt;Tot zo&lt;/b&gt;" in html
    assert '<a href="https://dekorenaar.nl/?a=1&amp;b=2">' in html
    cids = [f"<{source.removeprefix('cid:')}>" for source, _ in Alts(html).found]
    assert cids == [part["content-id"] for part in letter.walk() if part["content-id"]]
    assert "onderwerp: afmelden" in letter.get_body(("plain",)).get_content()


def test_readers_do_not_see_each_other(bench, now):
    bench.connector().publish(prepared_by(bench, now))
    ((_, letter),) = bench.postbox.letters
    assert not [one for one in READERS if one in letter.as_string()]


def test_a_mailing_list_gets_one_letter_and_says_itself_how_to_leave(bench, now):
    connector = bench.connector(to="lezers@lijst.nl", leave="")
    connector.publish(prepared_by(bench, now, connector=connector))
    ((to, letter),) = bench.postbox.letters
    assert to == ["lezers@lijst.nl"]
    assert letter["to"] == "lezers@lijst.nl"
    assert letter["list-unsubscribe"] is None
    assert letter.get_body(("plain",)).get_content() == "Vers brood\n"
    assert connector.profile_metrics(now).counts == {"subscribers": None}
    assert bench.connector().profile_metrics(now).counts == {"subscribers": 3}


def test_a_page_where_people_leave_stands_in_the_letter(bench, now):
    connector = bench.connector(leave="https://dekorenaar.nl/weg?a=1&b=2")
    connector.publish(prepared_by(bench, now, connector=connector, languages=("en",)))
    ((_, letter),) = bench.postbox.letters
    assert letter["list-unsubscribe"] == "<https://dekorenaar.nl/weg?a=1&b=2>"
    assert "Leave: https://dekorenaar.nl/weg?a=1&b=2" in letter.get_body(("plain",)).get_content()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_the_connection_is_encrypted(now, security):
    with mail_server.running(security) as (postbox, port):
        bench = NewsletterBench(postbox, port, security)
        assert bench.connector().check(now).handle == "nieuws@dekorenaar.nl"
        bench.connector().publish(prepared_by(bench, now))
        assert bench.texts() == ["Vers brood"]
        other = GuardedClient(frozenset({f"127.0.0.1:{port}"}))
        with pytest.raises(TryLater, match="tls_failed"):
            bench.connector(http=other).publish(prepared_by(bench, now))
        assert len(postbox.letters) == 1
        other.close()
        bench.http.close()


def test_a_server_that_offers_no_encryption_gets_no_password(bench, now):
    connector = bench.connector(security="starttls")
    with pytest.raises(TryLater, match="tls_failed"):
        connector.publish(prepared_by(bench, now, connector=connector))
    assert bench.texts() == []


FAULTS = {
    "sender refused": ({"MAIL": "550 5.7.1 not yours"}, NeedsConsent, "sender_refused", False),
    "sender for now": ({"MAIL": "451 4.7.1 later"}, TryLater, "limit_reached", False),
    "too many recipients": ({"RCPT": "452 4.5.3 too many"}, TryLater, "limit_reached", False),
    "recipient refused": ({"RCPT": "550 5.1.1 unknown"}, Refused, "recipient_refused", False),
    "letter refused": ({"DATA": "554 5.7.1 looks like spam"}, Refused, "network_refused", False),
    "letter too large": ({"DATA": "552 5.3.4 too big"}, Refused, "too_large", False),
    "greylisted": ({"DATA": "451 4.7.1 try again later"}, TryLater, "limit_reached", False),
    "cut at the sender": ({"MAIL": "cut"}, TryLater, "answer_lost", False),
    "cut at a recipient": ({"RCPT": "cut"}, TryLater, "answer_lost", False),
    "cut after the letter, not kept": ({"DATA": "cut"}, OutcomeUnknown, "answer_lost", False),
    "cut after the letter, kept": ({"DATA": "cut"}, OutcomeUnknown, "answer_lost", True),
    "nonsense after the letter": ({"DATA": "999 what"}, OutcomeUnknown, "unreadable_answer", True),
}


@pytest.mark.parametrize("name", FAULTS)
def test_handing_over_into_a_fault_is_one_of_the_four_and_never_for_some(bench, now, name):
    says, error, code, is_kept = FAULTS[name]
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    bench.postbox.says, bench.postbox.keeps_anyway = says, is_kept
    with pytest.raises(NetworkError, match=code) as raised:
        connector.publish(prepared)
    assert type(raised.value) is error
    assert len(bench.postbox.letters) == is_kept
    bench.postbox.says = {}
    if error is not OutcomeUnknown:
        connector.publish(prepared)
        ((to, _),) = bench.postbox.letters
        assert to == READERS


@pytest.mark.parametrize("reply", ["550 no such user here", "450 mailbox busy"])
def test_when_one_reader_is_refused_nobody_gets_it(bench, now, reply):
    bench.postbox.unknown = {READERS[2]: reply}
    with pytest.raises(NetworkError) as raised:
        bench.connector().publish(prepared_by(bench, now))
    assert raised.value.code in {"recipient_refused", "limit_reached"}
    assert bench.postbox.letters == []


def test_the_same_letter_again_has_the_same_name(bench, now):
    """What a person sends once more after a doubt: mail programs can see that it's the same letter."""
    connector = bench.connector()
    prepared = prepared_by(bench, now)
    connector.publish(prepared)
    connector.publish(prepared)
    (_, first), (_, second) = bench.postbox.letters
    assert first["message-id"] == second["message-id"]
    assert first.as_bytes().partition(b"\n\n")[2] == second.as_bytes().partition(b"\n\n")[2]


def test_a_wrong_password_wants_a_person_and_is_not_repeated(bench, now):
    connector = bench.connector(password="een-ander-wachtwoord")
    for ask in (
        lambda: connector.check(now),
        lambda: connector.publish(prepared_by(bench, now, connector=connector)),
    ):
        with pytest.raises(NeedsConsent, match="wrong_password"):
            ask()


def test_what_a_server_repeats_of_us_is_not_in_the_error(bench, now):
    bench.postbox.says = {"MAIL": f"550 {mail_server.PASSWORD} {READERS[0]} geweigerd"}
    with pytest.raises(NeedsConsent) as raised:
        bench.connector().publish(prepared_by(bench, now))
    said = f"{raised.value} {raised.value!r}"
    assert "geweigerd" in said
    assert mail_server.PASSWORD not in said
    assert READERS[0] not in said


def test_nobody_there_means_that_nothing_was_sent(bench, now):
    address, http = nobody_there()
    connector = bench.connector(http=http, port=address.rpartition(":")[2])
    with pytest.raises(TryLater, match="unreachable") as raised:
        connector.publish(prepared_by(bench, now, connector=connector))
    assert not raised.value.sent


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f.1", "::1", "169.254.169.254"])
def test_a_private_address_is_not_connected_to(bench, now, host):
    http = GuardedClient()
    connector = bench.connector(http=http, host=host, security="tls")
    for ask in (
        lambda: connector.check(now),
        lambda: connector.publish(prepared_by(bench, now, connector=connector)),
    ):
        with pytest.raises(NetworkError) as raised:
            ask()
        assert raised.value.code in {"address_refused", "unreachable"}
    http.close()


def slow(peer, done):
    while not done.wait(0.05):
        peer.sendall(b"2")


def chatter(peer, done):
    while not done.is_set():
        peer.sendall(b"250-and more\r\n" * 50)


EHLO, PLAIN = b"250 there\r\n", b"250-there\r\n250 AUTH PLAIN\r\n"
STRANGE = {
    "says nothing but numbers, slowly": ((), slow, "answer_lost"),
    "never ends its reply": ((b"220 hi\r\n",), chatter, "answer_lost"),
    "is no mail server": ((b"HTTP/1.1 400 Bad Request\r\n",), None, "server_error"),
    "is closed today": ((b"554 no\r\n",), None, "server_error"),
    "is too busy": ((b"421 later\r\n",), None, "server_error"),
    "hangs up": ((), None, "answer_lost"),
    "knows no sign-in": ((b"220 hi\r\n", EHLO), None, "no_sign_in"),
    "cannot sign in now": ((b"220 hi\r\n", PLAIN, b"454 4.7.0 later\r\n"), None, "server_error"),
    "breaks off in a reply": ((b"220 hi\r\n", b"250-the"), None, "answer_lost"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_server_ends_in_time_in_one_of_the_four(bench, now, name, monkeypatch):
    monkeypatch.setattr("dialoog.networks.newsletter.post.WITHIN_SECONDS", 0.6)
    replies, then, code = STRANGE[name]
    with mail_server.saying(*replies, then=then) as port:
        http = GuardedClient(frozenset({f"127.0.0.1:{port}"}))
        connector = bench.connector(http=http, port=str(port))
        prepared = prepared_by(bench, now, connector=connector)
        began = time.monotonic()
        with pytest.raises((TryLater, NeedsConsent), match=code):
            connector.publish(prepared)
        assert time.monotonic() - began < 3
        http.close()


def test_a_silent_handshake_ends_in_time(bench, now, monkeypatch):
    monkeypatch.setattr("dialoog.networks.newsletter.post.WITHIN_SECONDS", 0.6)
    with mail_server.saying(then=lambda _peer, done: done.wait(20)) as port:
        http = GuardedClient(frozenset({f"127.0.0.1:{port}"}))
        connector = bench.connector(http=http, port=str(port), security="tls")
        began = time.monotonic()
        with pytest.raises(TryLater, match=r"answer_lost|tls_failed"):
            connector.check(now)
        assert time.monotonic() - began < 3
        http.close()


def test_a_server_that_hangs_after_the_letter_leaves_doubt(bench, now, monkeypatch):
    monkeypatch.setattr("dialoog.networks.newsletter.post.WITHIN_SECONDS", 1.0)
    steps = (b"220 hi\r\n", EHLO, b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n")
    with mail_server.saying(*steps, then=slow) as port:
        http = GuardedClient(frozenset({f"127.0.0.1:{port}"}))
        connector = bench.connector(http=http, port=str(port), user="", password="", to=READERS[0])
        with pytest.raises(OutcomeUnknown, match="answer_lost"):
            connector.publish(prepared_by(bench, now, connector=connector))
        http.close()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": "geen adres"}, "recipient_unreadable"),
        ({"to": "a@b"}, "recipient_unreadable"),
        ({"to": "a@b.nl\nb@c.nl> RCPT TO:<d@e.nl"}, "recipient_unreadable"),
        ({"to": "é@b.nl"}, "recipient_unreadable"),
        ({"to": "\n".join(f"a{number}@b.nl" for number in range(101))}, "too_many_recipients"),
        ({"sender": "noor"}, "recipient_unreadable"),
        ({"leave": ""}, "leave_unreadable"),
        ({"leave": "javascript:alert(1)"}, "leave_unreadable"),
        ({"leave": "http://dekorenaar.nl/weg"}, "leave_unreadable"),
        ({"port": "70000"}, "port_unreadable"),
        ({"host": "smtp.dekorenaar.nl"}, "not_encrypted"),
    ],
    ids=range(11),
)
def test_what_can_not_be_used_is_told_in_words(bench, changes, code):
    with pytest.raises(Refused, match=code):
        bench.connector(**changes)
    assert Newsletter.errors[code].nl


def test_a_list_is_read_as_people_type_it(bench, now):
    typed = "Anja@example.org, <bilal@example.net>;anja@example.org\n\n carla@example.com \n"
    connector = bench.connector(to=typed)
    connector.publish(prepared_by(bench, now, connector=connector))
    assert bench.postbox.letters[0][0] == ["Anja@example.org", "bilal@example.net", "carla@example.com"]


@pytest.mark.parametrize(
    "text", ["Kop\rX: y\n\nrest", "Kop\u2028X: y\n\nrest", "=?utf-8?q?x?=\n\nrest", "\x85a\n\nb"]
)
def test_no_title_becomes_a_header_of_its_own(bench, now, text):
    bench.connector().publish(prepared_by(bench, now, text))
    ((_, letter),) = bench.postbox.letters
    assert letter["x"] is None
    assert letter["subject"]


def test_a_letter_larger_than_the_server_takes_is_refused_before_it_is_sent(bench, now):
    big = image(load=lambda: bytes(mail_server.LARGEST), size=1)
    with pytest.raises(Refused, match="too_large"):
        bench.connector().publish(prepared_by(bench, now, images=(big,)))
    assert bench.texts() == []


def test_secrets_are_in_no_repr(bench):
    assert mail_server.PASSWORD not in repr(bench.connector().connection)


def test_without_a_grant_nothing_is_connected(bench, now):
    for grants in (None, MemoryGrants(Grant("smtp", {}))):
        with pytest.raises(NeedsConsent, match="not_connected"):
            Newsletter(Connection(grants=grants, http=bench.http)).check(now)


def test_a_new_message_does_not_start_on_it():
    assert not Newsletter.capabilities.by_default
