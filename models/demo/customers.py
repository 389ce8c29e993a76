"""The customers of the made-up company, as rows of the database, and how new ones are drawn."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from models.currency import Currency
from models.demo import DEMO_SETTINGS
from models.demo.countries import COUNTRIES, Country, Word
from models.demo.work import CLOSURES, SUSPENSIONS
from models.money import parse_rate
from models.search_text import search_text
from models.text import fold

Choice = TypeVar("Choice")

DAY_MS = 24 * 60 * 60 * 1000

RATES = {
    code: parse_rate(rate, Currency.of(code)) for code, rate in DEMO_SETTINGS.default_rates.items()
}
"""The usual rate of each currency, in minor units per hour."""

_COUNTRY_POOL = tuple(country for country in COUNTRIES for _ in range(country.share))
_PLANS = ("Basic", "Basic", "Basic", "Plus", "Plus", "Pro", "Pro", "Business")
_SUBDOMAINS = ("shop", "blog", "app", "intern", "status")
_MAILBOXES = ("info", "office", "mail")

_LEGAL_FORMS = re.compile(
    "ab|ag|as|bros|co|gmbh|inc|kg|law|llc|llp|ltd|o|pty|sarl|sl|sons|sp|sti|the|z"
)
"""Words of a company's name that its user name and domain leave out."""

_LONGEST_USERNAME = 12
_STAY = (30 * DAY_MS, 2900 * DAY_MS)
"""How long customers have been there, at least and at most."""


_folded = cache(fold)
"""Many share a name, and folding it takes long; folding it again changes nothing."""


@dataclass(slots=True, kw_only=True)
class Customer:
    """An account: the columns of its row, then what else is known of the customer."""

    id: int
    username: str
    username_folded: str = field(init=False)
    person: str
    company: str = ""
    email: str
    phone: str = ""
    street: str
    city: str
    region: str = ""
    postcode: str
    country: str
    plan: str
    status: str = "active"
    status_reason: str = ""
    created_at: int
    currency: str
    balance_minor: int = 0
    agreed_rate_minor: int | None = None
    reseller_id: int | None = None
    is_reseller: bool = False
    source: str = "demo"
    key: str = field(init=False)
    search_text: str = field(init=False)
    domains: tuple[str, ...]
    given_name: str

    def __post_init__(self) -> None:
        """Fill in what follows from the rest."""
        self.username_folded = fold(self.username)
        self.key = self.username
        self.search_text = search_text(
            self.username, self.domains, _folded(self.person), _folded(self.company), self.email
        )


ACCOUNT_COLUMNS = tuple(column.name for column in fields(Customer))[:-2]
DOMAIN_COLUMNS = ("account_id", "name", "name_folded", "is_primary")

account_row: Callable[[Customer], tuple[Any, ...]] = attrgetter(*ACCOUNT_COLUMNS)


def domain_rows(customer: Customer) -> list[tuple[int, str, str, bool]]:
    """Return the rows of a customer's domains, the primary one first."""
    return [
        (customer.id, name, fold(name), place == 0) for place, name in enumerate(customer.domains)
    ]


