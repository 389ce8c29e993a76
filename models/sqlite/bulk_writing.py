"""Writing much in many small transactions, so that others can write in between."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from models.sqlite.database import PanelDatabase
from models.sqlite.driver import library

_CACHE: Final = -56_000
"""KiB for pages of the database, as SQLite has it: less than zero."""

_LONGEST_LOG: Final = 15_000
"""Pages in the write-ahead log after which they are taken over into the database: 60 MB.

A longer one would be taken over by another session, within a write of its own.
"""


@contextmanager
def bulk_writing(database: PanelDatabase) -> Iterator[None]:
    """Keep more pages in memory, and take none over from the log within a transaction.

    Whoever writes calls `take_over` between two transactions: others need not wait for that.
    """
    kept = {name: _pragma(database, name) for name in ("cache_size", "wal_autocheckpoint")}
    database.execute_sql(f"PRAGMA cache_size = {_CACHE}")
    if library().is_safe:
        database.execute_sql("PRAGMA wal_autocheckpoint = 0")
    try:
        yield
    finally:
        for name, value in kept.items():
            database.execute_sql(f"PRAGMA {name} = {value}")


def take_over(database: PanelDatabase) -> None:
    """Take a long log over into the database; nobody waits for it, nor does it for anybody."""
    if not library().is_safe:
        return
    # Only asks; a library before 3.51 knows no such word, and takes over at once.
    ((_, pages, taken),) = database.execute_sql("PRAGMA main.wal_checkpoint(NOOP)")
    if pages - taken >= _LONGEST_LOG:
        database.execute_sql("PRAGMA main.wal_checkpoint(PASSIVE)").fetchone()


_SETTINGS: Final = {"automerge": 4, "crisismerge": 16}
"""Segments on one level of the search index that are merged: step by step, and then at once.

These are SQLite's own numbers (https://sqlite.org/fts5.html, section 6).
"""

_RARELY: Final = {"automerge": 16, "crisismerge": 64}

_PAGES_MERGED: Final = 300
"""Pages of the search index that one step merges: some tens of milliseconds."""


def merge_rarely(database: PanelDatabase) -> None:
    """Let the accounts' search index grow in more segments, so that it is rewritten less often.

    It stands in the database until `merge_as_usual`; searching only takes a little longer.
    """
    _set(database, _RARELY)


def merge_as_usual(database: PanelDatabase) -> None:
    """End what `merge_rarely` began; `merge_step` merges what has come together."""
    _set(database, _SETTINGS)


def merge_step(database: PanelDatabase) -> bool:
    """Merge some segments of the accounts' search index; return whether there may be more."""
    connection = database.connection()
    before = connection.total_changes
    _set(database, {"merge": _PAGES_MERGED})
    # The command itself counts as one change.
    return bool(connection.total_changes - before > 1)


def _set(database: PanelDatabase, settings: Mapping[str, int]) -> None:
    for name, value in settings.items():
        database.execute_sql(
            "INSERT INTO account_fts(account_fts, rank) VALUES (?, ?)", (name, value)
        )


def _pragma(database: PanelDatabase, name: str) -> int:
    ((value,),) = database.execute_sql(f"PRAGMA {name}")
    return int(value)
