"""What others write under the posts of an account.

Source: https://developers.facebook.com/documentation/instagram-platform/comment-moderation. Mentions elsewhere come by
webhook only, so they are not read.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from dialoog.networks import meta
from dialoog.networks.answers import understood
from dialoog.networks.meta import Graph
from dialoog.networks.values import Author, Fetched, Incoming, Ref

NETWORK: Final = "instagram"
# Comments come in on so many of the newest posts, so many on each: Instagram has no list of them all.
POSTS: Final = 25
COMMENTS: Final = 50
OVERLAP: Final = timedelta(hours=1)
_ONE: Final = "id,text,timestamp,username,from{id,username}"
_FIELDS: Final = f"id,permalink,comments.limit({COMMENTS}){{{_ONE},replies.limit({COMMENTS}){{{_ONE}}}}}"


def fetch(api: Graph, path: str, own: str, cursor: str) -> Fetched:
    """Return comments since `cursor`, the moment of the newest; at first all on the newest posts."""
    with understood():
        since = datetime.fromisoformat(cursor) - OVERLAP if cursor else None
    found = api.get(path, {"fields": _FIELDS, "limit": POSTS})
    with understood():
        items = [item for post in found["data"] for item in _of_post(post, own)]
    recent = [item for item in items if since is None or item.at >= since]
    newest = max((item.at for item in recent), default=None)
    last = max(filter(None, (cursor, newest.isoformat() if newest else "")), default="")
    return Fetched(sorted(recent, key=lambda item: item.at), last)


def _of_post(post: Mapping[str, Any], own: str) -> Iterator[Incoming]:
    url = str(post.get("permalink") or "")
    root = Ref(f"{NETWORK}:{post['id']}", "", url)
    for one in (post.get("comments") or {}).get("data") or []:
        ref = Ref(f"{NETWORK}:{one['id']}", str(one["id"]), url)
        if _name(one) != own:
            yield _item(one, ref, root, root)
        for answer in (one.get("replies") or {}).get("data") or []:
            if _name(answer) != own:
                # Instagram has two levels: what answers an answer goes under the same comment.
                under = Ref(f"{NETWORK}:{answer['id']}", str(one["id"]), url)
                yield _item(answer, under, ref, root)


def _item(one: Mapping[str, Any], ref: Ref, answered: Ref, root: Ref) -> Incoming:
    identity = str((one.get("from") or {}).get("id") or _name(one))
    return Incoming(
        remote_id=str(one["id"]),
        kind="reply",
        author=Author(id=f"{NETWORK}:{identity}", handle=_name(one)),
        text=str(one.get("text") or ""),
        at=meta.moment(one["timestamp"]),
        ref=ref,
        in_reply_to=answered,
        root=root,
    )


def _name(one: Mapping[str, Any]) -> str:
    return str(one.get("username") or (one.get("from") or {}).get("username") or "")
