"""Accounts as a source describes them: fields by allow-list, each cleaned and checked."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple, TypeVar

from models.currency import Currency
from models.moments import parse_moment
from models.refusals import BadInput
from models.text import LINE_LIMIT, checked_line, clean_line, fold, quoted
from models.values import AccountStatus

Value = TypeVar("Value")

TEXT_FIELDS: Final = {
    "person": "person",
    "company": "company",
    "email": "email",
    "phone": "phone",
    "address.street": "street",
    "address.city": "city",
    "address.region": "region",
    "address.postcode": "postcode",
    "address.country": "country",
    "plan": "plan",
}
"""Fields that are free text, with the account's column each is stored in."""

FIELDS: Final = (
    "id",
    "key",
    "username",
    "domain",
    "domains",
    *TEXT_FIELDS,
    "status",
    "status_reason",
    "created",
    "currency",
    "balance",
    "reseller",
    "is_reseller",
)
"""Everything that a source may say about an account; nothing else is read."""

_LIMITED = (*TEXT_FIELDS, "status_reason", "balance", "reseller")
"""Fields that are kept as they are written, so that their length matters."""

_SEPARATORS = re.compile(r"[\s,;]+")
_ACCOUNT_ID = re.compile("[1-9][0-9]{0,8}")
_LONGEST_SECONDS = 10
"""Digits of seconds since 1970 that are surely before the year 9999."""

_STATUSES = frozenset(AccountStatus)
_ANSWERS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_REPLACEMENT = "\ufffd"


class Record(NamedTuple):
    """An account as one source describes it; None means that the source does not say.

    `place` is its line or position in the file. `balance` is as written, since its currency may
    only be known to the database; `reseller` is the name by which the source refers to it, empty
    for none. `domains` are all domains, `domain` the primary one.
    """

    place: int
    key: str
    username: str
    domain: str | None
    domains: tuple[str, ...] | None
    texts: tuple[str | None, ...]
    status: str | None
    status_reason: str | None
    created_at: int | None
    currency: str | None
    balance: str | None
    reseller: str | None
    is_reseller: bool | None
    wanted_id: int | None


def account_name(text: str) -> str:
    """Return a user name cleaned; empty when there is nothing in it to read or to search for."""
    name = clean_line(text)
    return name if name.isascii() or fold(name).strip(_REPLACEMENT) else ""


def checked_columns(
    usernames: Sequence[str], given: Mapping[str, Sequence[str | None]]
) -> tuple[dict[str, Sequence[Any]], dict[int, str]]:
    """Check some accounts, column by column: far fewer steps than one account after the other.

    Args:
        usernames: those of the accounts, cleaned.
        given: by field what the source says of each account; None where it does not say.

    Returns:
        The columns as they are staged, and why accounts cannot be accepted, by their index: a
        sentence on the first thing that is wrong. The other columns of such an account but its
        key and user name mean nothing.
    """
    check = _Check(usernames, given)
    return check.columns(), check.refused


class _Check:
    """The check of some accounts."""

    def __init__(self, usernames: Sequence[str], given: Mapping[str, Sequence[str | None]]) -> None:
        self.refused: dict[int, str] = {}
        self._usernames = usernames
        self._given = given

    def columns(self) -> dict[str, Sequence[Any]]:
        """Return all columns, and note in `refused` what is wrong in them."""
        if not _are_plain(self._usernames):
            self._read(self._usernames, partial(_refuse_long_name, what="user name"))
        columns: dict[str, Sequence[Any]] = {
            TEXT_FIELDS.get(field, field): self._text(field)
            for field in _LIMITED
            if field in self._given
        }
        columns |= {"username": self._usernames, "key": self._keys()} | self._names()
        for field, (column, value) in _VALUES.items():
            if field in self._given:
                # An empty one is as good as none.
                texts = [text or None for text in _lines(self._given[field])]
                columns[column] = self._read(texts, value, f"{field}: ")
        return columns

    def _read(
        self, texts: Iterable[str | None], value: Callable[[str], Value], beginning: str = ""
    ) -> list[Value | None]:
        """Return the value of each text; `beginning` is that of the sentence if it has none."""
        values: list[Value | None] = []
        for index, text in enumerate(texts):
            try:
                values.append(None if text is None else value(text))
            except BadInput as error:
                self.refused.setdefault(index, f"{beginning}{error}")
                values.append(None)
        return values

    def _text(self, field: str) -> list[str | None]:
        lines = _lines(self._given[field])
        if max(map(len, filter(None, lines)), default=0) > LINE_LIMIT:
            self._read(lines, partial(checked_line, required=False, what=f"The field {field}"))
        return lines

    def _keys(self) -> list[str]:
        given = _lines(self._given.get("key", [None] * len(self._usernames)))
        keys = [key or name for key, name in zip(given, self._usernames, strict=True)]
        if not _are_plain(keys):
            self._read(keys, partial(checked_line, required=True, what="The key"))
        return keys

    def _names(self) -> dict[str, Sequence[Any]]:
        nothing = [None] * len(self._usernames)
        primary = self._read(self._given.get("domain", nothing), _primary_domain)
        domains = self._read(self._given.get("domains", nothing), _domains)
        return {
            "domain": primary,
            "domains": [None if names is None else " ".join(names) for names in domains],
            "names": list(map(_all_names, primary, domains)),
        }


