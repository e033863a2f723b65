"""Connecting any network on the common pages: direct, over the network's own page, and one of several accounts."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection

from dialoog.channels.actions import connect, look_now
from dialoog.channels.connections import client, connector_for
from dialoog.channels.models import Channel, ConnectAttempt, NetworkApp
from dialoog.channels.sign_in import begin_sign_in, site
from dialoog.channels.tests.conftest import _load
from dialoog.core.errors import Invalid
from dialoog.core.work.worker import run_due
from dialoog.networks import registry
from dialoog.networks.base import Connector
from dialoog.networks.grants import Grant
from dialoog.networks.mastodon.connector import Mastodon
from dialoog.networks.newsroom import Newsroom
from dialoog.networks.values import Message, Profile
from dialoog.networks.ways import Access, Begun, ConsentWay, Field
from dialoog.networks.words import Words
from dialoog.organisations.models import AuditEntry

LIST = "/o/korenaar/kanalen/"
ADD = f"{LIST}toevoegen/"


@pytest.fixture(autouse=True)
def plain_static_files(settings, tmp_path):
    """Static files as they lie in the source, for nothing was collected."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.STATIC_ROOT = tmp_path


@pytest.fixture(scope="session")
def mastodon_server():
    with _load("mastodon_server").running() as server:
        yield server


@pytest.fixture
def mastodon(mastodon_server, settings):
    settings.ALLOW_ADDRESSES = frozenset({mastodon_server.url})
    yield mastodon_server
    client().close()


def test_every_network_stands_among_those_to_choose_from(browse, noor, inside):
    html = browse(noor).get(ADD).text
    for name, kind in registry.connectors().items():
        assert (f"{ADD}{name}/" in html) is bool(kind.ways)
        if kind.ways:
            assert browse(noor).get(f"{ADD}{name}/").status_code == 200


@pytest.mark.parametrize("path", [f"{ADD}newsroom/", f"{ADD}hyves/", f"{ADD}mastodon/hyves/"])
def test_what_cannot_be_connected_is_not_there(browse, noor, inside, path):
    assert browse(noor).get(path).status_code in {404, 405}
    assert browse(noor).post(path).status_code in {404, 405}


def test_signing_in_at_a_mastodon_server(browse, noor, mastodon, inside, now):
    person, browser = mastodon.person(), browse(noor)
    answer = browser.post(f"{ADD}mastodon/aanmelden/", {"address": mastodon.url})
    (url,) = re.findall(r'href="(http[^"]+/oauth/authorize[^"]+)"', browser.get(answer.url).text)
    asked = parse_qs(urlsplit(url.replace("&amp;", "&")).query)
    came_back = client().request(
        "POST",
        f"{mastodon.url}/oauth/authorize",
        headers={"content-type": "application/x-www-form-urlencoded"},
        content=f"username={person.username}&state={asked['state'][0]}&redirect_uri={asked['redirect_uri'][0]}".encode(),
    )
    back = urlsplit(came_back.headers["location"])
    assert back.path == "/koppelen/mastodon/terug/"
    answer = browser.get(f"{back.path}?{back.query}")
    assert (answer.status_code, answer.url) == (302, LIST)
    channel = Channel.objects.get()
    assert (channel.network, channel.name, channel.limits["text_limit"]) == ("mastodon", person.username, 500)
    ours = connector_for(channel)
    ours.publish(ours.prepare(Message(text="Vers brood"), ours.new_key(now), now))
    assert [mastodon.source(post, person) for post in mastodon.posts(person)] == ["Vers brood"]
    assert browser.get(f"{back.path}?{back.query}").status_code == 409


def test_a_token_that_is_wrong_says_so_at_its_field(browse, noor, mastodon, inside):
    answer = browse(noor).post(f"{ADD}mastodon/token/", {"address": mastodon.url, "token": "made-up"})
    assert answer.status_code == 422
    assert "Mastodon neemt dit niet aan" in answer.text
    assert "made-up" not in answer.text
    assert mastodon.url in answer.text
    answer = browse(noor).post(f"{ADD}mastodon/token/", {"address": "", "token": "x"})
    assert "Vul in: Adres van de server. Bijvoorbeeld: https://mastodon.nl" in answer.text


def test_a_servers_limit_is_read_again_at_each_look(noor, mastodon, inside, now):
    typed = {"address": mastodon.url, "token": mastodon.person().token}
    (channel,) = connect(noor, network="mastodon", way="token", typed=typed, now=now)
    Channel.objects.update(limits={"text_limit": 77})
    channel.refresh_from_db()
    assert connector_for(channel).capabilities.text_limit == 77
    run_due(now + timedelta(minutes=15))
    channel.refresh_from_db()
    assert connector_for(channel).capabilities.text_limit == 500
    Channel.objects.update(limits={})
    assert look_now(noor, channel=channel, now=now)
    channel.refresh_from_db()
    assert channel.limits["text_limit"] == 500


