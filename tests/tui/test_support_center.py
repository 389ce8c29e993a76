"""The customer's Support Center: theirs, read-only, and as fresh as the staff's panel."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from models.customer.desk import CustomerDesk
from models.drafts import JobDraft, TaskDraft
from models.staff.desk import StaffDesk
from models.values import JobStatus
from tests.tui.conftest import SETTINGS, Person
from tui.support_center.app import SupportCenter


@asynccontextmanager
async def support_center(path: Path, *accounts: int) -> AsyncIterator[Person]:
    """Open the Support Center of some accounts."""
    app = SupportCenter(CustomerDesk.open(path, accounts, SETTINGS))
    async with app.run_test(size=(100, 24)) as pilot:
        person = Person(pilot)
        await person.settle()
        yield person


@pytest.fixture
def job_id(desk: StaffDesk) -> int:
    """A job with a task, a note for staff and one for the customer."""
    job = desk.jobs.add(
        1001,
        JobDraft("Site redesign", details="New look", reference="SECRET-1", assignee="secretlogin"),
        TaskDraft("Wireframes", rate="75", time="2:30", done=True),
    )
    desk.notes.add(job.id, "For staff only")
    desk.notes.add(job.id, "Dear Jane", visible_to_customer=True)
    desk.jobs.add(1001, JobDraft("Not shown", shown_to_customer=False))
    desk.jobs.add(1002, JobDraft("Of another account"))
    return job.id


async def changed(person: Person) -> asyncio.Event:
    """Return an event that is set when the panel has heard of the next change."""
    heard = asyncio.Event()
    person.app.data_changed.subscribe(person.app.screen, lambda _: heard.set(), immediate=True)
    return heard


async def test_the_customer_sees_their_jobs_and_nothing_for_staff(path: Path, job_id: int) -> None:
    async with support_center(path, 1001) as jane:
        assert jane.list("customer-jobs-list").row_count == 1
        await jane.press("enter")
        shown = jane.screen_text()
        for expected in ("Support Center", "New look", "Wireframes", "187.50", "Dear Jane", "Anna"):
            assert expected in shown
        for secret in ("staff only", "SECRET-1", "secretlogin", "Not shown", "another account"):
            assert secret not in shown


async def test_what_staff_change_appears_unasked_and_moves_nothing(
    path: Path, desk: StaffDesk, job_id: int
) -> None:
    for number in range(50):
        desk.tasks.add(job_id, TaskDraft(f"Task {number}", rate="75", time="1"))
    async with support_center(path, 1001) as jane:
        await jane.press("enter", *["down"] * 30)
        place = jane.row("customer-tasks")
        heard = await changed(jane)
        desk.jobs.set_status(job_id, JobStatus.IN_PROGRESS)
        desk.notes.add(job_id, "One more", visible_to_customer=True)
        desk.tasks.add(job_id, TaskDraft("The newest", rate="75", time="1"))
        await asyncio.wait_for(heard.wait(), 10)
        await jane.settle()
        assert "In progress" in jane.text("#job-head")
        assert "One more" in jane.screen_text()
        assert jane.row("customer-tasks") == place
        assert jane.list("customer-tasks").row_count == 52


async def test_no_key_does_more_than_read(path: Path, job_id: int, desk: StaffDesk) -> None:
    before = desk.history.of_account(1001).total
    async with support_center(path, 1001) as jane:
        for place in ((), ("enter",)):
            await jane.press(*place)
            await jane.press(*"nsedavhrDix", "delete", "ctrl+p", "ctrl+s", "f2", "f7", "f8")
            assert len(jane.app.screen_stack) == 1
        offered = {active.binding.action for active in jane.app.screen.active_bindings.values()}
        assert not any("palette" in action or "screenshot" in action for action in offered)
    assert desk.history.of_account(1001).total == before


async def test_of_several_accounts_one_is_chosen_inside(path: Path, job_id: int) -> None:
    async with support_center(path, 1001, 1002) as jane:
        await jane.press("2")
        assert jane.row("customer-jobs-list").description == "Of another account"
        await jane.press("escape", "1")
        assert jane.row("customer-jobs-list").id == job_id


async def test_a_job_that_is_taken_away_while_it_is_read_is_gone(
    path: Path, desk: StaffDesk, job_id: int
) -> None:
    async with support_center(path, 1001) as jane:
        await jane.press("enter")
        heard = await changed(jane)
        desk.jobs.remove(job_id)
        await asyncio.wait_for(heard.wait(), 10)
        await jane.settle()
        assert f"There is no job #{job_id}" in jane.text("#job-head")
        assert "Wireframes" not in jane.screen_text()
        assert "Dear Jane" not in jane.screen_text()
