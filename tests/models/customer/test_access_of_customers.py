"""A customer's session lasts as long as its grant and one of its accounts."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from models.customer.desk import CustomerDesk
from models.opening import open_read_only
from models.refusals import AccessEnded, NotFound
from models.staff.desk import StaffDesk
from models.tables import Access, AccessAccount, Account
from tests.conftest import insert_account

As = Callable[..., CustomerDesk]
Grants = Callable[..., int]


@pytest.fixture
def second(desk: StaffDesk) -> int:
    """Another account."""
    return insert_account(desk, "second")


def set_status(desk: StaffDesk, account: int, status: str) -> None:
    """Let an account stand otherwise with its control panel."""
    with desk.session.writing():
        Account.update(status=status).where(Account.id == account).execute()


def test_a_grant_opens_those_of_its_accounts_that_were_asked_for(
    as_customer: As, grant: Grants, acme: int, second: int, desk: StaffDesk
) -> None:
    third = insert_account(desk, "third")
    number = grant(acme, second)
    for asked, opened in (
        ((acme,), [acme]),
        ((second, acme), [acme, second]),
        ((third, acme), [acme]),
    ):
        customer = as_customer(*asked, access=number)
        assert [one.id for one in customer.accounts()] == opened
        customer.require_access()


def test_a_grant_for_none_of_the_accounts_answers_like_no_account(
    as_customer: As, grant: Grants, acme: int, second: int
) -> None:
    number = grant(second)
    for account in (acme, 90_001):
        with pytest.raises(NotFound, match=f"^There is no open account {account}.$"):
            as_customer(account, access=number)
    # Not even when the other grant is there as well.
    assert grant(acme) != number
    with pytest.raises(NotFound):
        as_customer(acme, access=number)


def test_a_grant_that_is_removed_or_was_never_there_opens_nothing(
    desk: StaffDesk, path: Path, as_customer: As, grant: Grants, acme: int
) -> None:
    number = grant(acme)
    with desk.session.writing():
        Access.update(removed_at=1).execute()
    for access in (number, number + 1, -1):
        with pytest.raises(AccessEnded, match=r"^Your access was removed\.$"):
            as_customer(acme, access=access)
        with closing(open_read_only(path)) as database, pytest.raises(AccessEnded):
            CustomerDesk(database, (acme,), access=access)


def test_a_session_ends_with_its_grant(
    desk: StaffDesk, as_customer: As, grant: Grants, acme: int
) -> None:
    grant(acme)
    number = grant(acme)
    customer, other = as_customer(acme, access=number), as_customer(acme)
    seen = customer.data_version()
    customer.require_access()
    with desk.session.writing():
        Access.update(removed_at=1).where(Access.id == number).execute()
    assert customer.data_version() != seen
    with pytest.raises(AccessEnded, match=r"^Your access was removed\.$"):
        customer.require_access()
    other.require_access()


@pytest.mark.parametrize("by_grant", [True, False])
def test_a_session_ends_with_the_last_of_its_accounts(
    desk: StaffDesk, as_customer: As, grant: Grants, acme: int, second: int, by_grant: bool
) -> None:
    customer = as_customer(acme, second, access=grant(acme, second) if by_grant else None)
    set_status(desk, acme, "closed")
    customer.require_access()
    set_status(desk, second, "suspended")
    customer.require_access()
    set_status(desk, second, "closed")
    with pytest.raises(AccessEnded, match=r"^None of your accounts is open any more\.$"):
        customer.require_access()


def test_a_session_ends_when_the_grant_names_its_accounts_no_more(
    desk: StaffDesk, as_customer: As, grant: Grants, acme: int, second: int
) -> None:
    customer = as_customer(acme, access=grant(acme, second))
    with desk.session.writing():
        AccessAccount.delete().where(AccessAccount.account == acme).execute()
    with pytest.raises(AccessEnded):
        customer.require_access()


@pytest.mark.parametrize("identifier", ["1001) OR (1", 1001.0, None, True])
def test_only_integers_come_into_the_views(path: Path, acme: int, identifier: object) -> None:
    for accounts, access in (((identifier,), None), ((acme,), identifier)):
        if accounts == (acme,) and access is None:
            continue
        with pytest.raises(TypeError, match="is no identifier"):
            CustomerDesk.open(path, accounts, access=access)  # type: ignore[arg-type]  # on purpose
