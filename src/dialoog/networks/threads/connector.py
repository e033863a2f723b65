"""Threads: posts and answers, each gathered in a container that is shown once.

Source: https://developers.facebook.com/documentation/threads/posts, .../threads/overview (limits),
.../threads/insights (looked at on 2026-11-23)
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

import regex

from dialoog.core.text import find_urls, utf8_length
from dialoog.networks import meta, meta_containers
from dialoog.networks.answers import understood
from dialoog.networks.base import Connection, Connector
from dialoog.networks.errors import NeedsConsent, Refused, TryLater
from dialoog.networks.html import is_same
from dialoog.networks.meta import Graph, kept_fresh, only_if_renewed, shown
from dialoog.networks.meta_containers import Containers
from dialoog.networks.pictures import as_jpeg
from dialoog.networks.threads.reading import ROOT, fetch
from dialoog.networks.threads.ways import SignIn
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
    Video,
    VideoLimits,
)
from dialoog.networks.ways import Way
from dialoog.networks.words import Words

NETWORK: Final = "threads"
PAGE_SIZE: Final = 50
MOST_LINKS: Final = 5
QUOTA_SECONDS: Final = 3600.0
_ID: Final = re.compile(r"[0-9]{1,32}")
_GRAPHEME: Final = regex.compile(r"\X")
_EMOJI: Final = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}|[\u20e3\ufe0f]")
_POST: Final = "id,text,timestamp,permalink,media_type,children{id}"
_POST_COUNTS: Final[Mapping[str, str]] = {
    name: name for name in ("views", "likes", "replies", "reposts", "quotes", "shares")
}


class _Graph(Graph):
    codes: ClassVar[Mapping[str, str]] = {
        # A container that was finished a moment ago: made anew, it works.
        "24/4279009": "container_lost",
    }
    passing: ClassVar[Mapping[str, float]] = {**meta_containers.PASSING, "quota_reached": QUOTA_SECONDS}


class Threads(Connector):
    """One profile."""

    capabilities = Capabilities(
        network=NETWORK,
        name="Threads",
        icon="threads",
        text_limit=500,
        text_unit="weighted",
        media_limit=20,
        media_bytes=8 * 1024 * 1024,
        media_types=frozenset({"image/jpeg", "image/png", "image/webp"}),
        video=VideoLimits(types=frozenset({"video/mp4", "video/quicktime"}), bytes=1024**3, seconds=300),
        alt_limit=1000,
        alt_text=True,
        reply=True,
        delete=True,
        idempotency="draft",
        key_lasts=meta_containers.LIVE,
        reads_reactions=True,
        reads_every=timedelta(minutes=3),
        metrics=frozenset(_POST_COUNTS),
        profile_metrics=frozenset({"followers", "views_28_days"}),
        source="https://developers.facebook.com/documentation/threads/posts",
        reviewed_on=date(2026, 11, 23),
    )
    about: ClassVar[Words] = Words(
        nl="Korte berichten en gesprekken van Meta, bij een account op Instagram.",
        en="Short messages and conversations by Meta, beside an account on Instagram.",
    )
    ways: ClassVar[tuple[Way, ...]] = (SignIn(),)
    errors: ClassVar[Mapping[str, Words]] = {
        **meta.ERRORS,
        **meta_containers.ERRORS,
        "too_many_links": Words(
            nl="Er staan %(count)s verschillende links in; Threads neemt er %(limit)s.",
            en="There are %(count)s different links; Threads takes %(limit)s.",
        ),
        "quota_reached": Words(
            nl="Threads laat per etmaal een beperkt aantal berichten toe, en dat is bereikt. Dialoog probeert het later opnieuw.",
            en="Threads admits a limited number of messages a day, and that is reached. Dialoog tries again later.",
        ),
    }

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.api = _Graph(connection, renew=only_if_renewed)
        self._containers = Containers(self.api, ROOT, "status", "error_message")

    def length(self, text: str) -> int:
        """Count characters; an emoji counts as its bytes in UTF-8."""
        return sum(utf8_length(one) if _EMOJI.search(one) else len(one) for one in _GRAPHEME.findall(text))

    def check(self, now: datetime) -> Profile:
        """Return whose token this is, and renew it when it's a week old."""
        found = self.api.get(f"{ROOT}/me", {"fields": "id,username,name,threads_profile_picture_url"})
        ends = kept_fresh(self.api, f"{self.api.address}/refresh_access_token", "th_refresh_token", now)
        with understood():
            name = str(found["username"])
            profile = Profile(
                id=str(found["id"]),
                handle=name,
                name=str(found.get("name") or name),
                avatar_url=str(found.get("threads_profile_picture_url") or ""),
                url=f"https://www.threads.com/@{name}",
                address=self.api.address,
                consent_ends=ends,
            )
        if self.connection.account not in {"", profile.id}:
            raise NeedsConsent("other_account")
        return profile

    def validate(self, message: Message) -> tuple[Problem, ...]:
        """Return what Threads would refuse."""
        found = list(super().validate(message))
        if self.connection.expose is None and (message.images or message.video):
            found.append(Problem("needs_public_address", {}))
        links = len({url for _start, _end, url in find_urls(message.text)})
        if links > MOST_LINKS:
            found.append(Problem("too_many_links", {"count": links, "limit": MOST_LINKS}))
        return tuple(found)

    def prepare(self, message: Message, key: str, now: datetime) -> Prepared:
        """Let Threads fetch what goes along, wait until it's done with it, and freeze the container."""
        self.require_valid(message)
        to = _id(message.reply_to) if message.reply_to else ""
        self._require_quota(is_answer=bool(to))
        said = {"text": message.text, **({"reply_to_id": to} if to else {})}
        container = self._container(message, said)
        self._containers.wait([container])
        media = len(message.images) or int(message.video is not None)
        held = {"container": container, "text": message.text, "media": media, "at": now.isoformat()}
        return Prepared(NETWORK, key, {**held, **({"to": to} if to else {})})

    def _require_quota(self, *, is_answer: bool) -> None:
        """Raise TryLater when Threads takes no more of these in 24 hours: posts and answers are counted apart."""
        kind = "reply_" if is_answer else ""
        query = {"fields": f"{kind}quota_usage,{'reply_' if is_answer else ''}config"}
        found = self.api.get(f"{ROOT}/me/threads_publishing_limit", query)
        with understood():
            (told,) = found["data"]
            if int(told[f"{kind}quota_usage"]) >= int(told[f"{kind}config"]["quota_total"]):
                raise TryLater(QUOTA_SECONDS, "quota_reached", sent=True)

    def _container(self, message: Message, said: Mapping[str, str]) -> str:
        if message.video is not None:
            return self._make({**self._film(message.video), **said})
        if len(message.images) == 1:
            return self._make({**self._image(message.images[0]), **said})
        if not message.images:
            link = {"link_attachment": message.link.url} if message.link else {}
            return self._make({"media_type": "TEXT", **link, **said})
        children = [self._make({**self._image(one), "is_carousel_item": "true"}) for one in message.images]
        self._containers.wait(children)
        return self._make({"media_type": "CAROUSEL", "children": ",".join(children), **said})

    def _make(self, form: Mapping[str, str]) -> str:
        return self._containers.make(f"{ROOT}/me/threads", form)

    def _image(self, image: Image) -> dict[str, str]:
        is_webp = image.mime == "image/webp"
        data, mime = (as_jpeg(image), "image/jpeg") if is_webp else (image.load(), image.mime)
        url = shown(self.connection, data, mime)
        return {"media_type": "IMAGE", "image_url": url, **({"alt_text": image.alt} if image.alt else {})}

    def _film(self, video: Video) -> dict[str, str]:
        with video.open() as file:
            url = shown(self.connection, file, video.mime)
        return {"media_type": "VIDEO", "video_url": url, **({"alt_text": video.alt} if video.alt else {})}

    def publish(self, prepared: Prepared) -> Published:
        """Show the container."""
        held = prepared.payload
        at = datetime.fromisoformat(held["at"])
        return self._containers.show(
            held["container"],
            f"{ROOT}/me/threads_publish",
            found=lambda: self._among_ours(held),
            read=lambda made: _published(self.api.get(f"{ROOT}/{made}", {"fields": _POST})),
            unseen=lambda made: Published(Ref(f"{NETWORK}:{made}", made), at),
        )

    def find(self, prepared: Prepared) -> Published | None:
        """Ask the container whether it was shown, and look for what stands there since."""
        held = prepared.payload
        if self._containers.state(held["container"]) != "PUBLISHED":
            return None
        return self._among_ours(held)

    def _among_ours(self, held: Mapping[str, Any]) -> Published | None:
        since = datetime.fromisoformat(held["at"]) - meta.SKEW
        for one in self._ours("replies" if "to" in held else "threads"):
            with understood():
                if meta.moment(one["timestamp"]) < since:
                    return None
                if _media(one) == held["media"] and is_same(str(one.get("text") or ""), held["text"]):
                    return _published(one)
        return None

    def _ours(self, edge: str) -> Iterator[Mapping[str, Any]]:
        for page in self.api.pages(f"{ROOT}/me/{edge}", {"fields": _POST, "limit": PAGE_SIZE}):
            yield from page

    def delete(self, ref: Ref) -> None:
        """Delete the post or answer; one that is gone already is no error."""
        try:
            self.api.json(self.api.call("DELETE", f"{ROOT}/{_id(ref)}"))
        except Refused as refused:
            if refused.code != "not_found":
                raise

    def fetch_incoming(self, cursor: str, now: datetime) -> Fetched:
        """Return replies under the newest posts, and posts elsewhere that name the profile."""
        return fetch(self.api, cursor)

    def post_metrics(self, refs: Sequence[Ref], now: datetime) -> dict[str, Metrics]:
        """Return the counts by uri, two calls a post; one that is gone is left out."""
        counted: dict[str, Metrics] = {}
        for ref in refs:
            try:
                post = f"{ROOT}/{_id(ref)}"
                self.api.get(post, {"fields": "id"})
            except Refused:
                continue
            counted[ref.uri] = Metrics(counts=self.api.counts(post, _POST_COUNTS, {}), source=NETWORK)
        return counted

    def profile_metrics(self, now: datetime) -> Metrics:
        """Return followers, and views in the last 28 days, which Threads gives day by day."""
        path = f"{ROOT}/me/threads_insights"
        span = {"since": int((now - timedelta(days=28)).timestamp()), "until": int(now.timestamp())}
        followers = self.api.get(path, {"metric": "followers_count"})
        views = self.api.get(path, {"metric": "views", **span})
        with understood():
            days = [day for one in views["data"] for day in one.get("values") or []]
            counts: dict[str, int | None] = {
                "followers": next((int(one["total_value"]["value"]) for one in followers["data"]), None),
                "views_28_days": sum(int(day["value"]) for day in days) if days else None,
            }
        return Metrics(counts=counts, source=NETWORK)


def _published(found: Mapping[str, Any]) -> Published:
    with understood():
        post_id = str(found["id"])
        ref = Ref(f"{NETWORK}:{post_id}", post_id, str(found.get("permalink") or ""))
        return Published(ref, meta.moment(found["timestamp"]))


def _media(one: Mapping[str, Any]) -> int:
    """Return how many images or films a post shows."""
    children = (one.get("children") or {}).get("data") or []
    return len(children) or int(str(one.get("media_type")) in {"IMAGE", "VIDEO"})


def _id(ref: Ref) -> str:
    network, _, post_id = ref.uri.partition(":")
    if network != NETWORK or not _ID.fullmatch(post_id):
        raise Refused("bad_reference", ref.uri[:200])
    return post_id
