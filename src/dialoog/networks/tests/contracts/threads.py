"""What Threads keeps of one profile: containers, posts, answers of others, and who may ask."""

import itertools

from dialoog.networks.tests.contracts.meta import Clock, error, gone, listed, unknown_field

USER, OWN, VISITOR = "24500000000000001", "dekorenaar", "ineke"
APP, SECRET, CODE = "990602627938098", "s" * 32, "c" * 40
LASTS = 5_183_944
POST_FIELDS = {
    *("id", "text", "timestamp", "permalink", "media_type", "children", "has_replies", "username"),
    *("profile_picture_url", "is_reply_owned_by_me", "replied_to", "root_post"),
}


class Threads:
    """One profile. It fetches media from `shown`, the addresses that a bench exposed."""

    def __init__(self):
        self.clock, self.held = Clock(), "long-token-" + "t" * 40
        self.containers, self.posts, self.gone = {}, {}, set()
        self._numbers = itertools.count(18_000_000_000_000_001)
        self.shown, self.is_revoked, self.used, self.used_for_replies, self.refreshed = {}, False, 0, 0, 0
        self.loses_containers, self.no_mentions, self.hides_posts, self.mentioned = 0, False, False, []

    def number(self):
        return str(next(self._numbers))

    def _refused(self, asked):
        if self.is_revoked or asked.token != self.held:
            return error(190, 463, "Error validating access token: Session has expired")
        return None

    def token(self, asked):
        if (asked.body["client_id"], asked.body["client_secret"]) != (APP, SECRET):
            return error(101, 0, "Error validating application. Invalid application ID.")
        if asked.body["code"] != CODE:
            return error(100, 36009, "This authorization code has been used.")
        return {"access_token": "short", "user_id": int(USER)}

    def exchange(self, asked):
        if (asked.query["access_token"], asked.query["client_secret"]) != (["short"], [SECRET]):
            return error(190, 0, "Invalid OAuth access token")
        return {"access_token": self.held, "token_type": "bearer", "expires_in": LASTS}

    def refresh(self, asked):
        if self.is_revoked or asked.query["access_token"] != [self.held]:
            return error(190, 463, "Session has expired")
        self.refreshed += 1
        self.held = f"long-token-{self.refreshed}-" + "t" * 40
        return {"access_token": self.held, "token_type": "bearer", "expires_in": LASTS}

    def me(self, asked):
        return self._refused(asked) or {"id": USER, "username": OWN, "name": "De Korenaar"}

    def quota(self, asked):
        told = {
            "quota_usage": self.used,
            "config": {"quota_total": 250, "quota_duration": 86_400},
            "reply_quota_usage": self.used_for_replies,
            "reply_config": {"quota_total": 1000, "quota_duration": 86_400},
        }
        wanted = asked.query["fields"][0].split(",")
        return self._refused(asked) or {"data": [{name: told[name] for name in wanted}]}

    def make(self, asked):
        if refused := self._refused(asked):
            return refused
        form = dict(asked.body)
        url = form.get("image_url") or form.get("video_url")
        if url is not None and url not in self.shown:
            return error(9004, 2207052, "The media could not be fetched from this URI")
        if url is not None and "image_url" in form and self.shown[url][1] not in {"image/jpeg", "image/png"}:
            return error(36001, 2207005, "The image format is not supported")
        if "reply_to_id" in form and form["reply_to_id"] not in self.posts:
            return error(100, 0, "The reply_to_id is invalid")
        children = form["children"].split(",") if "children" in form else []
        if any(self.containers[child]["state"] != "FINISHED" for child in children):
            return error(100, 0, "children")
        number = self.number()
        self.containers[number] = {"form": form, "children": children, "state": "FINISHED"}
        return {"id": number}

    def publish(self, asked):
        if refused := self._refused(asked):
            return refused
        container = self.containers.get(asked.body["creation_id"])
        if self.loses_containers or container is None or container["state"] != "FINISHED":
            self.loses_containers = max(0, self.loses_containers - 1)
            return error(24, 4279009, "The requested resource does not exist")
        container["state"] = "PUBLISHED"
        form = container["form"]
        items = [self.containers[child]["form"] for child in container["children"]]
        return {"id": self.show(form["text"], items=items or [form], under=form.get("reply_to_id"))["id"]}

    def show(self, text, *, items=(), under=None, username=OWN):
        number = self.number()
        media = [item for item in items if item.get("image_url") or item.get("video_url")]
        kind = "CAROUSEL_ALBUM" if len(media) > 1 else media[0]["media_type"] if media else "TEXT_POST"
        parent = self.posts.get(under)
        self.posts[number] = {
            "id": number,
            "text": text,
            "timestamp": self.clock.stamp(),
            "permalink": f"https://www.threads.com/@{username}/post/{number}",
            "media_type": kind,
            "username": username,
            "items": media,
            **({"children": {"data": [{"id": self.number()} for _ in media]}} if len(media) > 1 else {}),
            **({"replied_to": {"id": under}, "root_post": {"id": self._root(parent)}} if parent else {}),
            **({"is_reply_owned_by_me": username == OWN} if parent else {}),
        }
        return self.posts[number]

    def _root(self, one):
        return one.get("root_post", {}).get("id", one["id"])

    def _listed(self, asked, wanted):
        if refused := self._refused(asked) or unknown_field(asked.query["fields"][0], POST_FIELDS):
            return refused
        found = [one for one in self.posts.values() if wanted(one) and not self.hides_posts]
        newest = sorted(found, key=lambda one: one["timestamp"], reverse=True)
        return listed([self._shown(one) for one in newest], asked)

    def _shown(self, one):
        has = any(other.get("root_post", {}).get("id") == one["id"] for other in self.posts.values())
        return {**{name: value for name, value in one.items() if name != "items"}, "has_replies": has}

    def own(self, asked):
        return self._listed(asked, lambda one: one["username"] == OWN and "replied_to" not in one)

    def own_replies(self, asked):
        return self._listed(asked, lambda one: one["username"] == OWN and "replied_to" in one)

    def mentions(self, asked):
        if self.no_mentions:
            return error(10, 0, "Application does not have permission for this action", status=403)
        return self._listed(asked, lambda one: one["id"] in self.mentioned)

    def conversation(self, asked):
        return self._listed(asked, lambda one: one.get("root_post", {}).get("id") == asked.path["thing"])

    def look(self, asked):
        if refused := self._refused(asked):
            return refused
        thing = asked.path["thing"]
        if thing in self.containers:
            return {"id": thing, "status": self.containers[thing]["state"]}
        if thing not in self.posts:
            return gone(thing)
        return unknown_field(asked.query["fields"][0], POST_FIELDS) or self._shown(self.posts[thing])

    def insights(self, asked):
        if refused := self._refused(asked):
            return refused
        names = asked.query["metric"][0].split(",")
        return {"data": [{"name": name, "period": "lifetime", "values": [{"value": 4}]} for name in names]}

    def profile_insights(self, asked):
        if refused := self._refused(asked):
            return refused
        if asked.query["metric"] == ["followers_count"]:
            return {"data": [{"name": "followers_count", "period": "day", "total_value": {"value": 640}}]}
        days = [{"value": 10, "end_time": "2026-11-22T08:00:00+0000"}, {"value": 5}]
        return {"data": [{"name": "views", "period": "day", "values": days}]}

    def remove(self, asked):
        if refused := self._refused(asked):
            return refused
        if asked.path["thing"] not in self.posts:
            return gone(asked.path["thing"])
        del self.posts[asked.path["thing"]]
        return {"success": True, "deleted_id": asked.path["thing"]}
