"""An upgrade that is killed at any step: the next opening finishes it, once, with all the data."""

import random
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from models.opening import open_for_staff
from models.schema import MIGRATIONS, bring_up_to_date, newest_version
from models.sqlite.database import PanelDatabase
from tests.durability.nursery import KILLED, Nursery

KILLS = 40
ROWS = 300
ROUNDS_TO_COMPANY = 4

FILLING = (
    "INSERT INTO staff (login) SELECT 'anna' || value FROM numbers",
    "INSERT INTO account (username, username_folded, status, currency, search_text)"
    " SELECT 'u' || value, 'u' || value, 'active', 'USD', char(10) || 'u' || value || char(10)"
    " FROM numbers",
    "INSERT INTO domain (account_id, name, name_folded, is_primary)"
    " SELECT id, username || '.example', username || '.example', 1 FROM account",
    "INSERT INTO job (account_id, description, status, currency, created_at, created_by_id)"
    " SELECT id, 'Site redesign', 'new', 'USD', 1, 1 FROM account",
    "INSERT INTO task (job_id, description, pricing, rate_minor, minutes, amount_minor,"
    " entered_at, entered_by_id) SELECT id, 'Wireframes', 'hourly', 7500, 150, 18750, 1, 1"
    " FROM job",
    "INSERT INTO note (job_id, author_id, body, at) SELECT id, 1, 'Call Jane', 1 FROM job",
    "INSERT INTO event (at, actor_id, kind, account_id, job_id, record, before, after)"
    " SELECT 1, 1, 'job-added', account_id, id, id, '{}', '{}' FROM job",
    "INSERT INTO import_run (started_at, actor_id, source) VALUES (1, 1, 'whm')",
)

Data = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def first_version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the first version with data, to be copied."""
    folder = tmp_path_factory.mktemp("first")
    steps = folder / "migrations"
    steps.mkdir()
    (first_step,) = MIGRATIONS.glob("0001_*.py")
    shutil.copy(first_step, steps)
    path = folder / "jobs.db"
    path.touch()
    with closing(opened(path)) as database:
        bring_up_to_date(database, steps)
        with database.atomic():
            for statement in FILLING:
                database.execute_sql(
                    f"WITH RECURSIVE numbers(value) AS (SELECT 1 UNION ALL SELECT value + 1"
                    f" FROM numbers WHERE value < {ROWS}) {statement}"
                )
    return path


@pytest.fixture(scope="module")
def columns(first_version: Path) -> dict[str, str]:
    """The tables of the first version with their columns."""
    with closing(opened(first_version)) as database:
        tables = database.execute_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%STRICT%'"
        )
        return {
            table: ", ".join(
                name
                for (name,) in database.execute_sql(
                    "SELECT name FROM pragma_table_info(?)", [table]
                )
            )
            for (table,) in tables
        }


def opened(path: Path) -> PanelDatabase:
    """Return a connection that leaves the schema as it is."""
    database = PanelDatabase(path)
    database.connect()
    return database


def data(database: PanelDatabase, columns: dict[str, str]) -> Data:
    return {
        table: list(database.execute_sql(f"SELECT {names} FROM {table} ORDER BY id"))
        for table, names in columns.items()
    }


def test_an_upgrade_that_is_killed_is_finished_by_the_next_opening(
    first_version: Path,
    columns: dict[str, str],
    tmp_path: Path,
    workers: Nursery,
    chance: random.Random,
) -> None:
    with closing(opened(first_version)) as database:
        before = data(database, columns)
    assert all(before.values())
    steps = count_steps(first_version, tmp_path / "whole", workers)
    for round_ in range(KILLS):
        # Everywhere from the first step to the last, and never at quite the same places.
        step = 1 + int((round_ + chance.random()) * steps / KILLS)
        path = copied(first_version, tmp_path / f"round {round_} at step {step} of {steps}")
        victim = workers.start("migrate", path, step)
        if round_ % ROUNDS_TO_COMPANY:
            assert workers.wait(victim) == KILLED
        else:
            # Another session waits for the upgrade and takes it over, unless it was faster.
            assert workers.wait(workers.start("migrate", path, 0)) == 0
            assert workers.wait(victim) in (KILLED, 0)
        check_finished(path, before, columns)
        shutil.rmtree(path.parent)


def count_steps(first_version: Path, folder: Path, workers: Nursery) -> int:
    """Return how many steps an upgrade has that nobody kills."""
    worker = workers.start("migrate", copied(first_version, folder), 0)
    ((_, steps),) = workers.hear(1)
    assert workers.wait(worker) == 0
    assert steps > KILLS
    return int(steps)


def copied(database: Path, folder: Path) -> Path:
    folder.mkdir()
    return Path(shutil.copy(database, folder))


def check_finished(path: Path, before: Data, columns: dict[str, str]) -> None:
    """Open the database as the next session does, and see that all is well."""
    with closing(open_for_staff(path)) as database:
        assert database.user_version == newest_version()
        assert data(database, columns) == before
        applied = [name for (name,) in database.execute_sql("SELECT name FROM schema_migration")]
        assert sorted(applied) == sorted(file.stem for file in MIGRATIONS.glob("[0-9]*.py"))
        assert database.integrity_problems() == []
    copy = path.with_name("jobs.db.schema-1")
    locks = {"jobs.db.lock", "jobs.db.migrate", "jobs.db.use"}
    assert {file.name for file in path.parent.iterdir()} - locks == {"jobs.db", copy.name}
    with closing(opened(copy)) as database:
        assert database.user_version == 1
        assert data(database, columns) == before
        assert database.integrity_problems() == []
