"""What many staff at once cost each other: waits, conflicts, and that nothing is lost.

    python -m benchmarks.many_staff --seconds 60 --writers 20 --readers 5

Each writer and reader is a process with a desk of its own, all on one file: first without a pause,
then with a pause before each key. Before and after the first of these the bare driver repeats the
desk's own statements, in as many processes behind a plain `flock`: what is left when the program
around the statements is taken away. In the end every acknowledged change is looked for in the
records and in the history, and every one of these must have been acknowledged.
"""

import argparse
import fcntl
import json
import multiprocessing
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, NamedTuple

from models.customer.desk import CustomerDesk
from models.drafts import JobDraft, TaskDraft
from models.history_filter import HistoryFilter
from models.refusals import Conflict
from models.sqlite.driver import sqlite3
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.values import JobStatus
from tests.conftest import insert_account

LONGEST_WAIT = 0.5
"""Seconds that a write may take, the wait for all others included."""

THINK_SECONDS = 0.2
READ_PAUSE = 0.25
"""As often as a panel looks for changes."""

ACCOUNT = 1001
JOBS = 10
TASKS_AT_FIRST = 3
OPEN = [status for status in JobStatus if not status.is_closed]

FORKED = multiprocessing.get_context("fork")
"""The program is loaded once. Nothing is open and no thread runs when the processes start."""


class Change(NamedTuple):
    """A change that the desk acknowledged: which record has which version and value by it."""

    table: str
    record: int
    version: int
    job: int
    value: str
    by: str


class Shown(NamedTuple):
    """A conflict that a person was shown: the version that they had seen."""

    table: str
    record: int
    seen: int
    by: str


@dataclass
class Report:
    """What a process did and what it met."""

    changes: list[Change] = field(default_factory=list)
    conflicts: list[Shown] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    computed: float = 0.0
    commits: int = 0


@dataclass
class Shift:
    """What a process is to do: on which database, as which of them, how long, how hastily."""

    path: Path
    number: int
    seconds: float
    think: float
    together: Barrier
    report: Report = field(default_factory=Report)

    def turns(self) -> Iterator[None]:
        """Wait until all are there, then say again and again that there is time left."""
        self.together.wait()
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            yield


Work = Callable[[Shift], None]


