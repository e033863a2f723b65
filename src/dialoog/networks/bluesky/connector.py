"""Bluesky, on any PDS: posts under a key of our own, so that sending twice gives one post."""

import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from dialoog.networks.answers import understood
from dialoog.networks.base import Connection, Connector
from dialoog.networks.bluesky import appview, neighbours
from dialoog.networks.bluesky.profile import open_session, profile_of
from dialoog.networks.bluesky.reactions import in_order
from dialoog.networks.bluesky.record import POST, Blob, TidClock, parse_time, post_record, post_ref, split_uri
from dialoog.networks.bluesky.session import NoSuchService
from dialoog.networks.bluesky.text import facets
from dialoog.networks.bluesky.ways import AppPassword, SignIn
from dialoog.networks.errors import NeedsConsent, Refused, TryLater
from dialoog.networks.values import (
    Capabilities,
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
from dialoog.networks.ways import Way
from dialoog.networks.words import Words

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TIDS = TidClock()


class Bluesky(Connector):
    """A profile on a PDS. The idempotency key is the post's own record key."""

    capabilities = Capabilities(
        network="bluesky",
        name="Bluesky",
        icon="bluesky",
        text_limit=300,
        text_unit="graphemes",
        byte_limit=3000,
        media_limit=4,
        # 2,000,000 since 2026 on bsky.social; every PDS in use takes this.
        media_bytes=1_000_000,
        media_types=frozenset({"image/jpeg", "image/png", "image/webp"}),
        alt_limit=2000,
        alt_text=True,
        reply=True,
        delete=True,
        idempotency="key",
        reads_reactions=True,
        metrics=frozenset({"likes", "reposts", "replies", "quotes"}),
        profile_metrics=frozenset({"followers", "follows", "posts"}),
        source="https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json",
        reviewed_on=date(2026, 11, 23),
    )
    about: ClassVar[Words] = Words(
        nl="Een open netwerk van korte berichten, dat niet aan één bedrijf hangt.",
        en="An open network of short messages that does not hang on one company.",
    )
    ways: ClassVar[tuple[Way, ...]] = (SignIn(), AppPassword())

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        if connection.http is None or connection.grants is None:
            raise NeedsConsent("not_connected")
        self.session = open_session(connection.http, connection.address, connection.grants)

    def check(self, now: datetime) -> Profile:
        """Return whose session this is."""
        return profile_of(self.session, account=self.connection.account)

    def new_key(self, now: datetime) -> str:
        """Return a TID."""
        return _TIDS.next(now)

    def validate(self, message: Message) -> tuple[Problem, ...]:
        """Return what the PDS would refuse."""
        languages = (tag for tag in message.languages if not _LANGUAGE.fullmatch(tag))
        return (
            *super().validate(message),
            *(Problem("bad_language", {"language": tag[:40]}) for tag in languages),
        )

    def prepare(self, message: Message, key: str, now: datetime) -> Prepared:
        """Upload the images, look handles up, and freeze the whole record with its time."""
        self.require_valid(message)
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


def _published(uri: Any, cid: Any, prepared: Prepared) -> Published:
    return Published(post_ref(str(uri), str(cid)), parse_time(prepared.payload["record"]["createdAt"]))


def _place(cursor: str) -> dict[str, dict[str, str]]:
    try:
        place = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return place if isinstance(place, dict) else {}
