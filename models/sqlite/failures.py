"""SQLite's failures in words for people."""

import errno
from collections.abc import Iterator
from pathlib import Path

from peewee import DoesNotExist, PeeweeException

from models.refusals import DatabaseBusy, DatabaseUnusable, Interrupted, Refused
from models.sqlite.driver import sqlite3

DATABASE_ERRORS = (PeeweeException, sqlite3.Error, DoesNotExist, UnicodeDecodeError)
"""What a transaction raises where the file, the disk or another session is in its way.

Peewee wraps what the driver raises when a statement begins, but not what it raises while rows are
read. The others come of damage: a reference to a record that is not there, bytes that are no text.
"""

_FULL = (
    "The disk is full: {path} could not be written. Nothing was saved; free some space and save "
    "again."
)
_READ_ONLY = (
    "{path} may not be written: the file, its folder or the disk is read-only for this user."
)
_DAMAGED = "{path} is damaged ({reason}). Stop working in it and bring back a backup."
_DAMAGED_COPY = "The copy {path} is damaged ({reason}): take another one."

_SENTENCES = {
    "SQLITE_FULL": _FULL,
    # All that SQLite tells of a quota (EDQUOT) and of a limit on the size of files (EFBIG).
    "SQLITE_IOERR": "The disk refused to read or write {path} ({reason}): it is broken, or a quota "
    "or a limit on the size of files is reached. Nothing was saved.",
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_CANTOPEN": "{path} cannot be opened: check that the folder exists and that this user "
    "may read and write it.",
    "SQLITE_NOTADB": "{path} is not a database of this program.",
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_PERM": "This user may not use {path}.",
    "SQLITE_TOOBIG": "A text is too long for the database.",
}

_DAMAGE_WITHOUT_CODE = ("Could not decode to UTF-8", "invalid fts5 file format")
"""How messages begin that come of damage alone, though their code is a general one or none."""

_OF_WRITING = (
    "SQLITE_FULL",
    "SQLITE_READONLY",
    "SQLITE_CANTOPEN",
    "SQLITE_IOERR_WRITE",
    "SQLITE_IOERR_FSYNC",
    "SQLITE_IOERR_TRUNCATE",
)

_SENTENCES_OF_THE_SYSTEM = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: _READ_ONLY,
}

BUSY = "Another session kept the database busy for too long, so nothing was saved: try again."


def explain(error: BaseException, path: Path, *, is_copy: bool = False) -> Refused | None:
    """Return the refusal to show for one of `DATABASE_ERRORS`, or None for a fault of the program.

    `is_copy` says that `path` is a copy of a database, in which nobody works.
    SQLite rolls back by itself when a disk is full; the error that arrives may only be a
    follow-up of that, so the chain of contexts is searched for the first cause.
    """
    damaged = _DAMAGED_COPY if is_copy else _DAMAGED
    for code, cause in causes(error):
        if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")):
            return DatabaseBusy(BUSY)
        if code.startswith("SQLITE_INTERRUPT"):
            return Interrupted("The search was given up for a newer one.")
        for known, sentence in _SENTENCES.items():
            if code == known or code.startswith(known + "_"):
                said = damaged if sentence is _DAMAGED else sentence
                return DatabaseUnusable(said.format(path=path, reason=cause))
    reason = _damage(error)
    return DatabaseUnusable(damaged.format(path=path, reason=reason)) if reason else None


def explain_system(error: OSError, path: Path) -> DatabaseUnusable:
    """Return the refusal to show for what the system said about a file of the database."""
    sentence = _SENTENCES_OF_THE_SYSTEM.get(error.errno or 0)
    if sentence is None:
        return DatabaseUnusable(f"{path} cannot be used: {error.strerror or error}.")
    return DatabaseUnusable(sentence.format(path=path))


def concerns_writing(error: BaseException) -> bool:
    """Tell whether an error is about the file that was written, not the one that was read."""
    return any(code == "SQLITE_IOERR" or code.startswith(_OF_WRITING) for code, _ in causes(error))


def causes(error: BaseException) -> Iterator[tuple[str, BaseException]]:
    """Yield what led to a driver's error with SQLite's name for it, if any; the first one first."""
    for cause in reversed(list(_chain(error))):
        yield str(getattr(cause, "sqlite_errorname", "")), cause


def _damage(error: BaseException) -> str:
    """Return what damage the exception tells of that has no code of its own, if any."""
    if isinstance(error, UnicodeDecodeError):
        return "bytes that are no text"
    if isinstance(error, DoesNotExist):
        return "a record refers to another that is missing"
    return str(error) if str(error).startswith(_DAMAGE_WITHOUT_CODE) else ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