class Customers:
    """Draws customers one after another, no two with the same user name or domain."""

    def __init__(
        self,
        rng: random.Random,
        now_ms: int,
        usernames: Iterable[str],
        resellers: Mapping[str, int],
    ) -> None:
        """Draw customers who came before `now_ms`.

        Args:
            rng: decides everything.
            now_ms: the present moment.
            usernames: those that others have.
            resellers: who sells to half of a country's customers, by the country's code.
        """
        self._rng = rng
        self._now_ms = now_ms
        self._bearers = Counter(usernames)
        self._resellers = resellers

    def draw(self, account_id: int) -> Customer:
        """Return the customer to be with this Account ID."""
        rng = self._rng
        country = self._one_of(_COUNTRY_POOL)
        place = self._one_of(country.places)
        given, family = self._one_of(country.given), self._one_of(country.family)
        names = [given.native, family.native]
        if country.family_first:
            names.reverse()
        company, label = self._business(country, given, family)
        username, ending = self._username(label)
        domains = self._domains(label + ending, company or " ".join(names))
        status, reason = self._status()
        digits = str(rng.randrange(10**17, 10**18)).replace("0", "5")
        return Customer(
            id=account_id,
            username=username,
            person=" ".join(names),
            company=company,
            email=f"{self._mailbox(given)}@{domains[0]}",
            phone=_filled(place.phone, digits[:6]),
            street=_filled(self._one_of(country.streets), digits[6:12]),
            city=place.city,
            region=place.region,
            postcode=_filled(place.postcode, digits[12:]),
            country=country.code,
            plan=self._one_of(_PLANS),
            status=status,
            status_reason=reason,
            created_at=self._now_ms - rng.randrange(*_STAY),
            currency=country.currency,
            balance_minor=self._balance(country.currency, status),
            agreed_rate_minor=self._agreed_rate(country.currency),
            reseller_id=self._resellers.get(country.code) if rng.random() < 0.5 else None,
            domains=domains,
            given_name=given.native,
        )

    def _one_of(self, choices: Sequence[Choice]) -> Choice:
        """Return one of the choices, in half the time of `Random.choice`."""
        return choices[int(self._rng.random() * len(choices))]

    def _business(self, country: Country, given: Word, family: Word) -> tuple[str, str]:
        """Return a company's name, empty for a private person, and what its domain is made of."""
        if self._rng.random() < 0.3:
            return "", _label(f"{given.latin} {family.latin}")
        pattern = self._one_of(country.companies)
        name = pattern.native.replace("{}", family.native)
        return name, _label(pattern.latin.replace("{}", family.latin))

    def _username(self, label: str) -> tuple[str, str]:
        """Return a user name that nobody has, and the number that makes it so."""
        stem = label.replace("-", "")[:_LONGEST_USERNAME]
        self._bearers[stem] += 1
        ending = "" if self._bearers[stem] == 1 else str(self._bearers[stem])
        return stem + ending, ending

    def _domains(self, name: str, native: str) -> tuple[str, ...]:
        """Return the domains, the primary one first; some are written in the customer's script."""
        domains = [f"{name}.example"]
        if not native.isascii() and self._rng.random() < 0.15:
            written = _in_own_script(native) + name[len(name.rstrip("0123456789")) :]
            as_exported = "xn--" + written.encode("punycode").decode("ascii")
            domains.append(self._one_of((written, as_exported)) + ".example")
        if self._rng.random() < 0.25:
            domains.append(f"{self._one_of(_SUBDOMAINS)}.{domains[0]}")
        return tuple(domains)

    def _mailbox(self, given: Word) -> str:
        return given.latin if self._rng.random() < 0.6 else self._one_of(_MAILBOXES)

    def _status(self) -> tuple[str, str]:
        drawn = self._rng.random()
        if drawn < 0.91:
            return "active", ""
        if drawn < 0.97:
            return "suspended", self._one_of(SUSPENSIONS)
        return "closed", self._one_of(CLOSURES)

    def _balance(self, currency: str, status: str) -> int:
        """Return nothing for most, some credit for others; who is suspended owes."""
        amount = RATES[currency] // 15 * self._rng.randrange(1, 40)
        if status == "suspended":
            return -amount
        return self._one_of((0, 0, 0, 0, amount, amount, -amount))

    def _agreed_rate(self, currency: str) -> int | None:
        if self._rng.random() < 0.92:
            return None
        return RATES[currency] * self._one_of((8, 9, 11, 12)) // 10


@cache
def _label(text: str) -> str:
    """Return what a domain is called after a name in Latin letters."""
    plain = "".join(letter if letter.isalnum() else " " for letter in text.replace("'", ""))
    return "-".join(word for word in plain.split() if not _LEGAL_FORMS.fullmatch(word))


@cache
def _in_own_script(text: str) -> str:
    """Return what a domain is called after a name in any letters."""
    plain = "".join(letter if letter.isalnum() else " " for letter in text.lower())
    return "-".join(plain.split())


def _filled(pattern: str, digits: str) -> str:
    """Return the pattern with one of the digits in place of each `#`."""
    return pattern.replace("#", "%s") % tuple(digits[: pattern.count("#")])
