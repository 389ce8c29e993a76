"""The index of the words of jobs: right after every change, and after an upgrade."""

import random
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from peewee import IntegrityError

from models.drafts import JobDraft
from models.schema import MIGRATIONS, bring_up_to_date, create_file
from models.sqlite import work_index
from models.sqlite.database import PanelDatabase
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account
from tests.models.desks import hourly

TEXTS = ["alpha", "beta alpha", "Gämma\nbeta", "delta-epsilon", "x" * 300]
RECORDS = {
    "job": ("description", "details", "reference"),
    "task": ("description", "note"),
    "note": ("body",),
}


def numbers(database: PanelDatabase, word: str) -> list[int]:
    """Return the numbers in the index of the records with a word."""
    query = "SELECT rowid FROM work_fts WHERE work_fts MATCH ? ORDER BY rowid"
    return [row[0] for row in database.execute_sql(query, (f'"{word}"',))]


def test_the_index_keeps_up_with_every_change(desk: StaffDesk) -> None:
    """SQLite's own check compares the index with the records, whoever changed them."""
    chance = random.Random(4)
    account = insert_account(desk, "acme")
    database = desk.database
    jobs = [desk.jobs.add(account, JobDraft("alpha")).id for _ in range(4)]
    for job in jobs:
        desk.tasks.add(job, hourly(description="alpha"))
        desk.notes.add(job, "alpha")
    with desk.session.writing():
        for step in range(400):
            table = chance.choice(list(RECORDS))
            ids = [row[0] for row in database.execute_sql(f"SELECT id FROM {table}")]
            chosen = (chance.choice(ids),)
            action = chance.choice(["text", "text", "removed", "other", "delete", "move"])
            if action == "text":
                column = chance.choice(RECORDS[table])
                text = chance.choice(TEXTS).replace("\n", " ")
                database.execute_sql(
                    f"UPDATE {table} SET {column} = ? WHERE id = ?", (text, *chosen)
                )
            elif action == "removed":
                query = f"UPDATE {table} SET removed_at = iif(removed_at, NULL, 5) WHERE id = ?"
                database.execute_sql(query, chosen)
            elif action == "other":
                database.execute_sql(
                    f"UPDATE {table} SET version = version + 1 WHERE id = ?", chosen
                )
            elif table != "job" and action == "move":
                query = f"UPDATE {table} SET job_id = ? WHERE id = ?"
                database.execute_sql(query, (chance.choice(jobs), *chosen))
            elif table != "job" and len(ids) > 2:
                database.execute_sql(f"DELETE FROM {table} WHERE id = ?", chosen)
            if step % 50 == 0:
                assert database.search_index_problems() == []
    assert database.integrity_problems() == []


@pytest.mark.parametrize("table", ["account_fts", "work_fts"])
def test_an_index_that_lost_something_is_found_out(desk: StaffDesk, table: str) -> None:
    account = insert_account(desk, "acme")
    desk.jobs.add(account, JobDraft("Logo"))
    with desk.database.atomic():
        desk.database.execute_sql(f"INSERT INTO {table}({table}) VALUES ('delete-all')")
    (problem,) = desk.database.search_index_problems()
    assert problem.startswith("search index: ")


def test_filling_it_anew_gives_the_same(desk: StaffDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_index, "FILLED_AT_ONCE", 2)
    account = insert_account(desk, "acme")
    jobs = [desk.jobs.add(account, JobDraft("alpha")).id for _ in range(5)]
    for job in reversed(jobs):
        desk.notes.add(job, "alpha")
    before = numbers(desk.database, "alpha")
    assert [number >> 33 for number in before] == [job for job in jobs for _ in range(2)]
    with desk.database.atomic():
        work_index.fill(desk.database)
    assert numbers(desk.database, "alpha") == before
    assert desk.database.search_index_problems() == []


def test_an_upgrade_fills_the_indexes_with_what_is_there(tmp_path: Path) -> None:
    older = tmp_path / "older"
    older.mkdir()
    for step in sorted(MIGRATIONS.glob("000[123]_*.py")):
        shutil.copy(step, older)
    old = tmp_path / "old.db"
    create_file(old)
    with closing(PanelDatabase(old)) as database:
        database.connect()
        bring_up_to_date(database, older)
        with database.atomic():
            for statement in (
                "INSERT INTO staff(id, login) VALUES (1, 'anna')",
                "INSERT INTO account(username, username_folded, status, currency, search_text)"
                " VALUES ('acme', 'acme', 'active', 'USD', char(10) || 'acme' || char(10))",
                "INSERT INTO job(account_id, description, status, currency, created_at,"
                " created_by_id, removed_at) VALUES (1001, 'alpha gone', 'new', 'USD', 1, 1, 1),"
                " (1001, 'alpha kept', 'new', 'USD', 1, 1, NULL)",
                "INSERT INTO task(job_id, description, pricing, amount_minor, entered_at,"
                " entered_by_id) VALUES (2, 'beta', 'free', 0, 1, 1)",
                "INSERT INTO note(job_id, author_id, body, at) VALUES (2, 1, 'gamma', 1)",
            ):
                database.execute_sql(statement)
        assert database.search_index_problems() == []
    with closing(StaffDesk.open(old, Actor("anna"))) as desk:
        assert desk.database.integrity_problems() == []
        for text in ("job:alpha", "job:beta kept", "job:gamma"):
            assert [hit.id for hit in desk.search.jobs(text).rows] == [2], text
        assert [row.id for row in desk.search.page("01").rows] == [1001]
        assert [row.id for row in desk.search.page("me").rows] == [1001]
        insert_account(desk, "later")
        assert desk.search.count("later").total == 1
        assert desk.database.integrity_problems() == []


@pytest.mark.parametrize(("table", "limit"), [("job", 1 << 29), ("note", 1 << 31)])
def test_more_records_than_it_has_numbers_for_are_refused(
    desk: StaffDesk, table: str, limit: int
) -> None:
    account = insert_account(desk, "acme")
    job = desk.jobs.add(account, JobDraft("alpha")).id
    values = {
        "job": "(id, account_id, description, status, currency, created_at, created_by_id)"
        f" VALUES (?, {account}, 'last', 'new', 'USD', 1, 1)",
        "note": f"(id, job_id, author_id, body, at) VALUES (?, {job}, 1, 'last', 1)",
    }[table]
    with desk.database.atomic():
        desk.database.execute_sql(f"INSERT INTO {table} {values}", (limit - 1,))
    newest = limit - 1 if table == "job" else job
    assert [hit.id for hit in desk.search.jobs("job:last").rows] == [newest]
    with pytest.raises(IntegrityError, match="takes no more records"), desk.database.atomic():
        desk.database.execute_sql(f"INSERT INTO {table} {values}", (limit,))
