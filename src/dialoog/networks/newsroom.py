"""The newsroom, Dialoog's own network: it publishes into a store that the room `newsroom` hands in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, ClassVar

from dialoog.networks.base import Connection, Connector
from dialoog.networks.errors import NeedsConsent, OutcomeUnknown, Refused, TryLater
from dialoog.networks.newsroom_store import KeyTaken, PictureRefused, Store, StoreClosed, StoredItem
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
)
from dialoog.networks.words import Words

NETWORK = "newsroom"
WAIT_SECONDS = 5.0
_URI = f"{NETWORK}:"


class Newsroom(Connector):
    """The organisation's own page. The idempotency key is the key of the item."""

    capabilities = Capabilities(
        network=NETWORK,
        name="Newsroom",
        icon="news",
        text_limit=None,
        text_unit="graphemes",
        byte_limit=100_000,
        media_limit=10,
        media_bytes=10_000_000,
        media_types=frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"}),
        alt_limit=2000,
        alt_text=True,
        reply=False,
        delete=True,
        idempotency="key",
        is_builtin=True,
        reads_reactions=False,
        metrics=frozenset({"reads"}),
        profile_metrics=frozenset({"reads"}),
        source="docs/networks.md",
        reviewed_on=date(2026, 11, 23),
    )
    about: ClassVar[Words] = Words(
        nl="De eigen nieuwspagina van je organisatie, die niemand je kan afnemen.",
        en="Your organisation's own news page, which nobody can take away from you.",
    )

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        if connection.store is None:
            raise NeedsConsent("not_connected")
        self.store: Store = connection.store

    def check(self, now: datetime) -> Profile:
        """Return the newsroom's title and page."""
        with _kept():
            home = self.store.newsroom()
            profile = Profile(id=str(home.pk), handle="", name=home.title, url=home.url)
        if self.connection.account not in {"", profile.id}:
            raise NeedsConsent("other_account")
        return profile

    def prepare(self, message: Message, key: str, now: datetime) -> Prepared:
        """Keep the pictures and freeze the item with its time."""
        self.require_valid(message)
        images = [self._keep(image) for image in message.images]
        language = message.languages[0] if message.languages else ""
        payload = {"text": _text(message), "language": language, "images": images, "at": now.isoformat()}
        return Prepared(NETWORK, key, payload)

    def _keep(self, image: Image) -> dict[str, Any]:
        data = image.load()
        with _kept():
            kept = self.store.keep_image(data)
            size = {"width": kept.width, "height": kept.height}
            return {"name": kept.name, "mime": kept.mime, "alt": image.alt, **size}

    def publish(self, prepared: Prepared) -> Published:
        """Put the item under its key; the same once more changes nothing."""
        content = {name: prepared.payload[name] for name in ("text", "language", "images")}
        with _kept(mutates=True):
            at = datetime.fromisoformat(prepared.payload["at"])
            item = self.store.put(prepared.key, at=at, **content)
            return self._published(prepared.key, item)

    def find(self, prepared: Prepared) -> Published | None:
        """Return what stands under the key.

        Errors: Refused("key_taken") when it is another text.
        """
        with _kept():
            item = self.store.get(prepared.key)
            if item is None:
                return None
            if item.text != prepared.payload["text"]:
                raise KeyTaken(prepared.key)
            return self._published(prepared.key, item)

    def _published(self, key: str, item: StoredItem) -> Published:
        return Published(Ref(f"{_URI}{key}", url=self.store.url(item)), item.published_at)

    def delete(self, ref: Ref) -> None:
        """Withdraw the item from every page."""
        key = _key(ref)
        with _kept():
            self.store.withdraw(key)

    def fetch_incoming(self, cursor: str, now: datetime) -> Fetched:
        """Return nothing: the newsroom takes no reactions."""
        return Fetched([], cursor)

    def post_metrics(self, refs: Sequence[Ref], now: datetime) -> dict[str, Metrics]:
        """Return the reads of each item."""
        keys = {_key(ref): ref.uri for ref in refs}
        with _kept():
            return {
                keys[key]: Metrics(counts={"reads": count}, source=NETWORK)
                for key, count in self.store.reads(keys).items()
            }

    def profile_metrics(self, now: datetime) -> Metrics:
        """Return the reads of the page, the feeds and the headlines together."""
        with _kept():
            return Metrics(counts={"reads": self.store.page_reads()}, source=NETWORK)


def _text(message: Message) -> str:
    """Return the text; a link that was given apart stands under it, once."""
    if message.link is None or message.link.url in message.text:
        return message.text
    return f"{message.text}\n\n{message.link.url}".strip()


def _key(ref: Ref) -> str:
    if not ref.uri.startswith(_URI):
        raise Refused("bad_reference", ref.uri[:200])
    return ref.uri.removeprefix(_URI)


@contextmanager
def _kept(*, mutates: bool = False) -> Iterator[None]:
    """Turn what a store raises into one of the four."""
    try:
        yield
    except StoreClosed as error:
        raise NeedsConsent("not_connected") from error
    except KeyTaken as error:
        raise Refused("key_taken", str(error)) from error
    except PictureRefused as error:
        raise Refused("image_broken", str(error)) from error
    # The store is a room that this package can't know; its database may fail in ways of its own.
    except Exception as error:
        detail = type(error).__name__
        if mutates:
            raise OutcomeUnknown("store_failed", detail) from error
        raise TryLater(WAIT_SECONDS, "store_failed", detail=detail) from error
