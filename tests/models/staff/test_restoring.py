"""Removals are taken back, in any order that makes sense."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from models.drafts import JobDraft
from models.refusals import NotAllowed, NotFound
from models.staff.desk import StaffDesk
from models.tables import Account
from models.values import JobStatus, Removed
from tests.conftest import insert_account
from tests.models.desks import Entry, contents, entries, hourly, newest_event


@pytest.fixture
def task(desk: StaffDesk, job: int) -> int:
    """A task of the job."""
    return desk.tasks.add(job, hourly()).id


@pytest.fixture
def note(desk: StaffDesk, job: int) -> int:
    """A note on the job."""
    return desk.notes.add(job, "Call Jane", visible_to_customer=True).id


def remove(desk: StaffDesk, kind: str, record: int) -> int:
    """Remove a record and return the entry of the history that says so."""
    removals = {"job": desk.jobs.remove, "task": desk.tasks.remove, "note": desk.notes.remove}
    removals[kind](record)
    return newest_event(desk)


def test_what_was_removed_comes_back_as_it_was(
    desk: StaffDesk, acme: int, job: int, task: int, note: int
) -> None:
    before = (desk.tasks.page(job).rows, desk.notes.page(job).rows, desk.jobs.page(acme).rows)
    names = {"task": "Wireframes", "note": "Call Jane", "job": "Site redesign"}
    for kind, record in (("task", task), ("note", note), ("job", job)):
        removal = remove(desk, kind, record)
        assert desk.history.restore(removal) == Removed(
            f"{kind}-restored", record, job, acme, names[kind]
        )
        where = (acme, job, None, record)
        after = {"description": names[kind]}
        assert entries(desk)[-1] == Entry(
            f"{kind}-restored", "anna", "session of anna", *where, {}, after
        )
    (task_before,), notes, (job_before,) = before
    task_after, job_after = desk.tasks.get(task), desk.jobs.get(job)
    assert (task_after.amount, task_after.version) == (task_before.amount, 3)
    assert (job_after.totals, job_after.version) == (job_before.totals, 3)
    assert desk.notes.page(job).rows == notes


@pytest.mark.parametrize("order", itertools.permutations(["job", "task", "note"]))
def test_what_is_on_a_removed_job_comes_back_after_the_job(
    desk: StaffDesk, job: int, task: int, note: int, order: tuple[str, ...], path: Path
) -> None:
    removals = {"note": remove(desk, "note", note), "task": remove(desk, "task", task)}
    removals["job"] = remove(desk, "job", job)
    too_early = order[: order.index("job")]
    before = contents(path)
    for kind in too_early:
        with pytest.raises(NotAllowed, match=f"#{job} is removed: bring that back first"):
            desk.history.restore(removals[kind])
    assert contents(path) == before
    for kind in (*order[len(too_early) :], *too_early):
        desk.history.restore(removals[kind])
    value = desk.jobs.get(job)
    assert (value.totals.tasks, value.notes) == (1, 1)


def test_what_is_on_a_removed_job_is_not_removed_alone(
    desk: StaffDesk, job: int, task: int, note: int
) -> None:
    desk.jobs.remove(job)
    with pytest.raises(NotFound, match=f"There is no task {task}"):
        desk.tasks.remove(task)
    with pytest.raises(NotFound, match=f"There is no note {note}"):
        desk.notes.remove(note)


@pytest.mark.parametrize("status", [JobStatus.FINISHED, JobStatus.CANCELED])
def test_a_closed_job_gets_back_its_notes_but_no_tasks(
    desk: StaffDesk, job: int, task: int, note: int, status: JobStatus
) -> None:
    task_removal, note_removal = remove(desk, "task", task), remove(desk, "note", note)
    desk.jobs.set_status(job, status)
    desk.history.restore(note_removal)
    with pytest.raises(NotAllowed, match=f"#{job} is closed: reopen it"):
        desk.history.restore(task_removal)
    desk.jobs.set_status(job, JobStatus.NEW)
    desk.history.restore(task_removal)
    value = desk.jobs.get(job)
    assert (value.totals.tasks, value.notes) == (1, 1)


def test_a_removed_job_comes_back_closed_when_it_was_closed(desk: StaffDesk, job: int) -> None:
    finished = desk.jobs.set_status(job, JobStatus.FINISHED)
    desk.history.restore(remove(desk, "job", job))
    back = desk.jobs.get(job)
    assert (back.status, back.finished) == (JobStatus.FINISHED, finished.finished)


def test_a_removal_is_taken_back_only_once(desk: StaffDesk, job: int, task: int) -> None:
    removal = remove(desk, "task", task)
    desk.history.restore(removal)
    with pytest.raises(NotAllowed, match="taken back already"):
        desk.history.restore(removal)


def test_only_the_removal_in_force_is_taken_back(desk: StaffDesk, job: int, task: int) -> None:
    first = remove(desk, "task", task)
    desk.history.restore(first)
    second = remove(desk, "task", task)
    restorable = {event.id for event in desk.history.of_job(job).rows if event.restorable}
    assert restorable == {second}
    with pytest.raises(NotAllowed, match="taken back already"):
        desk.history.restore(first)
    desk.history.restore(second)
    assert not any(event.restorable for event in desk.history.of_job(job).rows)


def test_records_of_other_kinds_with_the_same_number_do_not_mix(
    desk: StaffDesk, job: int, task: int, note: int
) -> None:
    assert job == task == note
    task_removal, note_removal = remove(desk, "task", task), remove(desk, "note", note)
    desk.history.restore(task_removal)
    restorable = {event.id for event in desk.history.of_job(job).rows if event.restorable}
    assert restorable == {note_removal}
    assert (desk.jobs.get(job).totals.tasks, desk.jobs.get(job).notes) == (1, 0)


def test_only_removals_are_taken_back(desk: StaffDesk, job: int) -> None:
    with pytest.raises(NotAllowed, match="Only a removal"):
        desk.history.restore(newest_event(desk))
    with pytest.raises(NotFound, match="There is no entry 99 in the history"):
        desk.history.restore(99)


def test_a_removal_of_another_provider_is_only_read(
    desk: StaffDesk, open_desk: Callable[..., StaffDesk], path: Path
) -> None:
    reseller = insert_account(desk, "hub", is_reseller=True)
    theirs = open_desk("rosa", reseller)
    account = insert_account(desk, "cust", reseller=reseller)
    job = theirs.jobs.add(account, JobDraft("Logo"), hourly()).id
    removals = [remove(theirs, "task", theirs.tasks.page(job).rows[0].id)]
    removals.append(remove(theirs, "job", job))
    assert {event.id for event in theirs.history.of_account(account).rows if event.restorable} == {
        *removals
    }
    assert not any(event.restorable for event in desk.history.of_account(account).rows)
    before = contents(path)
    for removal in removals:
        with pytest.raises(NotAllowed):
            desk.history.restore(removal)
    assert contents(path) == before

    with desk.session.writing():
        Account.update(reseller=None).where(Account.id == account).execute()
    with pytest.raises(NotAllowed, match=f"#{job} is a job of reseller {reseller}: "):
        desk.history.restore(removals[1])
    with pytest.raises(NotFound):
        theirs.history.restore(removals[1])
