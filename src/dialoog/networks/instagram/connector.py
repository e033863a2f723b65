"""Instagram: pictures and films with a text, gathered in a container that is shown once.

Source: https://developers.facebook.com/documentation/instagram-platform/content-publishing,
.../instagram-platform/instagram-graph-api/reference/error-codes (looked at on 2026-11-23)
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from dialoog.networks import meta, meta_containers
from dialoog.networks.answers import understood
from dialoog.networks.base import Connection, Connector
from dialoog.networks.errors import NeedsConsent, Refused, TryLater
from dialoog.networks.html import is_same
from dialoog.networks.instagram.reading import fetch
from dialoog.networks.instagram.ways import SignIn
from dialoog.networks.meta import VERSION, Graph, kept_fresh, only_if_renewed, shown
from dialoog.networks.meta_containers import Containers
from dialoog.networks.pictures import as_jpeg
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
    VideoLimits,
)
from dialoog.networks.ways import Way
from dialoog.networks.words import Words

NETWORK: Final = "instagram"
PAGE_SIZE: Final = 50
MOST_HASHTAGS: Final = 30
# Width by height, from 4:5 to 1.91:1, and a little room for whole pixels.
NARROWEST, WIDEST = 0.795, 1.915
QUOTA_SECONDS: Final = 3600.0
_ID: Final = re.compile(r"[0-9]{1,32}")
_HASHTAG: Final = re.compile(r"#\w+")
_POST: Final = "id,caption,timestamp,permalink,children{id}"
_POST_COUNTS: Final[Mapping[str, str]] = {
    "views": "views",
    "reach": "reach",
    "saves": "saved",
    "shares": "shares",
}
_PROFILE_COUNTS: Final[Mapping[str, str]] = {"views_28_days": "views", "reach_28_days": "reach"}


class _Graph(Graph):
    # What Instagram calls a failure of its own (codes -2, -1 and 1) is none of these: it may have been carried out.
    codes: ClassVar[Mapping[str, str]] = {
        "/2207052": "media_fetch_failed",
        "/2207027": "media_processing",
        "/2207006": "container_lost",
        "/2207008": "container_lost",
        "/2207004": "image_too_large",
        "/2207005": "image_type",
        "/2207009": "image_shape",
        "/2207010": "text_too_long",
        "/2207026": "media_refused",
        "/2207042": "quota_reached",
        "/2207050": "account_inactive",
        "/2207051": "blocked_for_now",
    }
    passing: ClassVar[Mapping[str, float]] = {
        **meta_containers.PASSING,
        "quota_reached": QUOTA_SECONDS,
    }
    for_a_person: ClassVar[frozenset[str]] = frozenset({"account_inactive"})


class Instagram(Connector):
    """One professional account."""

    capabilities = Capabilities(
        network=NETWORK,
        name="Instagram",
        icon="instagram",
        text_limit=2200,
        text_unit="characters",
        media_limit=10,
        media_bytes=8 * 1024 * 1024,
        media_types=frozenset({"image/jpeg", "image/png", "image/webp"}),
        needs_media=True,
        video=VideoLimits(
            types=frozenset({"video/mp4", "video/quicktime"}), bytes=300 * 1024 * 1024, seconds=15 * 60
        ),
        alt_limit=1000,
        alt_text=True,
        reply=True,
        delete=False,
        idempotency="draft",
        key_lasts=meta_containers.LIVE,
        reads_reactions=True,
        reads_every=timedelta(minutes=3),
        metrics=frozenset({"likes", "replies", *_POST_COUNTS}),
        profile_metrics=frozenset({"followers", "follows", "posts", *_PROFILE_COUNTS}),
        source="https://developers.facebook.com/documentation/instagram-platform/content-publishing",
        reviewed_on=date(2026, 11, 23),
    )
    about: ClassVar[Words] = Words(
        nl="Beeld eerst: elk bericht heeft een afbeelding of video. Voor zakelijke accounts en die van makers.",
        en="Images first: every message has an image or a video. For business accounts and those of creators.",
    )
    ways: ClassVar[tuple[Way, ...]] = (SignIn(),)
    errors: ClassVar[Mapping[str, Words]] = {
        **meta.ERRORS,
        **meta_containers.ERRORS,
        "image_shape": Words(
            nl="Instagram wil afbeeldingen tussen 4:5 (staand) en 1,91:1 (liggend). Snijd de afbeelding bij.",
            en="Instagram wants images between 4:5 (portrait) and 1.91:1 (landscape). Crop the image.",
        ),
        "too_many_hashtags": Words(
            nl="Er staan %(count)s hashtags in; Instagram neemt er %(limit)s.",
            en="There are %(count)s hashtags; Instagram takes %(limit)s.",
        ),
        "no_media_in_answer": Words(
            nl="Een antwoord op Instagram kan alleen tekst hebben.",
            en="An answer on Instagram can be text only.",
        ),
        "quota_reached": Words(
            nl="Instagram laat per etmaal een beperkt aantal berichten toe, en dat is bereikt. Dialoog probeert het later opnieuw.",
            en="Instagram admits a limited number of messages a day, and that is reached. Dialoog tries again later.",
        ),
    }

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.api = _Graph(connection, renew=only_if_renewed)
        self._containers = Containers(self.api, VERSION, "status_code", "status")
        self._me: Mapping[str, Any] | None = None

    def check(self, now: datetime) -> Profile:
        """Return whose token this is, and renew it when it's a week old."""
        fields = "user_id,username,name,profile_picture_url"
        self._me = self.api.get(f"{VERSION}/me", {"fields": fields})
        ends = kept_fresh(self.api, f"{self.api.address}/refresh_access_token", "ig_refresh_token", now)
        with understood():
            name = str(self._me["username"])
            profile = Profile(
                id=str(self._me["user_id"]),
                handle=name,
                name=str(self._me.get("name") or name),
                avatar_url=str(self._me.get("profile_picture_url") or ""),
                url=f"https://www.instagram.com/{name}/",
                address=self.api.address,
                consent_ends=ends,
            )
        if self.connection.account not in {"", profile.id}:
            raise NeedsConsent("other_account")
        return profile

    def _who(self) -> Mapping[str, Any]:
        if self._me is None:
            self._me = self.api.get(f"{VERSION}/me", {"fields": "user_id,username"})
        return self._me

    def _path(self, edge: str) -> str:
        with understood():
            return f"{VERSION}/{self.connection.account or self._who()['user_id']}/{edge}"

    def validate(self, message: Message) -> tuple[Problem, ...]:
        """Return what Instagram would refuse; an answer needs no image, and takes none."""
        found = super().validate(message)
        if message.reply_to is not None:
            media = message.images or message.video
            rest = [problem for problem in found if problem.code != "needs_media"]
            return (*rest, *([Problem("no_media_in_answer", {})] if media else []))
        if self.connection.expose is None:
            found = (*found, Problem("needs_public_address", {}))
        shapes = [Problem("image_shape", {}) for image in message.images if not _fits(image)]
        hashtags = len(_HASHTAG.findall(message.text))
        many = {"count": hashtags, "limit": MOST_HASHTAGS}
        tags = [Problem("too_many_hashtags", many)] if hashtags > MOST_HASHTAGS else []
        return (*found, *shapes[:1], *tags)

    def prepare(self, message: Message, key: str, now: datetime) -> Prepared:
        """Let Instagram fetch what goes along, wait until it's done with it, and freeze the container."""
        self.require_valid(message)
        held: dict[str, Any] = {"text": message.text, "at": now.isoformat()}
        if message.reply_to is not None:
            return Prepared(NETWORK, key, {**held, "to": _under(message.reply_to)})
        self._require_quota()
        container = self._container(message)
        self._containers.wait([container])
        return Prepared(NETWORK, key, {**held, "container": container, "media": len(message.images) or 1})

    def _require_quota(self) -> None:
        """Raise TryLater when Instagram takes no more posts in these 24 hours."""
        found = self.api.get(self._path("content_publishing_limit"), {"fields": "quota_usage,config"})
        with understood():
            (told,) = found["data"]
            if int(told["quota_usage"]) >= int(told["config"]["quota_total"]):
                raise TryLater(QUOTA_SECONDS, "quota_reached", sent=True)

    def _container(self, message: Message) -> str:
        caption = {"caption": message.text}
        if message.video is not None:
            with message.video.open() as file:
                url = shown(self.connection, file, message.video.mime)
            form = {"media_type": "REELS", "video_url": url, "share_to_feed": "true"}
            return self._containers.make(self._path("media"), {**form, **caption})
        if len(message.images) == 1:
            return self._containers.make(self._path("media"), {**self._image(message.images[0]), **caption})
        items = [{**self._image(image), "is_carousel_item": "true"} for image in message.images]
        children = [self._containers.make(self._path("media"), item) for item in items]
        self._containers.wait(children)
        form = {"media_type": "CAROUSEL", "children": ",".join(children)}
        return self._containers.make(self._path("media"), {**form, **caption})

    def _image(self, image: Image) -> dict[str, str]:
        url = shown(self.connection, as_jpeg(image), "image/jpeg")
        return {"image_url": url, **({"alt_text": image.alt} if image.alt else {})}

    def publish(self, prepared: Prepared) -> Published:
        """Show the container; an answer is sent as it is, and once only."""
        held = prepared.payload
        at = datetime.fromisoformat(held["at"])
        if "to" not in held:
            return self._containers.show(
                held["container"],
                self._path("media_publish"),
                found=lambda: self._among_posts(held),
                read=lambda made: _published(self.api.get(f"{VERSION}/{made}", {"fields": _POST})),
                unseen=lambda made: Published(Ref(f"{NETWORK}:{made}"), at),
            )
        answer = self.api.call(
            "POST", f"{VERSION}/{held['to']}", form={"message": held["text"]}, mutates=True
        )
        told = self.api.json(answer, mutates=True)
        with understood(mutates=True):
            return Published(Ref(f"{NETWORK}:{told['id']}", str(told["id"])), at)

    def may_send_again(self, prepared: Prepared, since: timedelta) -> bool:
        """Tell whether it may be sent once more: a container yes, an answer never."""
        return "to" not in prepared.payload and super().may_send_again(prepared, since)

    def find(self, prepared: Prepared) -> Published | None:
        """Ask the container whether it was shown, and look for what stands there since."""
        held = prepared.payload
        if "to" in held:
            return self._among_answers(held)
        if self._containers.state(held["container"]) != "PUBLISHED":
            return None
        return self._among_posts(held)

    def _among_posts(self, held: Mapping[str, Any]) -> Published | None:
        for one in self._posts():
            with understood():
                if not _is_since(one, held):
                    return None
                count = len((one.get("children") or {}).get("data") or []) or 1
                if count == held["media"] and _is_same(str(one.get("caption") or ""), held["text"]):
                    return _published(one)
        return None

    def _posts(self) -> Iterator[Mapping[str, Any]]:
        for page in self.api.pages(self._path("media"), {"fields": _POST, "limit": PAGE_SIZE}):
            yield from page

    def _among_answers(self, held: Mapping[str, Any]) -> Published | None:
        query = {"fields": "id,text,timestamp,username", "limit": PAGE_SIZE}
        for page in self.api.pages(f"{VERSION}/{held['to']}", query):
            with understood():
                for one in page:
                    is_ours = one.get("username") == self._who()["username"] and _is_since(one, held)
                    if is_ours and _is_same(str(one.get("text") or ""), held["text"]):
                        at = datetime.fromisoformat(held["at"])
                        return Published(Ref(f"{NETWORK}:{one['id']}", str(one["id"])), at)
        return None

    def delete(self, ref: Ref) -> None:
        """Refuse: Instagram lets no program take a post away."""
        raise Refused("not_supported", ref.uri[:200])

    def fetch_incoming(self, cursor: str, now: datetime) -> Fetched:
        """Return comments on the newest posts, and what others answered there."""
        with understood():
            username = str(self._who()["username"])
        return fetch(self.api, self._path("media"), username, cursor)

    def post_metrics(self, refs: Sequence[Ref], now: datetime) -> dict[str, Metrics]:
        """Return the counts by uri, two calls a post; insights come up to two days late."""
        counted: dict[str, Metrics] = {}
        for ref in refs:
            try:
                post = f"{VERSION}/{_id(ref)}"
                found = self.api.get(post, {"fields": "like_count,comments_count"})
            except Refused:
                continue
            with understood():
                counts = {"likes": _count(found, "like_count"), "replies": _count(found, "comments_count")}
            counted[ref.uri] = Metrics(
                counts=counts | self.api.counts(post, _POST_COUNTS, {}), source=NETWORK
            )
        return counted

    def profile_metrics(self, now: datetime) -> Metrics:
        """Return followers, follows and posts, and views and people reached in the last 28 days."""
        names = {"followers": "followers_count", "follows": "follows_count", "posts": "media_count"}
        found = self.api.get(f"{VERSION}/me", {"fields": ",".join(names.values())})
        with understood():
            counts = {name: _count(found, theirs) for name, theirs in names.items()}
        span = {"since": str(int((now - timedelta(days=28)).timestamp())), "until": str(int(now.timestamp()))}
        query = {"period": "day", "metric_type": "total_value", **span}
        profile = self._path("insights").removesuffix("/insights")
        return Metrics(counts=counts | self.api.counts(profile, _PROFILE_COUNTS, query), source=NETWORK)


