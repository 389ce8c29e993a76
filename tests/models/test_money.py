"""Money: exact, and read only where it can be read in one way."""

import string
from collections.abc import Callable
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.currency import Currency
from models.duration import TIME_LIMIT
from models.money import (
    AMOUNT_LIMIT,
    RATE_LIMIT,
    Money,
    format_minor,
    hourly_amount,
    parse_amount,
    parse_rate,
)
from models.refusals import BadInput
from models.text import displayable

USD = Currency.of("USD")
JPY = Currency.of("JPY")
KWD = Currency.of("KWD")
CLF = Currency.of("CLF")

CURRENCIES = st.sampled_from([USD, JPY, KWD, CLF])
AMOUNTS = st.integers(-AMOUNT_LIMIT, AMOUNT_LIMIT)
NUMBER_LIKE = st.text("0123456789.,-+ '\u2212\u00a0\u0665eE$", max_size=60)
PARSERS = pytest.mark.parametrize("parse", [parse_rate, parse_amount])


@pytest.mark.parametrize(
    ("rate", "minutes", "amount"),
    [
        (60_00, 5, 5_00),
        (50_00, 44, 36_67),
        (65_00, 44, 47_67),
        (100_00, 50, 83_33),
        (33_33, 20, 11_11),
        (99_99, 15, 25_00),
        (129_360, 1, 2_156),
        (1, 30, 1),
        (1, 29, 0),
        (0, 60, 0),
        (RATE_LIMIT, TIME_LIMIT, AMOUNT_LIMIT),
    ],
)
def test_an_hourly_amount_is_rounded_half_up(rate: int, minutes: int, amount: int) -> None:
    assert hourly_amount(rate, minutes) == amount


@given(st.integers(0, RATE_LIMIT), st.integers(0, TIME_LIMIT))
def test_an_hourly_amount_is_exact(rate: int, minutes: int) -> None:
    assert hourly_amount(rate, minutes) == floor(Fraction(rate * minutes, 60) + Fraction(1, 2))


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (18750, USD, "187.50 USD"),
        (-18750, USD, "-187.50 USD"),
        (5, USD, "0.05 USD"),
        (-5, USD, "-0.05 USD"),
        (0, USD, "0.00 USD"),
        (2156, JPY, "2156 JPY"),
        (1, KWD, "0.001 KWD"),
        (123456789, KWD, "123456.789 KWD"),
        (10_000, CLF, "1.0000 CLF"),
    ],
)
def test_money_is_written_for_people(minor: int, currency: Currency, text: str) -> None:
    money = Money(minor, currency)
    assert money.text == text
    assert f"{money.plain} {currency.code}" == text


def test_money_is_added_in_one_currency_only() -> None:
    assert Money(18750, USD) + Money(60000, USD) == Money(78750, USD)
    with pytest.raises(ValueError, match=r"1\.00 USD and 100 JPY have no sum"):
        Money(100, USD) + Money(100, JPY)


@given(AMOUNTS, CURRENCIES)
def test_what_is_written_is_read_back(minor: int, currency: Currency) -> None:
    written = format_minor(minor, currency)
    assert parse_amount(written, currency) == minor
    assert parse_amount(f" {written.replace('.', ',')} ", currency) == minor
    assert parse_amount(written.replace("-", "\N{MINUS SIGN}"), currency) == minor


@given(AMOUNTS, CURRENCIES)
def test_what_is_written_has_its_value(minor: int, currency: Currency) -> None:
    assert Fraction(format_minor(minor, currency)) == Fraction(minor, 10**currency.exponent)


@PARSERS
@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("75", USD, 7500),
        ("75.0", USD, 7500),
        ("75.00", USD, 7500),
        ("75,00", USD, 7500),
        ("75,5", USD, 7550),
        ("\t 75 \n", USD, 7500),
        (".5", USD, 50),
        (",05", USD, 5),
        ("0075", USD, 7500),
        ("0", USD, 0),
        ("0,00", USD, 0),
        ("75", JPY, 75),
        ("75.005", KWD, 75005),
        ("1,000", KWD, 1000),
    ],
)
def test_plain_numbers_are_read(
    parse: Callable[[str, Currency], int], typed: str, currency: Currency, minor: int
) -> None:
    assert parse(typed, currency) == minor


