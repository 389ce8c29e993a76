"""What the task form starts with."""

from collections.abc import Callable

import pytest

from models.drafts import JobDraft
from models.settings import Settings
from models.staff.desk import StaffDesk
from models.tables import Account
from models.values import TaskDefaults
from tests.conftest import insert_account
from tests.models.desks import fixed, free, hourly


@pytest.fixture
def agreed(desk: StaffDesk) -> int:
    """An account with an agreed rate."""
    return insert_account(desk, "agreed", agreed_rate_minor=60_00)


@pytest.fixture
def configured(open_desk: Callable[..., StaffDesk]) -> StaffDesk:
    """A desk of a company with usual rates, where new tasks are done."""
    rates = {"USD": "75.00", "JPY": "9000"}
    return open_desk("ben", settings=Settings(default_rates=rates, new_tasks="done"))


def test_nothing_is_suggested_where_nothing_is_known(desk: StaffDesk, acme: int, job: int) -> None:
    assert desk.tasks.defaults(job) == TaskDefaults("", False)
    assert desk.tasks.defaults_for_account(acme) == TaskDefaults("", False)


def test_the_configured_rate_is_that_of_the_currency(configured: StaffDesk, acme: int) -> None:
    yen = insert_account(configured, "tanaka", currency="JPY")
    franc = insert_account(configured, "muller", currency="CHF")
    for account, rate in ((acme, "75.00"), (yen, "9000"), (franc, "")):
        assert configured.tasks.defaults_for_account(account).rate == rate
        job = configured.jobs.add(account, JobDraft("Logo")).id
        assert configured.tasks.defaults(job).rate == rate


def test_the_agreed_rate_goes_before_the_configured_one(configured: StaffDesk, agreed: int) -> None:
    assert configured.tasks.defaults_for_account(agreed).rate == "60.00"
    job = configured.jobs.add(agreed, JobDraft("Logo")).id
    assert configured.tasks.defaults(job).rate == "60.00"


def test_an_agreed_rate_of_nothing_is_a_rate(configured: StaffDesk) -> None:
    friend = insert_account(configured, "friend", agreed_rate_minor=0)
    assert configured.tasks.defaults_for_account(friend).rate == "0.00"


def test_the_last_hourly_rate_on_the_job_goes_before_all(
    configured: StaffDesk, agreed: int
) -> None:
    job = configured.jobs.add(agreed, JobDraft("Logo")).id
    configured.tasks.add(job, hourly("90"))
    last = configured.tasks.add(job, hourly("80.50"))
    for draft in (fixed("10", rate="1"), free(rate="1", time="1")):
        configured.tasks.add(job, draft)
    assert configured.tasks.defaults(job).rate == "80.50"
    configured.tasks.remove(last.id)
    assert configured.tasks.defaults(job).rate == "90.00"
    other = configured.jobs.add(agreed, JobDraft("Other")).id
    assert configured.tasks.defaults(other).rate == "60.00"


def test_a_rate_agreed_in_one_currency_is_never_suggested_in_another(
    configured: StaffDesk, agreed: int
) -> None:
    job = configured.jobs.add(agreed, JobDraft("Logo")).id
    with configured.session.writing():
        Account.update(currency="JPY").where(Account.id == agreed).execute()
    assert configured.tasks.defaults(job).rate == "75.00"
    assert configured.tasks.defaults_for_account(agreed).rate == "6000"


def test_the_form_starts_planned_or_done_as_configured_then_as_last_chosen(
    desk: StaffDesk, configured: StaffDesk, job: int, acme: int
) -> None:
    assert configured.tasks.defaults(job).done
    assert configured.tasks.defaults_for_account(acme).done
    assert not desk.tasks.defaults(job).done
    desk.tasks.add(job, hourly(done=True))
    assert desk.tasks.defaults(job).done
    planned = desk.tasks.add(job, free())
    assert not configured.tasks.defaults(job).done
    desk.tasks.remove(planned.id)
    assert desk.tasks.defaults(job).done


def test_the_companys_rates_are_not_those_of_a_resellers_staff(
    desk: StaffDesk, open_desk: Callable[..., StaffDesk]
) -> None:
    hub = insert_account(desk, "hub", is_reseller=True)
    customer = insert_account(desk, "cust", reseller=hub)
    agreed = insert_account(desk, "friend", reseller=hub, agreed_rate_minor=60_00)
    rosa = open_desk("rosa", hub, settings=Settings(default_rates={"USD": "75.00"}))
    for account, rate in ((customer, ""), (agreed, "60.00")):
        assert rosa.tasks.defaults_for_account(account).rate == rate
        job = rosa.jobs.add(account, JobDraft("Logo")).id
        assert rosa.tasks.defaults(job).rate == rate
