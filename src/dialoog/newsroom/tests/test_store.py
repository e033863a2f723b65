"""The store of the connector: one item per key."""

import pytest
from django_scopes import scopes_disabled

from dialoog.networks.base import Connection
from dialoog.networks.newsroom_store import KeyTaken, PictureRefused, StoreClosed
from dialoog.networks.registry import connector
from dialoog.networks.values import Image, Message
from dialoog.newsroom.models import DayReads, Item
from dialoog.newsroom.store import NewsroomStore
from dialoog.newsroom.tests.conftest import picture


@pytest.fixture
def store(newsroom):
    return NewsroomStore(newsroom.organisation_id)


def put(store, now, key="k", text="Vers brood", **changes):
    return store.put(key, **{"text": text, "language": "nl", "images": [], "at": now, **changes})


def test_the_same_key_is_one_item(store, now):
    assert put(store, now).pk == put(store, now).pk
    assert Item.objects.count() == 1


def test_another_text_under_the_key_is_refused(store, now):
    put(store, now)
    with pytest.raises(KeyTaken):
        put(store, now, text="Oud brood")


def test_a_withdrawn_item_is_gone_and_does_not_come_back(store, now):
    put(store, now)
    store.withdraw("k")
    store.withdraw("k")
    store.withdraw("never there")
    assert store.get("k") is None
    put(store, now)
    assert store.get("k") is None


def test_the_store_needs_no_scope_and_stays_within_its_organisation(store, tom, now):
    put(store, now)
    theirs = NewsroomStore(tom.organisation_id)
    assert theirs.get("k") is None
    with scopes_disabled(), pytest.raises(StoreClosed):
        put(theirs, now)
    assert store.get("k").text == "Vers brood"


def test_reads_are_summed_per_item_and_for_the_page(store, now, newsroom):
    item = put(store, now)
    put(store, now, key="unread")
    for of, count in ((item, 3), (None, 5)):
        DayReads.objects.create(
            organisation_id=newsroom.organisation_id, item=of, day=now.date(), through="page", count=count
        )
    assert store.reads(["k", "unread", "gone"]) == {"k": 3, "unread": 0}
    assert store.page_reads() == 5


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_pictures_are_kept_by_what_they_are(store, media, kind):
    kept = store.keep_image(picture(kind=kind))
    assert store.keep_image(picture(kind=kind)) == kept
    assert (kept.width, kept.height) == (40, 30)
    assert [path.name for path in (media / "newsroom").iterdir()] == [kept.name]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html>",
        picture("red", "BMP"),
        b"\xff\xd8\xff",
    ],
)
def test_what_is_no_picture_is_not_kept(store, media, data):
    with pytest.raises(PictureRefused):
        store.keep_image(data)
    assert not (media / "newsroom").exists()


def test_the_connector_publishes_once_and_the_page_shows_it(store, newsroom, client, now):
    ours = connector("newsroom", Connection(store=store))
    image = Image(load=picture, mime="image/jpeg", size=len(picture()), alt="Een brood")
    prepared = ours.prepare(Message(text="Vers brood", images=(image,)), ours.new_key(now), now)
    first = ours.publish(prepared)
    assert ours.publish(prepared) == first == ours.find(prepared)
    assert first.ref.url.endswith(f"/nieuws/korenaar/{Item.objects.get().pk}/")
    html = client.get("/nieuws/korenaar/", headers={"user-agent": "Firefox"}).text
    assert 'alt="Een brood"' in html
    ours.delete(first.ref)
    assert ours.find(prepared) is None
