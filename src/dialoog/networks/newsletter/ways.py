"""The way to connect a newsletter: a mail server, a sender, and a list."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from dialoog.core.http import GuardedClient
from dialoog.networks.errors import Refused
from dialoog.networks.grants import Grant
from dialoog.networks.newsletter.letter import Sender
from dialoog.networks.newsletter.post import PORTS, Server
from dialoog.networks.ways import Access, DirectWay, Field
from dialoog.networks.words import Words

KIND: Final = "smtp"
# What every mail server takes in one transaction (RFC 5321, 4.5.3.1.8).
MOST_RECIPIENTS: Final = 100
_EMAIL: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}"
)
_PAGE: Final = re.compile(r"https://[\x21-\x7e]+")


class MailServer(DirectWay):
    """By the organisation's own mail server."""

    name = "mailserver"
    title = Words(nl="Met een eigen mailserver", en="With your own mail server")
    lead = Words(
        nl="Het beste is één adres van een mailinglijst: die houdt zelf bij wie erop staat en wie eraf wil. "
        "Dialoog onthoudt de mailserver voor een volgende nieuwsbrief, en bewaart het wachtwoord versleuteld.",
        en="Best is one address of a mailing list: it keeps by itself who is on it and who wants to leave. "
        "Dialoog remembers the mail server for another newsletter, and keeps the password encrypted.",
    )
    fields = (
        Field(
            name="host",
            kind="text",
            label=Words(nl="Mailserver", en="Mail server"),
            example="smtp.dekorenaar.nl",
            pattern=r"[a-z0-9.:-]{1,253}",
            of_app=True,
        ),
        Field(
            name="security",
            kind="choice",
            label=Words(nl="Beveiliging", en="Security"),
            initial="tls",
            of_app=True,
            choices=(
                ("tls", Words(nl="TLS vanaf het begin (poort 465)", en="TLS from the start (port 465)")),
                ("starttls", Words(nl="STARTTLS (poort 587)", en="STARTTLS (port 587)")),
                (
                    "none",
                    Words(
                        nl="Geen, alleen binnen je eigen netwerk (poort 25)",
                        en="None, only inside your own network (port 25)",
                    ),
                ),
            ),
        ),
        Field(
            name="port",
            kind="text",
            label=Words(nl="Poort", en="Port"),
            help=Words(nl="Leeg is de gewone poort.", en="Empty is the usual port."),
            required=False,
            example="465",
            pattern=r"[1-9]\d{0,4}",
            of_app=True,
        ),
        Field(
            name="user",
            kind="text",
            label=Words(nl="Gebruikersnaam op de mailserver", en="Username at the mail server"),
            required=False,
            of_app=True,
        ),
        Field(
            name="password",
            kind="secret",
            label=Words(nl="Wachtwoord op de mailserver", en="Password at the mail server"),
            required=False,
            of_app=True,
        ),
        Field(
            name="name",
            kind="text",
            label=Words(nl="Naam van de nieuwsbrief", en="Name of the newsletter"),
            help=Words(nl="Deze naam zien lezers als afzender.", en="Readers see this name as the sender."),
            example="Nieuws van De Korenaar",
        ),
        Field(
            name="sender",
            kind="email",
            label=Words(nl="Adres van de afzender", en="Address of the sender"),
            example="nieuws@dekorenaar.nl",
        ),
        Field(
            name="to",
            kind="lines",
            label=Words(nl="Aan", en="To"),
            help=Words(
                nl="Het adres van een mailinglijst, of ten hoogste 100 adressen van mensen, elk op een eigen regel. "
                "Zij zien elkaar niet.",
                en="The address of a mailing list, or at most 100 addresses of people, each on a line of its own. "
                "They don't see each other.",
            ),
            example="lezers@lijst.dekorenaar.nl",
        ),
        Field(
            name="leave",
            kind="text",
            label=Words(nl="Waar mensen zich afmelden", en="Where people leave the list"),
            help=Words(
                nl="Een mailadres of een pagina (https). Alleen leeg als de mailinglijst dit er zelf onder zet.",
                en="A mail address or a page (https). Empty only when the mailing list adds this itself.",
            ),
            required=False,
            example="nieuws@dekorenaar.nl",
        ),
    )

    def connect(self, filled: Mapping[str, str], http: GuardedClient, now: datetime) -> Sequence[Access]:
        """Read what was filled in; `check` signs in.

        Errors: Refused with a code of its own.
        """
        security = filled["security"]
        port = int(filled["port"] or PORTS[security])
        if port > 65_535:
            raise Refused("port_unreadable")
        # Without TLS a password and all letters can be read on the way.
        if security == "none" and not http.allows(f"{filled['host']}:{port}"):
            raise Refused("not_encrypted")
        if not _EMAIL.fullmatch(filled["sender"]):
            raise Refused("recipient_unreadable")
        held: dict[str, Any] = {name: filled[name] for name in ("host", "security", "user", "name", "sender")}
        held |= {"port": port, "access": filled["password"], "to": _read_list(filled["to"])}
        held["leave"] = _read_leave(filled["leave"], is_one=len(held["to"]) == 1)
        return [Access(Grant(KIND, held))]


def _read_list(typed: str) -> list[str]:
    """Return the addresses, each once, in the order in which they were typed."""
    found = [part.strip().strip("<>") for part in re.split(r"[\n,;]+", typed) if part.strip()]
    for one in found:
        if not _EMAIL.fullmatch(one):
            raise Refused("recipient_unreadable")
    once: dict[str, str] = {}
    for one in found:
        once.setdefault(one.lower(), one)
    if not once:
        raise Refused("recipient_unreadable")
    if len(once) > MOST_RECIPIENTS:
        raise Refused("too_many_recipients")
    return list(once.values())


def _read_leave(typed: str, *, is_one: bool) -> str:
    if not typed and is_one:
        return ""
    if not _EMAIL.fullmatch(typed) and not _PAGE.fullmatch(typed):
        raise Refused("leave_unreadable")
    return typed


def server_of(grant: Grant) -> Server:
    """Return the mail server that a grant is for."""
    held = grant.data
    return Server(
        str(held["host"]), int(held["port"]), str(held["security"]), str(held["user"]), str(held["access"])
    )


def sender_of(grant: Grant) -> Sender:
    """Return who sends, and to which list."""
    held = grant.data
    return Sender(str(held["name"]), str(held["sender"]), tuple(held["to"]), str(held["leave"]))
