"""Copies of the database while people work in it, and the way back to one of them.

A copy is a complete database of its own: the history, its guards, and the numbers that were given
out, which are never given out again. It is checked before it gets its name; until then it is
called `.<name>.customjobs-part`.

A restore loses nothing. It makes the new database ready under a name of its own,
`<database>.restoring-<time>`, moves the present one aside as `<database>.before-restore-<time>`,
then puts the new one in its place. A log (`-wal`, `-journal`) goes with its database and is never
left to another: SQLite would take what is in it for changes of that one. Whenever a restore is
killed, the database is the old one, the new one, or missing; while it is missing and the new one
lies ready nobody can make another. The next restore moves the rest of the old one first, and
removes what lay ready only when it has made ready another one itself.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from models import schema
from models.opening import (
    RESTORING,
    explained,
    interrupted_restores,
    make_default_folder,
    open_copy,
    open_read_only,
)
from models.refusals import BadInput, DatabaseBusy, DatabaseUnusable
from models.sessions import sessions_of
from models.sqlite.database import PanelDatabase
from models.sqlite.failures import DATABASE_ERRORS, concerns_writing
from models.use_lock import UseLock

_LOGS = ("-wal", "-journal")
_OF_SQLITE = ("", *_LOGS, "-shm")
"""How the names of a database's own files end."""

_UNFINISHED = ".customjobs-part"
"""How the name of a copy ends that is not ready; it begins with a dot."""

_BESIDE = re.compile(
    r"(-(wal|journal|shm)|\.(lock|use|migrate|log|sessions|drafts([-.].*)?"
    r"|(schema|before-restore|restoring)-.*))?",
    re.DOTALL,
)
"""What follows the name of a database in the names that the program uses beside it."""

