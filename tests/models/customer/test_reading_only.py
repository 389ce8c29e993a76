"""The customer's connection reads and nothing else, beside staff who write or are not there."""

import inspect
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from peewee import DatabaseError

from models.customer.desk import CustomerDesk
from models.drafts import JobDraft
from models.opening import open_read_only
from models.refusals import DatabaseUnusable, Interrupted, NotFound
from models.schema import newest_version
from models.sqlite.database import PanelDatabase
from models.staff.desk import StaffDesk
from models.values import JobStatus
from tests.models.desks import contents, hourly

As = Callable[..., CustomerDesk]

WRITES = [
    "INSERT INTO note (job_id, author_id, body, at) VALUES (1, 1, 'x', 1)",
    "UPDATE job SET status = 'canceled'",
    "UPDATE account SET company = 'Mine' WHERE id = 1001",
    "DELETE FROM task",
    "INSERT OR REPLACE INTO staff (id, login) VALUES (1, 'x')",
    "CREATE TABLE mine (id INTEGER)",
    "CREATE INDEX mine ON job (status)",
    "CREATE TRIGGER mine AFTER INSERT ON job BEGIN SELECT 1; END",
    "DROP TABLE task",
    "ALTER TABLE job ADD COLUMN mine TEXT",
    "INSERT INTO account_fts (account_fts) VALUES ('rebuild')",
    "PRAGMA user_version = 99",
    "PRAGMA application_id = 99",
    "VACUUM",
]


@pytest.fixture
def customer_database(path: Path, job: int) -> PanelDatabase:
    """A connection such as the customer's desk has."""
    return open_read_only(path)


@pytest.mark.parametrize("query_only", [1, 0])
def test_sqlite_itself_refuses_every_write(
    desk: StaffDesk, path: Path, customer_database: PanelDatabase, query_only: int
) -> None:
    """Also when the second of the two locks is opened: the file itself is open for reading."""
    before = contents(path)
    with closing(customer_database) as database:
        database.execute_sql(f"PRAGMA query_only = {query_only}")
        for sql in WRITES:
            with pytest.raises(DatabaseError) as refused:
                database.execute_sql(sql)
            assert "readonly" in str(refused.value), sql
    assert contents(path) == before
    assert desk.database.user_version == newest_version()


def test_a_connection_that_may_only_query_refuses_every_write(desk: StaffDesk, path: Path) -> None:
    """The other lock alone, on a file that is open for writing."""
    before = contents(path)
    with closing(PanelDatabase(path)) as database:
        database.connect()
        database.execute_sql("PRAGMA query_only = 1")
        for sql in WRITES:
            with pytest.raises(DatabaseError) as refused:
                database.execute_sql(sql)
            assert "readonly" in str(refused.value), sql
    assert contents(path) == before


@pytest.mark.parametrize("query_only", [1, 0])
def test_nobody_but_staff_changes_how_the_file_is_kept(
    desk: StaffDesk, path: Path, customer_database: PanelDatabase, query_only: int
) -> None:
    desk.close()
    before = path.read_bytes()
    with closing(customer_database) as database:
        database.execute_sql(f"PRAGMA query_only = {query_only}")
        with pytest.raises(DatabaseError):
            database.execute_sql("PRAGMA journal_mode = delete")
        assert database.journal_mode == "wal"
    assert path.read_bytes() == before


def test_no_other_file_is_written_through_the_connection(
    path: Path, customer_database: PanelDatabase
) -> None:
    other = path.with_name("other.db")
    with closing(customer_database) as database:
        database.execute_sql("ATTACH DATABASE ? AS other", (str(other),))
        for sql in ("CREATE TABLE other.mine (id)", "CREATE TABLE other.mine AS SELECT * FROM job"):
            with pytest.raises(DatabaseError, match="readonly"):
                database.execute_sql(sql)
        with pytest.raises(DatabaseError, match="readonly"):
            database.copy_to(path.with_name("copy.db"))
    assert not other.exists() or other.stat().st_size == 0


def test_the_desk_offers_nothing_that_writes(path: Path, as_customer: As, acme: int) -> None:
    public = {name for name, _ in inspect.getmembers(CustomerDesk) if not name.startswith("_")}
    reading = {
        "accounts",
        "data_version",
        "job",
        "jobs",
        "log_mark",
        "notes",
        "place_of_job",
        "place_of_task",
        "require_access",
        "require_current",
        "tasks",
    }
    assert public == reading | {"open", "close"}
    attributes = {name for name in vars(as_customer(acme)) if not name.startswith("_")}
    assert attributes == set()


def test_a_database_that_is_open_nowhere_else_is_read(
    path: Path, desk: StaffDesk, acme: int, job: int, as_customer: As
) -> None:
    desk.close()
    assert sorted(path.parent.glob("jobs.db-*")) == []
    assert as_customer(acme).job(job).id == job


def test_a_customer_reads_while_staff_write(
    desk: StaffDesk, acme: int, job: int, as_customer: As
) -> None:
    with desk.session.writing():
        desk.jobs.set_status(job, JobStatus.ON_HOLD)
        customer = as_customer(acme)
        assert customer.job(job).status is JobStatus.NEW
        assert customer.tasks(job).total == 1
    assert customer.job(job).status is JobStatus.ON_HOLD


def test_staff_write_while_a_customer_reads(
    desk: StaffDesk, acme: int, job: int, customer_database: PanelDatabase
) -> None:
    with closing(customer_database) as database, database.atomic("DEFERRED"):
        assert list(database.execute_sql("SELECT count(*) FROM job")) == [(1,)]
        desk.jobs.add(acme, JobDraft("Logo"))
        assert list(database.execute_sql("SELECT count(*) FROM job")) == [(1,)]
    assert desk.jobs.page(acme).total == 2


def test_each_change_is_noticed_by_the_data_version(
    desk: StaffDesk, acme: int, job: int, as_customer: As
) -> None:
    customer = as_customer(acme)
    changes: list[Callable[[], object]] = [
        lambda: desk.jobs.set_status(job, JobStatus.IN_PROGRESS),
        lambda: desk.tasks.add(job, hourly()),
        lambda: desk.notes.add(job, "Sent", visible_to_customer=True),
        lambda: desk.jobs.edit(job, 2, JobDraft("Site redesign", shown_to_customer=False)),
    ]
    for change in changes:
        seen = customer.data_version()
        assert customer.data_version() == seen
        change()
        assert customer.data_version() != seen
    with pytest.raises(NotFound):
        customer.job(job)


def test_a_failure_to_look_for_changes_is_a_refusal_in_words(path: Path, acme: int) -> None:
    database = open_read_only(path)
    with closing(CustomerDesk(database, (acme,))) as customer:
        database.connection().set_progress_handler(lambda: 1, 1)
        with pytest.raises(Interrupted):
            customer.data_version()


def test_a_customer_opens_nothing_that_is_not_ready(path: Path, desk: StaffDesk) -> None:
    desk.database.user_version = 99
    with pytest.raises(DatabaseUnusable, match="upgraded by a newer customjobs"):
        CustomerDesk.open(path, (1001,))
    empty = path.with_name("empty.db")
    empty.touch()
    with pytest.raises(DatabaseUnusable, match="is of an older version"):
        CustomerDesk.open(empty, (1001,))
    assert empty.stat().st_size == 0
    missing = path.with_name("missing.db")
    with pytest.raises(DatabaseUnusable, match=f"There is no database {missing}"):
        CustomerDesk.open(missing, (1001,))
    assert not missing.exists()
