"""The two ways to connect an account on Bluesky."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dialoog.core.http import GuardedClient
from dialoog.networks.bluesky import oauth
from dialoog.networks.bluesky.password import sign_in
from dialoog.networks.errors import Refused
from dialoog.networks.ways import Access, Begun, ConsentWay, DirectWay, Field, Site, Step
from dialoog.networks.words import Words

DOCUMENT_PATH = "/koppelen/bluesky/client-metadata.json"
SERVER = Field(
    name="address",
    kind="address",
    label=Words(nl="Adres van de server", en="Address of the server"),
    help=Words(
        nl="Voor de meeste accounts https://bsky.social. Je organisatie kan een eigen server hebben.",
        en="For most accounts https://bsky.social. Your organisation may have a server of its own.",
    ),
    initial="https://bsky.social",
    example="https://bsky.social",
)


def document(site: Site) -> dict[str, Any]:
    """Return what servers read to know who this installation is."""
    return oauth.client_document(_document_url(site), site.redirect_uri, oauth.client_key(site.key))


def _document_url(site: Site) -> str:
    return f"{site.address}{DOCUMENT_PATH}"


# A domain name: a handle without its server is the most common mistake.
HANDLE = r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"


class SignIn(ConsentWay):
    """By the server's own page: no password for Dialoog."""

    name = "aanmelden"
    title = Words(nl="Aanmelden bij de server", en="Sign in at the server")
    lead = Words(
        nl="De kortste weg, zonder wachtwoord voor Dialoog.",
        en="The shortest way, without a password for Dialoog.",
    )
    fields = (
        SERVER,
        Field(
            name="handle",
            kind="handle",
            label=Words(nl="Gebruikersnaam", en="Handle"),
            help=Words(
                nl="Dan weet de server meteen wie zich aanmeldt.",
                en="Then the server knows at once who signs in.",
            ),
            required=False,
            example="dekorenaar.bsky.social",
            pattern=HANDLE,
        ),
    )

    def offered(self, site: Site) -> Words | None:
        """Offer it where servers can send people back to."""
        try:
            oauth.client_id(site.redirect_uri, _document_url(site))
        except ValueError:
            return Words(
                nl="Aanmelden bij de server kan alleen op een installatie met https.",
                en="Signing in at the server needs an installation with https.",
            )
        return None

    def begin(self, filled: Mapping[str, str], site: Site, http: GuardedClient, now: datetime) -> Begun:
        """Ask the server for its page of consent."""
        try:
            who = oauth.client_id(site.redirect_uri, _document_url(site))
        except ValueError as error:
            raise Refused("sign_in_needs_https") from error
        return oauth.begin(
            http,
            filled["address"],
            redirect_uri=site.redirect_uri,
            client_id=who,
            key=oauth.client_key(site.key),
            handle=filled.get("handle", ""),
            now=now,
        )

    def finish(
        self, secret: Mapping[str, Any], params: Mapping[str, str], http: GuardedClient, now: datetime
    ) -> Sequence[Access]:
        """Return the account that the server speaks for."""
        grant, profile = oauth.finish(http, secret, params, now=now)
        return [Access(grant, profile.address, profile)]


class AppPassword(DirectWay):
    """By a password made for Dialoog alone."""

    name = "app-wachtwoord"
    title = Words(nl="Met een app-wachtwoord", en="With an app password")
    steps = (
        Step(
            text=Words(
                nl="Meld je aan bij Bluesky en open de pagina met app-wachtwoorden.",
                en="Sign in at Bluesky and open the page with app passwords.",
            ),
            url="https://bsky.app/settings/app-passwords",
            link=Words(nl="App-wachtwoorden bij bsky.app", en="App passwords at bsky.app"),
        ),
        Step(
            text=Words(
                nl="Maak er een met de naam Dialoog. Toegang tot privéberichten is niet nodig.",
                en="Make one with the name Dialoog. Access to private messages is not needed.",
            )
        ),
        Step(
            text=Words(
                nl="Kopieer het en plak het hier. Dialoog bewaart het versleuteld.",
                en="Copy it and paste it here. Dialoog keeps it encrypted.",
            )
        ),
    )
    fields = (
        SERVER,
        Field(
            name="handle",
            kind="handle",
            label=Words(nl="Gebruikersnaam", en="Handle"),
            help=Words(
                nl="De volledige naam van het account, bijvoorbeeld dekorenaar.bsky.social.",
                en="The full name of the account, for instance dekorenaar.bsky.social.",
            ),
            example="dekorenaar.bsky.social",
            pattern=HANDLE,
        ),
        Field(
            name="password",
            kind="secret",
            label=Words(nl="App-wachtwoord", en="App password"),
            help=Words(
                nl="Vier groepjes van vier tekens, voor Dialoog alleen gemaakt. Niet het wachtwoord van het account.",
                en="Four groups of four characters, made for Dialoog alone. Not the password of the account.",
            ),
        ),
    )

    def connect(self, filled: Mapping[str, str], http: GuardedClient, now: datetime) -> Sequence[Access]:
        """Log in once."""
        grant = sign_in(http, filled["address"], filled["handle"], filled["password"])
        return [Access(grant, filled["address"])]
