"""Facebook pages: what is in doubt is looked for on the page, for Facebook knows no key and sending twice is two posts.

Source: https://developers.facebook.com/docs/pages-api/posts, .../docs/pages-api/comments-mentions,
.../docs/graph-api/reference/page/photos (looked at on 2026-11-23)
"""

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from dialoog.core.text import find_urls
from dialoog.networks import meta
from dialoog.networks.answers import understood
from dialoog.networks.api import File
from dialoog.networks.base import Connection, Connector
from dialoog.networks.errors import NeedsConsent, NetworkError, OutcomeUnknown, Refused
from dialoog.networks.facebook.reading import fetch
from dialoog.networks.facebook.uploading import upload
from dialoog.networks.facebook.ways import SignIn, profile_of
from dialoog.networks.html import is_same
from dialoog.networks.meta import VERSION, Graph
from dialoog.networks.oauth2 import ends_at
from dialoog.networks.pictures import as_jpeg
from dialoog.networks.values import (
    Capabilities,
    Fetched,
    Image,
    Message,
    Metrics,
    Prepared,
    Profile,
    Published,
    Ref,
    VideoLimits,
)
from dialoog.networks.ways import Way
from dialoog.networks.words import Words

NETWORK: Final = "facebook"
PAGE_SIZE: Final = 50
_READ_BACK: Final = "id,created_time,permalink_url"
_POST: Final = f"{_READ_BACK},message,attachments{{media_type,subattachments.limit(50){{media_type}}}}"
_COMMENT: Final = f"{_READ_BACK},message,from,attachment{{type}}"
_ID: Final = re.compile(r"[0-9]{1,32}(?:_[0-9]{1,32})?")
_POST_COUNTS: Final[Mapping[str, str]] = {
    "views": "post_media_view",
    "reach": "post_total_media_view_unique",
    "clicks": "post_clicks",
}
_PAGE_COUNTS: Final[Mapping[str, str]] = {
    "views_28_days": "page_media_view",
    "reach_28_days": "page_total_media_view_unique",
}


class _Graph(Graph):
    codes: ClassVar[Mapping[str, str]] = {
        "506": "duplicate",
        "1609005": "link_unreadable",
        "324": "media_refused",
        "352": "media_refused",
        "389": "media_refused",
    }


