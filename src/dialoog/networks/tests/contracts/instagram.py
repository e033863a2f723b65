"""What Instagram keeps of one account: containers, posts, comments, and who may ask."""

import itertools

from dialoog.networks.tests.contract import Answer
from dialoog.networks.tests.contracts.meta import Clock, error, gone, listed, unknown_field

USER, OWN, VISITOR = "17841400000000001", "dekorenaar", "ineke"
APP, SECRET, CODE = "990602627938098", "s" * 32, "c" * 40
LASTS = 5_183_944
POST_FIELDS = {
    *("id", "caption", "timestamp", "permalink", "children", "comments", "like_count", "comments_count"),
    *("media_type", "username"),
}


class Instagram:
    """One account. It fetches media from `shown`, the addresses that a bench exposed."""

    def __init__(self):
        self.clock, self.held = Clock(), "long-token-" + "i" * 40
        self.containers, self.posts, self.comments = {}, {}, {}
        self._numbers = itertools.count(18_000_000_000_000_001)
        self.shown, self.is_revoked, self.used, self.refreshed = {}, False, 0, 0
        self.busy_looks, self.broken, self.wraps_token, self.no_insights = 0, "", False, False
        self.hides_posts = False

    def number(self):
        return str(next(self._numbers))

    def _refused(self, asked):
        if self.is_revoked or asked.token != self.held:
            return error(190, 463, "Error validating access token: Session has expired")
        return None

    def token(self, asked):
        body = asked.body
        if (body["client_id"], body["client_secret"]) != (APP, SECRET):
            return Answer(
                400, {"error_type": "OAuthException", "code": 400, "error_message": "Invalid platform app"}
            )
        if body["code"] != CODE:
            said = "Matching code was not found or was already used"
            return Answer(400, {"error_type": "OAuthException", "code": 400, "error_message": said})
        short = {"access_token": "short", "user_id": int(USER), "permissions": "instagram_business_basic"}
        return {"data": [short]} if self.wraps_token else short

    def exchange(self, asked):
        if (asked.query["access_token"], asked.query["client_secret"]) != (["short"], [SECRET]):
            return error(190, 0, "Invalid OAuth access token")
        return {"access_token": self.held, "token_type": "bearer", "expires_in": LASTS}

    def refresh(self, asked):
        if self.is_revoked or asked.query["access_token"] != [self.held]:
            return error(190, 463, "Session has expired")
        self.refreshed += 1
        self.held = f"long-token-{self.refreshed}-" + "i" * 40
        return {"access_token": self.held, "token_type": "bearer", "expires_in": LASTS}

    def me(self, asked):
        counts = {"followers_count": 640, "follows_count": 12, "media_count": len(self.posts)}
        whole = {"user_id": USER, "username": OWN, "name": "De Korenaar", **counts}
        return self._refused(asked) or whole

    def quota(self, asked):
        config = {"quota_total": 50, "quota_duration": 86_400}
        return self._refused(asked) or {"data": [{"quota_usage": self.used, "config": config}]}

    def make(self, asked):
        if refused := self._refused(asked):
            return refused
        form = dict(asked.body)
        url = form.get("image_url") or form.get("video_url")
        if url is not None:
            if url not in self.shown:
                return error(9004, 2207052, "The media could not be fetched from this URI")
            data, mime = self.shown[url]
            if "image_url" in form and (mime != "image/jpeg" or not data.startswith(b"\xff\xd8")):
                return error(36001, 2207005, "The image format is not supported")
        children = form.get("children", "").split(",") if "children" in form else []
        if any(self.containers.get(child, {}).get("state") != "FINISHED" for child in children):
            return error(9007, 2207027, "Media ID is not available")
        number = self.number()
        state = "ERROR" if self.broken else "IN_PROGRESS" if self.busy_looks else "FINISHED"
        self.containers[number] = {
            "form": form,
            "children": children,
            "state": state,
            "looks": self.busy_looks,
        }
        return {"id": number}

    def publish(self, asked):
        if refused := self._refused(asked):
            return refused
        container = self.containers.get(asked.body["creation_id"])
        if container is None:
            return error(24, 2207006, "The media with id cannot be found")
        if container["state"] != "FINISHED":
            return error(9007, 2207027, "Media ID is not available")
        container["state"] = "PUBLISHED"
        self.used += 1
        items = [self.containers[child]["form"] for child in container["children"]] or [container["form"]]
        return {"id": self.show(container["form"]["caption"], items)["id"]}

    def show(self, caption, items=({},)):
        number = self.number()
        self.posts[number] = {
            "id": number,
            "caption": caption,
            "timestamp": self.clock.stamp(),
            "permalink": f"https://www.instagram.com/p/{number}/",
            "items": list(items),
            **({"children": {"data": [{"id": self.number()} for _ in items]}} if len(items) > 1 else {}),
        }
        return self.posts[number]

    def media_list(self, asked):
        if refused := self._refused(asked) or unknown_field(asked.query["fields"][0], POST_FIELDS):
            return refused
        newest = sorted(self.posts.values(), key=lambda one: one["timestamp"], reverse=True)
        found = [
            {
                **{name: value for name, value in one.items() if name != "items"},
                "comments": {"data": self._under(one["id"])},
            }
            for one in newest
        ]
        return listed([] if self.hides_posts else found, asked)

    def _under(self, thing):
        found = [one for one in self.comments.values() if one["under"] == thing]
        newest = sorted(found, key=lambda one: one["timestamp"], reverse=True)
        return [
            {
                **{name: one[name] for name in ("id", "text", "timestamp", "username", "from")},
                "replies": {"data": self._under(one["id"])},
            }
            for one in newest
        ]

    def say(self, under, text, *, username=VISITOR):
        number = self.number()
        self.comments[number] = {
            "id": number,
            "text": text,
            "timestamp": self.clock.stamp(),
            "username": username,
            "from": {"id": f"17{sum(map(ord, username))}", "username": username},
            "under": under,
        }
        return number

    def comment(self, asked):
        return self._answer(asked, self.posts)

    def reply(self, asked):
        return self._answer(asked, self.comments)

    def _answer(self, asked, among):
        if refused := self._refused(asked):
            return refused
        thing = asked.path["thing"]
        if thing not in among or (among is self.comments and among[thing]["under"] not in self.posts):
            return gone(thing)
        return {"id": self.say(thing, asked.body["message"], username=OWN)}

    def comment_list(self, asked):
        return self._refused(asked) or listed(self._under(asked.path["thing"]), asked)

    reply_list = comment_list

    def look(self, asked):
        if refused := self._refused(asked):
            return refused
        thing = asked.path["thing"]
        if thing in self.containers:
            return {"id": thing, **self._state(self.containers[thing])}
        if thing not in self.posts:
            return gone(thing)
        counts = {"like_count": 3, "comments_count": len(self._under(thing))}
        whole = {name: value for name, value in self.posts[thing].items() if name != "items"}
        return unknown_field(asked.query["fields"][0], POST_FIELDS) or {**whole, **counts}

    def _state(self, container):
        if container["state"] == "ERROR":
            return {"status_code": "ERROR", "status": self.broken}
        if container["looks"]:
            container["looks"] -= 1
            container["state"] = "IN_PROGRESS" if container["looks"] else "FINISHED"
        return {"status_code": container["state"], "status": f"{container['state']}: Media"}

    def insights(self, asked):
        if refused := self._refused(asked):
            return refused
        if self.no_insights:
            return error(10, 0, "Not enough viewers for the media to show insights")
        names = asked.query["metric"][0].split(",")
        if "metric_type" in asked.query:
            return {"data": [{"name": name, "period": "day", "total_value": {"value": 9}} for name in names]}
        return {"data": [{"name": name, "period": "lifetime", "values": [{"value": 7}]} for name in names]}