_HEADER = b"SQLite format 3\0"
"""How a database begins (https://sqlite.org/fileformat.html#magic_header_string)."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A checked copy: its file and size in bytes, the version of its schema, and what is in it.

    Jobs that were removed are not counted.
    """

    file: Path
    size: int
    schema: int
    accounts: int
    jobs: int
    events: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: the copy that is the database now, and where the one before is kept."""

    database: Path
    copy: Copy
    kept: Path | None


def back_up(database_path: Path, target: Path) -> Copy:
    """Write a checked copy of the database into the new file `target`, for its owner alone.

    Others go on working meanwhile; the copy is how the database was at the beginning. Nothing
    stands under the name `target` before all of it is on the disk.

    Raises:
        BadInput: `target` is there already, cannot be made in that place, or has a name that the
            program uses itself.
        DatabaseBusy: another backup into `target` is being made.
        DatabaseUnusable: the database cannot be read, the copy not be written, or is not sound.
    """
    with closing(open_read_only(database_path, any_version=True)) as database:
        with explained(target):
            _require_new(target, database.path)
        with _becoming(target) as unfinished:
            with _told_of(database.path, unfinished):
                _fill(unfinished, database)
                found = _looked_into(
                    unfinished, f"The copy of {database.path}", "Run customjobs check."
                )
            return replace(found, file=target)


def restore(database_path: Path, source: Path) -> Restored:
    """Put a copy of the database in the file `source` in the place of the database.

    The present database is kept beside it; it may be damaged, empty or missing. A restore that is
    refused changes nothing.

    Raises:
        BadInput: `source` is the database itself, or in the place of the database is no file.
        DatabaseBusy: someone has the database open.
        DatabaseUnusable: the copy is not sound, newer than this program, or cannot be written; or
            the file in the place of the database is none of this program's.
    """
    with explained(source):
        if source.exists() and not source.is_file():
            raise DatabaseUnusable(f"{source} is no file: name a backup.")
        if not source.exists():
            raise DatabaseUnusable(f"There is no file {source}: check the path.")
    database = Path(os.path.realpath(database_path))
    with explained(database):
        make_default_folder(database)
        _require_place(database, source)
        use = UseLock.alone(database)
        if use is None:
            raise DatabaseBusy(_in_use(database))
        try:
            return _restore_alone(database, source)
        finally:
            use.release()


# -- backup ----------------------------------------------------------------------------------------


def _require_new(target: Path, database: Path) -> None:
    if target.exists() and target.samefile(database):
        raise BadInput(f"{target} is the database itself: name another file.")
    if not target.parent.is_dir():
        raise BadInput(f"There is no folder {target.parent}: make it first.")
    own = Path(os.path.realpath(database))
    is_beside = target.parent.samefile(own.parent) and target.name.startswith(own.name)
    if is_beside and _BESIDE.fullmatch(target.name.removeprefix(own.name)):
        raise BadInput(f"{target} is a name that the database uses itself: name another file.")
    if target.name.endswith(_UNFINISHED):
        raise BadInput(f"{target} is a name that backups use themselves: name another file.")
    if os.path.lexists(target):
        raise BadInput(f"{target} is there already: name a file that is not.")


@contextmanager
def _becoming(target: Path) -> Iterator[Path]:
    """Yield an empty file for its owner alone, which gets the name `target` in the end.

    After a failure it is removed. What a killed run left behind is replaced.
    """
    unfinished = target.with_name(f".{target.name}{_UNFINISHED}")
    with explained(unfinished):
        file = _claimed(unfinished)
        try:
            yield unfinished
            os.fsync(file)
            # Whoever replaced the file, or made the target, was another one.
            if os.path.lexists(target) or not os.path.samestat(os.fstat(file), os.stat(unfinished)):
                raise DatabaseBusy(f"Somebody else made {target} meanwhile: no backup was made.")
            os.rename(unfinished, target)
            _sync(target.parent)
        except BaseException:
            _remove(unfinished)
            raise
        finally:
            os.close(file)


def _claimed(unfinished: Path) -> int:
    """Make the file and return it open; its lock says that a run is at work on it."""
    flags = os.O_CLOEXEC | os.O_NOFOLLOW
    with suppress(FileNotFoundError):
        left = os.open(unfinished, flags | os.O_RDONLY | os.O_NONBLOCK)
        try:
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DatabaseBusy(f"Another backup is writing {unfinished}: try later.") from error
        finally:
            os.close(left)
        _remove(unfinished)
    file = os.open(unfinished, flags | os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return file


# -- restore ---------------------------------------------------------------------------------------


def _restore_alone(database: Path, source: Path) -> Restored:
    _require_own(database)
    left = interrupted_restores(database)
    present = _brought_together(database, left)
    mark = _new_mark(database)
    new = _lying_ready(database, mark)
    schema.create_file(new)
    try:
        with _told_of(source, new, is_copy=True):
            with closing(open_copy(source)) as copy:
                _fill(new, copy)
            found = replace(_looked_into(new, str(source), "Take another copy."), file=source)
        _make_ready(new, [present, *(_lying_ready(database, each) for each in left)])
    except BaseException:
        _remove(new)
        raise
    # Not before: while the database is missing, what lies ready keeps others from making one.
    for each in left:
        _remove(_lying_ready(database, each))
    kept = _move_aside(database, mark)
    os.rename(new, database)
    _sync(database.parent)
    if not kept.exists():  # there was none, or an interrupted restore has moved it
        return Restored(database, found, None if present == database else _tidied(present))
    return Restored(database, found, kept)


def _in_use(database: Path) -> str:
    people = ", ".join(dict.fromkeys(person.login for person in sessions_of(database)))
    if people:
        return f"{database} is in use, by {people}: ask them to leave the panel, then try again."
    return (
        f"{database} is in use, by a customer's session or another command: try again when it "
        "has ended."
    )


def _brought_together(database: Path, left: list[str]) -> Path:
    """Return where the present database is, together with its log.

    One of the interrupted restores that have `left` something may have moved it aside.
    """
    if not database.exists():
        for mark in left:
            if _kept(database, mark).exists():
                return _move_aside(database, mark)
    return database


def _lying_ready(database: Path, mark: str) -> Path:
    return database.with_name(f"{database.name}{RESTORING}{mark}")


def _require_place(database: Path, source: Path) -> None:
    """Refuse to replace what is no database, and is neither empty nor missing."""
    if not database.exists():
        return
    if source.samefile(database):
        raise BadInput(f"{source} is the database itself: name a backup.")
    if not database.is_file():
        raise BadInput(f"{database} is no file: nothing is restored there.")
    with database.open("rb") as file:
        # What is damaged more than this is not known from a file that someone else needs.
        if file.read(len(_HEADER)) not in (b"", _HEADER):
            raise DatabaseUnusable(
                f"{database} is not a database of this program: nothing is restored there. Name "
                "the right file, or move this one away."
            )


def _require_own(database: Path) -> None:
    """Refuse to replace the database of another program, as far as it can be read."""
    if not database.exists():
        return
    with closing(PanelDatabase(database, read_only=True)) as present, suppress(*DATABASE_ERRORS):
        present.connect()
        schema.require_own(present)


def _new_mark(database: Path) -> str:
    """Return the time in UTC, as it stands in names of files; nothing is there under it."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    mark, number = now, 1
    while any(
        os.path.lexists(f"{file(database, mark)}{end}")
        for file in (_kept, _lying_ready)
        for end in _OF_SQLITE
    ):
        number += 1
        mark = f"{now}.{number}"
    return mark


