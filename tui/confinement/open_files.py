"""Files that are open already, which neither limits nor Landlock keep from being cut short."""

import fcntl
import os
import stat

_LOG_INDEX = "-shm"
"""The end of the name of SQLite's index of its log, which readers, too, lock and write."""


def only_read_open_files() -> None:
    """Open each file anew for reading alone where it is open for writing, under the same number.

    SQLite opens its write-ahead log for writing even on a connection that only reads; by that
    descriptor what others have committed could be cut off. Its index must stay as it is
    (https://sqlite.org/walformat.html#the_wal_index_file_format). No lock may be held on any
    other file that is open for writing: closing a descriptor gives it up (fcntl(2), flock(2)).
    What is open for reading alone keeps its lock. Linux only.
    """
    for name in os.listdir("/proc/self/fd"):
        link, number = f"/proc/self/fd/{name}", int(name)
        if os.path.exists(link) and _is_written(number) and not _names_index(link):
            again = os.open(link, os.O_RDONLY | os.O_CLOEXEC)
            os.dup2(again, number, inheritable=False)
            os.close(again)


def _is_written(number: int) -> bool:
    way = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE
    return way != os.O_RDONLY and stat.S_ISREG(os.fstat(number).st_mode)


def _names_index(link: str) -> bool:
    return os.readlink(link).endswith(_LOG_INDEX)
