"""Confining the process of a customer's session, and what a machine offers for it."""

import os
import site
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import models
import styles
import tui
from tui.confinement import landlock, limits
from tui.confinement.open_files import only_read_open_files

_ON_LINUX: bool = sys.platform == "linux"
_ONLY_LINUX = "only on Linux"

_OF_THE_SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/etc/ld.so.cache",  # where shared libraries are, ld.so(8)
    "/etc/localtime",
    "/usr/share/zoneinfo",
)


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of the confinement: whether it holds on this machine, and what it does, in words."""

    name: str
    active: bool
    detail: str


def confine_process() -> None:
    """Give up for good whatever a session that only reads and draws does not need.

    To be called when the database is open and was read once, so that SQLite has its files, and
    when the log is connected; but before a thread is started. Then code and time zones can be
    read; the terminal and what else is open can be used; there is nothing else. Where the kernel
    has no Landlock that layer is missing; whatever else fails is an error, and no session begins.

    Raises:
        RuntimeError: there are other threads, which would stay free (a programming fault).
        OSError: the system refuses a layer that it has.
    """
    _require_one_thread()
    limits.limit_resources()
    if _ON_LINUX:
        only_read_open_files()
        limits.refuse_new_privileges()
        limits.refuse_inspection()
    if landlock.abi_version():
        landlock.allow_only_reading(places_of_code())


def layers() -> tuple[Layer, ...]:
    """Return which layers a session has on this machine; nothing is confined by asking."""
    abi = landlock.abi_version()
    memory = f", at most {limits.ADDRESS_SPACE // 1024**2} MiB of memory" if _ON_LINUX else ""
    return (
        Layer("environment", True, "only what describes the screen is taken from the client"),
        Layer("resource limits", True, f"no file can grow, no core dump{memory}"),
        _of_linux("open files", "only read, but the index of SQLite's log (-shm), as readers must"),
        _of_linux("no new privileges", "set-user-ID programs give it none"),
        _of_linux("not dumpable", "no other process of its user can read its memory"),
        Layer("Landlock", bool(abi), _landlock_in_words(abi)),
    )


def places_of_code() -> tuple[Path, ...]:
    """Return the files and folders that a running session reads: code, libraries, time zones.

    Of the program itself its packages, never the folder around them: in a checkout that may hold
    a database.
    """
    libraries = (f"{sys.base_prefix}/lib", f"{sys.base_prefix}/{sys.platlibdir}")
    own = [*models.__path__, *styles.__path__, *tui.__path__]
    found = [*libraries, *site.getsitepackages(), *own, *_OF_THE_SYSTEM]
    return tuple(map(Path, dict.fromkeys(found)))


def _of_linux(name: str, detail: str) -> Layer:
    return Layer(name, _ON_LINUX, detail if _ON_LINUX else _ONLY_LINUX)


def _landlock_in_words(abi: int) -> str:
    if abi:
        return (
            f"ABI {abi}: opens the program's code and nothing else; "
            f"does not cover {', '.join(landlock.gaps(abi))}"
        )
    if _ON_LINUX:
        return "this kernel has none: it needs Linux 5.13, with landlock among the lsm= of the boot"
    return _ONLY_LINUX


def _require_one_thread() -> None:
    count = threading.active_count()
    with suppress(OSError):  # also threads that Python did not start; there is no /proc on macOS
        count = max(count, len(os.listdir("/proc/self/task")))
    if count != 1:
        raise RuntimeError("A process is confined before it starts threads.")
