"""What the workers do until they are killed."""

import os
import random
import signal
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import playhouse.migrations  # noqa: F401  # so that it is loaded when workers are forked

from models.drafts import JobDraft, TaskDraft
from models.importing import ImportOptions, Progress, read_accounts, run_import
from models.refusals import Conflict, NotAllowed, NotFound
from models.schema import bring_up_to_date
from models.sqlite.database import PanelDatabase
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.staff.tasks import PlannedTasks
from models.values import JobStatus
from tests.durability.nursery import Tell

ACCOUNT = 1001
CHECKPOINTS = (1, 10, 100, 1000)
"""Pages of the log after which it is brought into the database: often enough to be hit."""

STEPS_IN_SQLITE = 1000
"""Instructions of SQLite's machine that are one step."""


def write(tell: Tell, path: str, name: str) -> None:
    """Make changes of every kind for ever, each acknowledged when the desk has returned."""
    chance = random.Random(name)
    with closing(StaffDesk.open(Path(path), Actor("anna", "Anna", name))) as desk:
        desk.database.pragma("wal_autocheckpoint", chance.choice(CHECKPOINTS))
        changes = _Changes(desk, chance)
        while True:
            try:
                tell([name, *changes.make()])
            except (Conflict, NotAllowed, NotFound):
                # Another worker was faster, or has closed the job.
                continue


class _Changes:
    """Changes by chance; each returns the entry's kind, the record and its version, if known.

    The version is worked out from the one that was seen: what a change returns is read after the
    commit, and another worker may have changed the record once more by then.
    """

    def __init__(self, desk: StaffDesk, chance: random.Random) -> None:
        self._desk = desk
        self._chance = chance
        self._kinds = (
            (self._add_task, 6),
            (self._edit_task, 5),
            (self._set_status, 4),
            (self._add_note, 3),
            (self._edit_job, 2),
            (self._remove_task, 1),
            (self._add_job, 1),
        )

    def make(self) -> tuple[str, int, int | None]:
        kinds, weights = zip(*self._kinds, strict=True)
        (change,) = self._chance.choices(kinds, weights)
        made: tuple[str, int, int | None] = change()
        return made

    def _add_job(self) -> tuple[str, int, int | None]:
        job = self._desk.jobs.add(ACCOUNT, JobDraft(self._text()), self._task())
        return "job-added", job.id, 1

    def _edit_job(self) -> tuple[str, int, int | None]:
        job = self._any_job()
        self._desk.jobs.edit(job.id, job.version, JobDraft(self._text()))
        return "job-changed", job.id, job.version + 1

    def _set_status(self) -> tuple[str, int, int | None]:
        job = self._any_job()
        # Finished jobs are reopened at once, or all of them would be.
        others = [status for status in JobStatus if status is not job.status]
        status = JobStatus.IN_PROGRESS if job.status.is_closed else self._chance.choice(others)
        self._desk.jobs.set_status(job.id, status, seen=job.status, planned=PlannedTasks.DONE)
        return "job-status", job.id, None

    def _add_task(self) -> tuple[str, int, int | None]:
        task = self._desk.tasks.add(self._any_job().id, self._task())
        return "task-added", task.id, 1

    def _edit_task(self) -> tuple[str, int, int | None]:
        task = self._any_task()
        self._desk.tasks.edit(task.id, task.version, self._task())
        return "task-changed", task.id, task.version + 1

    def _remove_task(self) -> tuple[str, int, int | None]:
        task = self._any_task()
        self._desk.tasks.remove(task.id)
        return "task-removed", task.id, None

    def _add_note(self) -> tuple[str, int, int | None]:
        note = self._desk.notes.add(self._any_job().id, self._text())
        return "note-added", note.id, 1

    def _any_job(self) -> Any:
        return self._chance.choice(self._desk.jobs.page(ACCOUNT).rows)

    def _any_task(self) -> Any:
        tasks = self._desk.tasks.page(self._any_job().id).rows
        if not tasks:
            raise NotFound("There is none.")
        return self._chance.choice(tasks)

    def _task(self) -> TaskDraft:
        minutes = self._chance.randint(10, 59)
        done = self._chance.random() < 0.3
        return TaskDraft(self._text(), rate="75", time=f"0:{minutes}", done=done)

    def _text(self) -> str:
        return f"text {self._chance.getrandbits(64):x}"


def migrate(tell: Tell, path: str, last_step: str) -> None:
    """Bring a database up to date and tell in how many steps; be killed at `last_step`.

    Steps are statements, so many instructions within one, and what is done to files.
    """
    count = _CountedSteps(int(last_step), Path(path))
    database = PanelDatabase(Path(path))
    database.connect()
    database.connection().set_trace_callback(count)
    database.connection().set_progress_handler(count, STEPS_IN_SQLITE)
    bring_up_to_date(database)
    database.close()
    tell(count.steps)


class _CountedSteps:
    """Counts the steps of this process, which is killed at one of them."""

    def __init__(self, last_step: int, path: Path) -> None:
        self.steps = 0
        self._last = last_step
        self._path = str(path)
        sys.addaudithook(self._file_used)

    def __call__(self, *_statement: str) -> None:
        self.steps += 1
        if self.steps == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def _file_used(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in ("open", "os.rename", "os.remove") and str(arguments[0]).startswith(self._path):
            self()


def import_accounts(tell: Tell, path: str, file: str) -> None:
    """Import a file of WHM, and tell how far it is."""
    with closing(StaffDesk.open(Path(path), Actor("anna", "Anna"))) as desk:
        with Path(file).open("rb") as opened:
            accounts = read_accounts("whm", opened, "customers")
        progress: Progress = lambda _phase, done, _total: tell(done)  # noqa: E731
        report = run_import(desk, "whm", accounts, ImportOptions(), progress)
        tell([report.added, report.changed, report.unchanged])
