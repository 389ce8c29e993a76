"""How lists are sorted: by the database, as people read it, in one order only."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.customer.desk import CustomerDesk
from models.drafts import JobDraft, TaskDraft
from models.history_filter import HistoryFilter
from models.lists import start_of
from models.refusals import NotFound
from models.staff.desk import StaffDesk
from models.tables import Job, Task
from models.values import LAST, JobStatus, Order, Page, Pricing
from tests.conftest import insert_account
from tests.models.desks import hourly

JOBS: Sequence[tuple[str, JobStatus, str, str, str]] = [
    ("zebra", JobStatus.ON_HOLD, "", "", "1:00"),
    ("Äpfel", JobStatus.NEW, "2026-03-01", "ben", "4:00"),
    ("apfel", JobStatus.FINISHED, "2026-01-01", "Anna", "0:30"),
    ("Łódź", JobStatus.CANCELED, "2026-02-01", "ben", "2:00"),
    ("Zebra", JobStatus.IN_PROGRESS, "", "", "2:00"),
]
"""Description, status, due date, assignee and time; none of them is in the order of the others."""

NUMBERS = {
    "id": [1, 2, 3, 4, 5],
    "description": [2, 3, 4, 1, 5],
    "status": [2, 5, 1, 3, 4],
    "due": [3, 4, 2, 1, 5],
    "assignee": [3, 2, 4, 1, 5],
    "time": [3, 1, 4, 5, 2],
    "amount": [3, 1, 4, 5, 2],
}
"""The jobs by each column, upwards."""

TASKS: Sequence[TaskDraft] = [
    hourly(description="Überarbeiten", rate="80", time="1:00", done=True, worked_on="2026-01-09"),
    TaskDraft("uber", Pricing.FIXED, amount="500"),
    TaskDraft("Test", Pricing.FREE, time="3:00"),
    hourly(description="über", rate="75", time="2:00", done=True, worked_on="2026-01-08"),
]
TASK_NUMBERS = {
    "id": [1, 2, 3, 4],
    "description": [3, 2, 4, 1],
    "rate": [2, 3, 4, 1],
    "time": [2, 1, 4, 3],
    "amount": [3, 1, 4, 2],
    "state": [2, 3, 4, 1],
}


@pytest.fixture
def acme(desk: StaffDesk) -> int:
    """An account with jobs, between those of another one."""
    acme, other = insert_account(desk, "acme"), insert_account(desk, "other")
    for description, status, due, assignee, time in JOBS:
        draft = JobDraft(description, due=due, assignee=assignee)
        job = desk.jobs.add(acme, draft, hourly(rate="75", time=time))
        desk.jobs.set_status(job.id, status)
        desk.jobs.add(other, JobDraft("Between"))
    return acme


@pytest.fixture
def as_customer(path: Path) -> Iterator[Callable[[int], CustomerDesk]]:
    """Returns `as_customer(account)`, for desks as customers have them."""
    with ExitStack() as desks:

        def open_one(account: int) -> CustomerDesk:
            customer = CustomerDesk.open(path, (account,))
            desks.callback(customer.close)
            return customer

        yield open_one


@pytest.fixture
def job(desk: StaffDesk) -> int:
    """A job with tasks."""
    job = desk.jobs.add(insert_account(desk, "acme"), JobDraft("Shop")).id
    for task in TASKS:
        desk.tasks.add(job, task)
    return job


def numbers(found: Sequence[int], of: Sequence[int]) -> list[int]:
    """Return which of some records were found, counted from 1."""
    return [sorted(of).index(id_) + 1 for id_ in found]


@pytest.mark.parametrize("column", NUMBERS)
def test_jobs_are_sorted_by_each_column_either_way(desk: StaffDesk, acme: int, column: str) -> None:
    ids = [job.id for job in desk.jobs.page(acme).rows]
    for descending in (False, True):
        order = Order(column, descending)
        found = [job.id for job in desk.jobs.page(acme, order=order).rows]
        assert numbers(found, ids) == NUMBERS[column][:: -1 if descending else 1]
        assert [desk.jobs.place(acme, job, order) for job in found] == list(range(len(JOBS)))
        windows = [desk.jobs.page(acme, offset=at, limit=2, order=order) for at in (0, 2, 4)]
        assert [job.id for page in windows for job in page.rows] == found
        assert {page.total for page in windows} == {len(JOBS)}


@given(total=st.integers(0, 500), limit=st.integers(1, 60), offset=st.integers(0, 600))
def test_the_last_window_holds_the_end_and_begins_where_windows_begin(
    total: int, limit: int, offset: int
) -> None:
    last = start_of(LAST, limit, total)
    assert last % limit == 0
    assert last + limit >= total
    assert last < max(1, total)
    assert start_of(offset, limit, total) == offset


@pytest.mark.parametrize("order", [None, Order("description")])
def test_every_list_of_a_job_or_an_account_has_a_last_window(
    desk: StaffDesk,
    acme: int,
    job: int,
    as_customer: Callable[[int], CustomerDesk],
    order: Order | None,
) -> None:
    customer = as_customer(acme)
    others = as_customer(desk.jobs.get(job).account)
    windows: list[Callable[[int, int], Page[Any]]] = [
        lambda offset, limit: desk.jobs.page(acme, offset=offset, limit=limit, order=order),
        lambda offset, limit: customer.jobs(acme, offset, limit, order),
        lambda offset, limit: desk.tasks.page(job, offset, limit, order),
        lambda offset, limit: others.tasks(job, offset, limit, order),
    ]
    for window in windows:
        everything = window(0, 50).rows
        page = window(LAST, 3)
        assert page.offset == 3
        assert page.rows == everything[3:]
        assert page.total == len(everything)


@pytest.mark.parametrize("column", [it for it in NUMBERS if it not in ("due", "assignee")])
def test_a_customers_jobs_are_sorted_by_each_column_either_way(
    desk: StaffDesk, acme: int, as_customer: Callable[[int], CustomerDesk], column: str
) -> None:
    customer = as_customer(acme)
    ids = [job.id for job in customer.jobs(acme).rows]
    for descending in (False, True):
        order = Order(column, descending)
        found = [job.id for job in customer.jobs(acme, order=order).rows]
        assert numbers(found, ids) == NUMBERS[column][:: -1 if descending else 1]
        places = [customer.place_of_job(acme, job, order) for job in found]
        assert places == list(range(len(JOBS)))
    newest = customer.jobs(acme, order=Order("since", descending=True)).rows
    assert [job.id for job in newest] == ids[::-1]


def test_jobs_in_two_currencies_are_sorted_by_each_alone(desk: StaffDesk, acme: int) -> None:
    ids = [job.id for job in desk.jobs.page(acme).rows]
    with desk.session.writing():
        Job.update(currency="EUR").where(Job.id == ids[1]).execute()
    found = [job.id for job in desk.jobs.page(acme, order=Order("amount")).rows]
    assert numbers(found, ids) == [2, 3, 1, 4, 5]


@pytest.mark.parametrize("column", TASK_NUMBERS)
def test_tasks_are_sorted_by_each_column_either_way(desk: StaffDesk, job: int, column: str) -> None:
    ids = [task.id for task in desk.tasks.page(job).rows]
    for descending in (False, True):
        order = Order(column, descending)
        found = [task.id for task in desk.tasks.page(job, order=order).rows]
        assert numbers(found, ids) == TASK_NUMBERS[column][:: -1 if descending else 1]
        assert [desk.tasks.place(job, task, order) for task in found] == list(range(len(TASKS)))


@pytest.mark.parametrize("column", [it for it in TASK_NUMBERS if it not in ("id", "rate")])
def test_a_customers_tasks_are_sorted_by_each_column_either_way(
    desk: StaffDesk, job: int, as_customer: Callable[[int], CustomerDesk], column: str
) -> None:
    customer = as_customer(desk.jobs.get(job).account)
    ids = [task.id for task in customer.tasks(job).rows]
    for descending in (False, True):
        order = Order(column, descending)
        found = [task.id for task in customer.tasks(job, order=order).rows]
        assert numbers(found, ids) == TASK_NUMBERS[column][:: -1 if descending else 1]
        places = [customer.place_of_task(job, task, order) for task in found]
        assert places == list(range(len(TASKS)))


def test_billed_tasks_come_last_by_state(desk: StaffDesk, job: int) -> None:
    ids = [task.id for task in desk.tasks.page(job).rows]
    with desk.session.writing():
        Task.update(billed_at=1, billed_by=1).where(Task.id == ids[3]).execute()
    found = [task.id for task in desk.tasks.page(job, order=Order("state")).rows]
    assert numbers(found, ids) == [2, 3, 1, 4]


def test_a_history_is_read_from_either_end(desk: StaffDesk, acme: int) -> None:
    asked = HistoryFilter(account=acme)
    newest_first = [event.id for event in desk.history.page(asked).rows]
    assert newest_first == sorted(newest_first, reverse=True)
    for order in (Order("when", descending=True), Order("when")):
        page = desk.history.page(asked, 2, 3, order)
        expected = newest_first if order.descending else newest_first[::-1]
        assert [event.id for event in page.rows] == expected[2:5]
        assert (page.total, page.exact) == (len(newest_first), True)


@pytest.mark.parametrize("column", ["", "ID", "id; DROP TABLE job", "version"])
def test_a_column_that_is_none_is_a_fault_of_the_program(
    desk: StaffDesk, job: int, as_customer: Callable[[int], CustomerDesk], column: str
) -> None:
    order = Order(column)
    account = desk.jobs.get(job).account
    customer = as_customer(account)
    asking: list[Callable[[], object]] = [
        lambda: desk.jobs.page(account, order=order),
        lambda: desk.jobs.place(account, job, order),
        lambda: desk.tasks.page(job, order=order),
        lambda: desk.tasks.place(job, 1, order),
        lambda: desk.history.page(order=order),
        lambda: customer.jobs(account, order=order),
        lambda: customer.place_of_job(account, job, order),
        lambda: customer.tasks(job, order=order),
        lambda: customer.place_of_task(job, 1, order),
    ]
    for ask in asking:
        with pytest.raises(ValueError, match="no column"):
            ask()


def test_what_is_not_in_the_list_has_no_place_in_it(desk: StaffDesk, acme: int) -> None:
    other = desk.jobs.page(acme + 1).rows[0].id
    first, second, *_ = (job.id for job in desk.jobs.page(acme).rows)
    task = desk.tasks.page(first).rows[0].id
    desk.jobs.remove(first)
    for job in (other, first, 99_999):
        with pytest.raises(NotFound):
            desk.jobs.place(acme, job)
    with pytest.raises(NotFound):
        desk.tasks.place(second, task)
    assert desk.jobs.place(acme, second) == 0


def test_only_the_tasks_of_the_jobs_in_the_window_are_summed(desk: StaffDesk, acme: int) -> None:
    """Whatever the list is sorted by, but time and amount: then all of them are compared."""
    statements: list[str] = []
    desk.database.connection().set_trace_callback(statements.append)
    for order in (None, Order("description"), Order("due", descending=True)):
        statements.clear()
        page = desk.jobs.page(acme, limit=2, order=order)
        sums = [it for it in statements if "SUM(" in it]
        assert len(sums) == 1
        listed = ", ".join(str(job.id) for job in page.rows)
        assert f"json_each('[{listed}]')" in sums[0]
    desk.database.connection().set_trace_callback(None)
