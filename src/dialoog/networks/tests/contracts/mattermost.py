"""What Mattermost keeps of an incoming webhook: its posts, whether it is locked, and what became of it."""

import re

from dialoog.networks.tests.contract import Answer


def _no(name, status):
    return Answer(status, {"id": name, "message": "no", "status_code": status})


class Mattermost:
    """A webhook of one channel of a team; `trouble` is one of the server's own errors as (name, status)."""

    def __init__(self):
        self.id = "w" * 26
        self.posts, self.woken = [], 0
        self.is_withdrawn, self.is_locked, self.trouble = False, False, None

    def post(self, asked):
        if self.trouble:
            return _no(*self.trouble)
        if self.is_withdrawn or asked.path["id"] != self.id:
            return _no("web.incoming_webhook.invalid.app_error", 400)
        if "channel" in asked.body:
            return _no("web.incoming_webhook.channel.app_error", 404)
        # The server reads Slack's way of calling everybody as its own.
        text = re.sub(r"<!(channel|all|here)>", r"@\1", asked.body["text"])
        self.woken += bool(re.search(r"(?<![\w.])@(channel|all|here)\b", text, re.IGNORECASE))
        self.posts.append(asked.body["text"])
        return Answer(200, b"ok", {"content-type": "text/plain"})
