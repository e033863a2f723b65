"""What every connector takes and gives: plain frozen values and one contract."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Literal, NamedTuple

from dialoog.core.http import GuardedClient
from dialoog.networks.grants import GrantStore

IncomingKind = Literal["reply", "mention", "quote", "like", "repost", "follow"]
ConnectMethod = Literal["app_password", "oauth", "builtin"]


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a network can do, with where that is written and when it was last looked at.

    Units: limits in `text_unit`, bytes in UTF-8, media in bytes per file; None is no limit.
    Shape: `link_length` is what a link counts for, None when it counts as it is written.
    """

    network: str
    name: str
    text_limit: int | None
    text_unit: Literal["graphemes", "characters"]
    byte_limit: int | None
    media_limit: int
    media_bytes: int
    media_types: frozenset[str]
    alt_limit: int | None
    link_length: int | None
    alt_text: bool
    reply: bool
    delete: bool
    idempotent: bool
    reads_reactions: bool
    metrics: frozenset[str]
    profile_metrics: frozenset[str]
    connect: tuple[ConnectMethod, ...]
    source: str
    reviewed_on: date


@dataclass(frozen=True)
class Ref:
    """Where a post is at its network: an address for machines, its content's digest, a page for people."""

    uri: str
    cid: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Image:
    """A picture to send along. `load` returns its bytes and is called only while preparing.

    Units: width and height in pixels, None when unknown.
    """

    load: Callable[[], bytes] = field(repr=False, compare=False)
    mime: str
    size: int
    alt: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class Link:
    """A page to show as a card under the text."""

    url: str
    title: str
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a person wrote for one channel. `languages` are BCP 47 tags.

    Shape: a reply names what it answers and, when known, the post at the top of that thread.
    """

    text: str
    title: str = ""
    languages: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    link: Link | None = None
    reply_to: Ref | None = None
    reply_root: Ref | None = None


@dataclass(frozen=True)
class Prepared:
    """Exactly what will be sent, frozen: keep it (JSON) before `publish`, and send it again unchanged."""

    network: str
    key: str
    payload: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {"network": self.network, "key": self.key, "payload": dict(self.payload)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Prepared":
        """Return what `as_json` gave."""
        return cls(network=value["network"], key=value["key"], payload=value["payload"])


@dataclass(frozen=True)
class Published:
    """A post that is there. `at` is the moment that the network's record states (UTC)."""

    ref: Ref
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who wrote something. `id` never changes (a DID, say); handle and name may."""

    id: str
    handle: str
    name: str = ""
    avatar_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """One reaction or mention. `remote_id` is unique at the network; `at` is what the author states (UTC)."""

    remote_id: str
    kind: IncomingKind
    author: Author
    text: str
    at: datetime
    ref: Ref
    in_reply_to: Ref | None = None
    root: Ref | None = None
    seen_through: str = ""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The account at the network to which the grant belongs."""

    id: str
    handle: str
    name: str = ""
    avatar_url: str = ""
    url: str = ""
    address: str = ""


class Problem(NamedTuple):
    """Why a message can't go to this network, as a code and what the sentence needs."""

    code: str
    params: Mapping[str, int | str]


class Fetched(NamedTuple):
    """Reactions, oldest first, and the cursor to give next time."""

    items: list[Incoming]
    cursor: str


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """Counts by name; None where the network doesn't supply one, never 0. `source` says who counted."""

    counts: Mapping[str, int | None]
    source: str


@dataclass(frozen=True, kw_only=True)
class Connection:
    """All that a connector holds: where, as whom, with which grant, through which door.

    Shape: `address` is the base address of the server; `account` the id that `check` gave before
           ("" on the first check); `store` is only for connectors that publish inside Dialoog.
    """

    address: str = ""
    account: str = ""
    grants: GrantStore | None = None
    http: GuardedClient | None = None
    store: Any = None


class Connector(ABC):
    """One network. Every method raises only the four errors of `dialoog.networks.errors`.

    Only `publish` and `delete` change what others see; all else may be repeated freely.
    """

    capabilities: ClassVar[Capabilities]

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @abstractmethod
    def check(self, now: datetime) -> Profile:
        """Return whose grant this is, as a sign that the connection works."""

    @abstractmethod
    def new_key(self, now: datetime) -> str:
        """Return a key under which one post will be published, once."""

    @abstractmethod
    def validate(self, message: Message) -> tuple[Problem, ...]:
        """Return what the network would refuse, without asking it."""

    @abstractmethod
    def prepare(self, message: Message, key: str, now: datetime) -> Prepared:
        """Upload media, look names up, and freeze what `publish` will send.

        Errors: Refused with the first problem's code when `validate` finds one.
        """

    @abstractmethod
    def publish(self, prepared: Prepared) -> Published:
        """Publish; the same `prepared` twice gives one post."""

    @abstractmethod
    def find(self, prepared: Prepared) -> Published | None:
        """Return what `publish` left behind, or None when there is nothing."""

    @abstractmethod
    def delete(self, ref: Ref) -> None:
        """Take a post back; one that is already gone is no error."""

    @abstractmethod
    def fetch_incoming(self, cursor: str, now: datetime) -> Fetched:
        """Return reactions since `cursor` ("" at first). An item may come twice: keep `remote_id` unique."""

    @abstractmethod
    def post_metrics(self, refs: Sequence[Ref], now: datetime) -> dict[str, Metrics]:
        """Return the counts by uri; a post that can't be read is left out."""

    @abstractmethod
    def profile_metrics(self, now: datetime) -> Metrics:
        """Return the counts of the profile itself."""
