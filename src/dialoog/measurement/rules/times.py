"""Reading an amount of time and a number as people type them."""

import re
import unicodedata
from decimal import Decimal
from typing import Final

from dialoog.core.errors import Invalid

_CLOCK: Final = re.compile(
    r"([0-9]{1,3})(?::| ?(?:u|h|uur|hours?) ?)([0-5]?[0-9])(?: ?(?:m|min|minuten|minutes))?"
)
_HOURS: Final = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{1,2})?) ?(?:u|h|uur|uren|hour|hours)?")
_MINUTES: Final = re.compile(r"([0-9]{1,4}) ?(?:m|min|minuut|minuten|minutes?)\.?")
_NUMBER: Final = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,2})?")


def parse_minutes(text: str) -> int:
    """Read a duration and return whole minutes: 1:30, 1u30, 1,5, 2 uur, 45 min. A bare number is hours.

    Errors: Invalid("time", code) with duration_empty or duration_unreadable.
    """
    typed = " ".join(unicodedata.normalize("NFKC", text).lower().split())[:40]
    if not typed:
        raise Invalid("time", "duration_empty")
    if match := _MINUTES.fullmatch(typed):
        return int(match[1])
    if match := _CLOCK.fullmatch(typed):
        return int(match[1]) * 60 + int(match[2])
    if match := _HOURS.fullmatch(typed):
        return int((Decimal(match[1].replace(",", ".")) * 60).to_integral_value())
    raise Invalid("time", "duration_unreadable", {"text": text.strip()[:40]})


def parse_number(text: str) -> Decimal:
    """Read a number of at most two decimals: 1234, 12,5 or 12.5; spaces between thousands may stand.

    Errors: Invalid("value", code) with number_empty or number_unreadable.
    """
    typed = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))[:40]
    if not typed:
        raise Invalid("value", "number_empty")
    if not _NUMBER.fullmatch(typed):
        raise Invalid("value", "number_unreadable", {"text": text.strip()[:40]})
    return Decimal(typed.replace(",", "."))
