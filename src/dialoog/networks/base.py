"""The contract that every connector keeps."""

import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import IO, Any, ClassVar

from dialoog.core.http import GuardedClient
from dialoog.core.money import Money
from dialoog.networks import limits
from dialoog.networks.errors import Refused
from dialoog.networks.grants import GrantStore
from dialoog.networks.values import (
    Capabilities,
    Fetched,
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

# What a server or an account may have otherwise than its network.
LIMITS = frozenset({"text_limit", "media_limit", "media_bytes", "alt_limit", "link_length"})


@dataclass(frozen=True, kw_only=True)
class Connection:
    """All that a connector holds: where, as whom, with which grant, through which door.

    Shape: `address` is the base address of the server; `account` the id that `check` gave before
           ("" on the first check); `store` is only for connectors that publish inside Dialoog. `spent` is
           told by how many seconds to leave the account alone when the network says that nothing is left.
           `limits` are those that `check` last found (`Profile.limits`). `expose` gives some bytes of a type
           a public https address for a day, for networks that fetch media themselves; None where this
           installation has no address that they can reach.
    """

    address: str = ""
    account: str = ""
    grants: GrantStore | None = None
    http: GuardedClient | None = None
    store: Any = None
    limits: Mapping[str, int] = field(default_factory=dict)
    spent: Callable[[float], None] | None = field(default=None, repr=False, compare=False)
    expose: Callable[[bytes | IO[bytes], str], str] | None = field(default=None, repr=False, compare=False)


class Connector(ABC):
    """One network. Every method raises only the four errors of `dialoog.networks.errors`.

    Only `publish` and `delete` change what others see; all else may be repeated freely.
    Shape: `about` says in a sentence what the network is to an organisation; `ways` are the ways to connect
           an account; `errors` are sentences for codes that only this network has.
    """

    capabilities: Capabilities
    about: ClassVar[Words]
    ways: ClassVar[tuple[Way, ...]] = ()
    errors: ClassVar[Mapping[str, Words]] = {}

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        own: dict[str, Any] = {name: value for name, value in connection.limits.items() if name in LIMITS}
        if own:
            self.capabilities = replace(self.capabilities, **own)

    @abstractmethod
    def check(self, now: datetime) -> Profile:
        """Return whose grant this is, as a sign that the connection works."""

    def new_key(self, _now: datetime) -> str:
        """Return a key under which one post will be published, once; at most 64 characters."""
        return secrets.token_hex(16)

    def length(self, text: str) -> int:
        """Count a text as the network counts it."""
        return limits.length(text, self.capabilities)

    def price(self, _message: Message) -> Money | None:
        """Return what the network takes for publishing a message; None where it's free."""
        return None

    def validate(self, message: Message) -> tuple[Problem, ...]:
        """Return what the network would refuse, without asking it."""
        return tuple(limits.problems(message, self.capabilities, self.length(message.text)))

    def require_valid(self, message: Message) -> None:
        """Raise Refused with the first problem's code when `validate` finds one."""
        if problems := self.validate(message):
            raise Refused(problems[0].code, str(dict(problems[0].params)))

    @abstractmethod
    def prepare(self, message: Message, key: str, now: datetime) -> Prepared:
        """Upload media, look names up, and freeze what `publish` will send.

        Errors: Refused with the first problem's code when `validate` finds one.
        """

    @abstractmethod
    def publish(self, prepared: Prepared) -> Published:
        """Publish; the same `prepared` twice gives one post."""

    def may_send_again(self, _prepared: Prepared, since: timedelta) -> bool:
        """Tell whether what was first sent so long ago, and wasn't found, may be sent once more unchanged.

        A network whose answers can't be sent twice, unlike its posts, says so here.
        """
        return self.capabilities.may_send_again(since)

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
