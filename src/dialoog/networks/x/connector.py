"""X: posts that nothing makes safe to send twice, so what is in doubt is looked for among our own.

Source: https://docs.x.com/x-api/posts/create-post and the pages beside it
"""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Final

from dialoog.core.http import Response
from dialoog.core.money import Money
from dialoog.core.text import find_urls
from dialoog.networks import oauth2
from dialoog.networks.answers import WAIT_SECONDS, understood
from dialoog.networks.api import Api, File
from dialoog.networks.base import Connection, Connector
from dialoog.networks.errors import NeedsConsent, OutcomeUnknown, Refused, TryLater
from dialoog.networks.html import is_same
from dialoog.networks.values import (
    Author,
    Capabilities,
    Fetched,
    Image,
    Incoming,
    Message,
    Metrics,
    Prepared,
    Profile,
    Published,
    Ref,
)
from dialoog.networks.ways import Way
from dialoog.networks.words import Words
from dialoog.networks.x.ways import SignIn
from dialoog.networks.x.weight import LINK, weight

NETWORK: Final = "x"
SKEW: Final = timedelta(minutes=2)
PAGE: Final = 100
MOST_PAGES: Final = 5
PIECE: Final = 1024 * 1024
MEDIA_WAIT_SECONDS: Final = 60.0
# https://docs.x.com/x-api/getting-started/pricing, looked at on 2026-11-23.
PRICE: Final = Money(Decimal("0.015"), "USD")
PRICE_WITH_LINK: Final = Money(Decimal("0.20"), "USD")


class _Api(Api):
    def error_text(self, answer: Response) -> str:
        try:
            found = answer.json()
            return str(
                found.get("detail") or found.get("title") or found.get("error") or f"status {answer.status}"
            )
        except (ValueError, AttributeError):
            return f"status {answer.status}"

    def raise_for(self, answer: Response, *, mutates: bool = False) -> None:
        """Read X's own meanings: no credit, and "duplicate", which may be our own first try."""
        said = self.error_text(answer)
        if answer.status == 402:
            raise Refused("no_credit", said)
        if answer.status == 403 and mutates and "duplicate" in said.lower():
            raise OutcomeUnknown("duplicate", said)
        super().raise_for(answer, mutates=mutates)


