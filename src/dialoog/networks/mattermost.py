"""Mattermost, for inside: one channel of a team, by an incoming webhook that its members make and can withdraw.

Source: https://developers.mattermost.com/integrate/webhooks/incoming/ and the handler in the open server
        (mattermost/mattermost, server/channels/app/webhook.go, HandleIncomingWebhook)
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar, Final
from urllib.parse import urlsplit

from dialoog.core.http import GuardedClient, Response
from dialoog.networks.answers import WAIT_SECONDS, checked_address
from dialoog.networks.api import Api
from dialoog.networks.base import Connection, Connector
from dialoog.networks.errors import NeedsConsent, OutcomeUnknown, Refused, TryLater
from dialoog.networks.grants import Grant
from dialoog.networks.values import Capabilities, Fetched, Message, Metrics, Prepared, Profile, Published, Ref
from dialoog.networks.ways import Access, DirectWay, Field, Step, Way
from dialoog.networks.words import Words

NETWORK: Final = "mattermost"
_PATH: Final = re.compile(r"((?:/[\w.-]+)*)/hooks/([a-z0-9]{26})/?")
# Who is called by one of these is everybody; what the server makes of Slack's way of writing it too.
_ALL: Final = re.compile(r"(?<![\w.+-])(@|<!)(?=(?:channel|all|here)\b)", re.IGNORECASE)
# Names of channels hold no spaces, so there is none of this name and nothing is posted there.
_NOWHERE: Final = "dialoog kijkt of dit werkt"
_ERROR: Final = "web.incoming_webhook."
_LOST: Final = {
    f"{_ERROR}invalid.app_error": "consent_withdrawn",
    f"{_ERROR}disabled.app_error": "hooks_disabled",
    "app.channel.get.existing.app_error": "channel_gone",
}


class _Api(Api):
    """The webhook's own address is the proof; it never leaves in a header and never stands in an error."""

    codes: ClassVar[Mapping[str, str]] = {
        f"{_ERROR}channel.app_error": "no_channel",
        f"{_ERROR}channel_locked.app_error": "channel_locked",
    }

    def sign(self, grant: Grant) -> Mapping[str, str]:
        return {}

    def error_name(self, answer: Response) -> str:
        try:
            return str(answer.json()["id"])
        except (ValueError, KeyError, TypeError):
            return ""

    def raise_for(self, answer: Response, *, mutates: bool = False) -> None:
        name = self.error_name(answer) if answer.status >= 400 else ""
        if name in _LOST:
            raise NeedsConsent(_LOST[name], name)
        super().raise_for(answer, mutates=mutates)


class Webhook(DirectWay):
    """By the address of an incoming webhook."""

    name = "webhook"
    title = Words(nl="Met een inkomende webhook", en="With an incoming webhook")
    steps = (
        Step(
            text=Words(
                nl="Open in Mattermost het productmenu, dan Integraties, Inkomende webhooks, en voeg er een toe.",
                en="In Mattermost open the product menu, then Integrations, Incoming Webhooks, and add one.",
            )
        ),
        Step(
            text=Words(
                nl="Kies het kanaal, zet het vast op dat kanaal en kopieer het adres.",
                en="Choose the channel, lock the webhook to it and copy its address.",
            )
        ),
    )
    fields = (
        Field(
            name="webhook",
            kind="secret",
            label=Words(nl="Adres van de webhook", en="Address of the webhook"),
            help=Words(
                nl="Wie dit adres kent, kan in het kanaal schrijven. Dialoog bewaart het versleuteld.",
                en="Who knows this address can write in the channel. Dialoog keeps it encrypted.",
            ),
        ),
        Field(
            name="name",
            kind="text",
            label=Words(nl="Naam van het kanaal", en="Name of the channel"),
            help=Words(
                nl="De webhook zegt zelf niet hoe zijn kanaal heet.", en="The webhook doesn't say it."
            ),
            example="Nieuws",
        ),
    )

    def connect(self, filled: Mapping[str, str], http: GuardedClient, now: datetime) -> Sequence[Access]:
        """Take the address apart; `check` asks whether it works."""
        parts = urlsplit(filled["webhook"])
        found = _PATH.fullmatch(parts.path)
        if found is None or not parts.hostname or "@" in parts.netloc:
            raise Refused("webhook_unreadable")
        base = checked_address(http, f"{parts.scheme}://{parts.netloc}{found[1]}")
        return [Access(Grant("webhook", {"access": found[2], "name": filled["name"]}), base)]


