"""How mail is sent, as an operator says it in the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

# https://www.rfc-editor.org/rfc/rfc8314: 465 speaks TLS from the start, 587 turns it on.
TLS_PORT: Final = 465
STARTTLS_PORT: Final = 587
_HOW: Final = "Write it as mail.example.org or mail.example.org:465."


class MailError(ValueError):
    """What was said of the mail server can't be used; the message says what and how to mend it."""


@dataclass(frozen=True)
class MailServer:
    """Where mail goes. Shape: an empty `host` is no mail at all."""

    host: str = ""
    port: int = STARTTLS_PORT
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = "dialoog@localhost"

    @property
    def uses_tls(self) -> bool:
        """Whether TLS is spoken from the start."""
        return self.port == TLS_PORT

    @property
    def uses_starttls(self) -> bool:
        """Whether TLS is turned on before anything secret is said."""
        return self.port == STARTTLS_PORT


def read_mail(environment: Mapping[str, str]) -> MailServer:
    """Return the mail server of an environment (DIALOOG_SMTP_HOST as host or host:port, _USER, _PASSWORD).

    Errors: MailError.
    """
    said = environment.get("DIALOOG_SMTP_HOST", "").strip()
    user, password = environment.get("DIALOOG_SMTP_USER", ""), environment.get("DIALOOG_SMTP_PASSWORD", "")
    sender = environment.get("DIALOOG_MAIL_FROM", "").strip()
    if not said:
        return MailServer()
    host, port = _host_and_port(said)
    if bool(user) != bool(password):
        raise MailError("DIALOOG_SMTP_USER and DIALOOG_SMTP_PASSWORD belong together: give both, or neither.")
    if "@" not in sender:
        raise MailError(
            "DIALOOG_MAIL_FROM is missing: the address that mail comes from, as dialoog@example.org"
        )
    return MailServer(host, port, user, password, sender)


def _host_and_port(said: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{said}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise MailError("DIALOOG_SMTP_HOST has no such port. " + _HOW) from error
    if not host or port == 0 or parts.netloc != said or "@" in said:
        raise MailError("DIALOOG_SMTP_HOST is no mail server. " + _HOW)
    return host, STARTTLS_PORT if port is None else port
