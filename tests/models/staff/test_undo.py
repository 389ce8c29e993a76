"""Changes are taken back and done again: exactly, as a whole, and never over others' work."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.drafts import JobDraft
from models.history_filter import HistoryFilter
from models.moments import clock as clock_time
from models.moments import short
from models.refusals import Conflict, NotAllowed, NotFound, Refused
from models.staff.desk import StaffDesk
from models.staff.tasks import PlannedTasks
from models.tables import Account, Event, Staff, Task
from models.values import JobStatus, Reversal
from tests.conftest import insert_account
from tests.models.desks import Clock, contents, entries, fixed, free, hourly, newest_event

State = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def ben(open_desk: Callable[..., StaffDesk]) -> StaffDesk:
    """Another desk of the hosting company."""
    return open_desk("ben")


@pytest.fixture
def task(desk: StaffDesk, job: int) -> int:
    """A task of the job."""
    return desk.tasks.add(job, hourly()).id


@pytest.fixture
def note(desk: StaffDesk, job: int) -> int:
    """A note on the job."""
    return desk.notes.add(job, "Call Jane\nat noon", visible_to_customer=True).id


def state(desk: StaffDesk) -> State:
    """Return all jobs, tasks and notes but their versions; those added come last."""
    found = {}
    for table in ("job", "task", "note"):
        columns = [row[1] for row in desk.database.execute_sql(f"PRAGMA table_info({table})")]
        names = ", ".join(name for name in columns if name != "version")
        found[table] = list(desk.database.execute_sql(f"SELECT {names} FROM {table} ORDER BY id"))
    return found


def removed(desk: StaffDesk, table: str, record: int) -> int | None:
    """Return the moment when a record was removed."""
    row = desk.database.execute_sql(
        f"SELECT removed_at FROM {table} WHERE id = ?", (record,)
    ).fetchone()
    assert row is not None
    return None if row[0] is None else int(row[0])


CHANGES: dict[str, tuple[Callable[[StaffDesk, int, int, int], object], str, str]] = {
    "edit a job": (
        lambda desk, job, _task, _note: desk.jobs.edit(
            job,
            desk.jobs.get(job).version,
            JobDraft("Logo", "Two\nlines", "ben", "+3", "T-1", False),
        ),
        "Undo: description, details, assignee, due, re… of #1 Logo back as before",
        "#1: undone: job changed: description, details, assignee, due, reference, visibility",
    ),
    "edit one field of a job": (
        lambda desk, job, _task, _note: desk.jobs.edit(
            job, desk.jobs.get(job).version, JobDraft("Site redesign", assignee="ben")
        ),
        "Undo: assignee of #1 Site redesign back to nothing",
        "#1: undone: job changed: assignee",
    ),
    "hide a job": (
        lambda desk, job, _task, _note: desk.jobs.edit(
            job, desk.jobs.get(job).version, JobDraft("Site redesign", shown_to_customer=False)
        ),
        "Undo: #1 Site redesign shown to the customer again",
        "#1: undone: job changed: visibility",
    ),
    "set a status": (
        lambda desk, job, _task, _note: desk.jobs.set_status(job, JobStatus.ON_HOLD),
        "Undo: status of #1 back to New",
        "#1: undone: status On hold → New",
    ),
    "finish a job": (
        lambda desk, job, _task, _note: desk.jobs.set_status(job, JobStatus.FINISHED),
        "Undo: status of #1 back to New",
        "#1: undone: status Finished → New",
    ),
    "finish a job and its tasks": (
        lambda desk, job, _task, _note: desk.jobs.set_status(
            job, JobStatus.FINISHED, planned=PlannedTasks.DONE
        ),
        "Undo: status of #1 back to New, with 2 tasks",
        "#1: undone: status Finished → New",
    ),
    "finish a job without its tasks": (
        lambda desk, job, _task, _note: desk.jobs.set_status(
            job, JobStatus.FINISHED, planned=PlannedTasks.REMOVE
        ),
        "Undo: status of #1 back to New, with 2 tasks",
        "#1: undone: status Finished → New",
    ),
    "remove a job": (
        lambda desk, job, _task, _note: desk.jobs.remove(job),
        "Undo: #1 Site redesign back in its place",
        "#1: undone: job removed: Site redesign",
    ),
    "move a job": (
        lambda desk, job, _task, _note: desk.jobs.move(job, 1002),
        "Undo: #1 Site redesign back to account 1001",
        "#1: undone: account 1002 → 1001",
    ),
    "edit a task": (
        lambda desk, _job, task, _note: desk.tasks.edit(
            task, desk.tasks.get(task).version, fixed("-50", note="for Jane", done=True)
        ),
        "Undo: description, pricing, rate, time, amoun… of task 1 Theme of #1 back as before",
        "#1: undone: task changed: description, pricing, rate, time, amount, note, worked on, "
        "worked by, done",
    ),
    "edit one field of a task": (
        lambda desk, _job, task, _note: desk.tasks.edit(
            task, desk.tasks.get(task).version, hourly(note="x" * 60)
        ),
        "Undo: note of task 1 Wireframes of #1 back to nothing",
        "#1: undone: task changed: note",
    ),
    "mark a task as done": (
        lambda desk, _job, task, _note: desk.tasks.set_done(task, True),
        "Undo: task 1 Wireframes of #1 planned again",
        "#1: undone: task done: Wireframes",
    ),
    "remove a task": (
        lambda desk, _job, task, _note: desk.tasks.remove(task),
        "Undo: task 1 Wireframes of #1 back in its place",
        "#1: undone: task removed: Wireframes",
    ),
    "keep a note for staff": (
        lambda desk, _job, _task, note: desk.notes.set_visible(note, False),
        "Undo: note 1 Call Jane of #1 shown to the customer again",
        "#1: undone: note changed: visibility",
    ),
    "remove a note": (
        lambda desk, _job, _task, note: desk.notes.remove(note),
        "Undo: note 1 Call Jane of #1 back in its place",
        "#1: undone: note removed: Call Jane",
    ),
}
"""Changes of what is there, what undo says of them, and the first line it leaves in the history."""


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_taken_back_and_done_again_exactly(
    desk: StaffDesk, job: int, task: int, note: int, clock: Clock, name: str
) -> None:
    change, words, line = CHANGES[name]
    insert_account(desk, "other")
    desk.tasks.add(job, free())
    before = state(desk)
    clock.pass_days(1)
    change(desk, job, task, note)
    after = state(desk)
    assert before != after
    for _ in range(3):
        clock.pass_days(1)
        last = desk.undo.last()
        assert last is not None
        assert (last.words, last.refusal, last.job) == (words, "", job)
        assert desk.undo.undo().words == words
        assert state(desk) == before
        clock.pass_days(1)
        again = desk.undo.last_undone()
        assert again is not None
        assert again.words.startswith("Redo: ")
        assert again.refusal == ""
        assert desk.undo.redo().words == again.words
        assert state(desk) == after
    desk.undo.undo()
    events = desk.history.page(HistoryFilter(job=job) if name != "move a job" else None).rows
    assert line in [event.summary for event in events]


def test_a_task_that_was_done_is_planned_and_done_when_it_was(
    desk: StaffDesk, job: int, clock: Clock
) -> None:
    task = desk.tasks.add(job, hourly(done=True, worked_by="ben"))
    clock.pass_days(2)
    desk.tasks.set_done(task.id, False)
    last = desk.undo.last()
    assert last is not None
    assert last.words == f"Undo: task {task.id} Wireframes of #{job} done again"
    desk.undo.undo()
    back = desk.tasks.get(task.id)
    assert (back.done, back.worked_on, back.worked_by) == (task.done, task.worked_on, "ben")


def test_a_reopened_job_is_finished_when_it_was(desk: StaffDesk, job: int, clock: Clock) -> None:
    finished = desk.jobs.set_status(job, JobStatus.FINISHED).finished
    clock.pass_days(2)
    desk.jobs.set_status(job, JobStatus.IN_PROGRESS)
    desk.undo.undo()
    assert desk.jobs.get(job).finished == finished is not None


def test_what_was_added_is_taken_off_and_comes_back(desk: StaffDesk, acme: int) -> None:
    job = desk.jobs.add(acme, JobDraft("Logo"), hourly()).id
    note = desk.notes.add(job, "Call Jane").id
    said = [
        f"Undo: note {note} Call Jane of #{job} taken off again",
        f"Undo: #{job} Logo taken off again, with 1 task",
    ]
    assert [desk.undo.undo().words for _ in said] == said
    assert desk.undo.last() is None
    assert desk.jobs.page(acme).total == 0
    said = [f"Redo: #{job} Logo, with 1 task", f"Redo: note {note} Call Jane of #{job}"]
    assert [desk.undo.redo().words for _ in said] == said
    assert desk.undo.last_undone() is None
    assert (desk.tasks.page(job).total, desk.notes.page(job).total) == (1, 1)


def test_the_entries_of_an_undo_are_like_others_and_name_what_they_take_back(
    desk: StaffDesk, acme: int, clock: Clock
) -> None:
    job = desk.jobs.add(acme, JobDraft("Logo"), hourly()).id
    first = newest_event(desk) - 1
    clock.pass_days(1)
    desk.undo.undo()
    where = ("anna", "session of anna", acme, job, None)
    gone = {"removed_at": clock.now}
    written = entries(desk)[-2:]
    assert written[0][:-2] == ("task-removed", *where, 1)
    assert written[0][-2:] == ({"description": "Wireframes", "amount_minor": 18750}, gone)
    assert written[1][:-2] == ("job-removed", *where, job)
    assert written[1][-2:] == ({"description": "Logo"}, gone)
    with desk.session.reading():
        stored = list(Event.select(Event.change, Event.undoes).order_by(Event.id).tuples())
    assert stored == [(None, None), (first, None), (None, first + 1), (first + 2, first)]
    rows = desk.history.page().rows
    assert [(row.undoes, row.reversible) for row in rows] == [
        (first, True), (first + 1, True), (None, False), (None, False),
    ]  # fmt: skip
    assert [row.summary for row in rows[:2]] == [
        f"#{job}: undone: job added: Logo",
        f"#{job}: undone: task added: Wireframes",
    ]
    desk.undo.redo()
    assert desk.history.page().rows[1].summary == f"#{job}: redone: job added: Logo"
    hidden = {"Done at", "Finished at", "Removed at"}
    shown = {change.field for row in desk.history.page().rows for change in row.changes}
    assert not shown & hidden


def test_what_was_changed_twice_at_once_goes_back_to_how_it_was_at_first(
    desk: StaffDesk, job: int
) -> None:
    with desk.session.writing():
        desk.jobs.set_status(job, JobStatus.IN_PROGRESS)
        desk.jobs.set_status(job, JobStatus.ON_HOLD)
    desk.undo.undo()
    assert desk.jobs.get(job).status is JobStatus.NEW
    desk.undo.redo()
    assert desk.jobs.get(job).status is JobStatus.ON_HOLD


def test_a_new_change_leaves_nothing_to_redo(desk: StaffDesk, job: int) -> None:
    desk.jobs.set_status(job, JobStatus.ON_HOLD)
    desk.undo.undo()
    assert desk.undo.last_undone() is not None
    desk.jobs.set_status(job, JobStatus.NEW)  # the same again is no change
    assert desk.undo.last_undone() is not None
    desk.notes.add(job, "Call Jane")
    assert desk.undo.last_undone() is None
    with pytest.raises(NotAllowed, match="There is nothing to redo"):
        desk.undo.redo()


def test_there_is_nothing_to_undo_at_a_new_desk(
    desk: StaffDesk, job: int, open_desk: Callable[..., StaffDesk], path: Path
) -> None:
    """Not even what the same person did in another session."""
    again = open_desk("anna")
    before = contents(path)
    assert (again.undo.last(), again.undo.last_undone()) == (None, None)
    for take in (again.undo.undo, again.undo.redo):
        with pytest.raises(NotAllowed, match="There is nothing to"):
            take()
    assert contents(path) == before
    last = desk.undo.last()
    assert last is not None
    assert last.job == job


def test_a_change_that_was_refused_or_rolled_back_is_not_remembered(
    desk: StaffDesk, job: int, task: int
) -> None:
    def note_and_fail() -> None:
        with desk.session.writing():
            desk.notes.add(job, "Lost")
            raise RuntimeError

    last = desk.undo.last()
    with pytest.raises(RuntimeError):
        note_and_fail()
    with pytest.raises(Conflict):
        desk.jobs.edit(job, 99, JobDraft("Mine"))
    assert desk.undo.last() == last
    with desk.session.writing(), pytest.raises(RuntimeError):
        note_and_fail()
    assert desk.undo.last() == last
    with desk.session.writing():
        with pytest.raises(RuntimeError):
            note_and_fail()
        desk.notes.add(job, "Kept")
    assert desk.undo.undo().words == f"Undo: note 1 Kept of #{job} taken off again"


def test_a_long_description_does_not_make_long_words(desk: StaffDesk, acme: int) -> None:
    job = desk.jobs.add(acme, JobDraft("x" * 500, details="y\n" * 500))
    desk.jobs.edit(job.id, 1, JobDraft("z" * 500, details=job.details))
    for take in (desk.undo.undo, desk.undo.redo):
        assert len(take().words) < 150
    desk.jobs.edit(job.id, desk.jobs.get(job.id).version, JobDraft("z" * 500))
    words = desk.undo.undo().words
    assert len(words) < 150
    assert "\n" not in words


# -- what others did -------------------------------------------------------------------------


def refused(desk: StaffDesk, path: Path) -> str:
    """Return why undo is refused, which writes nothing and is said beforehand."""
    before = contents(path)
    with pytest.raises(Refused) as refusal:
        desk.undo.undo()
    assert contents(path) == before
    last = desk.undo.last()
    assert last is not None
    assert last.refusal == str(refusal.value)
    return last.refusal


OTHERS: dict[str, tuple[str, Callable[[StaffDesk, int, int, int], object], str]] = {
    "the status": (
        "finish a job",
        lambda ben, job, _task, _note: ben.jobs.set_status(job, JobStatus.ON_HOLD),
        "ben set the status of #1 to On hold",
    ),
    "a field of the job": (
        "edit a job",
        lambda ben, job, _task, _note: ben.jobs.edit(
            job, ben.jobs.get(job).version, JobDraft("Logo", due="+9")
        ),
        "ben changed the details, assignee, due, reference, visi… of #1",
    ),
    "the task": (
        "edit a task",
        lambda ben, _job, task, _note: ben.tasks.edit(
            task, ben.tasks.get(task).version, fixed("-60", note="for Jane", done=True)
        ),
        "ben changed the amount, worked on, worked by of task 1 of #1",
    ),
    "a planned task": (
        "mark a task as done",
        lambda ben, _job, task, _note: ben.tasks.set_done(task, False),
        "ben marked task 1 of #1 as planned",
    ),
    "the removed job": (
        "set a status",
        lambda ben, job, _task, _note: ben.jobs.remove(job),
        "ben removed #1",
    ),
    "the removed task": (
        "edit a task",
        lambda ben, _job, task, _note: ben.tasks.remove(task),
        "ben removed task 1 of #1",
    ),
    "one of many tasks": (
        "finish a job and its tasks",
        lambda ben, job, task, _note: (
            ben.jobs.set_status(job, JobStatus.NEW),
            ben.jobs.set_status(job, JobStatus.ON_HOLD),
        ),
        "ben set the status of #1 to On hold",
    ),
    "the note": (
        "keep a note for staff",
        lambda ben, _job, _task, note: ben.notes.remove(note),
        "ben removed note 1 of #1",
    ),
    "who sees the note": (
        "keep a note for staff",
        lambda ben, _job, _task, note: ben.notes.set_visible(note, True),
        "ben showed note 1 of #1 to the customer",
    ),
    "who sees the job": (
        "hide a job",
        lambda ben, job, _task, _note: ben.jobs.edit(
            job, ben.jobs.get(job).version, JobDraft("Site redesign")
        ),
        "ben showed #1 to the customer",
    ),
    "the account": (
        "move a job",
        lambda ben, job, _task, _note: ben.jobs.move(job, 1001),
        "ben moved #1 to account 1001",
    ),
}
"""What anna did, what ben did after that, and what keeps anna from taking it back."""


@pytest.mark.parametrize("what", OTHERS)
def test_what_someone_changed_since_is_left_and_named(
    desk: StaffDesk,
    ben: StaffDesk,
    job: int,
    task: int,
    note: int,
    path: Path,
    clock: Clock,
    what: str,
) -> None:
    mine, theirs, sentence = OTHERS[what]
    insert_account(desk, "other")
    CHANGES[mine][0](desk, job, task, note)
    clock.pass_days(1)
    theirs(ben, job, task, note)
    assert refused(desk, path) == f"{sentence} at {clock_time(clock.now)} since."
    with pytest.raises(Conflict) as conflict:
        desk.undo.undo()
    assert (conflict.value.by, conflict.value.at) == ("ben", clock.now)
    done = clock.now
    clock.pass_days(1)
    day, moment = short(done).split()
    assert refused(desk, path) == f"{sentence} on {day} at {moment} since."


def test_other_fields_that_someone_changed_since_are_kept(
    desk: StaffDesk, ben: StaffDesk, job: int, task: int
) -> None:
    desk.tasks.edit(task, 1, hourly(note="mine"))
    ben.tasks.edit(task, 2, hourly(note="mine", description="Theirs", time="3:00"))
    desk.undo.undo()
    now = desk.tasks.get(task)
    assert (now.note, now.description, now.minutes) == ("", "Theirs", 180)
    desk.jobs.set_status(job, JobStatus.ON_HOLD)
    ben.jobs.edit(job, desk.jobs.get(job).version, JobDraft("Theirs"))
    desk.undo.undo()
    assert (desk.jobs.get(job).status, desk.jobs.get(job).description) == (JobStatus.NEW, "Theirs")


def test_a_price_that_would_not_add_up_any_more_is_left(
    desk: StaffDesk, ben: StaffDesk, job: int, path: Path
) -> None:
    """The rate of free work does not show in its amount; priced by the hour, it does."""
    task = desk.tasks.add(job, free(rate="50", time="1:00"))
    desk.tasks.edit(task.id, 1, free(rate="80", time="1:00"))
    ben.tasks.edit(task.id, 2, hourly("80", "1:00", description="Advice"))
    assert "ben changed the pricing, amount of task" in refused(desk, path)


def test_a_job_on_which_someone_worked_since_is_not_taken_off(
    desk: StaffDesk, ben: StaffDesk, acme: int, path: Path
) -> None:
    job = desk.jobs.add(acme, JobDraft("Logo"), hourly()).id
    theirs = ben.tasks.add(job, hourly()).id
    assert f"ben added task {theirs} of #{job} at " in refused(desk, path)
    ben.undo.undo()
    note = ben.notes.add(job, "Call Jane").id
    assert f"ben added note {note} of #{job} at " in refused(desk, path)
    ben.notes.remove(note)
    desk.undo.undo()
    assert desk.jobs.page(acme).total == 0


def test_a_job_that_was_brought_back_is_not_removed_again_with_others_work(
    desk: StaffDesk, ben: StaffDesk, job: int, task: int, path: Path
) -> None:
    desk.jobs.remove(job)
    desk.undo.undo()
    ben.tasks.set_done(task, True)
    again = desk.undo.last_undone()
    assert again is not None
    assert again.refusal.startswith(f"ben marked task {task} of #{job} as done at ")
    before = contents(path)
    with pytest.raises(Conflict):
        desk.undo.redo()
    assert contents(path) == before
    ben.undo.undo()
    desk.undo.redo()
    assert desk.jobs.page().total == 0


TAKEN_OFF: dict[str, Callable[[StaffDesk, int, int, int], object]] = {
    "task": lambda desk, _job, task, _note: desk.tasks.remove(task),
    "note": lambda desk, _job, _task, note: desk.notes.remove(note),
    "job": lambda desk, job, _task, _note: desk.jobs.remove(job),
    "planned tasks": lambda desk, job, _task, _note: desk.jobs.set_status(
        job, JobStatus.FINISHED, planned=PlannedTasks.REMOVE
    ),
}
"""What anna removes."""


@pytest.mark.parametrize(
    ("what", "theirs", "said"),
    [
        ("task", "edit a task",
         "ben changed the description, pricing, rate, time, amoun… of task 1 of #1"),
        ("task", "mark a task as done", "ben marked task 1 of #1 as done"),
        ("planned tasks", "edit one field of a task", "ben changed the note of task 1 of #1"),
        ("note", "keep a note for staff", "ben hid note 1 of #1 from the customer"),
        ("job", "edit one field of a job", "ben changed the assignee of #1"),
        ("job", "set a status", "ben set the status of #1 to On hold"),
        ("job", "move a job", "ben moved #1 to account 1002"),
        ("job", "edit one field of a task", "ben changed the note of task 1 of #1"),
        ("job", "keep a note for staff", "ben hid note 1 of #1 from the customer"),
    ],
)  # fmt: skip
def test_what_someone_changed_since_it_came_back_is_not_removed_again(
    desk: StaffDesk,
    ben: StaffDesk,
    job: int,
    task: int,
    note: int,
    path: Path,
    clock: Clock,
    what: str,
    theirs: str,
    said: str,
) -> None:
    insert_account(desk, "other")
    TAKEN_OFF[what](desk, job, task, note)
    desk.undo.undo()
    clock.pass_days(1)
    CHANGES[theirs][0](ben, job, task, note)
    before = contents(path)
    again = desk.undo.last_undone()
    assert again is not None
    assert again.refusal == f"{said} at {clock_time(clock.now)} since."
    with pytest.raises(Conflict) as conflict:
        desk.undo.redo()
    assert (conflict.value.by, conflict.value.at) == ("ben", clock.now)
    assert contents(path) == before
    ben.undo.undo()
    desk.undo.redo()


@pytest.mark.parametrize("kind", ["task", "note"])
def test_a_job_stays_with_what_someone_brought_back_on_it(
    desk: StaffDesk, ben: StaffDesk, acme: int, path: Path, clock: Clock, kind: str
) -> None:
    """It was added and removed before the job was taken off and came back."""
    job = desk.jobs.add(acme, JobDraft("Logo")).id
    if kind == "task":
        ben.tasks.remove(ben.tasks.add(job, hourly()).id)
    else:
        ben.notes.remove(ben.notes.add(job, "Call Jane").id)
    desk.undo.undo()
    desk.undo.redo()
    clock.pass_days(1)
    ben.undo.undo()
    said = f"ben brought back {kind} 1 of #{job} at {clock_time(clock.now)} since."
    assert refused(desk, path) == said
    ben.undo.redo()
    desk.undo.undo()
    assert desk.jobs.page(acme).total == 0


def test_a_job_is_not_removed_again_with_a_task_that_someone_added_since(
    desk: StaffDesk, ben: StaffDesk, job: int
) -> None:
    desk.jobs.remove(job)
    desk.undo.undo()
    theirs = ben.tasks.add(job, hourly())
    with pytest.raises(Conflict, match=f"ben added task {theirs.id} of #{job} at .* since"):
        desk.undo.redo()
    assert desk.tasks.page(job).total == 1


def test_what_is_as_it_was_again_is_taken_off(desk: StaffDesk, ben: StaffDesk, job: int) -> None:
    desk.tasks.remove(desk.tasks.add(job, hourly()).id)
    desk.undo.undo()
    ben.tasks.edit(1, ben.tasks.get(1).version, hourly("80"))
    ben.tasks.edit(1, ben.tasks.get(1).version, hourly())
    desk.undo.redo()
    assert desk.tasks.page(job).total == 0


def test_what_someone_else_took_back_already_is_left_out(
    desk: StaffDesk, ben: StaffDesk, job: int
) -> None:
    desk.jobs.set_status(job, JobStatus.ON_HOLD)
    event = newest_event(desk)
    desk.notes.add(job, "Call Jane")
    ben.undo.reverse(newest_event(desk))
    last = desk.undo.last()
    assert last is not None
    assert (last.change, last.words) == (event, f"Undo: status of #{job} back to New")
    desk.undo.undo()
    assert desk.undo.undo().words == f"Undo: #{job} Site redesign taken off again"
    assert ben.undo.last() is not None


def test_what_is_refused_is_passed_over_on_request_and_keeps_its_turn(
    desk: StaffDesk, ben: StaffDesk, job: int, task: int, path: Path
) -> None:
    desk.tasks.edit(task, 1, hourly(note="mine"))
    desk.jobs.set_status(job, JobStatus.ON_HOLD)
    ben.jobs.set_status(job, JobStatus.IN_PROGRESS)
    assert "ben set the status" in refused(desk, path)
    possible = desk.undo.last(possible=True)
    assert possible is not None
    assert (possible.words, possible.refusal) == (
        f"Undo: note of task {task} Wireframes of #{job} back to nothing",
        "",
    )
    assert desk.undo.undo(possible=True) == possible
    assert "ben set the status" in refused(desk, path)
    assert desk.undo.redo().words == f"Redo: note of task {task} Wireframes of #{job} to mine"
    ben.undo.undo()
    desk.undo.undo()
    assert desk.undo.undo(possible=True).words == f"Undo: status of #{job} back to New"
    desk.undo.redo()
    assert desk.undo.redo(possible=True).words.startswith("Redo: note of task")
    desk.undo.undo()
    desk.undo.undo()
    ben.jobs.set_status(job, JobStatus.IN_PROGRESS)
    assert "ben set the status" in str(desk.undo.last_undone())
    assert desk.undo.redo(possible=True).words.startswith("Redo: note of task")
    assert desk.undo.last_undone(possible=True) is None
    before = contents(path)
    with pytest.raises(NotAllowed, match="There is nothing to redo"):
        desk.undo.redo(possible=True)
    assert contents(path) == before
    ben.undo.undo()
    assert desk.undo.redo().words == f"Redo: status of #{job} to On hold"


# -- any change of the history ---------------------------------------------------------------


def test_any_change_of_the_history_can_be_taken_back_by_a_desk_that_may_make_it(
    desk: StaffDesk, ben: StaffDesk, job: int, task: int
) -> None:
    ben.jobs.set_status(job, JobStatus.FINISHED, planned=PlannedTasks.DONE)
    event = newest_event(desk)
    ben.notes.add(job, "Call Jane")
    shown = desk.undo.of_event(event)
    assert shown == Reversal(event - 1, f"Undo: status of #{job} back to New, with 1 task", "",
                             desk.jobs.get(job).account, job)  # fmt: skip
    assert desk.undo.reverse(event) == shown
    assert (desk.jobs.get(job).status, desk.tasks.get(task).done) == (JobStatus.NEW, None)
    # It is a change of this desk, and can be undone and redone in turn.
    assert desk.undo.undo().words == f"Undo: status of #{job} back to Finished, with 1 task"
    assert desk.undo.redo().words == f"Redo: status of #{job} to New, with 1 task"
    undo = newest_event(desk)
    assert desk.undo.of_event(undo).words.startswith("Redo: status of #1 to Finished")
    desk.undo.reverse(undo)
    assert desk.jobs.get(job).status is JobStatus.FINISHED


def test_what_was_taken_back_is_taken_back_only_once(
    desk: StaffDesk, ben: StaffDesk, job: int, path: Path
) -> None:
    desk.jobs.set_status(job, JobStatus.ON_HOLD)
    first = newest_event(desk)
    for _ in range(2):
        ben.undo.reverse(first)
        undo = newest_event(desk)
        before = contents(path)
        with pytest.raises(NotAllowed, match=r"This was taken back already\."):
            desk.undo.reverse(first)
        assert desk.undo.of_event(first).refusal == "This was taken back already."
        assert contents(path) == before
        ben.undo.reverse(undo)
        with pytest.raises(NotAllowed, match=r"This was done again already\."):
            desk.undo.reverse(undo)
        redo = newest_event(desk)
    rows = desk.history.page(HistoryFilter(job=job)).rows
    assert [row.reversible for row in rows] == [True, False, True, False, True, True]
    desk.undo.reverse(redo)
    assert desk.jobs.get(job).status is JobStatus.NEW


def test_only_work_is_taken_back(desk: StaffDesk, acme: int, path: Path) -> None:
    with desk.session.writing():
        desk.session.record_changed_accounts([(acme, {"person": "a"}, {"person": "b"})])
    event = newest_event(desk)
    refusal = "Only changes of jobs, tasks and notes can be taken back."
    assert desk.undo.of_event(event) == Reversal(event, "", refusal, None, None)
    with pytest.raises(NotAllowed, match="Only changes of jobs"):
        desk.undo.reverse(event)
    assert desk.undo.last() is None
    assert not desk.history.page().rows[0].reversible
    for ask in (desk.undo.of_event, desk.undo.reverse):
        with pytest.raises(NotFound, match="There is no entry 99 in the history"):
            ask(99)


@pytest.mark.parametrize("order", itertools.permutations(["job", "task", "note"]))
def test_what_is_on_a_removed_job_comes_back_after_the_job(
    desk: StaffDesk, job: int, task: int, note: int, order: tuple[str, ...], path: Path
) -> None:
    removals = {}
    for kind, record in (("note", note), ("task", task), ("job", job)):
        getattr(desk, f"{kind}s").remove(record)
        removals[kind] = newest_event(desk)
    too_early = order[: order.index("job")]
    before = contents(path)
    for kind in too_early:
        with pytest.raises(NotAllowed, match=f"#{job} is removed: bring that back first"):
            desk.undo.reverse(removals[kind])
    assert contents(path) == before
    for kind in (*order[len(too_early) :], *too_early):
        desk.undo.reverse(removals[kind])
    value = desk.jobs.get(job)
    assert (value.totals.tasks, value.notes) == (1, 1)


def test_records_of_other_kinds_with_the_same_number_do_not_mix(
    desk: StaffDesk, job: int, task: int, note: int
) -> None:
    assert job == task == note
    desk.tasks.remove(task)
    removal = newest_event(desk)
    desk.notes.remove(note)
    desk.undo.reverse(removal)
    assert (desk.jobs.get(job).totals.tasks, desk.jobs.get(job).notes) == (1, 0)


# -- rules -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [JobStatus.FINISHED, JobStatus.CANCELED])
def test_a_closed_job_gets_back_its_notes_but_no_tasks(
    desk: StaffDesk, job: int, task: int, note: int, status: JobStatus
) -> None:
    desk.tasks.remove(task)
    task_removal = newest_event(desk)
    desk.notes.remove(note)
    note_removal = newest_event(desk)
    desk.jobs.set_status(job, status)
    desk.undo.reverse(note_removal)
    closed = f"#{job} is {status.label.lower()}: reopen it to change its tasks."
    assert desk.undo.of_event(task_removal).refusal == closed
    with pytest.raises(NotAllowed, match="reopen it"):
        desk.undo.reverse(task_removal)
    desk.jobs.set_status(job, JobStatus.NEW)
    desk.undo.reverse(task_removal)
    assert (desk.jobs.get(job).totals.tasks, desk.jobs.get(job).notes) == (1, 1)


def bill(desk: StaffDesk, task: int) -> None:
    """Put a task on a bill, as another program does."""
    with desk.session.writing():
        Task.update(
            billed_at=1, billed_by=desk.session.acting_staff(), billed_reference="R-7"
        ).where(Task.id == task).execute()


def test_a_billed_task_stays_as_it_is(desk: StaffDesk, job: int, task: int, path: Path) -> None:
    desk.tasks.set_done(task, True)
    bill(desk, task)
    assert refused(desk, path) == f"Task {task} is billed (R-7): correct it by a new line."


def test_a_finished_job_stays_finished_when_one_of_its_tasks_was_billed_since(
    desk: StaffDesk, job: int, task: int, path: Path
) -> None:
    """Nothing of it is undone, not even what could be."""
    desk.tasks.add(job, free())
    desk.jobs.set_status(job, JobStatus.FINISHED, planned=PlannedTasks.DONE)
    bill(desk, task)
    assert "is billed" in refused(desk, path)


def test_a_moved_job_stays_where_its_bill_is(
    desk: StaffDesk, job: int, task: int, path: Path
) -> None:
    other = insert_account(desk, "other")
    desk.jobs.move(job, other)
    desk.tasks.set_done(task, True)
    bill(desk, task)
    last = desk.undo.of_event(newest_event(desk) - 1)
    assert last.refusal.startswith(f"Task {task} of #{job} is billed to account {other} (R-7): ")


def test_work_of_another_provider_is_only_read(
    desk: StaffDesk, open_desk: Callable[..., StaffDesk], path: Path
) -> None:
    reseller = insert_account(desk, "hub", is_reseller=True)
    theirs = open_desk("rosa", reseller)
    account = insert_account(desk, "cust", reseller=reseller)
    job = theirs.jobs.add(account, JobDraft("Logo"), hourly()).id
    theirs.tasks.remove(theirs.tasks.page(job).rows[0].id)
    event = newest_event(theirs)
    assert all(row.reversible for row in theirs.history.page().rows)
    assert not any(row.reversible for row in desk.history.page().rows)
    before = contents(path)
    for entry in (1, event):
        assert f"belongs to reseller {reseller}" in desk.undo.of_event(entry).refusal
        with pytest.raises(NotAllowed):
            desk.undo.reverse(entry)
    assert contents(path) == before

    with desk.session.writing():
        Account.update(reseller=None).where(Account.id == account).execute()
    with pytest.raises(NotAllowed, match=f"#{job} is a job of reseller {reseller}: "):
        desk.undo.reverse(event)
    for ask in (theirs.undo.of_event, theirs.undo.reverse):
        with pytest.raises(NotFound):
            ask(event)
    last = theirs.undo.last()
    assert last is not None
    assert "Wireframes" not in str(last)
    assert (last.words, last.job, last.account) == ("Undo: a change out of reach", None, None)
    before = contents(path)
    with pytest.raises(NotFound):
        theirs.undo.undo()
    assert contents(path) == before


def test_a_person_who_was_switched_off_gets_no_work_back(
    desk: StaffDesk, acme: int, path: Path
) -> None:
    job = desk.jobs.add(acme, JobDraft("Logo", assignee="ben")).id
    desk.jobs.edit(job, 1, JobDraft("Logo"))
    with desk.session.writing():
        Staff.update(active=False).where(Staff.login == "ben").execute()
    assert refused(desk, path) == "The access of ben was switched off."


# -- what older programs wrote ---------------------------------------------------------------


def as_written_before(desk: StaffDesk) -> None:
    """Make the history look as if an older program had written it."""
    found = list(desk.database.execute_sql("SELECT id, before, after FROM event"))
    with desk.session.writing():
        desk.database.execute_sql("DROP TRIGGER event_never_changed")
        for id_, before, after in found:
            old, new = (
                {name: value for name, value in json.loads(text).items()
                 if name not in ("done_at", "finished_at", "removed_at")}
                for text in (before, after)
            )  # fmt: skip
            desk.database.execute_sql(
                "UPDATE event SET before = ?, after = ?, change_id = NULL WHERE id = ?",
                (json.dumps(old), json.dumps(new), id_),
            )


def test_what_an_older_program_wrote_is_taken_back_entry_by_entry(
    desk: StaffDesk, ben: StaffDesk, acme: int, clock: Clock
) -> None:
    job = desk.jobs.add(acme, JobDraft("Logo"), hourly()).id
    note = desk.notes.add(job, "Call Jane").id
    before = state(desk)
    clock.pass_days(1)
    done = desk.jobs.set_status(job, JobStatus.FINISHED, planned=PlannedTasks.DONE)
    assert done.finished == clock.now
    desk.notes.remove(note)
    desk.jobs.remove(job)
    as_written_before(desk)
    clock.pass_days(1)
    removal = newest_event(desk)
    ben.undo.reverse(removal)
    for event in (removal - 1, removal - 3, removal - 2):
        ben.undo.reverse(event)
    assert state(desk) == before
    ben.undo.reverse(2)
    assert removed(desk, "task", 1) == clock.now


def test_what_an_older_program_did_not_keep_is_not_made_up(
    desk: StaffDesk, ben: StaffDesk, acme: int, job: int, task: int, path: Path
) -> None:
    desk.tasks.set_done(task, True)
    desk.tasks.set_done(task, False)
    planned = newest_event(desk)
    desk.jobs.set_status(job, JobStatus.FINISHED)
    desk.jobs.set_status(job, JobStatus.NEW)
    reopened = newest_event(desk)
    as_written_before(desk)
    before = contents(path)
    for event, thing in ((planned, f"task {task} of #{job}"), (reopened, f"#{job}")):
        sentence = f"It is not known when {thing} was done: an older program did not keep it."
        assert ben.undo.of_event(event).refusal == sentence
        with pytest.raises(NotAllowed):
            ben.undo.reverse(event)
    assert contents(path) == before


def test_only_the_removal_in_force_of_an_older_program_is_taken_back(
    desk: StaffDesk, ben: StaffDesk, job: int, task: int, path: Path
) -> None:
    desk.tasks.remove(task)
    first = newest_event(desk)
    desk.undo.undo()
    desk.tasks.remove(task)
    second = newest_event(desk)
    as_written_before(desk)
    with desk.session.writing():
        desk.database.execute_sql("UPDATE event SET undoes = NULL")
    before = contents(path)
    with pytest.raises(Conflict, match=f"anna removed task {task} of #{job} at .* since"):
        ben.undo.reverse(first)
    assert contents(path) == before
    ben.undo.reverse(second)
    assert ben.tasks.get(task).id == task


def test_a_note_that_was_moved_with_its_job_is_taken_back_where_the_job_is(
    desk: StaffDesk, acme: int, job: int, note: int
) -> None:
    added = newest_event(desk)
    other = insert_account(desk, "other")
    desk.jobs.move(job, other)
    desk.undo.reverse(added)
    assert desk.history.page(HistoryFilter(account=other)).rows[0].kind == "note-removed"
