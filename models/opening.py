"""Finding and opening the database: which file is meant, and what is wrong with it, in words."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote

from peewee import PeeweeException

from models import schema
from models.refusals import BadInput, DatabaseBusy, DatabaseUnusable
from models.sqlite.confinement import ConfinedDatabase
from models.sqlite.database import WRITE_TIMEOUT, PanelDatabase
from models.sqlite.failures import BUSY, explain
from models.sqlite.write_lock import LockTimeout


def default_path() -> Path:
    """Return where the database is when none is named: the user's data directory."""
    from platformdirs import user_data_path

    return user_data_path("customjobs", appauthor=False) / "customjobs.db"


def path_from_url(url: str) -> Path:
    """Return the file that a path or a `sqlite:///path` URL names.

    Raises:
        BadInput: another kind of database, or no path at all.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        if not url.strip():
            raise BadInput("The database has no name: give a path, such as /srv/jobs/jobs.db.")
        return Path(url).expanduser().absolute()
    if scheme != "sqlite" or not rest.startswith("/") or not rest[1:]:
        raise BadInput(f"{url} is no database here: give a path, or sqlite:///path.")
    return Path(unquote(rest[1:])).absolute()


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
        if not path.exists():
            if not create:
                raise DatabaseUnusable(f"There is no database {path}: check the path.")
            _create(path)
        database = PanelDatabase(path, write_timeout=write_timeout)
        _connect(database, lambda: _prepare(database, create))
    return database


def open_read_only(path: Path) -> PanelDatabase:
    """Open the database so that SQLite itself refuses every write.

    Raises:
        DatabaseUnusable: it is missing, not a database, of another version, or out of reach.
    """
    database = PanelDatabase(path, read_only=True)
    _connect_to_current(database, lambda: None)
    return database


def open_confined(path: Path, views: Mapping[str, str]) -> PanelDatabase:
    """Open the database to read nothing but `views`, each the name of a table and a `SELECT`.

    Raises:
        DatabaseUnusable: it is missing, not a database, of another version, or out of reach.
    """
    database = ConfinedDatabase(path)
    _connect_to_current(database, lambda: database.confine(views))
    return database


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn a driver's errors about the file into refusals in words."""
    try:
        yield
    except LockTimeout as error:
        raise DatabaseBusy(BUSY) from error
    except PeeweeException as error:
        refusal = explain(error, path)
        if refusal is None:
            raise
        raise refusal from error
    except OSError as error:
        raise DatabaseUnusable(f"{path} cannot be used: {error.strerror or error}.") from error


def _connect(database: PanelDatabase, prepare: Callable[[], None]) -> None:
    database.connect()
    try:
        prepare()
    except BaseException:
        database.close()
        raise


def _prepare(database: PanelDatabase, create: bool) -> None:
    schema.require_own(database)
    if not create and not database.user_version:
        raise DatabaseUnusable(f"{database.path} is empty: there is no database in it.")
    schema.bring_up_to_date(database)


def _create(path: Path) -> None:
    folder = path.parent
    if path == default_path():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not folder.is_dir():
        raise DatabaseUnusable(f"There is no folder {folder} to make a database in.")
    # Another process may be faster.
    with suppress(FileExistsError):
        schema.create_file(path)


def _connect_to_current(database: PanelDatabase, prepare: Callable[[], None]) -> None:
    def prepare_current() -> None:
        _require_current(database)
        prepare()

    with explained(database.path):
        if not database.path.exists():
            raise DatabaseUnusable(f"There is no database {database.path}.")
        _connect(database, prepare_current)


def _require_current(database: PanelDatabase) -> None:
    schema.require_own(database)
    newest = schema.newest_version()
    schema.refuse_newer(database, newest)
    if database.user_version < newest:
        raise DatabaseUnusable(
            f"{database.path} is of an older version: start the staff's panel once to upgrade it."
        )
