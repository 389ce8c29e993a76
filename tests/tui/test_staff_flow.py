"""The staff's flow from a cold start, by keyboard, as a person does it."""

import asyncio
import threading
from pathlib import Path

import pytest

from models.drafts import JobDraft, TaskDraft
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.values import JobStatus
from tests.conftest import insert_account
from tests.tui.conftest import SETTINGS, Open
from tui.dialogs.confirmation import Confirmation
from tui.dialogs.palette import Palette


async def test_from_a_cold_start_to_a_saved_task_takes_few_keys(panel: Open) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "n")
        await anna.type("Wireframes")
        await anna.press("tab", "tab")
        await anna.type("2:30")
        await anna.press("enter")
        job = anna.row("jobs")
        assert job.description == "Wireframes"
        assert job.totals.total.text == "187.50 USD"
        assert anna.pressed <= 12


async def test_a_task_goes_on_an_open_job_and_the_form_is_ready_for_the_next(
    panel: Open, desk: StaffDesk
) -> None:
    desk.jobs.add(1001, JobDraft("Site redesign"))
    async with panel() as anna:
        await anna.type("acme")
        await anna.press("enter", "enter", "n")
        await anna.type("Theme")
        await anna.press("tab")
        await anna.type("80")
        await anna.press("tab")
        await anna.type("1.5")
        assert "1:30 h x 80.00 USD/h = 120.00 USD" in anna.text("#task-form .form-words")
        await anna.press("enter")
        assert anna.row("tasks").amount.text == "120.00 USD"
        assert anna.focused == "field-description"
        await anna.type("Next")
        await anna.press("tab", "tab")
        await anna.type("1")
        await anna.press("enter")
        assert anna.row("tasks").rate.text == "80.00 USD"
        assert "Total 2:30 h 200.00 USD" in anna.text("#job-totals")


