"""Writing the accounts of one batch, in the transaction of the caller."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from models.importing.account_list import TEXT_COLUMNS, records
from models.importing.bulk import insert_rows, update_row
from models.importing.comparison import Comparison
from models.importing.folded import found_by
from models.importing.plan import NAMES_ANOTHER, STORED
from models.importing.resellers import skipped_reseller
from models.importing.stored import Identity, State, Stored, chunks
from models.search_text import search_text
from models.staff.changes import changed
from models.staff.session import StaffSession
from models.tables import Account, Domain, rows
from models.text import fold

_ROWS_PER_STATEMENT: Final = 100

_DOMAIN: Final = ("account", "name", "name_folded", "is_primary")

Change = tuple[int, dict[str, Any], dict[str, Any]]
"""An account's ID and its changed fields, before and after."""

_PLAN = """
    todo CROSS JOIN staged ON staged.place = todo.place
"""
_IN_BATCH = "todo.n BETWEEN :first AND :last"
_FRESH = f"{_IN_BATCH} AND todo.is_new AND todo.place NOT IN (SELECT value FROM json_each(:met))"

_PLANNED = f"SELECT place FROM todo WHERE {_IN_BATCH} AND NOT is_new"
_KNOWN = f"""
    SELECT todo.place FROM {_PLAN} JOIN account ON {STORED} WHERE {_IN_BATCH}
    UNION
    SELECT todo.place FROM {_PLAN} JOIN account ON account.id = staged.wanted_id WHERE {_IN_BATCH}
"""

_TEXTS = ("username", *TEXT_COLUMNS, "status_reason")
# Where nothing of a statement alone is to be taken back, SQLite need not keep what it changes.
_INSERTED = f"""
    INSERT OR ROLLBACK INTO account (
        id, {", ".join(_TEXTS)}, status, created_at, currency, balance_minor, reseller_id,
        is_reseller, username_folded, search_text, source, server, key)
    SELECT {{id}}, {", ".join(f"coalesce(staged.{column}, '')" for column in _TEXTS)},
        coalesce(staged.status, 'active'), staged.created_at,
        coalesce(staged.currency, :currency),
        amount(staged.balance, coalesce(staged.currency, :currency)),
        coalesce(named.target_id, above.id),
        coalesce(staged.is_reseller, 0)
            OR EXISTS (SELECT 1 FROM named AS own WHERE own.target_key = staged.key),
        folded(staged.username),
        found_by(staged.username, staged.names, staged.person, staged.company, staged.email),
        :source, :server, staged.key
    FROM {_PLAN} LEFT JOIN named ON {NAMES_ANOTHER}
    LEFT JOIN account AS above ON above.source <> '' AND above.source = :source
        AND above.server = :server AND above.key = named.target_key
    WHERE {_FRESH} AND (staged.wanted_id IS NOT NULL) = {{wanting}}
        AND (named.name IS NULL OR coalesce(named.target_id, above.id) IS NOT NULL)
    ORDER BY todo.n
"""
_WANTING = _INSERTED.format(id="staged.wanted_id", wanting=1)
_OTHERS = _INSERTED.format(id="NULL", wanting=0)
_DOMAINS = f"""
    INSERT OR ROLLBACK INTO domain (account_id, name, name_folded, is_primary)
    SELECT account.id, name.value, folded(name.value), name.key = 0
    FROM {_PLAN} CROSS JOIN account ON {STORED}
    CROSS JOIN json_each('[' || replace(json_quote(staged.names), ' ', '","') || ']') AS name
    WHERE {_FRESH} AND staged.names <> ''
"""
_COUNTED = f"SELECT count(*) FROM todo WHERE {_FRESH}"
_WITHOUT_RESELLER = f"""
    SELECT todo.place, staged.reseller FROM {_PLAN}
    WHERE {_FRESH} AND NOT EXISTS (SELECT 1 FROM account WHERE {STORED})
"""
_BEYOND = "SELECT DISTINCT target_id FROM named WHERE target_id IS NOT NULL"
_RESELLERS = f"""
    SELECT DISTINCT named.target_id FROM {_PLAN} JOIN named ON {NAMES_ANOTHER}
    WHERE {_IN_BATCH} AND named.target_id IS NOT NULL
"""


@dataclass(slots=True)
class Written:
    """What was done with the accounts of a batch."""

    added: int
    changed: int
    unchanged: int
    refused: dict[int, str]


