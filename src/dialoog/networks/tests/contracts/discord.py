"""What Discord keeps of a webhook: its messages, and that it can be withdrawn."""

import json
from datetime import UTC, datetime

from dialoog.networks.tests.contract import Answer

GUILD, CHANNEL = "100000000000000001", "100000000000000002"


class Discord:
    """A webhook of one channel."""

    def __init__(self):
        self.id, self.token = "100000000000000003", "t" * 68
        self.messages = {}
        self.is_withdrawn = False

    def _known(self, asked):
        return not self.is_withdrawn and asked.path["id"] == self.id and asked.path["token"] == self.token

    def look(self, asked):
        if not self._known(asked):
            return Answer(404, {"message": "Unknown Webhook", "code": 10015})
        return {"id": self.id, "name": "Dialoog", "channel_id": CHANNEL, "guild_id": GUILD, "avatar": None}

    def execute(self, asked):
        if not self._known(asked):
            return Answer(404, {"message": "Unknown Webhook", "code": 10015})
        said = json.loads(asked.body["payload_json"]) if asked.files else asked.body
        if not said.get("content") and not asked.files:
            return Answer(400, {"message": "Cannot send an empty message", "code": 50006})
        number = str(200000000000000000 + len(self.messages))
        self.messages[number] = {
            "id": number,
            "channel_id": CHANNEL,
            "content": said.get("content", ""),
            "timestamp": datetime.now(UTC).isoformat(),
            "attachments": said.get("attachments", []),
        }
        return self.messages[number]

    def remove(self, asked):
        if not self._known(asked) or asked.path["message"] not in self.messages:
            return Answer(404, {"message": "Unknown Message", "code": 10008})
        del self.messages[asked.path["message"]]
        return Answer(204)
