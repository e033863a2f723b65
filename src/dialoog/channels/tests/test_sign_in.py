"""Signing in at a real server: the whole way in a browser, and everybody who may not finish it."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as all_settings
from django.test import override_settings
from django_scopes import scope
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from dialoog.channels.connections import ChannelGrants, connector_for
from dialoog.channels.models import Channel, ConnectAttempt
from dialoog.channels.sign_in import site
from dialoog.core.clock import now as read_clock
from dialoog.networks.values import Message

pytestmark = pytest.mark.pds
BEGIN = "/o/korenaar/kanalen/toevoegen/bluesky/aanmelden/"
GO = "/o/korenaar/kanalen/aanmelden/"
BACK = "/koppelen/bluesky/terug/"


@pytest.fixture(autouse=True)
def plain_static_files(settings, tmp_path):
    """Static files as they lie in the source, for nothing was collected."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def begun(browse, noor, pds, inside):
    """A sign-in that Noor began: her browser, the attempt, and the state that the network will send back."""
    client = browse(noor)
    answer = client.post(BEGIN, {"address": pds.url})
    assert answer.status_code == 303
    attempt = ConnectAttempt.objects.get()
    return client, attempt, attempt.secret["kept"]["state"]


def test_a_link_and_no_form_leads_to_the_server(begun, pds):
    client, attempt, _state = begun
    html = client.get(f"{GO}{attempt.pk}/").text
    assert re.search(rf'<a class="btn btn--main" href="{pds.url}/oauth/authorize\?', html)
    assert "sandbox allow-top" in client.get(f"{GO}{attempt.pk}/").headers["Content-Security-Policy"]


def test_the_link_is_only_for_who_began_and_for_a_while(begun, browse, noor, korenaar, sam):
    client, attempt, _state = begun
    path = f"{GO}{attempt.pk}/"
    assert browse(sam).get(path).status_code == 403
    assert browse(noor).get(path).status_code == 404
    ConnectAttempt.objects.update(expires_at=read_clock() - timedelta(seconds=1))
    assert client.get(path).status_code == 404


def test_another_person_cannot_finish_it_nor_can_she_afterwards(begun, browse, sam):
    client, _attempt, state = begun
    params = {"state": state, "code": "c", "iss": "x"}
    stolen = browse(sam).get(BACK, params)
    assert stolen.status_code == 409
    assert "kan niet worden afgemaakt" in stolen.text
    assert client.get(BACK, params).status_code == 409
    assert not Channel.objects.exists()


def test_another_session_of_the_same_person_cannot_finish_it(begun, browse, noor):
    _client, _attempt, state = begun
    assert browse(noor).get(BACK, {"state": state, "code": "c"}).status_code == 409


def test_who_is_no_longer_an_owner_cannot_finish_it(begun, noor):
    client, _attempt, state = begun
    noor.grants.all().update(role="editor")
    answer = client.get(BACK, {"state": state, "code": "c", "iss": "x"})
    assert answer.status_code in {302, 403}
    assert not Channel.objects.exists()


@pytest.mark.parametrize(
    "params", [{}, {"state": ""}, {"state": "x" * 5000}, {"state": "\ufffd"}, {"state": ["a", "b"]}]
)
def test_a_made_up_answer_is_refused(begun, params):
    client = begun[0]
    assert client.get(BACK, params).status_code == 409


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"code": "made-up"}, "andere server"),
        ({"error": "access_denied", "iss": True}, "daar gestopt"),
        ({"code": "made-up", "iss": True}, "daar gestopt"),
    ],
)
def test_an_answer_without_consent_says_so(begun, pds, params, says):
    client, _attempt, state = begun
    given = {**params, "state": state} | ({"iss": pds.url} if "iss" in params else {})
    assert says in client.get(BACK, given, follow=True).text
    assert not Channel.objects.exists()


