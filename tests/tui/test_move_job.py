"""Moving a job to another account: by key, named, refused in words, seen by both customers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from models.customer.desk import CustomerDesk
from models.drafts import JobDraft, TaskDraft
from models.staff.desk import StaffDesk
from tests.conftest import insert_account
from tests.tui.conftest import SETTINGS, Open, Person
from tui.dialogs.move_job import MoveJob
from tui.support_center.app import SupportCenter


@asynccontextmanager
async def support_center(path: Path, account: int) -> AsyncIterator[Person]:
    """Open the Support Center of an account."""
    app = SupportCenter(CustomerDesk.open(path, (account,), SETTINGS))
    async with app.run_test(size=(100, 24)) as pilot:
        person = Person(pilot)
        await person.settle()
        yield person


async def until(person: Person, is_so: Callable[[], bool]) -> None:
    """Wait until something is so, at most ten seconds."""
    async with asyncio.timeout(10):
        while not is_so():
            await asyncio.sleep(0.02)
            await person.settle()


def words(person: Person) -> str:
    """What the dialog says below its field."""
    assert isinstance(person.app.screen, MoveJob)
    return person.text(".move .form-words")


def told(person: Person) -> str:
    return str(list(person.app._notifications)[-1].message)


def border_title(person: Person) -> str:
    return str(person.app.screen.query_one("#lower-frame").border_title)


async def account_of(person: Person, job_id: int) -> int:
    job = await person.app._desk.ask(lambda it: it.jobs.get(job_id))
    return int(job.account)


@pytest.fixture
def job_id(desk: StaffDesk) -> int:
    return desk.jobs.add(1001, JobDraft("Site redesign"), TaskDraft("Work", rate="75", time="1")).id


async def test_from_the_list_the_view_stays_and_the_job_goes(panel: Open, job_id: int) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "m")
        assert "account 1001 now" in words(anna)
        await anna.type("1002")
        assert "1002 acmeweb · Jane Roe" in words(anna)
        assert "The customer of 1001 will not see it any more" in words(anna)
        assert "the customer of 1002 will" in words(anna)
        await anna.press("enter")
        assert await account_of(anna, job_id) == 1002
        assert anna.list("jobs").row_count == 0
        assert anna.app.screen.query_one("#account-pane").border_title == "Account 1001"
        assert str(anna.app.screen.query_one("#link-jobs").label) == "Custom Jobs 0"
        assert f"#{job_id} is in account 1002 now" in told(anna)
        assert "u takes that back" in told(anna)
        await anna.press("u")
        assert "in account 1002" in anna.text(".dialog-text")
        await anna.press("enter")
        assert await account_of(anna, job_id) == 1001
        assert anna.row("jobs").id == job_id


async def test_from_the_job_the_view_goes_with_it_and_keeps_what_is_typed(
    panel: Open, job_id: int
) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter", "n")
        await anna.type("Half a ta")
        await anna.press("escape", "m")
        await anna.type("1002")
        await anna.press("enter")
        await until(anna, lambda: "1002 acmeweb" in border_title(anna))
        assert border_title(anna) == f"Custom Jobs › 1002 acmeweb › #{job_id} Site redesign"
        assert anna.app.screen.query_one("#account-pane").border_title == "Account 1002"
        assert "Half a ta" in anna.screen_text()
        await anna.press("u", "enter")
        await until(anna, lambda: "1001 acme " in border_title(anna))
        assert anna.app.screen.query_one("#account-pane").border_title == "Account 1001"
        assert "Half a ta" in anna.screen_text()


async def test_the_account_above_follows_a_job_that_another_person_moves(
    panel: Open, other: Any, job_id: int
) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter")
        other.jobs.move(job_id, 1002)
        await until(anna, lambda: "1002 acmeweb" in border_title(anna))
        assert anna.app.screen.query_one("#account-pane").border_title == "Account 1002"
        await anna.press("escape")
        assert anna.row("jobs").id == job_id


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("4711", "There is no account 4711"),
        ("acmeweb", '"acmeweb" is no Account ID'),
        ("9" * 30, "is no Account ID"),
        ("", "There is no Account ID yet"),
        ("1001", "already"),
    ],
)
async def test_what_cannot_be_is_said_below_the_field_and_the_text_stays(
    panel: Open, job_id: int, typed: str, why: str
) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "m")
        await anna.type(typed)
        await anna.press("enter")
        assert why in words(anna)
        assert anna.app.screen.query_one(".move Input").value == typed
        assert anna.app.screen.query_one(".move Input").has_class("-invalid")
        await anna.press("escape")
        assert await account_of(anna, job_id) == 1001


@pytest.mark.parametrize("what", ["billed", "currency", "provider"])
async def test_a_rule_of_the_desk_is_told_in_its_own_sentence(
    panel: Open, desk: StaffDesk, job_id: int, what: str
) -> None:
    reseller = insert_account(desk, "pixel", is_reseller=True)
    target = {
        "billed": 1002,
        "currency": insert_account(desk, "euro", currency="EUR"),
        "provider": insert_account(desk, "bakery", reseller=reseller),
    }[what]
    if what == "billed":
        with desk.database.atomic():
            desk.database.execute_sql(
                "UPDATE task SET billed_at = 1, billed_reference = 'R-1', done_at = 1,"
                " billed_by_id = (SELECT id FROM staff WHERE login = 'anna'),"
                " worked_on = '2026-01-01', worked_by_id = entered_by_id"
            )
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "m")
        await anna.type(str(target))
        if what != "billed":  # it shows before Enter
            assert anna.app.screen.query_one(".move Input").has_class("-invalid")
        await anna.press("enter")
        said = {"billed": "is billed", "currency": "keeps its currency", "provider": "read"}[what]
        assert said in words(anna)
        assert await account_of(anna, job_id) == 1001


async def test_what_another_person_changed_is_told_and_the_next_press_moves(
    panel: Open, other: Any, job_id: int
) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "m")
        await anna.type("1002")
        other.jobs.edit(job_id, other.jobs.get(job_id).version, JobDraft("Another name"))
        await anna.press("enter")
        assert "ben" in words(anna)
        assert await account_of(anna, job_id) == 1001
        await anna.press("enter")
        assert await account_of(anna, job_id) == 1002


async def test_both_customers_see_it_at_once(panel: Open, path: Path, job_id: int) -> None:
    async with (
        panel() as anna,
        support_center(path, 1001) as before,
        support_center(path, 1002) as after,
    ):
        assert before.list("customer-jobs-list").row_count == 1
        await before.press("enter")
        await anna.type("1001")
        await anna.press("enter", "m")
        await anna.type("1002")
        await anna.press("enter")
        await until(before, lambda: "There is no job" in before.text("#job-head"))
        assert "75.00" not in before.screen_text()
        await until(after, lambda: after.list("customer-jobs-list").row_count == 1)
        assert after.row("customer-jobs-list").description == "Site redesign"


async def test_a_job_hidden_from_customers_says_so(panel: Open, desk: StaffDesk) -> None:
    desk.jobs.add(1001, JobDraft("Hidden", shown_to_customer=False))
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "m")
        await anna.type("1002")
        assert "No customer sees the job" in words(anna)


async def test_what_can_only_be_read_here_is_not_offered_to_be_moved(
    panel: Open, desk: StaffDesk
) -> None:
    reseller = insert_account(desk, "pixel", is_reseller=True)
    insert_account(desk, "bakery", reseller=reseller)
    async with panel() as anna:
        await anna.type("bakery")
        await anna.press("enter", "m")
        assert len(anna.app.screen_stack) == 1
        assert "only be read here" in told(anna)
