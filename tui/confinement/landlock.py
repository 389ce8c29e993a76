"""Landlock: a process gives up rights on files, sockets and other processes, without being root.

The numbers are those of linux/landlock.h, the rules those of landlock(7) and
https://docs.kernel.org/userspace-api/landlock.html. Each version of the kernel's interface (ABI)
knows rights that the one before did not; a right that the kernel does not know cannot be given up.
"""

import ctypes
import errno
import os
import stat
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

# The same on every architecture since they share their numbers (Linux 5.1), but Alpha.
_CREATE_RULESET = 444
_ADD_RULE = 445
_RESTRICT_SELF = 446

_CREATE_RULESET_VERSION = 1 << 0
_RULE_PATH_BENEATH = 1

# Rights on files: 13 in ABI 1, then `REFER` (2), `TRUNCATE` (3) and `IOCTL_DEV` (5).
_READ_FILE = 1 << 2
_READ_FOLDER = 1 << 3
_FILE_RIGHTS = ((1, 13), (2, 14), (3, 15), (5, 16))

_TCP_ABI = 4
_TCP_RIGHTS = 1 << 0 | 1 << 1  # to bind, to connect
_SCOPE_ABI = 6
_SCOPES = 1 << 0 | 1 << 1  # abstract sockets, signals

_NOT_HERE = (
    errno.ENOSYS,  # not built into the kernel
    errno.EOPNOTSUPP,  # not switched on at boot
    errno.EPERM,  # a container's filter of system calls: asking needs no right
)


def abi_version() -> int:
    """Return the version of the interface that the running kernel offers, 0 where there is none."""
    if sys.platform != "linux":
        return 0
    try:
        return _call(_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION)
    except OSError as error:
        if error.errno in _NOT_HERE:
            return 0
        raise


def gaps(abi: int) -> tuple[str, ...]:
    """Return in words what Landlock of this version does not keep a process from."""
    since = (
        (3, "truncating files"),
        (_TCP_ABI, "TCP"),
        (5, "controlling devices (ioctl)"),
        (_SCOPE_ABI, "abstract sockets"),
        (_SCOPE_ABI, "signals to other processes of the same user"),
    )
    always = ("UDP", "sockets that have a path", "names, times and modes of files")
    return (*(words for known, words in since if abi < known), *always)


def allow_only_reading(places: Iterable[Path]) -> None:
    """Give up all rights that the kernel knows but to read `places` and what is below them.

    What is open already stays usable. Only this thread and those that it starts are restricted
    (before ABI 8), so call it while there is no other; the process must have refused new
    privileges. A place that is not there, or out of the user's reach, is left out.

    Raises:
        OSError: the kernel has no Landlock, or refuses.
    """
    abi = abi_version()
    rules = struct.pack(  # struct landlock_ruleset_attr
        "=QQQ",
        (1 << max(count for known, count in _FILE_RIGHTS if known <= max(abi, 1))) - 1,
        _TCP_RIGHTS if abi >= _TCP_ABI else 0,
        _SCOPES if abi >= _SCOPE_ABI else 0,
    )
    ruleset = _call(_CREATE_RULESET, rules, len(rules), 0)
    try:
        for place in places:
            _allow_reading(ruleset, place)
        _call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow_reading(ruleset: int, place: Path) -> None:
    try:
        opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    try:
        is_folder = stat.S_ISDIR(os.fstat(opened).st_mode)
        rights = _READ_FILE | (_READ_FOLDER if is_folder else 0)
        # struct landlock_path_beneath_attr, which is packed
        _call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, struct.pack("=Qi", rights, opened), 0)
    finally:
        os.close(opened)


def _call(number: int, *arguments: int | bytes | None) -> int:
    """Make a system call and return its answer, or raise `OSError`."""
    # No library has functions for these calls. Plain integers would be passed as 32 bits.
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    answer: int = library.syscall(
        ctypes.c_long(number),
        *(ctypes.c_long(item) if isinstance(item, int) else item for item in arguments),
    )
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), "Landlock")
    return answer
