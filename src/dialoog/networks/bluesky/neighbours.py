"""Reactions and counts without an AppView: read from the repositories on the account's own PDS.

Meant for a PDS of an organisation's own. Bounds: at most 200 repositories (a larger PDS is not read at
all), of each the newest 1,000 records a kind; a repository is read only when its revision has changed.
Source: https://atproto.com/specs/sync, com.atproto.sync.listRepos, com.atproto.repo.listRecords
"""

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dialoog.networks.answers import WAIT_SECONDS, understood
from dialoog.networks.bluesky.reactions import COLLECTIONS, FOLLOW, NAME_LIMIT, Reaction, incoming, reaction
from dialoog.networks.bluesky.record import POST, split_uri, tid_time
from dialoog.networks.bluesky.session import Session
from dialoog.networks.errors import Refused, TryLater
from dialoog.networks.values import Author, Incoming, IncomingKind, Metrics, Ref

SOURCE = "pds"
PARTLY = "pds_partly"
MAX_REPOSITORIES = 200
MAX_PAGES = 10
PAGE = 100
MOST_RECORDS = MAX_PAGES * PAGE
REMEMBERED = 2000
# Keys are made before their commit: what a repository got lately is looked at twice.
OVERLAP_SECONDS = 86_400
_KINDS: Mapping[str, IncomingKind] = {
    "likes": "like",
    "reposts": "repost",
    "replies": "reply",
    "quotes": "quote",
}


@dataclass(frozen=True)
class Repository:
    """What of one repository points at us, and the addresses of its records by kind when it is ours."""

    rev: str
    reactions: tuple[Reaction, ...]
    own: Mapping[str, frozenset[str]]
    is_whole: bool


class _Memory:
    """The last look at each repository, for this process; the oldest are forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str, str], Repository] = OrderedDict()

    def get(self, key: tuple[str, str, str], rev: str) -> Repository | None:
        with self._lock:
            kept = self._kept.get(key)
            return kept if kept is not None and kept.rev == rev else None

    def keep(self, key: tuple[str, str, str], seen: Repository) -> Repository:
        with self._lock:
            self._kept[key] = seen
            self._kept.move_to_end(key)
            while len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)
        return seen


_memory = _Memory()


def reactions(session: Session, revs: Mapping[str, str]) -> tuple[list[Incoming], dict[str, str]]:
    """Return what is new since `revs` (revision by DID), and the revisions as they are now.

    Errors: TryLater("no_appview") on a PDS with too many repositories; the four.
    """
    present = _revisions(session)
    found: list[Incoming] = []
    for did, rev in present.items():
        if did != session.did and revs.get(did) != rev:
            new = [seen for seen in _look(session, did, rev).reactions if _is_new(seen, revs.get(did, ""))]
            found += _incoming(session, did, new)
    return found, present


def _is_new(seen: Reaction, rev: str) -> bool:
    made, before = tid_time(seen.uri.rpartition("/")[2]), tid_time(rev)
    return made is None or before is None or (before - made).total_seconds() < OVERLAP_SECONDS


def _incoming(session: Session, did: str, found: Sequence[Reaction]) -> list[Incoming]:
    if not found:
        return []
    author = _author(session, did)
    unknown = datetime.fromtimestamp(0, UTC)
    return [
        incoming(seen, author, stated_else=tid_time(seen.uri.rpartition("/")[2]) or unknown, through=SOURCE)
        for seen in found
    ]


def _author(session: Session, did: str) -> Author:
    described = session.query("com.atproto.repo.describeRepo", {"repo": did})
    with understood():
        handle = str(described["handle"])
    about = _value(session, did, "app.bsky.actor.profile", "self")
    name = about.get("displayName")
    return Author(id=did, handle=handle, name=name[:NAME_LIMIT] if isinstance(name, str) else "")


def _value(session: Session, did: str, collection: str, rkey: str) -> Mapping[str, Any]:
    place = {"repo": did, "collection": collection, "rkey": rkey}
    try:
        found = session.query("com.atproto.repo.getRecord", place)
    except Refused:
        return {}
    with understood():
        return dict(found["value"])


def post_metrics(session: Session, refs: Sequence[Ref]) -> dict[str, Metrics]:
    """Count likes, reposts, replies and quotes of our posts, our own included.

    Errors: TryLater("no_appview") on a PDS with too many repositories; the four.
    """
    seen = _all(session)
    posts = {uri for one in seen for uri in one.own.get(POST, ())}
    counted = Counter(
        (found.about.uri, found.kind) for one in seen for found in one.reactions if found.about is not None
    )
    source = _source(seen)
    return {
        ref.uri: Metrics(
            counts={name: counted[ref.uri, kind] for name, kind in _KINDS.items()}, source=source
        )
        for ref in refs
        if ref.uri in posts or _is_there(session, ref)
    }


def _is_there(session: Session, ref: Ref) -> bool:
    """Look for a post that isn't among our newest."""
    try:
        return bool(_value(session, *split_uri(ref.uri)))
    except Refused:
        return False


