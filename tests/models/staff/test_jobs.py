"""Custom jobs: added, changed, closed, removed, and each change in the history."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.drafts import JobDraft, TaskDraft
from models.moments import clock as clock_time
from models.moments import short
from models.refusals import BadFields, Conflict, JobMoved, NotFound
from models.staff.changes import update_versioned
from models.staff.desk import StaffDesk
from models.tables import Account, Job
from models.values import JobStatus
from tests.conftest import insert_account
from tests.models.desks import Clock, Entry, contents, entries, hourly, undone

FULL = JobDraft("Site redesign", "New look\nNew words", "ben", "2026-01-31", "T-17", False)


def test_a_new_job_has_what_was_typed(desk: StaffDesk, acme: int, clock: Clock) -> None:
    job = desk.jobs.add(acme, FULL)
    assert (job.account, job.provider, job.status) == (acme, None, JobStatus.NEW)
    assert (job.description, job.details) == ("Site redesign", "New look\nNew words")
    assert (job.assignee, job.due, job.reference) == ("ben", "2026-01-31", "T-17")
    assert (job.shown_to_customer, job.currency) == (False, "USD")
    assert (job.created, job.created_by, job.finished) == (clock.now, "anna", None)
    assert (job.totals.tasks, job.totals.total.text, job.notes) == (0, "0.00 USD", 0)
    assert (job.version, job.writable) == (1, True)
    assert desk.jobs.get(job.id) == job


def test_adding_a_job_is_recorded(desk: StaffDesk, acme: int) -> None:
    job = desk.jobs.add(acme, FULL)
    after = {
        "description": "Site redesign",
        "details": "New look\nNew words",
        "assignee": "ben",
        "due": "2026-01-31",
        "reference": "T-17",
        "shown_to_customer": False,
    }
    assert entries(desk) == [
        Entry("job-added", "anna", "session of anna", acme, job.id, None, job.id, {}, after)
    ]


def test_a_job_and_its_first_task_come_together(desk: StaffDesk, acme: int) -> None:
    job = desk.jobs.add(acme, JobDraft("Logo"), hourly("80.00", "1:30"))
    assert (job.totals.tasks, job.totals.total.text) == (1, "120.00 USD")
    assert [entry.kind for entry in entries(desk)] == ["job-added", "task-added"]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (JobDraft(""), "description"),
        (JobDraft(" \t\u200b"), "description"),
        (JobDraft("x" * 501), "description"),
        (JobDraft("Logo", details="x" * 20_001), "details"),
        (JobDraft("Logo", assignee="x" * 501), "assignee"),
        (JobDraft("Logo", due="31.13.2026"), "due"),
        (JobDraft("Logo", reference="x" * 501), "reference"),
    ],
)
def test_a_job_that_cannot_be_accepted_leaves_nothing(
    desk: StaffDesk, acme: int, path: Path, draft: JobDraft, field: str
) -> None:
    before = contents(path)
    with pytest.raises(BadFields) as refused:
        desk.jobs.add(acme, draft)
    assert list(refused.value.problems) == [field]
    assert contents(path) == before


def test_a_bad_first_task_keeps_the_job_out_too(desk: StaffDesk, acme: int, path: Path) -> None:
    before = contents(path)
    with pytest.raises(BadFields) as refused:
        desk.jobs.add(acme, JobDraft("Logo"), hourly("75.005", "1:75"))
    assert list(refused.value.problems) == ["rate", "time"]
    assert contents(path) == before


def test_hostile_text_is_kept_as_harmless_text(desk: StaffDesk, acme: int) -> None:
    job = desk.jobs.add(acme, JobDraft("[/] \x1b[31mred\x00\tand\nmore", "[@click=app.quit]x[/]"))
    assert job.description == "[/] ␛[31mred␀ and more"
    assert job.details == "[@click=app.quit]x[/]"


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [
        ("description", "Site redesign", "Logo"),
        ("details", "", "Blue"),
        ("assignee", "", "ben"),
        ("due", None, "2026-02-28"),
        ("reference", "", "T-1"),
        ("shown_to_customer", True, False),
    ],
)
def test_an_edit_records_what_it_changed(
    desk: StaffDesk, acme: int, job: int, field: str, old: Any, new: Any
) -> None:
    typed: dict[str, Any] = {field: new}
    edited = desk.jobs.edit(job, 1, replace(JobDraft("Site redesign"), **typed))
    assert (getattr(edited, field), edited.version) == (new, 2)
    changed = ({field: old}, {field: new})
    assert entries(desk)[1:] == [
        Entry("job-changed", "anna", "session of anna", acme, job, None, job, *changed)
    ]


def test_every_field_can_be_emptied_again(desk: StaffDesk, acme: int) -> None:
    job = desk.jobs.add(acme, FULL)
    emptied = desk.jobs.edit(job.id, job.version, JobDraft("Site redesign"))
    assert (emptied.details, emptied.assignee, emptied.due, emptied.reference) == ("",) * 4
    assert emptied.shown_to_customer


def test_an_edit_that_changes_nothing_records_nothing(desk: StaffDesk, job: int) -> None:
    assert desk.jobs.edit(job, 1, JobDraft("  Site redesign ")).version == 1
    assert len(entries(desk)) == 1


def test_an_edit_of_what_someone_else_changed_shows_how_it_is_now(
    desk: StaffDesk, job: int, open_desk: Callable[..., StaffDesk], path: Path, clock: Clock
) -> None:
    theirs = open_desk("ben").jobs.edit(job, 1, JobDraft("Theirs", reference="T-2"))
    before = contents(path)
    with pytest.raises(Conflict) as conflict:
        desk.jobs.edit(job, 1, JobDraft("Mine"))
    assert str(conflict.value) == f"#{job} was changed by ben at {clock_time(clock.now)}."
    assert (conflict.value.by, conflict.value.at) == ("ben", clock.now)
    assert conflict.value.current == theirs
    assert contents(path) == before
    assert desk.jobs.edit(job, theirs.version, JobDraft("Mine")).description == "Mine"


@pytest.mark.parametrize("old", JobStatus)
def test_every_status_can_follow_every_other(
    desk: StaffDesk, acme: int, job: int, clock: Clock, old: JobStatus
) -> None:
    desk.jobs.set_status(job, old)
    finished_before = clock.now if old is JobStatus.FINISHED else None
    clock.pass_days(1)
    before = len(entries(desk))
    for new in JobStatus:
        with undone(desk):
            changed = desk.jobs.set_status(job, new)
            finished = clock.now if new is JobStatus.FINISHED else None
            assert changed.status is new
            assert changed.finished == (finished_before if old is new else finished)
            words: tuple[dict[str, Any], ...] = ({"status": old.value}, {"status": new.value})
            if old is not new and JobStatus.FINISHED in (old, new):
                words[0]["finished_at"], words[1]["finished_at"] = finished_before, finished
            where = (acme, job, None, job)
            wanted = Entry("job-status", "anna", "session of anna", *where, words[0], words[1])
            assert entries(desk)[before:] == ([] if old is new else [wanted])


def test_a_status_is_not_set_over_one_that_the_person_never_saw(
    desk: StaffDesk, job: int, open_desk: Callable[..., StaffDesk], clock: Clock
) -> None:
    ben = open_desk("ben")
    ben.jobs.set_status(job, JobStatus.CANCELED)
    was_set = clock.now
    clock.pass_days(1)
    ben.jobs.edit(job, 2, JobDraft("Site redesign", reference="T-1"))
    with pytest.raises(Conflict) as conflict:
        desk.jobs.set_status(job, JobStatus.FINISHED, seen=JobStatus.NEW)
    day, moment = short(was_set).split()
    assert str(conflict.value) == f"#{job} was set to Canceled by ben on {day} at {moment}."
    assert (conflict.value.by, conflict.value.at) == ("ben", was_set)
    assert conflict.value.current == desk.jobs.get(job)
    assert desk.jobs.get(job).status is JobStatus.CANCELED


def test_a_removed_job_is_on_no_list(desk: StaffDesk, acme: int, job: int, clock: Clock) -> None:
    desk.jobs.remove(job)
    before, after = {"description": "Site redesign"}, {"removed_at": clock.now}
    assert entries(desk)[1:] == [
        Entry("job-removed", "anna", "session of anna", acme, job, None, job, before, after)
    ]
    assert (desk.jobs.page(acme).rows, desk.jobs.page().total) == ((), 0)
    assert (desk.jobs.open_count(), desk.accounts.get(acme).open_jobs) == (0, 0)
    for read in (desk.jobs.get, desk.tasks.page, desk.notes.page):
        with pytest.raises(NotFound, match=f"There is no job #{job}"):
            read(job)
    with pytest.raises(NotFound):
        desk.jobs.remove(job)


def test_jobs_are_listed_oldest_first_in_windows(desk: StaffDesk, acme: int) -> None:
    other = insert_account(desk, "other")
    ids = [desk.jobs.add(acme, JobDraft(f"Job {number}")).id for number in range(5)]
    elsewhere = desk.jobs.add(other, JobDraft("Elsewhere")).id
    desk.jobs.set_status(ids[1], JobStatus.ON_HOLD)

    page = desk.jobs.page(acme, offset=1, limit=2)
    assert ([job.id for job in page.rows], page.offset, page.total) == (ids[1:3], 1, 5)
    assert [job.id for job in desk.jobs.page().rows] == [*ids, elsewhere]
    held = desk.jobs.page(acme, JobStatus.ON_HOLD)
    assert ([job.id for job in held.rows], held.total) == ([ids[1]], 1)
    assert desk.jobs.page(other, JobStatus.ON_HOLD).rows == ()


def test_only_open_jobs_count_as_open(desk: StaffDesk, acme: int) -> None:
    for status in JobStatus:
        desk.jobs.set_status(desk.jobs.add(acme, JobDraft(status.label)).id, status)
    assert (desk.jobs.open_count(), desk.accounts.get(acme).open_jobs) == (3, 3)


def test_a_job_keeps_the_currency_of_its_first_day(desk: StaffDesk, acme: int, job: int) -> None:
    with desk.session.writing():
        Account.update(currency="JPY").where(Account.id == acme).execute()
    assert desk.jobs.get(job).currency == "USD"
    assert desk.tasks.add(job, hourly("75.50", "2:00")).amount.text == "151.00 USD"
    assert desk.jobs.add(acme, JobDraft("Logo")).currency == "JPY"


def test_the_version_is_checked_by_the_update_itself(desk: StaffDesk, job: int) -> None:
    with desk.session.writing(), pytest.raises(Conflict):
        update_versioned(Job, job, 2, description="Mine")
    assert desk.jobs.get(job).description == "Site redesign"


WRITES: dict[str, Callable[[StaffDesk, int, int], object]] = {
    "job": lambda desk, job, account: desk.jobs.edit(
        job, desk.jobs.get(job).version, JobDraft("For them"), account=account
    ),
    "task": lambda desk, job, account: desk.tasks.add(
        job, TaskDraft("For them", rate="75", time="1"), account=account
    ),
    "changed task": lambda desk, job, account: desk.tasks.edit(
        desk.tasks.page(job).rows[0].id,
        1,
        TaskDraft("For them", rate="75", time="1"),
        account=account,
    ),
    "note": lambda desk, job, account: desk.notes.add(job, "For them", account=account),
}


@pytest.mark.parametrize("what", WRITES)
def test_a_text_for_a_job_that_was_moved_is_refused_and_says_by_whom(
    desk: StaffDesk,
    open_desk: Callable[..., StaffDesk],
    acme: int,
    job: int,
    path: Path,
    what: str,
) -> None:
    desk.tasks.add(job, TaskDraft("Work", rate="75", time="1"))
    there = insert_account(desk, "acmeweb")
    open_desk("ben").jobs.move(job, there)
    before = contents(path)
    with pytest.raises(JobMoved) as refused:
        WRITES[what](desk, job, acme)
    moved = refused.value
    assert str(moved).startswith(f"#{job} was moved to account {there} by ben at ")
    assert str(moved).endswith(": save again to write it there.")
    assert (moved.account, moved.by) == (there, "ben")
    assert contents(path) == before
    WRITES[what](desk, job, there)
    assert contents(path) != before
