"""What others write under the posts of a profile, and where they name it.

Source: https://developers.facebook.com/documentation/threads/retrieve-and-manage-replies/replies-and-conversations,
https://developers.facebook.com/documentation/threads/threads-mentions
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from dialoog.networks import meta
from dialoog.networks.answers import understood
from dialoog.networks.errors import NeedsConsent
from dialoog.networks.meta import Graph
from dialoog.networks.values import Author, Fetched, Incoming, IncomingKind, Ref

NETWORK: Final = "threads"
ROOT: Final = "/v1.0"
# Replies come in on so many of the newest posts: Threads has no list of them all.
POSTS: Final = 25
OVERLAP: Final = timedelta(hours=1)
_ONE: Final = "id,text,username,permalink,timestamp,profile_picture_url"
_REPLY: Final = f"{_ONE},is_reply_owned_by_me,replied_to,root_post"


def fetch(api: Graph, cursor: str) -> Fetched:
    """Return replies and mentions since `cursor`, the moment of the newest; at first all on the newest posts."""
    with understood():
        since = datetime.fromisoformat(cursor) - OVERLAP if cursor else None
    named = _mentions(api)
    posts = api.get(f"{ROOT}/me/threads", {"fields": "id,permalink,has_replies", "limit": POSTS})
    found: dict[str, Incoming] = {}
    with understood():
        found |= {str(one["id"]): _item(one, "mention") for one in named}
        # What answers a post of ours and names us too is an answer.
        found |= {item.remote_id: item for post in posts["data"] for item in _under(api, post, since)}
    recent = [item for item in found.values() if since is None or item.at >= since]
    newest = max((item.at for item in recent), default=None)
    last = max(filter(None, (cursor, newest.isoformat() if newest else "")), default="")
    return Fetched(sorted(recent, key=lambda item: item.at), last)


def _mentions(api: Graph) -> list[Mapping[str, Any]]:
    """Return the newest posts that name the profile; none for an app that Meta gave no leave for that."""
    try:
        found = api.get(f"{ROOT}/me/mentions", {"fields": _ONE, "limit": POSTS})
    except NeedsConsent as refused:
        if refused.code != "not_permitted":
            raise
        return []
    with understood():
        return list(found["data"])


def _under(api: Graph, post: Mapping[str, Any], since: datetime | None) -> Iterator[Incoming]:
    """Return the replies at any depth under one of our posts, newest first."""
    if not post.get("has_replies"):
        return
    root = _ref(post)
    query = {"fields": _REPLY, "reverse": "true", "limit": 50}
    for page in api.pages(f"{ROOT}/{post['id']}/conversation", query):
        for one in page:
            if since is not None and meta.moment(one["timestamp"]) < since:
                return
            if not one.get("is_reply_owned_by_me"):
                answered = (one.get("replied_to") or {}).get("id") or post["id"]
                is_root = str(answered) == str(post["id"])
                parent = root if is_root else Ref(f"{NETWORK}:{answered}", str(answered))
                yield _item(one, "reply", parent, root)


def _item(
    one: Mapping[str, Any], kind: IncomingKind, answered: Ref | None = None, root: Ref | None = None
) -> Incoming:
    name = str(one.get("username") or "")
    return Incoming(
        remote_id=str(one["id"]),
        kind=kind,
        # Threads tells a name and no number; of a private profile not even that.
        author=Author(
            id=f"{NETWORK}:@{name}" if name else f"{NETWORK}:{one['id']}",
            handle=name,
            avatar_url=str(one.get("profile_picture_url") or ""),
        ),
        text=str(one.get("text") or ""),
        at=meta.moment(one["timestamp"]),
        ref=_ref(one),
        in_reply_to=answered,
        root=root,
    )


def _ref(found: Mapping[str, Any]) -> Ref:
    return Ref(f"{NETWORK}:{found['id']}", str(found["id"]), str(found.get("permalink") or ""))
