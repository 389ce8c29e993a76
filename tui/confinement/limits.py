"""What the process takes from itself for good: room, files of its own, dumps, new privileges."""

import ctypes
import os
import resource
import sys

ADDRESS_SPACE = 768 * 1024**2
"""Bytes of address space that a session gets, a net below what the terminal's driver lets in.

Measured with Python 3.11 and glibc on x86-64: 286 MiB after 20 MB were pasted at 640x300 cells. On
some systems glibc maps an archive of all locales besides, 220 MiB, and for each thread it asks for
64 MiB more than it keeps.
"""

# linux/prctl.h
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38


def limit_resources() -> None:
    """Let no file grow and no core be dumped, bound the memory, and stand in no folder of data.

    A limit that is stricter already stays. Writing to a terminal, a pipe or a socket is no
    writing to a file (setrlimit(2)); Python ignores SIGXFSZ, so that a write fails with EFBIG.
    """
    os.umask(0o077)
    os.chdir("/")
    sys.dont_write_bytecode = True
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":  # macOS does not keep to it
        _limit(resource.RLIMIT_AS, ADDRESS_SPACE)


def refuse_new_privileges() -> None:
    """Let no set-user-ID program give this process or its children anything (prctl(2), Linux)."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def refuse_inspection() -> None:
    """Let no other process of this user read the memory, nor the kernel dump it (prctl(2), Linux).

    Core dumps that the kernel pipes into a program ignore the resource limit (core(5)), not this.
    """
    _prctl(_PR_SET_DUMPABLE, 0)


def _limit(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (value, value))


def _prctl(option: int, value: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    unused = ctypes.c_ulong(0)
    if library.prctl(option, ctypes.c_ulong(value), unused, unused, unused):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), "prctl")
