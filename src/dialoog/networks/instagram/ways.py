"""Sign-in at Instagram with the organisation's own app; no page on Facebook is needed.

Source: https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-instagram-login/business-login
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from dialoog.core.http import GuardedClient
from dialoog.networks import oauth2
from dialoog.networks.answers import checked_address
from dialoog.networks.meta import NEEDS_HTTPS, host, long_token
from dialoog.networks.ways import Access, Begun, ConsentWay, Field, Scope, Site, Step
from dialoog.networks.words import Words

API: Final = "https://graph.instagram.com"
TOKENS: Final = "https://api.instagram.com"
CONSENT: Final = "https://www.instagram.com"
_WHY: Final = (
    Scope(
        name="instagram_business_basic",
        why=Words(
            nl="zien wie je bent, en nagaan of een bericht er staat",
            en="see who you are, and look whether a message is there",
        ),
    ),
    Scope(
        name="instagram_business_content_publish",
        why=Words(nl="berichten plaatsen", en="publish messages"),
    ),
    Scope(
        name="instagram_business_manage_comments",
        why=Words(
            nl="reacties in de inbox laten zien en beantwoorden",
            en="show comments in the inbox and answer them",
        ),
    ),
    Scope(
        name="instagram_business_manage_insights",
        why=Words(nl="zien hoe vaak berichten zijn bekeken", en="see how often messages were viewed"),
    ),
)
SCOPES: Final = tuple(scope.name for scope in _WHY)


class SignIn(ConsentWay):
    """By Instagram's own page. The token lasts 60 days and is renewed every week."""

    name = "aanmelden"
    title = Words(nl="Aanmelden bij Instagram", en="Sign in at Instagram")
    lead = Words(
        nl="Voor zakelijke accounts en die van makers; een persoonlijk account kan niet.",
        en="For business accounts and those of creators; a personal account won't do.",
    )
    steps = (
        Step(
            text=Words(
                nl="Maak bij Meta een app met de toepassing 'Berichten en content op Instagram beheren'.",
                en="Make an app at Meta with the use case 'Manage messaging & content on Instagram'.",
            ),
            url="https://developers.facebook.com/apps/",
            link=Words(nl="Apps bij Meta", en="Apps at Meta"),
        ),
        Step(
            text=Words(
                nl="Vul bij 'API-installatie met Instagram-aanmelding', Zakelijke aanmelding, het callback-adres in.",
                en="Under 'API setup with Instagram login', Business login, fill in the callback address.",
            )
        ),
        Step(
            text=Words(
                nl="Kopieer daar het Instagram-app-ID en het Instagram-app-geheim: niet die van de app zelf.",
                en="Copy the Instagram app ID and the Instagram app secret there: not those of the app itself.",
            )
        ),
    )
    scopes = _WHY
    fields = (
        Field(
            name="app_id",
            kind="text",
            label=Words(nl="Instagram-app-ID", en="Instagram app ID"),
            example="990602627938098",
            pattern=r"[0-9]{5,20}",
            of_app=True,
        ),
        Field(
            name="app_secret",
            kind="secret",
            label=Words(nl="Instagram-app-geheim", en="Instagram app secret"),
            of_app=True,
        ),
    )

    def offered(self, site: Site) -> Words | None:
        """Return why not: Instagram sends nobody back to an address without https."""
        return None if site.is_https else NEEDS_HTTPS

    def begin(self, filled: Mapping[str, str], site: Site, http: GuardedClient, now: datetime) -> Begun:
        """Return Instagram's page of consent."""
        base = checked_address(http, filled.get("address", API))
        server = oauth2.Server(
            authorize=f"{host(CONSENT, address=base, usual=API)}/oauth/authorize",
            token=f"{host(TOKENS, address=base, usual=API)}/oauth/access_token",
            scopes=SCOPES,
            separator=",",
            pkce=False,
        )
        app = oauth2.App(filled["app_id"], filled["app_secret"])
        return oauth2.begin(server, app, redirect_uri=site.redirect_uri, kept={"address": base})

    def finish(
        self, secret: Mapping[str, Any], params: Mapping[str, str], http: GuardedClient, now: datetime
    ) -> Sequence[Access]:
        """Return the account whose owner consented."""
        base = str(secret["address"])
        url = f"{base}/access_token"
        return [Access(long_token(http, secret, params, now, url=url, kind="ig_exchange_token"), base)]
