"""Making a database and bringing it up to date: once, whole, after a copy, or not at all."""

import os
import shutil
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from models import schema
from models.opening import open_for_staff
from models.refusals import DatabaseBusy, NewerDatabase
from models.schema import MIGRATIONS, bring_up_to_date, newest_version
from models.sqlite.database import PanelDatabase
from models.sqlite.write_lock import WriteLock
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.models.processes import CHECKOUT

NEXT_STEP = """
def up(_migrator, db):
    db.execute_sql("ALTER TABLE job ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'")
    db.execute_sql("INSERT INTO staff (login) VALUES ('migrated')")
"""
FAILING = """
def up(_migrator, db):
    db.execute_sql("CREATE TABLE half (id INTEGER) STRICT")
    db.execute_sql("INSERT INTO nowhere VALUES (1)")
"""
LOOKING = """
from contextlib import closing
from models.schema import require_own
from models.sqlite.database import APPLICATION_ID, PanelDatabase

def up(_migrator, db):
    db.application_id = APPLICATION_ID
    with closing(PanelDatabase(db.path)) as other:
        other.connect()
        require_own(other)
        assert other.get_tables() == []
    db.execute_sql("CREATE TABLE seen (id INTEGER) STRICT")
"""
UPGRADE = """
import sys
from pathlib import Path
from models.schema import bring_up_to_date
from models.sqlite.database import PanelDatabase

database = PanelDatabase(Path(sys.argv[1]))
database.connect()
print("ready", flush=True)
sys.stdin.readline()
bring_up_to_date(database, Path(sys.argv[2]))
print(database.user_version)
database.close()
"""
CREATE = """
import sys
from pathlib import Path
import playhouse.migrations
from models.opening import open_for_staff

print("ready", flush=True)
sys.stdin.readline()
database = open_for_staff(Path(sys.argv[1]), create=True)
print(database.user_version)
database.close()
"""


