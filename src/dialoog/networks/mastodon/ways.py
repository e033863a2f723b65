"""The two ways to connect an account on Mastodon.

Source: https://docs.joinmastodon.org/methods/apps/ and https://docs.joinmastodon.org/methods/oauth/
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from dialoog.core.http import GuardedClient
from dialoog.networks import oauth2
from dialoog.networks.answers import WAIT_SECONDS, checked_address, reached, understood
from dialoog.networks.errors import Refused, TryLater
from dialoog.networks.grants import Grant
from dialoog.networks.ways import Access, Begun, ConsentWay, DirectWay, Field, Scope, Site, Step
from dialoog.networks.words import Words

SCOPES: Final = ("read:accounts", "read:statuses", "read:notifications", "write:statuses", "write:media")
SERVER: Final = Field(
    name="address",
    kind="address",
    label=Words(nl="Adres van de server", en="Address of the server"),
    help=Words(
        nl="Het deel na de tweede @ van je gebruikersnaam, bijvoorbeeld mastodon.nl.",
        en="The part after the second @ of your handle, for instance mastodon.nl.",
    ),
    example="https://mastodon.nl",
)
_WHY: Final = (
    Scope(
        name="read:accounts",
        why=Words(
            nl="zien wie je bent en hoeveel volgers je hebt",
            en="see who you are and how many followers you have",
        ),
    ),
    Scope(
        name="read:statuses",
        why=Words(nl="nagaan of een bericht er staat", en="look whether a message is there"),
    ),
    Scope(
        name="read:notifications",
        why=Words(nl="reacties in de inbox laten zien", en="show reactions in the inbox"),
    ),
    Scope(
        name="write:statuses",
        why=Words(
            nl="berichten en antwoorden plaatsen en weghalen", en="publish and remove messages and answers"
        ),
    ),
    Scope(
        name="write:media",
        why=Words(nl="afbeeldingen meesturen", en="send images along"),
    ),
)


class SignIn(ConsentWay):
    """By the server's own page. Each server gets to know us as an app first; that needs nobody."""

    name = "aanmelden"
    title = Words(nl="Aanmelden bij de server", en="Sign in at the server")
    lead = Words(
        nl="De kortste weg, zonder wachtwoord voor Dialoog.",
        en="The shortest way, without a password for Dialoog.",
    )
    scopes = _WHY
    fields = (SERVER,)

    def begin(self, filled: Mapping[str, str], site: Site, http: GuardedClient, now: datetime) -> Begun:
        """Register as an app at this server, and return its page of consent."""
        base = checked_address(http, filled["address"])
        app = _registered(http, base, site)
        server = oauth2.Server(
            authorize=f"{base}/oauth/authorize", token=f"{base}/oauth/token", scopes=SCOPES
        )
        return oauth2.begin(server, app, redirect_uri=site.redirect_uri, kept={"address": base})

    def finish(
        self, secret: Mapping[str, Any], params: Mapping[str, str], http: GuardedClient, now: datetime
    ) -> Sequence[Access]:
        """Return the account whose owner consented."""
        grant = oauth2.finish(http, secret, params)
        return [Access(grant, str(secret["address"]))]


class Token(DirectWay):
    """By a token that somebody makes in the settings of the account."""

    name = "token"
    title = Words(nl="Met een toegangstoken", en="With an access token")
    steps = (
        Step(
            text=Words(
                nl="Open op je server Voorkeuren, Ontwikkeling en maak een nieuwe toepassing met de naam Dialoog.",
                en="On your server open Preferences, Development and make a new application called Dialoog.",
            )
        ),
        Step(
            text=Words(
                nl="Vink aan: read:accounts, read:statuses, read:notifications, write:statuses en write:media.",
                en="Tick read:accounts, read:statuses, read:notifications, write:statuses and write:media.",
            )
        ),
        Step(
            text=Words(
                nl='Open de toepassing en kopieer "Jouw toegangstoken". Dialoog bewaart het versleuteld.',
                en='Open the application and copy "Your access token". Dialoog keeps it encrypted.',
            )
        ),
    )
    scopes = _WHY
    fields = (
        SERVER,
        Field(name="token", kind="secret", label=Words(nl="Toegangstoken", en="Access token")),
    )

    def connect(self, filled: Mapping[str, str], http: GuardedClient, now: datetime) -> Sequence[Access]:
        """Return the account of the token."""
        base = checked_address(http, filled["address"])
        return [Access(Grant("token", {"access": filled["token"]}), base)]


def _registered(http: GuardedClient, base: str, site: Site) -> oauth2.App:
    asked = {
        "client_name": "Dialoog",
        "redirect_uris": site.redirect_uri,
        "scopes": " ".join(SCOPES),
        **({"website": site.address} if site.is_https else {}),
    }
    with reached():
        answer = http.request("POST", f"{base}/api/v1/apps", json=asked)
    if answer.status in {404, 405, 410, 501} or 300 <= answer.status < 400:
        raise Refused("not_supported", f"status {answer.status}")
    if answer.status == 429 or answer.status >= 500:
        raise TryLater(WAIT_SECONDS, "server_error", sent=True)
    if answer.status >= 400:
        raise Refused("network_refused", f"status {answer.status}")
    with understood():
        found = answer.json()
        return oauth2.App(str(found["client_id"]), str(found["client_secret"]))
