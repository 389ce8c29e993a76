"""The file of half-typed work beside the database: opened, made, and begun anew when damaged.

It also holds which accounts each person opened last. It is a SQLite database of its own. A process
that is killed loses nothing of it, since what is written is with the operating system at once; a
power cut may take the last moments, for which nobody waits here
(https://sqlite.org/pragma.html#pragma_synchronous).
"""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from peewee import DatabaseError

from models.sharing import group_bits
from models.sqlite.database import PanelDatabase
from models.sqlite.failures import DATABASE_ERRORS, causes

APPLICATION_ID = 0x434A4452
"""`CJDR`: marks the file as kept drafts of this program."""

VERSION = 1

_TIMEOUT = 2.0
"""Seconds to wait for another session that writes drafts at the same moment."""

# Blobs hold JSON in UTF-8, in which surrogates are allowed: any text comes back as it was typed.
_SCHEMA = (
    """CREATE TABLE draft (
        login TEXT NOT NULL,
        provider INTEGER,
        session TEXT NOT NULL,
        form TEXT NOT NULL,
        record INTEGER NOT NULL,
        account INTEGER NOT NULL,
        job INTEGER,
        at INTEGER NOT NULL,
        texts BLOB NOT NULL,
        version INTEGER,
        base BLOB NOT NULL
    ) STRICT""",
    """CREATE UNIQUE INDEX draft_place
        ON draft (login, coalesce(provider, 0), session, form, record)""",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {VERSION}",
)

# Added to files of programs that did not know it; they go on using the file and let it alone.
_RECENT_ACCOUNTS = (
    """CREATE TABLE recent_account (
        turn INTEGER PRIMARY KEY,
        login TEXT NOT NULL,
        provider INTEGER,
        account INTEGER NOT NULL
    ) STRICT""",
    """CREATE UNIQUE INDEX recent_account_person
        ON recent_account (login, coalesce(provider, 0), account)""",
)


class NotADraftFile(Exception):
    """What is there is sound, but nothing for this program; `str()` says what it is."""


class DraftFile:
    """The drafts of a database and the connection to them, used by one thread at a time."""

    def __init__(self, database_path: Path) -> None:
        """Describe the drafts of the database `database_path`; `open()` opens them."""
        self._database_path = Path(os.path.realpath(database_path))
        self.path = self._database_path.with_name(self._database_path.name + ".drafts")
        self.connection = PanelDatabase(self.path, write_timeout=_TIMEOUT)
        self._opened: os.stat_result | None = None

    @property
    def is_in_place(self) -> bool:
        """Whether the connection is open, and to the file that others find by its name."""
        if self._opened is None or self.connection.is_closed():
            return False
        try:
            return os.path.samestat(self._opened, os.stat(self.path))
        except FileNotFoundError:
            return False

    def open(self) -> None:
        """Open the file; a missing one is made, and a damaged one moved aside for a new one.

        Raises:
            NotADraftFile: a newer program or another one made it, or it is no file.
            OSError, LockTimeout, one of DATABASE_ERRORS: it cannot be opened.
        """
        self.close()
        self._create()
        if not stat.S_ISREG(os.stat(self.path).st_mode):
            raise NotADraftFile("is no file")
        with self._alone():
            try:
                self._connect()
            except DATABASE_ERRORS as error:
                if not is_damage(error):
                    raise
                self._move_aside()
                self._connect()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep all other sessions from writing, opening and moving the file."""
        lock = self.connection.write_lock
        lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def _create(self) -> None:
        """Make an empty file for its owner, and for those who share the database with them."""
        with suppress(FileExistsError):
            new = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                os.fchmod(new, 0o600 | group_bits(self._database_path))
            finally:
                os.close(new)

    def _connect(self) -> None:
        self._opened = os.stat(self.path)
        if not self._opened.st_size and os.path.exists(f"{self.path}-wal"):
            raise Damage("the file was emptied")
        try:
            self.connection.connect()
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        database = self.connection
        database.synchronous = "normal"
        if database.application_id != APPLICATION_ID:
            if database.user_version or database.get_tables():
                raise NotADraftFile("is the database of another program")
        elif database.user_version > VERSION:
            raise NotADraftFile("was made by a newer customjobs")
        if not database.has_write_ahead_log:
            database.use_write_ahead_log()
        if not database.user_version:
            self._run(_SCHEMA)
        for (problem,) in database.execute_sql("PRAGMA integrity_check(1)"):
            if problem != "ok":
                raise Damage(problem)
        if "recent_account" not in database.get_tables():
            self._run(_RECENT_ACCOUNTS)

    def _run(self, statements: Sequence[str]) -> None:
        # Not by `begin`: the lock that it takes is held here already.
        self.connection.execute_sql("BEGIN IMMEDIATE")
        for statement in statements:
            self.connection.execute_sql(statement)
        self.connection.execute_sql("COMMIT")

    def _move_aside(self) -> None:
        damaged = f"{self.path}.damaged"
        # The log first: a new file must never find the log of an old one.
        for suffix in ("-wal", "-shm", ""):
            with suppress(FileNotFoundError):
                os.unlink(damaged + suffix)
            with suppress(FileNotFoundError):
                os.rename(f"{self.path}{suffix}", damaged + suffix)
        self._create()


class Damage(DatabaseError):
    """The check of the file found something wrong."""


def is_damage(error: BaseException) -> bool:
    """Tell whether an error means that the contents of the file are damaged."""
    if isinstance(error, Damage):
        return True
    return any(code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) for code, _ in causes(error))