class Facebook(Connector):
    """One page."""

    capabilities = Capabilities(
        network=NETWORK,
        name="Facebook",
        icon="facebook",
        text_limit=63_206,
        text_unit="characters",
        media_limit=10,
        # Larger photos are taken too, but PNG beyond 1 MB comes out worse; 4 MB is what the reference names.
        media_bytes=4 * 1024 * 1024,
        media_types=frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"}),
        video=VideoLimits(types=frozenset({"video/mp4", "video/quicktime"}), bytes=1024**3, seconds=4 * 3600),
        alt_limit=1000,
        alt_text=True,
        reply=True,
        delete=True,
        idempotency="none",
        reads_reactions=True,
        reads_every=timedelta(minutes=3),
        metrics=frozenset({"likes", "replies", "shares", *_POST_COUNTS}),
        profile_metrics=frozenset({"followers", *_PAGE_COUNTS}),
        source="https://developers.facebook.com/docs/pages-api/posts",
        reviewed_on=date(2026, 11, 23),
    )
    about: ClassVar[Words] = Words(
        nl="Pagina's van organisaties. Voor profielen van personen en voor groepen laat Facebook geen programma's toe.",
        en="Pages of organisations. For profiles of persons and for groups Facebook admits no programs.",
    )
    ways: ClassVar[tuple[Way, ...]] = (SignIn(),)
    errors: ClassVar[Mapping[str, Words]] = {
        **meta.ERRORS,
        "duplicate": Words(
            nl="Facebook weigert hetzelfde bericht twee keer achter elkaar. Verander de tekst en plan het opnieuw.",
            en="Facebook refuses the same message twice in a row. Change the text and plan it again.",
        ),
        "one_image_in_answer": Words(
            nl="Een antwoord op Facebook kan hooguit één afbeelding hebben en geen video.",
            en="An answer on Facebook can have one image at most and no video.",
        ),
        "link_unreadable": Words(
            nl="Facebook kan de pagina van de link niet lezen. Controleer of de link openbaar is en werkt.",
            en="Facebook cannot read the page of the link. Check that the link is public and works.",
        ),
    }

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.api = _Graph(connection)
        self._own = connection.account

    def check(self, now: datetime) -> Profile:
        """Return whose token this is."""
        found = self.api.get(f"{VERSION}/me", {"fields": "id,name,username,link,picture{url}"})
        with understood():
            profile = profile_of(found, self._consent_ends(), self.api.address)
        if self.connection.account not in {"", profile.id}:
            raise NeedsConsent("other_account")
        return profile

    def _consent_ends(self) -> datetime | None:
        return ends_at(self.api.grants.load())

    def _page_id(self) -> str:
        if not self._own:
            found = self.api.get(f"{VERSION}/me", {"fields": "id"})
            with understood():
                self._own = str(found["id"])
        return self._own

    def prepare(self, message: Message, key: str, now: datetime) -> Prepared:
        """Upload what goes along, seen by nobody, and freeze the call that shows it."""
        self.require_valid(message)
        held: dict[str, Any] = {"at": now.isoformat(), "media": len(message.images)}
        if message.reply_to is not None:
            if len(message.images) > 1 or message.video is not None:
                raise Refused("one_image_in_answer")
            held |= {"to": _under(message.reply_to), "form": self._comment(message)}
        elif message.video is not None:
            held |= {
                "video": upload(self.api, self._page_id(), message.video),
                "form": {"description": message.text},
            }
        else:
            held["form"] = self._post(message)
        return Prepared(NETWORK, key, held)

    def _post(self, message: Message) -> dict[str, str]:
        photos = {
            f"attached_media[{place}]": f'{{"media_fbid":"{self._upload(image)}"}}'
            for place, image in enumerate(message.images)
        }
        link = "" if photos else _link(message)
        return {"message": message.text, **({"link": link} if link else {}), **photos}

    def _comment(self, message: Message) -> dict[str, str]:
        photo = [self._upload(image) for image in message.images]
        return {"message": message.text, **({"attachment_id": photo[0]} if photo else {})}

    def _upload(self, image: Image) -> str:
        """Return the id of a photo that nobody sees yet."""
        form = {"published": "false", **({"alt_text_custom": image.alt} if image.alt else {})}
        # WebP is on no list of what Facebook takes.
        mime = "image/jpeg" if image.mime == "image/webp" else image.mime
        data = as_jpeg(image) if image.mime == "image/webp" else image.load()
        file = File(f"image.{mime.partition('/')[2]}", data, mime)
        answer = self.api.call(
            "POST", f"{VERSION}/{self._page_id()}/photos", form=form, files={"source": file}, timeout=60
        )
        found = self.api.json(answer)
        with understood():
            return str(found["id"])

    def publish(self, prepared: Prepared) -> Published:
        """Show it, and read in the same call what stands there then.

        Errors: Refused("duplicate") when Facebook has the same text already and it isn't ours.
        """
        held = prepared.payload
        if "video" in held:
            return self._publish_video(held)
        path = f"{held['to']}/comments" if "to" in held else f"{self._page_id()}/feed"
        try:
            answer = self.api.call(
                "POST", f"{VERSION}/{path}", query={"fields": _READ_BACK}, form=held["form"], mutates=True
            )
        except Refused as refused:
            # An earlier try may be what Facebook calls the first of the two.
            found = self.find(prepared) if refused.code == "duplicate" else None
            if found is None:
                raise
            return found
        told = self.api.json(answer, mutates=True)
        with understood(mutates=True):
            return _published(told)

    def _publish_video(self, held: Mapping[str, Any]) -> Published:
        film = held["video"]
        form = {"upload_phase": "finish", "upload_session_id": film["session"], **held["form"]}
        answer = self.api.call("POST", f"{VERSION}/{self._page_id()}/videos", form=form, mutates=True)
        told = self.api.json(answer, mutates=True)
        with understood(mutates=True):
            if told["success"] is not True:
                raise OutcomeUnknown("unreadable_answer", "no success")
        # Its post comes once the film is processed; until then the film itself is what there is.
        shown = None
        with contextlib.suppress(NetworkError):
            shown = self._video(film["id"])
        ref = Ref(f"{NETWORK}:{film['id']}", film["id"])
        return shown or Published(ref, datetime.fromisoformat(held["at"]))

    def _video(self, film_id: str) -> Published | None:
        try:
            found = self.api.get(f"{VERSION}/{film_id}", {"fields": f"{_READ_BACK},post_id,published"})
        except Refused:
            return None
        with understood():
            if not found.get("published"):
                return None
            post = str(found.get("post_id") or "")
            return _published({**found, "id": f"{self._page_id()}_{post}" if post else found["id"]})

    def find(self, prepared: Prepared) -> Published | None:
        """Look on the page, or under what was answered, for what was sent since it was prepared."""
        held = prepared.payload
        if "video" in held:
            return self._video(held["video"]["id"])
        since = datetime.fromisoformat(held["at"]) - meta.SKEW
        own = self._comments(held["to"]) if "to" in held else self._posts()
        for one in own:
            with understood():
                if meta.moment(one["created_time"]) < since:
                    return None
                if (
                    is_same(str(one.get("message") or ""), held["form"]["message"])
                    and _media(one) == held["media"]
                ):
                    return _published(one)
        return None

    def _posts(self) -> Iterator[Mapping[str, Any]]:
        query = {"fields": _POST, "limit": PAGE_SIZE}
        for page in self.api.pages(f"{VERSION}/{self._page_id()}/published_posts", query):
            yield from page

    def _comments(self, under: str) -> Iterator[Mapping[str, Any]]:
        """Return our own comments under a post or comment, newest first."""
        query = {"fields": _COMMENT, "limit": PAGE_SIZE, "order": "reverse_chronological", "filter": "stream"}
        for page in self.api.pages(f"{VERSION}/{under}/comments", query):
            with understood():
                yield from (one for one in page if (one.get("from") or {}).get("id") == self._page_id())

    def delete(self, ref: Ref) -> None:
        """Delete the post or answer; one that is gone already is no error."""
        try:
            self.api.json(self.api.call("DELETE", f"{VERSION}/{_id(ref)}"))
        except Refused as refused:
            if refused.code != "not_found":
                raise

    def fetch_incoming(self, cursor: str, now: datetime) -> Fetched:
        """Return comments on the newest posts, visitors' posts, and posts that name the page."""
        return fetch(self.api, self._page_id(), cursor, now)

    def post_metrics(self, refs: Sequence[Ref], now: datetime) -> dict[str, Metrics]:
        """Return the counts by uri, two calls a post; insights are None on pages with few followers."""
        counted: dict[str, Metrics] = {}
        for ref in refs:
            try:
                counts = self._counts(_id(ref))
            except Refused:
                continue
            counted[ref.uri] = Metrics(counts=counts, source=NETWORK)
        return counted

    def _counts(self, post_id: str) -> dict[str, int | None]:
        fields = "shares,reactions.limit(0).summary(total_count),comments.filter(stream).limit(0).summary(total_count)"
        found = self.api.get(f"{VERSION}/{post_id}", {"fields": fields})
        with understood():
            counts: dict[str, int | None] = {
                "likes": _total(found, "reactions"),
                "replies": _total(found, "comments"),
                # A post that nobody shared has no such field.
                "shares": int((found.get("shares") or {}).get("count") or 0),
            }
        return counts | self.api.counts(f"{VERSION}/{post_id}", _POST_COUNTS, {"period": "lifetime"})

    def profile_metrics(self, now: datetime) -> Metrics:
        """Return followers, and views and people reached in the last 28 days, which Facebook counts once a day."""
        found = self.api.get(f"{VERSION}/me", {"fields": "followers_count"})
        with understood():
            followers = found.get("followers_count")
            counts: dict[str, int | None] = {"followers": int(followers) if followers is not None else None}
        counts |= self.api.counts(f"{VERSION}/{self._page_id()}", _PAGE_COUNTS, {"period": "days_28"})
        return Metrics(counts=counts, source=NETWORK)


