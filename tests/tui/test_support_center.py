"""The customer's Support Center: theirs, read-only, and as fresh as the staff's panel."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from models.customer.desk import CustomerDesk
from models.drafts import JobDraft, TaskDraft
from models.history_filter import HistoryFilter
from models.refusals import AccessEnded
from models.staff.desk import StaffDesk
from models.tables import Account
from models.values import JobStatus
from tests.conftest import insert_account
from tests.tui.conftest import SETTINGS, Person
from tui.support_center.app import SupportCenter, run_support_center


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
    before = desk.history.page(HistoryFilter(account=1001)).total
    async with support_center(path, 1001) as jane:
        for place in ((), ("enter",)):
            await jane.press(*place)
            await jane.press(*"nsedavhrDix", "delete", "ctrl+p", "ctrl+s", "f2", "f7", "f8")
            assert len(jane.app.screen_stack) == 1
        offered = {active.binding.action for active in jane.app.screen.active_bindings.values()}
        assert not any("palette" in action or "screenshot" in action for action in offered)
    assert desk.history.page(HistoryFilter(account=1001)).total == before


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


# -- what changes while one looks ------------------------------------------------------------------


def title(person: Person) -> str:
    """Return where one is."""
    return str(person.app.screen.query_one("#lower-frame").border_title)


def update(desk: StaffDesk, account: int, **columns: object) -> None:
    """Change an account, as an import does."""
    with desk.session.writing():
        Account.update(**columns).where(Account.id == account).execute()


async def test_a_job_that_is_shown_again_is_whole_again(
    path: Path, desk: StaffDesk, job_id: int
) -> None:
    async with support_center(path, 1001) as jane:
        await jane.press("enter")
        job = desk.jobs.get(job_id)
        shown = JobDraft("Site redesign", details="New look")
        hidden = replace(shown, shown_to_customer=False)
        job = desk.jobs.edit(job_id, job.version, hidden)
        await jane.until(lambda: "There is no job" in jane.text("#job-head"))
        await jane.settle()
        assert "187.50" not in jane.screen_text()
        assert "Dear Jane" not in jane.screen_text()
        desk.jobs.edit(job_id, job.version, shown)
        await jane.until(lambda: "Dear Jane" in jane.screen_text())
        await jane.settle()
        assert "New look" in jane.text("#job-head")
        assert jane.app.screen.query_one("#job-totals").display
        assert "187.50" in jane.text("#job-totals")


async def test_an_account_that_moves_has_its_new_provider_everywhere(
    path: Path, desk: StaffDesk
) -> None:
    hub = insert_account(desk, "hub", is_reseller=True, company="Hub AG")
    async with support_center(path, 1003) as jane:
        assert jane.text("#header-left") == "Support Center — Example Hosting"
        assert "Ask Example Hosting for one." in jane.screen_text()
        update(desk, 1003, reseller=hub)
        await jane.until(lambda: "Hub AG" in jane.text("#header-left"))
        await jane.settle()
        assert jane.text("#header-left") == "Support Center — Hub AG"
        assert "Ask Hub AG for one." in jane.screen_text()


async def test_the_way_to_a_job_follows_its_description(
    path: Path, desk: StaffDesk, job_id: int
) -> None:
    async with support_center(path, 1001) as jane:
        await jane.press("enter")
        way = "Support Center › Custom Jobs › 1001 acme.example"
        assert title(jane) == f"{way} › #{job_id} Site redesign"
        desk.jobs.edit(job_id, desk.jobs.get(job_id).version, JobDraft("Site and shop"))
        await jane.until(lambda: "shop" in title(jane))
        await jane.settle()
        assert title(jane) == f"{way} › #{job_id} Site and shop"
        await jane.press("escape")
        assert title(jane) == way


async def test_a_closed_account_is_not_offered_any_more(
    path: Path, desk: StaffDesk, job_id: int
) -> None:
    async with support_center(path, 1001, 1002, 1003) as jane:
        await jane.press("1")
        update(desk, 1002, status="closed")
        await jane.until(lambda: len(jane.app._accounts) == 2)
        await jane.settle()
        await jane.press("escape")
        offered = jane.screen_text()
        assert "1001  acme.example" in offered
        assert "1003  myshop.example" in offered
        assert "1002" not in offered


async def test_from_a_closed_account_esc_leads_to_the_one_that_is_left(
    path: Path, desk: StaffDesk, job_id: int
) -> None:
    async with support_center(path, 1001, 1002) as jane:
        await jane.press("1")
        update(desk, 1001, status="closed")
        await jane.until(lambda: bool(jane.list("customer-jobs-list").failure))
        await jane.settle()
        assert "There is no open account 1001" in jane.screen_text()
        await jane.until(lambda: len(jane.app._accounts) == 1)
        await jane.settle()
        await jane.press("escape", "1")
        assert jane.row("customer-jobs-list").description == "Of another account"


async def test_an_account_that_is_closed_while_it_is_offered_has_a_sentence(
    path: Path, desk: StaffDesk
) -> None:
    async with support_center(path, 1001, 1002) as jane:
        update(desk, 1002, status="closed")
        await jane.until(lambda: len(jane.app._accounts) == 1)
        await jane.settle()
        await jane.press("2")
        assert "There is no open account 1002" in jane.screen_text()


def test_accounts_that_close_before_the_start_are_a_refusal_and_the_desk_is_closed(
    path: Path, desk: StaffDesk
) -> None:
    theirs = CustomerDesk.open(path, (1001,), SETTINGS)
    update(desk, 1001, status="closed")
    with pytest.raises(AccessEnded, match="None of your accounts is open any more"):
        run_support_center(theirs, SETTINGS)
    assert theirs._database.is_closed()
