"""The state of the program and its database: which libraries run, and whether the data is sound.

Looking changes nothing: a missing database is not made, an older one not upgraded.
"""

import platform
import shutil
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from models import schema
from models.opening import explained
from models.refusals import DatabaseUnusable, Refused
from models.sqlite.database import PanelDatabase
from models.sqlite.driver import Library, library

SPARE_SPACE = 64 * 1024 * 1024
"""Bytes that should be free beside a copy of the database, which an upgrade makes first."""


@dataclass(frozen=True, slots=True)
class Health:
    """What a check found.

    `problems` must be mended, `warnings` should be; both are sentences for people. `schema_found`,
    `size` and `free_space` (in bytes) are None where the database or its folder is out of reach.
    """

    path: Path
    library: Library
    python: str
    peewee: str
    textual: str
    schema_expected: int
    schema_found: int | None
    size: int | None
    free_space: int | None
    problems: tuple[str, ...]
    warnings: tuple[str, ...]


class _Findings:
    """Collects what is wrong, and what is found out on the way."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.warnings: list[str] = []
        self.schema_found: int | None = None
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
        size=findings.size,
        free_space=findings.free_space,
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
    with explained(path):
        if not path.exists():
            raise DatabaseUnusable(f"There is no database {path}: check the path.")
        found = _schema_version(path)
        findings.schema_found = found
        if found > expected:
            findings.problems.append(
                f"{path} was upgraded by a newer customjobs: start the newer program."
            )
        elif found == 0:
            findings.problems.append(f"{path} is empty: start the panel once to set it up.")
        else:
            if found < expected:
                findings.warnings.append("The next start of the panel upgrades the database.")
            findings.problems += _integrity_problems(path)


def _schema_version(path: Path) -> int:
    """Return the schema's version, from a connection that cannot change another program's file."""
    database = PanelDatabase(path, read_only=True)
    with closing(database):
        database.connect()
        schema.require_own(database)
        return int(database.user_version)


def _integrity_problems(path: Path) -> list[str]:
    database = PanelDatabase(path)
    with closing(database):
        database.connect()
        return database.integrity_problems()


def _look_at_files(path: Path, findings: _Findings) -> None:
    with explained(path):
        if not path.exists():
            return
        for what in (path.parent, path):
            mode = stat.S_IMODE(what.stat().st_mode)
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                private = "700" if what.is_dir() else "600"
                findings.warnings.append(
                    f"Others than its owner can reach {what} (mode {mode:o}): chmod {private} it."
                )
        findings.size = path.stat().st_size
        findings.free_space = shutil.disk_usage(path.parent).free
        if findings.free_space < findings.size + SPARE_SPACE:
            findings.warnings.append(
                f"Only {findings.free_space // 1024**2:,} MiB are free beside the database: an "
                "upgrade copies it first."
            )