def profile_metrics(session: Session) -> Metrics:
    """Count our followers on this PDS, whom we follow, and our posts; None beyond a thousand of ours.

    Errors: TryLater("no_appview") on a PDS with too many repositories; the four.
    """
    seen = _all(session)
    followers = sum(found.kind == "follow" for one in seen for found in one.reactions)
    sizes = {kind: len(uris) for one in seen for kind, uris in one.own.items()}
    counts = {"followers": followers, "follows": _size(sizes, FOLLOW), "posts": _size(sizes, POST)}
    return Metrics(counts=counts, source=_source(seen))


def _size(sizes: Mapping[str, int], kind: str) -> int | None:
    size = sizes.get(kind, 0)
    return size if size < MOST_RECORDS else None


def _source(seen: Sequence[Repository]) -> str:
    return SOURCE if all(one.is_whole for one in seen) else PARTLY


def _all(session: Session) -> list[Repository]:
    return [_look(session, did, rev) for did, rev in _revisions(session).items()]


def _revisions(session: Session) -> dict[str, str]:
    answer = session.query("com.atproto.sync.listRepos", {"limit": MAX_REPOSITORIES + 1})
    with understood():
        repositories = list(answer["repos"])
        if len(repositories) > MAX_REPOSITORIES:
            raise TryLater(WAIT_SECONDS, "no_appview", sent=True)
        return {str(one["did"]): str(one["rev"]) for one in repositories if one.get("active", True)}


def _look(session: Session, did: str, rev: str) -> Repository:
    key = (session.address, session.did, did)
    return _memory.get(key, rev) or _memory.keep(key, _read(session, did, rev))


def _read(session: Session, did: str, rev: str) -> Repository:
    found: dict[str, Reaction] = {}
    uris: dict[str, frozenset[str]] = {}
    for collection in COLLECTIONS:
        with understood():
            records = [
                (str(one["uri"]), str(one["cid"]), one["value"]) for one in _records(session, did, collection)
            ]
        uris[collection] = frozenset(uri for uri, _, _ in records)
        aimed = (reaction(*record, ours=session.did) for record in records)
        found.update({seen.uri: seen for seen in aimed if seen})
    is_whole = all(len(kind) < MOST_RECORDS for kind in uris.values())
    return Repository(rev, tuple(found.values()), uris if did == session.did else {}, is_whole)


def _records(session: Session, did: str, collection: str) -> Iterator[Mapping[str, Any]]:
    """Yield the newest records of a kind; a repository that went away meanwhile has none."""
    cursor = ""
    for _ in range(MAX_PAGES):
        params = {"repo": did, "collection": collection, "limit": PAGE}
        try:
            answer = session.query(
                "com.atproto.repo.listRecords", {**params, **({"cursor": cursor} if cursor else {})}
            )
        except Refused:
            return
        with understood():
            yield from answer["records"]
            cursor = str(answer.get("cursor") or "")
        if not cursor or len(answer["records"]) < PAGE:
            return
