"""A database of its own for rows on their way into another one; nothing of it outlives its user.

It lies in a folder of its own among the temporary files, which is locked as long as its user
lives (flock(2)): whoever comes upon one that nobody has locked removes it. Once it is attached to
the other database its name is taken away, so that even a kill leaves nothing behind.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from models.refusals import DatabaseUnusable
from models.sqlite.database import PanelDatabase
from models.sqlite.driver import sqlite3
from models.sqlite.failures import DATABASE_ERRORS

_BEGINNING: Final = "customjobs-import-"
_NAME: Final = "staged.db"

_ROOMY: Final = ("/var/tmp", "/tmp")
"""The first one is on a disk where the second may be in memory (hier(7))."""

_CACHE: Final = -32_000
"""KiB, as SQLite has it: less than zero."""

_PRAGMAS: Final = ("journal_mode = OFF", "synchronous = OFF", f"cache_size = {_CACHE}")


class StagingFile:
    """Rows in tables of a file that only this process sees."""

    def __init__(self) -> None:
        """Make the file, and remove those that were left by others.

        Raises:
            DatabaseUnusable: there is no room for temporary files; so do the other methods.
        """
        parent = _parent()
        with _explained(parent):
            _remove_left(parent)
            self._folder, lock = _locked_folder(parent)
            self._lock: int | None = lock
            self._connection = sqlite3.connect(self._folder / _NAME, isolation_level=None)
            # Nobody looks at it again after a fall: it need not be safe.
            for pragma in _PRAGMAS:
                self._connection.execute(f"PRAGMA {pragma}")
            self._connection.execute("BEGIN")

    def make(self, statements: Iterable[str]) -> None:
        """Make tables or indexes."""
        with _explained(self._folder.parent):
            for statement in statements:
                self._connection.execute(statement)

    def insert(self, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """Write rows of a table, given by column."""
        # The driver takes as long over one None as SQLite over a row: what is None everywhere is
        # not said.
        said = [
            (column, values)
            for column, values in columns.items()
            if values.count(None) < len(values)
        ]
        if not said:
            return
        names = ", ".join(column for column, _ in said)
        marks = ", ".join("?" * len(said))
        with _explained(self._folder.parent):
            self._connection.executemany(
                f"INSERT INTO {table} ({names}) VALUES ({marks})",
                zip(*(values for _, values in said), strict=True),
            )

    @contextmanager
    def attached(self, database: PanelDatabase) -> Iterator[None]:
        """Let the tables be read and written on the connection of `database` within the block.

        The file has no name from then on. Sorting takes place on the disk meanwhile.
        """
        with _explained(self._folder.parent):
            self._connection.execute("COMMIT")
        self._connection.close()
        database.execute_sql("PRAGMA temp_store = FILE")
        database.execute_sql("ATTACH ? AS staging", (os.fspath(self._folder / _NAME),))
        try:
            for pragma in _PRAGMAS:
                database.execute_sql(f"PRAGMA staging.{pragma}")
            # The file is opened by the first statement that looks into it.
            database.execute_sql("SELECT count(*) FROM staging.sqlite_master").fetchone()
            self._remove()
            yield
        finally:
            # After a failure it may be in use for as long as that is being told.
            with suppress(*DATABASE_ERRORS):
                database.execute_sql("DETACH staging")
                database.execute_sql("PRAGMA temp_store = MEMORY")

    def close(self) -> None:
        """Remove the file; closing it twice is no harm."""
        self._connection.close()
        self._remove()

    def _remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise DatabaseUnusable(
            f"{folder} takes no temporary files ({error}). Nothing is written; free some space "
            "there, or name another folder with TMPDIR."
        ) from error


def _parent() -> Path:
    """Return where temporary files are: where the environment says, else where there is room."""
    if os.environ.get("TMPDIR"):
        return Path(tempfile.gettempdir())
    return next(
        (Path(folder) for folder in _ROOMY if os.access(folder, os.W_OK)),
        Path(tempfile.gettempdir()),
    )


def _locked_folder(parent: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_BEGINNING, dir=parent))
        # Somebody may take it for one that was left, until it is locked.
        with suppress(FileNotFoundError):
            lock = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.exists():
                return folder, lock
            os.close(lock)


def _remove_left(parent: Path) -> None:
    """Remove the folders of this user that nobody has locked: who made them was killed."""
    for folder in parent.glob(f"{_BEGINNING}*"):
        with suppress(OSError):
            lock = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(lock).st_uid == os.getuid():
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
