"""The state of the program and its database: which libraries run, and whether the data is sound.

Looking changes nothing: a missing database is not made, an older one not upgraded.
"""

import os
import platform
import pwd
import shutil
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from models import schema
from models.importing import unfinished_runs
from models.opening import RESTORING, explained, interrupted_restores, open_to_check
from models.refusals import Interrupted, Refused
from models.sessions import sessions_of
from models.sqlite.database import PanelDatabase
from models.sqlite.driver import Library, library

SPARE_SPACE = 64 * 1024 * 1024
"""Bytes that should be free beside a copy of the database, which an upgrade makes first."""

SEARCH_CHECK_TIME = 2.0
"""Seconds that the check of the search index may keep others from writing."""

_BESIDE = (
    "-wal", "-shm", ".lock", ".migrate", ".use", ".log", ".drafts", ".drafts-wal",
    ".drafts-shm", ".drafts.lock", ".sessions",
)  # fmt: skip
"""How the names of the files that belong to a database end."""


@dataclass(frozen=True, slots=True)
class FileAccess:
    """A file or a folder of the database: its owner and mode, and what others may do with it."""

    path: Path
    owner: str
    mode: int
    group: str
    others: str


@dataclass(frozen=True, slots=True)
class Health:
    """What a check found.

    `problems` must be mended, `warnings` should be; both are sentences for people. `schema_found`,
    `size` and `free_space` (in bytes) are None where the database or its folder is out of reach;
    so is `search_index`, whether it agrees with the accounts, where it was not compared. `panels`
    counts the panels that are open, `files` are what is there of the database.
    """

    path: Path
    library: Library
    python: str
    peewee: str
    textual: str
    schema_expected: int
    schema_found: int | None
    search_index: bool | None
    size: int | None
    free_space: int | None
    panels: int
    files: tuple[FileAccess, ...]
    problems: tuple[str, ...]
    warnings: tuple[str, ...]


class _Findings:
    """Collects what is wrong, and what is found out on the way."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.warnings: list[str] = []
        self.schema_found: int | None = None
        self.search_index: bool | None = None
        self.files: list[FileAccess] = []
        self.size: int | None = None
        self.free_space: int | None = None

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note what is refused within the block, which ends it, as a problem."""
        try:
            yield
        except Refused as refusal:
            self.problems.append(str(refusal))


def check_database(path: Path) -> Health:
    """Look at the libraries and at the database `path`; what is wrong with it is in the answer."""
    findings = _Findings()
    expected = schema.newest_version()
    sqlite = library()
    if not sqlite.is_safe:
        findings.warnings.append(_unsafe_library(sqlite))
    with findings.noted():
        _look_at_data(path, expected, findings)
    with findings.noted():
        _look_at_files(path, findings)
    return Health(
        path=path,
        library=sqlite,
        python=platform.python_version(),
        peewee=_installed("peewee"),
        textual=_installed("textual"),
        schema_expected=expected,
        schema_found=findings.schema_found,
        search_index=findings.search_index,
        size=findings.size,
        free_space=findings.free_space,
        panels=len(sessions_of(path)),
        files=tuple(findings.files),
        problems=tuple(dict.fromkeys(findings.problems)),
        warnings=tuple(findings.warnings),
    )


def _unsafe_library(sqlite: Library) -> str:
    return (
        f"SQLite {sqlite.version_text} can damage a database that several sessions write at the "
        "same instant. The write lock of this program keeps them apart, so the data is protected "
        "as long as no other program writes to it. Better is pysqlite3, which brings its own "
        "SQLite where it has wheels: Linux x86-64 and macOS."
    )


