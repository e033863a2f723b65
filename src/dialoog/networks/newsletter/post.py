"""Handing a letter to a mail server: one transaction, so that it goes to all or to nobody.

Source: RFC 5321 (a reply to the end of the data says who is responsible from then on; at least 100 recipients
        a transaction, 4.5.3.1.8), RFC 8314 (TLS from the start), RFC 1047 (a lost last reply leaves doubt)
"""

import base64
import contextlib
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NoReturn

from dialoog.core.http import AddressRefused, GuardedClient, NotSent
from dialoog.networks.answers import WAIT_SECONDS, without_secrets
from dialoog.networks.errors import NeedsConsent, NetworkError, OutcomeUnknown, Refused, TryLater

STEP_SECONDS: Final = 30.0
# All of it together, whatever the server does.
WITHIN_SECONDS: Final = 100.0
# A server that doesn't know us yet wants to see us again after some minutes (greylisting).
LATER_SECONDS: Final = 300.0
# More no reply has (RFC 5321, 4.5.3.1.5: 512 bytes a line; some servers say more).
MOST_LINES: Final = 100
LONGEST_LINE: Final = 8192
PORTS: Final = {"tls": 465, "starttls": 587, "none": 25}
_ADDRESS: Final = re.compile(r"\S+@\S+")
_DOT: Final = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True)
class Server:
    """A mail server, and as whom. Shape: `security` is "tls", "starttls" or "none"; no `user` is no sign-in."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)


class _Limit:
    """Breaks a connection off when its time is over, whoever waits on it and however it's wrapped by then."""

    def __init__(self) -> None:
        self._line: socket.socket | None = None
        self._timer = threading.Timer(WITHIN_SECONDS, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def watch(self, opened: socket.socket) -> None:
        """Watch a connection that was just opened."""
        self._line = opened.dup()

    def _cut(self) -> None:
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """Watch no longer."""
        self._timer.cancel()
        self._timer.join()
        if self._line is not None:
            self._line.close()


class _Door(smtplib.SMTP):
    """A connection through the guarded door; the name that it gives is the sender's domain."""

    def __init__(self, http: GuardedClient, server: Server, name: str, limit: _Limit) -> None:
        self._guarded, self._server, self._limit = http, server, limit
        super().__init__(server.host, server.port, local_hostname=name, timeout=STEP_SECONDS)

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply, and no more than a reply has."""
        if self.file is None and self.sock is not None:
            self.file = self.sock.makefile("rb")
        said = []
        for _ in range(MOST_LINES):
            line = self.file.readline(LONGEST_LINE) if self.file is not None else b""
            if not line.endswith(b"\n"):
                self.close()
                raise smtplib.SMTPServerDisconnected("the reply breaks off")
            said.append(line[4:].strip())
            if line[3:4] != b"-":
                code = line[:3]
                return int(code) if code.isdigit() else -1, b"\n".join(said)
        self.close()
        raise smtplib.SMTPServerDisconnected("the reply has no end")

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        opened = self._guarded.open_socket(host, port, timeout=timeout)
        self._limit.watch(opened)
        if self._server.security != "tls":
            return opened
        try:
            return self._guarded.ssl_context.wrap_socket(opened, server_hostname=host)
        except OSError:
            opened.close()
            raise


def look(http: GuardedClient, server: Server, name: str) -> None:
    """Sign in, and leave.

    Errors: NeedsConsent, TryLater, Refused.
    """
    with _session(http, server, name):
        pass


def send(http: GuardedClient, server: Server, *, sender: str, to: Sequence[str], letter: bytes) -> None:
    """Hand a letter over for all of `to` at once. Nobody gets it unless the server takes it for all.

    Errors: the four; OutcomeUnknown when the connection breaks, or nonsense comes, once the letter is under way.
    """
    with _session(http, server, sender.rpartition("@")[2]) as door:
        largest = str(door.esmtp_features.get("size", ""))
        if largest.isdecimal() and 0 < int(largest) < len(letter):
            raise Refused("too_large")
        _step(door, server, f"MAIL FROM:<{sender}>", NeedsConsent("sender_refused"))
        for one in to:
            _step(door, server, f"RCPT TO:<{one}>", Refused("recipient_refused"))
        _step(door, server, "DATA", Refused("network_refused"), good=354)
        code, said = _handed_over(door, letter)
        if code // 100 != 2:
            _raise_for(code, _told(said, server), Refused("too_large" if code == 552 else "network_refused"))


def _handed_over(door: _Door, letter: bytes) -> tuple[int, bytes]:
    """Send the letter itself, and return the reply by which the server takes it or not."""
    try:
        door.send(_DOT.sub(b"..", letter) + b".\r\n")
        code, said = door.getreply()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise OutcomeUnknown("answer_lost", type(error).__name__) from error
    if not 200 <= code < 600 or code // 100 == 3:
        raise OutcomeUnknown("unreadable_answer", str(code))
    return code, said


def _step(door: _Door, server: Server, command: str, refused: NetworkError, *, good: int = 250) -> None:
    """Do one step before the letter itself, of which nothing comes yet."""
    code, said = door.docmd(command)
    if code != good and not (good == 250 and code == 251):
        _raise_for(code, _told(said, server), refused)


def _raise_for(code: int, told: str, refused: NetworkError) -> NoReturn:
    """Raise what a reply means that says no: now (4xx), or for good (5xx)."""
    if 400 <= code < 500:
        raise TryLater(LATER_SECONDS, "limit_reached", sent=True, detail=told)
    if 500 <= code < 600:
        raise type(refused)(refused.code, told)
    raise TryLater(WAIT_SECONDS, "unreadable_answer", sent=True, detail=told)


@contextlib.contextmanager
def _session(http: GuardedClient, server: Server, name: str) -> Iterator[_Door]:
    """Give a connection that is signed in, and ends in time; whatever it raises is one of the four."""
    limit, door = _Limit(), None
    try:
        door = _Door(http, server, name, limit)
        _enter(door, http, server)
        yield door
        # The letter is handed over by now, so what becomes of the goodbye says nothing.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            door.quit()
    except NetworkError:
        raise
    except (AddressRefused, NotSent, OSError, smtplib.SMTPException, ValueError) as error:
        raise _meant(error, server) from error
    finally:
        limit.end()
        if door is not None:
            door.close()


def _enter(door: _Door, http: GuardedClient, server: Server) -> None:
    door.ehlo_or_helo_if_needed()
    if server.security == "starttls":
        if not door.has_extn("starttls"):
            raise TryLater(LATER_SECONDS, "tls_failed", sent=True, detail="no STARTTLS")
        door.starttls(context=http.ssl_context)
        door.ehlo_or_helo_if_needed()
    if server.user:
        door.login(server.user, server.password)


def _meant(error: Exception, server: Server) -> NetworkError:
    """Return what went wrong before the letter itself."""
    if isinstance(error, AddressRefused):
        return Refused("address_refused", str(error))
    if isinstance(error, NotSent):
        return TryLater(WAIT_SECONDS, "unreachable", detail=str(error))
    if isinstance(error, ssl.SSLError):
        return TryLater(LATER_SECONDS, "tls_failed", sent=True, detail=type(error).__name__)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return NeedsConsent("no_sign_in")
    if isinstance(error, smtplib.SMTPResponseException):
        return _answered(error, server)
    return TryLater(WAIT_SECONDS, "answer_lost", sent=True, detail=type(error).__name__)


def _answered(error: smtplib.SMTPResponseException, server: Server) -> NetworkError:
    told = _told(error.smtp_error, server)
    if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= 500:
        return NeedsConsent("wrong_password", told)
    return TryLater(LATER_SECONDS, "server_error", sent=True, detail=told)


def _told(said: bytes | str, server: Server) -> str:
    """Return what a server said, without passwords and without people's addresses."""
    text = said if isinstance(said, str) else said.decode("utf-8", "replace")
    for secret in _spellings(server):
        text = text.replace(secret, "…")
    return without_secrets(_ADDRESS.sub("…", text))


def _spellings(server: Server) -> list[str]:
    if not server.password:
        return []
    plain = f"\0{server.user}\0{server.password}"
    coded = [base64.b64encode(one.encode()).decode() for one in (server.password, plain)]
    return [*coded, server.password]