class Mattermost(Connector):
    """A channel of a team. It takes messages and tells nothing back, not even their number."""

    capabilities = Capabilities(
        network=NETWORK,
        name="Mattermost",
        icon="message",
        text_limit=16383,
        text_unit="characters",
        media_limit=0,
        media_bytes=0,
        media_types=frozenset(),
        alt_limit=None,
        alt_text=False,
        reply=False,
        delete=False,
        idempotency="none",
        reads_back=False,
        reads_reactions=False,
        metrics=frozenset(),
        profile_metrics=frozenset(),
        source="https://developers.mattermost.com/integrate/webhooks/incoming/",
        reviewed_on=date(2026, 11, 23),
    )
    about: ClassVar[Words] = Words(
        nl="Een besloten ruimte voor collega's, op een eigen server. Dialoog plaatst er berichten, zonder beeld.",
        en="A closed room for colleagues, on a server of your own. Dialoog publishes messages there, without images.",
    )
    ways: ClassVar[tuple[Way, ...]] = (Webhook(),)
    errors: ClassVar[Mapping[str, Words]] = {
        "webhook_unreadable": Words(
            nl="Dit is geen adres van een inkomende webhook van Mattermost. Kopieer het opnieuw uit Integraties.",
            en="This is no address of an incoming webhook of Mattermost. Copy it again from Integrations.",
        ),
        "hooks_disabled": Words(
            nl="De server staat geen inkomende webhooks meer toe. Vraag de beheerder om ze aan te zetten.",
            en="The server doesn't allow incoming webhooks any more. Ask its administrator to switch them on.",
        ),
        "channel_gone": Words(
            nl="Het kanaal van deze webhook is er niet meer. Maak een webhook voor een ander kanaal.",
            en="The channel of this webhook is gone. Make a webhook for another channel.",
        ),
    }

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.api = _Api(connection)

    def _path(self) -> str:
        return f"/hooks/{self.api.grants.load().data.get('access', '')}"

    def check(self, now: datetime) -> Profile:
        """Ask for a channel that can't be there: who knows the webhook says so, and nothing is posted."""
        held = self.api.grants.load().data
        asked = {"text": _NOWHERE, "channel": _NOWHERE}
        try:
            self.api.call("POST", self._path(), json=asked)
        except Refused as refused:
            # What a good webhook says of a channel that isn't there, or isn't its own.
            if refused.code not in {"no_channel", "channel_locked"}:
                raise
        else:
            raise TryLater(
                WAIT_SECONDS, "unreadable_answer", sent=True, detail="took a channel that isn't there"
            )
        base = self.api.address
        known = hashlib.sha256(f"{base}\n{held['access']}".encode()).hexdigest()[:32]
        profile = Profile(
            id=known, handle="", name=str(held.get("name") or "Mattermost"), url=base, address=base
        )
        if self.connection.account not in {"", profile.id}:
            raise NeedsConsent("other_account")
        return profile

    def prepare(self, message: Message, key: str, now: datetime) -> Prepared:
        """Freeze the message. It may call nobody: "@all" is broken by a mark that nobody sees.

        A longer text the server would cut into several posts, so it's held against the limit once more.
        """
        self.require_valid(message)
        text = _ALL.sub("\\1\u200b", message.text)
        if message.link is not None and message.link.url not in text:
            text = f"{text}\n\n{message.link.url}".strip()
        if self.capabilities.text_limit is not None and self.length(text) > self.capabilities.text_limit:
            raise Refused("text_too_long", "with the link")
        return Prepared(NETWORK, key, {"said": {"text": text}, "at": now.isoformat()})

    def publish(self, prepared: Prepared) -> Published:
        """Send it. The server says "ok" and no more; sending it twice would be two messages."""
        held = prepared.payload
        answer = self.api.call("POST", self._path(), json=held["said"], mutates=True)
        if answer.body.strip() != b"ok":
            raise OutcomeUnknown("unreadable_answer")
        return Published(Ref(f"{NETWORK}:{prepared.key}"), datetime.fromisoformat(held["at"]))

    def find(self, prepared: Prepared) -> Published | None:
        """Return None: a webhook can't read what stands in the channel."""
        return None

    def delete(self, ref: Ref) -> None:
        """Refuse: a webhook can't take back what it posted."""
        raise Refused("not_supported")

    def fetch_incoming(self, cursor: str, now: datetime) -> Fetched:
        """Return nothing: a webhook hears nothing."""
        return Fetched([], cursor)

    def post_metrics(self, refs: Sequence[Ref], now: datetime) -> dict[str, Metrics]:
        """Return nothing: a webhook counts nothing."""
        return {}

    def profile_metrics(self, now: datetime) -> Metrics:
        """Return nothing: a webhook counts nothing."""
        return Metrics(counts={}, source=NETWORK)
