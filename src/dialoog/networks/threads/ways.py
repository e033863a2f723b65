"""Sign-in at Threads with the organisation's own app.

Source: https://developers.facebook.com/documentation/threads/get-started/get-access-tokens-and-permissions
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

API: Final = "https://graph.threads.com"
CONSENT: Final = "https://threads.com"
_WHY: Final = (
    Scope(
        name="threads_basic",
        why=Words(
            nl="zien wie je bent, en nagaan of een bericht er staat",
            en="see who you are, and look whether a message is there",
        ),
    ),
    Scope(
        name="threads_content_publish",
        why=Words(nl="berichten plaatsen", en="publish messages"),
    ),
    Scope(name="threads_delete", why=Words(nl="berichten weghalen", en="remove messages")),
    Scope(name="threads_manage_replies", why=Words(nl="op reacties antwoorden", en="answer replies")),
    Scope(
        name="threads_read_replies",
        why=Words(nl="reacties in de inbox laten zien", en="show replies in the inbox"),
    ),
    Scope(
        name="threads_manage_mentions",
        why=Words(
            nl="berichten die je noemen in de inbox laten zien en beantwoorden",
            en="show messages that name you in the inbox, and answer them",
        ),
    ),
    Scope(
        name="threads_manage_insights",
        why=Words(nl="zien hoe vaak berichten zijn bekeken", en="see how often messages were viewed"),
    ),
)
SCOPES: Final = tuple(scope.name for scope in _WHY)


class SignIn(ConsentWay):
    """By Threads' own page. The token lasts 60 days and is renewed every week."""

    name = "aanmelden"
    title = Words(nl="Aanmelden bij Threads", en="Sign in at Threads")
    steps = (
        Step(
            text=Words(
                nl="Maak bij Meta een app met de toepassing 'Toegang tot de Threads-API'.",
                en="Make an app at Meta with the use case 'Access the Threads API'.",
            ),
            url="https://developers.facebook.com/apps/",
            link=Words(nl="Apps bij Meta", en="Apps at Meta"),
        ),
        Step(
            text=Words(
                nl="Vul bij Instellingen van die toepassing het callback-adres in, ook bij verwijderen en intrekken.",
                en="Under Settings of that use case fill in the callback address, for uninstall and delete too.",
            )
        ),
        Step(
            text=Words(
                nl="Kopieer het Threads-app-ID en het Threads-app-geheim: niet die van de app zelf.",
                en="Copy the Threads app ID and the Threads app secret: not those of the app itself.",
            )
        ),
    )
    scopes = _WHY
    fields = (
        Field(
            name="app_id",
            kind="text",
            label=Words(nl="Threads-app-ID", en="Threads app ID"),
            example="990602627938098",
            pattern=r"[0-9]{5,20}",
            of_app=True,
        ),
        Field(
            name="app_secret",
            kind="secret",
            label=Words(nl="Threads-app-geheim", en="Threads app secret"),
            of_app=True,
        ),
    )

    def offered(self, site: Site) -> Words | None:
        """Return why not: Threads sends nobody back to an address without https."""
        return None if site.is_https else NEEDS_HTTPS

    def begin(self, filled: Mapping[str, str], site: Site, http: GuardedClient, now: datetime) -> Begun:
        """Return Threads' page of consent."""
        base = checked_address(http, filled.get("address", API))
        server = oauth2.Server(
            authorize=f"{host(CONSENT, address=base, usual=API)}/oauth/authorize",
            token=f"{base}/oauth/access_token",
            scopes=SCOPES,
            separator=",",
            pkce=False,
        )
        app = oauth2.App(filled["app_id"], filled["app_secret"])
        return oauth2.begin(server, app, redirect_uri=site.redirect_uri, kept={"address": base})

    def finish(
        self, secret: Mapping[str, Any], params: Mapping[str, str], http: GuardedClient, now: datetime
    ) -> Sequence[Access]:
        """Return the profile whose owner consented."""
        base = str(secret["address"])
        url = f"{base}/access_token"
        return [Access(long_token(http, secret, params, now, url=url, kind="th_exchange_token"), base)]
