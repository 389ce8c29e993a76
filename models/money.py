"""Money in whole minor units of a currency (cents, yen, fils), and the numbers people type for it.

An amount is computed once, in integers, so that sums of amounts are exact.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from models.currency import Currency, is_code
from models.refusals import BadInput
from models.text import quoted

RATE_LIMIT: Final = 10**9
"""The highest rate, in minor units per hour."""

AMOUNT_LIMIT: Final = 9_999 * 10**9
"""The largest amount, in minor units: the highest rate for the longest time."""

_MINUS_SIGNS = ("-", "\N{MINUS SIGN}")
_LONGEST_NUMBER = 40
_NUMBER = re.compile(r"(?P<whole>[0-9]*)([.,](?P<decimals>[0-9]+))?")
_GROUPED_NUMBER = re.compile(
    r"(?P<whole>[0-9]{1,3}(?P<separator>[.,'\N{RIGHT SINGLE QUOTATION MARK}_\s])[0-9]{2,3}"
    r"((?P=separator)[0-9]{2,3})*)([.,](?P<decimals>[0-9]+))?"
)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: `minor` units of `currency`; negative for a discount or a debt."""

    minor: int
    currency: Currency

    @property
    def plain(self) -> str:
        """The number alone, such as `187.50`."""
        return format_minor(self.minor, self.currency)

    @property
    def text(self) -> str:
        """The amount for people, such as `187.50 USD`."""
        return f"{self.plain} {self.currency.code}"

    def __add__(self, other: "Money") -> "Money":
        """Return the sum; adding two currencies is a mistake of the program, a ValueError."""
        if self.currency != other.currency:
            raise ValueError(f"{self.text} and {other.text} have no sum")
        return Money(self.minor + other.minor, self.currency)


def hourly_amount(rate_minor: int, minutes: int) -> int:
    """Return what `minutes` cost at a rate per hour that is not negative, rounded half up."""
    return (rate_minor * minutes * 2 + 60) // 120


def format_minor(minor: int, currency: Currency) -> str:
    """Return the number as people write it: `187.50`, `-0.05`, `2156` without decimals.

    `parse_amount` reads it back.
    """
    sign = "-" if minor < 0 else ""
    digits = str(abs(minor)).rjust(currency.exponent + 1, "0")
    point = len(digits) - currency.exponent
    return sign + digits[:point] + ("." + digits[point:] if currency.exponent else "")


def parse_rate(text: str, currency: Currency) -> int:
    """Return a rate as typed in minor units per hour; the decimal sign is a point or a comma.

    Raises:
        BadInput: it is no plain number, negative, above `RATE_LIMIT`, or has too many decimals.
    """
    typed = _plainly_typed(text, currency, "rate")
    if typed.startswith(_MINUS_SIGNS):
        raise BadInput(
            f"A rate cannot be negative: write {_example(currency)}, "
            "and a discount as a fixed price."
        )
    minor = _read(typed, currency)
    if minor > RATE_LIMIT:
        highest = Money(RATE_LIMIT, currency).text
        raise BadInput(f"The rate is too high: at most {highest} per hour.")
    return minor


def parse_amount(text: str, currency: Currency) -> int:
    """Return a fixed price as typed in minor units; a minus before it makes a discount.

    Raises:
        BadInput: it is no plain number, beyond `AMOUNT_LIMIT`, or has too many decimals.
    """
    typed = _plainly_typed(text, currency, "amount")
    negative = typed.startswith(_MINUS_SIGNS)
    minor = _read(typed[1:] if negative else typed, currency, sign="-" if negative else "")
    if minor > AMOUNT_LIMIT:
        raise BadInput(f"The amount is too large: at most {Money(AMOUNT_LIMIT, currency).text}.")
    return -minor if negative else minor


def _plainly_typed(text: str, currency: Currency, what: str) -> str:
    """Return the text without blanks around it; refuse what people mean as more than a number."""
    typed = text.strip()
    if not typed:
        raise BadInput(f"The {what} is empty: write a number such as {_example(currency)}.")
    if any(character.isnumeric() and not character.isascii() for character in typed):
        raise BadInput(f"Write the {what} with the digits 0 to 9, such as {_example(currency)}.")
    if _names_currency(typed):
        raise BadInput(
            f"Write only the number, such as {_example(currency)}: "
            f"the account's currency {currency.code} is added."
        )
    return typed


def _names_currency(typed: str) -> bool:
    has_sign = any(unicodedata.category(character) == "Sc" for character in typed)
    return has_sign or any(map(is_code, re.findall("[A-Za-z]+", typed)))


def _read(digits: str, currency: Currency, sign: str = "") -> int:
    """Return a number without its sign in minor units; `sign` is for the sentence of a refusal."""
    if len(digits) > _LONGEST_NUMBER:
        raise BadInput(f"The number is too long: write one such as {_example(currency)}.")
    number = _NUMBER.fullmatch(digits)
    if number is None or not digits:
        raise BadInput(_no_number(digits, currency, sign))
    whole, decimals = number["whole"], number["decimals"] or ""
    if len(decimals) > currency.exponent:
        raise BadInput(_too_many_decimals(whole, decimals, currency, sign))
    return int(whole + decimals.ljust(currency.exponent, "0"))


def _no_number(digits: str, currency: Currency, sign: str) -> str:
    if digits.endswith((".", ",")) and digits[:-1].isdecimal():
        number = _written(digits[:-1], "", currency)
        return f"Digits must follow the decimal sign: write {sign}{number}."
    grouped = _GROUPED_NUMBER.fullmatch(digits)
    if grouped:
        whole = re.sub("[^0-9]", "", grouped["whole"])
        number = _written(whole, grouped["decimals"] or "", currency)
        return f"Write {sign}{number}, without separators for thousands."
    return f"{quoted(sign + digits)} is not a plain number: write one such as {_example(currency)}."


def _too_many_decimals(whole: str, decimals: str, currency: Currency, sign: str) -> str:
    below = int(whole + decimals[: currency.exponent] or "0")
    exact = not decimals[currency.exponent :].strip("0")
    near = [below] if exact else [below, below + 1]
    choice = " or ".join(sign + format_minor(minor, currency) for minor in near)
    if len(decimals) == 3 and len(whole) <= 3 and whole.strip("0"):
        thousands = _written(whole + decimals, "", currency)
        choice += f", or {sign}{thousands} without a separator for thousands"
    has = f"{currency.exponent or 'no'} decimals"
    return f"{currency.code} has {has}: write {choice}."


def _written(whole: str, decimals: str, currency: Currency) -> str:
    shown = decimals.rstrip("0").ljust(currency.exponent, "0")
    return whole + ("." + shown if shown else "")


def _example(currency: Currency) -> str:
    return _written("75", "", currency)
