"""Accounts as a source describes them: fields by allow-list, each cleaned and checked."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

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

_SEPARATORS = re.compile(r"[\s,;]+")
_ACCOUNT_ID = re.compile("[1-9][0-9]{0,8}")
_STATUSES = frozenset(AccountStatus)
_ANSWERS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class Record:
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


@dataclass(slots=True)
class AccountList:
    """What was read from a file: accounts, those refused with the reason, and remarks."""

    where: Callable[[int], str]
    """Names a place in the file for people."""
    knows_account_ids: bool = False
    """Whether a reseller may also be named by its Account ID."""
    records: list[Record] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    refused_names: set[str] = field(default_factory=set)
    """Keys and user names of refused accounts: nobody can be their customer in this run."""
    notes: list[str] = field(default_factory=list)

    def refuse(self, place: int, reason: object, names: Iterable[str]) -> None:
        """Leave out the account at `place`, which goes by `names`."""
        self.refused[place] = str(reason)
        self.refused_names.update(names)

    def refuse_repeated(self) -> None:
        """Leave out every account whose key or wanted Account ID came before in the file."""
        keys: dict[str, int] = {}
        ids: dict[int, int] = {}
        records, self.records = self.records, []
        for record in records:
            if record.key in keys:
                first = self.where(keys[record.key])
                self.refused[record.place] = f"{quoted(record.key)} came before, at {first}."
            elif record.wanted_id in ids:
                first = self.where(ids[record.wanted_id])
                reason = f"id: {record.wanted_id} came before, at {first}."
                self.refuse(record.place, reason, [record.key, record.username])
            else:
                keys[record.key] = record.place
                if record.wanted_id is not None:
                    ids[record.wanted_id] = record.place
                self.records.append(record)


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
    return Record(
        place=place,
        key=checked_line(identity_key(fields, username), required=True, what="The key"),
        username=username,
        domain=_primary_domain(fields.get("domain")),
        domains=_domains(fields.get("domains")),
        texts=tuple([_line(fields, name) for name in TEXT_FIELDS]),
        status=_read(fields, "status", _status),
        status_reason=_line(fields, "status_reason"),
        created_at=_read(fields, "created", parse_moment),
        currency=_read(fields, "currency", lambda code: Currency.of(code).code),
        balance=_line(fields, "balance"),
        reseller=_line(fields, "reseller"),
        is_reseller=_read(fields, "is_reseller", _answer),
        wanted_id=_read(fields, "id", _account_id),
    )


def _line(fields: Mapping[str, str], name: str) -> str | None:
    text = fields.get(name)
    return text and checked_line(text, required=False, what=f"The field {name}")


def _read(fields: Mapping[str, str], name: str, read: Callable[[str], Value]) -> Value | None:
    """Return a value that is not text; an empty one is as good as none."""
    text = fields.get(name)
    if not text or not (text := clean_line(text)):
        return None
    try:
        return read(text)
    except BadInput as error:
        raise BadInput(f"{name}: {error}") from error


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