class Pages(ConsentWay):
    """A sign-in as some networks have it: an app of one's own, and several accounts."""

    name = "aanmelden"
    title = Words(nl="Aanmelden", en="Sign in")
    fields = (
        Field(name="client_id", kind="text", label=Words(nl="App-id", en="App id"), of_app=True),
        Field(name="client_secret", kind="secret", label=Words(nl="Geheim", en="Secret"), of_app=True),
    )
    state = "a-state"
    gives = ("Bakkerij", "Winkel", "Kantine")

    def begin(self, filled, site, http, now):
        return Begun("https://pages.example/consent", self.state, {"secret": filled["client_secret"]})

    def finish(self, secret, params, http, now):
        return [
            Access(
                Grant("oauth2", {"access": f"token of {name}"}),
                "https://pages.example",
                Profile(id=name, handle=name.lower(), name=name, consent_ends=now + timedelta(days=10)),
            )
            for name in self.gives
        ]


class PageNetwork(Newsroom):
    """A network of such pages."""

    capabilities = Mastodon.capabilities
    about = Words(nl="Pagina's", en="Pages")
    ways = (Pages(),)

    def __init__(self, connection):
        Connector.__init__(self, connection)


@pytest.fixture
def pages(monkeypatch):
    monkeypatch.setattr(registry, "_OURS", (PageNetwork,))
    registry.connectors.cache_clear()
    yield Pages
    monkeypatch.undo()
    registry.connectors.cache_clear()


APP = {"client_id": "123", "client_secret": "a-secret-of-the-app"}
BACK = "/koppelen/mastodon/terug/?state=a-state&code=c"


def _signed_in(browser):
    answer = browser.post(f"{ADD}mastodon/aanmelden/", APP)
    assert answer.status_code == 303
    return browser.get(BACK)


def test_of_several_accounts_only_the_chosen_are_kept(browse, noor, pages, inside):
    browser = browse(noor)
    answer = _signed_in(browser)
    html = browser.get(answer.url).text
    assert all(name in html for name in pages.gives)
    assert "Kies minstens één account" in browser.post(answer.url).text
    assert browser.post(answer.url, {"accounts": ["7"]}).status_code == 422
    done = browser.post(answer.url, {"accounts": ["0", "2"]})
    assert (done.status_code, done.url) == (303, LIST)
    assert sorted(Channel.objects.values_list("name", flat=True)) == ["Bakkerij", "Kantine"]
    assert [attempt.secret for attempt in ConnectAttempt.objects.all()] == [{}, {}]
    assert browser.post(answer.url, {"accounts": ["1"]}).status_code == 404


def test_the_choice_is_only_for_who_began_in_the_same_browser(browse, noor, pages, inside):
    answer = _signed_in(browse(noor))
    assert browse(noor).get(answer.url).status_code == 404
    assert browse(noor).post(answer.url, {"accounts": ["0"]}).status_code == 404
    assert not Channel.objects.exists()


def test_what_was_kept_for_a_choice_is_encrypted(browse, noor, pages, inside):
    _signed_in(browse(noor))
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM channels_connectattempt")
        assert "token of" not in str(cursor.fetchall())
        cursor.execute("SELECT * FROM channels_networkapp")
        assert APP["client_secret"] not in str(cursor.fetchall())


def test_an_app_is_filled_in_once_and_its_secret_is_never_shown(browse, noor, pages, inside, monkeypatch):
    browser = browse(noor)
    _signed_in(browser)
    html = browser.get(f"{ADD}mastodon/").text
    assert "Al eerder ingevuld" in html
    assert f'value="{site("mastodon").redirect_uri}" readonly' in html
    assert APP["client_secret"] not in html
    monkeypatch.setattr(pages, "state", "another")
    assert browser.post(f"{ADD}mastodon/aanmelden/", {}).status_code == 303
    assert NetworkApp.objects.get().secret == APP
    assert AuditEntry.objects.filter(what="channel.app_changed").count() == 1
    assert APP["client_secret"] not in str(AuditEntry.objects.get(what="channel.app_changed").after)


def test_a_sign_in_that_gives_no_account_says_so(browse, noor, pages, inside, monkeypatch):
    monkeypatch.setattr(pages, "gives", ())
    browser = browse(noor)
    assert "gaf geen account" in browser.get(_signed_in(browser).url).text


def test_a_consent_that_ends_soon_asks_for_a_person_in_time(browse, noor, pages, inside, monkeypatch):
    monkeypatch.setattr(pages, "gives", ("Bakkerij",))
    browser = browse(noor)
    assert _signed_in(browser).url == LIST
    html = browser.get(LIST).text
    assert "toestemming loopt af" in html
    assert f"{ADD}mastodon/?kanaal={Channel.objects.get().pk}" in html
    assert "De toestemming van Bakkerij loopt af" in browser.get("/o/korenaar/").text


def test_an_app_that_is_not_filled_in_is_asked_for(noor, pages, inside, now):
    with pytest.raises(Invalid) as refused:
        begin_sign_in(noor, network="mastodon", way="aanmelden", typed={}, session_key="s", now=now)
    assert (refused.value.field, refused.value.code) == ("client_id", "field_empty")
