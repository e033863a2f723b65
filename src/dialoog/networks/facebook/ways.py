"""Sign-in at Facebook with the organisation's own app: it gives each page that the person manages.

Source: https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow,
https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from dialoog.core.http import GuardedClient
from dialoog.networks import oauth2
from dialoog.networks.answers import checked_address, understood
from dialoog.networks.base import Connection
from dialoog.networks.grants import Grant, MemoryGrants
from dialoog.networks.meta import NEEDS_HTTPS, VERSION, Graph, asked, host, token_of
from dialoog.networks.values import Profile
from dialoog.networks.ways import Access, Begun, ConsentWay, Field, Scope, Site, Step
from dialoog.networks.words import Words

API: Final = "https://graph.facebook.com"
CONSENT: Final = "https://www.facebook.com"
_WHY: Final = (
    Scope(
        name="pages_show_list",
        why=Words(nl="zien welke pagina's je beheert", en="see which pages you manage"),
    ),
    Scope(
        name="business_management",
        why=Words(
            nl="ook de pagina's zien die in een bedrijfsportfolio staan",
            en="see the pages that are kept in a business portfolio too",
        ),
    ),
    Scope(
        name="pages_manage_posts",
        why=Words(nl="berichten plaatsen en weghalen", en="publish and remove messages"),
    ),
    Scope(
        name="pages_manage_engagement",
        why=Words(nl="op reacties antwoorden", en="answer comments"),
    ),
    Scope(
        name="pages_read_engagement",
        why=Words(
            nl="nagaan of een bericht er staat en hoeveel volgers de pagina heeft",
            en="look whether a message is there, and how many followers the page has",
        ),
    ),
    Scope(
        name="pages_read_user_content",
        why=Words(nl="reacties in de inbox laten zien", en="show comments in the inbox"),
    ),
    Scope(
        name="read_insights",
        why=Words(nl="zien hoe vaak berichten zijn bekeken", en="see how often messages were viewed"),
    ),
    Scope(name="publish_video", why=Words(nl="video's plaatsen", en="publish videos")),
)
SCOPES: Final = tuple(scope.name for scope in _WHY)
FIELDS: Final = (
    Field(
        name="app_id",
        kind="text",
        label=Words(nl="App-ID", en="App ID"),
        example="990602627938098",
        pattern=r"[0-9]{5,20}",
        of_app=True,
    ),
    Field(name="app_secret", kind="secret", label=Words(nl="App-geheim", en="App secret"), of_app=True),
)


class SignIn(ConsentWay):
    """By Facebook's own page. The token of a page has no end; the consent to its data has."""

    name = "aanmelden"
    title = Words(nl="Aanmelden bij Facebook", en="Sign in at Facebook")
    lead = Words(
        nl="Je kiest daarna welke pagina's je koppelt.",
        en="Afterwards you choose which pages to connect.",
    )
    steps = (
        Step(
            text=Words(
                nl="Maak bij Meta een app met de toepassing 'Alles beheren op je pagina'. Eén app is genoeg voor alle pagina's.",
                en="Make an app at Meta with the use case 'Manage everything on your Page'. One app is enough for all pages.",
            ),
            url="https://developers.facebook.com/apps/",
            link=Words(nl="Apps bij Meta", en="Apps at Meta"),
        ),
        Step(
            text=Words(
                nl="Zet bij Facebook Login het callback-adres bij de geldige OAuth-omleidings-URI's.",
                en="Under Facebook Login add the callback address to the valid OAuth redirect URIs.",
            )
        ),
        Step(
            text=Words(
                nl="Kopieer bij Instellingen, Basis het App-ID en het App-geheim. Voor pagina's van anderen moet Meta de app eerst beoordelen.",
                en="Under Settings, Basic copy the App ID and the App secret. For pages of others Meta must review the app first.",
            )
        ),
    )
    scopes = _WHY
    fields = FIELDS

    def offered(self, site: Site) -> Words | None:
        """Return why not: Facebook sends nobody back to an address without https."""
        return None if site.is_https else NEEDS_HTTPS

    def begin(self, filled: Mapping[str, str], site: Site, http: GuardedClient, now: datetime) -> Begun:
        """Return Facebook's page of consent."""
        base = checked_address(http, filled.get("address", API))
        page = host(CONSENT, address=base, usual=API)
        server = oauth2.Server(
            authorize=f"{page}{VERSION}/dialog/oauth",
            token=f"{base}{VERSION}/oauth/access_token",
            scopes=SCOPES,
            separator=",",
            pkce=False,
            # Who declined a permission before is asked again.
            extra={"auth_type": "rerequest"},
        )
        app = oauth2.App(filled["app_id"], filled["app_secret"])
        return oauth2.begin(server, app, redirect_uri=site.redirect_uri, kept={"address": base})

    def finish(
        self, secret: Mapping[str, Any], params: Mapping[str, str], http: GuardedClient, now: datetime
    ) -> Sequence[Access]:
        """Return each page that the person may publish on, with a token of its own."""
        user = _user_token(secret, params, http)
        ends = _consent_ends(secret, user, http)
        base = str(secret["address"])
        grants = MemoryGrants(Grant("user", token_of({"access_token": user}, now)))
        graph = Graph(Connection(address=base, grants=grants, http=http))
        query = {"fields": "id,name,username,link,access_token,tasks,picture{url}", "limit": "100"}
        found = []
        for page in graph.pages(f"{VERSION}/me/accounts", query):
            with understood():
                # Without a token, or without the task, the person may look at the page but not publish there.
                wanted = [one for one in page if one.get("access_token") and _may_publish(one)]
                found += [_access(one, ends, base) for one in wanted]
        return found


