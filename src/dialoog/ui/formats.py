"""Dates, money, numbers and durations as people read them, in the active language and time zone.

The active zone is that of the organisation (`django.utils.timezone.activate`, done per request).
Formats come from Babel's CLDR data; a missing value gives an empty text, never a zero.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

MINUTES_PER_HOUR = 60
MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR


class HasAmount(Protocol):
    """Money: a decimal amount in a currency with an ISO code."""

    @property
    def amount(self) -> Decimal:
        """The amount, in whole units of the currency."""

    @property
    def currency(self) -> str:
        """The ISO 4217 code."""


def locale() -> Locale:
    """Return Babel's locale for the active language; English is British."""
    language = (get_language() or "nl").split("-")[0]
    return Locale.parse("en_GB" if language == "en" else language)


def local(moment: datetime) -> datetime:
    """Return an aware moment in the organisation's time zone."""
    return timezone.localtime(moment)


def _date(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def day(value: date | datetime | None) -> str:
    """Return "do 26 nov"."""
    return format_date(_date(value), "EEE d MMM", locale=locale()).replace(".", "") if value else ""


def day_year(value: date | datetime | None) -> str:
    """Return "26 nov 2026", for dates that may lie in another year."""
    return format_date(_date(value), "d MMM y", locale=locale()).replace(".", "") if value else ""


def day_long(value: date | datetime | None) -> str:
    """Return "donderdag 26 november"."""
    return format_date(_date(value), "EEEE d MMMM", locale=locale()) if value else ""


def month(value: date | datetime | None) -> str:
    """Return "november 2026"."""
    return format_date(_date(value), "LLLL y", locale=locale()) if value else ""


def week(value: date | datetime | None) -> str:
    """Return "week 48": the ISO week."""
    return _("week %(number)s") % {"number": _date(value).isocalendar().week} if value else ""


def clock(value: datetime | None) -> str:
    """Return "10:24", in 24 hours."""
    return format_time(local(value), "HH:mm", tzinfo=local(value).tzinfo, locale=locale()) if value else ""


def moment(value: datetime | None) -> str:
    """Return "do 26 nov 10:24"."""
    return f"{day(value)} {clock(value)}" if value else ""


def iso(value: date | datetime | None) -> str:
    """Return the moment for a `datetime` attribute: ISO 8601, with its offset."""
    if value is None:
        return ""
    return local(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def stamp(value: datetime | None) -> str:
    """Return a full date with time and zone, for audit lines and exports."""
    if value is None:
        return ""
    return format_datetime(local(value), "d MMM y HH:mm z", tzinfo=local(value).tzinfo, locale=locale())


def money(value: HasAmount | Decimal | int | None, currency: str = "EUR") -> str:
    """Return "€ 1.234,50"; takes money or an amount with its currency."""
    return _currency(value, currency, digits=True)


def money_round(value: HasAmount | Decimal | int | None, currency: str = "EUR") -> str:
    """Return "€ 1.235": whole units, for sums at a glance."""
    return _currency(value, currency, digits=False)


def _currency(value: HasAmount | Decimal | int | None, currency: str, *, digits: bool) -> str:
    if value is None:
        return ""
    amount = value if isinstance(value, Decimal | int) else value.amount
    code = currency if isinstance(value, Decimal | int) else value.currency
    if digits:
        return format_currency(amount, code, locale=locale())
    pattern = locale().currency_formats["standard"].pattern.replace("0.00", "0")
    return format_currency(amount, code, pattern, locale=locale(), currency_digits=False)


def number(value: Decimal | float | None, digits: int = 0) -> str:
    """Return "1.234" or, with digits, "1.234,5"."""
    if value is None:
        return ""
    pattern = "#,##0" + ("." + "0" * int(digits) if digits else "")
    return format_decimal(value, pattern, locale=locale())


def percent(ratio: Decimal | float | None, digits: int = 0) -> str:
    """Return "87%" for a ratio of 0.87."""
    if ratio is None:
        return ""
    pattern = "#,##0" + ("." + "0" * int(digits) if digits else "") + "%"
    return format_percent(ratio, pattern, locale=locale())


def duration(value: timedelta | float | None) -> str:
    """Return "2 u 06", "16 min" or "3 dagen"; takes a timedelta or seconds, and drops the sign."""
    if value is None:
        return ""
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    minutes = int(abs(seconds) // 60)
    if minutes < MINUTES_PER_HOUR:
        return f"{minutes} {_('min')}"
    if minutes < 2 * MINUTES_PER_DAY:
        return f"{minutes // MINUTES_PER_HOUR} {_('h')} {minutes % MINUTES_PER_HOUR:02}"
    days = minutes // MINUTES_PER_DAY
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def hours(value: Decimal | float | None) -> str:
    """Return "5,5 u" for booked hours."""
    return f"{number(value, 0 if value == int(value) else 1)} {_('h')}" if value is not None else ""


def relative(value: datetime | None, now: datetime) -> str:
    """Return "over 2 uur" or "3 dagen geleden", seen from `now`."""
    if value is None:
        return ""
    return format_timedelta(value - now, add_direction=True, locale=locale())


FILTERS: dict[str, Callable[..., str]] = {
    "clock": clock,
    "day": day,
    "day_long": day_long,
    "day_year": day_year,
    "duration": duration,
    "hours": hours,
    "iso": iso,
    "moment": moment,
    "money": money,
    "money_round": money_round,
    "month": month,
    "number": number,
    "percent": percent,
    "relative": relative,
    "stamp": stamp,
    "week": week,
}
