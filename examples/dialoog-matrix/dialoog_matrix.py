"""Matrix: one room on any homeserver, posts under a transaction id of our own.

Source: https://spec.matrix.org/v1.18/client-server-api/ (room send, messages, redact, whoami)
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import quote

from dialoog.core.http import GuardedClient, Response
from dialoog.networks.answers import checked_address, understood
from dialoog.networks.api import Api
from dialoog.networks.base import Connection, Connector
from dialoog.networks.errors import NeedsConsent, Refused
from dialoog.networks.grants import Grant
from dialoog.networks.values import (
    Author,
    Capabilities,
    Fetched,
    Incoming,
    Message,
    Metrics,
    Prepared,
    Profile,
    Published,
    Ref,
)
from dialoog.networks.ways import Access, DirectWay, Field, Step, Way
from dialoog.networks.words import Words

NETWORK: Final = "matrix"
CLIENT: Final = "/_matrix/client/v3"
# Synapse promises to know a transaction for half an hour; we stop relying on it before that.
KEY_LASTS: Final = timedelta(minutes=25)
SKEW: Final = timedelta(minutes=2)
PAGE: Final = 100
MOST_PAGES: Final = 10


class _Api(Api):
    codes: ClassVar[Mapping[str, str]] = {"M_NOT_FOUND": "not_found", "M_TOO_LARGE": "too_large"}

    def error_name(self, answer: Response) -> str:
        try:
            return str(answer.json()["errcode"])
        except (ValueError, KeyError, TypeError):
            return ""

    def token_refused(self, answer: Response) -> bool:
        return answer.status == 401 or self.error_name(answer) == "M_UNKNOWN_TOKEN"


class Token(DirectWay):
    """By the access token of an account that is in the room."""

    name = "token"
    title = Words(nl="Met een toegangstoken", en="With an access token")
    steps = (
        Step(
            text=Words(
                nl="Maak een account voor je organisatie en nodig het uit in de kamer.",
                en="Make an account for your organisation and invite it to the room.",
            )
        ),
        Step(
            text=Words(
                nl="Kopieer in Element onder Instellingen, Hulp en info het toegangstoken.",
                en="In Element copy the access token under Settings, Help and about.",
            )
        ),
    )
    fields = (
        Field(
            name="address",
            kind="address",
            label=Words(nl="Adres van de homeserver", en="Address of the homeserver"),
            initial="https://matrix-client.matrix.org",
        ),
        Field(
            name="room",
            kind="text",
            label=Words(nl="Id van de kamer", en="Id of the room"),
            example="!abc123:example.org",
            pattern=r"![^\s:]+(:\S+)?",
        ),
        Field(name="token", kind="secret", label=Words(nl="Toegangstoken", en="Access token")),
    )

    def connect(self, filled: Mapping[str, str], http: GuardedClient, now: datetime) -> Sequence[Access]:
        """Keep the token and the room; `check` asks whether they work."""
        grant = Grant("token", {"access": filled["token"], "room": filled["room"]})
        return [Access(grant, checked_address(http, filled["address"]))]


class Matrix(Connector):
    """A room. The idempotency key is the transaction id of the event."""

    capabilities = Capabilities(
        network=NETWORK,
        name="Matrix",
        icon="message",
        text_limit=None,
        text_unit="characters",
        byte_limit=40_000,
        media_limit=0,
        media_bytes=0,
        media_types=frozenset(),
        alt_limit=None,
        alt_text=False,
        reply=True,
        delete=True,
        idempotency="key",
        key_lasts=KEY_LASTS,
        reads_reactions=True,
        metrics=frozenset(),
        profile_metrics=frozenset(),
        source="https://spec.matrix.org/v1.18/client-server-api/",
        reviewed_on=date(2026, 11, 23),
    )
    about: ClassVar[Words] = Words(
        nl="Een kamer op een open netwerk voor gesprekken, op een server naar keuze.",
        en="A room on an open network for conversations, on a server of your choice.",
    )
    ways: ClassVar[tuple[Way, ...]] = (Token(),)

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.api = _Api(connection)

    def _room(self) -> str:
        return f"{CLIENT}/rooms/{quote(str(self.api.grants.load().data['room']), safe='')}"

    def check(self, now: datetime) -> Profile:
        """Return the room, as the account that is in it sees it."""
        who = self.api.get(f"{CLIENT}/account/whoami")
        with understood():
            user, room = str(who["user_id"]), str(self.api.grants.load().data["room"])
        if self.connection.account not in {"", f"{user} {room}"}:
            raise NeedsConsent("other_account")
        self.api.get(f"{self._room()}/messages", {"dir": "b", "limit": 1})
        return Profile(
            id=f"{user} {room}",
            handle=user.lstrip("@"),
            name=room,
            url=f"https://matrix.to/#/{quote(room, safe='!:')}",
            address=self.api.address,
        )

    def prepare(self, message: Message, key: str, now: datetime) -> Prepared:
        """Freeze the event."""
        self.require_valid(message)
        event: dict[str, Any] = {"msgtype": "m.text", "body": message.text}
        if message.reply_to is not None:
            event["m.relates_to"] = {"m.in_reply_to": {"event_id": _event_id(message.reply_to)}}
        return Prepared(NETWORK, key, {"event": event, "at": now.isoformat()})

    def publish(self, prepared: Prepared) -> Published:
        """Send the event under our key; the same key again gives the same event."""
        answer = self.api.call(
            "PUT",
            f"{self._room()}/send/m.room.message/{prepared.key}",
            json=prepared.payload["event"],
            mutates=True,
        )
        found = self.api.json(answer, mutates=True)
        with understood(mutates=True):
            event_id = str(found["event_id"])
        stands = self._event(event_id)
        with understood(mutates=True):
            if stands["content"]["body"] != prepared.payload["event"]["body"]:
                raise Refused("key_taken", prepared.key)
            return self._published(stands)

    def _event(self, event_id: str) -> Mapping[str, Any]:
        # Between sending and asking it's published already: what fails here leaves the outcome unknown.
        answer = self.api.call("GET", f"{self._room()}/event/{quote(event_id, safe='')}", mutates=True)
        return dict(self.api.json(answer, mutates=True))

    def find(self, prepared: Prepared) -> Published | None:
        """Look back in the room for the event that carries our transaction id.

        Errors: Refused("key_taken") when another text was sent under it.
        """
        since = datetime.fromisoformat(prepared.payload["at"]) - SKEW
        for event in self._back(since):
            with understood():
                if (event.get("unsigned") or {}).get("transaction_id") != prepared.key:
                    continue
                if not event.get("content"):
                    return None
                if event["content"]["body"] != prepared.payload["event"]["body"]:
                    raise Refused("key_taken", prepared.key)
                return self._published(event)
        return None

    def _back(self, since: datetime) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        query: dict[str, Any] = {"dir": "b", "limit": PAGE}
        for _ in range(MOST_PAGES):
            page = self.api.get(f"{self._room()}/messages", query)
            with understood():
                events = list(page["chunk"])
                found += [event for event in events if _moment(event) >= since]
                if not events or not page.get("end") or _moment(events[-1]) < since:
                    break
                query["from"] = page["end"]
        return found

    def _published(self, event: Mapping[str, Any]) -> Published:
        room, event_id = str(self.api.grants.load().data["room"]), str(event["event_id"])
        place = f"https://matrix.to/#/{quote(room, safe='!:')}/{quote(event_id, safe='$:')}"
        return Published(Ref(f"{NETWORK}:{room}/{event_id}", "", place), _moment(event))

    def delete(self, ref: Ref) -> None:
        """Redact the event: the room keeps an empty place. One that is gone is no error."""
        event_id = _event_id(ref)
        try:
            path = f"{self._room()}/redact/{quote(event_id, safe='')}/{quote(event_id.strip('$'), safe='')}"
            self.api.json(self.api.call("PUT", path, json={}))
        except Refused as refused:
            if refused.code != "not_found":
                raise

    def fetch_incoming(self, cursor: str, now: datetime) -> Fetched:
        """Return what others wrote to us since `cursor`: answers to our events, and mentions of our name."""
        who = self.api.get(f"{CLIENT}/account/whoami")
        query = {"dir": "f", "limit": PAGE, **({"from": cursor} if cursor else {})}
        page = self.api.get(f"{self._room()}/messages", query)
        with understood():
            us = str(who["user_id"])
            found = [item for event in page["chunk"] if (item := self._incoming(event, us)) is not None]
            return Fetched(found, str(page.get("end") or cursor))

    def _incoming(self, event: Mapping[str, Any], us: str) -> Incoming | None:
        content = event.get("content") or {}
        body = content.get("body")
        if event.get("type") != "m.room.message" or event["sender"] == us or not isinstance(body, str):
            return None
        answered = ((content.get("m.relates_to") or {}).get("m.in_reply_to") or {}).get("event_id")
        named = us in ((content.get("m.mentions") or {}).get("user_ids") or [])
        if not answered and not named and us not in body:
            return None
        published = self._published(event)
        room = published.ref.uri.rpartition("/")[0]
        return Incoming(
            remote_id=str(event["event_id"]),
            kind="reply" if answered else "mention",
            author=Author(id=str(event["sender"]), handle=str(event["sender"]).lstrip("@")),
            text=body,
            at=published.at,
            ref=published.ref,
            in_reply_to=Ref(f"{room}/{answered}") if answered else None,
        )

    def post_metrics(self, refs: Sequence[Ref], now: datetime) -> dict[str, Metrics]:
        """Return nothing: rooms count nothing."""
        return {}

    def profile_metrics(self, now: datetime) -> Metrics:
        """Return nothing: rooms count nothing."""
        return Metrics(counts={}, source=NETWORK)


def _event_id(ref: Ref) -> str:
    event_id = ref.uri.rpartition("/")[2]
    if not ref.uri.startswith(f"{NETWORK}:") or not event_id.startswith("$"):
        raise Refused("bad_reference", ref.uri[:200])
    return event_id


def _moment(event: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(event["origin_server_ts"] / 1000, UTC)
