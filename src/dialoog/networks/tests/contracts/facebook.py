"""What Facebook keeps of one page: posts, photos that nobody sees yet, films, comments, and who may ask."""

import itertools
import json

from dialoog.networks.tests.contract import Answer
from dialoog.networks.tests.contracts.meta import Clock, error, gone, listed, unknown_field

PAGE, OTHER_PAGE, VISITOR = "100000000000001", "100000000000002", "700000000000001"
APP, SECRET, CODE = "990602627938098", "s" * 32, "c" * 40
POST_FIELDS = {
    *("id", "message", "created_time", "permalink_url", "attachments", "from", "comments", "shares"),
    *("reactions", "is_published"),
}
COMMENT_FIELDS = {"id", "message", "created_time", "permalink_url", "from", "parent", "attachment"}
FILM_FIELDS = {"id", "created_time", "permalink_url", "post_id", "published", "status"}
PIECE = 1000


class Facebook:
    """One page, and the person who manages it."""

    def __init__(self):
        self.token_of_page, self.clock = "page-token-" + "p" * 40, Clock()
        self.posts, self.photos, self.films, self.comments_by_id = {}, {}, {}, {}
        self._numbers = itertools.count(900_000_000_000_001)
        self.is_revoked, self.likes, self.usage = False, 42, {}
        self.metrics_gone, self.no_insights, self.refuses_duplicates = set(), False, False
        self.consent_until = 1_803_000_000
        self.pages = [
            {"id": PAGE, "name": "De Korenaar", "tasks": ["CREATE_CONTENT", "MODERATE", "ANALYZE"]},
            {"id": OTHER_PAGE, "name": "De Korenaar Vaartland", "tasks": ["MANAGE"]},
            {"id": "100000000000003", "name": "Alleen kijken", "tasks": ["ANALYZE"]},
        ]

    def number(self):
        return str(next(self._numbers))

    def _refused(self, asked):
        if self.is_revoked or asked.token not in {self.token_of_page, "user-long"}:
            return error(190, 460, "Error validating access token", status=400)
        return None

    def _given(self, body):
        return Answer(200, body, self.usage)

    def token(self, asked):
        query = {name: values[0] for name, values in asked.query.items()}
        if (query["client_id"], query["client_secret"]) != (APP, SECRET):
            return error(1, 0, "Error validating client secret.")
        if query.get("grant_type") == "fb_exchange_token":
            if query["fb_exchange_token"] != "user-short":
                return error(190, 0, "Invalid OAuth access token")
            return {"access_token": "user-long", "token_type": "bearer", "expires_in": 5_183_944}
        if query.get("code") != CODE:
            return error(100, 36009, "This authorization code has been used.")
        return {"access_token": "user-short", "token_type": "bearer", "expires_in": 5000}

    def debug(self, asked):
        if asked.query["access_token"] != [f"{APP}|{SECRET}"]:
            return error(190, 0, "Invalid OAuth access token signature.")
        return {"data": {"is_valid": True, "expires_at": 0, "data_access_expires_at": self.consent_until}}

    def me(self, asked):
        if refused := self._refused(asked):
            return refused
        page = {"id": PAGE, "name": "De Korenaar", "username": "korenaar", "followers_count": 640}
        return self._given({**page, "link": f"https://www.facebook.com/{PAGE}"})

    def accounts(self, asked):
        if asked.token != "user-long":
            return error(190, 0, "a token of the person is needed")
        return listed([{**page, "access_token": self.token_of_page} for page in self.pages], asked, size=2)

    def post(self, asked):
        if refused := self._refused(asked):
            return refused
        form = dict(asked.body)
        photos = [
            json.loads(form[name])["media_fbid"] for name in sorted(form) if name.startswith("attached")
        ]
        if self.refuses_duplicates and any(one["message"] == form["message"] for one in self.posts.values()):
            return error(506, 0, "Duplicate status message")
        if any(photo not in self.photos for photo in photos):
            return error(100, 0, "(#100) photo")
        if "onleesbaar" in form.get("link", ""):
            return error(1609005, 0, "Error posting link")
        return self.show(form["message"], photos=photos, link=form.get("link"))

    def show(self, message, *, author=PAGE, photos=(), link=None):
        """Keep a post, of the page or of somebody else, as Facebook shows it."""
        post_id = f"{PAGE}_{self.number()}"
        attached = [{"media_type": "photo"} for _ in photos] or ([{"media_type": "link"}] if link else [])
        if len(attached) > 1:
            attached = [{"media_type": "album", "subattachments": {"data": attached}}]
        self.posts[post_id] = {
            "id": post_id,
            "message": message,
            "created_time": self.clock.stamp(),
            "permalink_url": f"https://www.facebook.com/{post_id.replace('_', '/posts/')}",
            "from": {"id": author, "name": "De Korenaar" if author == PAGE else "Ineke"},
            "attachments": {"data": attached},
            "photos": list(photos),
            "link": link,
        }
        kept = ("id", "created_time", "permalink_url")
        return {name: self.posts[post_id][name] for name in kept}

    def _newest(self, author=None):
        found = [one for one in self.posts.values() if author in {None, one["from"]["id"]}]
        return sorted(found, key=lambda one: one["created_time"], reverse=True)

    def published_posts(self, asked):
        if refused := self._refused(asked) or unknown_field(asked.query["fields"][0], POST_FIELDS):
            return refused
        return listed(self._newest(PAGE), asked)

    def feed(self, asked):
        if refused := self._refused(asked) or unknown_field(asked.query["fields"][0], POST_FIELDS):
            return refused
        found = [
            {**one, "comments": self._under(one["id"], 50)} for one in self._newest() if not one.get("tags")
        ]
        return listed(found, asked)

    def tagged(self, asked):
        if refused := self._refused(asked):
            return refused
        return listed([one for one in self._newest() if one.get("tags")], asked)

    def photo(self, asked):
        if refused := self._refused(asked):
            return refused
        mime, data = asked.files["source"]
        assert mime in {"image/jpeg", "image/png", "image/gif"}
        number = self.number()
        self.photos[number] = {"alt": asked.body.get("alt_text_custom", ""), "data": data}
        return {"id": number}

    def video(self, asked):
        if refused := self._refused(asked):
            return refused
        body = asked.body
        if body["upload_phase"] == "start":
            number = self.number()
            size = int(body["file_size"])
            self.films[number] = {"size": size, "data": b"", "published": False}
            ends = {"start_offset": "0", "end_offset": str(min(PIECE, size))}
            return {"video_id": number, "upload_session_id": number, **ends}
        film = self.films.get(body["upload_session_id"])
        if film is None or film["published"]:
            return error(6000, 1363030, "Your video upload timed out before it could be completed.")
        if body["upload_phase"] == "transfer":
            assert int(body["start_offset"]) == len(film["data"])
            film["data"] += asked.files["video_file_chunk"][1]
            ends = min(len(film["data"]) + PIECE, film["size"])
            return {"start_offset": str(len(film["data"])), "end_offset": str(ends)}
        film |= {"published": True, "at": self.clock.stamp(), "said": body["description"]}
        return {"success": True}

    def comment(self, asked):
        if refused := self._refused(asked):
            return refused
        parent = self.comments_by_id.get(asked.path["object"])
        if parent is None and asked.path["object"] not in self.posts:
            return gone(asked.path["object"])
        if parent is not None and parent["parent"]:
            return error(100, 0, "Cannot comment on a reply")
        made = self.say(asked.path["object"], asked.body["message"], author=PAGE)
        if "attachment_id" in asked.body:
            made["attachment"] = {"type": "photo"}
        return {name: made[name] for name in ("id", "created_time", "permalink_url")}

    def say(self, under, message, *, author=VISITOR, hidden=False):
        """Keep a comment under a post or a comment."""
        parent = self.comments_by_id.get(under)
        number = f"{under.partition('_')[2]}_{self.number()}"
        self.comments_by_id[number] = {
            "id": number,
            "message": message,
            "created_time": self.clock.stamp(),
            "permalink_url": f"https://www.facebook.com/{number}",
            "parent": {"id": under} if parent else None,
            "under": parent["under"] if parent else under,
            **(
                {}
                if hidden
                else {"from": {"id": author, "name": "De Korenaar" if author == PAGE else "Ineke"}}
            ),
        }
        return self.comments_by_id[number]

    def _under(self, thing, limit):
        found = [
            {name: value for name, value in one.items() if value is not None and name != "under"}
            for one in self.comments_by_id.values()
            if thing in {one["under"], (one["parent"] or {}).get("id")}
        ]
        newest = sorted(found, key=lambda one: one["created_time"], reverse=True)
        paging = {"paging": {"next": "https://graph.facebook.com/more"}} if len(newest) > limit else {}
        return {"data": newest[:limit], **paging}

    def comments(self, asked):
        if refused := self._refused(asked) or unknown_field(asked.query["fields"][0], COMMENT_FIELDS):
            return refused
        return listed(self._under(asked.path["object"], 100_000)["data"], asked)

    def look(self, asked):
        if refused := self._refused(asked):
            return refused
        thing, fields = asked.path["object"], asked.query["fields"][0]
        if thing in self.films:
            film = self.films[thing]
            told = {
                "id": thing,
                "created_time": film.get("at", self.clock.stamp()),
                "published": film["published"],
            }
            return unknown_field(fields, FILM_FIELDS) or {**told, "permalink_url": f"/reel/{thing}/"}
        if thing in self.comments_by_id:
            return unknown_field(fields, COMMENT_FIELDS) or self.comments_by_id[thing]
        if thing not in self.posts:
            return gone(thing)
        under = len(self._under(thing, 100_000)["data"])
        counts = {
            "reactions": {"summary": {"total_count": 3}},
            "comments": {"summary": {"total_count": under}},
        }
        return unknown_field(fields, POST_FIELDS) or {**self.posts[thing], **counts}

    def insights(self, asked):
        if refused := self._refused(asked):
            return refused
        wanted = asked.query["metric"][0].split(",")
        if self.metrics_gone & set(wanted):
            return error(100, 0, "The value must be a valid insights metric")
        period = asked.query["period"][0]
        data = [{"name": name, "period": period, "values": [{"value": 5}, {"value": 7}]} for name in wanted]
        return {"data": [] if self.no_insights else data}

    def remove(self, asked):
        if refused := self._refused(asked):
            return refused
        thing = asked.path["object"]
        kept = next((held for held in (self.posts, self.comments_by_id, self.films) if thing in held), None)
        if kept is None:
            return gone(thing)
        del kept[thing]
        return {"success": True}
