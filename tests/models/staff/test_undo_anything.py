"""Whatever is done: undo gives back what was there before, redo what was there after."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.drafts import JobDraft
from models.opening import open_for_staff
from models.refusals import Refused
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.staff.tasks import PlannedTasks
from models.values import JobStatus
from tests.conftest import insert_account
from tests.models.desks import Clock, fixed, free, hourly

Cell = tuple[str, int, str]
"""A table, a record, a column."""

State = dict[Cell, Any]
ACCOUNTS = (1001, 1002)
STATUSES = tuple(JobStatus)
PLANNED = tuple(PlannedTasks)
JOBS = (
    JobDraft("Logo"),
    JobDraft("Site", "Two\nlines", "cleo", "+3", "T-1", False),
    JobDraft("Logo", assignee="dave"),
)
TASKS = (
    hourly(),
    hourly("80", "1:00", note="sent"),
    fixed("-50", done=True, worked_by="cleo"),
    free(rate="50", time="1:00", description="Wireframes"),
    hourly("50", "1:00", done=True),
)


class Office:
    """Two people at their desks, on one database, and what is in it."""

    def __init__(self, path: Path, desks: ExitStack) -> None:
        self.clock = Clock()
        self.desks = []
        for login in ("anna", "ben"):
            database = open_for_staff(path)
            desks.callback(database.close)
            self.desks.append(StaffDesk(database, Actor(login), clock=self.clock))
        for name in ("acme", "beta"):
            insert_account(self.desks[0], name)

    def state(self) -> State:
        """Return every column of all jobs, tasks and notes but their versions."""
        found: State = {}
        database = self.desks[0].database
        for table in ("job", "task", "note"):
            cursor: Any = database.execute_sql(f"SELECT * FROM {table}")
            names = [column[0] for column in cursor.description]
            for row in cursor:
                values = dict(zip(names, row, strict=True))
                found |= {
                    (table, values["id"], name): value
                    for name, value in values.items()
                    if name != "version"
                }
        return found

    def entries(self) -> int:
        """Return how long the history is."""
        row = self.desks[0].database.execute_sql("SELECT count(*) FROM event").fetchone()
        assert row is not None
        return int(row[0])

    def pick(self, table: str, choice: int) -> int:
        """Return some record that is there, or one that is not."""
        found = self.desks[0].database.execute_sql(
            f"SELECT id FROM {table} WHERE removed_at IS NULL ORDER BY id"
        )
        ids = [id_ for (id_,) in found]
        return int(ids[choice % len(ids)]) if ids else 99

    def do(self, who: int, what: str, first: int, second: int) -> None:
        """Let somebody do something with some record; what is refused is not done."""
        self.clock.now += 60_000
        with suppress(Refused):
            WORK[what](self, self.desks[who], first, second)


Work = Callable[[Office, StaffDesk, int, int], object]


def edit_job(office: Office, desk: StaffDesk, first: int, second: int) -> None:
    job = desk.jobs.get(office.pick("job", first))
    desk.jobs.edit(job.id, job.version, JOBS[second % len(JOBS)])


def edit_task(office: Office, desk: StaffDesk, first: int, second: int) -> None:
    task = desk.tasks.get(office.pick("task", first))
    desk.tasks.edit(task.id, task.version, TASKS[second % len(TASKS)])


WORK: dict[str, Work] = {
    "add a job": lambda office, desk, first, second: desk.jobs.add(
        ACCOUNTS[first % 2], JOBS[second % len(JOBS)]
    ),
    "add a job with a task": lambda office, desk, first, second: desk.jobs.add(
        ACCOUNTS[first % 2], JOBS[0], TASKS[second % len(TASKS)]
    ),
    "edit a job": edit_job,
    "set a status": lambda office, desk, first, second: desk.jobs.set_status(
        office.pick("job", first),
        STATUSES[second % len(STATUSES)],
        planned=PLANNED[second % len(PLANNED)],
    ),
    "remove a job": lambda office, desk, first, _: desk.jobs.remove(office.pick("job", first)),
    "move a job": lambda office, desk, first, second: desk.jobs.move(
        office.pick("job", first), ACCOUNTS[second % 2]
    ),
    "add a task": lambda office, desk, first, second: desk.tasks.add(
        office.pick("job", first), TASKS[second % len(TASKS)]
    ),
    "edit a task": edit_task,
    "mark a task": lambda office, desk, first, second: desk.tasks.set_done(
        office.pick("task", first), bool(second % 2)
    ),
    "remove a task": lambda office, desk, first, _: desk.tasks.remove(office.pick("task", first)),
    "add a note": lambda office, desk, first, second: desk.notes.add(
        office.pick("job", first), "Call", visible_to_customer=bool(second % 2)
    ),
    "show a note": lambda office, desk, first, second: desk.notes.set_visible(
        office.pick("note", first), bool(second % 2)
    ),
    "remove a note": lambda office, desk, first, _: desk.notes.remove(office.pick("note", first)),
}

numbers = st.integers(0, 11)
steps = st.lists(st.tuples(st.sampled_from(sorted(WORK)), numbers, numbers), max_size=14)
turns = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from([*sorted(WORK), *["undo", "redo"] * 5]), numbers,
              numbers),
    max_size=30,
)  # fmt: skip


@contextmanager
def office(new_database: Path) -> Iterator[Office]:
    """Open an office with two customers and no work yet."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as desks:
        path = Path(folder) / "jobs.db"
        shutil.copy(new_database, path)
        yield Office(path, desks)


