"""How a connection is opened, what is in force on it, and what it leaves behind."""

import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from peewee import IntegrityError, OperationalError

from models.opening import open_for_staff, open_read_only
from models.sqlite.database import PanelDatabase
from models.sqlite.driver import Library, library
from models.sqlite.write_lock import LockTimeout
from models.staff.desk import StaffDesk
from tests.conftest import insert_account
from tests.models.desks import fill
from tests.models.processes import CHECKOUT

SHARED = {
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "trusted_schema": 0,
    "temp_store": 2,
    "cache_size": -2000,
    "busy_timeout": 10_000,
    "journal_mode": "wal",
    "mmap_size": 0,
}
WRITER = SHARED | {"synchronous": 2, "journal_size_limit": 67_108_864, "query_only": 0}


def pragmas(database: PanelDatabase, names: dict[str, object]) -> dict[str, object]:
    """Return the values in force of these pragmas."""
    return {name: database.pragma(name) for name in names}


def test_what_is_promised_is_in_force(path: Path) -> None:
    with closing(open_for_staff(path)) as database:
        assert pragmas(database, WRITER) == WRITER
    reader = SHARED | {"query_only": 1}
    with closing(open_read_only(path)) as database:
        assert pragmas(database, reader) == reader


def test_a_write_waits_as_long_as_it_was_told(path: Path) -> None:
    with closing(open_for_staff(path, write_timeout=0.5)) as database:
        assert pragmas(database, {"busy_timeout": None}) == {"busy_timeout": 500}
        assert database.write_lock.timeout == 0.5


def test_a_write_is_immediate_and_behind_the_lock(path: Path) -> None:
    with closing(open_for_staff(path)) as database, closing(open_for_staff(path)) as other:
        held = [database.write_lock.held]
        with database.atomic():
            held.append(database.write_lock.held)
            other.execute_sql("PRAGMA busy_timeout = 0")
            with pytest.raises(OperationalError, match="locked"):
                other.execute_sql("BEGIN IMMEDIATE")
        with database.atomic("DEFERRED"):
            held.append(database.write_lock.held)
            other.execute_sql("BEGIN IMMEDIATE")
            other.execute_sql("ROLLBACK")
        assert held == [False, True, False]


def fault_of_the_program(database: PanelDatabase) -> None:
    raise ZeroDivisionError


def statement_that_fails(database: PanelDatabase) -> None:
    database.execute_sql("INSERT INTO staff (login) VALUES (NULL)")


def rollback_by_sqlite_itself(database: PanelDatabase) -> None:
    """It does so when a disk is full, for one."""
    database.execute_sql("INSERT OR ROLLBACK INTO staff (login) VALUES (NULL)")


def commit_that_fails(database: PanelDatabase) -> None:
    """The reference is checked only at the end."""
    database.execute_sql("PRAGMA defer_foreign_keys = 1")
    database.execute_sql("INSERT INTO staff (login, provider_id) VALUES ('ben', 777)")


@pytest.mark.parametrize(
    ("work", "error"),
    [
        (fault_of_the_program, ZeroDivisionError),
        (statement_that_fails, IntegrityError),
        (rollback_by_sqlite_itself, IntegrityError),
        (commit_that_fails, IntegrityError),
    ],
)
def test_a_write_that_fails_leaves_nothing_and_no_lock(
    path: Path, work: Callable[[PanelDatabase], None], error: type[Exception]
) -> None:
    with closing(open_for_staff(path)) as database:
        with pytest.raises(error):
            write(database, work)
        assert not database.write_lock.held
        assert not database.connection().in_transaction
        assert list(database.execute_sql("SELECT * FROM staff")) == []
        write(database, lambda _: None)


def write(database: PanelDatabase, work: Callable[[PanelDatabase], None]) -> None:
    """Write a row, then do the work, in one transaction."""
    with database.atomic():
        database.execute_sql("INSERT INTO staff (login) VALUES ('anna')")
        work(database)


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with closing(open_for_staff(path, create=True)) as database:
        with database.atomic():
            database.execute_sql("INSERT INTO staff (login) VALUES ('anna')")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert set(modes) >= {"new.db", "new.db-wal", "new.db-shm", "new.db.lock"}
    assert set(modes.values()) == {0o600}


def test_nothing_of_the_log_is_left_after_the_last_one_closed(path: Path) -> None:
    first, second = open_for_staff(path), open_for_staff(path)
    with first.atomic():
        first.execute_sql("INSERT INTO staff (login) VALUES ('anna')")
    first.close()
    assert path.with_name("jobs.db-wal").exists()
    second.close()
    assert sorted(path.parent.glob("jobs.db-*")) == []


