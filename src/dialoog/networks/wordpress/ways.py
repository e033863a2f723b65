"""The two ways to connect a site of WordPress: its page of consent, and an application password.

Source: https://make.wordpress.org/core/2020/11/05/application-passwords-integration-guide/
"""

import base64
import re
import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from dialoog.core.http import GuardedClient
from dialoog.networks.errors import NeedsConsent, Refused
from dialoog.networks.grants import Grant
from dialoog.networks.ways import Access, Begun, ConsentWay, DirectWay, Field, Scope, Site, Step
from dialoog.networks.wordpress.site import discover
from dialoog.networks.words import Words

KIND: Final = "app_password"
_NOT_OF_A_PASSWORD: Final = re.compile(r"[^A-Za-z0-9]")
SITE: Final = Field(
    name="address",
    kind="page",
    label=Words(nl="Adres van de site", en="Address of the site"),
    help=Words(
        nl="Zoals bezoekers de site kennen, met een eventuele map erbij.",
        en="As visitors know the site, with its folder if it has one.",
    ),
    example="https://www.dekorenaar.nl",
)
_SCOPES: Final = (
    Scope(
        name="application-password",
        why=Words(
            nl="alles doen wat deze gebruiker op de site mag; Dialoog plaatst er berichten en leest reacties. "
            "Neem daarom een gebruiker met de rol Auteur of Redacteur",
            en="do all that this user may do on the site; Dialoog publishes messages there and reads comments. "
            "So take a user with the role of Author or Editor",
        ),
    ),
)


def signed(user: str, password: str) -> dict[str, str]:
    """Return the header that proves who somebody is."""
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"authorization": f"Basic {pair}"}


class SignIn(ConsentWay):
    """By the site's own page, which makes a password for Dialoog alone and sends it back."""

    name = "aanmelden"
    title = Words(nl="Aanmelden op de site", en="Sign in at the site")
    lead = Words(
        nl="De kortste weg: je keurt Dialoog op de site zelf goed.",
        en="The shortest way: you approve Dialoog on the site itself.",
    )
    scopes = _SCOPES
    fields = (SITE,)

    def offered(self, site: Site) -> Words | None:
        """WordPress sends a password back to https addresses only."""
        if site.is_https:
            return None
        return Words(
            nl="WordPress stuurt alleen terug naar een Dialoog met https. Neem een applicatiewachtwoord.",
            en="WordPress sends people back to a Dialoog with https only. Take an application password.",
        )

    def begin(self, filled: Mapping[str, str], site: Site, http: GuardedClient, now: datetime) -> Begun:
        """Look the site up, and return its page of consent."""
        found = discover(http, filled["address"])
        if not found.consent:
            raise Refused("no_app_passwords")
        state = secrets.token_urlsafe(32)
        back = f"{site.redirect_uri}?{urlencode({'state': state})}"
        # The site shows under this number which application the password belongs to.
        app = {"app_name": "Dialoog", "app_id": str(uuid.uuid5(uuid.NAMESPACE_URL, site.address))}
        glue = "&" if "?" in found.consent else "?"
        url = f"{found.consent}{glue}{urlencode({**app, 'success_url': back})}"
        return Begun(url, state, {"state": state, "root": found.root, "consent": found.consent})

    def finish(
        self, secret: Mapping[str, Any], params: Mapping[str, str], http: GuardedClient, now: datetime
    ) -> Sequence[Access]:
        """Return the user who approved."""
        if not secrets.compare_digest(params.get("state", "").encode(), str(secret["state"]).encode()):
            raise Refused("wrong_state")
        if params.get("success") == "false" or not params.get("password"):
            raise NeedsConsent("consent_withdrawn")
        if urlsplit(params.get("site_url", "")).netloc != urlsplit(str(secret["consent"])).netloc:
            raise Refused("wrong_issuer")
        return [Access(granted(params.get("user_login", ""), params["password"]), str(secret["root"]))]


class AppPassword(DirectWay):
    """By an application password that somebody makes in their profile."""

    name = "applicatiewachtwoord"
    title = Words(nl="Met een applicatiewachtwoord", en="With an application password")
    steps = (
        Step(
            text=Words(
                nl="Open op de site Gebruikers, Profiel en ga naar Applicatiewachtwoorden.",
                en="On the site open Users, Profile and go to Application Passwords.",
            )
        ),
        Step(
            text=Words(
                nl="Maak een wachtwoord met de naam Dialoog en kopieer het. De site laat het één keer zien.",
                en="Make a password called Dialoog and copy it. The site shows it once.",
            )
        ),
    )
    scopes = _SCOPES
    fields = (
        SITE,
        Field(
            name="user",
            kind="text",
            label=Words(nl="Gebruikersnaam op de site", en="Username on the site"),
            example="noor",
        ),
        Field(
            name="password",
            kind="secret",
            label=Words(nl="Applicatiewachtwoord", en="Application password"),
        ),
    )

    def connect(self, filled: Mapping[str, str], http: GuardedClient, now: datetime) -> Sequence[Access]:
        """Look the site up; `check` asks whether the password works."""
        grant = granted(filled["user"], filled["password"])
        found = discover(http, filled["address"], signed(grant.data["user"], grant.data["access"]))
        return [Access(grant, found.root)]


def granted(user: str, password: str) -> Grant:
    """Return the grant; WordPress shows a password in groups of four, which it doesn't need back."""
    return Grant(KIND, {"user": user, "access": _NOT_OF_A_PASSWORD.sub("", password)})
