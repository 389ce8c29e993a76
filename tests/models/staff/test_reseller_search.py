"""`reseller:1005` in Search: the customers of one reseller, alone or with more to look for."""

from collections.abc import Callable

import pytest

import models.staff.search
from models.refusals import BadInput
from models.staff.desk import StaffDesk
from models.staff.search import customers_of
from tests.conftest import insert_account


@pytest.fixture
def hub(desk: StaffDesk) -> int:
    """A reseller with three customers, beside another one and customers of the host."""
    hub = insert_account(desk, "hub", is_reseller=True)
    rival = insert_account(desk, "rival", is_reseller=True)
    insert_account(desk, "acme", ["acme.example"])
    insert_account(desk, "acmehub", ["acmehub.example"], reseller=hub, company="Acme GmbH")
    insert_account(desk, "acmerival", ["acmerival.example"], reseller=rival)
    insert_account(desk, "bakery", ["bakery.example"], reseller=hub, person="Jane Roe")
    insert_account(desk, "cafe", ["cafe.example"], reseller=hub, company="Acme Café")
    return hub


def found(desk: StaffDesk, text: str) -> list[str]:
    """Return the user names that a search finds, in its order."""
    return [row.username for row in desk.search.page(text).rows]


def test_the_customers_of_a_reseller_are_listed_by_id(desk: StaffDesk, hub: int) -> None:
    page = desk.search.page(customers_of(hub))
    assert [row.username for row in page.rows] == ["acmehub", "bakery", "cafe"]
    assert (page.total, page.exact) == (3, True)
    assert {row.reseller for row in page.rows} == {hub}
    window = desk.search.page(customers_of(hub), offset=1, limit=1)
    assert ([row.username for row in window.rows], window.offset, window.total) == (
        ["bakery"],
        1,
        3,
    )


@pytest.mark.parametrize(
    "form", ["reseller:{}", "RESELLER:{}", " Reseller :  {} ", "reseller: {}", "reseller :{}"]
)
def test_how_it_is_written_does_not_matter(desk: StaffDesk, hub: int, form: str) -> None:
    assert found(desk, form.format(hub)) == ["acmehub", "bakery", "cafe"]


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("reseller:{} acme", ["acmehub", "cafe"]),
        ("acme Reseller: {}", ["acmehub", "cafe"]),
        ("jane reseller:{} roe", ["bakery"]),
        ("reseller:{} acmerival", []),
        ("reseller:{} ba", ["bakery"]),
    ],
)
def test_further_text_is_looked_for_among_them(
    desk: StaffDesk, hub: int, form: str, names: list[str]
) -> None:
    assert found(desk, form.format(hub)) == names


def test_an_account_id_is_looked_for_among_them_too(desk: StaffDesk, hub: int) -> None:
    ids = {row.username: row.id for row in desk.search.page("").rows}
    assert found(desk, f"reseller:{hub} {ids['bakery']}") == ["bakery"]
    assert found(desk, f"reseller:{hub} {ids['acme']}") == []


@pytest.mark.parametrize(
    "text",
    [
        "reseller:",
        "reseller: ",
        "reseller: acme",
        "reseller:acme",
        "reseller:-1",
        "reseller:1005,1006",
        "reseller:1234567890123",
        "acme reseller:",
    ],
)
def test_what_is_no_account_id_is_refused_with_what_would_be_right(
    desk: StaffDesk, text: str
) -> None:
    with pytest.raises(BadInput, match=r"such as reseller:1005 or reseller:1005 acme\."):
        desk.search.page(text)


def test_an_id_that_no_reseller_has_finds_nothing(desk: StaffDesk, hub: int) -> None:
    acme = desk.search.page("acme").rows[0].id
    for account in (acme, 999_999_999_999):
        for text in (customers_of(account), f"{customers_of(account)} acme"):
            page = desk.search.page(text)
            assert (page.rows, page.total) == ((), 0)


def test_names_that_only_look_alike_are_looked_for_as_they_are(desk: StaffDesk) -> None:
    insert_account(desk, "one", company="Wholesale-reseller:42 Ltd")
    insert_account(desk, "two", company="The reseller club")
    assert found(desk, "wholesale-reseller:42") == ["one"]
    assert found(desk, "reseller club") == ["two"]


def test_a_resellers_own_desk_finds_its_customers_by_its_own_id_alone(
    desk: StaffDesk, hub: int, open_desk: Callable[..., StaffDesk]
) -> None:
    rosa = open_desk("rosa", hub)
    assert found(rosa, customers_of(hub)) == ["acmehub", "bakery", "cafe"]
    assert found(rosa, f"{customers_of(hub)} acme") == ["acmehub", "cafe"]
    rival = desk.search.page("rival").rows[0].id
    for account in (rival, 999_999_999_999):
        for text in (customers_of(account), f"{customers_of(account)} acme"):
            page = rosa.search.page(text)
            assert (page.rows, page.total, page.exact) == ((), 0, True)


def test_the_windows_of_one_list_and_of_another_are_not_mixed_up(
    desk: StaffDesk, hub: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models.staff.search, "COUNT_LIMIT", 1)
    assert found(desk, "acme") == ["acme"]
    assert found(desk, f"{customers_of(hub)} acme") == ["acmehub"]
    assert found(desk, "acme") == ["acme"]
    assert not desk.search.page(f"{customers_of(hub)} acme").exact
