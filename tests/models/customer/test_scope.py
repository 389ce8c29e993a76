"""What is not this customer's answers like what does not exist, by the desk's own queries alone."""

import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from models.customer.desk import CustomerDesk
from models.customer.views import customer_views
from models.drafts import JobDraft
from models.opening import open_confined, open_read_only
from models.refusals import NotFound
from models.staff.desk import StaffDesk
from models.tables import Access, AccessAccount, Account
from tests.conftest import insert_account
from tests.models.desks import hourly

Grants = Callable[..., int]


@dataclass(frozen=True)
class Ids:
    """An account, a job and a task."""

    account: int
    job: int
    task: int = 90_001


NOWHERE = Ids(90_001, 90_001)

Operation = Callable[[CustomerDesk, Ids], object]

OPERATIONS: dict[str, Operation] = {
    "job": lambda desk, ids: desk.job(ids.job),
    "jobs": lambda desk, ids: desk.jobs(ids.account),
    "notes": lambda desk, ids: desk.notes(ids.job),
    "place_of_job": lambda desk, ids: desk.place_of_job(ids.account, ids.job),
    "place_of_task": lambda desk, ids: desk.place_of_task(ids.job, ids.task),
    "tasks": lambda desk, ids: desk.tasks(ids.job),
}
"""Every operation that takes an ID, named by what it calls."""

WITHOUT_ID = {
    "accounts",
    "close",
    "data_version",
    "log_mark",
    "open",
    "require_access",
    "require_current",
}


def test_every_operation_is_tried_here() -> None:
    public = {name for name, _ in inspect.getmembers(CustomerDesk) if not name.startswith("_")}
    assert public == OPERATIONS.keys() | WITHOUT_ID
    for name in WITHOUT_ID - {"open"}:
        assert list(inspect.signature(getattr(CustomerDesk, name)).parameters) == ["self"]


def work(desk: StaffDesk, account: int) -> Ids:
    """Do some work that the account's customer sees."""
    job = desk.jobs.add(account, JobDraft("Secret"), hourly(description="Secret", done=True)).id
    desk.notes.add(job, "Secret", visible_to_customer=True)
    return Ids(account, job, desk.tasks.page(job).rows[0].id)


def of_another_account(desk: StaffDesk, _acme: int) -> Ids:
    return work(desk, insert_account(desk, "other"))


def of_a_closed_account(desk: StaffDesk, _acme: int) -> Ids:
    theirs = work(desk, insert_account(desk, "closed"))
    close(desk, theirs.account)
    return theirs


def hidden(desk: StaffDesk, acme: int) -> Ids:
    theirs = work(desk, acme)
    desk.jobs.edit(theirs.job, 1, JobDraft("Secret", shown_to_customer=False))
    return replace(theirs, account=NOWHERE.account)


def removed(desk: StaffDesk, acme: int) -> Ids:
    theirs = work(desk, acme)
    desk.jobs.remove(theirs.job)
    return replace(theirs, account=NOWHERE.account)


BEYOND = (of_another_account, of_a_closed_account, hidden, removed)


def close(desk: StaffDesk, account: int) -> None:
    """Close an account, as an import does."""
    with desk.session.writing():
        Account.update(status="closed").where(Account.id == account).execute()


OpenDesk = Callable[..., CustomerDesk]


@pytest.fixture(params=["by its queries alone", "confined"])
def open_customer(request: pytest.FixtureRequest, path: Path) -> Iterator[OpenDesk]:
    """Returns `open_customer(account, …, access)`, without the second wall and with it."""
    with ExitStack() as desks:

        def open_one(*accounts: int, access: int | None = None) -> CustomerDesk:
            if request.param == "confined":
                customer = CustomerDesk.open(path, accounts, access=access)
            else:
                customer = CustomerDesk(open_read_only(path), accounts, access=access)
            desks.callback(customer.close)
            return customer

        yield open_one


def answer(operation: Operation, desk: CustomerDesk, ids: Ids) -> str:
    """Return the refusal of something that is not there, without its number."""
    with pytest.raises(NotFound) as refused:
        operation(desk, ids)
    return re.sub("[0-9]+", "…", str(refused.value))


