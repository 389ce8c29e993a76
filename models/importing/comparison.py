"""Comparing accounts of a file with the stored ones: which are new, which differ and how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.importing.merging import blank, merged, refuse_reused_name
from models.importing.records import AccountList, Record
from models.importing.resellers import Resellers
from models.importing.stored import (
    Identity,
    State,
    Stored,
    customers_of,
    stored_accounts,
    taken_ids,
)
from models.refusals import BadInput
from models.sqlite.database import PanelDatabase
from models.text import quoted

_NOT_YET_WRITTEN = 0
"""Stands for the Account ID of a reseller that the same import will add."""


@dataclass(slots=True)
class Differences:
    """What a file says of some accounts beside what is stored."""

    new: list[tuple[Record, State]] = field(default_factory=list)
    changed: list[tuple[Record, Stored, State]] = field(default_factory=list)
    unchanged: int = 0
    refused: dict[int, str] = field(default_factory=dict)
    """By place in the file."""

    @property
    def to_write(self) -> list[Record]:
        """The accounts for which there is something to write."""
        return [record for record, *_ in self.new] + [record for record, *_ in self.changed]


class Comparison:
    """Compares the accounts of one file with the database, some at a time, resellers first.

    Every account is compared twice: beforehand, without the write lock, and in its batch under
    the lock, since others may have written in between.
    """

    def __init__(
        self,
        database: PanelDatabase,
        identity: Identity,
        accounts: AccountList,
        resellers: Resellers,
        currency: str,
    ) -> None:
        """Compare within `identity`; new accounts without a currency get `currency`."""
        self.identity = identity
        self._database = database
        self._resellers = resellers
        self._currency = currency
        self._reseller_ids: dict[str, int] = {}
        self._refused_keys = {
            record.key for record in accounts.records if record.place in accounts.refused
        }
        self._keys_with_word_on_reseller = {
            record.key for record in accounts.records if record.reseller is not None
        }

    def compare(self, records: Sequence[Record]) -> Differences:
        """Compare some accounts with the database as it is now."""
        differences = Differences()
        stored = stored_accounts(self._database, self.identity, [record.key for record in records])
        for key, account in stored.items():
            self.note_id(key, account.id)
        taken = taken_ids(record.wanted_id for record in records if record.wanted_id)
        serving = self._serving(records, stored)
        for record in records:
            known = stored.get(record.key)
            try:
                _refuse_other_account(record, known, taken)
                base = known or blank(self._currency)
                reseller = self._reseller_id(record)
                is_reseller = self._is_reseller(record, base, serving)
                state = merged(record, base, reseller, is_reseller)
            except BadInput as error:
                differences.refused[record.place] = str(error)
                self._refused_keys.add(record.key)
                continue
            if known is None:
                differences.new.append((record, state))
            elif known.columns != state.columns or known.domains != state.domains:
                differences.changed.append((record, known, state))
            else:
                differences.unchanged += 1
        return differences

    def note_id(self, key: str, account_id: int) -> None:
        """Remember a reseller's Account ID for its customers in the same file."""
        if key in self._resellers.themselves:
            self._reseller_ids[key] = account_id

    def _reseller_id(self, record: Record) -> int | None:
        target = self._resellers.of.get(record.key)
        if not isinstance(target, str):
            return target
        if target in self._refused_keys:
            raise BadInput(
                f"Its reseller {quoted(record.reseller or '')} was skipped: mend that one first."
            )
        return self._reseller_ids.get(target, _NOT_YET_WRITTEN)

    def _is_reseller(self, record: Record, base: State, serving: set[str]) -> bool:
        if record.key in self._resellers.themselves or record.key in serving:
            return True
        stored: bool = base.columns["is_reseller"]
        return stored if record.is_reseller is None else record.is_reseller

    def _serving(self, records: Sequence[Record], stored: Mapping[str, Stored]) -> set[str]:
        """Return those said to be no resellers that have customers whom the file leaves to them."""
        doubtful = {
            stored[record.key].id: record.key
            for record in records
            if record.is_reseller is False and record.key in stored
        }
        if not doubtful:
            return set()
        return {
            doubtful[reseller]
            for reseller, identity, key in customers_of(list(doubtful))
            if identity != self.identity or key not in self._keys_with_word_on_reseller
        }


def _refuse_other_account(record: Record, known: Stored | None, taken: set[int]) -> None:
    """Raise `BadInput` where the record would go to another account than it means."""
    if known is None:
        if record.wanted_id in taken:
            raise BadInput(f"id: Account ID {record.wanted_id} is another account's already.")
        return
    if record.wanted_id not in (None, known.id):
        raise BadInput(
            f"id: {quoted(record.username)} is account {known.id} here and keeps this ID."
        )
    refuse_reused_name(record, known)