@pytest.mark.parametrize("jobs", [0, 5, 40])
async def test_a_new_row_is_marked_right_above_the_form(
    panel: Open, desk: StaffDesk, jobs: int
) -> None:
    for number in range(jobs):
        desk.jobs.add(1001, JobDraft(f"Job {number}"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "n")
        await anna.type("The newest")
        await anna.press("enter")
        lines = anna.screen_text().splitlines()
        above = next(index for index, line in enumerate(lines) if "Rate/h" in line) - 1
        assert f"+#{jobs + 1}" in "".join(lines[above - 1 : above + 1])
        assert "The newest" in "".join(lines[above - 1 : above + 1])
        assert ("Job 0" in anna.screen_text()) == (jobs == 5)


async def test_enter_opens_what_the_typed_text_finds_before_the_results_are_there(
    panel: Open,
) -> None:
    results_may_come = threading.Event()
    async with panel() as anna:
        held = asyncio.create_task(anna.app._searcher.ask(lambda _: results_may_come.wait()))
        try:
            await anna.pilot.press(*"1003", "enter")
            await anna.app.type_ahead.done()
            assert anna.app.screen.query_one("#account-pane").border_title == "Account 1003"
        finally:
            results_may_come.set()
            await held


async def test_typing_faster_than_an_account_opens_loses_no_key(
    panel: Open, desk: StaffDesk
) -> None:
    job = desk.jobs.add(1001, JobDraft("Site redesign"))
    async with panel() as anna:
        burst = [*"1001", "enter", "enter", "n", *"First", "tab", "tab", *"30m", "enter"]
        burst += [*"Second", "tab", "tab", *"1", "enter", "escape", "s", "2"]
        await anna.press(*burst)
        assert anna.app.screen.query("#job-pane")
        tasks = await anna.app._desk.ask(lambda it: it.tasks.page(job.id))
        assert [task.description for task in tasks.rows] == ["First", "Second"]
        assert (await anna.app._desk.ask(lambda it: it.jobs.get(job.id))).status == "in-progress"


async def test_status_is_one_key_and_a_choice(panel: Open, desk: StaffDesk) -> None:
    desk.jobs.add(1001, JobDraft("Site redesign"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "s", "3")
        assert "On hold" in anna.text("#job-head")
        await anna.press("escape", "s", "down", "enter")
        assert anna.row("jobs").status is JobStatus.FINISHED


@pytest.mark.parametrize(
    ("key", "left"), [("1", [True]), ("2", [False]), ("3", []), ("escape", [False])]
)
async def test_finishing_asks_what_becomes_of_planned_tasks(
    panel: Open, desk: StaffDesk, key: str, left: list[bool]
) -> None:
    job = desk.jobs.add(1001, JobDraft("Job"), TaskDraft("Planned", rate="75", time="1"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "s", "4", key)
        tasks = await anna.app._desk.ask(lambda it: it.tasks.page(job.id))
        assert [task.done is not None for task in tasks.rows] == left
        now = await anna.app._desk.ask(lambda it: it.jobs.get(job.id))
        assert now.status.is_closed == (key != "escape")


async def test_notes_are_for_staff_only_unless_switched(panel: Open, desk: StaffDesk) -> None:
    job = desk.jobs.add(1001, JobDraft("Job"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "a")
        await anna.type("Called Jane.")
        await anna.press("enter")
        await anna.type("One")
        await anna.press("ctrl+j")
        await anna.type("Two")
        await anna.press("f8", "enter")
        notes = await anna.app._desk.ask(lambda it: it.notes.page(job.id))
        assert [(note.body, note.visible_to_customer) for note in notes.rows] == [
            ("Called Jane.", False),
            ("One\nTwo", True),
        ]
        assert "staff only" in anna.text("#note-form .toggle")


async def test_a_note_is_shown_to_the_customer_or_removed_later(
    panel: Open, desk: StaffDesk
) -> None:
    job = desk.jobs.add(1001, JobDraft("Job"))
    desk.notes.add(job.id, "First")
    desk.notes.add(job.id, "Second")
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "o", "2", "1", "o", "1", "2")
        notes = await anna.app._desk.ask(lambda it: it.notes.page(job.id))
        assert [(note.body, note.visible_to_customer) for note in notes.rows] == [("First", True)]
        assert "the customer sees it" in anna.screen_text()


async def test_pricing_and_done_are_one_key_each_in_the_form(panel: Open, desk: StaffDesk) -> None:
    job = desk.jobs.add(1001, JobDraft("Job"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "n", "f7", "f8")
        await anna.type("Discount")
        await anna.press("tab")
        await anna.type("-20")
        assert "fixed -20.00 USD" in anna.text("#task-form .form-words")
        await anna.press("enter")
        (task,) = (await anna.app._desk.ask(lambda it: it.tasks.page(job.id))).rows
        assert (task.pricing, task.amount.text) == ("fixed", "-20.00 USD")
        assert task.done is not None
        assert task.worked_by == "anna"


async def test_a_closed_job_is_reopened_by_one_key_before_tasks_are_added(
    panel: Open, desk: StaffDesk
) -> None:
    job = desk.jobs.add(1001, JobDraft("Job"))
    desk.jobs.set_status(job.id, JobStatus.CANCELED)
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter")
        assert not anna.app.screen.query_one("#task-form").display
        await anna.press("n", "y")
        assert "In progress" in anna.text("#job-head")
        assert anna.focused == "field-description"


async def test_a_removed_task_comes_back_from_the_history(panel: Open, desk: StaffDesk) -> None:
    job = desk.jobs.add(1001, JobDraft("Job"), TaskDraft("Wireframes", rate="75", time="1"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "delete", "y")
        assert anna.list("tasks").row_count == 0
        await anna.press("h")
        assert "removed" in anna.row("history").summary
        await anna.press("r", "enter", "escape")
        assert anna.row("tasks").description == "Wireframes"
        assert (await anna.app._desk.ask(lambda it: it.jobs.get(job.id))).totals.tasks == 1


async def test_the_job_is_edited_in_a_dialog(panel: Open, desk: StaffDesk) -> None:
    job = desk.jobs.add(1001, JobDraft("Job"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "e")
        await anna.type(" of the year")
        await anna.press("tab")
        await anna.type("Some details")
        await anna.press("tab")
        await anna.type("ben")
        await anna.press("tab")
        await anna.type("2026-12-31")
        await anna.press("tab")
        await anna.type("T-1")
        await anna.press("ctrl+s")
        await anna.settle()
        now = await anna.app._desk.ask(lambda it: it.jobs.get(job.id))
        assert (now.description, now.details) == ("Job of the year", "Some details")
        assert (now.assignee, now.due, now.reference) == ("ben", "2026-12-31", "T-1")


async def test_a_task_is_edited_in_a_dialog(panel: Open, desk: StaffDesk) -> None:
    job = desk.jobs.add(1001, JobDraft("Job"), TaskDraft("Wireframes", rate="75", time="1"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "enter")
        await anna.type(" and theme")
        await anna.press("tab", "tab")
        await anna.type("2h")
        await anna.press("enter")
        await anna.settle()
        (task,) = (await anna.app._desk.ask(lambda it: it.tasks.page(job.id))).rows
        assert (task.description, task.minutes) == ("Wireframes and theme", 120)


async def test_the_account_is_seen_as_its_customer_sees_it(panel: Open, desk: StaffDesk) -> None:
    desk.jobs.add(1001, JobDraft("Shown"), TaskDraft("Work", rate="75", time="1"))
    desk.jobs.add(1001, JobDraft("Hidden", shown_to_customer=False))
    async with panel(size=(120, 36)) as anna:
        await anna.type("1001")
        await anna.press("enter", "v")
        assert anna.list("customer-jobs-list").row_count == 1
        await anna.press("enter")
        assert "1:00 h x 75.00 USD/h = 75.00 USD" in anna.screen_text()
        await anna.press("escape", "escape")
        assert anna.list("jobs").row_count == 2


async def test_clicks_do_what_keys_do(panel: Open, desk: StaffDesk) -> None:
    desk.jobs.add(1001, JobDraft("Job"))
    async with panel() as anna:
        await anna.pilot.click("#results", offset=(3, 1))
        await anna.settle()
        await anna.pilot.click("#jobs", offset=(3, 1))
        await anna.settle()
        assert anna.app.screen.query("#job-pane")
        await anna.pilot.click("#task-form Toggle")
        await anna.settle()
        assert "fixed" in anna.text("#task-form .toggle")
        await anna.pilot.click("#task-form Toggle")
        await anna.pilot.click("#task-form Toggle")
        await anna.settle()
        await anna.pilot.click("#link-history")
        await anna.settle()
        assert anna.list("history").row_count == 1


async def test_a_resellers_customer_can_be_read_and_not_changed(
    panel: Open, desk: StaffDesk, path: Path
) -> None:
    reseller = insert_account(desk, "pixel", company="Pixel", is_reseller=True)
    theirs = insert_account(desk, "bakery", reseller=reseller)
    staff = StaffDesk.open(path, Actor("rosa"), reseller, SETTINGS)
    staff.jobs.add(theirs, JobDraft("Baked"), TaskDraft("Work", rate="75", time="1"))
    staff.close()
    async with panel() as anna:
        await anna.type("bakery")
        await anna.press("enter", "n", "s", "e", "delete", "enter", "n", "d", "delete", "a")
        assert len(anna.app.screen_stack) == 1
        assert "read only" in anna.text("#job-head")
        job = await anna.app._desk.ask(lambda it: it.jobs.page(theirs).rows[0])
        assert (job.totals.tasks, job.totals.done_tasks, job.status) == (1, 0, JobStatus.NEW)


async def test_bringing_a_job_back_counts_at_once(panel: Open, desk: StaffDesk) -> None:
    desk.jobs.add(1001, JobDraft("Job"))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "delete", "y")
        assert "0 open jobs" in anna.text("#header-right")
        await anna.press("h", "r", "enter")
        assert "1 open job" in anna.text("#header-right")


async def test_a_late_count_does_not_put_another_account_into_the_pane(
    panel: Open, desk: StaffDesk
) -> None:
    another = desk.accounts.get(1002)
    counts_may_come = threading.Event()
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter")
        held = asyncio.create_task(anna.app._desk.ask(lambda _: counts_may_come.wait()))
        await anna.pilot.pause()
        late = anna.app._refresh_account()
        await anna.pilot.pause()
        anna.app._account.show(another)
        counts_may_come.set()
        await held
        await late.wait()
        assert anna.app.screen.query_one("#account-pane").border_title == "Account 1002"


async def test_the_palette_goes_only_while_it_is_in_front(panel: Open) -> None:
    async with panel() as anna:
        await anna.press("ctrl+p")
        palette = anna.app.screen
        assert isinstance(palette, Palette)
        await anna.app.push_screen(Confirmation("Really?", "Yes", "No"))
        palette.dismiss()
        assert isinstance(anna.app.screen, Confirmation)
        await anna.press("ctrl+p")
        assert isinstance(anna.app.screen, Confirmation)
        await anna.press("escape", "escape")
        assert len(anna.app.screen_stack) == 1
        palette.dismiss()
        assert len(anna.app.screen_stack) == 1
