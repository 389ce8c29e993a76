"""Finding and opening the database: which file is meant, and what is wrong with it, in words.

Every connection that is opened here holds the database from before it is opened until it is
closed, so that no restore puts another file in its place (models/use_lock.py).
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote

from models import schema
from models.refusals import BadInput, DatabaseBusy, DatabaseUnusable, NewerDatabase
from models.sqlite.confinement import ConfinedDatabase
from models.sqlite.database import WRITE_TIMEOUT, PanelDatabase
from models.sqlite.failures import BUSY, DATABASE_ERRORS, explain, explain_system
from models.sqlite.write_lock import LockTimeout
from models.use_lock import UseLock

RESTORING = ".restoring-"
"""What stands between the name of a database and the time in the name of its new contents."""

_EMPTY = "{path} is empty: there is no database in it."
_NOT_FOR_CUSTOMERS = "This cannot be shown right now. Please try again later."


def default_path() -> Path:
    """Return where the database is when none is named: the user's data directory."""
    from platformdirs import user_data_path

    return _file_of(str(user_data_path("customjobs", appauthor=False) / "customjobs.db"))


def path_from_url(url: str) -> Path:
    """Return the file that a path or a `sqlite:///path` URL names, links followed.

    Raises:
        BadInput: another kind of database, or no path of a file at all.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        if not url.strip():
            raise BadInput("The database has no name: give a path, such as /srv/jobs/jobs.db.")
        return _file_of(os.path.expanduser(url))
    # Any bytes are a name on Unix, and what is no UTF-8 is kept as Python keeps it (PEP 383).
    path = unquote(rest[1:], errors="surrogateescape")
    if scheme != "sqlite" or not rest.startswith("/") or not path or "\0" in path:
        raise BadInput(f"{url} is no database here: give a path, or sqlite:///path.")
    return _file_of(path)


def open_for_staff(
    path: Path, *, create: bool = False, write_timeout: float = WRITE_TIMEOUT
) -> PanelDatabase:
    """Open the database for reading and writing, made or upgraded first where needed.

    Args:
        path: the file.
        create: whether a missing file is made, in a folder that exists or the default one.
        write_timeout: seconds that a write waits for other sessions.

    Raises:
        DatabaseUnusable: it is missing, not a database, newer, or out of reach.
    """
    with explained(path):
        if create:
            make_default_folder(path)
        with _held(path, create=create) as use:
            if create and not path.exists():
                _create(path)
            database = PanelDatabase(
                path, immutable=_is_frozen(path), write_timeout=write_timeout, use=use
            )
            _connect(database, lambda: _prepare(database, create))
    return database


def open_read_only(path: Path, *, any_version: bool = False) -> PanelDatabase:
    """Open the database so that SQLite itself refuses every write.

    Args:
        path: the file.
        any_version: whether an older schema will do, which is not brought up to date.

    Raises:
        DatabaseUnusable: it is missing, not a database, of another version, or out of reach.
    """
    with explained(path), _held(path) as use:
        database = PanelDatabase(path, read_only=True, immutable=_is_frozen(path), use=use)
        _connect(database, lambda: _require_known(database, any_version=any_version))
    return database


def open_copy(path: Path) -> PanelDatabase:
    """Open a file with a database in which nobody works, such as a backup, to read only.

    It may be of an older version, and is not held.

    Raises:
        DatabaseUnusable: it is missing, not a database, damaged, newer, or out of reach.
    """
    with explained(path, is_copy=True):
        if not path.exists():
            raise DatabaseUnusable(f"There is no file {path}: check the path.")
        _require_no_folder(path)
        database = PanelDatabase(path, read_only=True, immutable=_is_frozen(path))
        _connect(database, lambda: _require_known(database, any_version=True))
    return database


def open_to_check(path: Path, *, writing: bool = False) -> PanelDatabase:
    """Open a database of this program, of any version and in any state, and change nothing of it.

    Raises:
        DatabaseUnusable: it is missing, damaged at the first look, or out of reach.
    """
    with explained(path), _held(path, mark=writing) as use:
        database = PanelDatabase(path, read_only=not writing, immutable=_is_frozen(path), use=use)
        _connect(database, lambda: schema.require_own(database))
    return database


def open_confined(path: Path, views: Mapping[str, str]) -> PanelDatabase:
    """Open the database to read nothing but `views`, each the name of a table and a `SELECT`.

    Raises:
        DatabaseUnusable: it is missing, not a database, of another version, or out of reach.
    """
    with explained(path), _held(path) as use:
        database = ConfinedDatabase(path, immutable=_is_frozen(path), use=use)

        def prepare() -> None:
            _require_known(database)
            database.confine(views)

        _connect(database, prepare)
    return database


@contextmanager
def explained(path: Path, *, is_copy: bool = False) -> Iterator[None]:
    """Turn a driver's errors about the file into refusals in words.

    `is_copy` says that it is a copy of a database, in which nobody works.
    """
    try:
        yield
    except LockTimeout as error:
        raise DatabaseBusy(BUSY) from error
    except DATABASE_ERRORS as error:
        refusal = explain(error, path, is_copy=is_copy)
        if refusal is None:
            raise
        raise refusal from error
    except OSError as error:
        raise explain_system(error, path) from error


@contextmanager
def explained_to_customers() -> Iterator[None]:
    """Turn all errors about the database into one sentence: the server is none of their business.

    What it was is the refusal's cause.
    """
    try:
        with explained(Path("The database")):
            yield
    except (DatabaseBusy, DatabaseUnusable) as refusal:
        if isinstance(refusal, NewerDatabase):
            raise
        raise DatabaseUnusable(_NOT_FOR_CUSTOMERS) from refusal


def make_default_folder(path: Path) -> None:
    """Make the folder of the default database; any other must be there.

    Raises:
        DatabaseUnusable: there is no folder to make the database `path` in.
    """
    folder = path.parent
    if path == default_path():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not folder.is_dir():
        raise DatabaseUnusable(f"There is no folder {folder} to make a database in.")


def interrupted_restores(path: Path) -> list[str]:
    """Return the marks of restores of `path` that did not come to their end, as times in UTC."""
    beginning = f"{path.name}{RESTORING}"
    found = [name for name in os.listdir(path.parent) if name.startswith(beginning)]
    marks = {name.removeprefix(beginning).partition("-")[0] for name in found}
    return sorted(marks)


def _file_of(path: str) -> Path:
    """Return the file itself, whatever links lead there, so that what lies beside it is one."""
    file = Path(os.path.realpath(path))
    if not file.name:
        raise BadInput(f"{file} is a folder, not a database: check the path.")
    return file


@contextmanager
def _held(path: Path, *, create: bool = False, mark: bool = True) -> Iterator[UseLock]:
    """Hold a database that is there, or is to be made; on a failure let go of it.

    `mark` says whether the file of the lock is made where it is missing.
    """
    _require_no_folder(path)
    use = UseLock.share(path, make=create or (mark and path.is_file()))
    try:
        if not path.exists():
            _explain_missing(path, create)
        yield use
    except BaseException:
        use.release()
        raise


def _require_no_folder(path: Path) -> None:
    """Refuse what is there and no file, about which SQLite's own words mislead."""
    if path.is_dir():
        raise DatabaseUnusable(f"{path} is a folder, not a database: check the path.")
    if path.exists() and not path.is_file():
        raise DatabaseUnusable(f"{path} is no file, and so no database: check the path.")


