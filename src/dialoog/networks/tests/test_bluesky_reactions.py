"""What strangers write in their records never breaks the reading of it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialoog.networks.bluesky.reactions import COLLECTIONS, in_order, incoming, reaction, stated_at
from dialoog.networks.bluesky.record import TidClock, tid_time
from dialoog.networks.values import Author

US, THEM = "did:plc:us", "did:plc:them"
OURS = f"at://{US}/app.bsky.feed.post/1"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from([US, OURS]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "subject",
                    "uri",
                    "cid",
                    "reply",
                    "parent",
                    "root",
                    "embed",
                    "record",
                    "facets",
                    "features",
                    "did",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def record(kind="app.bsky.feed.post", **fields):
    return {"$type": kind, "text": "x", "createdAt": "2026-11-23T09:00:00Z", **fields}


def seen(value):
    return reaction(f"at://{THEM}/x/1", "cid", value, ours=US)


@given(st.sampled_from(COLLECTIONS), ANYTHING, ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_no_record_breaks_the_reading(kind, subject, reply, embed, facets, created):
    value = record(kind, subject=subject, reply=reply, embed=embed, facets=facets, createdAt=created)
    found = seen(value)
    if found:
        assert incoming(found, Author(id=THEM, handle="h"), stated_else=NOW, through="pds").at


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (record(reply={"parent": {"uri": OURS}, "root": {"uri": OURS}}), "reply"),
        (record(reply={"parent": {"uri": "at://x/y/1"}, "root": {"uri": OURS}}), "reply"),
        (record(embed={"$type": "app.bsky.embed.record", "record": {"uri": OURS}}), "quote"),
        (
            record(embed={"$type": "app.bsky.embed.recordWithMedia", "record": {"record": {"uri": OURS}}}),
            "quote",
        ),
        (record(facets=[{"features": [{"did": US}]}]), "mention"),
        (record("app.bsky.feed.like", subject={"uri": OURS}), "like"),
        (record("app.bsky.feed.repost", subject={"uri": OURS}), "repost"),
        (record("app.bsky.graph.follow", subject=US), "follow"),
        (record("app.bsky.feed.like", subject={"uri": f"at://{US}x/app.bsky.feed.post/1"}), None),
        (record("app.bsky.graph.follow", subject=THEM), None),
        (record(), None),
        ([], None),
    ],
)
def test_a_record_is_what_it_points_at(value, kind):
    found = seen(value)
    assert (found and found.kind) == kind


def test_a_reply_that_mentions_us_too_comes_once_as_a_reply():
    author = Author(id=THEM, handle="h")
    reply = record(reply={"parent": {"uri": OURS}, "root": {"uri": OURS}})
    mention = record(facets=[{"features": [{"did": US}]}])
    both = [incoming(seen(value), author, stated_else=NOW, through="appview") for value in (mention, reply)]
    assert [item.kind for item in in_order(both)] == ["reply"]


@pytest.mark.parametrize("text", ["", "yesterday", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_moment_that_is_none_is_none(text):
    assert stated_at({"createdAt": text}) is None


def test_a_tid_states_its_moment():
    assert tid_time(TidClock().next(NOW)) == NOW
    assert tid_time("self") is None
