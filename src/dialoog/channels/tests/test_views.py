"""The screens of channels."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from dialoog.channels.actions import install_builtin, note_health
from dialoog.channels.models import Channel

pytestmark = pytest.mark.pds
LIST = "/o/korenaar/kanalen/"
CONNECT = f"{LIST}toevoegen/bluesky/"
PASSWORD = f"{CONNECT}app-wachtwoord/"


@pytest.fixture(autouse=True)
def plain_static_files(settings, tmp_path):
    """Static files as they lie in the source, for nothing was collected."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.STATIC_ROOT = tmp_path


def test_the_owner_connects_an_account_and_sees_it_works(browse, noor, account, pds, inside):
    made, password = account()
    given = {"address": pds.url, "handle": f"@{made.handle}", "password": password}
    answer = browse(noor).post(PASSWORD, given)
    assert (answer.status_code, answer.url) == (303, LIST)
    html = browse(noor).get(LIST).text
    assert made.handle in html
    assert "Verbonden" in html


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"password": "no"}, "De server weigert"),
        ({"address": "no address"}, "Dit is geen adres"),
        ({"address": "https://127.0.0.1:1"}, "eigen netwerk"),
        ({"address": "https://no-such-host.invalid"}, "Op dit adres antwoordt geen server"),
        ({"handle": ""}, "Vul in: Gebruikersnaam. Bijvoorbeeld: dekorenaar.bsky.social"),
        ({"handle": "noor@example.org"}, "Dit kan niet kloppen voor: Gebruikersnaam"),
        ({"password": ""}, "Vul in: App-wachtwoord."),
    ],
)
def test_each_mistake_says_the_way_out_and_keeps_what_was_typed(browse, noor, account, pds, *, change, says):
    made, password = account()
    given = {"address": pds.url, "handle": made.handle, "password": password} | change
    answer = browse(noor).post(PASSWORD, given)
    assert answer.status_code == 422
    assert says in answer.text
    assert password not in answer.text
    if "handle" not in change:
        assert made.handle in answer.text


def test_others_look_and_change_nothing(browse, sam, connect, account, inside):
    channel = connect(*account())
    html = browse(sam).get(LIST).text
    assert channel.handle in html
    assert "loskoppelen" not in html
    for path in (
        PASSWORD,
        f"{LIST}{channel.pk}/loskoppelen/",
        f"{LIST}{channel.pk}/controleren/",
        f"{LIST}newsroom/",
    ):
        assert browse(sam).post(path).status_code == 403


def test_a_stranger_sees_and_touches_nothing(browse, tom, connect, account, inside):
    channel = connect(*account())
    with scope(organisation=tom.organisation):
        pass
    assert browse(tom).get(LIST).status_code == 404
    assert browse(tom).post(f"/o/vaartland/kanalen/{channel.pk}/loskoppelen/").status_code == 404
    assert browse(tom).get(f"/o/vaartland/kanalen/toevoegen/bluesky/?kanaal={channel.pk}").status_code == 200
    assert (
        channel.handle
        not in browse(tom).get(f"/o/vaartland/kanalen/toevoegen/bluesky/?kanaal={channel.pk}").text
    )
    assert Channel.objects.get().state == "connected"


def test_disconnecting_is_asked_twice_and_the_row_stays(browse, noor, connect, account, inside):
    channel = connect(*account())
    path = f"{LIST}{channel.pk}/loskoppelen/"
    assert "Kanaal loskoppelen" in browse(noor).get(path).text
    assert Channel.objects.get().state == "connected"
    browse(noor).post(path)
    html = browse(noor).get(LIST).text
    assert "Losgekoppeld" in html
    assert f"bluesky/?kanaal={channel.pk}" in html
    assert browse(noor).post(path).status_code == 409


def test_a_lost_channel_says_why_and_offers_the_way_back(browse, noor, connect, account, inside, now):
    channel = connect(*account())
    note_health(channel.pk, code="wrong_password", now=now + timedelta(minutes=1))
    html = browse(noor).get(LIST).text
    assert "Opnieuw verbinden nodig" in html
    assert "Het app-wachtwoord werkt niet meer" in html
    assert channel.handle in browse(noor).get(f"{CONNECT}?kanaal={channel.pk}").text
    browse(noor).post(f"{LIST}{channel.pk}/controleren/")
    assert Channel.objects.get().state == "connected"


def test_the_newsroom_is_opened_from_here(browse, noor, inside):
    assert "newsroom is nog niet open" in browse(noor).get(LIST).text
    browse(noor).post(f"{LIST}newsroom/")
    assert Channel.objects.get().network == "newsroom"
    assert "newsroom is nog niet open" not in browse(noor).get(LIST).text


def test_names_from_a_network_stay_text(browse, noor, connect, account, inside):
    connect(*account())
    Channel.objects.update(name="<script>alert(1)</script>", handle='"><img src=x onerror=alert(1)>')
    html = browse(noor).get(LIST).text
    assert "<script>alert" not in html
    assert "<img src=x" not in html


@pytest.mark.parametrize("asked", ["x", "99999999999999999999", "-1", "\u0661", ""])
def test_a_strange_channel_to_connect_again_is_no_error(browse, noor, pds, asked):
    assert browse(noor).get(CONNECT, {"kanaal": asked}).status_code == 200


def test_the_list_asks_few_questions(browse, noor, inside, now):
    install_builtin(noor, now=now)
    client = browse(noor)
    client.get(LIST)
    with CaptureQueriesContext(connection) as asked:
        client.get(LIST)
    assert len(asked) <= 15
