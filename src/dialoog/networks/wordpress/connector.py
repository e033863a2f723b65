"""WordPress: a draft that carries our key, found again by it, and shown by its number.

Source: https://developer.wordpress.org/rest-api/reference/posts/ (media, comments, users)
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from dialoog.networks.answers import understood
from dialoog.networks.api import File
from dialoog.networks.base import Connection, Connector
from dialoog.networks.errors import NeedsConsent, Refused
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
    Video,
    VideoLimits,
)
from dialoog.networks.ways import Way
from dialoog.networks.wordpress import comments
from dialoog.networks.wordpress.content import Kept, blocks, file_name
from dialoog.networks.wordpress.interface import COMMENTS, MEDIA, POSTS, Interface, moment
from dialoog.networks.wordpress.ways import AppPassword, SignIn
from dialoog.networks.words import Words
from dialoog.networks.writing import headline

NETWORK: Final = "wordpress"
UPLOAD_SECONDS: Final = 60.0
_SHOWN: Final = {"_fields": "status,id,link,date_gmt"}
_LOOK: Final = {"context": "edit", "_fields": "id,link,status,date_gmt,slug"}


class WordPress(Connector):
    """A site, as one of its users. Categories are left to the site's own default."""

    capabilities = Capabilities(
        network=NETWORK,
        name="WordPress",
        icon="wordpress",
        text_limit=None,
        text_unit="characters",
        media_limit=20,
        media_bytes=16 * 1024 * 1024,
        media_types=frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"}),
        video=VideoLimits(
            types=frozenset({"video/mp4", "video/webm", "video/quicktime"}), bytes=64 * 1024 * 1024
        ),
        alt_limit=None,
        alt_text=True,
        reply=True,
        delete=True,
        idempotency="draft",
        reads_reactions=True,
        reads_every=timedelta(minutes=2),
        metrics=frozenset({"replies"}),
        profile_metrics=frozenset({"posts"}),
        source="https://developer.wordpress.org/rest-api/reference/posts/",
        reviewed_on=date(2026, 11, 23),
    )
    about: ClassVar[Words] = Words(
        nl="Je eigen website, als die met WordPress gemaakt is. Dialoog plaatst er berichten en leest de reacties.",
        en="Your own website, if it was made with WordPress. Dialoog publishes posts there and reads the comments.",
    )
    ways: ClassVar[tuple[Way, ...]] = (SignIn(), AppPassword())
    errors: ClassVar[Mapping[str, Words]] = {
        "no_wordpress": Words(
            nl="Op dit adres staat geen site van WordPress. Kijk het adres na, ook de map als de site in een map staat.",
            en="There is no WordPress site at this address. Check it, and its folder if the site is in one.",
        ),
        "interface_closed": Words(
            nl="De site laat toepassingen niet toe, meestal door een beveiligingsplug-in. "
            "Vraag de beheerder om de REST API open te zetten.",
            en="The site admits no applications, usually because of a security plug-in. "
            "Ask its administrator to open the REST API.",
        ),
        "no_app_passwords": Words(
            nl="De site heeft applicatiewachtwoorden uitgezet, of is niet versleuteld. "
            "Vraag de beheerder om ze aan te zetten.",
            en="The site has switched application passwords off, or isn't encrypted. "
            "Ask its administrator to switch them on.",
        ),
        "wrong_password": Words(
            nl="De site neemt deze naam met dit wachtwoord niet aan. Maak een nieuw applicatiewachtwoord. Helpt dat "
            "niet, vraag de beheerder dan of de webserver de header Authorization doorgeeft.",
            en="The site refuses this name with this password. Make a new application password. If that doesn't "
            "help, ask the administrator whether the web server passes on the header Authorization.",
        ),
        "may_not_publish": Words(
            nl="Deze gebruiker mag op de site niets plaatsen. Geef hem de rol Auteur of Redacteur, of neem een ander.",
            en="This user may not publish on the site. Give them the role of Author or Editor, or take another.",
        ),
        "kept_for_review": Words(
            nl="De site houdt dit vast tot iemand het daar goedkeurt. Keur het daar goed, of geef deze gebruiker meer rechten.",
            en="The site keeps this until somebody approves it there. Approve it there, or give this user more rights.",
        ),
        "draft_gone": Words(
            nl="Het concept is op de site weggegooid voordat het geplaatst werd.",
            en="The draft was thrown away on the site before it was published.",
        ),
        "file_refused": Words(
            nl="De site neemt dit bestand niet aan: het is te groot voor de site, of van een soort die zij niet toelaat.",
            en="The site doesn't take this file: it is too large for it, or of a kind that it doesn't allow.",
        ),
        "comments_closed": Words(
            nl="Onder dit bericht kan niet meer gereageerd worden.",
            en="Comments on this post are closed.",
        ),
    }

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.api = Interface(connection)

    def check(self, now: datetime) -> Profile:
        """Return the site and who we are there.

        Errors: NeedsConsent("may_not_publish") when this user can only write drafts.
        """
        site = self.api.get("/", {"_fields": "name,home"})
        user = self._user()
        with understood():
            home = str(site["home"]).rstrip("/")
            profile = Profile(
                id=f"{home}/?author={int(user['id'])}",
                handle=str(user["slug"]),
                name=str(site["name"] or home.partition("://")[2]),
                url=f"{home}/",
                address=self.api.address,
            )
            may_publish = bool(user["capabilities"].get("publish_posts"))
        if not may_publish:
            raise NeedsConsent("may_not_publish")
        if self.connection.account not in {"", profile.id}:
            raise NeedsConsent("other_account")
        return profile

    def _user(self) -> Mapping[str, Any]:
        query = {"context": "edit", "_fields": "id,slug,capabilities"}
        found = self.api.get("/wp/v2/users/me", query)
        with understood():
            return dict(found)

    def _own_id(self) -> int:
        """Return our number at the site, which stands in the account's id."""
        number = self.connection.account.rpartition("?author=")[2]
        if number.isdecimal():
            return int(number)
        user = self._user()
        with understood():
            return int(user["id"])

    def prepare(self, message: Message, key: str, now: datetime) -> Prepared:
        """Put it there as a draft, or freeze the answer to a comment.

        The draft's address is our key, so that another try finds it and what it holds already.
        """
        self.require_valid(message)
        if message.reply_to is not None:
            asked = comments.answer_to(self.api, message.reply_to, message.text)
            payload = {"comment": asked, "text": message.text, "own": self._own_id(), "at": now.isoformat()}
            return Prepared(NETWORK, key, payload)
        title, text = headline(message)
        has_media = bool(message.images) or message.video is not None
        draft = self._draft(key)
        known = self._media_of(draft) if draft and has_media else {}
        if draft is None and has_media:
            draft = self._write(POSTS, {"title": _shown(title) or "…", "status": "draft", "slug": _mark(key)})
        media = [self._keep(one, known, key, title, draft, n) for n, one in enumerate(_files(message), 1)]
        filled = {"title": _shown(title), "content": blocks(message, text, media), **_featured(media)}
        path = POSTS if draft is None else f"{POSTS}/{draft}"
        draft = self._write(path, {**filled, "status": "draft", "slug": _mark(key)})
        return Prepared(NETWORK, key, {"post": draft, "mark": _mark(key)})

    def _draft(self, key: str) -> int | None:
        """Return the draft that an earlier try left."""
        query = {"slug": _mark(key), "status": "draft", "context": "edit", "_fields": "id"}
        found = self.api.get(POSTS, query)
        with understood():
            return int(found[0]["id"]) if found else None

    def _write(self, path: str, fields: Mapping[str, Any]) -> int:
        found = self.api.json(self.api.call("POST", path, query={"_fields": "id"}, json=fields))
        with understood():
            return int(found["id"])

    def _media_of(self, draft: int) -> Mapping[str, Mapping[str, Any]]:
        found = self.api.get(MEDIA, {"parent": draft, "per_page": 100, "_fields": "id,slug,source_url"})
        with understood():
            return {str(one["slug"]): one for one in found}

    def _keep(
        self,
        one: Image | Video,
        known: Mapping[str, Mapping[str, Any]],
        key: str,
        title: str,
        draft: int | None,
        number: int,
    ) -> Kept:
        mark = f"{_mark(key)}-{number}"
        found = known.get(mark) or self._upload(
            File(file_name(title, number, one.mime), _bytes(one), one.mime),
            {"post": str(draft), "slug": mark, "alt_text": one.alt},
        )
        with understood():
            return Kept(int(found["id"]), str(found["source_url"]), one.alt, isinstance(one, Video))

    def _upload(self, file: File, about: Mapping[str, str]) -> Mapping[str, Any]:
        query = {"_fields": "id,source_url"}
        answer = self.api.call(
            "POST", MEDIA, query=query, form=about, files={"file": file}, timeout=UPLOAD_SECONDS
        )
        found = self.api.json(answer)
        with understood():
            return dict(found)

    def publish(self, prepared: Prepared) -> Published:
        """Show the draft. Whether it was shown already is asked first, so what people changed there stays.

        Errors: Refused("draft_gone") when somebody threw it away; Refused("kept_for_review").
        """
        held = prepared.payload
        if "comment" in held:
            return comments.publish(self.api, held["comment"], held["text"], held["own"])
        there = self._post(held["post"])
        with understood():
            if there is None or there["status"] == "trash":
                raise Refused("draft_gone")
            if there["status"] == "publish":
                return self._published(there)
            is_marked = str(there["slug"]).startswith(held["mark"])
        # An empty slug lets WordPress make one of the title.
        asked = {"status": "publish", **({"slug": ""} if is_marked else {})}
        answer = self.api.call("POST", f"{POSTS}/{held['post']}", query=_SHOWN, json=asked, mutates=True)
        found = self.api.json(answer, mutates=True)
        with understood(mutates=True):
            if found["status"] != "publish":
                raise Refused("kept_for_review", str(found["status"])[:40])
            return self._published(found)

    def find(self, prepared: Prepared) -> Published | None:
        """Ask for the post by its number; only what is shown counts."""
        held = prepared.payload
        if "comment" in held:
            since = datetime.fromisoformat(held["at"])
            return comments.find(self.api, held["comment"], held["text"], held["own"], since)
        there = self._post(held["post"])
        with understood():
            return self._published(there) if there and there["status"] == "publish" else None

    def _post(self, number: int) -> Mapping[str, Any] | None:
        try:
            found = self.api.get(f"{POSTS}/{number}", _LOOK)
        except Refused as refused:
            if refused.code == "not_found":
                return None
            raise
        with understood():
            return dict(found)

    def _published(self, found: Mapping[str, Any]) -> Published:
        return Published(self.api.ref(POSTS, found), moment(found["date_gmt"]))

    def delete(self, ref: Ref) -> None:
        """Put a post or a comment in the site's bin; for good where the site has none."""
        kind, number = self.api.number(ref, POSTS, COMMENTS)
        for query in ({}, {"force": "true"}):
            try:
                self.api.json(self.api.call("DELETE", f"{kind}/{number}", query=query))
            except Refused as refused:
                if refused.code == "no_bin":
                    continue
                if refused.code != "not_found":
                    raise
            return

    def fetch_incoming(self, cursor: str, now: datetime) -> Fetched:
        """Return the comments that stand on the site, those of others."""
        return comments.fetch(self.api, cursor, self._own_id(), now)

    def post_metrics(self, refs: Sequence[Ref], now: datetime) -> dict[str, Metrics]:
        """Return the number of comments by uri, one call a post; views are known to plug-ins only."""
        counted = {}
        for ref in refs:
            kind, number = self.api.number(ref, POSTS, COMMENTS)
            if kind == POSTS:
                count = self.api.total(COMMENTS, {"post": number})
                counted[ref.uri] = Metrics(counts={"replies": count}, source=NETWORK)
        return counted

    def profile_metrics(self, now: datetime) -> Metrics:
        """Return how many posts the site shows."""
        return Metrics(counts={"posts": self.api.total(POSTS, {"status": "publish"})}, source=NETWORK)


def _mark(key: str) -> str:
    """Return the draft's address under which we find it again."""
    return f"dialoog-{key}"


def _shown(title: str) -> str:
    """Return a title as HTML, which is what a site takes it for."""
    return title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _files(message: Message) -> Sequence[Image | Video]:
    return [*message.images, *([message.video] if message.video else [])]


def _bytes(one: Image | Video) -> bytes:
    if isinstance(one, Image):
        return one.load()
    with one.open() as file:
        return file.read()


def _featured(media: Sequence[Kept]) -> dict[str, int]:
    """Return the picture that stands for the post in lists and when it is shared."""
    first = next((one for one in media if not one.is_video), None)
    return {"featured_media": first.id} if first else {}
