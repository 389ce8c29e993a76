"""Which SQLite library runs, and whether it is safe for several processes on one file.

SQLite 3.7.0 to 3.51.2 can corrupt a database in WAL mode when two connections write and
checkpoint at the same instant (https://sqlite.org/wal.html#walresetbug); the mend was carried
back to 3.50.7 and 3.44.6. The driver is imported from Peewee and from nowhere else: two copies of
the library on one file in one process void each other's locks.
"""

from contextlib import closing
from dataclasses import dataclass
from functools import cache

# Peewee chooses the driver, and passes it on under names that its stubs do not have.
from peewee import __sqlite_version__, sqlite3  # type: ignore[attr-defined]  # no stub

# The others of this room take the driver from here.
__all__ = ["Library", "can_distrust_schema", "library", "sqlite3"]


@dataclass(frozen=True, slots=True)
class Library:
    """The SQLite library in use."""

    driver: str
    version: tuple[int, int, int]

    @property
    def version_text(self) -> str:
        """The version as its makers write it, such as `3.53.4`."""
        return ".".join(map(str, self.version))

    @property
    def is_safe(self) -> bool:
        """Whether the library has the mend for simultaneous writes and checkpoints."""
        return (
            self.version >= (3, 51, 3)
            or (3, 50, 7) <= self.version < (3, 51)
            or (3, 44, 6) <= self.version < (3, 45)
        )


def library() -> Library:
    """Return the SQLite library that Peewee uses in this process."""
    major, minor, patch = __sqlite_version__[:3]
    return Library(sqlite3.__name__.partition(".")[0], (major, minor, patch))


@cache
def can_distrust_schema() -> bool:
    """Tell whether the library lets its own `json_valid` stand in a CHECK under trusted_schema=0.

    Some builds take it for a function that a schema could do harm with: Debian 12's 3.40 does.
    """
    with closing(sqlite3.connect(":memory:")) as trial:
        trial.execute("PRAGMA trusted_schema = 0")
        try:
            trial.execute("CREATE TABLE trial (text TEXT CHECK (json_valid(text)))")
            trial.execute("INSERT INTO trial VALUES ('{}')")
        except sqlite3.OperationalError:
            return False
    return True
