"""By hand: a place without a way in for software, such as a closed network or a notice board in the hall.

Dialoog keeps the plan, the rules and the history; at the moment itself it hands text and images to a person,
who says where it stands. So nothing here calls anybody.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar, Final

from dialoog.core.http import GuardedClient
from dialoog.networks.base import Connector
from dialoog.networks.errors import NeedsConsent, Refused
from dialoog.networks.grants import Grant
from dialoog.networks.values import Capabilities, Fetched, Message, Metrics, Prepared, Profile, Published, Ref
from dialoog.networks.ways import Access, DirectWay, Field, Way
from dialoog.networks.words import Words

NETWORK: Final = "manual"
LONGEST: Final = 100_000


class Named(DirectWay):
    """By giving the place a name."""

    name = "zelf"
    title = Words(nl="Zelf plaatsen", en="Publish yourself")
    lead = Words(
        nl="Voor plekken waar geen programma bij kan: XING, TikTok zonder goedkeuring, een prikbord in de hal.",
        en="For places that no program can reach: XING, TikTok without review, a notice board in the hall.",
    )
    fields = (
        Field(
            name="place",
            kind="text",
            label=Words(nl="Naam van de plek", en="Name of the place"),
            example="XING van De Korenaar",
        ),
        Field(
            name="url",
            kind="text",
            label=Words(nl="Adres waar je plaatst", en="Address where you publish"),
            help=Words(
                nl="Dan staat er straks een link bij. Mag leeg blijven.",
                en="Then a link stands ready. May stay empty.",
            ),
            required=False,
            example="https://www.xing.com/pages/dekorenaar",
            pattern=r"https?://\S+",
        ),
        Field(
            name="limit",
            kind="text",
            label=Words(nl="Hoeveel tekens er passen", en="How many characters fit"),
            help=Words(nl="Mag leeg blijven.", en="May stay empty."),
            required=False,
            example="420",
            pattern=r"[1-9]\d{0,4}",
        ),
    )

    def connect(self, filled: Mapping[str, str], http: GuardedClient, now: datetime) -> Sequence[Access]:
        """Keep what was filled in; the same name again is the same place."""
        name = filled["place"]
        profile = Profile(
            id=hashlib.sha256(name.casefold().encode()).hexdigest()[:32],
            handle="",
            name=name,
            url=filled["url"],
            limits={"text_limit": int(filled["limit"])} if filled["limit"] else {},
        )
        grant = Grant("manual", {"place": name, "url": profile.url, "limits": dict(profile.limits)})
        return [Access(grant, profile=profile)]


class Manual(Connector):
    """A place where people publish themselves."""

    capabilities = Capabilities(
        network=NETWORK,
        name="By hand",
        local_name=Words(nl="Zelf plaatsen", en="By hand"),
        icon="clipboard",
        text_limit=LONGEST,
        text_unit="graphemes",
        media_limit=10,
        media_bytes=10_000_000,
        media_types=frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"}),
        alt_limit=2000,
        alt_text=True,
        reply=False,
        delete=False,
        by_hand=True,
        idempotency="none",
        reads_back=False,
        reads_reactions=False,
        metrics=frozenset(),
        profile_metrics=frozenset(),
        source="docs/networks.md",
        reviewed_on=date(2026, 11, 23),
    )
    about: ClassVar[Words] = Words(
        nl="Een plek waar je zelf plaatst. Dialoog herinnert je op tijd en zet tekst en beeld klaar.",
        en="A place where you publish yourself. Dialoog reminds you in time, with text and images ready.",
    )
    ways: ClassVar[tuple[Way, ...]] = (Named(),)

    def check(self, now: datetime) -> Profile:
        """Return what was filled in: there is nothing to ask."""
        if self.connection.grants is None:
            raise NeedsConsent("not_connected")
        held = self.connection.grants.load().data
        name = str(held["place"])
        return Profile(
            id=self.connection.account, handle="", name=name, url=str(held["url"]), limits=held["limits"]
        )

    def prepare(self, message: Message, key: str, now: datetime) -> Prepared:
        """Freeze the text; the images stay where a person can fetch them."""
        self.require_valid(message)
        return Prepared(NETWORK, key, {"text": message.text})

    def publish(self, prepared: Prepared) -> Published:
        """Refuse: a person does."""
        raise Refused("by_hand")

    def find(self, prepared: Prepared) -> Published | None:
        """Return None: only people can look."""
        return None

    def delete(self, ref: Ref) -> None:
        """Refuse: only people can take it away."""
        raise Refused("by_hand")

    def fetch_incoming(self, cursor: str, now: datetime) -> Fetched:
        """Return nothing."""
        return Fetched([], cursor)

    def post_metrics(self, refs: Sequence[Ref], now: datetime) -> dict[str, Metrics]:
        """Return nothing: figures are entered by hand."""
        return {}

    def profile_metrics(self, now: datetime) -> Metrics:
        """Return nothing: figures are entered by hand."""
        return Metrics(counts={}, source=NETWORK)
