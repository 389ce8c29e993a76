"""Tasks: priced, planned, done, changed, removed, and each change in the history."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.drafts import TaskDraft
from models.moments import clock as clock_time
from models.refusals import BadFields, Conflict, NotAllowed, NotFound
from models.staff.desk import StaffDesk
from models.tables import Task
from models.values import JobStatus, Pricing
from tests.models.desks import Clock, Entry, contents, entries, fixed, free, hourly

FULL = hourly(note="sent to Jane", done=True, worked_on="2026-01-05", worked_by="ben")


def test_a_new_task_has_what_was_typed(desk: StaffDesk, job: int, clock: Clock) -> None:
    task = desk.tasks.add(job, FULL)
    assert (task.description, task.pricing, task.note) == (
        "Wireframes",
        Pricing.HOURLY,
        "sent to Jane",
    )
    assert task.rate is not None
    assert (task.rate.text, task.minutes, task.amount.text) == ("75.00 USD", 150, "187.50 USD")
    assert (task.done, task.worked_on, task.worked_by) == (clock.now, "2026-01-05", "ben")
    assert (task.entered, task.entered_by, task.billed) == (clock.now, "anna", None)
    assert task.version == 1
    assert desk.tasks.get(task.id) == task
    assert desk.tasks.page(job).rows == (task,)
    assert desk.tasks.job_of(task.id) == job


def test_adding_a_task_is_recorded(desk: StaffDesk, acme: int, job: int) -> None:
    task = desk.tasks.add(job, FULL)
    after = {
        "description": "Wireframes",
        "pricing": "hourly",
        "rate_minor": 7500,
        "minutes": 150,
        "amount_minor": 18750,
        "note": "sent to Jane",
        "done": True,
        "worked_on": "2026-01-05",
        "worked_by": "ben",
        "done_at": task.done,
    }
    assert entries(desk)[1:] == [
        Entry("task-added", "anna", "session of anna", acme, job, None, task.id, {}, after)
    ]


@pytest.mark.parametrize(
    ("draft", "rate", "minutes", "amount"),
    [
        (hourly("33.33", "0:20"), 33_33, 20, 11_11),
        (hourly("0", "1"), 0, 60, 0),
        (fixed("120", time="3"), None, 180, 120_00),
        (fixed("-20.50"), None, None, -20_50),
        (fixed("5", rate="99"), None, None, 5_00),
        (free(), None, None, 0),
        (free(rate="50", time="2"), 50_00, 120, 0),
    ],
)
def test_each_pricing_stores_what_it_needs(
    desk: StaffDesk,
    job: int,
    draft: TaskDraft,
    rate: int | None,
    minutes: int | None,
    amount: int,
) -> None:
    task = desk.tasks.add(job, draft)
    stored_rate = None if task.rate is None else task.rate.minor
    assert (task.pricing, stored_rate, task.minutes) == (draft.pricing, rate, minutes)
    assert task.amount.minor == desk.jobs.get(job).totals.total.minor == amount


def test_done_work_is_todays_and_the_actors_unless_it_says_otherwise(
    desk: StaffDesk, job: int, clock: Clock
) -> None:
    task = desk.tasks.add(job, hourly(done=True))
    assert (task.done, task.worked_on) == (clock.now, clock.today)
    assert (task.worked_by, task.worked_by_name) == ("anna", "Anna")
    after = entries(desk)[-1].after
    assert (after["worked_on"], after["worked_by"]) == (clock.today, "anna")


def test_planned_work_is_nobodys_and_of_no_day_until_someone_says_so(
    desk: StaffDesk, job: int
) -> None:
    task = desk.tasks.add(job, hourly())
    assert (task.done, task.worked_on, task.worked_by, task.worked_by_name) == (None, "", "", "")
    planned = desk.tasks.add(job, hourly(worked_by="ben"))
    assert (planned.done, planned.worked_by) == (None, "ben")


def test_a_task_that_cannot_be_accepted_leaves_nothing(
    desk: StaffDesk, job: int, path: Path
) -> None:
    before = contents(path)
    draft = TaskDraft(rate="-1", time="0", note="x" * 501, worked_on="never", worked_by="x" * 501)
    with pytest.raises(BadFields) as refused:
        desk.tasks.add(job, draft)
    assert set(refused.value.problems) == {
        "description", "rate", "time", "note", "worked_on", "worked_by",
    }  # fmt: skip
    assert contents(path) == before


@pytest.mark.parametrize(
    ("typed", "old", "new"),
    [
        ({"description": "Theme"}, {"description": "Wireframes"}, {"description": "Theme"}),
        (
            {"rate": "80", "time": "1"},
            {"rate_minor": 7500, "minutes": 150, "amount_minor": 18750},
            {"rate_minor": 8000, "minutes": 60, "amount_minor": 8000},
        ),
        (
            {"pricing": Pricing.FREE},
            {"pricing": "hourly", "amount_minor": 18750},
            {"pricing": "free", "amount_minor": 0},
        ),
        ({"note": ""}, {"note": "sent to Jane"}, {"note": ""}),
        ({"worked_by": "cleo"}, {"worked_by": "ben"}, {"worked_by": "cleo"}),
        ({"worked_by": ""}, {"worked_by": "ben"}, {"worked_by": "anna"}),
        ({"worked_on": "2026-01-06"}, {"worked_on": "2026-01-05"}, {"worked_on": "2026-01-06"}),
        ({"done": False}, {"done": True}, {"done": False}),
    ],
)
def test_an_edit_records_what_it_changed(
    desk: StaffDesk,
    acme: int,
    job: int,
    typed: dict[str, Any],
    old: dict[str, Any],
    new: dict[str, Any],
) -> None:
    given: dict[str, Any] = {
        "note": "sent to Jane", "done": True, "worked_on": "2026-01-05", "worked_by": "ben",
    }  # fmt: skip
    task = desk.tasks.add(job, hourly(**given))
    edited = desk.tasks.edit(task.id, 1, hourly(**(given | typed)))
    assert edited.version == 2
    named = {"description": "Wireframes"}
    if "done" in old:
        old, new = old | {"done_at": task.done}, new | {"done_at": None}
    where = (acme, job, None, task.id)
    assert entries(desk)[2:] == [
        Entry("task-changed", "anna", "session of anna", *where, named | old, named | new)
    ]
    again = desk.tasks.edit(task.id, 2, hourly(**(given | typed)))
    assert again == edited == desk.tasks.get(task.id)
    assert len(entries(desk)) == 3


def test_an_edit_keeps_the_moment_when_the_work_was_done(
    desk: StaffDesk, job: int, clock: Clock
) -> None:
    task = desk.tasks.add(job, FULL)
    clock.pass_days(3)
    edited = desk.tasks.edit(task.id, 1, hourly("80", done=True, worked_on="2026-01-05"))
    assert (edited.done, edited.entered) == (task.done, task.entered)


def test_an_edit_of_what_someone_else_changed_shows_how_it_is_now(
    desk: StaffDesk, job: int, open_desk: Callable[..., StaffDesk], path: Path, clock: Clock
) -> None:
    task = desk.tasks.add(job, hourly())
    theirs = open_desk("ben").tasks.edit(task.id, 1, hourly("80"))
    before = contents(path)
    with pytest.raises(Conflict) as conflict:
        desk.tasks.edit(task.id, 1, hourly("90"))
    assert str(conflict.value) == f"Task {task.id} was changed by ben at {clock_time(clock.now)}."
    assert (conflict.value.by, conflict.value.at) == ("ben", clock.now)
    assert conflict.value.current == theirs
    assert contents(path) == before


def test_a_task_is_marked_as_done_and_as_planned_again(
    desk: StaffDesk, acme: int, job: int, open_desk: Callable[..., StaffDesk], clock: Clock
) -> None:
    task = desk.tasks.add(job, hourly())
    clock.pass_days(1)
    done = open_desk("ben").tasks.set_done(task.id, True)
    assert (done.done, done.worked_on, done.worked_by) == (clock.now, clock.today, "ben")
    planned = desk.tasks.set_done(task.id, False)
    assert (planned.done, planned.worked_on, planned.worked_by) == (None, "", "ben")
    named = {"description": "Wireframes"}
    was = named | {"done": False, "worked_on": None, "worked_by": "", "done_at": None}
    then = named | {
        "done": True, "worked_on": clock.today, "worked_by": "ben", "done_at": clock.now,
    }  # fmt: skip
    undone = named | {"done": True, "worked_on": clock.today, "done_at": clock.now}
    now = named | {"done": False, "worked_on": None, "done_at": None}
    assert entries(desk)[2:] == [
        Entry("task-done", "ben", "session of ben", acme, job, None, task.id, was, then),
        Entry("task-planned", "anna", "session of anna", acme, job, None, task.id, undone, now),
    ]


def test_work_is_done_by_whoever_was_meant_to_do_it(desk: StaffDesk, job: int) -> None:
    task = desk.tasks.add(job, hourly(worked_by="ben"))
    assert desk.tasks.set_done(task.id, True).worked_by == "ben"


def test_marking_the_same_again_changes_nothing(desk: StaffDesk, job: int) -> None:
    task = desk.tasks.add(job, hourly(done=True))
    before = entries(desk)
    assert desk.tasks.set_done(task.id, True) == task
    assert entries(desk) == before


def test_a_removed_task_is_on_no_list_and_in_no_total(
    desk: StaffDesk, acme: int, job: int, clock: Clock
) -> None:
    kept = desk.tasks.add(job, hourly())
    gone = desk.tasks.add(job, fixed("1000"))
    desk.tasks.remove(gone.id)
    before = {"description": "Theme", "amount_minor": 100_000}
    after = {"removed_at": clock.now}
    assert entries(desk)[-1] == Entry(
        "task-removed", "anna", "session of anna", acme, job, None, gone.id, before, after
    )
    page = desk.tasks.page(job)
    assert (page.rows, page.total) == ((kept,), 1)
    assert desk.jobs.get(job).totals.total.text == "187.50 USD"
    with pytest.raises(NotFound, match=f"There is no task {gone.id}"):
        desk.tasks.get(gone.id)


@pytest.mark.parametrize("status", [JobStatus.FINISHED, JobStatus.CANCELED])
def test_a_closed_job_takes_no_changes_of_its_tasks_until_it_is_reopened(
    desk: StaffDesk, job: int, path: Path, status: JobStatus
) -> None:
    task = desk.tasks.add(job, hourly())
    desk.jobs.set_status(job, status)
    before = contents(path)
    changes: list[Callable[[], object]] = [
        lambda: desk.tasks.add(job, hourly()),
        lambda: desk.tasks.edit(task.id, 1, hourly("80")),
        lambda: desk.tasks.set_done(task.id, True),
        lambda: desk.tasks.remove(task.id),
    ]
    for change in changes:
        with pytest.raises(NotAllowed, match=f"#{job} is {status.label.lower()}: reopen it"):
            change()
    assert contents(path) == before
    desk.jobs.set_status(job, JobStatus.IN_PROGRESS)
    for change in changes:
        change()


def test_a_billed_task_is_locked(desk: StaffDesk, job: int, path: Path) -> None:
    task = desk.tasks.add(job, hourly(done=True))
    with desk.session.writing():
        marks = {"billed_at": 1, "billed_by": desk.session.acting_staff(), "billed_reference": "R1"}
        Task.update(**marks).where(Task.id == task.id).execute()
    billed = desk.tasks.get(task.id).billed
    assert billed is not None
    assert (billed.at, billed.by, billed.reference) == (1, "anna", "R1")
    before = contents(path)
    changes: list[Callable[[], object]] = [
        lambda: desk.tasks.edit(task.id, 1, hourly("80", done=True)),
        lambda: desk.tasks.set_done(task.id, False),
        lambda: desk.tasks.remove(task.id),
    ]
    for change in changes:
        with pytest.raises(NotAllowed, match=rf"Task {task.id} is billed \(R1\)"):
            change()
    assert contents(path) == before


def test_tasks_are_listed_oldest_first_in_windows(desk: StaffDesk, job: int) -> None:
    ids = [desk.tasks.add(job, free(description=f"Task {number}")).id for number in range(4)]
    page = desk.tasks.page(job, offset=1, limit=2)
    assert ([task.id for task in page.rows], page.offset, page.total) == (ids[1:3], 1, 4)
