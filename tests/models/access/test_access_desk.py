"""Granting access and taking it away: what a key opens at any moment, and the history of it."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models.access.desk import AccessDesk
from models.access.grants import grant_of_key
from models.access.public_key import PublicKey, checked_key
from models.refusals import BadInput, NotAllowed, NotFound
from models.settings import Settings
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.tables import Access, Account, Event, Staff, bound


def key(number: int = 1) -> PublicKey:
    """Return a key that differs by its number."""
    raw = b"\0\0\0\x0bssh-ed25519\0\0\0 " + number.to_bytes(32)
    return checked_key("ssh-ed25519", base64.b64encode(raw).decode(), f"key {number}")


@pytest.fixture
def access(path: Path, desk: StaffDesk) -> Iterator[AccessDesk]:
    """The operator's desk on the database of the test."""
    with AccessDesk.open(path, Actor("root"), Settings()) as access:
        yield access


@pytest.fixture
def acme(desk: StaffDesk, add_account: Callable[..., int]) -> int:
    return add_account(desk, "acme")


@pytest.fixture
def reseller(desk: StaffDesk, add_account: Callable[..., int]) -> int:
    return add_account(desk, "hostman", is_reseller=True, company="Hostman Ltd")


def change(desk: StaffDesk, table: Any, record: int, **columns: object) -> None:
    with desk.session.writing():
        table.update(**columns).where(table.id == record).execute()


def events(desk: StaffDesk) -> list[tuple[str, int | None]]:
    with desk.session.reading():
        return [(event.kind, event.account_id) for event in Event.select().order_by(Event.id)]


def test_a_key_opens_the_accounts_that_it_was_granted(
    access: AccessDesk, path: Path, acme: int, desk: StaffDesk, add_account: Callable[..., int]
) -> None:
    other = add_account(desk, "other")
    add_account(desk, "third")
    granted = access.add_customer([other, acme, other], key())
    assert granted.accounts == (acme, other)
    assert grant_of_key(path, key()) == granted
    assert grant_of_key(path, key(2)) is None
    assert events(desk) == [("access-added", other), ("access-added", acme)]


def test_a_key_opens_the_panel_for_a_person(
    access: AccessDesk, path: Path, reseller: int, desk: StaffDesk
) -> None:
    anna = access.add_staff("anna", key(1), display_name="Anna Berg")
    ben = access.add_staff("ben", key(2), reseller)
    assert grant_of_key(path, key(1)) == anna
    assert grant_of_key(path, key(2)) == ben
    assert [(it.staff, it.reseller, it.accounts) for it in (anna, ben)] == [
        ("anna", None, ()),
        ("ben", reseller, ()),
    ]
    assert access.in_force() == access.in_effect() == [anna, ben]
    with desk.session.reading():
        people = Staff.select(Staff.login, Staff.display_name, Staff.provider).tuples()
        assert {("anna", "Anna Berg", None), ("ben", "", reseller)} <= set(people)


def test_one_person_may_have_several_keys(access: AccessDesk, path: Path) -> None:
    first, second = access.add_staff("anna", key(1)), access.add_staff("anna", key(2))
    access.remove(first.id)
    assert grant_of_key(path, key(1)) is None
    assert grant_of_key(path, key(2)) == second


def test_a_removed_access_opens_nothing_and_is_gone_from_the_list(
    access: AccessDesk, path: Path, acme: int, desk: StaffDesk
) -> None:
    granted = access.add_customer([acme], key())
    assert access.remove(granted.id) == granted
    assert grant_of_key(path, key()) is None
    assert access.in_force() == access.in_effect() == []
    assert events(desk)[-1] == ("access-removed", acme)
    with pytest.raises(NotFound, match=f"no access {granted.id}"):
        access.remove(granted.id)