def _link(message: Message) -> str:
    """Return the address to show as a card; of a bare text that of its first link, as people expect of Facebook."""
    if message.link is not None:
        return message.link.url
    return next((url for _start, _end, url in find_urls(message.text)), "")


def _published(found: Mapping[str, Any]) -> Published:
    post_id = str(found["id"])
    url = str(found.get("permalink_url") or "")
    # A film's address comes without its host.
    whole = f"https://www.facebook.com{url}" if url.startswith("/") else url
    return Published(Ref(f"{NETWORK}:{post_id}", post_id, whole), meta.moment(found["created_time"]))


def _id(ref: Ref) -> str:
    """Return the id of a post or comment of ours."""
    network, _, post_id = ref.uri.partition(":")
    if network != NETWORK or not _ID.fullmatch(post_id):
        raise Refused("bad_reference", ref.uri[:200])
    return post_id


def _under(ref: Ref) -> str:
    """Return the id under which an answer goes, which travels as the digest of a reference.

    An answer to an answer goes under the comment at the top: Facebook has two levels and no more.
    """
    if not ref.uri.startswith(f"{NETWORK}:") or not _ID.fullmatch(ref.cid):
        raise Refused("bad_reference", ref.uri[:200])
    return ref.cid


def _media(one: Mapping[str, Any]) -> int:
    """Return how many photos a post or comment shows; the card of a link is none."""
    if one.get("attachment"):
        return int(one["attachment"].get("type") == "photo")
    attached = [dict(each) for each in (one.get("attachments") or {}).get("data") or []]
    inner = [under for each in attached for under in (each.get("subattachments") or {}).get("data") or []]
    return len([each for each in inner or attached if each.get("media_type") == "photo"])


def _total(found: Mapping[str, Any], edge: str) -> int | None:
    value = ((found.get(edge) or {}).get("summary") or {}).get("total_count")
    return int(value) if value is not None else None
