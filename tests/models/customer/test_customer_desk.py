"""What a customer sees of the work for them, and whose names."""

import re
from collections.abc import Callable

import pytest

from models.currency import Currency
from models.customer.desk import CustomerDesk
from models.drafts import JobDraft
from models.money import Money
from models.refusals import NotFound
from models.settings import Settings
from models.staff.desk import StaffDesk
from models.tables import Account
from models.values import (
    CustomerAccount,
    CustomerJob,
    CustomerNote,
    CustomerTask,
    JobStatus,
    Pricing,
    Totals,
)
from tests.conftest import insert_account
from tests.models.desks import Clock, fixed, hourly

As = Callable[..., CustomerDesk]


def test_a_customer_sees_the_account(as_customer: As, acme: int) -> None:
    assert as_customer(acme).accounts() == [
        CustomerAccount(acme, "acme", "acme.example", "Acme GmbH", Settings().company)
    ]


def test_a_customer_sees_a_job_with_its_totals(
    desk: StaffDesk, as_customer: As, acme: int, job: int, clock: Clock
) -> None:
    desk.tasks.add(job, fixed("-20", done=True))
    desk.notes.add(job, "For staff")
    desk.notes.add(job, "For Jane", visible_to_customer=True)
    usd = Currency.of("USD")
    totals = Totals(2, 150, Money(167_50, usd), 1, 0, Money(-20_00, usd))
    wanted = CustomerJob(
        job, acme, "Site redesign", "New look", JobStatus.NEW, clock.now, None, totals, 1
    )
    customer = as_customer(acme)
    assert customer.job(job) == wanted
    assert customer.jobs(acme).rows == (wanted,)
    desk.jobs.set_status(job, JobStatus.FINISHED)
    finished = customer.job(job)
    assert (finished.status, finished.finished) == (JobStatus.FINISHED, clock.now)


def test_a_customer_sees_what_is_planned_and_what_is_done(
    desk: StaffDesk, as_customer: As, acme: int, job: int, clock: Clock
) -> None:
    desk.tasks.add(job, hourly(description="Theme", note="sent", done=True))
    planned, done = as_customer(acme).tasks(job).rows
    usd = Currency.of("USD")
    money = (Money(75_00, usd), 150, Money(187_50, usd))
    assert planned == CustomerTask(
        planned.id, "Wireframes", Pricing.HOURLY, *money, "", None, "", ""
    )
    worked = (clock.now, clock.today, "Anna Berg")
    assert done == CustomerTask(done.id, "Theme", Pricing.HOURLY, *money, "sent", *worked)


def test_only_notes_for_the_customer_are_seen(
    desk: StaffDesk, as_customer: As, acme: int, job: int, clock: Clock
) -> None:
    desk.notes.add(job, "For staff")
    shown = desk.notes.add(job, "For Jane", visible_to_customer=True)
    removed = desk.notes.add(job, "Gone", visible_to_customer=True)
    desk.notes.remove(removed.id)
    customer = as_customer(acme)
    page = customer.notes(job)
    assert page.rows == (CustomerNote(shown.id, "For Jane", "Anna Berg", clock.now),)
    assert (page.total, customer.job(job).notes) == (1, 1)
    desk.notes.set_visible(shown.id, False)
    assert (customer.notes(job).rows, customer.job(job).notes) == ((), 0)


def test_removed_tasks_are_gone(desk: StaffDesk, as_customer: As, acme: int, job: int) -> None:
    task = desk.tasks.page(job).rows[0].id
    desk.tasks.remove(task)
    customer = as_customer(acme)
    page = customer.tasks(job)
    assert (page.rows, page.total, customer.job(job).totals.tasks) == ((), 0, 0)


