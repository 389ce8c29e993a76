"""Lists of the panels in another order, and the places that are filled anew instead of built."""

from contextlib import closing
from pathlib import Path

import pytest
from textual.app import App
from textual.widgets import Static

from models.customer.desk import CustomerDesk
from models.drafts import JobDraft, TaskDraft
from models.staff.desk import StaffDesk
from models.values import Order, TaskDefaults
from tests.tui.conftest import Open, Person
from tui.lower_frame.job_pane import JobPane
from tui.lower_frame.jobs_pane import JobsPane
from tui.support_center.app import SupportCenter

NEXT, BEFORE, ROUND = "greater_than_sign", "less_than_sign", "R"


@pytest.fixture
def work(desk: StaffDesk) -> int:
    """Jobs of two accounts, and tasks of the first of them; return that job."""
    job = 0
    for description in ("Logo", "Äußeres", "app"):
        made = desk.jobs.add(1001, JobDraft(description), TaskDraft("x", rate="75", time="1"))
        desk.jobs.add(1002, JobDraft(f"{description} too"))
        job = job or made.id
    for description in ("Zoo", "Ölen", "any"):
        desk.tasks.add(job, TaskDraft(description, rate="75", time="2", done=True))
    return job


def shown(person: Person, name: str) -> list[str]:
    """Return the descriptions of a list, from top to bottom."""
    rows = person.list(name)
    return [getattr(rows._row_at(index), "description", "") for index in range(rows.row_count)]


async def test_jobs_stay_sorted_from_account_to_account(panel: Open, work: int) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", NEXT, NEXT)
        assert shown(anna, "jobs") == ["app", "Äußeres", "Logo"]
        assert anna.row("jobs").description == "app"  # the newest, on which the cursor was
        assert "Description ▴" in anna.screen_text()
        await anna.press("slash")
        await anna.type("1002")
        await anna.press("enter")
        assert shown(anna, "jobs") == ["app too", "Äußeres too", "Logo too"]
        await anna.press(ROUND)
        assert shown(anna, "jobs") == ["Logo too", "Äußeres too", "app too"]
        assert "Description ▾" in anna.screen_text()
        await anna.press(BEFORE, BEFORE)
        assert anna.list("jobs").order is None
        assert shown(anna, "jobs") == ["Logo too", "Äußeres too", "app too"]


async def test_a_new_job_is_shown_wherever_it_is_sorted_to(panel: Open, work: int) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", NEXT, NEXT, "n")
        await anna.type("beta")
        await anna.press("enter")
        assert shown(anna, "jobs") == ["app", "Äußeres", "beta", "Logo"]
        assert anna.row("jobs").description == "beta"


async def test_tasks_are_sorted_apart_from_jobs(panel: Open, work: int) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "home", "enter", NEXT, NEXT)
        assert shown(anna, "tasks") == ["any", "Ölen", "x", "Zoo"]
        await anna.press("escape")
        assert anna.list("jobs").order is None
        await anna.press("home", "enter")
        assert anna.list("tasks").order == Order("description")


async def test_a_history_is_turned_round_and_stays_so(panel: Open, work: int) -> None:
    async with panel() as anna:
        await anna.press("f5")
        newest = anna.row("history").id
        await anna.press(ROUND)
        assert (anna.row("history").id, anna.list("history").cursor_index) == (1, 0)
        await anna.press("escape", "f5")
        assert anna.row("history").id == 1
        await anna.press(ROUND)
        assert anna.row("history").id == newest


async def test_customers_sort_their_lists_too(path: Path, desk: StaffDesk, work: int) -> None:
    with closing(CustomerDesk.open(path, (1001,))) as customer:
        desk.close()
        app: App[None] = SupportCenter(customer)
        async with app.run_test(size=(100, 30)) as pilot:
            jane = Person(pilot)
            await jane.settle()
            await jane.press(NEXT, NEXT)
            assert shown(jane, "customer-jobs-list") == ["app", "Äußeres", "Logo"]
            await jane.press("end", "enter", NEXT)
            assert shown(jane, "customer-tasks") == ["any", "Ölen", "x", "Zoo"]
            await jane.press("escape")
            assert shown(jane, "customer-jobs-list") == ["app", "Äußeres", "Logo"]


async def test_of_the_place_before_nothing_is_left_while_the_next_is_read(
    panel: Open, work: int
) -> None:
    """Keys and clicks would act on rows of another account."""
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "home", "enter")
        pane = anna.app.screen.query_one(JobPane)
        job, defaults = pane.job, TaskDefaults("75.00", False)
        pane.show(job, defaults)
        assert (anna.list("tasks").row_count, anna.row("tasks")) == (0, None)
        jobs = anna.app.screen.query_one(JobsPane)
        jobs.show(jobs.account, defaults)
        assert (anna.list("jobs").row_count, anna.row("jobs")) == (0, None)
        await anna.settle()
        assert len(shown(anna, "tasks")) == 4


async def test_a_place_is_filled_anew_and_not_built_anew(panel: Open, work: int) -> None:
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter", "enter")
        panes = set(anna.app.screen.query("JobsPane, JobPane"))
        await anna.press("slash")
        await anna.type("1002")
        await anna.press("enter")
        assert [pane.account.id for pane in panes if isinstance(pane, JobsPane)] == [1002]
        await anna.press("enter")
        assert set(anna.app.screen.query("JobsPane, JobPane")) == panes
        assert anna.app._frame.pane.job.description == "app too"
        assert [pane.display for pane in panes].count(True) == 1


async def test_one_place_is_shown_at_a_time_whatever_stood_over_it(panel: Open, work: int) -> None:
    """A line over a place, such as one that offers a draft, goes with it."""
    async with panel() as anna:
        await anna.type("1001")
        await anna.press("enter")
        frame = anna.app._frame
        await frame.mount(Static("over it"), before=frame.pane)
        await anna.press("enter")
        shown = [child for child in frame.children if child.display]
        assert shown == [frame.pane]
        assert isinstance(frame.pane, JobPane)
