"""A place that no program can reach: the plan is Dialoog's, the publishing a person's."""

from datetime import timedelta

import pytest
from django.urls import reverse

from dialoog.channels.actions import connect
from dialoog.core.errors import Conflict, Invalid
from dialoog.core.work.worker import run_due
from dialoog.policy.actions import install_starter_policy
from dialoog.publishing import deliveries
from dialoog.publishing.actions import publish_now, start_draft
from dialoog.publishing.drafting import Content
from dialoog.publishing.models import Delivery
from dialoog.publishing.tests.conftest import make_goal

TEXT = 'Zaterdag open dag, met "verse" broodjes & koffie'
URL = "https://www.xing.com/posts/123"


@pytest.fixture(autouse=True)
def _now(stopped):
    return stopped


@pytest.fixture
def board(inside, noor, now):
    typed = {"place": "Prikbord in de hal", "url": "https://hal.example/bord", "limit": "400"}
    (channel,) = connect(noor, network="manual", way="zelf", typed=typed, now=now)
    return channel


@pytest.fixture
def handed(noor, board, now):
    install_starter_policy(noor, now=now)
    content = Content(text=TEXT, goal_id=make_goal(noor).pk, own_texts={board.pk: None})
    post = start_draft(noor, content=content, now=now)
    publish_now(noor, post=post, now=now)
    run_due(now)
    return Delivery.objects.get()


def test_at_its_moment_it_stands_ready_for_a_person(browse, noor, handed, board):
    assert handed.state == "handed"
    assert "staat klaar om zelf te plaatsen op Prikbord in de hal" in browse(noor).get("/o/korenaar/").text
    html = browse(noor).get(reverse("publishing:post", args=["korenaar", handed.post_id])).text
    assert 'data-copy="Zaterdag open dag, met &quot;verse&quot; broodjes &amp; koffie"' in html
    assert 'href="https://hal.example/bord"' in html
    assert "Zelf te plaatsen" in html


def test_who_published_says_where_it_stands(browse, noor, handed, now):
    place = reverse("publishing:delivery-by-hand", args=["korenaar", handed.pk])
    assert browse(noor).post(place, {"url": f" {URL} "}).status_code == 303
    handed.refresh_from_db()
    assert (handed.state, handed.remote_url, handed.published_at) == ("published", URL, now)
    assert handed.steps.last().member == noor
    html = browse(noor).get(reverse("publishing:post", args=["korenaar", handed.post_id])).text
    assert f'href="{URL}"' in html


def test_a_wrong_address_is_refused_and_kept(browse, noor, handed):
    place = reverse("publishing:delivery-by-hand", args=["korenaar", handed.pk])
    answer = browse(noor).post(place, {"url": "xing, bij berichten"}, follow=True)
    assert "Dit is geen adres" in answer.text
    assert 'value="xing, bij berichten"' in answer.text
    handed.refresh_from_db()
    assert handed.state == "handed"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://x.nl/a", "https://", "x" * 600, "https://a.nl/\x00"]
)
def test_only_an_address_of_a_page_is_one(noor, handed, now, url):
    with pytest.raises(Invalid, match="url_unreadable"):
        deliveries.posted_by_hand(noor, delivery=handed, url=url, now=now)


def test_what_nobody_publishes_is_left_out(browse, noor, handed, now):
    place = reverse("publishing:delivery-by-hand", args=["korenaar", handed.pk])
    browse(noor).post(place, {"posted": "no"})
    handed.refresh_from_db()
    assert handed.state == "withdrawn"
    with pytest.raises(Conflict):
        deliveries.posted_by_hand(noor, delivery=handed, url="", now=now)


def test_nothing_is_handed_over_before_consent(sam, noor, board, now):
    """The rules hold for what people publish themselves too."""
    install_starter_policy(noor, now=now)
    post = start_draft(sam, content=Content(text=TEXT, own_texts={board.pk: None}), now=now)
    deliveries.schedule(
        sam,
        channel=board,
        content={"text": TEXT, "language": "nl", "images": []},
        due_at=now,
        post=post,
        now=now,
    )
    run_due(now + timedelta(seconds=1))
    assert Delivery.objects.get().state == "held"


def test_the_places_own_limit_is_kept(noor, board):
    assert board.limits == {"text_limit": 400}


def test_the_same_name_again_is_the_same_place(noor, board, now):
    typed = {"place": "prikbord in de hal", "url": "", "limit": ""}
    (again,) = connect(noor, network="manual", way="zelf", typed=typed, now=now)
    assert (again.pk, again.limits) == (board.pk, {})