@pytest.mark.parametrize("way", ["hidden", "removed", "moved to another account", "account closed"])
def test_a_job_that_is_not_to_be_seen_is_not_there(
    desk: StaffDesk, as_customer: As, acme: int, job: int, way: str
) -> None:
    customer = as_customer(acme)
    assert customer.job(job).id == job
    if way == "hidden":
        desk.jobs.edit(job, 1, JobDraft("Site redesign", shown_to_customer=False))
    elif way == "removed":
        desk.jobs.remove(job)
    elif way == "moved to another account":
        change(desk, "UPDATE job SET account_id = ?", insert_account(desk, "other"))
    else:
        change(desk, "UPDATE account SET status = ?", "closed")
    if way == "account closed":
        with pytest.raises(NotFound, match=f"^There is no open account {acme}.$"):
            customer.jobs(acme)
    else:
        assert (customer.jobs(acme).rows, customer.jobs(acme).total) == ((), 0)
    for read in (customer.job, customer.tasks, customer.notes):
        with pytest.raises(NotFound) as refused:
            read(job)
        assert str(refused.value) == f"There is no job #{job}."


def change(desk: StaffDesk, sql: str, value: object) -> None:
    """Change something that staff have no operation for."""
    with desk.session.writing():
        desk.database.execute_sql(sql, (value,))


def test_another_accounts_jobs_answer_like_none(
    desk: StaffDesk, as_customer: As, acme: int, job: int
) -> None:
    other = insert_account(desk, "other")
    foreign = desk.jobs.add(other, JobDraft("Secret"), hourly())
    desk.notes.add(foreign.id, "Secret", visible_to_customer=True)
    customer = as_customer(acme)
    for read in (customer.job, customer.tasks, customer.notes):
        for number in (foreign.id, 90_001):
            with pytest.raises(NotFound, match=f"^There is no job #{number}.$"):
                read(number)
    for account in (other, 90_001):
        with pytest.raises(NotFound, match=f"^There is no open account {account}.$"):
            customer.jobs(account)


def test_one_key_may_see_several_accounts(
    desk: StaffDesk, as_customer: As, acme: int, job: int
) -> None:
    second = insert_account(desk, "second", person="Jane Roe")
    theirs = desk.jobs.add(second, JobDraft("Theirs")).id
    customer = as_customer(second, acme)
    assert [(one.id, one.name) for one in customer.accounts()] == [
        (acme, "Acme GmbH"),
        (second, "Jane Roe"),
    ]
    assert [one.id for one in customer.jobs(second).rows] == [theirs]
    assert [one.id for one in customer.jobs(acme).rows] == [job]
    assert customer.job(theirs).account == second


def test_accounts_that_are_closed_or_unknown_are_left_out(
    desk: StaffDesk, as_customer: As, acme: int
) -> None:
    closed = insert_account(desk, "closed", status="closed")
    suspended = insert_account(desk, "suspended", status="suspended")
    customer = as_customer(closed, acme, suspended, 77)
    assert [one.id for one in customer.accounts()] == [acme, suspended]
    for accounts in ((closed,), (77,), (closed, 77)):
        named = " or ".join(map(str, accounts))
        with pytest.raises(NotFound, match=f"^There is no open account {named}.$"):
            as_customer(*accounts)
    change(desk, "UPDATE account SET status = ?", "closed")
    assert customer.accounts() == []


def test_everything_comes_oldest_first_in_windows(
    desk: StaffDesk, as_customer: As, acme: int, job: int
) -> None:
    jobs = [job, *(desk.jobs.add(acme, JobDraft("More")).id for _ in range(3))]
    tasks = [desk.tasks.add(jobs[1], hourly()).id for _ in range(4)]
    notes = [desk.notes.add(jobs[1], "x", visible_to_customer=True).id for _ in range(4)]
    customer = as_customer(acme)
    for page, wanted in (
        (customer.jobs(acme, 1, 2), jobs),
        (customer.tasks(jobs[1], 1, 2), tasks),
        (customer.notes(jobs[1], 1, 2), notes),
    ):
        assert [row.id for row in page.rows] == wanted[1:3]
        assert (page.offset, page.total) == (1, 4)


