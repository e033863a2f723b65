"""Reactions and counts through an AppView: as a real one answered (`answers/appview.json`), page by page."""

import contextlib
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from dialoog.core.http import GuardedClient
from dialoog.networks.base import Connection
from dialoog.networks.bluesky import appview
from dialoog.networks.bluesky.connector import Bluesky
from dialoog.networks.errors import TryLater
from dialoog.networks.grants import Grant, MemoryGrants
from dialoog.networks.values import Ref

RECORDED = json.loads((Path(__file__).parent / "answers/appview.json").read_text())
POST = RECORDED["getPosts"]["posts"][0]["uri"]
US = RECORDED["getProfile"]["did"]
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        parts = urlsplit(self.path)
        params = dict(parse_qsl(parts.query))
        answer = self.server.answer(parts.path.rpartition(".")[2], params)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def behind(answer):
    """Our connector before a server that answers like this."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.answer = answer
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    http = GuardedClient(frozenset({url}))
    grants = MemoryGrants(Grant("app_password", {"access": "a", "did": US}))
    try:
        yield Bluesky(Connection(address=url, grants=grants, http=http))
    finally:
        http.close()
        server.shutdown()
        server.server_close()
        thread.join()


def recorded(method, params):
    return RECORDED[method]


def test_all_six_come_in_as_a_real_appview_gave_them(now):
    with behind(recorded) as connector:
        fetched = connector.fetch_incoming("", now)
    seen = {item.kind: item for item in fetched.items}
    assert set(seen) == {"reply", "mention", "quote", "like", "repost", "follow"}
    assert {item.seen_through for item in fetched.items} == {"appview"}
    assert fetched.items == sorted(fetched.items, key=lambda item: item.at)
    assert (seen["reply"].text, seen["reply"].in_reply_to.uri, seen["reply"].root.uri) == (
        "Lekker?",
        POST,
        POST,
    )
    assert (
        seen["quote"].in_reply_to.uri
        == seen["like"].in_reply_to.uri
        == seen["repost"].in_reply_to.uri
        == POST
    )
    assert seen["mention"].in_reply_to is None
    assert seen["like"].ref.url == seen["like"].in_reply_to.url
    assert seen["follow"].ref.url == f"https://bsky.app/profile/{seen['follow'].author.id}"
    assert len({item.author for item in fetched.items}) == 1


def test_counts_are_those_of_the_appview(now):
    with behind(recorded) as connector:
        counted = connector.post_metrics([Ref(POST)], now)
        profile = connector.profile_metrics(now)
    assert counted[POST].counts == {"likes": 1, "reposts": 1, "replies": 1, "quotes": 1}
    assert (counted[POST].source, profile.source) == ("appview", "appview")
    assert set(profile.counts) == {"followers", "follows", "posts"}


def test_a_count_that_is_not_given_is_none_and_not_nought(now):
    with behind(lambda *_: {"posts": [{"uri": POST, "likeCount": 0}]}) as connector:
        counted = connector.post_metrics([Ref(POST)], now)[POST].counts
    assert counted == {"likes": 0, "reposts": None, "replies": None, "quotes": None}


def test_posts_are_asked_for_twenty_five_at_a_time(now):
    asked = []
    with behind(lambda method, params: asked.append(method) or {"posts": []}) as connector:
        connector.post_metrics([Ref(f"{POST}{number}") for number in range(60)], now)
    assert asked == ["getPosts"] * 3


class Many:
    """So many likes, one a minute, the newest first."""

    def __init__(self, count):
        like = next(
            note for note in RECORDED["listNotifications"]["notifications"] if note["reason"] == "like"
        )
        self.notes, self.asked = [], 0
        self.like = like
        self.add(count)

    def add(self, count):
        for _ in range(count):
            number = len(self.notes)
            at = (START + timedelta(minutes=number)).isoformat().replace("+00:00", "Z")
            value = {**self.like["record"], "createdAt": at}
            self.notes.insert(
                0, {**self.like, "uri": f"at://{US}/like/{number}", "indexedAt": at, "record": value}
            )

    def __call__(self, method, params):
        self.asked += 1
        start, limit = int(params.get("cursor", 0)), int(params["limit"])
        page = self.notes[start : start + limit]
        more = {"cursor": str(start + limit)} if start + limit < len(self.notes) else {}
        return {"notifications": page, **more}


def test_all_come_in_however_many_there_are_and_none_is_passed_over(now, monkeypatch):
    monkeypatch.setattr(appview, "MAX_PAGES", 2)
    many, cursor, seen = Many(450), "", set()
    with behind(many) as connector:
        for _ in range(4):
            fetched = connector.fetch_incoming(cursor, now)
            cursor = fetched.cursor
            seen |= {item.remote_id for item in fetched.items}
    assert len(seen) == 450


def test_only_the_last_hour_is_asked_for_again(now):
    many = Many(450)
    with behind(many) as connector:
        cursor = connector.fetch_incoming("", now).cursor
        many.asked = 0
        many.add(5)
        again = connector.fetch_incoming(cursor, now).items
    assert many.asked == 1
    assert len(again) == 5 + 61
    assert again[-1].at == START + timedelta(minutes=454)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        {"notifications": 1},
        {"notifications": [{}]},
        {"notifications": [{"reason": "like", "indexedAt": "soon"}]},
        {"notifications": [{"reason": "like", "indexedAt": "2026-11-23T09:00:00Z", "record": None}]},
    ],
    ids=str,
)
def test_an_answer_that_can_not_be_read_is_asked_for_later(now, answer):
    with behind(lambda *_: answer) as connector, pytest.raises(TryLater, match="unreadable_answer"):
        connector.fetch_incoming("", now)


def test_what_is_not_for_us_to_know_is_passed_over(now):
    note = {**RECORDED["listNotifications"]["notifications"][0], "reason": "starterpack-joined"}
    with behind(lambda *_: {"notifications": [note]}) as connector:
        assert connector.fetch_incoming("", now).items == []
