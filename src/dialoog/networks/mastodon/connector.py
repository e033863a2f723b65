"""Mastodon, and servers that speak its language: posts under an Idempotency-Key, read back by their text.

Source: https://docs.joinmastodon.org/methods/ (statuses, media, notifications, accounts, apps, instance, oauth)
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from dialoog.core.http import Response
from dialoog.networks.answers import WAIT_SECONDS, understood
from dialoog.networks.api import Api, File
from dialoog.networks.base import Connection, Connector
from dialoog.networks.errors import NeedsConsent, Refused, TryLater
from dialoog.networks.html import is_same, plain
from dialoog.networks.mastodon.ways import SignIn, Token
from dialoog.networks.values import (
    Author,
    Capabilities,
    Fetched,
    Image,
    Incoming,
    IncomingKind,
    Message,
    Metrics,
    Prepared,
    Profile,
    Published,
    Ref,
)
from dialoog.networks.ways import Way
from dialoog.networks.words import Words

NETWORK: Final = "mastodon"
# Servers remember a key for an hour; we stop relying on it before that.
KEY_LASTS: Final = timedelta(minutes=50)
# Their clock and ours may differ by so much.
SKEW: Final = timedelta(minutes=2)
PAGE: Final = 40
MOST_PAGES: Final = 10
MEDIA_WAIT_SECONDS: Final = 60.0
_KINDS: Mapping[str, IncomingKind] = {
    "mention": "mention",
    "favourite": "like",
    "reblog": "repost",
    "follow": "follow",
    "quote": "quote",
}
_ID: Final = re.compile(r"[\w-]{1,64}")
# Only the name of a mention counts, not its server (StatusLengthValidator).
_MENTION: Final = re.compile(r"@(\w+)@[\w.-]+\w")


class _Api(Api):
    def error_text(self, answer: Response) -> str:
        said = super().error_text(answer)
        return "the server answers with a page" if said.lstrip().startswith("<") else said


class Mastodon(Connector):
    """An account on a server. What a server takes is read from the server itself."""

    capabilities = Capabilities(
        network=NETWORK,
        name="Mastodon",
        icon="mastodon",
        text_limit=500,
        text_unit="graphemes",
        media_limit=4,
        media_bytes=16 * 1024 * 1024,
        media_types=frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"}),
        alt_limit=1500,
        link_length=23,
        alt_text=True,
        reply=True,
        delete=True,
        idempotency="key",
        key_lasts=KEY_LASTS,
        reads_reactions=True,
        metrics=frozenset({"likes", "reposts", "replies"}),
        profile_metrics=frozenset({"followers", "follows", "posts"}),
        source="https://docs.joinmastodon.org/methods/statuses/",
        reviewed_on=date(2026, 11, 23),
    )
    about: ClassVar[Words] = Words(
        nl="Een netwerk van duizenden servers, zonder reclame. Ook voor overheden en scholen met een eigen server.",
        en="A network of thousands of servers, without advertising. Also for public bodies with their own server.",
    )
    ways: ClassVar[tuple[Way, ...]] = (SignIn(), Token())

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.api = _Api(connection)
        self._own: Mapping[str, Any] | None = None

    def length(self, text: str) -> int:
        """Count characters as people see them; a link is 23, and of a mention only the name counts."""
        return super().length(_MENTION.sub(r"@\1", text))

    def check(self, now: datetime) -> Profile:
        """Return whose token this is, and what the server takes."""
        found = self.api.get("/api/v1/accounts/verify_credentials")
        with understood():
            profile = _profile(found, self.api.address)
        if self.connection.account not in {"", profile.id}:
            raise NeedsConsent("other_account")
        return replace(profile, limits=self._limits())

    def _limits(self) -> dict[str, int]:
        """Return the server's own limits; servers that don't tell keep the usual ones."""
        try:
            found = self.api.get("/api/v2/instance")
        except Refused:
            return {}
        with understood():
            told = found.get("configuration") or {}
            statuses, media = told.get("statuses") or {}, told.get("media_attachments") or {}
            known = {
                "text_limit": statuses.get("max_characters"),
                "media_limit": statuses.get("max_media_attachments"),
                "link_length": statuses.get("characters_reserved_per_url"),
                "media_bytes": media.get("image_size_limit"),
                "alt_limit": media.get("description_limit"),
            }
            return {name: int(value) for name, value in known.items() if value}

    def prepare(self, message: Message, key: str, now: datetime) -> Prepared:
        """Upload the images, look up what is answered, and freeze the status."""
        self.require_valid(message)
        parent = self._status(message.reply_to) if message.reply_to else None
        text = _addressed(message.text, parent)
        if self.capabilities.text_limit is not None and self.length(text) > self.capabilities.text_limit:
            raise Refused("text_too_long", "with the name of who is answered")
        status = {
            "status": text,
            "visibility": _visibility(parent),
            "media_ids": [self._upload(image) for image in message.images],
            **({"language": message.languages[0].split("-")[0]} if message.languages else {}),
            **({"in_reply_to_id": str(parent["id"])} if parent else {}),
        }
        return Prepared(NETWORK, key, {"status": status, "at": now.isoformat()})

    def _upload(self, image: Image) -> str:
        named = File("image", image.load(), image.mime)
        answer = self.api.call(
            "POST", "/api/v2/media", form={"description": image.alt}, files={"file": named}, timeout=60
        )
        found = self.api.json(answer)
        with understood():
            media_id = str(found["id"])
        if answer.status == 202:
            self._wait_for(media_id)
        return media_id

    def _wait_for(self, media_id: str) -> None:
        """Wait until the server is done with a file: 206 while it works, 422 when it can't read it."""
        until = time.monotonic() + MEDIA_WAIT_SECONDS
        while time.monotonic() < until:
            if self.api.call("GET", f"/api/v1/media/{media_id}").status == 200:
                return
            time.sleep(0.5)
        raise TryLater(WAIT_SECONDS, "media_processing", sent=True)

    def publish(self, prepared: Prepared) -> Published:
        """Post under our key; within the hour the same key gives the same post.

        Errors: Refused("key_taken") when the server shows another post for this key.
        """
        headers = {"idempotency-key": prepared.key}
        answer = self.api.call(
            "POST", "/api/v1/statuses", json=prepared.payload["status"], headers=headers, mutates=True
        )
        found = self.api.json(answer, mutates=True)
        with understood(mutates=True):
            if not is_same(plain(str(found["content"])), prepared.payload["status"]["status"]):
                raise Refused("key_taken", prepared.key)
            return _published(found)

    def find(self, prepared: Prepared) -> Published | None:
        """Look among our own posts since it was prepared for one with this text and as many images."""
        since = datetime.fromisoformat(prepared.payload["at"]) - SKEW
        wanted, oldest = prepared.payload["status"], ""
        for _ in range(MOST_PAGES):
            page = self._own_statuses(before=oldest)
            with understood():
                recent = [one for one in page if _moment(one["created_at"]) >= since]
                for one in recent:
                    if self._is_ours(one, wanted):
                        return _published(one)
                if len(recent) < len(page) or not page:
                    return None
                oldest = str(page[-1]["id"])
        return None

    def _own_statuses(self, *, before: str) -> list[Mapping[str, Any]]:
        query = {"limit": PAGE, "exclude_reblogs": "true", **({"max_id": before} if before else {})}
        found = self.api.get(f"/api/v1/accounts/{self._own_id()}/statuses", query)
        with understood():
            return list(found)

    def _is_ours(self, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
        same_reply = str(found.get("in_reply_to_id") or "") == wanted.get("in_reply_to_id", "")
        same_media = len(found.get("media_attachments") or []) == len(wanted["media_ids"])
        return same_reply and same_media and is_same(plain(str(found["content"])), wanted["status"])

    def _own_id(self) -> str:
        if self._own is None:
            self._own = self.api.get("/api/v1/accounts/verify_credentials")
        with understood():
            return str(self._own["id"])

    def _status(self, ref: Ref) -> Mapping[str, Any]:
        found = self.api.get(f"/api/v1/statuses/{_id(ref)}")
        with understood():
            return dict(found)

    def delete(self, ref: Ref) -> None:
        """Delete the status; one that is gone already is no error."""
        try:
            self.api.json(self.api.call("DELETE", f"/api/v1/statuses/{_id(ref)}"))
        except Refused as refused:
            if refused.code != "not_found":
                raise

    def fetch_incoming(self, cursor: str, now: datetime) -> Fetched:
        """Return notifications since `cursor`, the id of the last one; at first the newest page only."""
        found: list[Incoming] = []
        for _ in range(MOST_PAGES):
            query: dict[str, Any] = {"types[]": list(_KINDS), "limit": PAGE}
            page = self.api.get("/api/v1/notifications", {**query, **({"min_id": cursor} if cursor else {})})
            with understood():
                found += [item for one in page if (item := self._incoming(one)) is not None]
                newest = max((str(one["id"]) for one in page), key=_order, default=cursor)
            is_first, cursor = not cursor, newest
            if is_first or len(page) < PAGE:
                break
        return Fetched(sorted(found, key=lambda item: item.at), cursor)

    def _incoming(self, one: Mapping[str, Any]) -> Incoming | None:
        kind = _KINDS.get(one["type"])
        if kind is None:
            return None
        status = one.get("status") or {}
        author, at = _author(one["account"]), _moment(one["created_at"])
        if kind in {"like", "repost", "follow"}:
            about = _ref(status) if status else None
            ref = about or Ref(str(one["account"].get("uri") or author.id), "", str(one["account"]["url"]))
            name = f"{kind}:{author.id}:{ref.uri}"
            return Incoming(
                remote_id=name, kind=kind, author=author, text="", at=at, ref=ref, in_reply_to=about
            )
        answered = status.get("in_reply_to_id")
        is_reply = answered is not None and str(status.get("in_reply_to_account_id")) == self._own_id()
        return Incoming(
            remote_id=str(status["uri"]),
            kind="reply" if is_reply else kind,
            author=author,
            text=plain(str(status["content"])),
            at=_moment(status["created_at"]),
            ref=_ref(status),
            in_reply_to=self._answered(str(answered)) if is_reply else None,
        )

    def _answered(self, status_id: str) -> Ref | None:
        try:
            return _ref(self._status(Ref("", status_id)))
        except Refused:
            return None

    def post_metrics(self, refs: Sequence[Ref], now: datetime) -> dict[str, Metrics]:
        """Return likes, reposts and replies by uri, one call a post; one that is gone is left out."""
        counted: dict[str, Metrics] = {}
        for ref in refs:
            try:
                found = self._status(ref)
            except Refused as refused:
                if refused.code != "not_found":
                    raise
                continue
            with understood():
                names = {"likes": "favourites_count", "reposts": "reblogs_count", "replies": "replies_count"}
                counts = {name: _count(found, theirs) for name, theirs in names.items()}
            counted[ref.uri] = Metrics(counts=counts, source=NETWORK)
        return counted

    def profile_metrics(self, now: datetime) -> Metrics:
        """Return followers, follows and posts as the server counts them."""
        found = self.api.get("/api/v1/accounts/verify_credentials")
        names = {"followers": "followers_count", "follows": "following_count", "posts": "statuses_count"}
        with understood():
            counts = {name: _count(found, theirs) for name, theirs in names.items()}
        return Metrics(counts=counts, source=NETWORK)


def _profile(found: Mapping[str, Any], address: str) -> Profile:
    return Profile(
        # The address in the fediverse; a number says nothing outside its server.
        id=str(found.get("uri") or found["url"]),
        handle=f"{found['username']}@{address.partition('://')[2]}",
        name=str(found.get("display_name") or found["username"]),
        avatar_url=str(found.get("avatar_static") or ""),
        url=str(found["url"]),
        address=address,
    )


def _addressed(text: str, parent: Mapping[str, Any] | None) -> str:
    """Return an answer with the name of who is answered, for without it nobody is told."""
    if parent is None:
        return text
    with understood():
        name = f"@{parent['account']['acct']}"
    return text if name.lower() in text.lower() else f"{name} {text}"


def _visibility(parent: Mapping[str, Any] | None) -> str:
    """Return "public", and for an answer never more than what it answers: a private word stays private."""
    asked = str((parent or {}).get("visibility", "public"))
    return asked if asked in {"unlisted", "private", "direct"} else "public"


def _published(found: Mapping[str, Any]) -> Published:
    return Published(_ref(found), _moment(found["created_at"]))


def _ref(found: Mapping[str, Any]) -> Ref:
    return Ref(str(found["uri"]), str(found["id"]), str(found.get("url") or found["uri"]))


def _id(ref: Ref) -> str:
    """Return a status' id on our server, which travels as the digest of a reference."""
    if not _ID.fullmatch(ref.cid):
        raise Refused("bad_reference", ref.uri[:200])
    return ref.cid


def _author(found: Mapping[str, Any]) -> Author:
    return Author(
        id=str(found.get("uri") or found["url"]),
        handle=str(found["acct"]),
        name=str(found.get("display_name") or ""),
        avatar_url=str(found.get("avatar_static") or ""),
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment


def _order(identity: str) -> tuple[int, str]:
    """Order ids as servers do: numbers of any length, in a row."""
    return len(identity), identity


def _count(found: Mapping[str, Any], name: str) -> int | None:
    value = found.get(name)
    return int(value) if value is not None else None