class AccountWriter:
    """Writes what is to be written of a file, with its history."""

    def __init__(
        self,
        session: StaffSession,
        comparison: Comparison,
        identity: Identity,
        currency: str,
        accounts: int,
    ) -> None:
        """Write as the person of the session; so many `accounts` there were before the plan."""
        self._session = session
        self._database = session.database
        self._comparison = comparison
        self._values = {**identity._asdict(), "currency": currency}
        self._accounts = accounts
        self._unmarked = {id_ for (id_,) in self._ask(_BEYOND, {})}
        self._database.connection().create_function("found_by", 5, found_by, deterministic=True)

    def write(self, first: int, last: int) -> Written:
        """Write this part of what is to be done; to be called in a write transaction.

        What others have written since it was planned is looked at once more.
        """
        values = self._values | {"first": first, "last": last}
        met = [place for (place,) in self._ask(self._met(), values)]
        differences = self._comparison.compare(records(self._database, met))
        changes = self._mark_resellers(values)
        changes += [self._change(stored, state) for _, stored, state in differences.changed]
        values |= {"met": json.dumps(met)}
        added = sum(self._run(query, values) for query in (_WANTING, _OTHERS))
        self._accounts += added
        self._run(_DOMAINS, values)
        if changes:
            self._session.record_changed_accounts(changes)
        refused = differences.refused
        ((new,),) = self._ask(_COUNTED, values)
        if added < new:
            refused |= {
                place: skipped_reseller(name)
                for place, name in self._ask(_WITHOUT_RESELLER, values)
            }
        return Written(added, len(differences.changed), differences.unchanged, refused)

    def _met(self) -> str:
        """Return the query for what is there already; others may have added some of the file."""
        ((accounts,),) = self._ask("SELECT count(*) FROM account", {})
        return _PLANNED if accounts == self._accounts else _KNOWN

    def _mark_resellers(self, values: Mapping[str, object]) -> list[Change]:
        """Mark the accounts beyond the file that became resellers by what the file says."""
        if not self._unmarked:
            return []
        named = self._unmarked.intersection(id_ for (id_,) in self._ask(_RESELLERS, values))
        self._unmarked -= named
        before, after = {"is_reseller": False}, {"is_reseller": True}
        unmarked = [
            account_id
            for chunk in chunks(named)
            for (account_id,) in rows(
                Account.select(Account.id).where(Account.id.in_(chunk), ~Account.is_reseller)
            )
        ]
        for account_id in unmarked:
            update_row(self._database, Account, account_id, after)
        return [(account_id, before, after) for account_id in unmarked]

    def _ask(self, query: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._database.connection().execute(query, values).fetchall()
        return found

    def _run(self, query: str, values: Mapping[str, object]) -> int:
        return int(self._database.connection().execute(query, values).rowcount)

    def _change(self, stored: Stored, state: State) -> Change:
        before, after = changed(stored.columns, state.columns)
        update_row(self._database, Account, stored.id, after | _derived(state))
        if stored.domains != state.domains:
            self._change_domains(stored, state.domains)
            before["domains"], after["domains"] = map(_listed, (stored.domains, state.domains))
        return stored.id, before, after

    def _change_domains(self, stored: Stored, domains: tuple[str, ...]) -> None:
        of_account = Domain.account == stored.id
        # First nobody is primary: there may never be two.
        Domain.update(is_primary=False).where(of_account, Domain.is_primary).execute()
        for names in chunks(name for name in stored.domains if name not in domains):
            Domain.delete().where(of_account, Domain.name.in_(names)).execute()
        kept = set(stored.domains)
        new = [row for row in _domain_rows(stored.id, domains) if row[1] not in kept]
        for some in chunks(new, _ROWS_PER_STATEMENT):
            insert_rows(self._database, Domain, _DOMAIN, some)
        Domain.update(is_primary=True).where(
            of_account, Domain.name == "".join(domains[:1])
        ).execute()


def _derived(state: State) -> dict[str, str]:
    columns = state.columns
    return {
        "username_folded": fold(columns["username"]),
        "search_text": search_text(
            columns["username"],
            state.domains,
            columns["person"],
            columns["company"],
            columns["email"],
        ),
    }


def _domain_rows(account_id: int, domains: Sequence[str]) -> list[tuple[int, str, str, bool]]:
    return [(account_id, name, fold(name), index == 0) for index, name in enumerate(domains)]


def _listed(domains: Sequence[str]) -> str:
    return ", ".join(domains)
