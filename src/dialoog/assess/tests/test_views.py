import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope, scopes_disabled

from dialoog.assess import actions, queries
from dialoog.assess.models import ScanAnswer, ScanInvitation
from dialoog.assess.rules import KEYS
from dialoog.config import installation
from dialoog.core.clock import frozen
from dialoog.organisations.models import Department

LOW = dict.fromkeys(KEYS, 1)


@pytest.fixture
def clock(now):
    with frozen(now):
        yield now


def at(name, *args):
    return reverse(f"assess:{name}", args=["korenaar", *args])


def walk(client, address, check, *, answers=(1, 2, 1, 2)):
    for number, points in enumerate(answers, start=1):
        page = client.get(address(number))
        assert page.status_code == 200
        assert client.post(address(number), {"answer": points}).status_code == 303
    return client.get(check)


def test_the_first_visit_offers_to_begin_and_leads_to_an_own_phase(browse, noor, clock):
    client = browse(noor)
    assert "Begin de scan" in client.get(at("scan")).text
    begun = client.post(at("open"))
    assert begun.url == at("question", 1)
    page = walk(client, lambda number: at("question", number), at("check"))
    assert "Om de middelen" in page.text
    done = client.post(at("check"), follow=True)
    assert "Fase 3 van 5" in done.text
    assert "alleen je eigen antwoord" in done.text
    assert "1 van de 1 antwoordden" in done.text


def test_a_question_without_an_answer_says_so_and_stays(browse, noor, clock):
    client = browse(noor)
    client.post(at("open"))
    answer = client.post(at("question", 2), {})
    assert answer.status_code == 422
    assert "Kies een van de twee" in answer.text
    assert client.get(at("check")).url == at("question", 1)
    assert client.get(at("question", 5)).url == at("scan")


def test_an_answer_is_changed_from_the_check_page(browse, noor, korenaar, clock):
    client = browse(noor)
    client.post(at("open"))
    walk(client, lambda number: at("question", number), at("check"))
    changed = client.post(at("question", 1) + "?check", {"answer": 2})
    assert changed.url == at("check")
    client.post(at("check"))
    assert "checked" in client.get(at("question", 1)).text
    client.post(at("question", 3), {"answer": 2})
    client.post(at("check"))
    with scope(organisation=korenaar):
        assert ScanAnswer.objects.get().points == 8


def test_links_are_shown_once_and_stored_nowhere(browse, noor, korenaar, clock):
    client = browse(noor)
    client.post(at("open"))
    shown = client.post(at("invite"), {"count": "3"}, follow=True)
    tokens = re.findall(r"/scan/([\w-]+)/", shown.text)
    assert len(tokens) == 3
    assert "Link 3" in shown.text
    assert shown["Cache-Control"] == "no-store"
    assert client.get(at("links")).url == at("invite")
    with scope(organisation=korenaar):
        stored = str(list(ScanInvitation.objects.values()))
    assert not any(token in stored for token in tokens)
    for wrong in ("", "0", "51", "veel"):
        assert client.post(at("invite"), {"count": wrong}).status_code == 422
    with scope(organisation=korenaar):
        first = ScanInvitation.objects.earliest("number")
    client.post(at("link-withdraw", first.pk))
    assert Client().get(reverse("assess:by-link", args=[tokens[0]])).status_code == 410


@pytest.fixture
def token(noor, korenaar, clock):
    with scope(organisation=korenaar):
        actions.open_scan(noor, now=clock)
        Department.objects.create(organisation=korenaar, name="Winkel")
        return actions.invite(noor, count=1, now=clock)[0]


def by_link(name, token, *args):
    return reverse(f"assess:{name}", args=[token, *args])


def test_somebody_without_an_account_answers_by_link(client, token, korenaar):
    welcome = client.get(by_link("by-link", token))
    assert "Waar staat Bakkerij De Korenaar?" in welcome.text
    assert welcome["X-Robots-Tag"] == "noindex"
    walk(client, lambda number: by_link("by-link-question", token, number), by_link("by-link-check", token))
    with scope(organisation=korenaar):
        shop = Department.objects.get()
    sent = client.post(by_link("by-link-check", token), {"department": shop.pk})
    assert sent.url == by_link("by-link-thanks", token)
    assert "Fase 3 van 5" in client.get(sent.url).text
    assert client.get(sent.url).status_code == 410
    assert "al gebruikt" in client.get(by_link("by-link", token)).text
    with scope(organisation=korenaar):
        (kept,) = ScanAnswer.objects.all()
        assert (kept.member, kept.department, kept.points) == (None, shop, 6)


