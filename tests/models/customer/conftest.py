"""A customer with something to see, beside the staff who work for them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from models.customer.desk import CustomerDesk
from models.drafts import JobDraft
from models.settings import Settings
from models.staff.desk import StaffDesk
from models.tables import Access, AccessAccount
from tests.conftest import insert_account
from tests.models.desks import hourly


@pytest.fixture
def desk(open_desk: Callable[..., StaffDesk]) -> StaffDesk:
    """Anna's desk at the hosting company."""
    return open_desk("anna", display_name="Anna Berg")


@pytest.fixture
def acme(desk: StaffDesk) -> int:
    """The customer's account."""
    return insert_account(desk, "acme", ["acme.example"], company="Acme GmbH", person="Jane Roe")


@pytest.fixture
def job(desk: StaffDesk, acme: int) -> int:
    """A job that the customer sees, with a planned task."""
    return desk.jobs.add(acme, JobDraft("Site redesign", "New look"), hourly()).id


@pytest.fixture
def grant(desk: StaffDesk) -> Callable[..., int]:
    """Returns `grant(account, …)`, which lets a key in and returns its number."""

    def let_in(*accounts: int) -> int:
        with desk.session.writing():
            key = f"AAAA{Access.select().count()}"
            number = int(Access.insert(key_type="ssh-ed25519", key=key, created_at=1).execute())
            for account in accounts:
                AccessAccount.insert(access=number, account=account).execute()
        return number

    return let_in


@pytest.fixture
def as_customer(path: Path) -> Iterator[Callable[..., CustomerDesk]]:
    """Returns `as_customer(account, …)`, for desks that are closed after the test."""
    with ExitStack() as desks:

        def open_one(
            *accounts: int, settings: Settings | None = None, access: int | None = None
        ) -> CustomerDesk:
            customer = CustomerDesk.open(path, accounts, settings, access)
            desks.callback(customer.close)
            return customer

        yield open_one
