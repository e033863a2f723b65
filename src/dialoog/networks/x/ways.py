"""Signing in at X, with an app that the organisation registers there.

Source: https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from dialoog.core.http import GuardedClient
from dialoog.networks import oauth2
from dialoog.networks.ways import Access, Begun, ConsentWay, Field, Scope, Site, Step
from dialoog.networks.words import Words

API: Final = "https://api.x.com"
PAGE: Final = "https://x.com/i/oauth2/authorize"
_WHY: Final = (
    Scope(
        name="tweet.read",
        why=Words(nl="nagaan of een bericht er staat", en="look whether a message is there"),
    ),
    Scope(
        name="tweet.write",
        why=Words(
            nl="berichten en antwoorden plaatsen en weghalen", en="publish and remove messages and answers"
        ),
    ),
    Scope(name="users.read", why=Words(nl="zien wie je bent", en="see who you are")),
    Scope(name="media.write", why=Words(nl="afbeeldingen meesturen", en="send images along")),
    Scope(
        name="offline.access",
        why=Words(nl="verbonden blijven als jij er niet bent", en="stay connected while you are away"),
    ),
)


class SignIn(ConsentWay):
    """By X's own page. X charges the organisation's app per message, so it must be their own."""

    name = "aanmelden"
    title = Words(nl="Aanmelden bij X", en="Sign in at X")
    lead = Words(
        nl="X rekent per bericht: ongeveer 1,5 dollarcent, met een link 20. Dat gaat van het tegoed van jullie app.",
        en="X charges per message: about 1.5 dollar cents, with a link 20. It is taken from the credit of your app.",
    )
    steps = (
        Step(
            text=Words(
                nl="Maak een project en een app bij X, met OAuth 2.0 en het type Web App.",
                en="Make a project and an app at X, with OAuth 2.0 and the type Web App.",
            ),
            url="https://console.x.com",
            link=Words(nl="Console van X", en="X console"),
        ),
        Step(
            text=Words(
                nl="Geef de app het recht om te lezen en te schrijven, en zet er tegoed op.",
                en="Give the app the right to read and write, and put credit on it.",
            )
        ),
    )
    scopes = _WHY
    fields = (
        Field(
            name="client_id",
            kind="text",
            label=Words(nl="Client-ID van de app", en="Client ID of the app"),
            of_app=True,
        ),
        Field(
            name="client_secret",
            kind="secret",
            label=Words(nl="Client Secret van de app", en="Client Secret of the app"),
            of_app=True,
        ),
    )

    def begin(self, filled: Mapping[str, str], site: Site, http: GuardedClient, now: datetime) -> Begun:
        """Return X's page of consent."""
        base = filled.get("address", API)
        server = oauth2.Server(
            authorize=PAGE if base == API else f"{base}/i/oauth2/authorize",
            token=f"{base}/2/oauth2/token",
            scopes=tuple(scope.name for scope in _WHY),
            app_by="basic",
        )
        app = oauth2.App(filled["client_id"], filled["client_secret"])
        return oauth2.begin(server, app, redirect_uri=site.redirect_uri, kept={"address": base})

    def finish(
        self, secret: Mapping[str, Any], params: Mapping[str, str], http: GuardedClient, now: datetime
    ) -> Sequence[Access]:
        """Return the account whose owner consented."""
        return [Access(oauth2.finish(http, secret, params), str(secret["address"]))]