def _installed(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def _look_at_data(path: Path, expected: int, findings: _Findings) -> None:
    with explained(path), closing(open_to_check(path)) as database:
        found = int(database.user_version)
        findings.schema_found = found
        if found > expected:
            findings.problems.append(
                f"{path} was upgraded by a newer customjobs: start the newer program."
            )
            return
        if found == 0:
            findings.problems.append(f"{path} is empty: start the panel once to set it up.")
            return
        if found < expected:
            findings.warnings.append("The next start of the panel upgrades the database.")
        damage = database.integrity_problems()
        if not damage:
            findings.warnings += [run.in_words for run in unfinished_runs(database)]
    findings.problems += damage
    if not damage:
        _compare_search_index(path, findings)


def _compare_search_index(path: Path, findings: _Findings) -> None:
    """Compare the index with the accounts, which SQLite does only for who may write."""
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        findings.warnings.append(
            f"The search index was not compared with the accounts: {path} is read-only here."
        )
        return
    try:
        with explained(path), closing(open_to_check(path, writing=True)) as database:
            damage = _index_problems(database)
    except Interrupted:
        findings.warnings.append(
            "The search index was not compared with the accounts: nobody could write for too "
            "long meanwhile. A backup compares it in the copy."
        )
        return
    findings.search_index = not damage
    findings.problems += damage


def _index_problems(database: PanelDatabase) -> list[str]:
    with database.atomic():
        limit = threading.Timer(SEARCH_CHECK_TIME, database.interrupt)
        limit.start()
        try:
            return database.search_index_problems()
        finally:
            limit.cancel()
            limit.join()


def _look_at_files(path: Path, findings: _Findings) -> None:
    with explained(path):
        if not path.is_file():
            return
        folder, database = _access(path.parent), _access(path)
        beside = [_access(Path(file)) for end in _BESIDE if os.path.lexists(file := f"{path}{end}")]
        findings.files += [folder, database, *beside]
        _judge_access(folder, database, beside, findings)
        findings.size = path.stat().st_size
        findings.free_space = shutil.disk_usage(path.parent).free
        if findings.free_space < findings.size + SPARE_SPACE:
            findings.warnings.append(
                f"Only {findings.free_space // 1024**2:,} MiB are free beside the database: an "
                "upgrade copies it first."
            )
        findings.warnings += [
            f"A restore was interrupted, and {path}{RESTORING}{mark} is left of it: the next one "
            "removes it."
            for mark in interrupted_restores(path)
        ]


def _judge_access(
    folder: FileAccess, database: FileAccess, beside: list[FileAccess], findings: _Findings
) -> None:
    """Say who else may read or write; what is beside the database may be as open as it is."""
    if folder.mode & stat.S_IWOTH and not folder.mode & stat.S_ISVTX:
        findings.problems.append(
            f"Everybody on this machine can replace what is in {folder.path}: chmod 700 it."
        )
    expected = database.mode | (database.mode & 0o444) >> 2
    for found in (folder, database, *beside):
        if found.others and folder.mode & stat.S_IXOTH and found is not folder:
            findings.problems.append(
                f"Everybody on this machine can {found.others} {found.path} "
                f"(mode {found.mode:o}): {_private(found)}."
            )
        elif found.mode & 0o077 & ~(0 if found in (folder, database) else expected):
            findings.warnings.append(
                f"Others than its owner can reach {found.path} (mode {found.mode:o}): "
                f"{_private(found)}."
            )
        if found in beside and found.owner != database.owner and not found.mode & stat.S_IWGRP:
            findings.warnings.append(
                f"{found.path} belongs to {found.owner}, the database to {database.owner}, who "
                "may be kept out by that: chown it."
            )


def _private(found: FileAccess) -> str:
    return f"chmod {'700' if found.path.is_dir() else '600'} it"


def _access(path: Path) -> FileAccess:
    """Return what the mode of a file lets others do; the folder around it may still stop them."""
    found = path.stat()
    mode = stat.S_IMODE(found.st_mode)
    owner = str(found.st_uid)
    with suppress(KeyError):
        owner = pwd.getpwuid(found.st_uid).pw_name
    return FileAccess(path, owner, mode, _allowed(mode >> 3), _allowed(mode))


def _allowed(bits: int) -> str:
    return " and ".join(word for bit, word in ((4, "read"), (2, "write")) if bits & bit)