@pytest.mark.parametrize(
    ("staff_names", "display_name", "seen"),
    [
        ("display-name", "Ben Benson", "Ben Benson"),
        ("display-name", "", "Example Hosting"),
        ("display-name", "xlogin", "Example Hosting"),
        ("company", "Ben Benson", "Example Hosting"),
    ],
)
def test_people_are_seen_by_display_name_or_as_the_company_never_by_login(
    as_customer: As,
    acme: int,
    job: int,
    open_desk: Callable[..., StaffDesk],
    staff_names: str,
    display_name: str,
    seen: str,
) -> None:
    ben = open_desk("xlogin", display_name=display_name)
    ben.tasks.add(job, hourly(done=True))
    ben.tasks.add(job, hourly(worked_by="ylogin"))
    ben.notes.add(job, "Sent", visible_to_customer=True)
    settings = Settings(company="Example Hosting", staff_names=staff_names)
    customer = as_customer(acme, settings=settings)
    tasks, notes = customer.tasks(job).rows, customer.notes(job).rows
    assert [task.worked_by for task in tasks] == ["", seen, "Example Hosting"]
    assert [note.author for note in notes] == [seen]
    everything = (customer.accounts(), customer.jobs(acme), tasks, notes)
    assert "login" not in str(everything)


def test_a_customer_knows_nobody_but_the_provider_of_today(
    desk: StaffDesk, as_customer: As, open_desk: Callable[..., StaffDesk]
) -> None:
    """Whoever did the work: the host before, a reseller before, or the provider itself."""
    hub = insert_account(desk, "hub", is_reseller=True, company="Hub AG")
    rival = insert_account(desk, "rival", is_reseller=True, company="Rival Ltd")
    account = insert_account(desk, "cust")
    settings = Settings(company="Example Hosting")
    staff = {None: desk, hub: open_desk("rosa", hub), rival: open_desk("rick", rival)}
    people = {None: "Anna Berg", hub: "Rosa", rival: "Rick"}
    jobs = {}
    for provider, worker in staff.items():
        move(desk, account, provider)
        jobs[provider] = worker.jobs.add(account, JobDraft("Logo"), hourly(done=True)).id
        worker.notes.add(jobs[provider], "Done", visible_to_customer=True)
    names = {None: "Example Hosting", hub: "Hub AG", rival: "Rival Ltd"}
    for today, name in names.items():
        move(desk, account, today)
        customer = as_customer(account, settings=settings)
        assert [one.provider_name for one in customer.accounts()] == [name]
        for provider, job in jobs.items():
            person = people[today] if provider == today else name
            assert [task.worked_by for task in customer.tasks(job).rows] == [person]
            assert [note.author for note in customer.notes(job).rows] == [person]
    for customer in (as_customer(account, hub, settings=settings), as_customer(account, rival)):
        seen = str([customer.tasks(job) for job in jobs.values()])
        assert not re.search("Anna|Example|Hub|Rosa", seen)


def move(desk: StaffDesk, account: int, reseller: int | None) -> None:
    """Let someone else look after an account from now on."""
    with desk.session.writing():
        Account.update(reseller=reseller).where(Account.id == account).execute()


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"company": "Hub AG", "person": "Hanna Hub"}, "Hub AG"),
        ({"person": "Hanna Hub"}, "Hanna Hub"),
        ({}, "hub"),
    ],
)
def test_a_reseller_is_known_by_company_person_or_user_name(
    desk: StaffDesk,
    as_customer: As,
    open_desk: Callable[..., StaffDesk],
    columns: dict[str, str],
    name: str,
) -> None:
    hub = insert_account(desk, "hub", is_reseller=True, **columns)
    account = insert_account(desk, "cust", reseller=hub)
    rosa = open_desk("rosa", hub, display_name="")
    job = rosa.jobs.add(account, JobDraft("Logo"), hourly(done=True)).id
    # Also where the reseller looks after another account of the same key.
    for customer in (as_customer(account), as_customer(account, hub)):
        assert customer.accounts()[-1].provider_name == name
        assert customer.tasks(job).rows[0].worked_by == name


def test_a_reseller_sees_what_the_host_did_for_the_reseller(
    desk: StaffDesk, as_customer: As
) -> None:
    hub = insert_account(desk, "hub", is_reseller=True)
    job = desk.jobs.add(hub, JobDraft("Migration")).id
    assert as_customer(hub).job(job).description == "Migration"
