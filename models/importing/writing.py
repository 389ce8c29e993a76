"""Writing the accounts of one batch, in the transaction of the caller."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from models.importing.bulk import insert_rows, update_row
from models.importing.comparison import Comparison, Differences
from models.importing.records import Record
from models.importing.resellers import Resellers
from models.importing.stored import COLUMNS, State, Stored, chunks
from models.search_text import search_text
from models.staff.changes import changed
from models.staff.session import StaffSession
from models.tables import Account, Domain, rows
from models.text import fold

ROWS_PER_STATEMENT: Final = 100

_DERIVED: Final = ("username_folded", "search_text")
_IDENTITY: Final = ("source", "server", "key")
_DOMAIN: Final = ("account", "name", "name_folded", "is_primary")

Change = tuple[int, dict[str, Any], dict[str, Any]]
"""An account's ID and its changed fields, before and after."""


class AccountWriter:
    """Writes what differs between a file and the database, with its history."""

    def __init__(self, session: StaffSession, comparison: Comparison, resellers: Resellers) -> None:
        """Write as the person of the session."""
        self._session = session
        self._database = session.database
        self._comparison = comparison
        self._resellers = resellers
        self._marked: set[int] = set()

    def write(self, records: Sequence[Record]) -> Differences:
        """Compare the accounts once more and write them; to be called in a write transaction."""
        differences = self._comparison.compare(records)
        changes = self._mark_resellers(differences.to_write)
        self._add(differences.new)
        changes += [self._change(stored, state) for _, stored, state in differences.changed]
        if changes:
            self._session.record_changed_accounts(changes)
        return differences

    def _mark_resellers(self, records: Iterable[Record]) -> list[Change]:
        """Mark the accounts beyond the file that became resellers by what the file says."""
        named = {self._resellers.of.get(record.key) for record in records}
        new = [id_ for id_ in named if isinstance(id_, int) and id_ not in self._marked]
        if not new:
            return []
        self._marked.update(new)
        before, after = {"is_reseller": False}, {"is_reseller": True}
        unmarked = rows(Account.select(Account.id).where(Account.id.in_(new), ~Account.is_reseller))
        for (account_id,) in unmarked:
            update_row(self._database, Account, account_id, after)
        return [(account_id, before, after) for (account_id,) in unmarked]

    def _add(self, new: Sequence[tuple[Record, State]]) -> None:
        # Those that want an ID come first: it must not go to one that takes any.
        for wanting in (True, False):
            group = [pair for pair in new if bool(pair[0].wanted_id) is wanting]
            for some in chunks(group, ROWS_PER_STATEMENT):
                self._insert(some, wanting)

    def _insert(self, new: Sequence[tuple[Record, State]], wanting: bool) -> None:
        source, server = self._comparison.identity
        wanted = ["id"] if wanting else []
        values = [
            [
                *([record.wanted_id] if wanting else []),
                *(state.columns[column] for column in COLUMNS),
                *_derived(state).values(),
                source,
                server,
                record.key,
            ]
            for record, state in new
        ]
        fields = [*wanted, *COLUMNS, *_DERIVED, *_IDENTITY]
        ids = dict(insert_rows(self._database, Account, fields, values, ["key", "id"]))
        domains = []
        for record, state in new:
            self._comparison.note_id(record.key, ids[record.key])
            domains += _domain_rows(ids[record.key], state.domains)
        self._insert_domains(domains)

    def _insert_domains(self, domains: Iterable[Sequence[Any]]) -> None:
        for some in chunks(domains, ROWS_PER_STATEMENT):
            insert_rows(self._database, Domain, _DOMAIN, some)

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
        self._insert_domains(row for row in _domain_rows(stored.id, domains) if row[1] not in kept)
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