class X(Connector):
    """An account."""

    capabilities = Capabilities(
        network=NETWORK,
        name="X",
        icon="twitter",
        text_limit=280,
        text_unit="weighted",
        media_limit=4,
        media_bytes=5 * 1024 * 1024,
        media_types=frozenset({"image/jpeg", "image/png", "image/webp"}),
        alt_limit=1000,
        link_length=LINK,
        alt_text=True,
        reply=True,
        delete=True,
        idempotency="none",
        reads_reactions=True,
        metrics=frozenset({"likes", "reposts", "replies", "quotes", "views"}),
        profile_metrics=frozenset({"followers", "follows", "posts"}),
        source="https://docs.x.com/x-api/posts/create-post",
        reviewed_on=date(2026, 11, 23),
    )
    about: ClassVar[Words] = Words(
        nl="Korte berichten voor een groot, snel publiek. Elk bericht kost geld, een link het meest.",
        en="Short messages for a large, quick audience. Each message costs money, a link the most.",
    )
    ways: ClassVar[tuple[Way, ...]] = (SignIn(),)
    errors: ClassVar[Mapping[str, Words]] = {
        "no_credit": Words(
            nl="Het tegoed van jullie app bij X is op. Vul het aan in de console van X.",
            en="The credit of your app at X is used up. Add to it in the console of X.",
        )
    }

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.api = _Api(connection, renew=oauth2.renew)

    def length(self, text: str) -> int:
        """Weigh the text."""
        return weight(text)

    def price(self, message: Message) -> Money | None:
        """Return what X takes for a message."""
        return PRICE_WITH_LINK if find_urls(message.text) else PRICE

    def check(self, now: datetime) -> Profile:
        """Return whose grant this is."""
        found = self._me("profile_image_url,name,username")
        with understood():
            profile = Profile(
                id=str(found["id"]),
                handle=str(found["username"]),
                name=str(found.get("name") or found["username"]),
                avatar_url=str(found.get("profile_image_url") or ""),
                url=f"https://x.com/{found['username']}",
                address=self.api.address,
                consent_ends=oauth2.ends_at(self.api.grants.load()),
            )
        if self.connection.account not in {"", profile.id}:
            raise NeedsConsent("other_account")
        return profile

    def _me(self, fields: str) -> Mapping[str, Any]:
        found = self.api.get("/2/users/me", {"user.fields": fields})
        with understood():
            return dict(found["data"])

    def _id(self) -> str:
        return self.connection.account or str(self._me("username")["id"])

    def prepare(self, message: Message, key: str, now: datetime) -> Prepared:
        """Upload the images and freeze the post."""
        self.require_valid(message)
        post: dict[str, Any] = {"text": message.text}
        if media := [self._upload(image) for image in message.images]:
            post["media"] = {"media_ids": media}
        if message.reply_to is not None:
            post["reply"] = {"in_reply_to_tweet_id": _number(message.reply_to)}
        return Prepared(NETWORK, key, {"post": post, "at": now.isoformat()})

    def _upload(self, image: Image) -> str:
        data = image.load()
        begun = self.api.json(
            self.api.call(
                "POST",
                "/2/media/upload/initialize",
                json={"media_type": image.mime, "total_bytes": len(data), "media_category": "tweet_image"},
            )
        )
        with understood():
            media = str(begun["data"]["id"])
        for number, start in enumerate(range(0, len(data), PIECE)):
            piece = File("media", data[start : start + PIECE], "application/octet-stream")
            form = {"segment_index": str(number)}
            self.api.call(
                "POST", f"/2/media/upload/{media}/append", form=form, files={"media": piece}, timeout=60
            )
        self._finish_upload(media)
        if image.alt:
            told = {"id": media, "metadata": {"alt_text": {"text": image.alt}}}
            self.api.call("POST", "/2/media/metadata", json=told)
        return media

    def _finish_upload(self, media: str) -> None:
        found = self.api.json(self.api.call("POST", f"/2/media/upload/{media}/finalize"))
        until = time.monotonic() + MEDIA_WAIT_SECONDS
        with understood():
            state = (found["data"].get("processing_info") or {}).get("state", "succeeded")
        while state not in {"succeeded", "failed"} and time.monotonic() < until:
            time.sleep(1)
            found = self.api.get("/2/media/upload", {"command": "STATUS", "media_id": media})
            with understood():
                state = found["data"]["processing_info"]["state"]
        if state == "failed":
            raise Refused("image_broken", media)
        if state != "succeeded":
            raise TryLater(WAIT_SECONDS, "media_processing", sent=True)

    def publish(self, prepared: Prepared) -> Published:
        """Post it. A refusal as duplicate may be our own first try, so it's looked for."""
        answer = self.api.call("POST", "/2/tweets", json=prepared.payload["post"], mutates=True)
        found = self.api.json(answer, mutates=True)
        with understood(mutates=True):
            return self._published(str(found["data"]["id"]))

    def _published(self, number: str) -> Published:
        return Published(_ref(number), _moment_of(number))

    def find(self, prepared: Prepared) -> Published | None:
        """Look among our own posts since it was prepared for one with this text, answer and number of images."""
        since = datetime.fromisoformat(prepared.payload["at"]) - SKEW
        query: dict[str, Any] = {
            "max_results": PAGE,
            "start_time": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "exclude": "retweets",
            "tweet.fields": "created_at,entities,attachments,referenced_tweets",
        }
        for _ in range(MOST_PAGES):
            page = self.api.get(f"/2/users/{self._id()}/tweets", query)
            with understood():
                for one in page.get("data") or []:
                    if _is_ours(one, prepared.payload["post"]):
                        return self._published(str(one["id"]))
                more = (page.get("meta") or {}).get("next_token")
            if not more:
                return None
            query["pagination_token"] = more
        return None

    def delete(self, ref: Ref) -> None:
        """Delete the post; one that is gone is no error."""
        try:
            self.api.json(self.api.call("DELETE", f"/2/tweets/{_number(ref)}"))
        except Refused as refused:
            if refused.code != "not_found":
                raise

    def fetch_incoming(self, cursor: str, now: datetime) -> Fetched:
        """Return mentions and answers since `cursor`, the number of the newest one seen; at first the newest page."""
        query: dict[str, Any] = {
            "max_results": PAGE,
            "tweet.fields": "created_at,referenced_tweets,in_reply_to_user_id,entities",
            "expansions": "author_id",
            "user.fields": "username,name,profile_image_url",
            **({"since_id": cursor} if cursor else {}),
        }
        us, found = self._id(), list[Incoming]()
        for _ in range(MOST_PAGES):
            page = self.api.get(f"/2/users/{us}/mentions", query)
            with understood():
                people = {one["id"]: one for one in (page.get("includes") or {}).get("users", [])}
                found += [_incoming(one, people, us) for one in page.get("data") or []]
                more = (page.get("meta") or {}).get("next_token")
            if not more or not cursor:
                break
            query["pagination_token"] = more
        newest = max((item.remote_id for item in found), key=int, default=cursor)
        return Fetched(sorted(found, key=lambda item: item.at), newest)

    def post_metrics(self, refs: Sequence[Ref], now: datetime) -> dict[str, Metrics]:
        """Return the public counts, a hundred posts a call; what can't be read is left out."""
        counted: dict[str, Metrics] = {}
        for start in range(0, len(refs), PAGE):
            numbers = {_number(ref): ref.uri for ref in refs[start : start + PAGE]}
            found = self.api.get("/2/tweets", {"ids": ",".join(numbers), "tweet.fields": "public_metrics"})
            with understood():
                for one in found.get("data") or []:
                    counts = {name: one["public_metrics"].get(theirs) for name, theirs in _COUNTS.items()}
                    counted[numbers[one["id"]]] = Metrics(counts=counts, source=NETWORK)
        return counted

    def profile_metrics(self, now: datetime) -> Metrics:
        """Return followers, follows and posts."""
        found = self._me("public_metrics")
        names = {"followers": "followers_count", "follows": "following_count", "posts": "tweet_count"}
        with understood():
            counts = {name: found["public_metrics"].get(theirs) for name, theirs in names.items()}
        return Metrics(counts=counts, source=NETWORK)


