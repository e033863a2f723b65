"""Reactions and counts as Bluesky's AppView knows them, asked through the account's own PDS."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from dialoog.networks.answers import understood
from dialoog.networks.bluesky.reactions import KINDS, NAME_LIMIT, Reaction, incoming, targets
from dialoog.networks.bluesky.record import parse_time
from dialoog.networks.bluesky.session import Session
from dialoog.networks.values import Author, Incoming, Metrics, Ref

SOURCE = "appview"
PAGE = 100
MAX_PAGES = 10
POSTS_AT_ONCE = 25
# A notification stands where its author dated it, which may be before what we saw.
OVERLAP = timedelta(hours=1)
_FIRST = datetime(2020, 1, 1, tzinfo=UTC)
_COUNTS = {"likes": "likeCount", "reposts": "repostCount", "replies": "replyCount", "quotes": "quoteCount"}
_PROFILE = {"followers": "followersCount", "follows": "followsCount", "posts": "postsCount"}


def notifications(session: Session, place: Mapping[str, str]) -> tuple[list[Incoming], dict[str, str]]:
    """Return what is new since `place`, and the next place.

    Shape:  at most ten pages of a hundred at once; `more` goes on where that ended, down to `seen`.
    Errors: NoSuchService; the four.
    Source: https://docs.bsky.app/docs/api/app-bsky-notification-list-notifications
    """
    until = _moment(place.get("seen", "")) - OVERLAP
    newest, cursor = place.get("newest", ""), place.get("more", "")
    found: list[Incoming] = []
    for _ in range(MAX_PAGES):
        params = {"limit": PAGE, **({"cursor": cursor} if cursor else {})}
        answer = session.query("app.bsky.notification.listNotifications", params, upstream=True)
        with understood():
            page, cursor = list(answer["notifications"]), str(answer.get("cursor") or "")
            newest = newest or str(page[0]["indexedAt"] if page else place.get("seen", ""))
            found += _incoming(page, until)
            if not page or not cursor or parse_time(page[-1]["indexedAt"]) < until:
                return found, {"seen": newest}
    return found, {"seen": place.get("seen", ""), "newest": newest, "more": cursor}


def _moment(value: str) -> datetime:
    try:
        return parse_time(value)
    except ValueError:
        return _FIRST


def _incoming(page: Iterable[Mapping[str, Any]], until: datetime) -> list[Incoming]:
    items = []
    for note in page:
        if note["reason"] in KINDS and parse_time(note["indexedAt"]) >= until:
            about, root = targets(note["reason"], note["record"])
            seen = Reaction(
                str(note["uri"]),
                str(note["cid"]),
                note["reason"],
                str(note["author"]["did"]),
                note["record"],
                about,
                root,
            )
            items.append(
                incoming(
                    seen, _author(note["author"]), stated_else=parse_time(note["indexedAt"]), through=SOURCE
                )
            )
    return items


def _author(value: Mapping[str, Any]) -> Author:
    return Author(
        id=str(value["did"]),
        handle=str(value["handle"]),
        name=str(value.get("displayName") or "")[:NAME_LIMIT],
        avatar_url=str(value.get("avatar") or ""),
    )


def post_metrics(session: Session, refs: Sequence[Ref]) -> dict[str, Metrics]:
    """Return the counts by uri; a post that the AppView doesn't know is left out.

    Errors: NoSuchService; the four.
    Source: https://docs.bsky.app/docs/api/app-bsky-feed-get-posts (25 at once)
    """
    found = {}
    for start in range(0, len(refs), POSTS_AT_ONCE):
        uris = [ref.uri for ref in refs[start : start + POSTS_AT_ONCE]]
        answer = session.query("app.bsky.feed.getPosts", {"uris": uris}, upstream=True)
        with understood():
            found.update({str(post["uri"]): _counts(post, _COUNTS) for post in answer["posts"]})
    return found


def profile_metrics(session: Session) -> Metrics:
    """Return the counts of our own profile.

    Errors: NoSuchService; the four.
    """
    answer = session.query("app.bsky.actor.getProfile", {"actor": session.did}, upstream=True)
    with understood():
        return _counts(answer, _PROFILE)


def _counts(value: Mapping[str, Any], names: Mapping[str, str]) -> Metrics:
    counts = {ours: int(value[theirs]) if theirs in value else None for ours, theirs in names.items()}
    return Metrics(counts=counts, source=SOURCE)
