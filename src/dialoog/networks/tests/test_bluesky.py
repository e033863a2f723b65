"""Publishing on a real PDS: what is written there, and that it is written once."""

import threading

import pytest

from dialoog.networks.base import Connection
from dialoog.networks.errors import NeedsConsent, Refused
from dialoog.networks.grants import Grant, MemoryGrants
from dialoog.networks.values import Image, Message, Prepared, Ref

pytestmark = pytest.mark.pds
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c626001000000ffff03000006000557bfabd40000000049454e44ae426082"
)


def put(connector, message, now):
    prepared = connector.prepare(message, connector.new_key(now), now)
    return prepared, connector.publish(prepared)


def test_a_post_is_written_as_it_was_prepared(person, now):
    noor = person()
    connector = noor.connector()
    prepared, published = put(connector, Message(text="Vers brood", languages=("nl",)), now)
    (record,) = noor.posts()
    assert record["value"] == prepared.payload["record"]
    assert record["value"]["langs"] == ["nl"]
    assert (published.ref.uri, published.ref.cid) == (record["uri"], record["cid"])
    assert published.at == now
    assert connector.find(prepared) == published


def test_the_same_prepared_twice_is_one_post_also_after_json(person, now):
    noor = person()
    connector = noor.connector()
    prepared, published = put(connector, Message(text="Eén keer"), now)
    assert connector.publish(Prepared.from_json(prepared.as_json())) == published
    assert len(noor.posts()) == 1


def test_thirty_threads_with_one_prepared_make_one_post(person, now):
    noor = person()
    connector = noor.connector()
    prepared = connector.prepare(Message(text="Samen"), connector.new_key(now), now)
    found = []
    threads = [threading.Thread(target=lambda: found.append(connector.publish(prepared))) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 30
    assert len(set(found)) == 1
    assert len(noor.posts()) == 1


def test_another_text_under_a_key_in_use_is_refused(person, now):
    noor = person()
    connector = noor.connector()
    prepared, _ = put(connector, Message(text="Eerst"), now)
    other = connector.prepare(Message(text="Daarna"), prepared.key, now)
    with pytest.raises(Refused, match="key_taken"):
        connector.publish(other)
    with pytest.raises(Refused, match="key_taken"):
        connector.find(other)
    assert [record["value"]["text"] for record in noor.posts()] == ["Eerst"]


def test_what_was_never_published_is_not_found(person, now):
    connector = person().connector()
    prepared = connector.prepare(Message(text="Nog niet"), connector.new_key(now), now)
    assert connector.find(prepared) is None


def test_links_mentions_and_tags_are_marked_by_bytes(person, now):
    sam, noor = person("sam"), person()
    text = f"🥖 Dank @{sam.handle} en @niemand.test: korenaar.nl #brood! #2026"
    _, _ = put(noor.connector(), Message(text=text), now)
    (record,) = noor.posts()
    raw = text.encode()
    seen = {
        raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(): facet["features"][0]
        for facet in record["value"]["facets"]
    }
    assert seen == {
        f"@{sam.handle}": {"$type": "app.bsky.richtext.facet#mention", "did": sam.did},
        "korenaar.nl": {"$type": "app.bsky.richtext.facet#link", "uri": "https://korenaar.nl"},
        "#brood": {"$type": "app.bsky.richtext.facet#tag", "tag": "brood"},
    }


def test_a_picture_goes_along_with_its_description(person, now):
    noor = person()
    image = Image(load=lambda: PNG, mime="image/png", size=len(PNG), alt="Een brood", width=3, height=2)
    connector = noor.connector()
    prepared, _ = put(connector, Message(text="Kijk", images=(image,)), now)
    again = connector.prepare(Message(text="Kijk", images=(image,)), prepared.key, now)
    assert again == prepared
    (record,) = noor.posts()
    (shown,) = record["value"]["embed"]["images"]
    assert (shown["alt"], shown["aspectRatio"]) == ("Een brood", {"width": 3, "height": 2})
    assert shown["image"]["mimeType"] == "image/png"


def test_a_reply_names_its_parent_and_the_top_of_the_thread(person, now):
    sam, noor = person("sam"), person()
    _, top = put(noor.connector(), Message(text="Vraag"), now)
    _, first = put(sam.connector(), Message(text="Antwoord", reply_to=Ref(top.ref.uri)), now)
    _, second = put(noor.connector(), Message(text="Dank", reply_to=first.ref), now)
    record = next(entry["value"] for entry in noor.posts() if entry["uri"] == second.ref.uri)
    assert record["reply"] == {
        "root": {"uri": top.ref.uri, "cid": top.ref.cid},
        "parent": {"uri": first.ref.uri, "cid": first.ref.cid},
    }


def test_a_deleted_post_is_gone_and_may_be_deleted_again(person, now):
    noor = person()
    connector = noor.connector()
    prepared, published = put(connector, Message(text="Weg"), now)
    connector.delete(published.ref)
    connector.delete(published.ref)
    assert noor.posts() == []
    assert connector.find(prepared) is None


def test_somebody_elses_post_is_not_deleted(person, now):
    sam, noor = person("sam"), person()
    _, published = put(sam.connector(), Message(text="Van Sam"), now)
    with pytest.raises(Refused, match="not_ours"):
        noor.connector().delete(published.ref)


def test_the_limit_of_three_hundred_is_the_networks_own(person, now):
    noor = person()
    connector = noor.connector()
    put(connector, Message(text="👨‍👩‍👧" * 100 + "a" * 200), now)
    too_long = Message(text="a" * 301)
    assert [problem.code for problem in connector.validate(too_long)] == ["text_too_long"]
    with pytest.raises(Refused, match="text_too_long"):
        connector.prepare(too_long, connector.new_key(now), now)


def test_check_says_whose_connection_it_is(person, pds, now):
    noor = person()
    profile = noor.connector().check(now)
    assert (profile.id, profile.handle, profile.address) == (noor.did, noor.handle, pds.url)


def test_an_ended_session_is_renewed_once_by_many_threads(person, now):
    noor = person()
    kept = noor.grants.load()
    noor.grants.refresh(lambda grant: Grant(grant.kind, {**grant.data, "access": "x.y.z"}))
    renewed = []
    inner = noor.grants.refresh
    noor.grants.refresh = lambda refresher: renewed.append(1) or inner(refresher)
    connector = noor.connector()
    prepared = connector.prepare(Message(text="Nog steeds"), connector.new_key(now), now)
    connector.publish(prepared)
    fresh = noor.grants.load()
    assert len(renewed) == 1
    assert fresh.data["refresh"] != kept.data["refresh"]
    assert len(noor.posts()) == 1


def test_without_a_usable_grant_a_person_is_asked(person, now):
    noor = person()
    broken = MemoryGrants(
        Grant("app_password", {**noor.grants.load().data, "access": "x", "refresh": "x", "password": "wrong"})
    )
    noor.grants = broken
    with pytest.raises(NeedsConsent, match="wrong_password"):
        noor.connector().check(now)


def test_a_grant_never_shows_its_secrets(person):
    noor = person()
    assert noor.password not in repr(noor.grants.load())
    connection = Connection(address="x", grants=noor.grants, http=noor.http)
    assert noor.password not in repr(connection)