def test_a_copy_is_whole_and_of_one_moment(
    path: Path, open_desk: Callable[..., StaffDesk], tmp_path: Path
) -> None:
    desk = open_desk("anna")
    ids = fill(desk, insert_account(desk, "acme"))
    copy = tmp_path / "copy.db"
    desk.database.copy_to(copy)
    desk.jobs.remove(ids.job)
    with closing(open_for_staff(copy)) as database:
        assert database.journal_mode == "wal"
        assert list(database.execute_sql("SELECT count(*) FROM job WHERE removed_at IS NULL")) == [
            (1,)
        ]
        assert database.integrity_problems() == []


def test_the_planner_learns_how_the_data_are(
    path: Path, open_desk: Callable[..., StaffDesk]
) -> None:
    desk = open_desk("anna")
    for number in range(20):
        insert_account(desk, f"acme{number}", [f"acme{number}.example"])
    with desk.session.writing():
        desk.database.refresh_statistics()
    tables = {
        name for (name,) in desk.database.execute_sql("SELECT DISTINCT tbl FROM sqlite_stat1")
    }
    assert {"account", "domain"} <= tables
    assert desk.search.page("acme7").total == 1


def test_damage_is_found_where_it_is(path: Path) -> None:
    with closing(open_for_staff(path)) as database:
        assert database.integrity_problems() == []
        database.execute_sql("PRAGMA foreign_keys = 0")
        with database.atomic():
            database.execute_sql("INSERT INTO staff (login, provider_id) VALUES ('x', 777)")
        assert database.integrity_problems() == ["staff row 1 refers to a missing account"]


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_which_sqlite_is_safe_for_several_writers(
    version: tuple[int, int, int], safe: bool
) -> None:
    one = Library("pysqlite3", version)
    assert (one.is_safe, one.version_text) == (safe, ".".join(map(str, version)))


def test_the_library_in_use_is_the_one_that_runs(path: Path) -> None:
    with closing(open_for_staff(path)) as database:
        ((running,),) = database.execute_sql("SELECT sqlite_version()")
    assert library().version_text == running
    assert library().driver in ("pysqlite3", "sqlite3")


WITHOUT_PYSQLITE = """
import sys
sys.modules["pysqlite3"] = None
from pathlib import Path
from models.access.grants import grant_of_key
from models.customer.desk import CustomerDesk
from models.drafts import JobDraft
from models.sqlite.driver import library
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account

path = Path(sys.argv[1])
desk = StaffDesk.open(path, Actor("anna"), create=True)
account = insert_account(desk, "acme", ["acme.example"])
desk.jobs.add(account, JobDraft("Site redesign"))
customer = CustomerDesk.open(path, (account,))
print(library().driver, desk.search.page("acm").total, customer.jobs(account).rows[0].description)
"""


def test_the_interpreters_own_library_does_the_work_too(tmp_path: Path) -> None:
    """Where there is no wheel of another one."""
    command = [sys.executable, "-c", WITHOUT_PYSQLITE, str(tmp_path / "jobs.db")]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("sqlite3 1 Site redesign\n", "")


def test_the_log_looks_different_after_each_commit_of_anybody(desk: StaffDesk, path: Path) -> None:
    with closing(open_read_only(path)) as reader:
        seen = {reader.log_mark()}
        for number in range(5):
            insert_account(desk, f"user{number}")
            assert reader.log_mark() not in seen
            seen.add(reader.log_mark())
        assert reader.log_mark() in seen


def test_without_a_log_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    assert PanelDatabase(tmp_path / "nowhere.db").log_mark() is None


def test_a_database_is_the_same_by_whatever_link_it_is_opened(path: Path, tmp_path: Path) -> None:
    """One write lock, and a log that is found."""
    folder, link = tmp_path / "elsewhere", tmp_path / "elsewhere" / "link.db"
    folder.mkdir()
    link.symlink_to(path)
    with closing(open_for_staff(path)) as first, closing(open_for_staff(link)) as second:
        with first.atomic():
            second.write_lock.timeout = 0.05
            with pytest.raises(LockTimeout):
                second.write_lock.acquire()
        assert first.log_mark() is not None
        assert first.log_mark() == second.log_mark()
    assert [file.name for file in folder.iterdir()] == ["link.db"]
