"""Calls to a site's REST interface, and what it means by its errors.

Source: https://developer.wordpress.org/rest-api/reference/ and the endpoints of WordPress 6.1
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from dialoog.core.http import Response
from dialoog.networks.answers import understood
from dialoog.networks.api import Api
from dialoog.networks.errors import NeedsConsent, Refused, TryLater
from dialoog.networks.grants import Grant
from dialoog.networks.values import Ref
from dialoog.networks.wordpress.ways import signed

POSTS: Final = "/wp/v2/posts"
MEDIA: Final = "/wp/v2/media"
COMMENTS: Final = "/wp/v2/comments"
# Nobody may comment faster than this, except who moderates (check_comment_flood_db).
FLOOD_SECONDS: Final = 15.0


class Interface(Api):
    """The interface of one site, as one user."""

    codes: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("rest_upload_sideload_error", "rest_upload_unknown_error", "rest_upload_no_data"), "file_refused"
        ),
        "rest_upload_file_too_big": "too_large",
        "rest_upload_image_type_not_supported": "file_refused",
        "rest_comment_closed": "comments_closed",
        "rest_comment_invalid_post_id": "not_found",
        "rest_comment_trash_post": "not_found",
        "rest_comment_draft_post": "not_found",
        "comment_duplicate": "comment_duplicate",
        "rest_trash_not_supported": "no_bin",
    }

    def sign(self, grant: Grant) -> Mapping[str, str]:
        """Return the user's name and application password."""
        return signed(str(grant.data["user"]), str(grant.data["access"]))

    def error_name(self, answer: Response) -> str:
        """Return the code in the answer's JSON."""
        try:
            return str(answer.json()["code"])
        except (ValueError, KeyError, TypeError):
            return ""

    def raise_for(self, answer: Response, *, mutates: bool = False) -> None:
        """Raise what WordPress means, where its status says something else."""
        if answer.status == 401:
            raise NeedsConsent("wrong_password", self.error_name(answer)[:60])
        if self.error_name(answer) == "comment_flood":
            raise TryLater(FLOOD_SECONDS, "limit_reached", sent=True)
        super().raise_for(answer, mutates=mutates)

    def ref(self, kind: str, found: Mapping[str, Any]) -> Ref:
        """Return where a post or a comment is; `kind` is the path of its sort."""
        return self.ref_to(kind, int(found["id"]), str(found["link"]))

    def ref_to(self, kind: str, number: int, url: str = "") -> Ref:
        """Return where a post or a comment with this number is."""
        return Ref(f"{self.address}{kind}/{number}", str(number), url)

    def number(self, ref: Ref, *kinds: str) -> tuple[str, int]:
        """Return of which sort and with which number `ref` is.

        Errors: Refused("bad_reference") when it isn't of this site.
        """
        for kind in kinds:
            number = ref.uri.removeprefix(f"{self.address}{kind}/")
            if number != ref.uri and number.isdecimal():
                return kind, int(number)
        raise Refused("bad_reference", ref.uri[:200])

    def total(self, path: str, query: Mapping[str, Any]) -> int | None:
        """Return how many there are; None where a site keeps its counts to itself."""
        answer = self.call("GET", path, query={**query, "per_page": 1, "_fields": "id"})
        with understood():
            if not isinstance(answer.json(), list):
                raise TypeError("not a list")
            told = answer.headers.get("x-wp-total")
            return None if told is None else int(told)


def moment(text: str) -> datetime:
    """Return a moment as the interface writes it: UTC, without saying so."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
