"""What the stand-ins of Meta's networks share: how they say no, and that a field which a thing hasn't is an error."""

import re
from datetime import UTC, datetime, timedelta

from dialoog.networks.tests.contract import Answer


def error(code, subcode=0, message="no", *, status=400, **more):
    """Return an error as the Graph interface gives it."""
    told = {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code, "fbtrace_id": "A6"}
    return Answer(status, {"error": {**told, **({"error_subcode": subcode} if subcode else {}), **more}})


def gone(identity):
    """Return what is said of a thing that isn't there."""
    return error(100, 33, f"Unsupported get request. Object with ID '{identity}' does not exist")


def names(fields):
    """Return the names at the top of a list of fields; what stands in braces and brackets belongs to one of them."""
    plain = fields
    while (less := re.sub(r"\{[^{}]*\}|\([^()]*\)", "", plain)) != plain:
        plain = less
    return [name.partition(".")[0] for name in plain.split(",")]


def unknown_field(fields, known):
    """Return the error for the first field that a thing hasn't; None when it has them all."""
    wrong = [name for name in names(fields) if name not in known]
    return error(100, 0, f"Tried accessing nonexisting field ({wrong[0]})") if wrong else None


def listed(found, asked, *, size=25):
    """Return a page of a list, and how to go on."""
    start = int((asked.query.get("after") or ["0"])[0])
    end = start + int((asked.query.get("limit") or [size])[0])
    paging = {"cursors": {"before": str(start), "after": str(end)}}
    if end < len(found):
        # The address of the next page holds the token: whoever follows it gives it away.
        paging["next"] = f"https://graph.facebook.com/next?access_token={asked.token}&after={end}"
    return {"data": found[start:end], "paging": paging}


class Clock:
    """The network's time; a test may hold it still, and then each thing comes a second later."""

    def __init__(self):
        self.at, self.count = None, 0

    def __call__(self):
        if self.at is None:
            return datetime.now(UTC)
        self.count += 1
        return self.at + timedelta(seconds=self.count)

    def stamp(self):
        return self().strftime("%Y-%m-%dT%H:%M:%S+0000")
