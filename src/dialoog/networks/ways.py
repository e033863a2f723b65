"""Ways in: what a person fills in to connect an account, and what comes of it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from dialoog.core.http import GuardedClient
from dialoog.networks.grants import Grant
from dialoog.networks.values import Profile
from dialoog.networks.words import Words

FieldKind = Literal["address", "handle", "text", "secret", "email", "choice", "page", "lines"]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing to fill in.

    Shape: kind "address" arrives as the base address of a server (scheme and host, no path), "page" as a whole
           address with its path, "handle" as it was typed without @ and spaces, "choice" as one of `choices`
           (value, words), "lines" with its line ends; `example` is shown in errors and hints, `pattern` must match the whole of it in
           lower case. What belongs to the organisation's registered app is `of_app`: it's kept, so that it's
           filled in once for all accounts of this network.
    """

    name: str
    kind: FieldKind
    label: Words
    help: Words | None = None
    example: str = ""
    initial: str = ""
    required: bool = True
    pattern: str = ""
    of_app: bool = False
    choices: tuple[tuple[str, Words], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to do beforehand, with the page where that is done."""

    text: Words
    url: str = ""
    link: Words | None = None


@dataclass(frozen=True, kw_only=True)
class Scope:
    """A permission that we ask of the network, by its technical name, and what we do with it."""

    name: str
    why: Words


@dataclass(frozen=True)
class Access:
    """What a sign-in gave: a grant for one account, and at which server.

    Shape: one sign-in may give several (a person and their pages). `profile` is None when the connector's own
           `check` tells whose it is.
    """

    grant: Grant
    address: str = ""
    profile: Profile | None = None


@dataclass(frozen=True)
class Site:
    """Who this installation is to a network.

    Shape: `redirect_uri` is where the network sends people back to; `address` our own address without its
           last slash; `key` a secret of this installation from which a way may derive keys of its own.
    """

    redirect_uri: str
    address: str
    key: str = field(repr=False, default="")

    @property
    def is_https(self) -> bool:
        """Whether networks that want an encrypted way back can send people here."""
        return self.redirect_uri.startswith("https://")


@dataclass(frozen=True)
class Begun:
    """Where to send the person, and what must be kept (encrypted) to finish. `state` is in the answer's address."""

    url: str
    state: str
    secret: Mapping[str, Any] = field(repr=False)


class Way(ABC):
    """What all ways have: a name for addresses, words, and what to fill in."""

    name: str
    title: Words
    lead: Words | None = None
    steps: tuple[Step, ...] = ()
    scopes: tuple[Scope, ...] = ()
    fields: tuple[Field, ...] = ()

    def offered(self, _site: Site) -> Words | None:
        """Return why this way can't be taken on this installation; None when it can."""
        return None


class DirectWay(Way):
    """A way that is done once the form is sent: an app password, a token, an address."""

    @abstractmethod
    def connect(self, filled: Mapping[str, str], http: GuardedClient, now: datetime) -> Sequence[Access]:
        """Return what it gives access to; Refused, NeedsConsent or TryLater with a code when it doesn't work."""


class ConsentWay(Way):
    """A way that leads over the network's own page."""

    @abstractmethod
    def begin(self, filled: Mapping[str, str], site: Site, http: GuardedClient, now: datetime) -> Begun:
        """Return where to send the person.

        Errors: Refused, TryLater with a code.
        """

    @abstractmethod
    def finish(
        self, secret: Mapping[str, Any], params: Mapping[str, str], http: GuardedClient, now: datetime
    ) -> Sequence[Access]:
        """Turn what the browser brought back into accounts.

        Shape:  `params` are those of the redirect; the caller sees to it that a state works only once, and
                that it comes back to who began.
        Errors: NeedsConsent("consent_withdrawn") when the person said no; Refused("wrong_state"); TryLater.
        """