def main() -> int:
    """Measure and print; return 1 if a promise was broken."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="cj", dir=options.folder) as folder:
        figures = _measure(Path(folder), options)
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name.replace('_', ' '):<44}{value:>12}")
    return 0 if figures["promises_kept"] == "yes" else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60, metavar="N", help="of each phase")
    parser.add_argument("--writers", type=int, default=20, metavar="N")
    parser.add_argument("--readers", type=int, default=5, metavar="N")
    parser.add_argument(
        "--folder", default="/var/tmp", help="where the database is made; not in memory"
    )
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    load = os.getloadavg()[0]
    bare, path = folder / "bare.db", folder / "jobs.db"
    made = _make(path)
    _make(bare)
    repeat = partial(_repeat, _statements(bare))
    short = max(1.0, options.seconds / 6)
    reports: dict[str, list[Report]] = {}
    reports["bare"] = _run(bare, repeat, options, short, 0)
    reports["saturated"] = _run(path, _write, options, options.seconds, 0)
    reports["bare"] += _run(bare, repeat, options, short, 0)
    reports["thinking"] = _run(path, _write, options, options.seconds, THINK_SECONDS)
    problems = _problems(path, made, [*reports["saturated"], *reports["thinking"]])
    bare_rate = sum(report.commits for report in reports["bare"]) / (2 * short)
    rate = sum(report.commits for report in reports["saturated"]) / options.seconds
    figures = {
        "load_before": round(load, 1),
        "writers": options.writers,
        "readers": options.readers,
        "seconds_of_each_phase": options.seconds,
        **_phase("saturated", reports["saturated"], options.seconds),
        "bare_driver_commits_per_second": round(bare_rate),
        "desk_to_bare_driver_ratio": round(rate / max(bare_rate, 1), 2),
        **_phase("thinking", reports["thinking"], options.seconds),
        "wait_limit_ms": round(LONGEST_WAIT * 1000),
    }
    everyone = [report for phase in reports.values() for report in phase]
    for error, times in Counter(error for it in everyone for error in it.errors).items():
        problems.append(f"{times} x shown to a person: {error}")
    longest = max(wait for phase in ("saturated", "thinking") for wait in _waits(reports[phase]))
    if longest >= LONGEST_WAIT:
        problems.append(f"A write took {longest * 1000:.0f} ms.")
    for problem in problems:
        print(problem, file=sys.stderr)
    return figures | {
        "errors_shown": sum(len(report.errors) for report in everyone),
        "promises_kept": "no" if problems else "yes",
    }


def _phase(name: str, reports: Sequence[Report], seconds: float) -> dict[str, Any]:
    waits = _waits(reports)
    writers = [report for report in reports if report.waits]
    computed = sum(report.computed for report in writers)
    return {
        f"{name}_commits_per_second": round(sum(it.commits for it in reports) / seconds),
        f"{name}_acknowledged_changes": sum(len(it.changes) for it in reports),
        f"{name}_conflicts_shown": sum(len(it.conflicts) for it in reports),
        f"{name}_wait_of_a_write_median_ms": round(waits[len(waits) // 2] * 1000, 1),
        f"{name}_wait_of_a_write_p99_ms": round(waits[len(waits) * 99 // 100] * 1000, 1),
        f"{name}_wait_of_a_write_worst_ms": round(waits[-1] * 1000, 1),
        f"{name}_computing_of_a_write_ms": round(1000 * computed / len(waits), 1),
        f"{name}_writes_of_one_writer": _range([len(it.waits) for it in writers]),
    }


def _range(numbers: Sequence[int]) -> str:
    return f"{min(numbers)}-{max(numbers)}"


def _waits(reports: Sequence[Report]) -> list[float]:
    return sorted(wait for report in reports for wait in report.waits)


# -- processes -----------------------------------------------------------------------------------


def _run(
    path: Path, write: Work, options: argparse.Namespace, seconds: float, think: float
) -> list[Report]:
    """Let all work at the same time, and return the reports of the writers and readers."""
    together = FORKED.Barrier(options.writers + options.readers)
    works = [write] * options.writers + [_read] * options.readers
    running = []
    for number, work in enumerate(works):
        here, there = FORKED.Pipe(duplex=False)
        process = FORKED.Process(
            target=_report, args=(there, work, Shift(path, number, seconds, think, together))
        )
        process.start()
        there.close()
        running.append((process, here))
    reports: list[Report] = [here.recv() for _, here in running]
    for process, here in running:
        process.join()
        here.close()
    return reports


def _report(there: Connection, work: Work, shift: Shift) -> None:
    try:
        work(shift)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is reported and fails the run
        shift.report.errors.append(f"{type(error).__name__}: {error}")
        shift.together.abort()
    there.send(shift.report)


def _write(shift: Shift) -> None:
    """Change this and that; what conflicts is looked at again and tried once more."""
    with closing(StaffDesk.open(shift.path, Actor(f"writer{shift.number}"))) as desk:
        person = _Person(desk, shift.think, shift.report, random.Random(shift.number))
        for _ in shift.turns():
            person.change_something()


class _Person:
    """A member of the staff at a desk, who notes what was acknowledged and how long it took."""

    def __init__(
        self, desk: StaffDesk, think: float, report: Report, chance: random.Random
    ) -> None:
        self._desk = desk
        self._think = think
        self._report = report
        self._chance = chance
        self._login = desk.session.actor.login
        self._count = 0
        self.kinds = (self._add, self._edit, self._set_status, self._note)

    def change_something(self) -> None:
        """Make one change of any kind on any job."""
        job = self._chance.randint(1, JOBS)
        try:
            self.insist(self._chance.choice(self.kinds), job)
        except Exception as error:  # noqa: BLE001  # what a person would see is counted, and fails
            self._report.errors.append(f"{type(error).__name__}: {error}")

    def insist(self, change: Callable[[int], None], job: int) -> None:
        """Make the change; look and try again as long as others were faster."""
        changes = len(self._report.changes)
        while len(self._report.changes) == changes:
            change(job)

    def _add(self, job: int) -> None:
        draft, amount = self._draft()
        self._pause()
        task = self._timed(lambda: self._desk.tasks.add(job, draft))
        self._note_change("task", task.id, 1, job, amount)

    def _edit(self, job: int) -> None:
        task = self._desk.tasks.page(job, limit=TASKS_AT_FIRST).rows[
            self._chance.randrange(TASKS_AT_FIRST)
        ]
        draft, amount = self._draft()
        self._pause()
        try:
            self._timed(lambda: self._desk.tasks.edit(task.id, task.version, draft))
        except Conflict:
            self._report.conflicts.append(Shown("task", task.id, task.version, self._login))
        else:
            self._note_change("task", task.id, task.version + 1, job, amount)

    def _set_status(self, job: int) -> None:
        seen = self._desk.jobs.get(job)
        status = self._chance.choice([status for status in OPEN if status is not seen.status])
        self._pause()
        try:
            self._timed(lambda: self._desk.jobs.set_status(job, status, seen=seen.status))
        except Conflict:
            self._report.conflicts.append(Shown("job", job, seen.version, self._login))
        else:
            self._note_change("job", job, self._version_made(job), job, status.value)

    def _note(self, job: int) -> None:
        body = self._text()
        self._pause()
        note = self._timed(lambda: self._desk.notes.add(job, body))
        self._note_change("note", note.id, 1, job, body)

    def _version_made(self, job: int) -> int:
        """Return which version of a job this person's newest change has made.

        What the desk returned may be newer: it is read after the commit.
        """
        ((version,),) = self._desk.database.execute_sql(
            "SELECT count(*) FROM event WHERE job_id = ? AND kind GLOB 'job-*' AND id <="
            " (SELECT max(event.id) FROM event JOIN staff ON staff.id = actor_id WHERE login = ?)",
            (job, self._login),
        )
        return int(version)

    def _draft(self) -> tuple[TaskDraft, str]:
        """Return a new task, and what it comes to."""
        minutes = self._chance.randint(10, 59)
        return TaskDraft(self._text(), rate="75", time=f"0:{minutes}"), str(minutes * 7500 // 60)

    def _text(self) -> str:
        """Return what nobody typed before."""
        self._count += 1
        return f"{self._login} {os.getpid()} {self._count}"

    def _pause(self) -> None:
        if self._think:
            time.sleep(self._think)  # a person thinks: it is part of what is measured

    def _timed(self, call: Callable[[], Any]) -> Any:
        begun, computed = time.monotonic(), time.process_time()
        try:
            return call()
        finally:
            self._report.waits.append(time.monotonic() - begun)
            self._report.computed += time.process_time() - computed

    def _note_change(self, table: str, record: int, version: int, job: int, value: str) -> None:
        self._report.changes.append(Change(table, record, version, job, value, self._login))
        self._report.commits += 1


def _read(shift: Shift) -> None:
    """Look around, as staff do who change nothing, or as customers do."""
    if shift.number % 2:
        with closing(StaffDesk.open(shift.path, Actor(f"reader{shift.number}"))) as desk:
            history = partial(_history_of_job, desk)
            _read_again_and_again(shift, desk.jobs.page, desk.tasks.page, desk.notes.page, history)
    else:
        with closing(CustomerDesk.open(shift.path, (ACCOUNT,))) as desk_of_customer:
            _read_again_and_again(
                shift, desk_of_customer.jobs, desk_of_customer.tasks, desk_of_customer.notes
            )


def _history_of_job(desk: StaffDesk, job: int) -> object:
    return desk.history.page(HistoryFilter(job=job), 0, 50)


def _read_again_and_again(
    shift: Shift, read_jobs: Callable[[int], object], *read: Callable[[int], object]
) -> None:
    chance = random.Random(shift.number)
    for _ in shift.turns():
        read_jobs(ACCOUNT)
        job = chance.randint(1, JOBS)
        for read_one in read:
            read_one(job)
        time.sleep(READ_PAUSE)  # a reader looks now and then, as a panel does


def _repeat(changes: list[list[str]], shift: Shift) -> None:
    """Repeat the statements of the desk's changes by the bare driver, behind a plain `flock`."""
    lock = os.open(shift.path.with_suffix(".flock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    chance = random.Random(shift.number)
    driver = sqlite3.connect(shift.path, isolation_level=None, cached_statements=1000)
    with closing(driver):
        for pragma in ("synchronous = FULL", "foreign_keys = 1", "cache_size = -2000"):
            driver.execute(f"PRAGMA {pragma}")
        for _ in shift.turns():
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                for statement in chance.choice(changes):
                    driver.execute(statement).fetchall()
            finally:
                fcntl.flock(lock, fcntl.LOCK_UN)
            shift.report.commits += 1
    os.close(lock)


def _statements(path: Path) -> list[list[str]]:
    """Return the statements of one change of each kind on each job, as the desk makes them."""
    recorded: list[list[str]] = []
    statements: list[str] = []
    with closing(StaffDesk.open(path, Actor("writer"))) as desk:
        person = _Person(desk, 0, Report(), random.Random(0))
        person.insist(person.kinds[0], 1)  # the first change also makes the record of the person
        desk.database.connection().set_trace_callback(statements.append)
        for job in range(1, JOBS + 1):
            for change in person.kinds:
                statements.clear()
                person.insist(change, job)
                begin = statements.index("BEGIN IMMEDIATE")
                end = len(statements) - statements[::-1].index("COMMIT")
                recorded.append([_again(statement) for statement in statements[begin:end]])
    return recorded


def _again(statement: str) -> str:
    """Return the statement so that it changes its row whatever version that has by now."""
    return re.sub(r' AND \("\w+"\."version" = \d+\)', "", statement)


# -- the account of it ---------------------------------------------------------------------------


def _make(path: Path) -> list[Change]:
    """Make a database with a few jobs, and return what they begin with."""
    made = []
    with closing(StaffDesk.open(path, Actor("maker"), create=True)) as desk:
        assert insert_account(desk, "acme", ["acme.example"]) == ACCOUNT
        for number in range(JOBS):
            job = desk.jobs.add(ACCOUNT, JobDraft(f"Job {number}"))
            made.append(Change("job", job.id, 1, job.id, job.status.value, "maker"))
            for _ in range(TASKS_AT_FIRST):
                task = desk.tasks.add(job.id, TaskDraft("Wireframes", rate="75", time="2:30"))
                amount = str(task.amount.minor)
                made.append(Change("task", task.id, 1, job.id, amount, "maker"))
    return made


def _problems(path: Path, made: list[Change], reports: list[Report]) -> list[str]:
    """Compare what was acknowledged with the records and the history; say what does not agree."""
    changes = made + [change for report in reports for change in report.changes]
    with closing(StaffDesk.open(path, Actor("auditor"))) as desk:
        problems = desk.database.integrity_problems()
        acknowledged = _by_version(changes)
        history = _history(desk)
        if acknowledged != history:
            differ = [
                key
                for key in acknowledged.keys() | history.keys()
                if acknowledged.get(key) != history.get(key)
            ]
            problems.append(f"Acknowledged changes and history differ at {sorted(differ)[:9]}.")
        newest = {(it.table, it.record): it for it in sorted(changes, key=lambda it: it.version)}
        expected = {key: (it.version, it.job, it.value) for key, it in newest.items()}
        if expected != (found := _state(desk)):
            differ = [
                key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key)
            ]
            problems.append(f"Acknowledged changes and records differ at {sorted(differ)[:9]}.")
        problems += _wrong_sums(desk, expected)
    problems += [
        f"{shown.by} was shown a conflict on {shown.table} {shown.record} with nobody."
        for report in reports
        for shown in report.conflicts
        if set(history[shown.table, shown.record][shown.seen :]) <= {shown.by}
    ]
    return problems


Authors = dict[tuple[str, int], list[str]]
"""Of each record who made its versions, the first one first."""


def _by_version(changes: Iterable[Change]) -> Authors:
    authors: Authors = defaultdict(list)
    for change in sorted(changes, key=lambda it: it.version):
        versions = authors[change.table, change.record]
        versions.append(change.by if change.version == len(versions) + 1 else "nobody")
    return dict(authors)


def _history(desk: StaffDesk) -> Authors:
    authors: Authors = defaultdict(list)
    for kind, record, by in desk.database.execute_sql(
        "SELECT kind, record, login FROM event JOIN staff ON staff.id = actor_id ORDER BY event.id"
    ):
        authors[kind.partition("-")[0], record].append(by)
    return dict(authors)


def _state(desk: StaffDesk) -> dict[tuple[str, int], tuple[int, int, str]]:
    return {
        (table, record): (version, job, str(value))
        for table, columns in (
            ("job", "id, version, id, status"),
            ("task", "id, version, job_id, amount_minor"),
            ("note", "id, version, job_id, body"),
        )
        for record, version, job, value in desk.database.execute_sql(
            f"SELECT {columns} FROM {table}"
        )
    }


def _wrong_sums(
    desk: StaffDesk, expected: dict[tuple[str, int], tuple[int, int, str]]
) -> list[str]:
    sums: Counter[int] = Counter()
    for (table, _), (_, job, value) in expected.items():
        sums[job] += int(value) if table == "task" else 0
    totals = {job: desk.jobs.get(job).totals.total.minor for job in sums}
    return [
        f"#{job} shows a total of {totals[job]}, {due} was acknowledged."
        for job, due in sums.items()
        if totals[job] != due
    ]


if __name__ == "__main__":
    sys.exit(main())
