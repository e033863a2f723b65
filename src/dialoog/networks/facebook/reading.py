"""What others write on a page: comments, posts of visitors, and posts elsewhere that name the page.

Source: https://developers.facebook.com/docs/pages-api/comments-mentions, .../docs/graph-api/reference/page/tagged
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from dialoog.networks import meta
from dialoog.networks.answers import understood
from dialoog.networks.meta import VERSION, Graph
from dialoog.networks.values import Author, Fetched, Incoming, Ref

NETWORK: Final = "facebook"
# Comments come in on so many of the newest posts; Facebook has no list of all comments of a page.
POSTS: Final = 25
COMMENTS: Final = 50
# Facebook shows a comment when it has checked it, under the moment at which it was written.
OVERLAP: Final = timedelta(hours=1)
_FROM: Final = "id,created_time,message,permalink_url,from{id,name,picture{url}}"
_COMMENTS: Final = f"comments.filter(stream).order(reverse_chronological).limit({COMMENTS}){{{_FROM},parent{{id,permalink_url}}}}"


def fetch(api: Graph, page: str, cursor: str, now: datetime) -> Fetched:
    """Return what came in since `cursor`, the moment of the newest item; at first all on the newest posts."""
    with understood():
        since = datetime.fromisoformat(cursor) - OVERLAP if cursor else None
    feed = api.get(f"{VERSION}/{page}/feed", {"fields": f"{_FROM},{_COMMENTS}", "limit": POSTS})
    tagged = api.get(f"{VERSION}/{page}/tagged", {"fields": _FROM, "limit": POSTS})
    found: dict[str, Incoming] = {}
    with understood():
        for post in feed["data"]:
            found |= {item.remote_id: item for item in _of_post(post, page)}
            found |= {item.remote_id: item for item in _older(api, post, page, since)}
        found |= {item.remote_id: item for post in tagged["data"] if (item := _post(post, page)) is not None}
    recent = [item for item in found.values() if since is None or item.at >= since]
    newest = max((item.at for item in recent), default=None)
    last = max(filter(None, (cursor, newest.isoformat() if newest else "")), default="")
    return Fetched(sorted(recent, key=lambda item: item.at), last)


def _of_post(post: Mapping[str, Any], page: str) -> Iterator[Incoming]:
    """Return the post when it's a visitor's, and the comments that came along with it."""
    visitors = _post(post, page)
    if visitors is not None:
        yield visitors
    for one in (post.get("comments") or {}).get("data") or []:
        item = _comment(one, post, page)
        if item is not None:
            yield item


def _older(api: Graph, post: Mapping[str, Any], page: str, since: datetime | None) -> Iterator[Incoming]:
    """Return comments that no longer fit beside their post, where all that fitted are new."""
    comments = post.get("comments") or {}
    first = comments.get("data") or []
    more = (comments.get("paging") or {}).get("next")
    if not more or since is None or meta.moment(first[-1]["created_time"]) < since:
        return
    query = {
        "fields": f"{_FROM},parent{{id,permalink_url}}",
        "filter": "stream",
        "order": "reverse_chronological",
        "limit": 100,
    }
    for found in api.pages(f"{VERSION}/{post['id']}/comments", query):
        items = [item for one in found if (item := _comment(one, post, page)) is not None]
        yield from items
        if found and meta.moment(found[-1]["created_time"]) < since:
            return


def _post(post: Mapping[str, Any], page: str) -> Incoming | None:
    author = post.get("from") or {}
    if author.get("id") == page:
        return None
    return Incoming(
        remote_id=str(post["id"]),
        kind="mention",
        author=_author(author, str(post["id"])),
        text=str(post.get("message") or ""),
        at=meta.moment(post["created_time"]),
        ref=_ref(post),
    )


def _comment(one: Mapping[str, Any], post: Mapping[str, Any], page: str) -> Incoming | None:
    author = one.get("from") or {}
    if author.get("id") == page:
        return None
    return Incoming(
        remote_id=str(one["id"]),
        kind="reply",
        author=_author(author, str(one["id"])),
        text=str(one.get("message") or ""),
        at=meta.moment(one["created_time"]),
        ref=_ref(one, one.get("parent")),
        in_reply_to=_ref(one.get("parent") or post),
        root=_ref(post),
    )


def _author(found: Mapping[str, Any], beside: str) -> Author:
    """Return who wrote it; Facebook hides some people, and then each is somebody else."""
    if not found.get("id"):
        return Author(id=f"{NETWORK}:{beside}", handle="", name="")
    picture = ((found.get("picture") or {}).get("data") or {}).get("url")
    name = str(found.get("name") or "")
    return Author(id=f"{NETWORK}:{found['id']}", handle="", name=name, avatar_url=str(picture or ""))


def _ref(found: Mapping[str, Any], under: Mapping[str, Any] | None = None) -> Ref:
    """Return a reference; its digest is the id under which an answer goes."""
    return Ref(
        f"{NETWORK}:{found['id']}",
        str((under or found)["id"]),
        str(found.get("permalink_url") or ""),
    )
