"""SQLite's failures in words for people."""

from collections.abc import Iterator
from pathlib import Path

from peewee import PeeweeException

from models.refusals import DatabaseBusy, DatabaseUnusable, Interrupted, Refused

_SENTENCES = {
    "SQLITE_FULL": "The disk is full: {path} could not be written. Nothing was saved; free some "
    "space and save again.",
    "SQLITE_IOERR": "The disk refused to read or write {path} ({reason}). Nothing was saved.",
    "SQLITE_READONLY": "{path} may not be written: the file, its folder or the disk is read-only "
    "for this user.",
    "SQLITE_CANTOPEN": "{path} cannot be opened: check that the folder exists and that this user "
    "may read and write it.",
    "SQLITE_NOTADB": "{path} is not a database of this program.",
    "SQLITE_CORRUPT": "{path} is damaged ({reason}). Stop working in it and bring back a backup.",
    "SQLITE_PERM": "This user may not use {path}.",
    "SQLITE_TOOBIG": "A text is too long for the database.",
}

BUSY = "Another session kept the database busy for too long, so nothing was saved: try again."


def explain(error: PeeweeException, path: Path) -> Refused | None:
    """Return the refusal to show for a driver's error, or None if it is a fault of the program.

    SQLite rolls back by itself when a disk is full; the error that arrives may only be a
    follow-up of that, so the chain of contexts is searched for the first cause.
    """
    for cause in reversed(list(_chain(error))):
        code = str(getattr(cause, "sqlite_errorname", ""))
        if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return DatabaseBusy(BUSY)
        if code.startswith("SQLITE_INTERRUPT"):
            return Interrupted("The search was given up for a newer one.")
        for known, sentence in _SENTENCES.items():
            if code == known or code.startswith(known + "_"):
                return DatabaseUnusable(sentence.format(path=path, reason=cause))
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
