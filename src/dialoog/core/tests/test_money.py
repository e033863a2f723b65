from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialoog.core.errors import Invalid
from dialoog.core.money import CurrenciesDiffer, Money, decimals_of, parse_money, total

cents = st.decimals(Decimal(-(10**9)), Decimal(10**9), places=2)


def euros(text):
    return Money(Decimal(text), "EUR")


def code_of(text, language="nl"):
    with pytest.raises(Invalid) as caught:
        parse_money(text, language=language)
    return caught.value.code


def test_amounts_in_one_currency_add_up():
    assert euros("0.10") + euros("0.20") == euros("0.30")
    assert euros("1") - euros("1.50") == -euros("0.50")
    assert total([euros("1.10")] * 3) == euros("3.30")
    assert total([], "USD") == Money(Decimal(0), "USD")
    assert bool(euros("0.00")) is False


def test_amounts_in_two_currencies_never_meet():
    dollars = Money(Decimal(1), "USD")
    for meeting in (lambda: euros("1") + dollars, lambda: euros("1") - dollars, lambda: euros("1") < dollars):
        with pytest.raises(CurrenciesDiffer) as caught:
            meeting()
        assert caught.value.params == {"first": "EUR", "second": "USD"}
    assert euros("1") != dollars
    with pytest.raises(CurrenciesDiffer):
        total([dollars])


def test_a_float_is_never_money():
    with pytest.raises(TypeError):
        Money(0.1)
    with pytest.raises(TypeError):
        euros("1") * 0.1


@pytest.mark.parametrize("wrong", ["NaN", "Infinity", "-Infinity", "1e16", "1e-11", "1E+999999"])
def test_an_amount_out_of_all_reason_is_refused(wrong):
    with pytest.raises(Invalid):
        euros(wrong)


@pytest.mark.parametrize("wrong", ["", "eur", "EURO", "€", "E1R"])
def test_a_currency_is_three_capitals(wrong):
    with pytest.raises(Invalid) as caught:
        Money(Decimal(1), wrong)
    assert caught.value.code == "currency_unknown"


def test_rounding_is_commercial_unless_asked_otherwise():
    assert [euros(x).rounded().amount for x in ("0.125", "0.135", "-0.125")] == [
        Decimal("0.13"),
        Decimal("0.14"),
        Decimal("-0.13"),
    ]
    assert euros("0.125").rounded("half_even") == euros("0.12")
    assert Money(Decimal("10.5"), "JPY").rounded() == Money(Decimal(11), "JPY")
    assert [decimals_of(name) for name in ("EUR", "JPY", "KWD")] == [2, 0, 3]


@given(st.lists(cents, max_size=30))
def test_a_sum_is_exact_in_any_order(amounts):
    monies = [Money(amount) for amount in amounts]
    assert total(monies) == total(reversed(monies)) == Money(sum(amounts, Decimal(0)))


@given(cents, st.decimals(Decimal(0), Decimal(1000), places=2))
def test_a_product_is_exact(amount, factor):
    assert (Money(amount) * factor).amount == amount * factor


@given(cents, cents)
def test_amounts_are_ordered_as_numbers(a, b):
    assert (Money(a) < Money(b)) is (a < b)
    assert (Money(a) <= Money(b)) is (a <= b)


@pytest.mark.parametrize(
    ("typed", "language", "expected"),
    [
        ("1.234,50", "nl", "1234.50"),
        ("1.234,50", "en", "1234.50"),
        ("1,234.50", "nl", "1234.50"),
        ("1,234.50", "en", "1234.50"),
        ("€ 12", "nl", "12"),
        ("€12,5", "nl", "12.5"),
        ("12 euro", "nl", "12"),
        ("EUR 12.50", "nl", "12.50"),
        ("12,-", "nl", "12"),
        ("€ 1.250,--", "nl", "1250"),
        ("-5", "nl", "-5"),
        ("€ -5,25", "nl", "-5.25"),
        ("- € 5,25", "nl", "-5.25"),
        ("\u22125", "nl", "-5"),
        ("1.234", "nl", "1234"),
        ("1,234", "en", "1234"),
        ("1.234.567", "nl", "1234567"),
        ("1.234.567,89", "nl", "1234567.89"),
        ("1 234,50", "nl", "1234.50"),
        ("1\u00a0234\u00a0567", "nl", "1234567"),
        ("1'234.50", "en", "1234.50"),
        (",50", "nl", "0.50"),
        ("1234567,8", "nl", "1234567.8"),
        ("0", "nl", "0"),
        ("\uff11\uff12", "nl", "12"),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed, language, expected):
    assert parse_money(typed, language=language) == euros(expected)


def test_another_currency_is_kept():
    assert parse_money("$ 5") == Money(Decimal(5), "USD")
    assert parse_money("5 CHF") == Money(Decimal(5), "CHF")
    assert parse_money("5", currency="GBP") == Money(Decimal(5), "GBP")


@pytest.mark.parametrize(
    ("typed", "language", "code"),
    [
        ("", "nl", "amount_empty"),
        ("  ", "nl", "amount_empty"),
        ("veel", "nl", "amount_unreadable"),
        ("1,234", "nl", "amount_ambiguous"),
        ("1.234", "en", "amount_ambiguous"),
        ("1,2,3", "nl", "amount_unreadable"),
        ("12.34.567", "nl", "amount_unreadable"),
        ("1.234,567.8", "nl", "amount_unreadable"),
        ("1,2345", "nl", "too_many_decimals"),
        ("0,125", "nl", "too_many_decimals"),
        ("1 2", "nl", "amount_unreadable"),
        (".", "nl", "amount_unreadable"),
        ("--5", "nl", "amount_unreadable"),
        ("-€-5", "nl", "amount_unreadable"),
        ("5 bananen", "nl", "currency_unknown"),
        ("\0", "nl", "amount_unreadable"),
        ("9" * 30, "nl", "amount_out_of_range"),
        ("9" * 5000, "nl", "amount_unreadable"),
    ],
)
def test_an_amount_that_cannot_be_read_says_why(typed, language, code):
    assert code_of(typed, language) == code


@given(st.integers(0, 10**11), st.sampled_from(["nl", "en"]))
def test_every_amount_that_is_written_out_is_read_back(amount_in_cents, language):
    english = f"{amount_in_cents // 100:,}.{amount_in_cents % 100:02}"
    typed = english.translate(str.maketrans(",.", ".,")) if language == "nl" else english
    assert parse_money(typed, language=language).amount == Decimal(amount_in_cents) / 100


@given(st.text(alphabet="0123456789.,-' €a\u0660", max_size=20), st.sampled_from(["nl", "en"]))
def test_whatever_is_typed_gives_an_amount_or_a_code(text, language):
    try:
        result = parse_money(text, language=language)
    except Invalid as error:
        result = error
    assert isinstance(result, Money) or result.code
