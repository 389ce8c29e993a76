"""A fair lock around write transactions, beside SQLite's own.

SQLite lets waiting writers poll, which starves some of them for seconds. Here they queue in the
kernel, on an `flock` of a file beside the database; it ends with the process that holds it.
"""

import fcntl
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


class LockTimeout(Exception):
    """The lock stayed with others for the whole time that the waiter was ready to wait."""


class WriteLock:
    """Taken before a write transaction begins, released after it; for one thread at a time."""

    def __init__(self, path: Path, timeout: float, like: Path | None = None) -> None:
        """Use the file `path`; give up a wait after `timeout` seconds.

        It is made on first use, for its owner alone, or for all who may write the file `like`.
        """
        self._path = path
        self._like = like
        self.timeout = timeout
        self._held: int | None = None

    @property
    def held(self) -> bool:
        """Whether this instance holds the lock."""
        return self._held is not None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            LockTimeout: others held it all the time.
            OSError: the file cannot be made or locked.
        """
        lock_file = self._open()
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock_file)
            lock_file = self._queue()
        except BaseException:
            os.close(lock_file)
            raise
        self._held = lock_file

    def release(self) -> None:
        """Give the lock to the next in the queue; does nothing when it is not held."""
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CLOEXEC
        try:
            return os.open(self._path, flags)
        except FileNotFoundError:
            lock_file = os.open(self._path, flags | os.O_CREAT, 0o600)
        if self._like is not None:
            # Said once more, since the umask took away from what is asked for at the opening.
            with suppress(OSError):
                os.fchmod(lock_file, self._like.stat().st_mode & 0o666)
        return lock_file

    def _queue(self) -> int:
        """Wait in the kernel's queue, in a thread, since a blocked `flock` cannot be given up."""
        place = _PlaceInQueue(self._open)
        threading.Thread(target=place.wait, name="write-lock", daemon=True).start()
        return place.take(self.timeout)


class _PlaceInQueue:
    """One wait for the lock, which whoever waits may leave."""

    def __init__(self, open_file: Callable[[], int]) -> None:
        self._lock_file = open_file()
        self._settled = threading.Event()
        self._decision = threading.Lock()
        self._left = False
        self._failure: OSError | None = None

    def wait(self) -> None:
        """Block until the lock is there; give it back at once when nobody wants it any more."""
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX)
        except OSError as error:
            self._failure = error
        with self._decision:
            self._settled.set()
            if self._left or self._failure:
                os.close(self._lock_file)

    def take(self, timeout: float) -> int:
        """Return the locked file, or leave the queue and raise `LockTimeout`, or what failed."""
        self._settled.wait(timeout)
        with self._decision:
            if self._failure:
                raise self._failure
            if self._settled.is_set():
                return self._lock_file
            self._left = True
        raise LockTimeout