def test_who_is_not_signed_in_is_asked_to(client, db):
    answer = client.get(BACK, {"state": "s"})
    assert answer.status_code == 302
    assert "login" in answer.url


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("https://127.0.0.1:1", "geen eigen aanmeldpagina"),
        ("x y", "Dit is geen adres"),
        ("", "Vul in: Adres van de server"),
        ("https://no-such-host.invalid", "antwoordt geen server"),
    ],
)
def test_a_wrong_address_says_the_way_out(browse, noor, pds, address, says):
    answer = browse(noor).post(BEGIN, {"address": address})
    assert answer.status_code == 422
    assert says in answer.text


def test_only_an_owner_begins(browse, sam, pds, inside):
    assert browse(sam).post(BEGIN, {"address": pds.url}).status_code == 403


def test_an_installation_on_https_tells_who_it_is(client, settings, db):
    settings.ADDRESS = "https://dialoog.example.org"
    document = client.get("/koppelen/bluesky/client-metadata.json").json()
    assert document["client_id"] == "https://dialoog.example.org/koppelen/bluesky/client-metadata.json"
    (key,) = document["jwks"]["keys"]
    assert "d" not in key
    assert document["redirect_uris"] == ["https://dialoog.example.org/koppelen/bluesky/terug/"]


def test_without_https_and_not_on_loopback_only_app_passwords_are_offered(browse, noor, settings, pds):
    settings.ADDRESS = "http://intranet.example"
    html = browse(noor).get("/o/korenaar/kanalen/toevoegen/bluesky/").text
    assert "aanmelden/" not in html
    assert "installatie met https" in html
    assert browse(noor).post(BEGIN, {"address": pds.url}).status_code == 422


def test_the_way_back_goes_on_to_where_the_person_is_signed_in(client, settings, db):
    settings.ADDRESS = "http://localhost:8000"
    assert site("bluesky").redirect_uri == "http://127.0.0.1:8000/koppelen/bluesky/terug/"
    answer = client.get(BACK, {"state": "s/&x", "code": "c"}, headers={"host": "127.0.0.1:8000"})
    assert answer.url == "http://localhost:8000/koppelen/bluesky/terug/?state=s%2F%26x&code=c"


@pytest.fixture(scope="session")
def live_server(tmp_path_factory):
    """A server that finds its static files in the source, for nothing was collected."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    stores = {**all_settings.STORAGES, "staticfiles": plain}
    with override_settings(STORAGES=stores, STATIC_ROOT=tmp_path_factory.mktemp("static")):
        server = LiveServer("localhost")
        yield server
        server.stop()


@pytest.fixture
def page(browse, noor, live_server, settings, monkeypatch):
    """A browser in which Noor is signed in."""
    settings.ADDRESS = live_server.url
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    name = settings.SESSION_COOKIE_NAME
    session = browse(noor).cookies[name].value
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(locale="en-US")
        context.add_cookies([{"name": name, "value": session, "url": live_server.url, "sameSite": "Lax"}])
        yield context.new_page()
        browser.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_owner_signs_in_at_the_server_and_comes_back_connected(page, live_server, account, pds, noor):
    made, _ = account()
    page.goto(f"{live_server.url}/o/korenaar/kanalen/toevoegen/bluesky/")
    page.fill("#aanmelden_address", pds.url)
    page.fill("#aanmelden_handle", f"@{made.handle}")
    page.click("main form[action$='aanmelden/'] button")
    page.click("main a.btn--main")
    page.fill("input[type=password]", made.password)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url(f"{live_server.url}/o/korenaar/kanalen/")
    assert made.handle in page.inner_text("main")
    with scope(organisation=noor.organisation):
        channel = Channel.objects.get()
        assert (channel.remote_id, channel.address, channel.grant["kind"]) == (made.did, pds.url, "oauth")
        ours, now = connector_for(channel), read_clock()
        ours.publish(ours.prepare(Message(text="Vers brood"), ours.new_key(now), now))
        assert ChannelGrants(channel).load().data["did"] == made.did
        assert ConnectAttempt.objects.get().secret == {}
    assert [row["value"]["text"] for row in pds.records(made.did)] == ["Vers brood"]
