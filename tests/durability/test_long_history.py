"""A hundred thousand entries about one job: any of them is read at once."""

import re
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from models.drafts import JobDraft
from models.history_filter import HistoryFilter
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.models.desks import hourly, undone
from tests.terminal import Terminal

ENTRIES = 100_000
PAGE = 50
STEPS_PER_ENTRY = 25
"""Instructions of SQLite's machine for each entry that is counted or passed over, at most."""

EVERY = 100
"""Instructions after which SQLite tells that it is still at work."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a long history of a job."""
    path = tmp_path_factory.mktemp("long") / "jobs.db"
    with closing(StaffDesk.open(path, Actor("anna"), create=True)) as desk:
        with desk.session.writing():
            desk.database.execute_sql(
                "INSERT INTO account (username, username_folded, status, currency, search_text)"
                " VALUES ('acme', 'acme', 'active', 'USD', 'acme')"
            )
        desk.jobs.add(1001, JobDraft("Site redesign"), hourly())
        with desk.session.writing():
            desk.database.execute_sql(
                "WITH RECURSIVE numbers(value) AS"
                " (SELECT 3 UNION ALL SELECT value + 1 FROM numbers WHERE value < ?)"
                " INSERT INTO event (at, actor_id, kind, account_id, job_id, record, before, after)"
                " SELECT value, 1, 'task-changed', 1001, 1, 1,"
                """ '{"description": "Text ' || (value - 1) || '"}',"""
                """ '{"description": "Text ' || value || '"}' FROM numbers""",
                (ENTRIES,),
            )
    return path


@pytest.fixture
def desk(filled: Path) -> Iterator[StaffDesk]:
    """A desk on it."""
    with closing(StaffDesk.open(filled, Actor("anna"))) as desk:
        yield desk


OF_JOB = HistoryFilter(job=1)


@pytest.mark.parametrize("asked", [OF_JOB, HistoryFilter(account=1001), HistoryFilter()])
@pytest.mark.parametrize("offset", [0, ENTRIES // 2, ENTRIES - PAGE])
def test_a_page_of_a_long_history_takes_few_steps(
    desk: StaffDesk, asked: HistoryFilter, offset: int
) -> None:
    with watched(desk) as work:
        page = desk.history.page(asked, offset, PAGE)
    newest = ENTRIES - offset
    assert [entry.id for entry in page.rows] == list(range(newest, newest - PAGE, -1))
    counted = 10_000 * (offset // 10_000 + 1)
    assert (page.total, page.exact) == (counted, counted == ENTRIES)
    assert work.steps < STEPS_PER_ENTRY * (offset + 10_000)
    for statement in work.statements:
        assert "TEMP B-TREE" not in plan(desk, statement)


def test_the_history_of_another_job_takes_no_longer_for_it(desk: StaffDesk) -> None:
    with undone(desk):
        job = desk.jobs.add(1001, JobDraft("Logo"))
        with watched(desk) as work:
            page = desk.history.page(HistoryFilter(job=job.id), 0, PAGE)
        assert page.total == 1
        assert work.steps < STEPS_PER_ENTRY * PAGE


@dataclass
class Work:
    """What SQLite was told to do, and how many instructions it took."""

    steps: int = 0
    statements: list[str] = field(default_factory=list)

    def tick(self) -> None:
        self.steps += EVERY


@contextmanager
def watched(desk: StaffDesk) -> Iterator[Work]:
    """Watch SQLite at work until the block ends."""
    work = Work()
    driver = desk.database.connection()
    driver.set_trace_callback(work.statements.append)
    driver.set_progress_handler(work.tick, EVERY)
    try:
        yield work
    finally:
        driver.set_progress_handler(None, 0)
        driver.set_trace_callback(None)


def plan(desk: StaffDesk, statement: str) -> str:
    """Return how SQLite goes about a statement."""
    if not re.match("SELECT", statement):
        return ""
    return "\n".join(row[3] for row in desk.database.execute_sql(f"EXPLAIN QUERY PLAN {statement}"))


def test_the_panel_goes_to_both_ends_of_a_long_history(filled: Path) -> None:
    program = (sys.executable, "-m", "tui", "--database", str(filled), "--actor", "anna")
    terminal = Terminal(*program, rows=30, columns=100)
    try:
        terminal.wait_for("1001")
        terminal.send("1001\r\r")
        terminal.wait_for("Wireframes")
        terminal.send("h")
        terminal.wait_for("of more than 10,000")
        terminal.wait_for(f"Text {ENTRIES}")
        terminal.send("G")
        terminal.wait_for(f"{ENTRIES:,} of {ENTRIES:,}")
        terminal.wait_for("Site redesign", without=f"Text {ENTRIES}")
        terminal.send("g")
        terminal.wait_for(f"Text {ENTRIES}")
        terminal.send("\x11")
        assert terminal.wait_for_end() == 0
    finally:
        terminal.close()