def there(state: State, before: State) -> State:
    """Return the state without records that were not there before, which must be removed."""
    known = {cell[:2] for cell in before}
    for cell, value in state.items():
        assert cell[:2] in known or cell[2] != "removed_at" or value is not None
    return {cell: value for cell, value in state.items() if cell[:2] in known}


@settings(max_examples=30)
@given(steps)
def test_undo_goes_all_the_way_back_and_redo_all_the_way_forth(
    new_database: Path, steps: Sequence[tuple[str, int, int]]
) -> None:
    with office(new_database) as it:
        anna = it.desks[0]
        states = [it.state()]
        for what, first, second in steps:
            it.do(0, what, first, second)
            if it.state() != states[-1]:
                states.append(it.state())
        for before in reversed(states[:-1]):
            it.clock.now += 60_000
            anna.undo.undo()
            assert there(it.state(), before) == before
        assert anna.undo.last() is None
        for after in states[1:]:
            it.clock.now += 60_000
            anna.undo.redo()
            assert there(it.state(), after) == after
        assert anna.undo.last_undone() is None


Written = tuple[State, State, State]
"""The cells that a change wrote, before and after, and everything as it left it."""


@dataclass
class Memory:
    """What one person did, change by change."""

    done: list[Written] = field(default_factory=list)
    undone: list[Written] = field(default_factory=list)


def turn(who: int, *what: str) -> list[tuple[int, str, int, int]]:
    """Return that somebody does this in turn, with the first records there are."""
    return [(who, it, 0, 1) for it in what]


REMOVED_AND_BACK = [*turn(0, "add a job with a task", "remove a task", "undo")]


@settings(max_examples=40)
@given(turns)
@example([*REMOVED_AND_BACK, *turn(1, "edit a task"), *turn(0, "redo")])
@example(
    [
        *turn(0, "add a job", "add a note", "remove a note", "undo"),
        (1, "show a note", 0, 0),
        *turn(0, "redo"),
    ]
)
@example(
    [
        *turn(0, "add a job"),
        *turn(1, "add a task", "remove a task"),
        *turn(0, "undo", "redo"),
        *turn(1, "undo"),
        *turn(0, "undo"),
    ]
)
@example([*turn(0, "add a job", "remove a job", "undo"), *turn(1, "add a note"), (0, "redo", 0, 0)])
def test_undo_between_others_changes_gives_back_ones_own_or_nothing(
    new_database: Path, turns: Sequence[tuple[int, str, int, int]]
) -> None:
    with office(new_database) as it:
        memories = Memory(), Memory()
        for who, what, first, second in turns:
            before, entries = it.state(), it.entries()
            if what in ("undo", "redo"):
                take_step(it, who, what, memories[who], possible=first > 5)
                continue
            it.do(who, what, first, second)
            if it.entries() > entries:
                after = it.state()
                memories[who].done.append((*difference(before, after), after))
                memories[who].undone.clear()


def difference(before: State, after: State) -> tuple[State, State]:
    """Return the cells that differ, before and after; of an added record, that it is there."""
    known = {cell[:2] for cell in before}
    cells = [cell for cell in after if before.get(cell) != after[cell] and cell[:2] in known]
    old, new = {cell: before[cell] for cell in cells}, {cell: after[cell] for cell in cells}
    added = {cell for cell in after if cell[:2] not in known and cell[2] == "removed_at"}
    # When it is taken back, it is removed at that moment.
    return old | dict.fromkeys(added, "now"), new | dict.fromkeys(added)


def take_step(it: Office, who: int, what: str, memory: Memory, *, possible: bool) -> None:
    """Undo or redo, and find exactly the cells changed that the change had written."""
    desk = it.desks[who]
    before, entries = it.state(), it.entries()
    it.clock.now += 60_000
    source, target, numbers = memory.done, memory.undone, desk.session.changes.done
    take, look = desk.undo.undo, desk.undo.last
    if what == "redo":
        source, target, numbers = target, source, desk.session.changes.undone
        take, look = desk.undo.redo, desk.undo.last_undone
    proposed = look(possible=possible)
    assert possible or (proposed is None) == (not source)
    if proposed is None or proposed.refusal:
        with pytest.raises(Refused) as refused:
            take(possible=possible)
        assert proposed is None or proposed.refusal == str(refused.value) != ""
        assert (it.state(), it.entries()) == (before, entries)
        return
    will_be, was_written, left = source.pop(numbers.index(proposed.change))
    take(possible=possible)
    assert all(before[cell] == value for cell, value in was_written.items())
    now = {cell: it.clock.now if value == "now" else value for cell, value in will_be.items()}
    assert it.state() == before | now
    assert in_sight(before, now) == in_sight(left, now)
    target.append((was_written, now, it.state()))


def in_sight(state: State, now: State) -> State:
    """Return the cells that people saw of what is taken off now, and of what goes with it."""
    off = {cell[:2] for cell, value in now.items() if cell[2] == "removed_at" and value is not None}
    off |= {
        cell[:2] for cell, value in state.items() if cell[2] == "job_id" and ("job", value) in off
    }
    there = {it for it in off if state[(*it, "removed_at")] is None}
    return {cell: value for cell, value in state.items() if cell[:2] in there}
