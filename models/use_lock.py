"""Who has a database open: a lock that all of them share, and that a restore takes alone.

It is an `flock` of the file `<database>.use`, which is made once, stays empty and is never
removed. The lock belongs to the open file, not to the process (flock(2)): several desks of one
process hold one each, and it ends with the process, however that ends.
"""

import errno
import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path

from models.refusals import DatabaseBusy

PATIENCE = 5.0
"""Seconds that an opening waits for a restore to end."""

_INTERVAL = 0.05
"""Seconds between two looks at a lock that a restore holds."""

_OUT_OF_REACH = (errno.EACCES, errno.EPERM, errno.EROFS)
"""Who may not lock here may not replace the database here either."""


class UseLock:
    """A hold on a database, from before it is opened until after it is closed."""

    def __init__(self, file: int | None) -> None:
        """Own the open and locked `file`; without one it holds nothing."""
        self._file = file

    @classmethod
    def share(cls, database: Path, *, make: bool, patience: float = PATIENCE) -> "UseLock":
        """Hold `database` together with others who read or write it.

        Nothing is held where the folder or the disk is read-only for this user, nor where the
        file of the lock is missing and `make` does not say that it is to be made.

        Raises:
            DatabaseBusy: it is being restored, and still was after `patience` in seconds.
            OSError: the file cannot be made or locked for another reason.
        """
        try:
            file = _open(database, make=make)
        except OSError as error:
            if error.errno not in _OUT_OF_REACH:
                raise
            file = None
        if file is None:
            return cls(None)
        end = time.monotonic() + patience
        while not _locked(file, fcntl.LOCK_SH):
            if time.monotonic() > end:
                os.close(file)
                raise DatabaseBusy(f"{database} is being restored from a backup: try again later.")
            time.sleep(_INTERVAL)  # no event tells of a lock, and a blocked flock never gives up
        return cls(file)

    @classmethod
    def alone(cls, database: Path) -> "UseLock | None":
        """Hold `database`, which may be missing, and let nobody open it; None if it is in use.

        Raises:
            OSError: the file cannot be made or locked.
        """
        file = _open(database, make=True)
        if file is not None and _locked(file, fcntl.LOCK_EX):
            return cls(file)
        if file is not None:
            os.close(file)
        return None

    def release(self) -> None:
        """Let go of the database; does nothing when it is not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _open(database: Path, *, make: bool) -> int | None:
    """Open the file of the lock for reading alone; None if it is missing and not to be made.

    A confined process opens anew what is open for writing, and would lose a lock on that.
    """
    # By whatever name a database is called, there is one lock for it.
    path = f"{os.path.realpath(database)}.use"
    flags = os.O_RDONLY | os.O_CLOEXEC
    try:
        return os.open(path, flags)
    except FileNotFoundError:
        if not make:
            return None
    file = os.open(path, flags | os.O_CREAT, 0o600)
    # Everybody who may open the database must be able to lock it, whoever was the first.
    with suppress(OSError):
        model = os.stat(database)
        os.fchmod(file, model.st_mode & 0o666)
        os.fchown(file, model.st_uid, model.st_gid)
    return file


def _locked(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except BaseException:
        os.close(file)
        raise
    return True
