"""A read-only connection on which SQL reaches a few views and nothing else.

The views bear the names of tables and shadow them: SQLite looks up a name without a schema in
`temp` first, so that ordinary queries run on them unchanged. Its authorizer, which is asked about
each table, column, function and action while a statement is compiled, lets the tables themselves
be read only from inside a view (https://sqlite.org/c3ref/set_authorizer.html).

It confines statements, not code: whoever holds the driver's connection can take it off.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from peewee import DatabaseError

from models.sqlite.database import Cursor, PanelDatabase
from models.sqlite.driver import sqlite3
from models.use_lock import UseLock

_FUNCTIONS = frozenset({"coalesce", "count", "folded", "nullif", "row_number", "sum"})
_PRAGMAS = frozenset({"data_version", "user_version"})
"""May be read, not set: whether others changed anything, and whether they upgraded the schema."""

_UNSEEN_BY_THE_AUTHORIZER = re.compile(
    r"\b(?:EXPLAIN|NATURAL|USING|WITH)\b", re.ASCII | re.IGNORECASE
)
"""Words of SQL about which the authorizer is asked nothing, or is told something else.

What stands in a common table expression (`WITH`) reads as if a view of that name did it. Columns
that a join compares by `USING` or `NATURAL` are compared unasked, which tells whether a row with a
guessed value is there. `EXPLAIN` shows how the views are made.
"""


class ConfinedDatabase(PanelDatabase):
    """A connection that reads only; once confined, it reads only through the views given to it."""

    def __init__(self, path: Path, *, immutable: bool = False, use: UseLock | None = None) -> None:
        """Describe the connection to `path`; `connect()` opens it and `confine()` shuts it in."""
        super().__init__(path, read_only=True, immutable=immutable, use=use)
        self._views: frozenset[str] = frozenset()

    def confine(self, views: Mapping[str, str]) -> None:
        """Put up `views`, each the name of a table and a `SELECT`, and let nothing else be read.

        In this order: a temporary view is refused while only queries are allowed, and the
        authorizer would refuse all of it.
        """
        self.pragma("query_only", 0)
        for name, select in views.items():
            self.execute_sql(f'CREATE TEMP VIEW "{name}" AS {select}')
        self.pragma("query_only", 1)
        self._views = frozenset(views)
        self.connection().set_authorizer(self._authorize)

    def execute_sql(self, sql: str, params: Sequence[object] | None = None) -> Cursor:
        """Run one statement.

        Raises:
            DatabaseError: the connection is confined and the statement leaves its views.
        """
        if self._views and _UNSEEN_BY_THE_AUTHORIZER.search(sql):
            raise DatabaseError("not authorized")
        return super().execute_sql(sql, params)

    def _authorize(
        self,
        action: int,
        first: str | None,
        second: str | None,
        schema: str | None,
        reader: str | None,
    ) -> int:
        """Answer SQLite; `reader` is the innermost view from which the access comes, if any."""
        match action:
            case sqlite3.SQLITE_READ:
                allowed = first in self._views and (
                    schema == "temp" or (schema == "main" and reader in self._views)
                )
            case sqlite3.SQLITE_FUNCTION:
                allowed = second in _FUNCTIONS
            case sqlite3.SQLITE_PRAGMA:
                allowed = first in _PRAGMAS and second is None
            case _:
                allowed = action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_TRANSACTION)
        return int(sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY)
