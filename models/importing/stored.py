"""Reading many stored accounts at once, to compare them with a file."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar

from models.importing.bulk import select_rows
from models.sqlite.database import PanelDatabase
from models.tables import Account, Domain, rows
from models.text import fold

Item = TypeVar("Item")

CHUNK: Final = 500
"""Accounts that one query asks for."""

COLUMNS: Final = (
    "username",
    "person",
    "company",
    "email",
    "phone",
    "street",
    "city",
    "region",
    "postcode",
    "country",
    "plan",
    "status",
    "status_reason",
    "created_at",
    "currency",
    "balance_minor",
    "agreed_rate_minor",
    "reseller",
    "is_reseller",
)
"""The columns that an import compares; further ones follow from these."""


# The index leaves out accounts without a source, and serves only queries that say so.
_OF_KEYS: Final = "source <> '' AND (source, server) = ({}) AND key IN ({})"


class Identity(NamedTuple):
    """Where accounts come from; within it, each has a key of its own."""

    source: str
    server: str


class Chained(NamedTuple):
    """A stored account with the Account ID of its reseller."""

    identity: Identity
    key: str
    reseller: int | None


@dataclass(slots=True)
class State:
    """An account's columns and its domains, the primary one first."""

    columns: dict[str, Any]
    domains: tuple[str, ...]


@dataclass(slots=True)
class Stored(State):
    """An account as the database has it."""

    id: int


def chunks(items: Iterable[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    """Yield the items in lists of at most `size`."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def stored_accounts(
    database: PanelDatabase, identity: Identity, keys: Sequence[str]
) -> dict[str, Stored]:
    """Return the stored accounts of one source among `keys`, by key."""
    found = select_rows(database, Account, ("key", "id", *COLUMNS), _OF_KEYS, identity, keys)
    accounts = {
        key: Stored(dict(zip(COLUMNS, values, strict=True)), (), id_) for key, id_, *values in found
    }
    domains = _domains(database, [account.id for account in accounts.values()])
    for account in accounts.values():
        account.columns["is_reseller"] = bool(account.columns["is_reseller"])
        account.domains = tuple(domains[account.id])
    return accounts


def ids_of(database: PanelDatabase, identity: Identity, keys: Sequence[str]) -> dict[str, int]:
    """Return the Account IDs of the stored accounts of one source among `keys`, by key."""
    return {
        key: account_id
        for chunk in chunks(keys)
        for key, account_id in select_rows(
            database, Account, ("key", "id"), _OF_KEYS, identity, chunk
        )
    }


def accounts_by_name(
    database: PanelDatabase, identity: Identity, names: Iterable[str]
) -> tuple[dict[str, int], dict[str, list[tuple[int, str]]]]:
    """Return who goes by the names in one source: IDs by key; IDs and keys by user name."""
    by_key: dict[str, int] = {}
    by_username: dict[str, list[tuple[int, str]]] = defaultdict(list)
    accounts = Account.select(
        Account.id, Account.source, Account.server, Account.key, Account.username
    )
    for chunk in chunks(names):
        by_key |= ids_of(database, identity, chunk)
        # By user name alone: SQLite may else go through all accounts of the source.
        folded = [fold(name) for name in chunk]
        found = rows(accounts.where(Account.username_folded.in_(folded)))
        for id_, source, server, key, username in found:
            if (source, server) == identity:
                by_username[username].append((id_, key))
    return by_key, by_username


def taken_ids(ids: Iterable[int]) -> set[int]:
    """Return those of the Account IDs that exist."""
    accounts = Account.select(Account.id)
    return {id_ for chunk in chunks(ids) for (id_,) in rows(accounts.where(Account.id.in_(chunk)))}


def resellers_and(ids: Iterable[int]) -> dict[int, Chained]:
    """Return all resellers, and these accounts besides, by Account ID."""
    accounts = Account.select(
        Account.id,
        Account.source,
        Account.server,
        Account.key,
        Account.reseller,
    )
    queries = [accounts.where(Account.is_reseller)]
    queries += [accounts.where(Account.id.in_(chunk)) for chunk in chunks(ids)]
    return {
        id_: Chained(Identity(source, server), key, above)
        for query in queries
        for id_, source, server, key, above in rows(query)
    }


def customers_of(ids: Sequence[int]) -> list[tuple[int, Identity, str]]:
    """Return the reseller, identity and key of every customer of these accounts."""
    accounts = Account.select(Account.reseller, Account.source, Account.server, Account.key)
    return [
        (reseller, Identity(source, server), key)
        for reseller, source, server, key in rows(accounts.where(Account.reseller.in_(ids)))
    ]


def _domains(database: PanelDatabase, ids: Sequence[int]) -> dict[int, list[str]]:
    condition = "account_id IN ({}) ORDER BY account_id, is_primary DESC, id"
    domains = defaultdict(list)
    for account, name in select_rows(database, Domain, ("account", "name"), condition, ids):
        domains[account].append(name)
    return domains
