import pytest
from django.urls import reverse
from django_scopes import scope, scopes_disabled

from dialoog.channels.models import Channel
from dialoog.core.errors import NotFound
from dialoog.organisations.actions import accept_as_new, invite, new_setup_link
from dialoog.organisations.models import Member, Organisation
from dialoog.policy.models import PolicyVersion

OWNER = {"person": "Noor", "email": "noor@example.org", "password": "roggebrood-fiets-maandag"}


@pytest.fixture
def link(db, now, monkeypatch):
    monkeypatch.setattr("dialoog.home.views.setup.read_clock", lambda: now)
    return new_setup_link(now=now)


def first_page(client, link, name="Bakkerij De Korenaar"):
    return client.post(reverse("home:setup", args=[link]), {"name": name, "language": "nl"})


def test_six_pages_lead_from_a_link_to_an_organisation_with_rules_and_a_newsroom(client, link):
    first_page(client, link)
    answer = client.post(reverse("home:setup-owner", args=[link]), OWNER)
    assert answer.url == "/o/bakkerij-de-korenaar/start/tijden/"
    with scopes_disabled():
        assert Member.objects.get().roles == {"owner"}
        assert PolicyVersion.objects.count() == 1
        assert Channel.objects.get().network == "newsroom"
    for name in ("times", "networks", "colleagues", "check"):
        assert client.get(reverse(f"home:setup-{name}", args=["bakkerij-de-korenaar"])).status_code == 200
    assert client.get("/o/bakkerij-de-korenaar/").status_code == 200


def test_a_link_opens_once(client, link, now):
    first_page(client, link)
    client.post(reverse("home:setup-owner", args=[link]), OWNER)
    client.logout()
    assert client.get(reverse("home:setup", args=[link])).status_code == 404
    assert new_setup_link(now=now) == ""


def test_a_newer_link_closes_the_older(client, link, now):
    assert new_setup_link(now=now)
    assert client.get(reverse("home:setup", args=[link])).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"password": "kort"}, "password"), ({"email": "geen adres"}, "email"), ({"person": ""}, "person")],
)
def test_what_is_wrong_is_said_and_nothing_is_made(client, link, wrong, said):
    first_page(client, link)
    answer = client.post(reverse("home:setup-owner", args=[link]), {**OWNER, **wrong})
    assert answer.status_code == 422
    assert f'id="id_{said}-error"' in answer.content.decode()
    assert not Organisation.objects.exists()


def test_the_second_page_without_the_first_leads_back(client, link):
    answer = client.get(reverse("home:setup-owner", args=[link]))
    assert answer.url == reverse("home:setup", args=[link])


@pytest.mark.django_db
def test_an_invitation_lets_one_in(korenaar, noor, now):
    with scope(organisation=korenaar):
        _made, token = invite(noor, email="", roles=["editor"], now=now)
    accept_as_new(token, name="X", email="x1@example.org", password=OWNER["password"], now=now)
    with pytest.raises(NotFound):
        accept_as_new(token, name="X", email="x2@example.org", password=OWNER["password"], now=now)
