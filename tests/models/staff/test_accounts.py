"""Accounts as staff see them."""

from collections.abc import Callable

import pytest

from models.drafts import JobDraft
from models.refusals import BadInput, NotFound
from models.settings import Settings
from models.staff.desk import StaffDesk
from models.tables import Account
from models.values import Account as AccountValue
from models.values import AccountStatus, Address, StaffMember
from tests.conftest import insert_account


def test_an_account_is_shown_whole(desk: StaffDesk) -> None:
    reseller = insert_account(desk, "hub", is_reseller=True)
    account = insert_account(
        desk,
        "acme",
        ["acme.example", "shop.acme.example"],
        person="Jane Roe",
        company="Acme GmbH",
        email="jane@acme.example",
        phone="+49 30 1",
        street="Weg 1",
        city="Berlin",
        region="BE",
        postcode="10115",
        country="DE",
        plan="Pro",
        status="suspended",
        status_reason="unpaid",
        created_at=1_706_745_600_000,
        currency="JPY",
        balance_minor=-1200,
        agreed_rate_minor=7500,
        reseller=reseller,
    )
    shown = desk.accounts.get(account)
    assert isinstance(shown, AccountValue)
    assert shown.balance is not None
    assert shown.agreed_rate is not None
    assert (shown.id, shown.username, shown.domain) == (account, "acme", "acme.example")
    assert shown.domains == ("acme.example", "shop.acme.example")
    assert (shown.person, shown.company, shown.email) == (
        "Jane Roe",
        "Acme GmbH",
        "jane@acme.example",
    )
    assert shown.address == Address("Weg 1", "Berlin", "BE", "10115", "DE")
    assert shown.address.text == "Weg 1, 10115 Berlin, BE, DE"
    assert (shown.phone, shown.plan, shown.created) == ("+49 30 1", "Pro", 1_706_745_600_000)
    assert (shown.status, shown.status_reason) == (AccountStatus.SUSPENDED, "unpaid")
    assert (shown.balance.text, shown.agreed_rate.text) == ("-1200 JPY", "7500 JPY")
    assert (shown.reseller, shown.reseller_name, shown.is_reseller) == (reseller, "hub", False)
    assert (shown.open_jobs, shown.writable) == (0, False)


def test_an_account_that_says_little_is_shown_too(desk: StaffDesk) -> None:
    shown = desk.accounts.get(insert_account(desk, "bare"))
    assert (shown.domain, shown.domains, shown.address.text) == ("", (), "")
    assert (shown.created, shown.balance, shown.agreed_rate) == (None, None, None)
    assert (shown.reseller, shown.reseller_name, shown.writable) == (None, "", True)


def test_the_primary_domain_comes_first(desk: StaffDesk) -> None:
    account = insert_account(desk, "acme", ["b.example", "a.example"])
    with desk.session.writing():
        desk.database.execute_sql("UPDATE domain SET is_primary = 0")
        desk.database.execute_sql("UPDATE domain SET is_primary = 1 WHERE name = 'a.example'")
    assert desk.accounts.get(account).domains == ("a.example", "b.example")


def test_account_ids_start_where_they_look_like_ids(desk: StaffDesk) -> None:
    assert insert_account(desk, "first") == 1001


def test_an_account_id_is_never_used_again(desk: StaffDesk) -> None:
    first = insert_account(desk, "first")
    with desk.session.writing():
        Account.delete().where(Account.id == first).execute()
    assert insert_account(desk, "second") == first + 1


def test_several_accounts_come_in_the_order_asked_for(desk: StaffDesk) -> None:
    ids = [insert_account(desk, name) for name in ("one", "two", "three")]
    wanted = [ids[2], ids[0], ids[1]]
    assert [account.id for account in desk.accounts.many(wanted)] == wanted
    with pytest.raises(NotFound, match="There is no account 77"):
        desk.accounts.many([ids[0], 77])
    with pytest.raises(NotFound, match="There is no account 77"):
        desk.accounts.get(77)


def test_the_desk_counts_what_it_finds(
    desk: StaffDesk, open_desk: Callable[..., StaffDesk]
) -> None:
    reseller = insert_account(desk, "hub", is_reseller=True, company="Hub AG")
    insert_account(desk, "cust", reseller=reseller)
    theirs = open_desk("rosa", reseller)
    assert (desk.account_count(), theirs.account_count()) == (2, 1)
    assert (desk.provider_name, theirs.provider_name) == (Settings().company, "Hub AG")
    named = open_desk("cleo", settings=Settings(company="Example Hosting"))
    assert named.provider_name == "Example Hosting"


def test_a_desk_is_for_a_reseller_or_the_hosting_company(
    desk: StaffDesk, acme: int, open_desk: Callable[..., StaffDesk]
) -> None:
    for provider in (acme, 77):
        with pytest.raises(NotFound, match=f"There is no reseller {provider}"):
            open_desk("rosa", provider)


@pytest.mark.parametrize("login", ["", "  ", "\u200b"])
def test_a_desk_needs_a_name_for_its_actor(open_desk: Callable[..., StaffDesk], login: str) -> None:
    with pytest.raises(BadInput, match="Your name is empty"):
        open_desk(login)


def test_the_staff_are_those_who_work_for_the_provider(
    desk: StaffDesk, acme: int, open_desk: Callable[..., StaffDesk]
) -> None:
    assert desk.staff() == []
    reseller = insert_account(desk, "hub", is_reseller=True)
    customer = insert_account(desk, "cust", reseller=reseller)
    open_desk("anna", reseller, display_name="Another Anna").jobs.add(customer, JobDraft("Logo"))
    desk.jobs.add(acme, JobDraft("Logo", assignee="ben"))
    assert desk.staff() == [StaffMember("anna", "Anna"), StaffMember("ben", "ben")]
    assert open_desk("x", reseller).staff() == [StaffMember("anna", "Another Anna")]
    with desk.session.writing():
        desk.database.execute_sql("UPDATE staff SET active = 0 WHERE login = 'ben'")
    assert desk.staff() == [StaffMember("anna", "Anna")]
