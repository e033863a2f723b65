"""What a record of somebody else has to do with us: a reply, a mention, a like; as plain values.

Source: https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky (feed.post, feed.like,
        feed.repost, graph.follow). Records are written by strangers: any field may hold anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from dialoog.networks.bluesky.record import POST, parse_time, post_ref
from dialoog.networks.values import Author, Incoming, IncomingKind, Ref

LIKE, REPOST, FOLLOW = "app.bsky.feed.like", "app.bsky.feed.repost", "app.bsky.graph.follow"
COLLECTIONS = (POST, LIKE, REPOST, FOLLOW)
KINDS: tuple[IncomingKind, ...] = get_args(IncomingKind)
TEXT_LIMIT = 10_000
NAME_LIMIT = 640
_SUBJECT_KINDS: Mapping[str, IncomingKind] = {LIKE: "like", REPOST: "repost"}


@dataclass(frozen=True)
class Reaction:
    """A record that points at us: `about` is the post of ours that it names, None for a mention or follow."""

    uri: str
    cid: str
    kind: IncomingKind
    author: str
    value: Mapping[str, Any]
    about: Ref | None
    root: Ref | None


def reaction(uri: str, cid: str, value: Mapping[str, Any], *, ours: str) -> Reaction | None:
    """Return what the record has to do with the repository `ours` (a DID), or None when nothing."""
    kind = _kind(value, ours)
    if kind is None:
        return None
    about, root = targets(kind, value)
    return Reaction(uri, cid, kind, uri.removeprefix("at://").partition("/")[0], value, about, root)


def _kind(value: Mapping[str, Any], ours: str) -> IncomingKind | None:
    collection = _text(value, "$type")
    if collection == FOLLOW:
        return "follow" if _text(value, "subject") == ours else None
    if collection in _SUBJECT_KINDS:
        return _SUBJECT_KINDS[collection] if _is_of(_text(value, "subject", "uri"), ours) else None
    if _is_of(_text(value, "reply", "parent", "uri"), ours) or _is_of(
        _text(value, "reply", "root", "uri"), ours
    ):
        return "reply"
    if _is_of(_quoted(value)[0], ours):
        return "quote"
    return "mention" if ours in _mentioned(value) else None


def targets(kind: IncomingKind, value: Mapping[str, Any]) -> tuple[Ref | None, Ref | None]:
    """Return the post that a record answers, likes or quotes, and the top of the thread it stands in."""
    parent = _ref(_text(value, "reply", "parent", "uri"), _text(value, "reply", "parent", "cid"))
    root = _ref(_text(value, "reply", "root", "uri"), _text(value, "reply", "root", "cid"))
    if kind in {"like", "repost"}:
        return _ref(_text(value, "subject", "uri"), _text(value, "subject", "cid")), None
    if kind == "quote":
        return _ref(*_quoted(value)), root
    return (parent, root) if kind in {"reply", "mention"} else (None, None)


def incoming(found: Reaction, author: Author, *, stated_else: datetime, through: str) -> Incoming:
    """Return the reaction as rooms know it; `stated_else` is its moment when the author's isn't readable."""
    return Incoming(
        remote_id=found.uri,
        kind=found.kind,
        author=author,
        text=_text(found.value, "text")[:TEXT_LIMIT] if found.kind in {"reply", "mention", "quote"} else "",
        at=stated_at(found.value) or stated_else,
        ref=Ref(found.uri, found.cid, _page(found)),
        in_reply_to=found.about,
        root=found.root,
        seen_through=through,
    )


def _page(found: Reaction) -> str:
    """Return where a person can look at it: a like or repost has no page but that of the post."""
    if found.kind == "follow":
        return f"https://bsky.app/profile/{found.author}"
    if found.kind in {"like", "repost"} and found.about:
        return found.about.url
    return post_ref(found.uri).url


def in_order(found: Iterable[Incoming]) -> list[Incoming]:
    """Return each once, oldest first; a reply that also mentions us is a reply."""
    ranked = sorted(found, key=lambda item: KINDS.index(item.kind), reverse=True)
    return sorted({item.remote_id: item for item in ranked}.values(), key=lambda item: item.at)


def stated_at(value: Mapping[str, Any]) -> datetime | None:
    """Return when the author says it was made."""
    try:
        return parse_time(_text(value, "createdAt"))
    except (ValueError, OverflowError):
        return None


def _quoted(value: Mapping[str, Any]) -> tuple[str, str]:
    """Return address and digest of the post that this one quotes, with or without pictures beside it."""
    for path in (("embed", "record"), ("embed", "record", "record")):
        if uri := _text(value, *path, "uri"):
            return uri, _text(value, *path, "cid")
    return "", ""


def _mentioned(value: Mapping[str, Any]) -> set[str]:
    found = set()
    for facet in _list(value, "facets"):
        for feature in _list(facet, "features"):
            found.add(_text(feature, "did"))
    return found


def _list(value: Any, name: str) -> list[Any]:
    inner = value.get(name) if isinstance(value, Mapping) else None
    return inner if isinstance(inner, list) else []


def _text(value: Any, *path: str) -> str:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""


def _ref(uri: str, cid: str) -> Ref | None:
    return post_ref(uri, cid) if uri else None


def _is_of(uri: str, did: str) -> bool:
    return uri.startswith(f"at://{did}/")