@pytest.mark.parametrize("beyond", BEYOND)
@pytest.mark.parametrize("by_grant", [False, True])
def test_what_is_not_the_customers_answers_like_what_is_not_there(
    desk: StaffDesk,
    acme: int,
    job: int,
    open_customer: OpenDesk,
    grant: Grants,
    beyond: Callable[[StaffDesk, int], Ids],
    by_grant: bool,
) -> None:
    foreign = beyond(desk, acme)
    named = [acme] if foreign.account == NOWHERE.account else [acme, foreign.account]
    # A grant that names more than the session was started for opens no more.
    customer = open_customer(acme, access=grant(*named) if by_grant else None)
    for name, operation in OPERATIONS.items():
        assert answer(operation, customer, foreign) == answer(operation, customer, NOWHERE), name
    assert [one.id for one in customer.accounts()] == [acme]
    assert [one.id for one in customer.jobs(acme).rows] == [job]
    assert "Secret" not in str((customer.accounts(), customer.jobs(acme), customer.tasks(job)))


def test_an_account_that_the_grant_does_not_name_is_not_there(
    desk: StaffDesk, acme: int, job: int, open_customer: OpenDesk, grant: Grants
) -> None:
    other = of_another_account(desk, acme)
    customer = open_customer(acme, other.account, access=grant(acme))
    for name, operation in OPERATIONS.items():
        assert answer(operation, customer, other) == answer(operation, customer, NOWHERE), name
    assert [one.id for one in customer.accounts()] == [acme]
    assert customer.job(job).id == job


def remove_the_grant(desk: StaffDesk, _acme: int) -> None:
    with desk.session.writing():
        Access.update(removed_at=1).execute()


def take_the_account_off_the_grant(desk: StaffDesk, _acme: int) -> None:
    with desk.session.writing():
        AccessAccount.delete().execute()


@pytest.mark.parametrize("end", [remove_the_grant, take_the_account_off_the_grant, close])
def test_after_the_end_of_the_access_nothing_is_there_any_more(
    desk: StaffDesk,
    acme: int,
    job: int,
    open_customer: OpenDesk,
    grant: Grants,
    end: Callable[[StaffDesk, int], None],
) -> None:
    own = Ids(acme, job, desk.tasks.page(job).rows[0].id)
    customer = open_customer(acme, access=grant(acme))
    for operation in OPERATIONS.values():
        operation(customer, own)
    end(desk, acme)
    for name, operation in OPERATIONS.items():
        assert answer(operation, customer, own) == answer(operation, customer, NOWHERE), name
    assert customer.accounts() == []


def test_removed_tasks_and_notes_not_for_the_customer_are_not_read_or_counted(
    desk: StaffDesk, acme: int, job: int, open_customer: OpenDesk
) -> None:
    task = desk.tasks.add(job, hourly(description="Secret")).id
    desk.tasks.remove(task)
    desk.notes.add(job, "Secret")
    gone = desk.notes.add(job, "Secret", visible_to_customer=True)
    desk.notes.remove(gone.id)
    customer = open_customer(acme)
    assert (customer.job(job).totals.tasks, customer.job(job).notes) == (1, 0)
    assert (customer.tasks(job).total, len(customer.tasks(job).rows)) == (1, 1)
    assert (customer.notes(job).total, customer.notes(job).rows) == (0, ())


def test_a_desk_that_asks_for_more_gets_no_more_through_the_views(
    desk: StaffDesk, path: Path, acme: int, job: int
) -> None:
    """The second wall alone: the queries carry an account that the views do not show."""
    other = of_another_account(desk, acme)
    database = open_confined(path, customer_views((acme,), None, staff_named=True))
    customer = CustomerDesk(database, (acme, other.account))
    try:
        customer._accounts = (acme, other.account)
        for name, operation in OPERATIONS.items():
            assert answer(operation, customer, other) == answer(operation, customer, NOWHERE), name
        assert [one.id for one in customer.accounts()] == [acme]
        assert customer.jobs(acme).total == 1
    finally:
        customer.close()
