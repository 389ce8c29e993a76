"""Finding accounts by text: index ranges for beginnings, a trigram index for what is inside.

`search_text` holds the folded fields of an account, each between line feeds, so that a line feed
before the text means "a field starts with it" and no match crosses fields. Every query returns
identifiers only, at most `limit` of them, and none scans the table.
"""

from models.sqlite.database import PanelDatabase

TRIGRAM = 3
"""Characters that the index needs at least to find anything."""


class SearchIndex:
    """The queries behind the search, on one connection, for the accounts of one provider."""

    def __init__(self, database: PanelDatabase, reseller: int | None) -> None:
        """Search all accounts, or only those of one `reseller`."""
        self._database = database
        self._scope = " AND account.reseller_id = ?" if reseller is not None else ""
        self._scope_values = () if reseller is None else (reseller,)

    def by_id(self, account_id: int) -> list[int]:
        """Return the account with this ID."""
        return self._ids("SELECT id FROM account WHERE id = ?", (account_id,), 1)

    def named(self, folded: str, limit: int) -> list[int]:
        """Return accounts whose user name or one of whose domains is exactly this."""
        users = self._ids("SELECT id FROM account WHERE username_folded = ?", (folded,), limit)
        domains = self._ids(f"{_BY_DOMAIN} WHERE name_folded = ?", (folded,), limit)
        return users + domains

    def beginning(self, folded: str, limit: int) -> list[int]:
        """Return accounts whose user name or one of whose domains starts with this."""
        bounds = (folded, folded + "\U0010ffff")
        users = self._ids(
            "SELECT id FROM account WHERE username_folded >= ? AND username_folded < ?",
            bounds,
            limit,
            "username_folded, id",
        )
        domains = self._ids(
            f"{_BY_DOMAIN} WHERE name_folded >= ? AND name_folded < ?",
            bounds,
            limit,
            "name_folded, account.id",
        )
        return users + domains

    def field_beginning(self, folded: str, limit: int) -> list[int]:
        """Return accounts of which any field starts with this."""
        return self._matching([f"\n{folded}"], limit)

    def containing(self, folded: str, limit: int) -> list[int]:
        """Return accounts that contain this anywhere, or else all of its words."""
        whole = self._matching([folded], limit)
        words = folded.split()
        if len(words) < 2 or len(whole) >= limit:
            return whole
        return whole + self._matching(words, limit)

    def _matching(self, parts: list[str], limit: int) -> list[int]:
        if any(len(part) < TRIGRAM for part in parts):
            return []
        quoted = " AND ".join('"' + part.replace('"', '""') + '"' for part in parts)
        return self._ids(
            "SELECT account.id FROM account_fts CROSS JOIN account"
            " ON account.id = account_fts.rowid WHERE account_fts MATCH ?"
            if self._scope
            else "SELECT rowid FROM account_fts WHERE account_fts MATCH ?",
            (quoted,),
            limit,
            "account_fts.rowid",
        )

    def _ids(
        self, query: str, values: tuple[object, ...], limit: int, order: str = "account.id"
    ) -> list[int]:
        found = self._database.execute_sql(
            f"{query}{self._scope} ORDER BY {order} LIMIT ?",
            (*values, *self._scope_values, limit),
        )
        return [row[0] for row in found]


_BY_DOMAIN = "SELECT account.id FROM domain JOIN account ON account.id = domain.account_id"