NEWEST = newest_version()
NEXT = NEWEST + 1
SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    """The migrations of this program and one more."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / f"{NEXT:04}_colour.py").write_text(NEXT_STEP)
    return folder


def opened(path: Path) -> PanelDatabase:
    """Return a connection that leaves the schema as it is."""
    database = PanelDatabase(path)
    database.connect()
    return database


def logins(database: PanelDatabase) -> list[str]:
    return [login for (login,) in database.execute_sql("SELECT login FROM staff")]


def columns(database: PanelDatabase, table: str) -> set[str]:
    return {
        name for (name,) in database.execute_sql(f"SELECT name FROM pragma_table_info('{table}')")
    }


def at_once(code: str, *arguments: object) -> list[str]:
    """Run the program in four processes that start at the same moment; return what they said."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    pipe = subprocess.PIPE
    running = [
        subprocess.Popen(command, cwd=CHECKOUT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        for _ in range(4)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    ends = [process.communicate() for process in running]
    return [said.strip() + complaint for said, complaint in ends]


def test_an_upgrade_keeps_the_data(path: Path, steps: Path) -> None:
    with closing(open_for_staff(path)) as database, database.atomic():
        database.execute_sql("INSERT INTO staff (login) VALUES ('anna')")
    with closing(opened(path)) as database:
        bring_up_to_date(database, steps)
        assert (database.user_version, logins(database)) == (NEXT, ["anna", "migrated"])
        assert "colour" in columns(database, "job")
        assert database.foreign_keys == 1
        assert database.journal_mode == "wal"
        assert database.integrity_problems() == []
        bring_up_to_date(database, steps)
        assert logins(database) == ["anna", "migrated"]


def test_a_safe_copy_is_made_before_an_upgrade(path: Path, steps: Path) -> None:
    with closing(open_for_staff(path)) as database, database.atomic():
        database.execute_sql("INSERT INTO staff (login) VALUES ('anna')")
    with closing(opened(path)) as database:
        copy = schema.safe_copy_path(database)
        bring_up_to_date(database, steps)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert not copy.with_name(copy.name + ".part").exists()
    with closing(open_for_staff(copy)) as database:
        assert (database.user_version, logins(database)) == (NEWEST, ["anna"])
        assert database.integrity_problems() == []


def test_a_copy_that_was_cut_off_is_made_again(path: Path, steps: Path) -> None:
    with closing(opened(path)) as database:
        copy = schema.safe_copy_path(database)
        copy.with_name(copy.name + ".part").write_text("half a copy")
        bring_up_to_date(database, steps)
    with closing(open_for_staff(copy)) as database:
        assert database.user_version == NEWEST


@pytest.mark.parametrize("version", range(1, NEWEST))
def test_a_database_of_every_older_version_is_brought_up_to_date(
    version: int, tmp_path: Path
) -> None:
    path, older = tmp_path / "old.db", tmp_path / "older"
    schema.create_file(path)
    older.mkdir()
    for number in range(1, version + 1):
        shutil.copy(next(MIGRATIONS.glob(f"{number:04}_*.py")), older)
    with closing(opened(path)) as database:
        bring_up_to_date(database, older)
        assert database.user_version == version
        made_of_old = list(database.execute_sql(SCHEMA))
    with closing(open_for_staff(path)) as database, closing(opened(new_database(tmp_path))) as new:
        assert list(database.execute_sql(SCHEMA)) == list(new.execute_sql(SCHEMA)) != made_of_old
        assert database.integrity_problems() == []


@pytest.mark.parametrize("version", range(1, NEWEST))
def test_an_older_history_is_kept_and_still_takes_additions_only(
    version: int, tmp_path: Path
) -> None:
    path, older = tmp_path / "old.db", tmp_path / "older"
    schema.create_file(path)
    older.mkdir()
    for number in range(1, version + 1):
        shutil.copy(next(MIGRATIONS.glob(f"{number:04}_*.py")), older)
    with closing(opened(path)) as database:
        bring_up_to_date(database, older)
        with database.atomic():
            database.execute_sql("INSERT INTO staff (login) VALUES ('anna')")
            database.execute_sql(
                "INSERT INTO event (at, actor_id, kind, record, before, after)"
                " VALUES (1, 1, 'import-run', 1, '{}', '{\"added\": 2}')"
            )
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        for statement in ("UPDATE event SET undoes = id", "DELETE FROM event"):
            with pytest.raises(Exception, match="the history is never"):
                desk.database.execute_sql(statement)
        (event,) = desk.history.page().rows
        assert (event.summary, event.undoes) == ("Import: 2 added", None)


def new_database(folder: Path) -> Path:
    path = folder / "made-new.db"
    open_for_staff(path, create=True).close()
    return path


def test_a_new_database_needs_no_copy(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    open_for_staff(path, create=True).close()
    assert {file.name for file in tmp_path.iterdir()} == {
        "new.db", "new.db.lock", "new.db.migrate", "new.db.use",
    }  # fmt: skip


def test_processes_that_upgrade_at_once_upgrade_once(path: Path, steps: Path) -> None:
    assert at_once(UPGRADE, path, steps) == [str(NEXT)] * 4
    with closing(opened(path)) as database:
        assert logins(database) == ["migrated"]
        names = [name for (name,) in database.execute_sql("SELECT name FROM schema_migration")]
        assert names[-1] == f"{NEXT:04}_colour"
        assert len(names) == NEXT
    assert [copy.name for copy in path.parent.glob("*.schema-*")] == [f"jobs.db.schema-{NEWEST}"]


def test_processes_that_create_at_once_create_once(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    assert at_once(CREATE, path) == [str(NEWEST)] * 4
    with closing(open_for_staff(path)) as database:
        assert database.integrity_problems() == []


def test_who_looks_in_while_a_database_is_made_sees_an_empty_one(tmp_path: Path) -> None:
    path, folder = tmp_path / "new.db", tmp_path / "migrations"
    schema.create_file(path)
    folder.mkdir()
    (folder / "0001_looking.py").write_text(LOOKING)
    with closing(opened(path)) as database:
        bring_up_to_date(database, folder)
        assert database.get_tables() == ["schema_migration", "seen"]


def test_whose_a_database_is_is_seen_in_one_look(tmp_path: Path) -> None:
    """Another session finishes making it between two questions about it."""
    path = tmp_path / "new.db"
    schema.create_file(path)
    with closing(opened(path)) as database:
        database.use_write_ahead_log()

        def finish(statement: str) -> None:
            if "user_version" in statement:
                open_for_staff(path, create=True).close()

        database.connection().set_trace_callback(finish)
        schema.require_own(database)
        database.connection().set_trace_callback(None)
        assert database.user_version == newest_version()


def test_an_upgrade_that_fails_leaves_everything_as_it_was(path: Path, steps: Path) -> None:
    """The step before the failing one is taken back as well."""
    (steps / f"{NEXT + 1:04}_failing.py").write_text(FAILING)
    with closing(opened(path)) as database:
        before = list(database.execute_sql("SELECT * FROM sqlite_master"))
        with pytest.raises(Exception, match="no such table: nowhere"):
            bring_up_to_date(database, steps)
        assert list(database.execute_sql("SELECT * FROM sqlite_master")) == before
        assert (database.user_version, logins(database)) == (NEWEST, [])
        assert (database.write_lock.held, database.foreign_keys) == (False, 1)
        (steps / f"{NEXT + 1:04}_failing.py").unlink()
        bring_up_to_date(database, steps)
        assert (database.user_version, logins(database)) == (NEXT, ["migrated"])


def test_a_first_schema_that_fails_leaves_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    schema.create_file(path)
    broken = tmp_path / "migrations"
    broken.mkdir()
    (broken / "0001_broken.py").write_text(FAILING)
    with closing(opened(path)) as database:
        with pytest.raises(Exception, match="no such table: nowhere"):
            bring_up_to_date(database, broken)
        assert database.get_tables() == []
    with closing(open_for_staff(path, create=True)) as database:
        assert database.user_version == newest_version()


def test_a_process_that_waits_too_long_for_another_upgrade_is_told(
    path: Path, steps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "MIGRATION_TIMEOUT", 0.05)
    other = WriteLock(path.with_name(path.name + ".migrate"), 1)
    other.acquire()
    with closing(opened(path)) as database:
        with pytest.raises(DatabaseBusy, match="Another session is upgrading"):
            bring_up_to_date(database, steps)
        other.release()
        bring_up_to_date(database, steps)
        assert database.user_version == NEXT


def test_the_older_program_refuses_what_the_newer_one_upgraded(path: Path, steps: Path) -> None:
    with closing(opened(path)) as database:
        bring_up_to_date(database, steps)
    with pytest.raises(
        NewerDatabase, match=f"schema {NEXT}; this one knows {NEWEST}.*nothing was changed"
    ):
        open_for_staff(path)


def test_a_step_that_this_program_does_not_know_marks_a_newer_database(
    path: Path, steps: Path
) -> None:
    with closing(opened(path)) as database:
        with database.atomic():
            database.execute_sql(
                "INSERT INTO schema_migration (name, applied) VALUES ('0009_later', '2030-01-01')"
            )
        with pytest.raises(NewerDatabase):
            bring_up_to_date(database, steps)
        assert database.user_version == NEWEST


def test_a_step_may_make_a_table_anew_that_others_refer_to(path: Path, steps: Path) -> None:
    (steps / f"{NEXT + 1:04}_anew.py").write_text(
        "def up(_migrator, db):\n"
        "    db.execute_sql('CREATE TABLE anew AS SELECT * FROM staff')\n"
        "    db.execute_sql('DROP TABLE staff')\n"
        "    db.execute_sql('ALTER TABLE anew RENAME TO staff')\n"
    )
    with closing(open_for_staff(path)) as database, database.atomic():
        database.execute_sql("INSERT INTO staff (login) VALUES ('anna')")
        database.execute_sql(
            "INSERT INTO import_run (started_at, actor_id, source) VALUES (1,1,'x')"
        )
    with closing(opened(path)) as database:
        bring_up_to_date(database, steps)
        assert logins(database) == ["anna", "migrated"]
        assert list(database.execute_sql("SELECT count(*) FROM import_run")) == [(1,)]


def test_the_newest_version_is_the_number_of_the_last_step(steps: Path) -> None:
    assert newest_version(steps) == NEXT
    assert newest_version() == len(list(MIGRATIONS.glob("[0-9]*.py")))


def test_the_file_is_made_for_its_owner_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        schema.create_file(tmp_path / "new.db")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new.db").stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        schema.create_file(tmp_path / "new.db")
