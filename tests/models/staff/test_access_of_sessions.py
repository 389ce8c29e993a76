"""A staff session that came in by a grant lasts as long as the grant and the person do."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from models.drafts import JobDraft
from models.refusals import AccessEnded
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.tables import Access, Account, Staff
from tests.conftest import insert_account
from tests.models.desks import contents

REMOVED = r"^Your access was removed\.$"


@pytest.fixture
def hub(desk: StaffDesk) -> int:
    """A reseller."""
    return insert_account(desk, "hub", is_reseller=True)


@pytest.fixture
def grant(desk: StaffDesk) -> Callable[..., int]:
    """Returns `grant(login, provider)`, which lets a person's key in and returns its number."""

    def let_in(login: str, provider: int | None = None) -> int:
        with desk.session.writing():
            staff = Staff.insert(login=login, provider=provider).execute()
            key = f"AAAA{staff}"
            return int(
                Access.insert(staff=staff, key_type="ssh-ed25519", key=key, created_at=1).execute()
            )

    return let_in


@pytest.fixture
def come_in(path: Path) -> Iterator[Callable[..., StaffDesk]]:
    """Returns `come_in(login, access, provider)`, for desks that are closed after the test."""
    with ExitStack() as desks:

        def open_one(login: str, access: int | None, provider: int | None = None) -> StaffDesk:
            opened = StaffDesk.open(path, Actor(login), provider, access=access)
            desks.callback(opened.close)
            return opened

        yield open_one


def test_a_grant_opens_the_desk_of_its_person_and_provider(
    hub: int, grant: Callable[..., int], come_in: Callable[..., StaffDesk]
) -> None:
    ben, rosa = grant("ben"), grant("rosa", hub)
    come_in("ben", ben).require_access()
    come_in("rosa", rosa, hub).require_access()
    for login, access, provider in (
        ("ben", rosa, None),
        ("rosa", rosa, None),
        ("ben", ben, hub),
        ("rosa", ben, hub),
        ("Ben", ben, None),
        ("ben", 90_001, None),
    ):
        with pytest.raises(AccessEnded, match=REMOVED):
            come_in(login, access, provider)


def test_a_grant_of_a_customer_opens_no_desk(
    desk: StaffDesk, come_in: Callable[..., StaffDesk]
) -> None:
    with desk.session.writing():
        customers = Access.insert(key_type="ssh-ed25519", key="AAAA", created_at=1).execute()
    with pytest.raises(AccessEnded, match=REMOVED):
        come_in("anna", customers)


def remove_the_grant() -> None:
    Access.update(removed_at=1).execute()


def switch_the_person_off() -> None:
    Staff.update(active=False).where(Staff.login == "rosa").execute()


def close_the_reseller() -> None:
    Account.update(status="closed").where(Account.username == "hub").execute()


@pytest.mark.parametrize("end", [remove_the_grant, switch_the_person_off, close_the_reseller])
def test_after_the_end_of_the_access_nothing_is_written(
    desk: StaffDesk,
    path: Path,
    hub: int,
    grant: Callable[..., int],
    come_in: Callable[..., StaffDesk],
    end: Callable[[], None],
) -> None:
    account = insert_account(desk, "cust", reseller=hub)
    number = grant("rosa", hub)
    rosa = come_in("rosa", number, hub)
    job = rosa.jobs.add(account, JobDraft("Logo")).id
    seen = rosa.data_version()
    with desk.session.writing():
        end()
    assert rosa.data_version() != seen
    before = contents(path)
    for write in (
        lambda: rosa.jobs.add(account, JobDraft("More")),
        lambda: rosa.notes.add(job, "Call"),
        rosa.require_access,
        lambda: come_in("rosa", number, hub),
    ):
        with pytest.raises(AccessEnded, match=REMOVED):
            write()
    assert contents(path) == before
    assert not rosa.database.write_lock.held


def test_the_end_of_one_access_is_not_that_of_another(
    desk: StaffDesk, grant: Callable[..., int], come_in: Callable[..., StaffDesk]
) -> None:
    ben, eva = come_in("ben", grant("ben")), come_in("eva", grant("eva"))
    with desk.session.writing():
        Access.update(removed_at=1).where(Access.id == ben.session.access).execute()
    with pytest.raises(AccessEnded):
        ben.require_access()
    eva.require_access()


def test_who_came_in_without_a_grant_stays(
    desk: StaffDesk, acme: int, grant: Callable[..., int], come_in: Callable[..., StaffDesk]
) -> None:
    grant("ben")
    ben = come_in("ben", None)
    with desk.session.writing():
        remove_the_grant()
        Staff.update(active=False).execute()
    ben.require_access()
    assert ben.accounts.get(acme).id == acme
