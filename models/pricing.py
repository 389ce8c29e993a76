"""How a task's amount comes about, as a number and in words."""

from models.currency import Currency
from models.duration import format_time
from models.money import format_minor, hourly_amount
from models.values import Pricing


def amount_of(
    pricing: Pricing, rate_minor: int | None, minutes: int | None, fixed_minor: int | None
) -> int:
    """Return what a task costs, in minor units: computed once, when it is saved."""
    if pricing is Pricing.HOURLY and rate_minor is not None and minutes is not None:
        return hourly_amount(rate_minor, minutes)
    if pricing is Pricing.FIXED and fixed_minor is not None:
        return fixed_minor
    return 0


def amount_in_words(
    pricing: Pricing,
    rate_minor: int | None,
    minutes: int | None,
    amount_minor: int,
    currency: Currency,
) -> str:
    """Say how an amount came about, such as `2:30 h x 75.00 USD/h = 187.50 USD`."""
    time = f"{format_time(minutes)} h" if minutes else ""
    amount = f"{format_minor(amount_minor, currency)} {currency.code}"
    if pricing is Pricing.FIXED:
        return f"fixed {amount}" + (f" ({time})" if time else "")
    if pricing is Pricing.FREE:
        return _free_in_words(time, rate_minor, minutes, currency)
    return f"{time} x {format_minor(rate_minor or 0, currency)} {currency.code}/h = {amount}"


def _free_in_words(
    time: str, rate_minor: int | None, minutes: int | None, currency: Currency
) -> str:
    if rate_minor and minutes:
        worth = format_minor(hourly_amount(rate_minor, minutes), currency)
        return f"no charge ({time}, would be {worth} {currency.code})"
    return "no charge" + (f" ({time})" if time else "")
