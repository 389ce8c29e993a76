"""Accounts as a source describes them: fields by allow-list, each cleaned and checked."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

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
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]+")
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

    @property
    def names(self) -> tuple[str, ...]:
        """All domains that the source names, the primary one first."""
        names = self.domains or ()
        if self.domain and names[:1] != (self.domain,):
            return (self.domain, *(name for name in names if name != self.domain))
        return names


def account_name(text: str) -> str:
    """Return a user name cleaned; empty when there is nothing in it to read or to search for."""
    name = clean_line(text)
    return name if name.isascii() or fold(name).strip(_REPLACEMENT) else ""


def identity_key(fields: Mapping[str, str], username: str) -> str:
    """Return what identifies the account in its source: its key, else its user name."""
    return clean_line(fields.get("key", "")) or username


def checked_record(place: int, username: str, fields: Mapping[str, str]) -> Record:
    """Return the account that `fields` describe; a field that is not in it is not known.

    Raises:
        BadInput: a value cannot be accepted; the sentence names its field.
    """
    _refuse_long_name(username, "user name")
    given = _cleaned(fields)
    key = given.get("key") or username
    return Record(
        place=place,
        key=key
        if key == username and key.isascii()
        else checked_line(key, required=True, what="The key"),
        username=username,
        domain=_primary_domain(fields.get("domain")),
        domains=_domains(fields.get("domains")),
        texts=tuple(map(given.get, TEXT_FIELDS)),
        status=_read(given, "status", _status),
        status_reason=given.get("status_reason"),
        created_at=_read(given, "created", _moment),
        currency=_read(given, "currency", _currency),
        balance=given.get("balance"),
        reseller=given.get("reseller"),
        is_reseller=_read(given, "is_reseller", _answer),
        wanted_id=_read(given, "id", _account_id),
    )


def _cleaned(fields: Mapping[str, str]) -> dict[str, str]:
    """Return each field as a line."""
    everything = "".join(fields.values())
    if len(everything) <= LINE_LIMIT and everything.isascii() and everything.isprintable():
        # Most accounts are like this, and there is nothing else to clean in them.
        return {name: text.strip() for name, text in fields.items()}
    lines = {
        name: text.strip() if text.isascii() and text.isprintable() else _clean_line(text)
        for name, text in fields.items()
    }
    if max(map(len, lines.values())) <= LINE_LIMIT:
        return lines
    for name in _LIMITED:
        if len(lines.get(name, "")) > LINE_LIMIT:
            checked_line(lines[name], required=False, what=f"The field {name}")
    return lines


_clean_line = lru_cache(maxsize=4096)(clean_line)
"""Names and cities come again and again."""


def _read(given: Mapping[str, str], name: str, read: Callable[[str], Value]) -> Value | None:
    """Return a value that is not text; an empty one is as good as none."""
    text = given.get(name)
    if not text:
        return None
    try:
        return read(text)
    except BadInput as error:
        raise BadInput(f"{name}: {error}") from error


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


def _primary_domain(text: str | None) -> str | None:
    names = _domains(text)
    if names is None:
        return None
    if len(names) > 1:
        raise BadInput(f"domain: {quoted(text or '')} are several: write them into domains.")
    return names[0] if names else ""


def _domains(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    if len(text) <= LINE_LIMIT and _PLAIN_NAME.fullmatch(text):
        return (text.lower(),)
    names = (clean_line(name).lower() for name in _SEPARATORS.split(text))
    domains = tuple(dict.fromkeys(name for name in names if name))
    for domain in domains:
        _refuse_long_name(domain, "domain")
        if not domain.isascii() and not fold(domain):
            raise BadInput(f"{quoted(domain)} is no domain: write it as shop.example.")
    return domains


def _refuse_long_name(name: str, what: str) -> None:
    if name.isascii() and len(name) <= LINE_LIMIT:
        return
    # Search compares the folded name, which can be longer: some characters stand for a word.
    if max(len(name), len(fold(name))) > LINE_LIMIT:
        raise BadInput(f"The {what} {quoted(name)} is too long: at most {LINE_LIMIT} characters.")
