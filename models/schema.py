"""The schema's versions: making a new database, bringing an older one up to date.

The version is the number of the newest migration; it stands in the file's `user_version`, where
older programs and foreign tools can read it cheaply.
"""

import os
from pathlib import Path

from models.refusals import DatabaseBusy, DatabaseUnusable, NewerDatabase
from models.sqlite.database import APPLICATION_ID, PanelDatabase
from models.sqlite.write_lock import LockTimeout, WriteLock

MIGRATIONS = Path(__file__).parent / "migrations"

MIGRATION_TIMEOUT = 120.0
"""Seconds to wait for another process that is migrating the same database."""


def newest_version(directory: Path = MIGRATIONS) -> int:
    """Return the version that this program writes: the number of its newest migration."""
    return max(int(file.name[:4]) for file in directory.glob("[0-9]*.py"))


def create_file(path: Path) -> None:
    """Make an empty database file that only its owner can read.

    Raises:
        FileExistsError: someone else was faster.
        OSError: the folder is missing or not writable.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def bring_up_to_date(database: PanelDatabase, directory: Path = MIGRATIONS) -> None:
    """Apply what is missing of the schema; one process at a time, after a safe copy.

    Raises:
        NewerDatabase: a newer program wrote this database.
        DatabaseUnusable: the file belongs to another program.
        DatabaseBusy: another process kept migrating it for too long.
    """
    newest = newest_version(directory)
    require_own(database)
    refuse_newer(database, newest)
    if database.user_version == newest and database.has_write_ahead_log:
        return
    lock_file = database.path.with_name(database.path.name + ".migrate")
    lock = WriteLock(lock_file, MIGRATION_TIMEOUT, like=database.path)
    try:
        lock.acquire()
    except LockTimeout as error:
        raise DatabaseBusy(f"Another session is upgrading {database.path}: try later.") from error
    try:
        # Not at each opening: two processes that switch it on at once refuse each other.
        database.use_write_ahead_log()
        if database.user_version < newest:
            _migrate(database, directory, newest)
    finally:
        lock.release()


def refuse_newer(database: PanelDatabase, newest: int) -> None:
    """Raise `NewerDatabase` when the file was written by a program newer than `newest`."""
    if database.user_version > newest:
        raise NewerDatabase(
            f"{database.path} was upgraded by a newer customjobs (schema {database.user_version}; "
            f"this one knows {newest}). Start the newer program; nothing was changed."
        )


def require_own(database: PanelDatabase) -> None:
    """Raise `DatabaseUnusable` for a file that another program made."""
    # In one view: another process may be making the database right now.
    with database.atomic("DEFERRED"):
        if database.application_id == APPLICATION_ID:
            return
        if database.application_id or database.user_version or database.get_tables():
            raise DatabaseUnusable(f"{database.path} is the database of another program.")


def safe_copy_path(database: PanelDatabase) -> Path:
    """Return where the copy goes that is made before the schema changes."""
    name = f"{database.path.name}.schema-{database.user_version}"
    return database.path.with_name(name)


def _migrate(database: PanelDatabase, directory: Path, newest: int) -> None:
    # Imported here: 50 ms that only a first start and an upgrade pay.
    from playhouse.migrations import Runner

    if database.user_version:
        _make_safe_copy(database)
    runner = Runner(database, str(directory))
    if any(migration.path is None for migration in runner.status()):
        raise NewerDatabase(f"{database.path} was upgraded by a newer customjobs.")
    # Switched off for steps that make a table anew; within a transaction it would be too late.
    database.foreign_keys = 0
    try:
        with database.atomic():
            runner.up()
            database.user_version = newest
    finally:
        database.foreign_keys = 1


def _make_safe_copy(database: PanelDatabase) -> None:
    target = safe_copy_path(database)
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    # Made beforehand, so that nobody else can read it while it is being filled.
    create_file(unfinished)
    database.copy_to(unfinished)
    with unfinished.open("rb") as copy:
        os.fsync(copy.fileno())
    unfinished.replace(target)
