"""The panel's SQLite database: how a connection is opened and how a transaction begins."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from peewee import DatabaseError, SqliteDatabase

from models.sqlite.driver import can_distrust_schema
from models.sqlite.write_lock import WriteLock
from models.text import fold
from models.use_lock import UseLock

WRITE_TIMEOUT = 10.0
"""Seconds that a write waits for other sessions before it is refused."""

APPLICATION_ID = 0x434A4F42
"""`CJOB`: marks the file as a database of this program."""

_PRAGMAS = {
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "temp_store": 2,
    # In KiB, of each connection, of which a panel has several; the system keeps what is read too.
    "cache_size": -2000,
}
_WRITER_PRAGMAS = {
    "synchronous": "full",
    "journal_size_limit": 64 * 1024 * 1024,
}


class Cursor(Protocol):
    """The answer of a statement: its rows."""

    rowcount: int

    def __iter__(self) -> Iterator[tuple[Any, ...]]: ...

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row, or None."""

    def close(self) -> None:
        """Give up the rows that are left."""


class PanelDatabase(SqliteDatabase):
    """One connection to the database file, used by one thread at a time.

    Every transaction that may write is IMMEDIATE and stands behind the fair write lock; reading
    transactions begin with `begin("DEFERRED")` and take no lock.
    """

    def __init__(
        self,
        path: Path,
        *,
        read_only: bool = False,
        immutable: bool = False,
        write_timeout: float = WRITE_TIMEOUT,
        use: UseLock | None = None,
    ) -> None:
        """Describe the connection to `path`; `connect()` opens it.

        Args:
            path: the file.
            read_only: whether SQLite is to refuse every write.
            immutable: whether the file is read as it stands, without its log and without any
                lock, because nobody can change it.
            write_timeout: seconds that a write waits for other sessions.
            use: a hold on the database, released when the connection is closed.
        """
        # The file itself: what lies beside it is the same, by whatever link it is opened.
        path = Path(os.path.realpath(path))
        self.path = path
        self.read_only = read_only
        self.immutable = immutable
        self._use = use
        self._log = f"{path}-wal"
        self.write_lock = WriteLock(Path(f"{path}.lock"), write_timeout, like=path)
        mode = "ro" if read_only else "rw"
        mode = "ro&immutable=1" if immutable else mode
        pragmas = _PRAGMAS | ({"query_only": 1} if read_only else _WRITER_PRAGMAS)
        pragmas |= {"trusted_schema": 0} if can_distrust_schema() else {}
        super().__init__(
            f"{path.as_uri()}?mode={mode}",
            uri=True,
            pragmas=pragmas,
            timeout=write_timeout,
            lock_type="IMMEDIATE",
            thread_safe=False,
            check_same_thread=False,
            autoconnect=False,
        )
        self.register_function(fold, "folded", 1, deterministic=True)

    def close(self) -> bool:
        """Close the connection, then let go of the database; return whether it was open."""
        try:
            return bool(super().close())
        finally:
            # It stays open where a transaction is.
            if self._use is not None and self.is_closed():
                self._use.release()

    def execute_sql(self, sql: str, params: Sequence[object] | None = None) -> Cursor:
        """Run one statement."""
        cursor: Cursor = super().execute_sql(  # type: ignore[no-untyped-call]  # not in the stubs
            sql, params
        )
        return cursor

    def connection(self) -> Any:
        """Return the driver's connection."""
        return super().connection()  # type: ignore[no-untyped-call]  # not in the stubs either

    @property
    def has_write_ahead_log(self) -> bool:
        """Whether `use_write_ahead_log` was called on this file before."""
        return bool(self.journal_mode == "wal")

    def use_write_ahead_log(self) -> None:
        """Let readers and a writer not wait for each other; stands in the file from then on."""
        self.journal_mode = "wal"

    def log_mark(self) -> tuple[int, int] | None:
        """Return how the write-ahead log looks from outside; it is another before each commit.

        SQLite is not asked: this is cheap, and may be called from any thread. None: there is no
        log to look at.
        """
        try:
            log = os.stat(self._log)
        except OSError:
            return None
        return log.st_mtime_ns, log.st_size

    def begin(self, lock_type: str | None = None) -> None:
        """Begin a transaction, for writing unless `lock_type` is `DEFERRED`."""
        if lock_type == "DEFERRED":
            super().begin(lock_type)
            return
        self.write_lock.acquire()
        try:
            super().begin(lock_type)
        except BaseException:
            self.write_lock.release()
            raise

    def commit(self) -> None:
        """Commit, then let the next writer in; a failed commit is followed by `rollback`."""
        super().commit()
        self.write_lock.release()

    def rollback(self) -> None:
        """Roll back what is left to roll back: SQLite ends a failed transaction by itself."""
        try:
            if self.connection().in_transaction:
                super().rollback()
        finally:
            self.write_lock.release()

    def interrupt(self) -> None:
        """Give up the query that another thread is running on this connection, if any."""
        if not self.is_closed():
            self.connection().interrupt()

    def refresh_statistics(self) -> None:
        """Let the planner know how the data are now; bounded, whatever the size of the tables."""
        self.execute_sql("PRAGMA analysis_limit = 1000")
        self.execute_sql("PRAGMA optimize(0x10002)")

    def integrity_problems(self) -> list[str]:
        """Return what SQLite's own checks of tables, references and search indexes find wrong.

        On a read-only connection the search indexes are not compared with the records.
        """
        found = [str(row[0]) for row in self.execute_sql("PRAGMA integrity_check")]
        problems = [line for line in found if line != "ok"]
        problems += [
            f"{table} row {rowid} refers to a missing {parent}"
            for table, rowid, parent, _ in self.execute_sql("PRAGMA foreign_key_check")
        ]
        if not (self.read_only or self.immutable):
            problems += self.search_index_problems()
        return problems

    def search_index_problems(self) -> list[str]:
        """Return what is wrong with the search indexes; SQLite lets nobody write meanwhile.

        Raises:
            DatabaseError: the check was interrupted.
        """
        tables = self._search_indexes()
        return [problem for table in tables for problem in self._index_problems(table)]

    def _search_indexes(self) -> list[str]:
        """Return the indexes there are: a database of an older version has fewer."""
        query = "SELECT name FROM sqlite_schema WHERE name IN ('account_fts', 'work_fts')"
        return [str(row[0]) for row in self.execute_sql(query)]

    def _index_problems(self, table: str) -> list[str]:
        try:
            self.execute_sql(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")
        except DatabaseError as error:
            if "interrupted" in str(error):
                raise
            return [f"search index: {error}"]
        return []

    def copied_size(self) -> int:
        """Return how many bytes a copy takes at most."""
        ((pages,),) = self.execute_sql("PRAGMA page_count")
        return int(self.page_size) * int(pages)

    def copy_to(self, target: Path) -> None:
        """Write a consistent copy of the database into the empty file `target`."""
        # As bytes: a name of a file need not be UTF-8, a text of the driver must be.
        self.execute_sql("VACUUM INTO CAST(? AS TEXT)", (os.fsencode(target),))