def _explain_missing(path: Path, create: bool) -> None:
    if path.parent.is_dir() and interrupted_restores(path):
        raise DatabaseUnusable(
            f"A restore of {path} was interrupted before its end: run customjobs restore again."
        )
    if not create:
        raise DatabaseUnusable(f"There is no database {path}: check the path.")


def _is_frozen(path: Path) -> bool:
    """Tell whether the file is all there is and nobody can change it: on a read-only disk.

    SQLite reads a database with a write-ahead log only together with that and with its index
    (https://sqlite.org/wal.html#read_only_databases), and makes both where they are missing.

    Raises:
        DatabaseUnusable: the log is there, but no index could be made.
    """
    if not os.statvfs(path).f_flag & os.ST_RDONLY:
        return False
    log, index = (Path(f"{path}{end}") for end in ("-wal", "-shm"))
    if not log.exists() or not log.stat().st_size:
        return True
    if not index.exists():
        raise DatabaseUnusable(
            f"{path} is on a read-only disk and was not closed before: without writing, what is in "
            f"{log} cannot be read. Copy both files to where they can be written, and open the "
            "copy."
        )
    return False


def _connect(database: PanelDatabase, prepare: Callable[[], None]) -> None:
    try:
        database.connect()
        prepare()
    except BaseException:
        database.close()
        raise


def _prepare(database: PanelDatabase, create: bool) -> None:
    if database.immutable:
        _require_known(database)
        return
    schema.require_own(database)
    if not create and not database.user_version:
        raise DatabaseUnusable(_EMPTY.format(path=database.path))
    schema.bring_up_to_date(database)


def _create(path: Path) -> None:
    # Another process may be faster.
    with suppress(FileExistsError):
        schema.create_file(path)


def _require_known(database: PanelDatabase, *, any_version: bool = False) -> None:
    schema.require_own(database)
    newest = schema.newest_version()
    schema.refuse_newer(database, newest)
    if database.user_version < newest and not any_version:
        raise DatabaseUnusable(
            f"{database.path} is of an older version: start the staff's panel once to upgrade it."
        )
    if not database.user_version:
        raise DatabaseUnusable(_EMPTY.format(path=database.path))
