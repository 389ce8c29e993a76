"""Comparing accounts of a file with the stored ones: which are new, which differ and how."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from models.importing.account_list import keys_with_reseller
from models.importing.merging import blank, merged, refuse_reused_name
from models.importing.records import Record
from models.importing.resellers import Resellers, skipped_reseller
from models.importing.stored import (
    Identity,
    State,
    Stored,
    customers_of,
    ids_of,
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


class Comparison:
    """Compares accounts of one file with the database, field by field, some at a time.

    Every account is compared twice: beforehand, without the write lock, and in its batch under
    the lock, since others may have written in between.
    """

    def __init__(
        self,
        database: PanelDatabase,
        identity: Identity,
        resellers: Resellers,
        currency: str,
        refused_keys: Iterable[str],
    ) -> None:
        """Compare within `identity`; new accounts without a currency get `currency`.

        The accounts with `refused_keys` were left out, and so are their customers.
        """
        self.refused_keys = set(refused_keys)
        self._identity = identity
        self._database = database
        self._resellers = resellers
        self._currency = currency

    def compare(self, records: Sequence[Record]) -> Differences:
        """Compare some accounts with the database as it is now."""
        differences = Differences()
        stored = stored_accounts(self._database, self._identity, [record.key for record in records])
        taken = taken_ids(record.wanted_id for record in records if record.wanted_id)
        serving = self._serving(records, stored)
        reseller_ids = self._reseller_ids(records)
        for record in records:
            known = stored.get(record.key)
            try:
                _refuse_other_account(record, known, taken)
                base = known or blank(self._currency)
                reseller = self._reseller_id(record, reseller_ids)
                is_reseller = self._is_reseller(record, base, serving)
                state = merged(record, base, reseller, is_reseller)
            except BadInput as error:
                differences.refused[record.place] = str(error)
                self.refused_keys.add(record.key)
                continue
            if known is None:
                differences.new.append((record, state))
            elif known.columns != state.columns or known.domains != state.domains:
                differences.changed.append((record, known, state))
            else:
                differences.unchanged += 1
        return differences

    def _reseller_ids(self, records: Sequence[Record]) -> dict[str, int]:
        targets = {self._resellers.of(record) for record in records}
        keys = [target for target in targets if isinstance(target, str)]
        return ids_of(self._database, self._identity, keys) if keys else {}

    def _reseller_id(self, record: Record, reseller_ids: Mapping[str, int]) -> int | None:
        target = self._resellers.of(record)
        if not isinstance(target, str):
            return target
        if target in self.refused_keys:
            raise BadInput(skipped_reseller(record.reseller or ""))
        return reseller_ids.get(target, _NOT_YET_WRITTEN)

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
        customers = customers_of(list(doubtful))
        own = [key for _, identity, key in customers if identity == self._identity]
        moved = keys_with_reseller(self._database, own)
        return {
            doubtful[reseller]
            for reseller, identity, key in customers
            if identity != self._identity or key not in moved
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