def test_the_scan_by_link_speaks_the_language_of_the_organisation_until_another_is_chosen(client, token):
    english_browser = {"accept-language": "en"}
    assert 'lang="nl"' in client.get(by_link("by-link", token), headers=english_browser).text
    chosen = client.get(by_link("by-link", token) + "?taal=en")
    assert "Where does Bakkerij De Korenaar stand?" in chosen.text
    assert chosen["Content-Language"] == "en"
    assert "Another way of dealing" in client.get(by_link("by-link-question", token, 1)).text
    assert client.get(by_link("by-link", token) + "?taal=xx").status_code == 200


def test_an_unknown_link_is_not_found_and_a_strange_department_is_refused(client, token):
    assert client.get(by_link("by-link", "nobody")).status_code == 404
    walk(client, lambda number: by_link("by-link-question", token, number), by_link("by-link-check", token))
    refused = client.post(by_link("by-link-check", token), {"department": "999"})
    assert refused.status_code == 422
    with scopes_disabled():
        assert not ScanAnswer.objects.exists()


def test_two_people_with_one_link_give_one_answer(token):
    first, second = Client(), Client()
    for client in (first, second):
        walk(
            client, lambda number: by_link("by-link-question", token, number), by_link("by-link-check", token)
        )
    assert first.post(by_link("by-link-check", token)).status_code == 303
    late = second.post(by_link("by-link-check", token))
    assert late.status_code == 410
    assert "al gebruikt" in late.text


def test_of_eight_at_the_same_moment_one_link_lets_one_through(tmp_path):
    installation.ensure(tmp_path)
    race = Path(__file__).with_name("race.py")
    run = subprocess.run(
        [sys.executable, str(race)],
        env={**os.environ, "DIALOOG_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert json.loads(run.stdout) == {"outcomes": ["kept", *["link_used"] * 7], "answers": 1}


@pytest.fixture
def everybody(noor, sam, ayse, bram):
    return noor, sam, ayse, bram


def test_names_of_people_are_nowhere_on_the_result(browse, noor, everybody, korenaar, clock):
    with scope(organisation=korenaar):
        scan = actions.open_scan(noor, now=clock)
        for member in everybody:
            actions.answer(member, answers=LOW, now=clock)
    page = browse(noor).get(at("scan"))
    assert "4 antwoorden: 4 in fase 1 of 2." in page.text
    assert page.text.count("<circle") >= 4
    for name in ("Sam", "Ayşe", "Bram"):
        assert name not in page.text
    with scope(organisation=korenaar):
        actions.close_scan(noor, scan=scan, now=clock)
    again = browse(noor).get(at("scan")).text
    assert "fase 1 of 2, 4 antwoorden" in again
    assert "Begin een nieuwe ronde" in again


def test_who_may_not_lead_sees_no_buttons_and_is_refused(browse, noor, sam, tom, korenaar, clock):
    assert "Een eigenaar of strateeg" in browse(sam).get(at("scan")).text
    with scope(organisation=korenaar):
        actions.open_scan(noor, now=clock)
    page = browse(sam).get(at("scan")).text
    assert at("invite") not in page
    assert at("close") not in page
    for name in ("open", "close", "invite"):
        assert browse(sam).post(at(name)).status_code == 403
    assert browse(tom).get(at("scan")).status_code == 404
    assert browse(noor).post(at("close")).status_code == 303
    assert browse(sam).get(at("question", 1)).url == at("scan")


def test_a_department_name_is_shown_as_text(client, noor, korenaar, clock, browse):
    with scope(organisation=korenaar):
        actions.open_scan(noor, now=clock)
        nasty = Department.objects.create(organisation=korenaar, name="<script>alert(1)</script>")
        (token,) = actions.invite(noor, count=1, department=nasty, now=clock)
    for page in (client.get(by_link("by-link", token)), browse(noor).get(at("invite"))):
        assert "<script>alert" not in page.text


def test_the_page_asks_few_questions_of_the_database(
    browse, noor, korenaar, clock, django_assert_max_num_queries
):
    with scope(organisation=korenaar):
        actions.open_scan(noor, now=clock)
        for token in actions.invite(noor, count=20, now=clock):
            actions.answer_by_link(token, answers=LOW, now=clock)
        assert queries.standing(noor).answered == 20
    client = browse(noor)
    with django_assert_max_num_queries(15):
        assert client.get(at("scan")).status_code == 200