def test_a_removed_key_can_be_granted_again_under_another_number(
    access: AccessDesk, path: Path, acme: int
) -> None:
    first = access.add_customer([acme], key())
    access.remove(first.id)
    second = access.add_staff("anna", key())
    assert second.id != first.id
    assert grant_of_key(path, key()) == second


def test_a_key_opens_one_thing_only(access: AccessDesk, acme: int, desk: StaffDesk) -> None:
    granted = access.add_customer([acme], key())
    before = events(desk)
    with pytest.raises(NotAllowed, match=f"is access {granted.id} already"):
        access.add_customer([acme], key())
    with pytest.raises(NotAllowed, match=f"is access {granted.id} already"):
        access.add_staff("anna", key())
    assert access.in_force() == [granted]
    assert events(desk) == before


def test_a_closed_account_is_not_opened(
    access: AccessDesk, path: Path, acme: int, desk: StaffDesk, add_account: Callable[..., int]
) -> None:
    other = add_account(desk, "other")
    granted = access.add_customer([acme, other], key())
    change(desk, Account, acme, status="closed")
    opened = grant_of_key(path, key())
    assert opened is not None
    assert opened.accounts == (other,)
    assert access.in_force() == [granted]
    assert [it.accounts for it in access.in_effect()] == [(other,)]
    change(desk, Account, other, status="closed")
    assert grant_of_key(path, key()) is None
    assert access.in_effect() == []
    change(desk, Account, acme, status="suspended")
    assert grant_of_key(path, key()) is not None


def test_a_person_who_was_switched_off_is_not_let_in(
    access: AccessDesk, path: Path, desk: StaffDesk
) -> None:
    access.add_staff("anna", key())
    with desk.session.reading():
        anna = Staff.get(Staff.login == "anna").id
    change(desk, Staff, anna, active=False)
    assert grant_of_key(path, key()) is None
    with pytest.raises(NotAllowed, match="switched off"):
        access.add_staff("anna", key(2))


def test_the_staff_of_a_closed_reseller_are_not_let_in(
    access: AccessDesk, path: Path, reseller: int, desk: StaffDesk
) -> None:
    access.add_staff("ben", key(), reseller)
    change(desk, Account, reseller, status="closed")
    assert grant_of_key(path, key()) is None


@pytest.mark.parametrize("login", ["", "-x", "a b", "a\nb", "a'b", "a;b", "é", "x" * 65, "$(id)"])
def test_a_login_is_a_plain_name(access: AccessDesk, login: str) -> None:
    with pytest.raises(BadInput, match="is no name for a login"):
        access.add_staff(login, key())
    assert access.in_force() == []


def test_nobody_is_let_into_what_is_not_there(access: AccessDesk, acme: int) -> None:
    with pytest.raises(NotFound, match="no open account 9999"):
        access.add_customer([acme, 9999], key())
    with pytest.raises(NotFound, match=f"no reseller {acme}"):
        access.add_staff("ben", key(), acme)
    assert access.in_force() == []


def test_the_list_of_one_account_names_its_keys_alone(
    access: AccessDesk, acme: int, desk: StaffDesk, add_account: Callable[..., int]
) -> None:
    other = add_account(desk, "other")
    both = access.add_customer([acme, other], key(1))
    access.add_customer([other], key(2))
    access.add_staff("anna", key(3))
    assert access.in_force(acme) == [both]


def test_the_question_of_a_login_changes_nothing(
    access: AccessDesk, path: Path, acme: int, desk: StaffDesk
) -> None:
    access.add_customer([acme], key())
    version = desk.data_version()
    assert grant_of_key(path, key())
    assert desk.data_version() == version


def test_the_same_key_twice_is_refused_by_the_table_too(
    access: AccessDesk, acme: int, desk: StaffDesk
) -> None:
    access.add_customer([acme], key())
    with pytest.raises(Exception, match="UNIQUE"), bound(desk.database), desk.database.atomic():
        Access.insert(key_type="ssh-ed25519", key=key().base64, created_at=1).execute()
