"""A database into which somebody wrote hostile text past the desk, wherever a column takes it."""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import cycle
from pathlib import Path

from peewee import IntegrityError

from models.drafts import JobDraft, TaskDraft
from models.settings import Settings
from models.sqlite.database import PanelDatabase
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account
from tests.hostile_text import in_one_line

ACCOUNT = 1001
"""The account of the jobs."""

JOB = 1
"""The job of the tasks and notes; what a customer's desk shows first."""

LINES_OF_A_NOTE = 12

_TABLES = ("account", "domain", "staff", "job", "task", "note", "access", "import_run")
_KEPT = {("staff", "login"), ("access", "key"), ("access", "key_type"), ("account", "search_text")}
"""By these things are found."""


def make_hostile_company(path: Path, lines: Iterable[str], *, rows: int = 40) -> set[str]:
    """Make a database with `rows` of each kind, all texts of which are taken from `lines`.

    Returns:
        The columns that took none of them, such as `job.status`.
    """
    source = cycle(list(lines))
    with closing(StaffDesk.open(path, Actor("anna"), None, Settings(), create=True)) as desk:
        for number in range(rows):
            insert_account(desk, f"user{number}", [f"domain{number}.example"])
        with desk.session.writing():
            _add_work(desk, rows)
        database = desk.database
        with database.atomic():
            refused = _write_everywhere(database, source)
            _write_history(database, source, rows)
    return refused


def _add_work(desk: StaffDesk, rows: int) -> None:
    job = desk.jobs.add(ACCOUNT, JobDraft("Job", assignee="anna"))
    desk.tasks.add(job.id, TaskDraft("Task", rate="75", time="1"))
    desk.notes.add(job.id, "Note", visible_to_customer=True)
    database = desk.database
    for table, number in (("job", rows), ("task", rows), ("note", min(rows, 200))):
        columns = ", ".join(
            str(row[1])
            for row in database.execute_sql(f"PRAGMA table_info({table})")
            if row[1] != "id"
        )
        copy = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE id = 1"
        for _ in range(number):
            database.execute_sql(copy)
    database.execute_sql(
        "INSERT INTO import_run (started_at, actor_id, source) SELECT 1, id, 'csv' FROM staff"
    )
    database.execute_sql("INSERT INTO staff (login, display_name) VALUES ('ben', 'Ben')")
    database.execute_sql(
        "INSERT INTO access (staff_id, key_type, key, created_at) SELECT id, 'ssh-rsa', 'AAAA', 1"
        " FROM staff WHERE login = 'anna'"
    )


def _write_everywhere(database: PanelDatabase, source: Iterator[str]) -> set[str]:
    """Write a line into each column of text, where the checks of the schema let it."""
    refused = set()
    for table in _TABLES:
        found = list(database.execute_sql(f"PRAGMA table_info({table})"))
        names = [str(row[1]) for row in found if row[2] == "TEXT" and (table, row[1]) not in _KEPT]
        ids = [int(row[0]) for row in database.execute_sql(f"SELECT id FROM {table}")]
        for name in names:
            taken = [_write(database, table, name, number, source) for number in ids]
            if not any(taken):
                refused.add(f"{table}.{name}")
    return refused


def _write(
    database: PanelDatabase, table: str, name: str, number: int, source: Iterator[str]
) -> bool:
    many = name in ("body", "details")
    text = "\n".join(next(source) for _ in range(LINES_OF_A_NOTE if many else 1))
    try:
        with database.atomic():
            database.execute_sql(
                f"UPDATE {table} SET {name} = ? WHERE id = ?",
                (text[:20_000] if many else in_one_line(text)[:500], number),
            )
    except IntegrityError:
        return False
    return True


def _write_history(database: PanelDatabase, source: Iterator[str], rows: int) -> None:
    kinds = ("job-added", "job-changed", "task-changed", "note-added", "account-changed")
    for number in range(rows):
        before, after = (
            json.dumps({"description": next(source), "body": next(source), next(source): "x"})
            for _ in range(2)
        )
        database.execute_sql(
            "INSERT INTO event (at, actor_id, session, kind, account_id, job_id, before, after)"
            " SELECT 1, id, ?, ?, ?, ?, ?, ? FROM staff WHERE login = 'anna'",
            (
                in_one_line(next(source))[:500],
                kinds[number % len(kinds)],
                ACCOUNT,
                JOB,
                before,
                after,
            ),
        )
