"""What the newsroom connector asks of the place it publishes in; the room `newsroom` is that place."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol


class StoreClosed(Exception):
    """There is no newsroom to publish in."""


class KeyTaken(Exception):
    """Another content stands under this key."""


class PictureRefused(ValueError):
    """The bytes are no picture that the newsroom may show."""


class StoredItem(Protocol):
    """An item as the store keeps it."""

    text: str
    language: str
    images: Sequence[Mapping[str, Any]]
    published_at: datetime


class KeptPicture(Protocol):
    """A picture of the newsroom's own; `name` is unique to its bytes. Units: pixels."""

    name: str
    mime: str
    width: int
    height: int


class Home(Protocol):
    """The newsroom itself."""

    pk: Any
    title: str
    url: str


class Store(Protocol):
    """Where the newsroom's items live: one per key, whatever is asked twice and by whom."""

    def newsroom(self) -> Home:
        """Return the newsroom; StoreClosed when there is none."""

    def keep_image(self, data: bytes) -> KeptPicture:
        """Keep a picture; the same bytes twice are one. PictureRefused when they are none."""

    def put(
        self, key: str, *, text: str, language: str, images: Sequence[Mapping[str, Any]], at: datetime
    ) -> StoredItem:
        """Publish under `key`; the same again changes nothing. StoreClosed, KeyTaken."""

    def get(self, key: str) -> StoredItem | None:
        """Return what stands under `key` and wasn't withdrawn."""

    def url(self, item: Any) -> str:
        """Return the page of an item."""

    def withdraw(self, key: str) -> None:
        """Take an item off every page; one that is gone is no error."""

    def reads(self, keys: Collection[str]) -> Mapping[str, int]:
        """Return how often each item was read; one that was never there is left out."""

    def page_reads(self) -> int:
        """Return how often the page, the feeds and the headlines were read in total."""
