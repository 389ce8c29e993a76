"""Currencies as ISO 4217 names them, each with the number of decimals its amounts have."""

from dataclasses import dataclass

from models.refusals import BadInput
from models.text import quoted

# ISO 4217, list one (current currencies and funds) up to amendment 180, 2026. Precious metals,
# units of account without decimals and testing codes are left out: nobody is billed in them.
_CODES_BY_EXPONENT = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
        CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
        GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK
        LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO
        NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS
        SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST
        XAD XCD XCG YER ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENTS = {
    code: exponent for exponent, codes in _CODES_BY_EXPONENT.items() for code in codes.split()
}


def is_code(text: str) -> bool:
    """Tell whether this is the code of a currency, in capital or small letters."""
    return text.isascii() and text.upper() in _EXPONENTS


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency: its code, and how many decimals turn its minor unit into its unit."""

    code: str
    exponent: int

    @classmethod
    def of(cls, code: str) -> "Currency":
        """Return the currency with this ISO 4217 code; small letters and blanks around it will do.

        Raises:
            BadInput: there is no such currency today.
        """
        given = code.strip()
        if not is_code(given):
            raise BadInput(
                f"{quoted(code)} is not a currency: write its three-letter code, such as USD."
            )
        return cls(given.upper(), _EXPONENTS[given.upper()])
