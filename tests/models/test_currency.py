"""Currencies and their decimals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.currency import Currency, is_code
from models.refusals import BadInput


@pytest.mark.parametrize(
    ("exponent", "codes"),
    [
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (2, "AUD BRL CAD CHF CNY CZK DKK EUR GBP HUF INR MXN NOK PLN RON SEK TRY USD XCG ZAR ZWG"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    ],
)
def test_a_currency_has_its_decimals(exponent: int, codes: str) -> None:
    for code in codes.split():
        assert Currency.of(code) == Currency(code, exponent)


def test_small_letters_and_blanks_are_read() -> None:
    assert Currency.of(" usd\n") == Currency("USD", 2)


@pytest.mark.parametrize(
    "code", ["", "US", "USDX", "DEM", "HRK", "BGN", "XAU", "XXX", "u\u017fd", "$", "\ud800"]
)
def test_other_codes_are_refused_with_an_example(code: str) -> None:
    with pytest.raises(BadInput, match=r"is not a currency: write its .* code, such as USD\.$"):
        Currency.of(code)


def test_the_refusal_names_what_was_given() -> None:
    with pytest.raises(BadInput, match='"EURO" is not a currency'):
        Currency.of("EURO")


@given(st.text(max_size=60))
def test_a_code_is_three_capitals_or_refused(code: str) -> None:
    try:
        currency = Currency.of(code)
    except BadInput:
        assert not is_code(code)
    else:
        assert is_code(currency.code)
        assert len(currency.code) == 3
        assert currency.code.isupper()