def _fits(image: Image) -> bool:
    if not image.width or not image.height:
        return True
    return NARROWEST <= image.width / image.height <= WIDEST


def _is_same(one: str, other: str) -> bool:
    """Tell whether two texts are one; Instagram gives captions back without their @, except to owners."""
    return is_same(one.replace("@", ""), other.replace("@", ""))


def _is_since(one: Mapping[str, Any], held: Mapping[str, Any]) -> bool:
    return meta.moment(one["timestamp"]) >= datetime.fromisoformat(held["at"]) - meta.SKEW


def _published(found: Mapping[str, Any]) -> Published:
    with understood():
        post_id = str(found["id"])
        ref = Ref(f"{NETWORK}:{post_id}", "", str(found.get("permalink") or ""))
        return Published(ref, meta.moment(found["timestamp"]))


def _id(ref: Ref) -> str:
    network, _, post_id = ref.uri.partition(":")
    if network != NETWORK or not _ID.fullmatch(post_id):
        raise Refused("bad_reference", ref.uri[:200])
    return post_id


def _under(ref: Ref) -> str:
    """Return the list to which an answer is added: answers to a comment, or comments on a post of ours.

    The comment travels as the digest of a reference; a post's is empty.
    """
    post_id = _id(ref)
    if not ref.cid:
        return f"{post_id}/comments"
    if not _ID.fullmatch(ref.cid):
        raise Refused("bad_reference", ref.uri[:200])
    return f"{ref.cid}/replies"


def _count(found: Mapping[str, Any], name: str) -> int | None:
    value = found.get(name)
    return int(value) if value is not None else None