def _user_token(secret: Mapping[str, Any], params: Mapping[str, str], http: GuardedClient) -> str:
    """Return a token of the person that lasts: only of such a one are the tokens of pages without end."""
    app = {"client_id": str(secret["client_id"]), "client_secret": str(secret["client_secret"])}
    url = str(secret["token_url"])
    code = {"code": oauth2.code_of(secret, params), "redirect_uri": str(secret["redirect_uri"])}
    with understood():
        short = str(asked(http, "GET", url, query={**app, **code})["access_token"])
        exchange = {"grant_type": "fb_exchange_token", "fb_exchange_token": short}
        return str(asked(http, "GET", url, query={**app, **exchange})["access_token"])


def _consent_ends(secret: Mapping[str, Any], token: str, http: GuardedClient) -> datetime | None:
    """Return when the consent to the person's data ends (UTC): 90 days, where Facebook tells."""
    ours = f"{secret['client_id']}|{secret['client_secret']}"
    url = f"{secret['address']}{VERSION}/debug_token"
    found = asked(http, "GET", url, query={"input_token": token, "access_token": ours})
    with understood():
        at = int(found["data"].get("data_access_expires_at") or 0)
        return datetime.fromtimestamp(at, UTC) if at else None


def _may_publish(page: Mapping[str, Any]) -> bool:
    tasks = page.get("tasks")
    return tasks is None or bool({"CREATE_CONTENT", "MANAGE"} & set(tasks))


def _access(page: Mapping[str, Any], ends: datetime | None, base: str) -> Access:
    kept = {"access": str(page["access_token"]), "expires_at": ends.isoformat() if ends else ""}
    return Access(Grant("page", kept), base, profile_of(page, ends, base))


def profile_of(page: Mapping[str, Any], ends: datetime | None, base: str) -> Profile:
    """Return a page's profile."""
    picture = ((page.get("picture") or {}).get("data") or {}).get("url")
    return Profile(
        id=str(page["id"]),
        handle=str(page.get("username") or ""),
        name=str(page["name"]),
        avatar_url=str(picture or ""),
        url=str(page.get("link") or f"https://www.facebook.com/{page['id']}"),
        address=base,
        consent_ends=ends,
    )
