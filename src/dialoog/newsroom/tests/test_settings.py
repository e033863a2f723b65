"""The settings of the newsroom."""

import pytest

from dialoog.core.errors import Invalid, NotAllowed
from dialoog.newsroom.actions import change_newsroom, open_newsroom
from dialoog.newsroom.models import Newsroom
from dialoog.newsroom.queries import the_newsroom
from dialoog.organisations.models import AuditEntry

GOOD = {"title": "Nieuws", "intro": "", "slug": "nieuws", "language": "nl", "is_public": "on"}
PAGE = "/o/korenaar/newsroom/"


def test_a_newsroom_is_opened_once_under_a_free_address(noor, tom, inside, now):
    taken = open_newsroom(noor, now=now)
    assert (open_newsroom(noor, now=now).pk, taken.slug) == (taken.pk, "korenaar")
    tom.organisation.slug = "korenaar"
    assert Newsroom.objects.count() == 1


def test_the_owner_changes_it_and_the_log_says_so(browse, noor, newsroom):
    answer = browse(noor).post(f"{PAGE}wijzigen/", GOOD)
    assert (answer.status_code, answer.url) == (303, PAGE)
    assert the_newsroom().title == "Nieuws"
    assert AuditEntry.objects.get(what="newsroom.changed").after["slug"] == "nieuws"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": " "}, "Geef de newsroom een titel."),
        ({"title": "x" * 121}, "120"),
        ({"slug": "Té gek"}, "Gebruik alleen kleine letters"),
        ({"slug": "-"}, "Gebruik alleen kleine letters"),
        ({"slug": "bezet"}, "Een andere newsroom heeft dit adres"),
        ({"language": "xx"}, "Kies"),
        ({"intro": "x" * 601}, "600"),
    ],
)
def test_each_mistake_is_said_at_its_field_and_nothing_is_lost(browse, noor, tom, newsroom, *, change, says):
    Newsroom._base_manager.create(
        organisation=tom.organisation, slug="bezet", title="Bezet", changed_at=newsroom.changed_at
    )
    answer = browse(noor).post(f"{PAGE}wijzigen/", GOOD | change)
    assert answer.status_code == 422
    assert says in answer.text
    assert the_newsroom().title != "Nieuws"


def test_others_read_the_code_and_change_nothing(browse, sam, newsroom, now):
    html = browse(sam).get(PAGE).text
    assert "widget.js?aantal=5" in html
    assert "newsroom/wijzigen" not in html
    assert browse(sam).post(f"{PAGE}wijzigen/", GOOD).status_code == 403
    with pytest.raises(NotAllowed):
        change_newsroom(sam, title="x", intro="", slug="x", language="nl", is_public=True, now=now)


def test_a_stranger_sees_nothing(browse, tom, newsroom):
    assert browse(tom).get(PAGE).status_code == 404


def test_before_it_is_open_the_page_says_so(browse, noor):
    assert browse(noor).get(PAGE).status_code == 200
    assert browse(noor).post(f"{PAGE}wijzigen/", GOOD).url == PAGE


def test_a_title_cannot_break_out_of_the_embed_code(browse, noor, newsroom):
    Newsroom.objects.update(title='"><script>alert(1)</script>')
    html = browse(noor).get(PAGE).text
    assert "<script>alert" not in html


def test_an_unknown_language_is_refused_below_the_form(noor, newsroom, now):
    with pytest.raises(Invalid):
        change_newsroom(noor, title="x", intro="", slug="x", language="fr", is_public=True, now=now)
