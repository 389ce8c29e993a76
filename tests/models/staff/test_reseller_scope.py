"""A reseller's desk reaches that reseller's customers; what lies beyond answers like nothing."""

import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from models.drafts import JobDraft
from models.refusals import NotAllowed, NotFound
from models.staff.desk import StaffDesk
from models.tables import Account
from tests.conftest import insert_account
from tests.models.desks import READINGS, WRITINGS, Ids, Operation, contents, fill, hourly, undone

EVERYTHING = READINGS | WRITINGS
NOWHERE = Ids(90_001, 90_001, 90_001, 90_001, 90_001, 90_001)


@pytest.fixture
def hub(desk: StaffDesk) -> int:
    """A reseller."""
    return insert_account(desk, "hub", is_reseller=True, company="Hub AG")


@pytest.fixture
def rosa(hub: int, open_desk: Callable[..., StaffDesk]) -> StaffDesk:
    """The desk of the reseller's staff."""
    return open_desk("rosa", hub)


@pytest.fixture
def customer(rosa: StaffDesk, hub: int) -> Ids:
    """Work of the reseller for a customer of its own."""
    return fill(rosa, insert_account(rosa, "cust", ["cust.example"], reseller=hub))


def beyond(kind: str, desk: StaffDesk, hub: int, open_desk: Callable[..., StaffDesk]) -> Ids:
    """Return work that exists, but not for the reseller's staff."""
    if kind == "of another reseller":
        other = insert_account(desk, "rival", is_reseller=True)
        rival = open_desk("rick", other)
        return fill(rival, insert_account(desk, "theirs", reseller=other))
    if kind == "of the reseller itself":
        return fill(desk, hub)
    return fill(desk, insert_account(desk, "acme", ["acme.example"]))


@pytest.mark.parametrize("kind", ["of the host", "of another reseller", "of the reseller itself"])
def test_what_is_out_of_reach_answers_like_what_is_not_there(
    desk: StaffDesk,
    hub: int,
    rosa: StaffDesk,
    customer: Ids,
    open_desk: Callable[..., StaffDesk],
    path: Path,
    kind: str,
) -> None:
    foreign = beyond(kind, desk, hub, open_desk)
    before = contents(path)
    for name, operation in EVERYTHING.items():
        assert answer(operation, rosa, foreign) == answer(operation, rosa, NOWHERE), name
    assert contents(path) == before


def answer(operation: Operation, desk: StaffDesk, ids: Ids) -> str:
    """Return the refusal of something that is not there, without its number."""
    with pytest.raises(NotFound) as refused:
        operation(desk, ids)
    return re.sub("[0-9]+", "…", str(refused.value))


def test_a_reseller_does_everything_for_its_own_customers(rosa: StaffDesk, customer: Ids) -> None:
    for operation in EVERYTHING.values():
        with undone(rosa):
            operation(rosa, customer)


def test_the_host_reads_what_resellers_do_but_changes_nothing_of_it(
    desk: StaffDesk, customer: Ids, path: Path
) -> None:
    before = contents(path)
    for operation in READINGS.values():
        operation(desk, customer)
    for name, operation in WRITINGS.items():
        with pytest.raises(NotAllowed) as refused:
            operation(desk, customer)
        assert f"Account {customer.account} belongs to reseller" in str(refused.value), name
    assert contents(path) == before
    assert not desk.accounts.get(customer.account).writable
    assert not desk.jobs.get(customer.job).writable


def test_every_operation_of_a_desk_is_tried_here(desk: StaffDesk) -> None:
    offered = {
        f"{noun}.{name}"
        for noun in ("accounts", "history", "jobs", "notes", "tasks")
        for name, _ in inspect.getmembers(getattr(desk, noun), inspect.ismethod)
        if not name.startswith("_")
    }
    elsewhere = {"jobs.open_count", "tasks.insert", "tasks.settle_planned"}
    assert offered - elsewhere == {name.partition(" ")[0] for name in EVERYTHING}


def test_lists_of_a_reseller_hold_its_own_alone(
    desk: StaffDesk, rosa: StaffDesk, customer: Ids
) -> None:
    acme = fill(desk, insert_account(desk, "acme", ["acme.example"]))
    assert [job.id for job in rosa.jobs.page().rows] == [customer.job]
    assert [job.id for job in desk.jobs.page().rows] == [customer.job, acme.job]
    assert (rosa.jobs.open_count(), desk.jobs.open_count()) == (1, 1)
    assert rosa.jobs.get(customer.job).writable


def test_an_account_that_moves_leaves_its_old_jobs_with_the_old_provider(
    desk: StaffDesk, rosa: StaffDesk, customer: Ids, path: Path
) -> None:
    move(desk, customer.account, None)
    for name, operation in EVERYTHING.items():
        assert answer(operation, rosa, customer) == answer(operation, rosa, NOWHERE), name

    old = desk.jobs.get(customer.job)
    assert (old.provider, old.writable) == (rosa.provider, False)
    before = contents(path)
    for name, operation in WRITINGS.items():
        if name != "jobs.add":
            with pytest.raises(NotAllowed, match="is another provider's job"):
                operation(desk, customer)
    assert contents(path) == before

    new = desk.jobs.add(customer.account, JobDraft("New"), hourly())
    assert (new.provider, new.writable) == (None, True)
    assert [job.id for job in desk.jobs.page(customer.account).rows] == [old.id, new.id]

    move(desk, customer.account, rosa.provider)
    assert [job.id for job in rosa.jobs.page(customer.account).rows] == [old.id]
    assert rosa.accounts.get(customer.account).open_jobs == 1
    foreign = replace(customer, job=new.id, task=desk.tasks.page(new.id).rows[0].id)
    for name in ("jobs.get", "jobs.set_status", "tasks.get", "tasks.page", "history.of_job"):
        with pytest.raises(NotFound):
            EVERYTHING[name](rosa, foreign)
    seen = {event.job for event in rosa.history.of_account(customer.account).rows}
    assert old.id in seen
    assert new.id not in seen


def move(desk: StaffDesk, account: int, reseller: int | None) -> None:
    """Let an account belong to another reseller, as an import does."""
    with desk.session.writing():
        Account.update(reseller=reseller).where(Account.id == account).execute()


def test_people_of_two_providers_with_one_login_are_two_people(
    desk: StaffDesk, acme: int, customer: Ids, open_desk: Callable[..., StaffDesk]
) -> None:
    host_rosa = open_desk("rosa", display_name="Rosa of the host")
    job = host_rosa.jobs.add(acme, JobDraft("Logo")).id
    assert host_rosa.notes.add(job, "Mine").author_name == "Rosa of the host"
    assert desk.notes.page(customer.job).rows[0].author_name == "Rosa"
