"""Bluesky, on any PDS: posts under a key of our own, so that sending twice gives one post."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from dialoog.core.text import grapheme_count, utf8_length
from dialoog.networks.base import (
    Capabilities,
    Connection,
    Connector,
    Fetched,
    Image,
    Message,
    Metrics,
    Prepared,
    Problem,
    Profile,
    Published,
    Ref,
)
from dialoog.networks.bluesky import appview, neighbours
from dialoog.networks.bluesky.consent import ConsentKeeper
from dialoog.networks.bluesky.password import PasswordKeeper
from dialoog.networks.bluesky.reactions import in_order
from dialoog.networks.bluesky.record import POST, Blob, TidClock, parse_time, post_record, post_ref, split_uri
from dialoog.networks.bluesky.session import Keeper, NoSuchService, Session, understood
from dialoog.networks.bluesky.text import facets
from dialoog.networks.errors import NeedsConsent, Refused, TryLater

KEEPERS: Mapping[str, Keeper] = {"app_password": PasswordKeeper(), "oauth": ConsentKeeper()}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TIDS = TidClock()


class Bluesky(Connector):
    """A profile on a PDS. The idempotency key is the post's own record key."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        network="bluesky",
        name="Bluesky",
        text_limit=300,
        text_unit="graphemes",
        byte_limit=3000,
        media_limit=4,
        # 2,000,000 since 2026 on bsky.social; every PDS in use takes this.
        media_bytes=1_000_000,
        media_types=frozenset({"image/jpeg", "image/png", "image/webp"}),
        alt_limit=2000,
        link_length=None,
        alt_text=True,
        reply=True,
        delete=True,
        idempotent=True,
        reads_reactions=True,
        metrics=frozenset({"likes", "reposts", "replies", "quotes"}),
        profile_metrics=frozenset({"followers", "follows", "posts"}),
        connect=("app_password", "oauth"),
        source="https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json",
        reviewed_on=date(2026, 11, 23),
    )

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        if connection.http is None or connection.grants is None:
            raise NeedsConsent("not_connected")
        self.session = Session(connection.http, connection.address, connection.grants, KEEPERS)

    def check(self, now: datetime) -> Profile:
        """Return whose session this is; name and picture come from the account's own repository."""
        who = self.session.query("com.atproto.server.getSession")
        with understood():
            did, handle = str(who["did"]), str(who["handle"])
        if self.connection.account not in {"", did}:
            raise NeedsConsent("other_account")
        if who.get("active") is False:
            raise NeedsConsent("account_inactive")
        about = self._own_record("app.bsky.actor.profile", "self") or {}
        return Profile(
            id=did,
            handle=handle,
            name=str(about.get("displayName") or ""),
            avatar_url=self._avatar(did, about),
            url=f"https://bsky.app/profile/{handle}",
            address=self.session.address,
        )

    def _avatar(self, did: str, about: Mapping[str, Any]) -> str:
        try:
            cid = about["avatar"]["ref"]["$link"]
        except (KeyError, TypeError):
            return ""
        return f"{self.session.address}/xrpc/com.atproto.sync.getBlob?did={did}&cid={cid}"

    def new_key(self, now: datetime) -> str:
        """Return a TID."""
        return _TIDS.next(now)

    def validate(self, message: Message) -> tuple[Problem, ...]:
        """Return what the PDS would refuse."""
        can = self.capabilities
        problems: list[Problem] = []
        if not message.text.strip() and not message.images:
            problems.append(Problem("empty", {}))
        for code, count, limit in (
            ("text_too_long", grapheme_count(message.text), can.text_limit),
            ("too_many_bytes", utf8_length(message.text), can.byte_limit),
            ("too_many_images", len(message.images), can.media_limit),
        ):
            if limit is not None and count > limit:
                problems.append(Problem(code, {"count": count, "limit": limit}))
        problems += [
            Problem("bad_language", {"language": tag[:40]})
            for tag in message.languages
            if not _LANGUAGE.fullmatch(tag)
        ]
        for number, image in enumerate(message.images, start=1):
            problems += self._image_problems(number, image)
        return tuple(problems)

    def _image_problems(self, number: int, image: Image) -> list[Problem]:
        can, problems = self.capabilities, []
        if image.mime not in can.media_types:
            problems.append(Problem("image_type", {"number": number, "type": image.mime}))
        if image.size > can.media_bytes:
            problems.append(
                Problem("image_too_large", {"number": number, "size": image.size, "limit": can.media_bytes})
            )
        if can.alt_limit is not None and grapheme_count(image.alt) > can.alt_limit:
            problems.append(Problem("alt_too_long", {"number": number, "limit": can.alt_limit}))
        return problems

    def prepare(self, message: Message, key: str, now: datetime) -> Prepared:
        """Upload the images, look handles up, and freeze the whole record with its time."""
        if problems := self.validate(message):
            raise Refused(problems[0].code, str(dict(problems[0].params)))
        blobs = [self._upload(image) for image in message.images]
        found = facets(message.text, self._resolve)
        record = post_record(message, now=now, facets=found, blobs=blobs, reply=self._reply(message))
        place = {"repo": self.session.did, "collection": POST, "rkey": key}
        return Prepared("bluesky", key, {**place, "record": record})

    def _upload(self, image: Image) -> Blob:
        answer = self.session.procedure(
            "com.atproto.repo.uploadBlob", image.load(), kind=image.mime, mutates=False
        )
        with understood():
            return dict(answer["blob"])

    def _resolve(self, handle: str) -> str | None:
        try:
            answer = self.session.query("com.atproto.identity.resolveHandle", {"handle": handle})
        except Refused:
            return None
        with understood():
            return str(answer["did"])

    def _reply(self, message: Message) -> dict[str, Any] | None:
        """Return the two references of a reply, as the record that is answered states its thread."""
        parent, root = message.reply_to, message.reply_root
        if parent is None:
            return None
        try:
            parent, root = self._thread_of(parent)
        except (Refused, TryLater):
            # Somebody else's server may not show it to ours; what we were told must do then.
            if not parent.cid or root is None or not root.cid:
                raise
        strong = [{"uri": ref.uri, "cid": ref.cid} for ref in (root, parent)]
        return {"root": strong[0], "parent": strong[1]}

    def _thread_of(self, parent: Ref) -> tuple[Ref, Ref]:
        repo, collection, rkey = split_uri(parent.uri)
        found = self.session.query(
            "com.atproto.repo.getRecord", {"repo": repo, "collection": collection, "rkey": rkey}
        )
        with understood():
            known = Ref(parent.uri, str(found["cid"]))
            top = (found["value"].get("reply") or {}).get("root")
            return known, Ref(str(top["uri"]), str(top["cid"])) if top else known

    def publish(self, prepared: Prepared) -> Published:
        """Write the record where nothing may be yet; the same content once more changes nothing.

        Source: com.atproto.repo.putRecord, `swapRecord: null` (seen: InvalidSwap on other content)
        """
        body = json.dumps({**prepared.payload, "swapRecord": None}).encode()
        answer = self.session.procedure("com.atproto.repo.putRecord", body, mutates=True)
        with understood(mutates=True):
            return _published(answer["uri"], answer["cid"], prepared)

    def find(self, prepared: Prepared) -> Published | None:
        """Read the record under our key back.

        Errors: Refused("key_taken") when another text stands there.
        """
        place = {name: prepared.payload[name] for name in ("repo", "collection", "rkey")}
        try:
            found = self.session.query("com.atproto.repo.getRecord", place)
        except Refused as refused:
            if refused.code == "not_found":
                return None
            raise
        with understood():
            if found["value"].get("text") != prepared.payload["record"]["text"]:
                raise Refused("key_taken", prepared.key)
            return _published(found["uri"], found["cid"], prepared)

    def delete(self, ref: Ref) -> None:
        """Delete the record; deleting what isn't there is no error at the PDS either."""
        repo, collection, rkey = split_uri(ref.uri)
        if repo != self.session.did:
            raise Refused("not_ours", ref.uri)
        body = json.dumps({"repo": repo, "collection": collection, "rkey": rkey}).encode()
        self.session.procedure("com.atproto.repo.deleteRecord", body, mutates=False)

    def fetch_incoming(self, cursor: str, now: datetime) -> Fetched:
        """Return reactions since `cursor`: from the AppView, or from the PDS itself where none answers."""
        place = _place(cursor)
        try:
            found, place["appview"] = appview.notifications(self.session, place.get("appview", {}))
        except NoSuchService:
            found, place["pds"] = neighbours.reactions(self.session, place.get("pds", {}))
        return Fetched(in_order(found), json.dumps(place))

    def post_metrics(self, refs: Sequence[Ref], now: datetime) -> dict[str, Metrics]:
        """Return likes, reposts, replies and quotes by uri; `source` says who counted."""
        try:
            return appview.post_metrics(self.session, refs)
        except NoSuchService:
            return neighbours.post_metrics(self.session, refs)

    def profile_metrics(self, now: datetime) -> Metrics:
        """Return followers, follows and posts; `source` says who counted."""
        try:
            return appview.profile_metrics(self.session)
        except NoSuchService:
            return neighbours.profile_metrics(self.session)

    def _own_record(self, collection: str, rkey: str) -> dict[str, Any] | None:
        place = {"repo": self.session.did, "collection": collection, "rkey": rkey}
        try:
            found = self.session.query("com.atproto.repo.getRecord", place)
        except Refused as refused:
            if refused.code == "not_found":
                return None
            raise
        with understood():
            return dict(found["value"])


def _published(uri: Any, cid: Any, prepared: Prepared) -> Published:
    return Published(post_ref(str(uri), str(cid)), parse_time(prepared.payload["record"]["createdAt"]))


def _place(cursor: str) -> dict[str, dict[str, str]]:
    try:
        place = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return place if isinstance(place, dict) else {}
