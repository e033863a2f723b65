"""A newsletter by e-mail: one letter to a mailing list, or to at most 100 people in one transaction.

Source: RFC 5321
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar, Final

from dialoog.core.http import GuardedClient
from dialoog.networks.base import Connector
from dialoog.networks.errors import NeedsConsent, Refused
from dialoog.networks.grants import Grant
from dialoog.networks.newsletter import letter, post
from dialoog.networks.newsletter.ways import MailServer, sender_of, server_of
from dialoog.networks.values import Capabilities, Fetched, Message, Metrics, Prepared, Profile, Published, Ref
from dialoog.networks.ways import Way
from dialoog.networks.words import Words

NETWORK: Final = "newsletter"


class Newsletter(Connector):
    """A list of readers. A letter that left can't be looked up or taken back."""

    capabilities = Capabilities(
        network=NETWORK,
        name="E-mail newsletter",
        local_name=Words(nl="Nieuwsbrief per mail", en="E-mail newsletter"),
        icon="mail",
        text_limit=None,
        text_unit="characters",
        byte_limit=200_000,
        media_limit=6,
        media_bytes=2 * 1024 * 1024,
        media_types=frozenset({"image/jpeg", "image/png", "image/gif"}),
        alt_limit=2000,
        alt_text=True,
        reply=False,
        delete=False,
        by_default=False,
        idempotency="none",
        reads_back=False,
        reads_reactions=False,
        metrics=frozenset(),
        profile_metrics=frozenset({"subscribers"}),
        source="https://www.rfc-editor.org/rfc/rfc5321",
        reviewed_on=date(2026, 11, 23),
    )
    about: ClassVar[Words] = Words(
        nl="Een brief aan je lezers, via je eigen mailserver. Wie zich aanmeldde, krijgt hem zonder tussenkomst van een netwerk.",
        en="A letter to your readers, through your own mail server. Who signed up gets it without a network in between.",
    )
    ways: ClassVar[tuple[Way, ...]] = (MailServer(),)
    errors: ClassVar[Mapping[str, Words]] = {
        "wrong_password": Words(
            nl="De mailserver neemt deze naam met dit wachtwoord niet aan. Sommige willen een apart app-wachtwoord.",
            en="The mail server refuses this name with this password. Some want a separate app password.",
        ),
        "no_sign_in": Words(
            nl="Op deze poort kun je je niet aanmelden. Kies een andere poort, of laat naam en wachtwoord leeg.",
            en="You can't sign in at this port. Choose another, or leave name and password empty.",
        ),
        "sender_refused": Words(
            nl="De mailserver laat je niet sturen uit naam van dit adres. Neem een adres dat bij je account hoort.",
            en="The mail server doesn't let you send in the name of this address. Take one of your account.",
        ),
        "recipient_refused": Words(
            nl="De mailserver weigert een adres van de lijst. Er is niets verstuurd. Haal het adres eruit en verbind opnieuw.",
            en="The mail server refuses an address on the list. Nothing was sent. Take it out and connect again.",
        ),
        "recipient_unreadable": Words(
            nl="Bij de afzender of onder Aan staat iets wat geen mailadres is. Zet elk adres op een eigen regel.",
            en="Something at the sender or under To is no mail address. Put each address on a line of its own.",
        ),
        "too_many_recipients": Words(
            nl="Dit zijn meer dan 100 adressen. Neem daarvoor een mailinglijst en vul het adres daarvan in.",
            en="These are more than 100 addresses. Take a mailing list for that, and fill in its address.",
        ),
        "leave_unreadable": Words(
            nl="Vul in waar mensen zich afmelden: een mailadres of een pagina met https.",
            en="Fill in where people leave the list: a mail address, or a page with https.",
        ),
        "not_encrypted": Words(
            nl="Zonder versleuteling kan iedereen onderweg meelezen. Kies TLS of STARTTLS.",
            en="Without encryption everybody on the way can read along. Choose TLS or STARTTLS.",
        ),
        "port_unreadable": Words(nl="Deze poort bestaat niet.", en="There is no such port."),
    }

    def _held(self) -> tuple[GuardedClient, Grant]:
        if self.connection.http is None or self.connection.grants is None:
            raise NeedsConsent("not_connected")
        grant = self.connection.grants.load()
        if not grant.data.get("host"):
            raise NeedsConsent("not_connected")
        return self.connection.http, grant

    def check(self, now: datetime) -> Profile:
        """Sign in at the mail server. The newsletter is known by its sender and its name."""
        http, grant = self._held()
        sender, server = sender_of(grant), server_of(grant)
        profile = Profile(
            id=f"{sender.address.lower()}#{sender.name.casefold()}"[:255],
            handle=sender.address,
            name=sender.name,
            address=f"{server.host}:{server.port}",
        )
        if self.connection.account not in {"", profile.id}:
            raise NeedsConsent("other_account")
        post.look(http, server, sender.domain)
        return profile

    def prepare(self, message: Message, key: str, now: datetime) -> Prepared:
        """Write the letter as it will leave, byte for byte, and to whom."""
        self.require_valid(message)
        _, grant = self._held()
        sender = sender_of(grant)
        written = letter.write(message, key, sender, now).decode("ascii")
        return Prepared(NETWORK, key, {"letter": written, "to": list(sender.to), "at": now.isoformat()})

    def publish(self, prepared: Prepared) -> Published:
        """Hand the letter to the mail server. Handing it over twice would be two letters."""
        http, grant = self._held()
        sender, held = sender_of(grant), prepared.payload
        post.send(
            http,
            server_of(grant),
            sender=sender.address,
            to=[str(one) for one in held["to"]],
            letter=str(held["letter"]).encode("ascii"),
        )
        name = letter.message_id(prepared.key, sender)
        return Published(Ref(f"mid:{name.strip('<>')}"), datetime.fromisoformat(held["at"]))

    def find(self, prepared: Prepared) -> Published | None:
        """Return None: what left can't be looked up."""
        return None

    def delete(self, ref: Ref) -> None:
        """Refuse: what is in somebody's letterbox stays there."""
        raise Refused("not_supported")

    def fetch_incoming(self, cursor: str, now: datetime) -> Fetched:
        """Return nothing: answers go to the sender's own letterbox."""
        return Fetched([], cursor)

    def post_metrics(self, refs: Sequence[Ref], now: datetime) -> dict[str, Metrics]:
        """Return nothing: who opens a letter is the reader's own affair."""
        return {}

    def profile_metrics(self, now: datetime) -> Metrics:
        """Return the number of readers; how many a mailing list has is known to the list alone."""
        _, grant = self._held()
        count = len(sender_of(grant).to)
        return Metrics(counts={"subscribers": count if count > 1 else None}, source=NETWORK)
