"""The list of all accounts by ID, of any length, without reading the wide table on the way."""

import json
from bisect import bisect_left
from collections.abc import Sequence

from models.sqlite.database import PanelDatabase
from models.values import Count

NEAR = 1000
"""Places from the beginning that are not worth asking how long the list is."""


class AccountList:
    """All accounts, or all customers of one reseller, by ID."""

    def __init__(self, database: PanelDatabase, reseller: int | None) -> None:
        """List on one connection; `reseller` None means all accounts."""
        self._database = database
        # Narrow indexes, both in the order of the IDs.
        if reseller is None:
            self._source = "account INDEXED BY account_number"
            self._where, self._values = "", ()
        else:
            self._source = "account INDEXED BY account_reseller"
            self._where, self._values = " WHERE reseller_id = ?", (reseller,)
        self._counted: tuple[object, int] | None = None

    _values: tuple[int, ...]

    def count(self) -> int:
        """Return how many there are; counted once for one state of the data."""
        state = (self._database.data_version, self._database.connection().total_changes)
        if self._counted is None or self._counted[0] != state:
            query = f"SELECT count(*) FROM {self._source}{self._where}"
            ((total,),) = self._database.execute_sql(query, self._values)
            self._counted = state, total
        return self._counted[1]

    def count_up_to(self, most: int) -> Count:
        """Return how many there are, not exact if they are more than `most`."""
        ((found,),) = self._database.execute_sql(
            f"SELECT count(*) FROM (SELECT 1 FROM {self._source}{self._where} LIMIT ?)",
            (*self._values, most + 1),
        )
        return Count(found) if found <= most else Count(most, exact=False)

    def window(self, first: Sequence[int], offset: int, limit: int) -> list[int]:
        """Return a window of the list in which the accounts in `first` come before the others.

        Those of `first` that are not in the list are left out.
        """
        known = self._in_list(first)
        ahead = [id_ for id_ in dict.fromkeys(first) if id_ in known]
        window = ahead[offset : offset + limit]
        if len(window) == limit:
            return window
        # Among the others, each stands by as many places earlier as have a lower ID in `ahead`.
        start = max(0, offset - len(ahead))
        lower = sorted(known)
        for place, id_ in enumerate(self._by_id(start, limit + len(ahead)), start):
            before = bisect_left(lower, id_)
            if id_ not in known and place - before >= start and len(window) < limit:
                window.append(id_)
        return window

    def _in_list(self, ids: Sequence[int]) -> set[int]:
        also = f"{self._where} AND" if self._where else " WHERE"
        query = f"SELECT id FROM account{also} id IN (SELECT value FROM json_each(?))"
        found = self._database.execute_sql(query, (*self._values, json.dumps(list(ids))))
        return {row[0] for row in found} if ids else set()

    def _by_id(self, offset: int, limit: int) -> list[int]:
        """Return a window of the plain list, counted from the end that is nearer."""
        backwards = offset > NEAR and offset > self.count() // 2
        if backwards:
            remaining = self.count() - offset
            offset, limit = max(0, remaining - limit), max(0, min(limit, remaining))
        way = " DESC" if backwards else ""
        found = self._database.execute_sql(
            f"SELECT id FROM {self._source}{self._where} ORDER BY id{way} LIMIT ? OFFSET ?",
            (*self._values, limit, offset),
        )
        ids = [row[0] for row in found]
        return ids[::-1] if backwards else ids
