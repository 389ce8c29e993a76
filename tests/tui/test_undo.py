"""Undo and redo by key: named before it happens, told after it, refused with a reason."""

from pathlib import Path
from typing import Any

import pytest

from models.drafts import JobDraft, TaskDraft
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.values import JobStatus
from tests.conftest import insert_account
from tests.tui.conftest import SETTINGS, Open, Person
from tui.forms.note_form import NoteField
from tui.lower_frame.undoing import Proposal


def told(person: Person) -> list[str]:
    """What the person was told so far, titles and all."""
    return [f"{it.title}: {it.message}" for it in person.app._notifications]


def asked(person: Person) -> str:
    """The question that is open."""
    assert isinstance(person.app.screen, Proposal)
    return person.text(".dialog-text")


async def status(person: Person, job_id: int) -> JobStatus:
    job = await person.app._desk.ask(lambda it: it.jobs.get(job_id))
    return JobStatus(job.status)


async def test_undo_names_the_change_and_enter_takes_it_back(panel: Open, desk: StaffDesk) -> None:
    job = desk.jobs.add(1001, JobDraft("Site redesign"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "s", "3")
        await anna.press("u")
        assert asked(anna) == f"Undo: status of #{job.id} back to New"
        assert await status(anna, job.id) is JobStatus.ON_HOLD
        await anna.press("enter")
        assert await status(anna, job.id) is JobStatus.NEW
        assert "New" in anna.text("#job-head")
        assert f"Done: Undo: status of #{job.id} back to New.\nU does it again." in told(anna)


async def test_escape_leaves_everything_as_it_is(panel: Open, desk: StaffDesk) -> None:
    job = desk.jobs.add(1001, JobDraft("Site redesign"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "s", "3", "u", "escape")
        assert await status(anna, job.id) is JobStatus.ON_HOLD
        assert anna.app.screen.query("#job-pane")


@pytest.mark.parametrize("key", ["U", "ctrl+r"])
async def test_redo_does_it_again_and_a_new_change_ends_that(
    panel: Open, desk: StaffDesk, key: str
) -> None:
    job = desk.jobs.add(1001, JobDraft("Site redesign"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "s", "3", "u", "enter", key)
        assert asked(anna) == f"Redo: status of #{job.id} to On hold"
        await anna.press("enter")
        assert await status(anna, job.id) is JobStatus.ON_HOLD
        await anna.press("u", "enter", "s", "2", key)
        assert len(anna.app.screen_stack) == 1
        assert "There is nothing to redo" in told(anna)[-1]


async def test_nothing_to_undo_says_so(panel: Open) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "u")
        assert "There is nothing to undo" in told(anna)[-1]
        assert len(anna.app.screen_stack) == 1


async def test_what_others_changed_since_is_not_overwritten(
    panel: Open, desk: StaffDesk, other: Any
) -> None:
    job = desk.jobs.add(1001, JobDraft("Site redesign"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "s", "3")
        other.jobs.set_status(job.id, JobStatus.CANCELED)
        await anna.press("u")
        assert len(anna.app.screen_stack) == 1
        assert "ben" in told(anna)[-1]
        assert f"Undo: status of #{job.id} back to New" in told(anna)[-1]
        assert await status(anna, job.id) is JobStatus.CANCELED


async def test_what_can_be_undone_is_offered_instead_of_what_cannot(
    panel: Open, other: Any
) -> None:
    first, second = (other.jobs.add(1001, JobDraft(name)) for name in ("First", "Second"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "s", "2", "up", "s", "3")
        marked = {job.id: await status(anna, job.id) for job in (first, second)}
        (newest,) = (id_ for id_, it in marked.items() if it is JobStatus.ON_HOLD)
        (older,) = (id_ for id_, it in marked.items() if it is JobStatus.IN_PROGRESS)
        other.jobs.set_status(newest, JobStatus.CANCELED)
        await anna.press("u")
        lines = asked(anna).splitlines()
        assert lines[0] == f"Not possible now: Undo: status of #{newest} back to New"
        assert lines[1].startswith(f"ben set the status of #{newest} to Canceled at ")
        assert lines[3:] == ["Instead:", f"Undo: status of #{older} back to New"]
        await anna.press("enter")
        assert await status(anna, older) is JobStatus.NEW
        assert await status(anna, newest) is JobStatus.CANCELED
        await anna.press("u")
        assert len(anna.app.screen_stack) == 1
        assert "ben set the status" in told(anna)[-1]
        await anna.press("U", "enter")
        assert await status(anna, older) is JobStatus.IN_PROGRESS


async def test_what_is_changed_while_the_question_is_open_is_not_overwritten(
    panel: Open, desk: StaffDesk, other: Any
) -> None:
    job = desk.jobs.add(1001, JobDraft("Site redesign"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "s", "3", "u")
        other.jobs.set_status(job.id, JobStatus.CANCELED)
        await anna.press("enter")
        assert "ben" in told(anna)[-1]
        assert await status(anna, job.id) is JobStatus.CANCELED
        assert "Canceled" in anna.text("#job-head")


async def test_another_change_than_the_named_one_is_never_taken_back(
    panel: Open, desk: StaffDesk, other: Any
) -> None:
    job = desk.jobs.add(1001, JobDraft("Site redesign"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "s", "3", "s", "2", "u")
        assert "back to On hold" in asked(anna)
        newest = other.history.page(None, 0, 1).rows[0]
        other.undo.reverse(newest.id)
        await anna.press("enter")
        assert "nothing was changed" in told(anna)[-1]
        assert await status(anna, job.id) is JobStatus.ON_HOLD


async def test_what_was_removed_comes_back_marked_and_counted(panel: Open, desk: StaffDesk) -> None:
    desk.jobs.add(1001, JobDraft("First"))
    desk.jobs.add(1001, JobDraft("Second"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "up", "delete")
        assert "u brings it back" in anna.text(".dialog-text")
        await anna.press("y")
        assert "1 open job" in anna.text("#header-right")
        await anna.press("u", "enter")
        assert anna.row("jobs").description == "First"
        assert "2 open jobs" in anna.text("#header-right")
        assert str(anna.app.screen.query_one("#link-jobs").label) == "Custom Jobs 2"


async def test_undo_of_a_task_brings_the_totals_back(panel: Open, desk: StaffDesk) -> None:
    desk.jobs.add(1001, JobDraft("Job"), TaskDraft("Work", rate="75", time="1"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "delete", "y")
        assert "Total 0:00 h 0.00 USD" in anna.text("#job-totals")
        await anna.press("u", "enter")
        assert "Total 1:00 h 75.00 USD" in anna.text("#job-totals")
        assert anna.row("tasks").description == "Work"


async def test_what_is_elsewhere_is_named_by_its_account(panel: Open, desk: StaffDesk) -> None:
    job = desk.jobs.add(1001, JobDraft("Site redesign"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "s", "3", "escape")
        await anna.type("1002")
        await anna.press("enter", "u")
        assert f"#{job.id}" in asked(anna)
        assert "in account 1001" in asked(anna)
        await anna.press("enter")
        assert "in account 1001" in told(anna)[-1]
        assert anna.app.screen.query_one("#account-pane").border_title == "Account 1002"


async def test_undoing_the_job_that_is_open_leads_to_the_jobs(panel: Open) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "n")
        await anna.type("Too much")
        await anna.press("enter", "escape", "enter", "u", "enter")
        assert anna.list("jobs").row_count == 0


async def test_a_text_that_is_being_written_keeps_the_job_that_is_open(panel: Open) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "n")
        await anna.type("Too much")
        await anna.press("enter", "escape", "enter", "a")
        await anna.type("Half a no")
        await anna.press("escape", "u", "enter")
        assert anna.app.screen.query("#job-pane")
        assert "There is no job" in anna.text("#job-head")
        assert anna.app.screen.query_one(NoteField).text == "Half a no"


async def test_letters_stay_in_text_fields(panel: Open, desk: StaffDesk) -> None:
    desk.jobs.add(1001, JobDraft("Job"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "n")
        await anna.type("unUsual")
        assert len(anna.app.screen_stack) == 1
        await anna.press("enter")
        assert anna.row("jobs").description == "unUsual"


async def test_a_job_that_can_only_be_read_here_is_no_reason_not_to_undo(
    panel: Open, desk: StaffDesk, path: Path
) -> None:
    reseller = insert_account(desk, "pixel", is_reseller=True)
    theirs = insert_account(desk, "bakery", reseller=reseller)
    staff = StaffDesk.open(path, Actor("rosa"), reseller, SETTINGS)
    staff.jobs.add(theirs, JobDraft("Baked"))
    staff.close()
    job = desk.jobs.add(1001, JobDraft("Job"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "s", "3", "escape")
        await anna.type("bakery")
        await anna.press("enter", "enter", "u")
        assert f"status of #{job.id}" in asked(anna)
        await anna.press("enter")
        assert await status(anna, job.id) is JobStatus.NEW


@pytest.mark.parametrize(("keys", "seen"), [(["d"], "done"), (["delete", "y"], "removed")])
async def test_a_task_that_another_person_changed_is_shown_before_it_is_changed(
    panel: Open, desk: StaffDesk, other: Any, keys: list[str], seen: str
) -> None:
    job = desk.jobs.add(1001, JobDraft("Job"), TaskDraft("Work", rate="75", time="1"))
    (task,) = desk.tasks.page(job.id).rows
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter")
        anna.app.data_changed.unsubscribe(anna.app)  # the change is not heard of in time
        other.tasks.edit(task.id, task.version, TaskDraft("Other work", rate="75", time="2"))
        await anna.press(*keys)
        assert "ben" in told(anna)[-1]
        assert anna.row("tasks").description == "Other work"
        assert anna.row("tasks").done is None
        await anna.press(*keys)
        assert (anna.row("tasks") is None) if seen == "removed" else anna.row("tasks").done


async def test_a_job_that_another_person_changed_is_not_removed_unseen(
    panel: Open, desk: StaffDesk, other: Any
) -> None:
    job = desk.jobs.add(1001, JobDraft("Job"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter")
        anna.app.data_changed.unsubscribe(anna.app)
        other.jobs.edit(job.id, job.version, JobDraft("Another job"))
        await anna.press("delete", "y")
        assert "ben" in told(anna)[-1]
        assert anna.row("jobs").description == "Another job"
        await anna.press("delete", "y")
        assert anna.list("jobs").row_count == 0


@pytest.mark.parametrize("key", ["1", "2"])
async def test_a_note_that_another_person_changed_is_not_changed_unseen(
    panel: Open, desk: StaffDesk, other: Any, key: str
) -> None:
    job = desk.jobs.add(1001, JobDraft("Job"))
    note = desk.notes.add(job.id, "Note")
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter")
        anna.app.data_changed.unsubscribe(anna.app)
        other.notes.set_visible(note.id, visible_to_customer=True)
        await anna.press("o", "1", key)
        assert "ben" in told(anna)[-1]
        assert "the customer sees it" in anna.screen_text()
        await anna.press("o", "1", key)
        notes = await anna.app._desk.ask(lambda it: it.notes.page(job.id).rows)
        assert [it.visible_to_customer for it in notes] == ([False] if key == "1" else [])
