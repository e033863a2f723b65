"""Reactions and counts on a real PDS without an AppView, by other people with accounts there."""

from dataclasses import replace

import pytest

from dialoog.networks.bluesky import neighbours
from dialoog.networks.bluesky.reactions import FOLLOW, LIKE, REPOST
from dialoog.networks.bluesky.record import format_time
from dialoog.networks.errors import TryLater
from dialoog.networks.values import Message, Ref

pytestmark = pytest.mark.pds


@pytest.fixture
def noor(person):
    return person()


@pytest.fixture
def sam(person):
    return person("sam")


@pytest.fixture
def post(noor, now):
    """A post of Noor's on the network."""
    return put(noor, Message(text="Vers brood"), now)


def put(who, message, now):
    connector = who.connector()
    return connector.publish(connector.prepare(message, connector.new_key(now), now)).ref


def react(who, collection, now, subject):
    record = {"subject": subject, "createdAt": format_time(now)}
    return who.pds.create_record(who.account, collection, record)


def strong(ref):
    return {"uri": ref.uri, "cid": ref.cid}


def all_six(noor, sam, post, now):
    reply = put(sam, Message(text="Lekker?", reply_to=Ref(post.uri)), now)
    mention = put(sam, Message(text=f"Bij @{noor.handle} gekocht"), now)
    embed = {"$type": "app.bsky.embed.record", "record": strong(post)}
    quote = {"text": "Kijk", "embed": embed, "createdAt": format_time(now)}
    quoted = sam.pds.create_record(sam.account, "app.bsky.feed.post", quote)
    like = react(sam, LIKE, now, strong(post))
    repost = react(sam, REPOST, now, strong(post))
    follow = react(sam, FOLLOW, now, noor.did)
    return {
        "reply": reply.uri,
        "mention": mention.uri,
        "quote": quoted["uri"],
        "like": like["uri"],
        "repost": repost["uri"],
        "follow": follow["uri"],
    }


def test_reply_mention_quote_like_repost_and_follow_come_in(noor, sam, post, now):
    made = all_six(noor, sam, post, now)
    found = noor.connector().fetch_incoming("", now)
    assert {item.kind: item.remote_id for item in found.items} == made
    seen = {item.kind: item for item in found.items}
    assert {(item.author.id, item.author.handle) for item in found.items} == {(sam.did, sam.handle)}
    assert {item.at for item in found.items} == {now}
    assert {item.seen_through for item in found.items} == {"pds"}
    assert seen["reply"].text == "Lekker?"
    assert (seen["reply"].in_reply_to, seen["reply"].root) == (post, post)
    assert seen["like"].in_reply_to == seen["repost"].in_reply_to == seen["quote"].in_reply_to == post
    assert seen["mention"].in_reply_to is None
    assert (seen["follow"].text, seen["follow"].in_reply_to) == ("", None)


def test_what_was_seen_does_not_come_again_and_what_is_new_does(noor, sam, post, now):
    put(sam, Message(text="Een", reply_to=post), now)
    connector = noor.connector()
    first = connector.fetch_incoming("", now)
    assert connector.fetch_incoming(first.cursor, now).items == []
    put(sam, Message(text="Twee", reply_to=post), now)
    again = connector.fetch_incoming(first.cursor, now)
    assert "Twee" in [item.text for item in again.items]


def test_an_unchanged_repository_is_not_read_again(noor, sam, post, now, monkeypatch):
    put(sam, Message(text="Een", reply_to=post), now)
    connector = noor.connector()
    cursor = connector.fetch_incoming("", now).cursor
    asked = []
    ask = connector.session.query
    monkeypatch.setattr(
        connector.session,
        "query",
        lambda nsid, *args, **kwargs: asked.append(nsid) or ask(nsid, *args, **kwargs),
    )
    connector.fetch_incoming(cursor, now)
    assert asked == ["app.bsky.notification.listNotifications", "com.atproto.sync.listRepos"]


def test_an_answer_deeper_in_our_thread_is_ours_too(noor, sam, post, now, person):
    tom = person("tom")
    reply = put(sam, Message(text="Een", reply_to=post), now)
    put(tom, Message(text="Mee eens", reply_to=reply), now)
    deep = next(item for item in noor.connector().fetch_incoming("", now).items if item.text == "Mee eens")
    assert (deep.kind, deep.in_reply_to.uri, deep.root.uri) == ("reply", reply.uri, post.uri)


def test_an_answer_to_a_mention_stands_in_the_thread_of_that_mention(noor, sam, person, now):
    """What a room believes to be the top of a thread is checked against the record itself."""
    top = put(sam, Message(text="Waar is goed brood?"), now)
    mention = put(person("tom"), Message(text=f"Bij @{noor.handle}", reply_to=top), now)
    put(noor, Message(text="Dank", reply_to=mention, reply_root=mention), now)
    (record,) = noor.posts()
    assert record["value"]["reply"] == {"root": strong(top), "parent": strong(mention)}


def test_what_others_write_among_themselves_is_not_ours(noor, sam, person, now):
    theirs = put(sam, Message(text="Onder ons"), now)
    put(person("tom"), Message(text="Ja", reply_to=theirs), now)
    assert noor.connector().fetch_incoming("", now).items == []


def test_counts_are_those_of_the_network(noor, sam, post, now):
    all_six(noor, sam, post, now)
    put(noor, Message(text="Dank", reply_to=post), now)
    connector = noor.connector()
    gone = replace(post, uri=post.uri[:-3] + "222")
    counted = connector.post_metrics([post, gone], now)
    assert set(counted) == {post.uri}
    assert counted[post.uri].counts == {"likes": 1, "reposts": 1, "replies": 2, "quotes": 1}
    assert counted[post.uri].source == "pds"
    profile = connector.profile_metrics(now)
    assert profile.counts == {"followers": 1, "follows": 0, "posts": 2}


def test_a_like_taken_back_is_not_counted(noor, sam, post, now):
    like = react(sam, LIKE, now, strong(post))
    connector = noor.connector()
    assert connector.post_metrics([post], now)[post.uri].counts["likes"] == 1
    body = {"repo": sam.did, "collection": LIKE, "rkey": like["uri"].rpartition("/")[2]}
    sam.pds.call("com.atproto.repo.deleteRecord", body=body, access=sam.account.access)
    assert connector.post_metrics([post], now)[post.uri].counts["likes"] == 0


def test_beyond_the_bound_counts_say_that_they_are_partial(noor, post, now, monkeypatch, person):
    monkeypatch.setattr(neighbours, "MOST_RECORDS", 1)
    sam = person("sam")
    react(sam, LIKE, now, strong(post))
    connector = noor.connector()
    profile = connector.profile_metrics(now)
    assert profile.source == "pds_partly"
    assert profile.counts["posts"] is None


def test_a_large_pds_is_left_alone(noor, sam, now, monkeypatch):
    monkeypatch.setattr(neighbours, "MAX_REPOSITORIES", 1)
    with pytest.raises(TryLater, match="no_appview"):
        noor.connector().fetch_incoming("", now)


@pytest.mark.parametrize("cursor", ["", "rubbish", "[]", '{"appview": {"seen": "never"}}'])
def test_a_cursor_that_is_not_ours_begins_anew(noor, sam, post, now, cursor):
    put(sam, Message(text="Een", reply_to=post), now)
    assert len(noor.connector().fetch_incoming(cursor, now).items) == 1
