"""A database of its own for every test, and the hosting company's desk on it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from models.opening import open_for_staff
from models.settings import Settings
from models.sqlite.database import WRITE_TIMEOUT
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.models.desks import Clock


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without any data, to be copied."""
    path = tmp_path_factory.mktemp("new") / "new.db"
    StaffDesk.open(path, Actor("maker"), create=True).close()
    return path


@pytest.fixture
def path(new_database: Path, tmp_path: Path) -> Path:
    """The test's own database."""
    path = tmp_path / "jobs.db"
    shutil.copy(new_database, path)
    return path


@pytest.fixture
def desk(path: Path) -> Iterator[StaffDesk]:
    """Anna's desk at the hosting company."""
    with closing(StaffDesk.open(path, Actor("anna", "Anna"))) as desk:
        yield desk


@pytest.fixture
def clock() -> Clock:
    """The time at all desks of the test."""
    return Clock()


@pytest.fixture
def open_desk(path: Path, clock: Clock) -> Iterator[Callable[..., StaffDesk]]:
    """Returns `open_desk(login, provider)`, for desks that are closed after the test."""
    with ExitStack() as desks:

        def open_one(
            login: str,
            provider: int | None = None,
            settings: Settings | None = None,
            display_name: str | None = None,
            write_timeout: float = WRITE_TIMEOUT,
        ) -> StaffDesk:
            name = login.capitalize() if display_name is None else display_name
            actor = Actor(login, name, f"session of {login}")
            database = open_for_staff(path, write_timeout=write_timeout)
            desks.callback(database.close)
            return StaffDesk(database, actor, provider, settings, clock)

        yield open_one
