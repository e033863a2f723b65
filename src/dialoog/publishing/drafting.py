"""What a person typed for a post, as plain values: the same for a form, an action and a test."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Final

from dialoog.core.text import clean_text
from dialoog.publishing.models import Post

LONGEST_TEXT: Final = 20_000
LONGEST_ALT: Final = 2_000
LONGEST_SUBJECT: Final = 80
LONGEST_REASON: Final = 1_000
LANGUAGES: Final = ("nl", "en", "fy", "li", "pap", "de", "fr", "es", "pl", "ro", "tr", "uk", "ar")


@dataclass(frozen=True, kw_only=True)
class Content:
    """A post as it stands in the composer.

    `own_texts`: the chosen channels by id, each with a text of its own or None when it follows the main
    text. `alts`: the description by id of the image in this post. `day` and `at` are wall time in the
    organisation's zone, and may be open.
    """

    text: str = ""
    language: str = "nl"
    subject: str = ""
    goal_id: int | None = None
    is_advertising: bool = False
    own_texts: Mapping[int, str | None] = field(default_factory=dict)
    alts: Mapping[int, str] = field(default_factory=dict)
    day: date | None = None
    at: time | None = None
    advice_reason: str = ""

    def cleaned(self) -> "Content":
        """Return the same without what can't be kept in a text (NUL, lone surrogates)."""
        return Content(
            text=clean_text(self.text).text,
            language=self.language,
            subject=clean_text(self.subject).text.strip(),
            goal_id=self.goal_id,
            is_advertising=self.is_advertising,
            own_texts={key: _clean(text) for key, text in self.own_texts.items()},
            alts={key: clean_text(alt).text.strip() for key, alt in self.alts.items()},
            day=self.day,
            at=self.at,
            advice_reason=clean_text(self.advice_reason).text.strip(),
        )


def _clean(text: str | None) -> str | None:
    return None if text is None else clean_text(text).text


def content_of(post: Post) -> Content:
    """Return a stored post as it stands in the composer."""
    return Content(
        text=post.text,
        language=post.language,
        subject=post.subject,
        goal_id=post.goal_id,
        is_advertising=post.is_advertising,
        own_texts={variant.channel_id: variant.own_text for variant in post.variants.all()},
        alts={image.pk: image.alt for image in post.images.all()},
        day=post.planned_day,
        at=post.planned_time,
        advice_reason=post.advice_reason,
    )
