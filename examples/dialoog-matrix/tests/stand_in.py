"""What a homeserver keeps of one room."""

from datetime import UTC, datetime
from urllib.parse import unquote

from dialoog.networks.tests.contract import Answer

ROOM = "!room:example.org"
US = "@korenaar:example.org"


class Homeserver:
    """One room with us in it."""

    def __init__(self):
        self.token = "syt_a2VlcF9pdF9zZWNyZXQ_abcdefghijklmnop"
        self.events, self.transactions = [], {}

    def _stranger(self, asked):
        if asked.token != self.token:
            return Answer(401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Unrecognised access token"})
        room = asked.path.get("room")
        if room is not None and unquote(room) != ROOM:
            return Answer(403, {"errcode": "M_FORBIDDEN", "error": "You aren't a member of the room"})
        return None

    def whoami(self, asked):
        return self._stranger(asked) or {"user_id": US, "device_id": "DIALOOG"}

    def add(self, sender, content, transaction=None):
        number = len(self.events)
        self.events.append(
            {
                "event_id": f"$event{number}",
                "type": "m.room.message",
                "sender": sender,
                "origin_server_ts": int(datetime.now(UTC).timestamp() * 1000),
                "content": content,
                "unsigned": {"transaction_id": transaction} if transaction else {},
            }
        )
        return self.events[-1]

    def send(self, asked):
        if stranger := self._stranger(asked):
            return stranger
        key = asked.path["txn"]
        if key not in self.transactions:
            self.transactions[key] = self.add(US, asked.body, key)["event_id"]
        return {"event_id": self.transactions[key]}

    def event(self, asked):
        if stranger := self._stranger(asked):
            return stranger
        wanted = unquote(asked.path["event"])
        found = [event for event in self.events if event["event_id"] == wanted]
        return found[0] if found else Answer(404, {"errcode": "M_NOT_FOUND", "error": "Event not found"})

    def messages(self, asked):
        if stranger := self._stranger(asked):
            return stranger
        limit = int(asked.query.get("limit", ["10"])[0])
        if asked.query["dir"] == ["f"]:
            start = int(asked.query.get("from", ["0"])[0])
            page = self.events[start : start + limit]
            return {"chunk": page, "start": str(start), "end": str(start + len(page))}
        stop = int(asked.query.get("from", [str(len(self.events))])[0])
        page = self.events[max(stop - limit, 0) : stop][::-1]
        return {"chunk": page, "start": str(stop), **({"end": str(stop - limit)} if stop > limit else {})}

    def redact(self, asked):
        if stranger := self._stranger(asked):
            return stranger
        for event in self.events:
            if event["event_id"] == unquote(asked.path["event"]):
                event["content"] = {}
        return {"event_id": "$redaction"}
