"""Amounts of money: exact, in one currency at a time, and read as people type them."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Final, Literal

from dialoog.core.errors import Invalid

LARGEST: Final = Decimal(10) ** 15
FINEST_EXPONENT: Final = -10

RoundingMode = Literal["half_up", "half_even"]
NumberLanguage = Literal["nl", "en"]

_ROUNDING: Final = MappingProxyType({"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN})
# Decimals where they aren't two. Source: ISO 4217, list one.
_WITHOUT_DECIMALS: Final = frozenset(
    (
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    )
)
_WITH_THREE: Final = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))


class CurrenciesDiffer(Invalid):
    """Two currencies can't be added or compared."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__("amount", "currencies_differ", {"first": first, "second": second})


def decimals_of(currency: str) -> int:
    """Return how many decimals amounts in this currency have: 2 for EUR, 0 for JPY."""
    if currency in _WITHOUT_DECIMALS:
        return 0
    return 3 if currency in _WITH_THREE else 2


@dataclass(frozen=True)
class Money:
    """An exact amount in one currency (ISO 4217 code).

    Sums stay exact; only `rounded` rounds. Errors: TypeError for a float; Invalid("amount", code) with
    amount_not_finite or amount_out_of_range (above 10^15, or finer than ten decimals);
    Invalid("currency", "currency_unknown") when it isn't three capitals.
    """

    amount: Decimal
    currency: str = "EUR"

    def __post_init__(self) -> None:
        if not isinstance(self.amount, (Decimal, int)):
            raise TypeError("an amount is a Decimal or an int, never a float")
        object.__setattr__(self, "amount", _checked(Decimal(self.amount)))
        if not re.fullmatch(r"[A-Z]{3}", self.currency):
            raise Invalid("currency", "currency_unknown", {"text": self.currency[:20]})

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other).amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        """Multiply, exact to ten decimals. Errors: TypeError for a float."""
        if not isinstance(factor, (Decimal, int)):
            raise TypeError("money is multiplied by a Decimal or an int, never by a float")
        product = self.amount * _checked(Decimal(factor))
        return Money(product if _is_coarse(product) else _quantised(product, FINEST_EXPONENT), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other).amount

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other).amount

    def __bool__(self) -> bool:
        return bool(self.amount)

    def rounded(self, mode: RoundingMode = "half_up") -> "Money":
        """Round to what can be paid in this currency.

        `half_up` (0.125 -> 0.13), as on a Dutch invoice, for what people see; `half_even` (0.125 -> 0.12)
        for many rounded amounts that are added up afterwards, so that the halves don't pile up.
        """
        return Money(_quantised(self.amount, -decimals_of(self.currency), mode), self.currency)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise CurrenciesDiffer(self.currency, other.currency)
        return other


def _checked(amount: Decimal) -> Decimal:
    if not amount.is_finite():
        raise Invalid("amount", "amount_not_finite")
    if abs(amount) > LARGEST or not _is_coarse(amount):
        raise Invalid("amount", "amount_out_of_range", {"most": str(LARGEST)})
    return amount


def _is_coarse(amount: Decimal) -> bool:
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= FINEST_EXPONENT


def _quantised(amount: Decimal, exponent: int, mode: RoundingMode = "half_even") -> Decimal:
    return amount.quantize(Decimal(1).scaleb(exponent), rounding=_ROUNDING[mode])


def total(amounts: Iterable[Money], currency: str = "EUR") -> Money:
    """Add up amounts in one currency; nothing at all is 0. Errors: CurrenciesDiffer."""
    return sum(amounts, start=Money(Decimal(0), currency))


_SIGNS: Final = MappingProxyType({"€": "EUR", "$": "USD", "£": "GBP", "euro": "EUR", "euros": "EUR"})
_TYPED: Final = re.compile(
    r"(?P<sign>[-+\u2212])? ?(?P<before>[^-+\u2212\d., ]*) ?(?P<inner>[-+\u2212])? ?"
    r"(?P<number>[\d., ']+?)(?:[.,][-\u2013=]{1,2})? ?(?P<after>[^\d., ]*)"
)
_SPACE_GROUPS: Final = re.compile(r"[0-9]{1,3}(?:[ '][0-9]{3})+(?![0-9])")


def parse_money(text: str, *, language: NumberLanguage = "nl", currency: str = "EUR") -> Money:
    """Read an amount as typed: 1.234,50 or 1,234.50, with or without €, EUR or euro, "12,-" too.

    `currency` holds when none is typed. One separator before exactly three digits means thousands in the
    way of `language`; in the way of the other language it could be either, and is refused.
    Errors: Invalid("amount", code) with amount_empty, amount_unreadable, amount_ambiguous,
    too_many_decimals or amount_out_of_range; Invalid("currency", "currency_unknown").
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    if not typed:
        raise Invalid("amount", "amount_empty")
    match = _TYPED.fullmatch(" ".join(typed.split()).replace("\u2019", "'")) if len(typed) <= 60 else None
    if match is None or (match["sign"] and match["inner"]) or (match["before"] and match["after"]):
        raise Invalid("amount", "amount_unreadable", {"text": typed[:60]})
    found = _currency_of(match["before"] or match["after"], currency)
    amount = _parse_number(match["number"].strip(), language)
    if _decimals_in(amount) > decimals_of(found):
        raise Invalid("amount", "too_many_decimals", {"most": decimals_of(found)})
    sign = match["sign"] or match["inner"] or "+"
    return Money(amount if sign == "+" else -amount, found)


def _currency_of(typed: str, fallback: str) -> str:
    if not typed:
        return fallback
    found = _SIGNS.get(typed.lower(), typed.upper())
    if not re.fullmatch(r"[A-Z]{3}", found):
        raise Invalid("currency", "currency_unknown", {"text": typed[:20]})
    return found


def _parse_number(typed: str, language: NumberLanguage) -> Decimal:
    if spaced := _SPACE_GROUPS.match(typed):
        typed = re.sub(r"[ ']", "", spaced[0]) + typed[spaced.end() :]
    separators = re.sub(r"[0-9]", "", typed)
    unreadable = Invalid("amount", "amount_unreadable", {"text": typed})
    if not set(separators) <= set(".,") or not re.search(r"[0-9]", typed):
        raise unreadable
    mark = _decimal_mark(typed, separators, language)
    whole, _, fraction = typed.partition(mark) if mark else (typed, "", "")
    if not re.fullmatch(r"[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+", whole or "0"):
        raise unreadable
    if mark and not re.fullmatch(r"[0-9]+", fraction):
        raise unreadable
    return Decimal(re.sub(r"[.,]", "", whole or "0") + (f".{fraction}" if fraction else ""))


def _decimal_mark(typed: str, separators: str, language: NumberLanguage) -> str:
    """Tell which separator begins the decimals, or "" when none does."""
    if not separators:
        return ""
    last = separators[-1]
    if len(set(separators)) == 2:
        return last
    if len(separators) > 1:
        return ""
    whole, _, rest = typed.partition(last)
    if len(rest) != 3 or not 1 <= len(whole) <= 3 or whole.startswith("0"):
        return last
    if (last == ".") is (language == "nl"):
        return ""
    raise Invalid("amount", "amount_ambiguous", {"text": typed, "plain": whole + rest})


def _decimals_in(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
