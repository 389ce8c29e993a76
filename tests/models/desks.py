"""What tests of the desks share: a clock that stands still, every operation, the history."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from models.drafts import JobDraft, TaskDraft
from models.history_filter import HistoryFilter
from models.moments import day
from models.opening import open_read_only
from models.staff.desk import StaffDesk
from models.values import JobStatus, Pricing
from tests.conftest import insert_account

TABLES = ("account", "domain", "staff", "job", "task", "note", "event", "import_run")


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_768_910_400_000

    def __call__(self) -> int:
        return self.now

    def pass_days(self, days: int) -> None:
        self.now += days * 86_400_000

    @property
    def today(self) -> str:
        return day(self.now)


class Entry(NamedTuple):
    """An entry of the history as it is stored."""

    kind: str
    actor: str
    session: str
    account: int | None
    job: int | None
    provider: int | None
    record: int | None
    before: dict[str, Any]
    after: dict[str, Any]


def entries(desk: StaffDesk) -> list[Entry]:
    """Return the whole history, oldest first."""
    found = desk.database.execute_sql(
        "SELECT kind, login, session, account_id, job_id, event.provider_id, record, before, after"
        " FROM event JOIN staff ON staff.id = actor_id ORDER BY event.id"
    )
    return [Entry._make((*row[:7], json.loads(row[7]), json.loads(row[8]))) for row in found]


def newest_event(desk: StaffDesk) -> int:
    """Return the ID of the newest entry of the history."""
    row = desk.database.execute_sql("SELECT max(id) FROM event").fetchone()
    assert row is not None
    return int(row[0])


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, as another session sees them."""
    with closing(open_read_only(path)) as database:
        return {table: list(database.execute_sql(f"SELECT * FROM {table}")) for table in TABLES}


def hourly(rate: str = "75.00", time: str = "2:30", **fields: Any) -> TaskDraft:
    """Return a task as typed into the form."""
    return TaskDraft(**({"description": "Wireframes", "rate": rate, "time": time} | fields))


def fixed(amount: str, **fields: Any) -> TaskDraft:
    """Return a task with a fixed price, as typed."""
    given = {"description": "Theme", "pricing": Pricing.FIXED, "amount": amount}
    return TaskDraft(**(given | fields))


def free(**fields: Any) -> TaskDraft:
    """Return a task that costs nothing, as typed."""
    return TaskDraft(**({"description": "Advice", "pricing": Pricing.FREE} | fields))


@dataclass(frozen=True)
class Ids:
    """An account with a job, a task and a note, and two removals that could be taken back.

    `other` is another account that the job could be moved to.
    """

    account: int
    job: int
    task: int
    note: int
    removed_task_event: int
    removed_job_event: int
    other: int


def fill(desk: StaffDesk, account: int) -> Ids:
    """Do some work for an account and return what it is about."""
    job = desk.jobs.add(account, JobDraft("Site redesign"), hourly())
    task = desk.tasks.page(job.id).rows[0]
    note = desk.notes.add(job.id, "Call Jane")
    removed = desk.tasks.add(job.id, hourly(description="Gone"))
    desk.tasks.remove(removed.id)
    removed_task_event = newest_event(desk)
    dropped = desk.jobs.add(account, JobDraft("Gone as well"))
    desk.jobs.remove(dropped.id)
    removed_job_event = newest_event(desk)
    other = insert_account(desk, "sibling", reseller=desk.provider)
    return Ids(account, job.id, task.id, note.id, removed_task_event, removed_job_event, other)


@contextmanager
def undone(desk: StaffDesk) -> Iterator[None]:
    """Hold a transaction whose changes are rolled back at its end."""
    with suppress(_Undo), desk.session.writing():
        yield
        raise _Undo


class _Undo(Exception):
    pass


Operation = Callable[[StaffDesk, Ids], object]

READINGS: dict[str, Operation] = {
    "accounts.get": lambda desk, ids: desk.accounts.get(ids.account),
    "accounts.many": lambda desk, ids: desk.accounts.many([ids.account]),
    "history.page": lambda desk, ids: desk.history.page(HistoryFilter(account=ids.account)),
    "history.page job": lambda desk, ids: desk.history.page(HistoryFilter(job=ids.job)),
    "jobs.get": lambda desk, ids: desk.jobs.get(ids.job),
    "jobs.page": lambda desk, ids: desk.jobs.page(ids.account),
    "jobs.place": lambda desk, ids: desk.jobs.place(ids.account, ids.job),
    "notes.page": lambda desk, ids: desk.notes.page(ids.job),
    "tasks.defaults": lambda desk, ids: desk.tasks.defaults(ids.job),
    "tasks.defaults_for_account": lambda desk, ids: desk.tasks.defaults_for_account(ids.account),
    "tasks.get": lambda desk, ids: desk.tasks.get(ids.task),
    "tasks.job_of": lambda desk, ids: desk.tasks.job_of(ids.task),
    "tasks.page": lambda desk, ids: desk.tasks.page(ids.job),
    "tasks.place": lambda desk, ids: desk.tasks.place(ids.job, ids.task),
    "undo.of_event": lambda desk, ids: desk.undo.of_event(ids.removed_task_event),
}
"""Every operation that reads something of one account, named by what it calls."""

WRITINGS: dict[str, Operation] = {
    "jobs.add": lambda desk, ids: desk.jobs.add(ids.account, JobDraft("Logo"), hourly()),
    "jobs.move": lambda desk, ids: desk.jobs.move(ids.job, ids.other),
    "jobs.edit": lambda desk, ids: desk.jobs.edit(ids.job, 1, JobDraft("Logo")),
    "jobs.remove": lambda desk, ids: desk.jobs.remove(ids.job),
    "jobs.set_status": lambda desk, ids: desk.jobs.set_status(ids.job, JobStatus.ON_HOLD),
    "notes.add": lambda desk, ids: desk.notes.add(ids.job, "Sent"),
    "notes.remove": lambda desk, ids: desk.notes.remove(ids.note),
    "notes.set_visible": lambda desk, ids: desk.notes.set_visible(ids.note, True),
    "tasks.add": lambda desk, ids: desk.tasks.add(ids.job, hourly()),
    "tasks.edit": lambda desk, ids: desk.tasks.edit(ids.task, 1, hourly("80.00")),
    "tasks.remove": lambda desk, ids: desk.tasks.remove(ids.task),
    "tasks.set_done": lambda desk, ids: desk.tasks.set_done(ids.task, True),
    "undo.reverse": lambda desk, ids: desk.undo.reverse(ids.removed_task_event),
    "undo.reverse job": lambda desk, ids: desk.undo.reverse(ids.removed_job_event),
}
"""Every operation that changes something, named by what it calls."""
