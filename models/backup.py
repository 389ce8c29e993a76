"""Copies of the database while people work in it, and the way back to one of them.

A copy is a complete database of its own: the history, its guards, and the numbers that were given
out, which are never given out again. It is checked before it gets its name.

A restore loses nothing. It makes the new database ready under a name of its own,
`<database>.restoring-<time>`, moves the present one aside as `<database>.before-restore-<time>`,
then puts the new one in its place. A log (`-wal`, `-journal`) goes with its database and is never
left to another: SQLite would take what is in it for changes of that one. Whenever a restore is
killed, the database is the old one, the new one, or missing; while it is missing and the new one
lies ready nobody can make another, and the next restore moves the rest of the old one first.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
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
        BadInput: `target` is there already, or cannot be made in that place.
        DatabaseBusy: another backup into `target` is being made.
        DatabaseUnusable: the database cannot be read, the copy not be written, or is not sound.
    """
    with closing(open_read_only(database_path, any_version=True)) as database:
        with explained(target):
            _require_new(target, database.path)
        with _becoming(target) as unfinished:
            _fill(unfinished, database)
            what = f"The copy of {database.path}"
            return replace(_looked_into(unfinished, what), file=target)


def restore(database_path: Path, source: Path) -> Restored:
    """Put a copy of the database in the file `source` in the place of the database.

    The present database is kept beside it, whatever its state; it may also be missing.

    Raises:
        BadInput: `source` is the database itself, or the database is no file of this program.
        DatabaseBusy: someone has the database open.
        DatabaseUnusable: the copy is not sound, newer than this program, or cannot be written.
    """
    with explained(source):
        if not source.is_file():
            raise DatabaseUnusable(f"There is no file {source}: check the path.")
    database = Path(os.path.realpath(database_path))
    with explained(database):
        make_default_folder(database)
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
    if target.parent.samefile(own.parent) and target.name.removeprefix(own.name) in _OF_SQLITE:
        raise BadInput(f"{target} is a name that the database uses itself: name another file.")
    if os.path.lexists(target):
        raise BadInput(f"{target} is there already: name a file that is not.")


@contextmanager
def _becoming(target: Path) -> Iterator[Path]:
    """Yield an empty file for its owner alone, which gets the name `target` in the end.

    After a failure it is removed. What a killed run left behind is replaced.
    """
    unfinished = target.with_name(f"{target.name}.part")
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
    _finish_interrupted(database)
    _require_replaceable(database, source)
    mark = _new_mark(database)
    new = database.with_name(f"{database.name}{RESTORING}{mark}")
    schema.create_file(new)
    try:
        with closing(open_copy(source)) as copy:
            _fill(new, copy)
        found = replace(_looked_into(new, str(source)), file=source)
        _make_ready(new, database)
    except BaseException:
        _remove(new)
        raise
    kept = _move_aside(database, mark)
    os.rename(new, database)
    _sync(database.parent)
    return Restored(database, found, kept if kept.exists() else None)


def _in_use(database: Path) -> str:
    people = ", ".join(dict.fromkeys(person.login for person in sessions_of(database)))
    if people:
        return f"{database} is in use, by {people}: ask them to leave the panel, then try again."
    return (
        f"{database} is in use, by a customer's session or another command: try again when it "
        "has ended."
    )


def _finish_interrupted(database: Path) -> None:
    """Bring the old database and its log together again, and throw away what lay ready."""
    for mark in interrupted_restores(database):
        if not database.exists():
            _move_aside(database, mark)
        _remove(database.with_name(f"{database.name}{RESTORING}{mark}"))


def _require_replaceable(database: Path, source: Path) -> None:
    """Refuse to replace what is no damaged, missing or sound database of this program."""
    if not database.exists():
        return
    if source.samefile(database):
        raise BadInput(f"{source} is the database itself: name a backup.")
    if not database.is_file():
        raise BadInput(f"{database} is no file: nothing is restored there.")
    with closing(PanelDatabase(database, read_only=True)) as present, suppress(*DATABASE_ERRORS):
        present.connect()
        schema.require_own(present)


def _new_mark(database: Path) -> str:
    """Return the time in UTC, as it stands in names of files; no database is kept under it."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    mark, number = now, 1
    while any(os.path.lexists(f"{_kept(database, mark)}{end}") for end in ("", *_LOGS)):
        number += 1
        mark = f"{now}.{number}"
    return mark


def _kept(database: Path, mark: str) -> Path:
    return database.with_name(f"{database.name}.before-restore-{mark}")


def _make_ready(new: Path, database: Path) -> None:
    """Let the new database be as sessions expect it, and as the old one was to the system.

    Numbers that the old one gave out are not given out again, as far as it can be read: they
    stand on bills and in letters.
    """
    with closing(PanelDatabase(new)) as copy:
        copy.connect()
        copy.use_write_ahead_log()
        with copy.atomic("DEFERRED"):  # nobody else can write, and it needs no file for a lock
            for table, last in _numbers_given_out(database).items():
                copy.execute_sql(
                    "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (last, table)
                )
    with suppress(FileNotFoundError):
        model = database.stat()
        os.chmod(new, model.st_mode & 0o777)
        with suppress(PermissionError):
            os.chown(new, model.st_uid, model.st_gid)
    _sync(new)


def _numbers_given_out(database: Path) -> dict[str, int]:
    """Return the last number of each table; none where the database cannot be read."""
    with (
        closing(PanelDatabase(database, read_only=True)) as present,
        suppress(*DATABASE_ERRORS),
    ):
        present.connect()
        return dict(present.execute_sql("SELECT name, seq FROM sqlite_sequence"))
    return {}


def _move_aside(database: Path, mark: str) -> Path:
    """Keep the database and what belongs to it under another name, which is returned.

    The database goes first: without it nothing can meet its log, and nobody begins a new one.
    """
    kept = _kept(database, mark)
    for end in ("", *_LOGS):
        with suppress(FileNotFoundError):
            if end and not os.path.getsize(f"{database}{end}"):
                os.unlink(f"{database}{end}")
            else:
                os.rename(f"{database}{end}", f"{kept}{end}")
            _sync(database.parent)
    with suppress(FileNotFoundError):
        os.unlink(f"{database}-shm")
    _sync(database.parent)
    return kept


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
    try:
        source.copy_to(target)
    except DATABASE_ERRORS as error:
        with explained(target if concerns_writing(error) else source.path):
            raise


def _looked_into(copy: Path, what: str) -> Copy:
    """Return what is in the file `copy`, after a check of all of it."""
    with closing(PanelDatabase(copy)) as database:
        database.connect()
        _require_sound(what, database)
        ((accounts, jobs, events),) = database.execute_sql(
            "SELECT (SELECT count(*) FROM account),"
            " (SELECT count(*) FROM job WHERE removed_at IS NULL), (SELECT count(*) FROM event)"
        )
        version = int(database.user_version)
    return Copy(copy, copy.stat().st_size, version, accounts, jobs, events)


def _require_sound(what: str, database: PanelDatabase) -> None:
    problems = database.integrity_problems()
    if problems:
        raise DatabaseUnusable(
            f"{what} is not sound ({problems[0]}): it was not taken. Run customjobs check."
        )


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
