"""A job goes to the account that it belongs to, whole, at once, and in both histories."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from models.customer.desk import CustomerDesk
from models.drafts import JobDraft
from models.history_filter import HistoryFilter
from models.moments import clock as clock_time
from models.refusals import Conflict, NotAllowed, NotFound
from models.staff.desk import StaffDesk
from models.tables import Account, Task
from models.values import JobStatus
from tests.conftest import insert_account
from tests.models.desks import Clock, Entry, contents, entries, hourly


@pytest.fixture
def beta(desk: StaffDesk) -> int:
    """Another account of the hosting company."""
    return insert_account(desk, "beta", ["beta.example"])


@pytest.fixture
def customers(path: Path, acme: int, beta: int) -> Iterator[tuple[CustomerDesk, CustomerDesk]]:
    """The desks of both accounts' customers, open all the time."""
    with (
        closing(CustomerDesk.open(path, (acme,))) as old,
        closing(CustomerDesk.open(path, (beta,))) as new,
    ):
        yield old, new


def test_a_moved_job_is_gone_from_one_customers_screen_and_on_the_others_at_once(
    desk: StaffDesk, acme: int, beta: int, job: int, customers: tuple[CustomerDesk, CustomerDesk]
) -> None:
    old, new = customers
    desk.tasks.add(job, hourly(done=True))
    desk.notes.add(job, "For you", visible_to_customer=True)
    assert (old.jobs(acme).total, new.jobs(beta).total) == (1, 0)
    seen = old.data_version(), new.data_version()
    moved = desk.jobs.move(job, beta, version=1)
    assert (moved.account, moved.version, moved.writable) == (beta, 2, True)
    assert old.data_version() != seen[0]
    assert new.data_version() != seen[1]
    assert old.jobs(acme).total == 0
    for read in (old.job, old.tasks, old.notes):
        with pytest.raises(NotFound):
            read(job)
    assert [it.id for it in new.jobs(beta).rows] == [job]
    assert (new.tasks(job).total, new.notes(job).total) == (1, 1)
    assert (desk.accounts.get(acme).open_jobs, desk.accounts.get(beta).open_jobs) == (0, 1)
    desk.undo.undo()
    assert (old.jobs(acme).total, new.jobs(beta).total) == (1, 0)
    assert not hasattr(new, "history")


def test_a_move_is_one_change_in_both_histories(
    desk: StaffDesk, acme: int, beta: int, job: int
) -> None:
    desk.jobs.move(job, beta)
    before, after = (
        {"description": "Site redesign", "account": account} for account in (acme, beta)
    )
    who = ("anna", "session of anna")
    assert entries(desk)[1:] == [
        Entry("job-moved", *who, acme, job, None, job, before, after),
        Entry("job-received", *who, beta, job, None, job, before, after),
    ]
    away, here = (
        f"#{job} moved to account {beta}: Site redesign",
        f"#{job} came from account {acme}: Site redesign",
    )
    added = f"#{job} added: Site redesign"
    for asked, lines in (
        (HistoryFilter(account=acme), [away, added]),
        (HistoryFilter(account=beta), [here]),
        (HistoryFilter(job=job), [away, added]),
        (HistoryFilter(), [away, added]),
    ):
        page = desk.history.page(asked)
        assert [event.summary for event in page.rows] == lines
        assert page.total == len(lines)
    desk.undo.undo()
    back = f"#{job}: undone: account {beta} → {acme}"
    for account in (acme, beta):
        newest = desk.history.page(HistoryFilter(account=account)).rows[0]
        assert (newest.summary, newest.account) == (back, account)
    assert [event.summary for event in desk.history.page(HistoryFilter(job=job)).rows] == [
        back, away, added,
    ]  # fmt: skip


def refused(desk: StaffDesk, path: Path, job: int, account: int) -> str:
    """Return why a job is not moved; nothing is changed by that."""
    before = contents(path)
    with pytest.raises(NotAllowed) as refusal:
        desk.jobs.move(job, account)
    assert contents(path) == before
    return str(refusal.value)


def test_a_job_is_not_moved_where_it_is(desk: StaffDesk, acme: int, job: int, path: Path) -> None:
    assert refused(desk, path, job, acme) == f"#{job} is a job of account {acme} already."


def test_a_job_keeps_its_currency(desk: StaffDesk, job: int, path: Path) -> None:
    yen = insert_account(desk, "tanaka", currency="JPY")
    assert refused(desk, path, job, yen) == (
        f"#{job} is in USD and account {yen} in JPY: a job keeps its currency."
    )


@pytest.mark.parametrize("removed", [False, True])
def test_a_job_stays_where_its_bill_is(
    desk: StaffDesk, acme: int, beta: int, job: int, path: Path, removed: bool
) -> None:
    task = desk.tasks.add(job, hourly(done=True)).id
    with desk.session.writing():
        anna = desk.session.acting_staff()
        Task.update(
            billed_at=1, billed_by=anna, billed_reference="R-7", removed_at=1 if removed else None
        ).execute()
    assert refused(desk, path, job, beta) == (
        f"Task {task} of #{job} is billed to account {acme} (R-7): the job stays there."
    )


def test_a_job_stays_with_its_provider(
    desk: StaffDesk, acme: int, job: int, open_desk: Callable[..., StaffDesk], path: Path
) -> None:
    reseller = insert_account(desk, "hub", is_reseller=True)
    rosa = open_desk("rosa", reseller)
    customer = insert_account(desk, "cust", reseller=reseller)
    own = rosa.jobs.add(customer, JobDraft("Shop")).id
    assert f"Account {customer} belongs to reseller" in refused(desk, path, job, customer)
    assert f"Account {customer} belongs to reseller" in refused(desk, path, own, acme)
    for desk_, moved, account in ((rosa, own, acme), (rosa, job, customer), (desk, job, 77)):
        with pytest.raises(NotFound):
            desk_.jobs.move(moved, account)
    second = insert_account(desk, "cust2", reseller=reseller)
    assert rosa.jobs.move(own, second).account == second


def test_a_closed_job_and_one_of_a_closed_account_can_be_moved(
    desk: StaffDesk, beta: int, job: int
) -> None:
    """As jobs can be added to a closed account."""
    desk.jobs.set_status(job, JobStatus.FINISHED)
    with desk.session.writing():
        Account.update(status="closed").where(Account.id == beta).execute()
    assert desk.jobs.move(job, beta).account == beta
    assert desk.jobs.add(beta, JobDraft("Logo")).account == beta


def test_a_job_that_was_changed_since_it_was_seen_is_not_moved(
    desk: StaffDesk, beta: int, job: int, open_desk: Callable[..., StaffDesk], clock: Clock
) -> None:
    now = open_desk("ben").jobs.edit(job, 1, JobDraft("Theirs"))
    with pytest.raises(Conflict) as conflict:
        desk.jobs.move(job, beta, version=1)
    assert str(conflict.value) == f"#{job} was changed by ben at {clock_time(clock.now)}."
    assert conflict.value.current == now