def _kept(database: Path, mark: str) -> Path:
    return database.with_name(f"{database.name}.before-restore-{mark}")


def _make_ready(new: Path, before: list[Path]) -> None:
    """Let the new database be as sessions expect it, and as the one before it is to the system.

    Numbers that were given out are not given out again, as far as files can be read: they stand
    on bills and in letters. `before` is the present database, which may be missing, then what
    interrupted restores made ready of it.
    """
    with closing(PanelDatabase(new)) as copy:
        copy.connect()
        copy.use_write_ahead_log()
        with copy.atomic("DEFERRED"):  # nobody else can write, and it needs no file for a lock
            for table, last in chain.from_iterable(map(_numbers_given_out, before)):
                _give_out(copy, table, last)
    model = next((file.stat() for file in before if file.exists()), None)
    if model is not None:
        os.chmod(new, model.st_mode & 0o777)
        with suppress(PermissionError):
            os.chown(new, model.st_uid, model.st_gid)
    _sync(new)


def _give_out(database: PanelDatabase, table: str, last: int) -> None:
    """Let the next number in a table be a higher one than `last`."""
    found = database.execute_sql(
        "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (last, table)
    )
    if not found.rowcount:  # no record was ever made there
        database.execute_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last))


def _numbers_given_out(database: Path) -> list[tuple[str, int]]:
    """Return each table and its last number; none where the database cannot be read."""
    with (
        closing(PanelDatabase(database, read_only=True)) as found,
        suppress(*DATABASE_ERRORS),
    ):
        found.connect()
        return [
            (str(table), int(last))
            for table, last in found.execute_sql("SELECT name, seq FROM sqlite_sequence")
        ]
    return []


def _move_aside(database: Path, mark: str) -> Path:
    """Keep the database and what belongs to it under another name, which is returned.

    The database goes first: without it nothing can meet its log, and nobody begins a new one.
    """
    kept = _kept(database, mark)
    for end in ("", *_LOGS):
        with suppress(FileNotFoundError):
            os.rename(f"{database}{end}", f"{kept}{end}")
            _sync(database.parent)
    with suppress(FileNotFoundError):
        os.unlink(f"{database}-shm")
    _sync(database.parent)
    return _tidied(kept)


def _tidied(database: Path) -> Path:
    """Remove what SQLite makes only to read: the index of a log, and a log with nothing in it."""
    for end in _LOGS:
        with suppress(FileNotFoundError):
            if not os.path.getsize(f"{database}{end}"):
                os.unlink(f"{database}{end}")
    with suppress(FileNotFoundError):
        os.unlink(f"{database}-shm")
    return database


# -- both ------------------------------------------------------------------------------------------


def _fill(target: Path, source: PanelDatabase) -> None:
    """Copy the database into an empty file, if there is room for it."""
    needed, free = source.copied_size(), shutil.disk_usage(target.parent).free
    if free < needed:
        raise DatabaseUnusable(
            f"There are only {free // 1024**2:,} MiB free in {target.parent}, and the copy needs "
            f"{needed // 1024**2 + 1:,} MiB. Free some space first."
        )
    source.pragma("query_only", 0)  # SQLite takes a copy into another file for a change
    source.copy_to(target)


@contextmanager
def _told_of(source: Path, target: Path, *, is_copy: bool = False) -> Iterator[None]:
    """Turn a driver's errors into refusals about the file that they come of."""
    try:
        yield
    except DATABASE_ERRORS as error:
        if concerns_writing(error):
            with explained(target):
                raise
        with explained(source, is_copy=is_copy):
            raise


def _looked_into(copy: Path, what: str, advice: str) -> Copy:
    """Return what is in the file `copy`, after a check of all of it.

    Raises:
        DatabaseUnusable: `what` is not sound; the sentence ends with the `advice`.
    """
    with closing(PanelDatabase(copy)) as database:
        database.connect()
        problems = database.integrity_problems()
        if problems:
            raise DatabaseUnusable(
                f"{what} is not sound ({problems[0]}): it was not taken. {advice}"
            )
        ((accounts, jobs, events),) = database.execute_sql(
            "SELECT (SELECT count(*) FROM account),"
            " (SELECT count(*) FROM job WHERE removed_at IS NULL), (SELECT count(*) FROM event)"
        )
        version = int(database.user_version)
    return Copy(copy, copy.stat().st_size, version, accounts, jobs, events)


def _remove(database: Path) -> None:
    for end in _OF_SQLITE:
        with suppress(FileNotFoundError):
            os.unlink(f"{database}{end}")


def _sync(path: Path) -> None:
    """Wait until what is in a file or a folder is on the disk."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
