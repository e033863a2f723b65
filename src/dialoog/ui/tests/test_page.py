"""One view answers with a whole page or with the part that htmx asked for."""

import pytest
from django import forms
from django.contrib import messages
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings

from dialoog.ui.page import page, wants_partial
from dialoog.ui.refusals import refusal


class Sheet(forms.Form):
    name = forms.CharField()


@pytest.fixture
def template(tmp_path, settings):
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "x.html").write_text(
        "{% load partials %}<title>{{ has_errors }}</title>"
        "{% partialdef list inline %}<ul>{{ said }}</ul>{% endpartialdef %}"
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [folder]}]
    return "x.html"


def asks(method="get", **headers):
    request = getattr(RequestFactory(), method)("/", headers=headers)
    request.session = {}
    request._messages = messages.storage.default_storage(request)
    return request


def test_a_visit_gets_the_whole_page(template):
    answer = page(asks(), template, {"said": "hallo"})
    assert answer.content == b"<title>False</title><ul>hallo</ul>"
    assert "HX-Target" in answer["Vary"]


def test_htmx_gets_only_the_part_that_it_fills(template):
    request = asks(**{"HX-Request": "true", "HX-Request-Type": "full", "HX-Target": "ul#list"})
    assert wants_partial(request) == ""
    request = asks(**{"HX-Request": "true", "HX-Target": "ul#list"})
    assert page(request, template, {"said": "hallo"}).content == b"<ul>hallo</ul>"


def test_a_part_that_the_page_does_not_have_gets_the_page(template):
    request = asks(**{"HX-Request": "true", "HX-Target": "div#elsewhere"})
    assert b"<title>" in page(request, template, {}).content


def test_a_refused_form_is_422_and_says_so_in_the_title(template):
    refused, sent = (
        page(asks("post"), template, {"form": Sheet({})}),
        page(asks("post"), template, {"form": Sheet()}),
    )
    assert (refused.status_code, sent.status_code) == (422, 200)
    assert b"<title>True" in refused.content


def test_waiting_messages_travel_with_a_part(template):
    request = asks(**{"HX-Request": "true", "HX-Target": "ul#list"})
    messages.success(request, "Bewaard")
    assert b"hx-partial" in page(request, template, {}).content


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 500])
def test_every_refusal_has_words_of_its_own(status):
    said = refusal(status)
    assert said.title
    assert len(str(said.cause)) > 30


def test_an_unknown_address_and_a_stale_form_get_a_page(db):
    assert b"data-problem" in Client().get("/bestaat-niet/").content
    with override_settings(LANGUAGE_CODE="nl"):
        strict = Client(enforce_csrf_checks=True).post("/account/login/", {})
    assert strict.status_code == 403
    assert b"data-problem" in strict.content


def test_a_failure_has_a_page_even_without_a_request():
    assert "data-problem" in render_to_string("500.html")