@PARSERS
@pytest.mark.parametrize(
    ("typed", "currency", "sentence"),
    [
        ("abc", USD, '"abc" is not a plain number: write one such as 75.00.'),
        ("nan", USD, '"nan" is not a plain number: write one such as 75.00.'),
        ("inf", KWD, '"inf" is not a plain number: write one such as 75.000.'),
        ("1e9", JPY, '"1e9" is not a plain number: write one such as 75.'),
        ("1.2.3", USD, '"1.2.3" is not a plain number: write one such as 75.00.'),
        ("+5", USD, '"+5" is not a plain number: write one such as 75.00.'),
        ("1_0", USD, '"1_0" is not a plain number: write one such as 75.00.'),
        (".", USD, '"." is not a plain number: write one such as 75.00.'),
        ("7\x1b5", USD, '"7␛5" is not a plain number: write one such as 75.00.'),
        ("5.", USD, "Digits must follow the decimal sign: write 5.00."),
        ("5,", JPY, "Digits must follow the decimal sign: write 5."),
        ("75.1234", USD, "USD has 2 decimals: write 75.12 or 75.13."),
        ("0.005", USD, "USD has 2 decimals: write 0.00 or 0.01."),
        ("75.0000", USD, "USD has 2 decimals: write 75.00."),
        (
            "75.005",
            USD,
            "USD has 2 decimals: write 75.00 or 75.01, "
            "or 75005.00 without a separator for thousands.",
        ),
        (
            "1,000",
            USD,
            "USD has 2 decimals: write 1.00, or 1000.00 without a separator for thousands.",
        ),
        ("75.5", JPY, "JPY has no decimals: write 75 or 76."),
        (".5", JPY, "JPY has no decimals: write 0 or 1."),
        ("75.00", JPY, "JPY has no decimals: write 75."),
        ("1.00005", KWD, "KWD has 3 decimals: write 1.000 or 1.001."),
        ("1,000.00", USD, "Write 1000.00, without separators for thousands."),
        ("1.000,00", USD, "Write 1000.00, without separators for thousands."),
        ("1 000", USD, "Write 1000.00, without separators for thousands."),
        ("1\u00a0000,5", USD, "Write 1000.50, without separators for thousands."),
        ("1'000'000", USD, "Write 1000000.00, without separators for thousands."),
        ("1.000.000", USD, "Write 1000000.00, without separators for thousands."),
        ("1,00,000.00", KWD, "Write 100000.000, without separators for thousands."),
        ("1,000.00", JPY, "Write 1000, without separators for thousands."),
        ("9" * 41, USD, "The number is too long: write one such as 75.00."),
        ("1." + "0" * 9_999, USD, "The number is too long: write one such as 75.00."),
    ],
)
def test_other_numbers_are_refused_with_what_would_be_right(
    parse: Callable[[str, Currency], int], typed: str, currency: Currency, sentence: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        parse(typed, currency)
    assert str(refusal.value) == sentence


@PARSERS
@pytest.mark.parametrize("typed", ["$75", "75€", "75 USD", "usd75", "75 EUR", "¥"])
def test_the_currency_is_not_part_of_the_number(
    parse: Callable[[str, Currency], int], typed: str
) -> None:
    with pytest.raises(BadInput, match=r"only the number, such as 75\.00: .* currency USD is add"):
        parse(typed, USD)


@PARSERS
@pytest.mark.parametrize("typed", ["\u0667\u0665", "\uff17\uff15", "7\u0665", "½", "७५"])
def test_digits_of_other_scripts_are_refused(
    parse: Callable[[str, Currency], int], typed: str
) -> None:
    with pytest.raises(BadInput, match=r"with the digits 0 to 9, such as 75\.00\.$"):
        parse(typed, USD)


@pytest.mark.parametrize("typed", ["", "  ", "\n\t", "\u3000"])
def test_an_empty_field_is_named(typed: str) -> None:
    with pytest.raises(BadInput, match=r"^The rate is empty: write a number such as 75\.00\.$"):
        parse_rate(typed, USD)
    with pytest.raises(BadInput, match=r"^The amount is empty: write a number such as 75\.$"):
        parse_amount(typed, JPY)


@pytest.mark.parametrize("typed", ["-5", "\u22125", " -0.01 ", "-"])
def test_a_rate_is_not_negative(typed: str) -> None:
    with pytest.raises(BadInput, match=r"cannot be negative: write 75\.00, and a discount as a fi"):
        parse_rate(typed, USD)


def test_a_discount_is_a_negative_amount() -> None:
    assert parse_amount("-50", USD) == parse_amount(" \u221250,00 ", USD) == -5000
    assert parse_amount("-0", USD) == 0


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-", '"-" is not a plain number: write one such as 75.00.'),
        ("--5", '"--5" is not a plain number: write one such as 75.00.'),
        ("-inf", '"-inf" is not a plain number: write one such as 75.00.'),
        ("-5.", "Digits must follow the decimal sign: write -5.00."),
        ("-1,000.00", "Write -1000.00, without separators for thousands."),
        ("-1.2345", "USD has 2 decimals: write -1.23 or -1.24."),
        ("\u22120.005", "USD has 2 decimals: write -0.00 or -0.01."),
    ],
)
def test_a_refused_discount_is_corrected_as_a_discount(typed: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_amount(typed, USD)
    assert str(refusal.value) == sentence


def test_a_rate_has_a_limit() -> None:
    assert parse_rate("10000000.00", USD) == RATE_LIMIT
    assert parse_rate("1000000000", JPY) == RATE_LIMIT
    for typed in ("10000000.01", "9" * 40):
        with pytest.raises(BadInput, match=r"too high: at most 10000000\.00 USD per hour\.$"):
            parse_rate(typed, USD)


def test_an_amount_has_a_limit() -> None:
    assert parse_amount("99990000000", USD) == AMOUNT_LIMIT
    assert parse_amount("-99990000000", USD) == -AMOUNT_LIMIT
    for typed in ("99990000000.01", "-99990000000.01", "9" * 40):
        with pytest.raises(BadInput, match=r"too large: at most 99990000000\.00 USD\.$"):
            parse_amount(typed, USD)


@PARSERS
@given(
    typed=st.one_of(st.text(max_size=60), NUMBER_LIKE, st.text("0", max_size=6000)),
    currency=CURRENCIES,
)
def test_any_text_is_read_or_refused(
    parse: Callable[[str, Currency], int], typed: str, currency: Currency
) -> None:
    try:
        minor = parse(typed, currency)
    except BadInput as refusal:
        sentence = str(refusal)
    else:
        sentence = ""
        assert abs(minor) <= AMOUNT_LIMIT
        number = typed.strip().replace(",", ".").replace("\N{MINUS SIGN}", "-")
        assert set(number) <= set(string.digits + ".-")
        assert Fraction(minor, 10**currency.exponent) == Fraction(number)
    assert sentence == displayable(sentence)
