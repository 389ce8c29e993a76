"""Writing much in many small transactions, so that others can write in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from models.sqlite.database import PanelDatabase
from models.sqlite.driver import library

_CACHE: Final = -48_000
"""KiB for pages of the database, as SQLite has it: less than zero."""

_LONGEST_LOG: Final = 24 * 1024 * 1024
"""Bytes of the write-ahead log after which its pages are taken over into the database."""


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
    mark = database.log_mark()
    if library().is_safe and mark is not None and mark[1] >= _LONGEST_LOG:
        database.execute_sql("PRAGMA main.wal_checkpoint(PASSIVE)").fetchone()


def _pragma(database: PanelDatabase, name: str) -> int:
    ((value,),) = database.execute_sql(f"PRAGMA {name}")
    return int(value)