_COUNTS: Final = {
    "likes": "like_count",
    "reposts": "retweet_count",
    "replies": "reply_count",
    "quotes": "quote_count",
    "views": "impression_count",
}
# https://docs.x.com/fundamentals/x-ids: milliseconds since this moment stand above the lowest 22 bits.
_EPOCH_MS: Final = 1_288_834_974_657


def _moment_of(number: str) -> datetime:
    """Return when a post was made, which its number tells."""
    return datetime.fromtimestamp(((int(number) >> 22) + _EPOCH_MS) / 1000, UTC)


def _ref(number: str) -> Ref:
    return Ref(f"{NETWORK}:{number}", "", f"https://x.com/i/status/{number}")


def _number(ref: Ref) -> str:
    number = ref.uri.removeprefix(f"{NETWORK}:")
    if number == ref.uri or not number.isascii() or not number.isdigit():
        raise Refused("bad_reference", ref.uri[:200])
    return number


def _text(one: Mapping[str, Any]) -> str:
    """Return a post's text as it was written: X shortens links, and adds one for its media."""
    text = str(one["text"])
    for url in (one.get("entities") or {}).get("urls", []):
        written = "" if url.get("media_key") else str(url.get("unwound_url") or url["expanded_url"])
        text = text.replace(str(url["url"]), written)
    return text


def _is_ours(one: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    answered = [ref["id"] for ref in one.get("referenced_tweets") or [] if ref["type"] == "replied_to"]
    same_answer = answered == [wanted["reply"]["in_reply_to_tweet_id"]] if "reply" in wanted else not answered
    media = len((one.get("attachments") or {}).get("media_keys", []))
    same_media = media == len(wanted.get("media", {}).get("media_ids", []))
    # A link that was written without a scheme comes back with one.
    written = wanted["text"]
    for start, end, whole in reversed(find_urls(written)):
        written = f"{written[:start]}{whole}{written[end:]}"
    return (
        same_answer and same_media and (is_same(_text(one), written) or is_same(_text(one), wanted["text"]))
    )


def _incoming(one: Mapping[str, Any], people: Mapping[str, Any], us: str) -> Incoming:
    author = people.get(one["author_id"], {})
    answered = [ref["id"] for ref in one.get("referenced_tweets") or [] if ref["type"] == "replied_to"]
    is_reply = bool(answered) and one.get("in_reply_to_user_id") == us
    return Incoming(
        remote_id=str(one["id"]),
        kind="reply" if is_reply else "mention",
        author=Author(
            id=str(one["author_id"]),
            handle=str(author.get("username") or one["author_id"]),
            name=str(author.get("name") or ""),
            avatar_url=str(author.get("profile_image_url") or ""),
        ),
        text=_text(one),
        at=datetime.fromisoformat(one["created_at"]),
        ref=_ref(str(one["id"])),
        in_reply_to=_ref(str(answered[0])) if is_reply else None,
    )
