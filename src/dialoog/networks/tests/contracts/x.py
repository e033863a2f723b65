"""What X keeps of one account: posts, files, tokens that end after two hours, and credit."""

import itertools
import re
from datetime import UTC, datetime

from dialoog.networks.tests.contract import Answer

US, OTHER = "1001", "2002"
EPOCH_MS = 1_288_834_974_657
_LINK = re.compile(r"https?://\S+|\bwww\.\S+")


class Account:
    """One account; `clock` gives the time in milliseconds."""

    def __init__(self):
        self.tokens, self.refresh, self.made = {"access-1"}, "refresh-1", 1
        self.posts, self.media, self.credit = [], {}, True
        self._numbers, self._files = itertools.count(), itertools.count(5001)

    def number(self):
        now = int(datetime.now(UTC).timestamp() * 1000)
        return str(((now - EPOCH_MS) << 22) + next(self._numbers))

    def _stranger(self, asked):
        if asked.token in self.tokens:
            return None
        return Answer(401, {"title": "Unauthorized", "detail": "Unauthorized", "status": 401})

    def token(self, asked):
        said = asked.body
        if said["grant_type"] == "refresh_token" and said.get("refresh_token") != self.refresh:
            return Answer(
                400,
                {"error": "invalid_request", "error_description": "Value passed for the token was invalid."},
            )
        self.made += 1
        self.tokens, self.refresh = {f"access-{self.made}"}, f"refresh-{self.made}"
        return {
            "token_type": "bearer",
            "expires_in": 7200,
            "access_token": f"access-{self.made}",
            "refresh_token": self.refresh,
            "scope": "tweet.read tweet.write users.read media.write offline.access",
        }

    def me(self, asked):
        counts = {"followers_count": 3, "following_count": 2, "tweet_count": len(self.posts)}
        return self._stranger(asked) or {
            "data": {"id": US, "name": "De Korenaar", "username": "korenaar", "public_metrics": counts}
        }

    def add(self, author, said):
        """Keep a post as X does: links shortened, media as a link at the end."""
        text, urls = said["text"], []
        for number, link in enumerate(_LINK.findall(text)):
            short = f"https://t.co/l{len(self.posts)}{number}"
            text = text.replace(link, short, 1)
            whole = link if "://" in link else f"https://{link}"
            urls.append({"url": short, "expanded_url": whole})
        media = said.get("media", {}).get("media_ids", [])
        if media:
            short = f"https://t.co/m{len(self.posts)}"
            text = f"{text} {short}".strip()
            urls.append(
                {"url": short, "expanded_url": "https://x.com/i/photo/1", "media_key": f"3_{media[0]}"}
            )
        answered = said.get("reply", {}).get("in_reply_to_tweet_id")
        self.posts.append(
            {
                "id": self.number(),
                "author": author,
                "written": said["text"],
                "text": text,
                "media": media,
                "urls": urls,
                "answered": answered,
                "at": datetime.now(UTC),
            }
        )
        return self.posts[-1]

    def create(self, asked):
        if stranger := self._stranger(asked):
            return stranger
        if not self.credit:
            return Answer(
                402,
                {"title": "CreditsDepleted", "detail": "Your account has no credits left.", "status": 402},
            )
        if any(post["written"] == asked.body["text"] and post["author"] == US for post in self.posts):
            return Answer(
                403,
                {"detail": "You are not allowed to create a Tweet with duplicate content.", "status": 403},
            )
        made = self.add(US, asked.body)
        return Answer(201, {"data": {"id": made["id"], "text": made["text"]}})

    def _shown(self, post):
        return {
            "id": post["id"],
            "text": post["text"],
            "author_id": post["author"],
            "created_at": post["at"].isoformat(),
            **({"entities": {"urls": post["urls"]}} if post["urls"] else {}),
            **(
                {"attachments": {"media_keys": [f"3_{one}" for one in post["media"]]}}
                if post["media"]
                else {}
            ),
            **(
                {
                    "referenced_tweets": [{"type": "replied_to", "id": post["answered"]}],
                    "in_reply_to_user_id": US,
                }
                if post["answered"]
                else {}
            ),
            "public_metrics": dict.fromkeys(
                ("like_count", "retweet_count", "reply_count", "quote_count", "impression_count"), 0
            ),
        }

    def look_up(self, asked):
        wanted = asked.query["ids"][0].split(",")
        return self._stranger(asked) or {
            "data": [self._shown(post) for post in self.posts if post["id"] in wanted]
        }

    def own(self, asked):
        if stranger := self._stranger(asked):
            return stranger
        since = datetime.fromisoformat(asked.query["start_time"][0])
        found = [
            self._shown(post) for post in self.posts[::-1] if post["author"] == US and post["at"] >= since
        ]
        limit, start = int(asked.query["max_results"][0]), int(asked.query.get("pagination_token", ["0"])[0])
        page = found[start : start + limit]
        more = {"next_token": str(start + limit)} if len(found) > start + limit else {}
        return {**({"data": page} if page else {}), "meta": {"result_count": len(page), **more}}

    def mentions(self, asked):
        if stranger := self._stranger(asked):
            return stranger
        since = int(asked.query.get("since_id", ["0"])[0])
        found = [
            self._shown(post)
            for post in self.posts[::-1]
            if post["author"] == OTHER and int(post["id"]) > since
        ]
        people = {"users": [{"id": OTHER, "name": "Bram", "username": "bram"}]}
        return {
            **({"data": found, "includes": people} if found else {}),
            "meta": {"result_count": len(found)},
        }

    def remove(self, asked):
        if stranger := self._stranger(asked):
            return stranger
        self.posts = [post for post in self.posts if post["id"] != asked.path["id"]]
        return {"data": {"deleted": True}}

    def media_begin(self, asked):
        number = str(next(self._files))
        self.media[number] = {"size": asked.body["total_bytes"], "data": b"", "alt": ""}
        return self._stranger(asked) or {"data": {"id": number}}

    def media_append(self, asked):
        self.media[asked.path["id"]]["data"] += asked.files["media"][1]
        return self._stranger(asked) or {"data": {"expires_at": 1}}

    def media_end(self, asked):
        held = self.media[asked.path["id"]]
        if len(held["data"]) != held["size"]:
            return Answer(400, {"detail": "segments do not add up to total_bytes"})
        return self._stranger(asked) or {
            "data": {"id": asked.path["id"], "processing_info": {"state": "pending"}}
        }

    def media_state(self, asked):
        return self._stranger(asked) or {
            "data": {"id": asked.query["media_id"][0], "processing_info": {"state": "succeeded"}}
        }

    def media_alt(self, asked):
        self.media[asked.body["id"]]["alt"] = asked.body["metadata"]["alt_text"]["text"]
        return self._stranger(asked) or {"data": {"id": asked.body["id"]}}
