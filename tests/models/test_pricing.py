"""How an amount comes about, as a number and in words."""

import pytest

from models.currency import Currency
from models.money import AMOUNT_LIMIT, RATE_LIMIT
from models.pricing import amount_in_words, amount_of
from models.values import Pricing

USD = Currency.of("USD")
JPY = Currency.of("JPY")


@pytest.mark.parametrize(
    ("pricing", "rate", "minutes", "fixed", "amount"),
    [
        (Pricing.HOURLY, 75_00, 150, None, 187_50),
        (Pricing.HOURLY, RATE_LIMIT, 9_999 * 60, None, AMOUNT_LIMIT),
        (Pricing.HOURLY, 75_00, None, None, 0),
        (Pricing.HOURLY, None, 150, None, 0),
        (Pricing.HOURLY, 75_00, 60, 999, 75_00),
        (Pricing.FIXED, None, None, -20_00, -20_00),
        (Pricing.FIXED, 75_00, 60, 5, 5),
        (Pricing.FIXED, 75_00, 60, None, 0),
        (Pricing.FREE, 75_00, 60, 5, 0),
    ],
)
def test_what_a_task_costs(
    pricing: Pricing, rate: int | None, minutes: int | None, fixed: int | None, amount: int
) -> None:
    assert amount_of(pricing, rate, minutes, fixed) == amount


@pytest.mark.parametrize(
    ("pricing", "rate", "minutes", "amount", "currency", "words"),
    [
        (Pricing.HOURLY, 75_00, 150, 187_50, USD, "2:30 h x 75.00 USD/h = 187.50 USD"),
        (Pricing.HOURLY, 0, 60, 0, USD, "1:00 h x 0.00 USD/h = 0.00 USD"),
        (Pricing.HOURLY, 129_360, 1, 2_156, JPY, "0:01 h x 129360 JPY/h = 2156 JPY"),
        (Pricing.FIXED, None, None, -20_00, USD, "fixed -20.00 USD"),
        (Pricing.FIXED, None, 90, 120_00, USD, "fixed 120.00 USD (1:30 h)"),
        (Pricing.FREE, None, None, 0, USD, "no charge"),
        (Pricing.FREE, None, 120, 0, USD, "no charge (2:00 h)"),
        (Pricing.FREE, 50_00, None, 0, USD, "no charge"),
        (Pricing.FREE, 50_00, 120, 0, USD, "no charge (2:00 h, would be 100.00 USD)"),
    ],
)
def test_how_it_came_about(
    pricing: Pricing,
    rate: int | None,
    minutes: int | None,
    amount: int,
    currency: Currency,
    words: str,
) -> None:
    assert amount_in_words(pricing, rate, minutes, amount, currency) == words
