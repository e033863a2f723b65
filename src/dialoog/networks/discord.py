"""Discord, for inside: one channel of a server, by a webhook that its moderators make and can withdraw.

Source: https://docs.discord.com/developers/resources/webhook
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from dialoog.core.http import GuardedClient, Response
from dialoog.networks.answers import checked_address, understood
from dialoog.networks.api import Api, File
from dialoog.networks.base import Connection, Connector
from dialoog.networks.errors import NeedsConsent, Refused
from dialoog.networks.grants import Grant
from dialoog.networks.values import Capabilities, Fetched, Message, Metrics, Prepared, Profile, Published, Ref
from dialoog.networks.ways import Access, DirectWay, Field, Step, Way
from dialoog.networks.words import Words

NETWORK: Final = "discord"
API: Final = "https://discord.com"
_PATH: Final = re.compile(r"/api/(?:v\d+/)?webhooks/(\d{17,20})/([\w-]{60,100})/?")
_UNKNOWN_WEBHOOK: Final = "10015"


class _Api(Api):
    """The webhook's own address is the proof; it never leaves in a header and never stands in an error."""

    def sign(self, grant: Grant) -> Mapping[str, str]:
        return {}

    def error_name(self, answer: Response) -> str:
        try:
            return str(answer.json()["code"])
        except (ValueError, KeyError, TypeError):
            return ""

    def raise_for(self, answer: Response, *, mutates: bool = False) -> None:
        if answer.status == 404 and self.error_name(answer) == _UNKNOWN_WEBHOOK:
            raise NeedsConsent("consent_withdrawn", "the webhook was removed")
        super().raise_for(answer, mutates=mutates)


class Webhook(DirectWay):
    """By the address of a webhook."""

    name = "webhook"
    title = Words(nl="Met een webhook", en="With a webhook")
    steps = (
        Step(
            text=Words(
                nl="Open in Discord de instellingen van het kanaal, en dan Integraties, Webhooks.",
                en="In Discord open the settings of the channel, then Integrations, Webhooks.",
            )
        ),
        Step(
            text=Words(
                nl="Maak er een met de naam van je organisatie en kopieer het adres.",
                en="Make one with the name of your organisation and copy its address.",
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
    )

    def connect(self, filled: Mapping[str, str], http: GuardedClient, now: datetime) -> Sequence[Access]:
        """Take the address apart; `check` asks whether it works."""
        parts = urlsplit(filled["webhook"])
        found = _PATH.fullmatch(parts.path)
        base = f"{parts.scheme}://{parts.netloc}"
        if found is None or (
            parts.hostname not in {"discord.com", "discordapp.com"} and not http.allows(base)
        ):
            raise Refused("webhook_unreadable")
        grant = Grant("webhook", {"id": found[1], "access": found[2]})
        return [Access(grant, checked_address(http, base))]


class Discord(Connector):
    """A channel on somebody's server. It takes messages and tells nothing back."""

    capabilities = Capabilities(
        network=NETWORK,
        name="Discord",
        icon="discord",
        text_limit=2000,
        text_unit="characters",
        media_limit=10,
        media_bytes=10 * 1024 * 1024,
        media_types=frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"}),
        alt_limit=1024,
        alt_text=True,
        reply=False,
        delete=True,
        idempotency="none",
        reads_back=False,
        reads_reactions=False,
        metrics=frozenset(),
        profile_metrics=frozenset(),
        source="https://docs.discord.com/developers/resources/webhook",
        reviewed_on=date(2026, 11, 23),
    )
    about: ClassVar[Words] = Words(
        nl="Een besloten ruimte voor gesprekken, voor collega's of een gemeenschap. Dialoog plaatst er berichten.",
        en="A closed room for conversations, for colleagues or a community. Dialoog publishes messages there.",
    )
    ways: ClassVar[tuple[Way, ...]] = (Webhook(),)
    errors: ClassVar[Mapping[str, Words]] = {
        "webhook_unreadable": Words(
            nl="Dit is geen adres van een webhook van Discord. Kopieer het opnieuw uit de instellingen van het kanaal.",
            en="This is no address of a Discord webhook. Copy it again from the settings of the channel.",
        )
    }

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.api = _Api(connection)

    def _path(self) -> str:
        held = self.api.grants.load().data
        if not held.get("id") or not held.get("access"):
            raise NeedsConsent("not_connected")
        return f"/api/webhooks/{held['id']}/{held['access']}"

    def check(self, now: datetime) -> Profile:
        """Return the webhook's name and place."""
        found = self.api.get(self._path())
        with understood():
            profile = Profile(
                id=str(found["id"]),
                handle="",
                name=str(found["name"] or "Discord"),
                url=f"https://discord.com/channels/{found['guild_id']}/{found['channel_id']}",
                address=self.api.address,
            )
        if self.connection.account not in {"", profile.id}:
            raise NeedsConsent("other_account")
        return profile

    def prepare(self, message: Message, key: str, now: datetime) -> Prepared:
        """Freeze the message. Images are sent along with it, so they're kept in it as they are.

        A message may call nobody: whoever may write here may not wake the whole server by "@everyone".
        """
        self.require_valid(message)
        said = {
            "content": message.text,
            "allowed_mentions": {"parse": []},
            "attachments": [
                {
                    "id": number,
                    "filename": f"{number}.{image.mime.partition('/')[2]}",
                    "description": image.alt,
                }
                for number, image in enumerate(message.images)
            ],
        }
        files = [{"mime": image.mime, "data": image.load().hex()} for image in message.images]
        return Prepared(NETWORK, key, {"said": said, "files": files})

    def publish(self, prepared: Prepared) -> Published:
        """Send it, and wait until it stands there. Sending it twice would be two messages."""
        said, files = prepared.payload["said"], prepared.payload["files"]
        body: dict[str, Any] = {"json": said}
        if files:
            packed = {
                f"files[{number}]": File(
                    said["attachments"][number]["filename"], bytes.fromhex(one["data"]), one["mime"]
                )
                for number, one in enumerate(files)
            }
            body = {"form": {"payload_json": json.dumps(said)}, "files": packed, "timeout": 60}
        answer = self.api.call("POST", self._path(), query={"wait": "true"}, mutates=True, **body)
        found = self.api.json(answer, mutates=True)
        with understood(mutates=True):
            at = datetime.fromisoformat(found["timestamp"])
            return Published(Ref(f"{NETWORK}:{found['channel_id']}/{found['id']}", str(found["id"])), at)

    def find(self, prepared: Prepared) -> Published | None:
        """Return None: a webhook can't read what stands in the channel."""
        return None

    def delete(self, ref: Ref) -> None:
        """Take the message away; one that is gone is no error."""
        if not ref.uri.startswith(f"{NETWORK}:") or not ref.cid.isdigit():
            raise Refused("bad_reference", ref.uri[:200])
        try:
            self.api.json(self.api.call("DELETE", f"{self._path()}/messages/{ref.cid}"))
        except Refused as refused:
            if refused.code != "not_found":
                raise

    def fetch_incoming(self, cursor: str, now: datetime) -> Fetched:
        """Return nothing: a webhook hears nothing."""
        return Fetched([], cursor)

    def post_metrics(self, refs: Sequence[Ref], now: datetime) -> dict[str, Metrics]:
        """Return nothing: a webhook counts nothing."""
        return {}

    def profile_metrics(self, now: datetime) -> Metrics:
        """Return nothing: a webhook counts nothing."""
        return Metrics(counts={}, source=NETWORK)
