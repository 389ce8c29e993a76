"""A fair lock around write transactions, beside SQLite's own.

SQLite lets waiting writers poll, which starves some of them for seconds. Here they queue in the
kernel, on an `flock` of a file beside the database; it ends with the process that holds it.
"""

import fcntl
import os
import threading
from collections.abc import Callable
from pathlib import Path


class LockTimeout(Exception):
    """The lock stayed with others for the whole time that the waiter was ready to wait."""


class WriteLock:
    """Taken before a write transaction begins, released after it; for one thread at a time."""

    def __init__(self, path: Path, timeout: float) -> None:
        """Use the file `path`, made on first use; give up a wait after `timeout` seconds."""
        self._path = path
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
        return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

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
