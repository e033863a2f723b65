"""Comments under the posts of a site: read, answered, and told apart.

Source: https://developer.wordpress.org/rest-api/reference/comments/
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any, Final

import regex

from dialoog.networks.answers import understood
from dialoog.networks.errors import Refused
from dialoog.networks.html import is_same, plain
from dialoog.networks.values import Author, Fetched, Incoming, Published, Ref
from dialoog.networks.wordpress.interface import COMMENTS, POSTS, Interface, moment

PAGE: Final = 100
MOST_PAGES: Final = 10
# A comment keeps its date while it waits for approval, so what is older than the last one may still come.
LATE: Final = timedelta(days=14)
SKEW: Final = timedelta(minutes=2)
_FIELDS: Final = (
    "id,post,parent,author,author_name,author_url,author_avatar_urls,date_gmt,content,link,status,type"
)
# Quotation marks, dashes and smileys are shown otherwise than they were typed (wptexturize).
_NOT_TYPED: Final = regex.compile(r"[^\p{L}\p{M}\p{N}]+")


def answer_to(api: Interface, ref: Ref, text: str) -> dict[str, Any]:
    """Return the comment that answers a comment, or a post itself."""
    kind, number = api.number(ref, COMMENTS, POSTS)
    if kind == POSTS:
        return {"post": number, "content": escape(text, quote=False)}
    found = api.get(f"{COMMENTS}/{number}", {"_fields": "post"})
    with understood():
        return {"post": int(found["post"]), "parent": number, "content": escape(text, quote=False)}


def publish(api: Interface, asked: Mapping[str, Any], text: str, own_id: int) -> Published:
    """Place an answer. WordPress takes the same words of the same person under the same comment only once.

    Errors: Refused("kept_for_review") when it waits for a person at the site.
    """
    try:
        answer = api.call("POST", COMMENTS, query={"_fields": _FIELDS}, json=asked, mutates=True)
    except Refused as refused:
        if refused.code != "comment_duplicate":
            raise
        if (there := find(api, asked, text, own_id)) is None:
            raise Refused("kept_for_review") from refused
        return there
    found = api.json(answer, mutates=True)
    with understood(mutates=True):
        if found["status"] != "approved":
            raise Refused("kept_for_review", str(found["status"])[:40])
        return Published(api.ref(COMMENTS, found), moment(found["date_gmt"]))


def find(
    api: Interface, asked: Mapping[str, Any], text: str, own_id: int, since: datetime | None = None
) -> Published | None:
    """Look among our own comments under the same post for one with these words."""
    query = {"post": asked["post"], "author": own_id, "parent": asked.get("parent", 0), "per_page": PAGE}
    page = api.get(COMMENTS, {**query, "order": "desc", "_fields": _FIELDS})
    with understood():
        for one in page:
            at = moment(one["date_gmt"])
            is_recent = since is None or at >= since - SKEW
            if is_recent and _are_same_words(plain(str(one["content"]["rendered"])), text):
                return Published(api.ref(COMMENTS, one), at)
    return None


def _are_same_words(shown: str, typed: str) -> bool:
    one, other = _NOT_TYPED.sub("", shown), _NOT_TYPED.sub("", typed)
    return is_same(one, other)


def fetch(api: Interface, cursor: str, own_id: int, now: datetime) -> Fetched:
    """Return approved comments since two weeks before `cursor`, the date of the last one; first of two weeks."""
    found: list[Incoming] = []
    newest = cursor
    with understood():
        since = (moment(cursor) if cursor else now) - LATE
    for page in _pages(api, since):
        with understood():
            for one in page:
                newest = max(newest, str(one["date_gmt"]))
                if int(one["author"]) != own_id and one.get("type", "comment") == "comment":
                    found.append(_incoming(api, one))
    return Fetched(sorted(found, key=lambda item: item.at), newest)


def _pages(api: Interface, since: datetime) -> Iterator[list[Mapping[str, Any]]]:
    after = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    query: dict[str, Any] = {"per_page": PAGE, "orderby": "date_gmt", "order": "desc", "_fields": _FIELDS}
    for number in range(1, MOST_PAGES + 1):
        page = _listed(api, {**query, "after": after, "page": number})
        yield page
        if len(page) < PAGE:
            return


def _listed(api: Interface, query: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = api.get(COMMENTS, query)
    with understood():
        if not isinstance(found, list):
            raise TypeError("not a list")
        return found


def _incoming(api: Interface, one: Mapping[str, Any]) -> Incoming:
    ref, post = api.ref(COMMENTS, one), api.ref_to(POSTS, int(one["post"]))
    parent = int(one.get("parent") or 0)
    return Incoming(
        remote_id=ref.uri,
        kind="reply",
        author=_author(api, one, ref),
        text=plain(str(one["content"]["rendered"])),
        at=moment(one["date_gmt"]),
        ref=ref,
        in_reply_to=api.ref_to(COMMENTS, parent) if parent else post,
        root=post,
    )


def _author(api: Interface, one: Mapping[str, Any], ref: Ref) -> Author:
    """Return who wrote a comment; of visitors nothing is sure but what they filled in, so each is somebody else."""
    number = int(one["author"])
    pictures = one.get("author_avatar_urls") or {}
    return Author(
        id=f"{api.address}/wp/v2/users/{number}" if number else f"{ref.uri}#author",
        handle="",
        name=plain(str(one.get("author_name") or "")),
        avatar_url=str(pictures.get("96") or ""),
    )
