"""What every connector takes and gives, as plain frozen values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import IO, Any, Literal, NamedTuple

from dialoog.networks.words import Words

# A post is what somebody publishes for all: to read, not to answer.
IncomingKind = Literal["reply", "mention", "quote", "like", "repost", "follow", "review", "post"]
TextUnit = Literal["graphemes", "characters", "utf16", "bytes", "weighted"]
# key: the same key twice is one post. draft: `prepare` leaves what nobody sees, `publish` shows it.
# none: sending twice is two posts, so what is in doubt is looked for and never simply sent again.
Idempotency = Literal["key", "draft", "none"]


@dataclass(frozen=True, kw_only=True)
class VideoLimits:
    """What a network takes of a video. Units: bytes; seconds, None is no limit."""

    types: frozenset[str]
    bytes: int
    seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a network can do, with where that is written and when it was last looked at.

    Units: limits in `text_unit`, bytes in UTF-8, media in bytes per file; None is no limit.
    Shape: `link_length` is what a link counts for, None when it counts as it is written. `key_lasts` says
           for how long the same key still means the same post, None when for ever. `reads_back` tells
           whether what was published can be looked up afterwards. `reads_every` is how often to look for
           what is new. What has `by_hand` is published by a person, and what doesn't `publish` is only
           read. A new message starts on the channels that are chosen `by_default`.
    """

    network: str
    name: str
    # Where the name is a word of the language rather than a proper name.
    local_name: Words | None = None
    icon: str = "world"
    text_limit: int | None
    text_unit: TextUnit
    byte_limit: int | None = None
    title_limit: int | None = None
    needs_title: bool = False
    media_limit: int
    media_bytes: int
    media_types: frozenset[str]
    needs_media: bool = False
    video: VideoLimits | None = None
    alt_limit: int | None
    link_length: int | None = None
    alt_text: bool
    reply: bool
    delete: bool
    publishes: bool = True
    by_default: bool = True
    by_hand: bool = False
    idempotency: Idempotency
    key_lasts: timedelta | None = None
    reads_back: bool = True
    reads_reactions: bool
    reads_every: timedelta = timedelta(seconds=45)
    metrics: frozenset[str]
    profile_metrics: frozenset[str]
    is_builtin: bool = False
    source: str
    reviewed_on: date

    @property
    def idempotent(self) -> bool:
        """Whether the same can be sent again without becoming two posts."""
        return self.idempotency != "none"

    def may_send_again(self, since: timedelta) -> bool:
        """Tell whether what was first sent so long ago may be sent again under the same key."""
        return self.idempotent and (self.key_lasts is None or since < self.key_lasts)


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


@dataclass(frozen=True, kw_only=True)
class Video:
    """A film to send along. `open` gives a file to read its bytes from, piece by piece, and to close.

    Units: width and height in pixels, None when unknown; length in seconds, None when unknown.
    """

    open: Callable[[], IO[bytes]] = field(repr=False, compare=False)
    mime: str
    size: int
    alt: str = ""
    width: int | None = None
    height: int | None = None
    seconds: float | None = None


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
    video: Video | None = None
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
    """The account at the network to which the grant belongs.

    Units: `consent_ends` is the moment (UTC) after which only a person can renew the grant; None is never.
    Shape: `limits` are those figures of the capability record that this very server or account has otherwise.
    """

    id: str
    handle: str
    name: str = ""
    avatar_url: str = ""
    url: str = ""
    address: str = ""
    consent_ends: datetime | None = None
    limits: Mapping[str, int] = field(default_factory=dict)


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
