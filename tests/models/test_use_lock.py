"""Everybody who has a database open holds it; whoever replaces it holds it alone."""

import os
import shutil
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from peewee import OperationalError

from models.customer.desk import CustomerDesk
from models.opening import open_copy, open_for_staff, open_read_only, open_to_check
from models.refusals import DatabaseBusy, DatabaseUnusable
from models.sqlite.database import PanelDatabase
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.use_lock import UseLock
from tests.conftest import insert_account
from tests.models.processes import session


def is_held(path: Path) -> bool:
    """Whether anybody has the database open."""
    alone = UseLock.alone(path)
    if alone is not None:
        alone.release()
    return alone is None


OPENINGS: dict[str, Callable[[Path], PanelDatabase | StaffDesk | CustomerDesk]] = {
    "staff": open_for_staff,
    "reading": open_read_only,
    "check": lambda path: open_to_check(path, writing=True),
    "desk": lambda path: StaffDesk.open(path, Actor("anna")),
    "customer": lambda path: CustomerDesk.open(path, (1001,)),
}


@pytest.fixture
def path_with_acme(path: Path) -> Path:
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        insert_account(desk, "acme")
    return path


@pytest.mark.parametrize("opening", OPENINGS)
def test_every_connection_holds_the_database_until_it_is_closed(
    path_with_acme: Path, opening: str
) -> None:
    with closing(OPENINGS[opening](path_with_acme)):
        assert is_held(path_with_acme)
    assert not is_held(path_with_acme)


def test_each_of_several_connections_holds_it(path: Path) -> None:
    first, second, other = open_for_staff(path), open_read_only(path), session(path)
    with other:
        first.close()
        assert is_held(path)
        second.close()
        assert is_held(path)
    assert not is_held(path)


def test_it_ends_with_a_process_that_is_killed(path: Path) -> None:
    with session(path) as other:
        assert is_held(path)
        other.kill()
        assert not is_held(path)


def test_a_connection_that_cannot_be_closed_yet_still_holds_it(path: Path) -> None:
    database = open_for_staff(path)
    with database.atomic():
        with pytest.raises(OperationalError, match="transaction is open"):
            database.close()
        assert is_held(path)
    database.close()
    assert not is_held(path)


@pytest.mark.parametrize("opening", OPENINGS)
def test_what_could_not_be_opened_is_not_held(path: Path, opening: str) -> None:
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(DatabaseUnusable):
        OPENINGS[opening](path)
    assert not is_held(path)


def test_no_opening_gets_in_beside_a_restore(path_with_acme: Path) -> None:
    alone = UseLock.alone(path_with_acme)
    assert alone is not None
    with pytest.raises(DatabaseBusy, match=f"{path_with_acme} is being restored from a backup"):
        UseLock.share(path_with_acme, make=True, patience=0.1)
    opened: list[StaffDesk] = []
    opening = threading.Thread(
        target=lambda: opened.append(StaffDesk.open(path_with_acme, Actor("anna")))
    )
    opening.start()
    # Whatever the one who waits sees, it is not the database that is gone for a moment.
    moved = path_with_acme.rename(path_with_acme.with_name("moved"))
    opening.join(0.2)
    assert opening.is_alive()
    moved.rename(path_with_acme)
    alone.release()
    opening.join()
    opened[0].close()


def test_other_names_of_a_database_are_the_same_database(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(path)
    with closing(open_read_only(link)):
        assert is_held(path)
        assert is_held(link)


def test_no_program_that_is_started_keeps_it(path: Path) -> None:
    lock = UseLock.share(path, make=True)
    (file,) = (
        int(number)
        for number in os.listdir("/dev/fd")
        if os.path.exists(f"/dev/fd/{number}") and _names(int(number), f"{path}.use")
    )
    assert not os.get_inheritable(file)
    lock.release()
    lock.release()


def _names(number: int, path: str) -> bool:
    return os.path.samestat(os.fstat(number), os.stat(path))


def test_whoever_may_open_the_database_may_hold_it(path: Path) -> None:
    path.chmod(0o660)
    with closing(open_read_only(path)):
        pass
    made = path.with_name("jobs.db.use").stat()
    assert stat.S_IMODE(made.st_mode) == 0o660
    assert made.st_size == 0


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_the_file_belongs_to_whom_the_database_belongs(path: Path) -> None:
    os.chown(path, 65534, 65534)
    open_read_only(path).close()
    made = path.with_name("jobs.db.use").stat()
    assert (made.st_uid, made.st_gid) == (65534, 65534)


def test_looking_leaves_no_file_behind(path: Path) -> None:
    before = {file.name for file in path.parent.iterdir()}
    copy = path.with_name("copy.db")
    shutil.copy(path, copy)
    open_copy(copy).close()
    open_to_check(path).close()
    with pytest.raises(DatabaseUnusable):
        open_for_staff(path.with_name("typo.db"))
    after = {file.name for file in path.parent.iterdir()}
    assert {name for name in after - before if not name.endswith(("-wal", "-shm"))} == {"copy.db"}


def test_a_lock_that_cannot_be_made_is_told(path: Path) -> None:
    path.with_name("jobs.db.use").symlink_to(path.parent / "nowhere" / "file")
    with pytest.raises(DatabaseUnusable, match="cannot be used: No such file"):
        open_for_staff(path)
