import re
from datetime import date, time

import pytest
from django.urls import reverse

from dialoog.publishing.models import Delivery, Post

FRIDAY = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def _now(stopped):
    return stopped


@pytest.fixture
def to():
    return lambda name, *args: reverse(f"publishing:{name}", args=["korenaar", *args])


@pytest.fixture
def desk(browse, sam):
    return browse(sam)


def typed(post=None, **fields):
    """What the composer sends."""
    values = {"do": "check", "text": "", "language": "nl", "subject": "", "day": "", "time": "", "goal": ""}
    if post is not None:
        values |= {"post": post.pk, "revision": Post.objects.get(pk=post.pk).revision}
    return {**values, **fields}


def whole(post, **fields):
    """What the composer sends of a post that is complete."""
    channels = list(post.variants.values_list("channel_id", flat=True))
    return typed(post, **{"text": post.text, "goal": post.goal_id, "channels": channels, **fields})


def test_an_empty_composer_makes_nothing(desk, to, bluesky):
    answer = desk.get(to("post-new"))
    assert answer.status_code == 200
    assert "Bluesky" in answer.content.decode()
    assert not Post.objects.exists()


def test_what_was_typed_is_kept_and_checked(desk, to, bluesky, goal):
    answer = desk.post(
        to("post-new"),
        typed(text="Kerststol & <b>vet</b>", goal=goal.pk, channels=[bluesky.pk], day="morgen", time="12"),
    )
    post = Post.objects.get()
    assert answer.status_code == 303
    assert answer.url.startswith(to("post-edit", post.pk))
    assert (post.planned_day, post.planned_time) == (FRIDAY, time(12))
    page = desk.get(to("post", post.pk)).content.decode()
    assert "Kerststol &amp; &lt;b&gt;vet&lt;/b&gt;" in page
    assert "<b>vet" not in page


def test_typing_keeps_the_draft_and_answers_only_the_side(desk, to, bluesky, goal):
    swap = {"HX-Request": "true", "HX-Target": "aside#side", "HX-Request-Type": "partial"}
    nothing = desk.post(to("post-new"), typed(), headers=swap)
    assert nothing.status_code == 200
    assert not Post.objects.exists()
    answer = desk.post(to("post-new"), typed(text="Eerste woorden", channels=[bluesky.pk]), headers=swap)
    post = Post.objects.get()
    assert answer["HX-Replace-Url"] == to("post", post.pk)
    text = answer.content.decode()
    assert "<html" not in text
    assert f'name="post" value="{post.pk}"' in text
    again = desk.post(
        to("post-new"), typed(post, text="Eerste woorden, en meer", channels=[bluesky.pk]), headers=swap
    )
    assert again.status_code == 200
    assert Post.objects.get().text == "Eerste woorden, en meer"


@pytest.mark.usefixtures("policy")
def test_planning_from_the_composer(desk, to, draft):
    sent = whole(draft, day="vrijdag", time="12:00", do="plan")
    answer = desk.post(to("post-edit", draft.pk), sent, follow=True)
    assert answer.status_code == 200
    assert Delivery.objects.get().state == "scheduled"
    assert draft.text in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"day": "31 februari", "time": "12"}, "day"),
        ({"day": "vr 26 november", "time": "12"}, "day"),
        ({"day": "gisteren", "time": "12"}, "day"),
        ({"day": "", "time": "12"}, "day"),
        ({"day": "morgen", "time": "25:00"}, "time"),
        ({"day": "morgen", "time": ""}, "time"),
        ({"day": "31-10-2027", "time": "2:30"}, "fold"),
        ({"day": "x" * 500, "time": "\x00"}, "day"),
        ({"day": "morgen", "time": "12", "subject": "s" * 200}, "subject"),
        ({"day": "morgen", "time": "12", "text": "t" * 20_001}, "text"),
        ({"day": "morgen", "time": "12", "channels": [999_999]}, "channels"),
        ({"day": "morgen", "time": "12", "channels": []}, "channels"),
        ({"day": "morgen", "time": "12", "goal": "999999"}, "goal"),
        ({"day": "morgen", "time": "12", "goal": "' or 1=1"}, "goal"),
        ({"day": "morgen", "time": "12", "language": "zz"}, "language"),
        ({"day": "morgen", "time": "12", "revision": "x"}, "revision"),
    ],
)
@pytest.mark.usefixtures("policy")
def test_what_cannot_be_planned_is_explained_and_stays_typed(desk, to, draft, fields, field):
    said = f"Alles blijft staan {field}"
    values = whole(draft, text=said, do="plan")
    answer = desk.post(to("post-edit", draft.pk), {**values, **fields})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "summary-h" in page
    assert fields.get("text", said) in page
    assert not Delivery.objects.exists()


def test_a_colleague_in_between_shows_both_texts(desk, browse, ayse, to, draft):
    mine, theirs = whole(draft, text="Van Sam"), whole(draft, text="Van Ayşe")
    browse(ayse).post(to("post-edit", draft.pk), theirs)
    answer = desk.post(to("post-edit", draft.pk), mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Van Sam" in page
    assert "Van Ayşe" in page
    assert Post.objects.get().text == "Van Ayşe"
    revision = re.search(r'name="revision" value="(\d+)"', page)[1]
    assert desk.post(to("post-edit", draft.pk), {**mine, "revision": revision}).status_code == 303
    assert Post.objects.get().text == "Van Sam"