def _lines(texts: Sequence[str | None]) -> list[str | None]:
    """Return each text as a line."""
    everything = "".join(filter(None, texts))
    # Mostly there is nothing to clean in any of them.
    line = str.strip if everything.isascii() and everything.isprintable() else _line
    return [None if text is None else line(text) for text in texts]


def _line(text: str) -> str:
    return text.strip() if text.isascii() and text.isprintable() else _clean_line(text)


def _are_plain(lines: Sequence[str]) -> bool:
    """Tell whether the lines are short enough, and surely show something unless they are empty."""
    return "".join(lines).isascii() and max(map(len, lines), default=0) <= LINE_LIMIT


_clean_line = lru_cache(maxsize=4096)(clean_line)
"""Names and cities come again and again."""


def _moment(text: str) -> int:
    if len(text) <= _LONGEST_SECONDS and text.isascii() and text.isdigit():
        return int(text) * 1000
    return _written_moment(text)


_written_moment = lru_cache(maxsize=4096)(parse_moment)
"""A company's accounts begin on some thousand days."""


@lru_cache
def _currency(text: str) -> str:
    return Currency.of(text).code


@lru_cache
def _status(text: str) -> str:
    if text.lower() not in _STATUSES:
        raise BadInput(f"{quoted(text)} is no status: write {' or '.join(AccountStatus)}.")
    return text.lower()


def _answer(text: str) -> bool:
    answer = _ANSWERS.get(text.lower())
    if answer is None:
        raise BadInput(f"{quoted(text)} is no answer: write yes or no.")
    return answer


def _account_id(text: str) -> int:
    if not _ACCOUNT_ID.fullmatch(text):
        raise BadInput(f"{quoted(text)} is no Account ID: write a number from 1 to 999999999.")
    return int(text)


_VALUES: Final[Mapping[str, tuple[str, Callable[[str], str | int]]]] = {
    "status": ("status", _status),
    "created": ("created_at", _moment),
    "currency": ("currency", _currency),
    "is_reseller": ("is_reseller", _answer),
    "id": ("wanted_id", _account_id),
}
"""Fields that are more than a text: in which column, and how they are read."""


def _primary_domain(text: str) -> str:
    names = _domains(text)
    if len(names) > 1:
        raise BadInput(f"domain: {quoted(text)} are several: write them into domains.")
    return names[0] if names else ""


def _domains(text: str) -> tuple[str, ...]:
    if len(text) <= LINE_LIMIT and text.isascii() and text.isprintable():
        # Most are like this: nothing in them is to be cleaned, and none is too long.
        return tuple(dict.fromkeys(text.lower().replace(",", " ").replace(";", " ").split()))
    names = (clean_line(name).lower() for name in _SEPARATORS.split(text))
    domains = tuple(dict.fromkeys(name for name in names if name))
    for domain in domains:
        _refuse_long_name(domain, "domain")
        if not domain.isascii() and not fold(domain):
            raise BadInput(f"{quoted(domain)} is no domain: write it as shop.example.")
    return domains


def _all_names(primary: str | None, domains: tuple[str, ...] | None) -> str:
    """Return all domains of an account, the primary one first."""
    names = domains or ()
    if primary and names[:1] != (primary,):
        names = (primary, *(name for name in names if name != primary))
    return " ".join(names)


def _refuse_long_name(name: str, what: str) -> None:
    if name.isascii() and len(name) <= LINE_LIMIT:
        return
    # Search compares the folded name, which can be longer: some characters stand for a word.
    if max(len(name), len(fold(name))) > LINE_LIMIT:
        raise BadInput(f"The {what} {quoted(name)} is too long: at most {LINE_LIMIT} characters.")
