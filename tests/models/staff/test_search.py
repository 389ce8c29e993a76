"""Search: what is found, in which order, within whose reach, in which windows."""

import random
from collections.abc import Callable

import pytest

import models.staff.search
from models.refusals import BadInput
from models.staff.desk import StaffDesk
from models.tables import Account, Domain
from models.values import AccountRow, AccountStatus
from tests.conftest import insert_account


def found(desk: StaffDesk, text: str) -> list[str]:
    """Return the user names that a search finds, in its order."""
    return [row.username for row in desk.search.page(text).rows]


@pytest.mark.parametrize(
    "text",
    [
        "acme",
        "ACME",
        "acm",
        "shop.acme.example",
        "acme.example",
        "jane@mail.example",
        "Jane Roe",
        "roe",
        "jane  roe",
        "roe jane",
        "gmbh",
        "ÄCME gmbh",
        "xn--mller-kva.example",
        "müller.example",
        "muller.exa",
        "ller.ex",
        "mail.example",
    ],
)
def test_an_account_is_found_by_each_of_its_names(desk: StaffDesk, text: str) -> None:
    insert_account(
        desk,
        "acme",
        ["acme.example", "shop.acme.example", "müller.example"],
        person="Jane Roe",
        company="Äcme GmbH",
        email="jane@mail.example",
    )
    insert_account(desk, "unrelated", ["unrelated.test"], person="John Doe")
    assert found(desk, text) == ["acme"]


def test_a_hit_is_shown_as_one_line(desk: StaffDesk) -> None:
    reseller = insert_account(desk, "hub", is_reseller=True)
    account = insert_account(
        desk,
        "acme",
        ["acme.example", "shop.example"],
        person="Jane",
        company="Acme",
        plan="Pro",
        status="closed",
        reseller=reseller,
    )
    assert desk.search.page("acme").rows == (
        AccountRow(
            account, "acme", "acme.example", "Jane", "Acme", "Pro", AccountStatus.CLOSED, reseller
        ),
    )


def test_the_best_hits_come_first(desk: StaffDesk) -> None:
    exact_id = insert_account(desk, "zulu")
    text = str(exact_id)
    insert_account(desk, "inside", company=f"The {text} company")
    insert_account(desk, "starting", company=f"{text} company")
    insert_account(desk, "ofdomain", [f"{text}.example"])
    insert_account(desk, f"{text}b")
    insert_account(desk, text)
    assert found(desk, text) == ["zulu", text, f"{text}b", "ofdomain", "starting", "inside"]


def test_no_match_reaches_across_two_fields(desk: StaffDesk) -> None:
    insert_account(desk, "acme", person="Jane", company="Roe")
    assert found(desk, "jane roe") == ["acme"]
    assert found(desk, "jane\nroe") == ["acme"]
    assert found(desk, "neroe") == []


@pytest.mark.parametrize(
    "text",
    ['"', '""', "'", "*", "acme*", "a OR b", "NEAR(a b)", "-acme", "acme AND", "(", "%", "_"],
)
def test_no_character_has_a_meaning_of_its_own(desk: StaffDesk, text: str) -> None:
    insert_account(desk, "acme")
    assert found(desk, text) == []
    insert_account(desk, "odd", company=f"xx {text} yy")
    assert found(desk, f"xx {text} yy") == ["odd"]


def test_short_texts_find_beginnings(desk: StaffDesk) -> None:
    insert_account(desk, "acme", ["zoo.example"], person="Quentin")
    for text, hits in (("a", ["acme"]), ("z", ["acme"]), ("qu", ["acme"]), ("cm", []), ("q", [])):
        assert found(desk, text) == hits, text


def test_an_empty_search_lists_everything_by_id(desk: StaffDesk) -> None:
    ids = [insert_account(desk, name) for name in ("c", "a", "b")]
    for text in ("", "  ", "\t"):
        page = desk.search.page(text)
        assert ([row.id for row in page.rows], page.total, page.exact) == (ids, 3, True)
    page = desk.search.page("", offset=1, limit=1)
    assert ([row.id for row in page.rows], page.offset, page.total) == (ids[1:2], 1, 3)


def test_windows_of_a_search_fit_together(desk: StaffDesk) -> None:
    for number in range(7):
        insert_account(desk, f"acme{number}")
    whole = found(desk, "acme")
    windows = [desk.search.page("acme", offset, 3) for offset in (0, 3, 6)]
    assert [row.username for window in windows for row in window.rows] == whole
    assert {(window.total, window.exact) for window in windows} == {(7, True)}


def test_a_search_longer_than_any_name_is_refused(desk: StaffDesk) -> None:
    assert found(desk, "x" * 200) == []
    with pytest.raises(BadInput, match="at most 200 characters"):
        desk.search.page("x" * 201)


def test_the_count_stops_at_its_limit_and_says_so(
    desk: StaffDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        insert_account(desk, f"acme{number}")
    for limit, total, exact in ((4, 4, True), (3, 3, False)):
        monkeypatch.setattr(models.staff.search, "COUNT_LIMIT", limit)
        page = desk.search.page(f"acme{' ' * limit}")
        assert (len(page.rows), page.total, page.exact) == (total, total, exact)
        desk.search.page("")


@pytest.mark.parametrize("text", ["cu", "cust", "shop.test", "customer of", "mer of", ""])
def test_a_reseller_finds_its_own_customers_alone(
    desk: StaffDesk, open_desk: Callable[..., StaffDesk], text: str
) -> None:
    hub, rival = (insert_account(desk, name, is_reseller=True) for name in ("hub", "rival"))
    for name, reseller in (("cust", None), ("cust2", hub), ("cust3", rival)):
        insert_account(desk, name, ["shop.test"], company="Customer of", reseller=reseller)
    assert found(open_desk("rosa", hub), text) == ["cust2"]
    assert found(open_desk("rick", rival), text) == ["cust3"]
    assert [name for name in found(desk, text) if name.startswith("cust")] == [
        "cust",
        "cust2",
        "cust3",
    ]


def test_a_reseller_does_not_find_foreign_ids(
    desk: StaffDesk, open_desk: Callable[..., StaffDesk]
) -> None:
    hub = insert_account(desk, "hub", is_reseller=True)
    foreign = insert_account(desk, "acme")
    assert found(desk, str(foreign)) == ["acme"]
    assert found(open_desk("rosa", hub), str(foreign)) == []


def test_a_search_sees_what_changed_since_its_first_window(
    desk: StaffDesk, open_desk: Callable[..., StaffDesk]
) -> None:
    account = insert_account(desk, "acme", company="First name")
    searcher = open_desk("ben")
    assert found(searcher, "first") == ["acme"]
    with desk.session.writing():
        Account.update(search_text="\nacme\nsecond name\n").where(Account.id == account).execute()
    assert found(searcher, "first") == []
    assert found(searcher, "second") == ["acme"]
    with desk.session.writing():
        Domain.delete().where(Domain.account == account).execute()
        Account.delete().where(Account.id == account).execute()
    assert found(searcher, "second") == []


def test_the_index_keeps_up_with_every_change(desk: StaffDesk) -> None:
    """SQLite's own check compares the index with the table."""
    chance = random.Random(7)
    kept: list[int] = []
    with desk.session.writing():
        for step in range(300):
            action = chance.choice("iiud") if kept else "i"
            text = "\n" + "".join(chance.choices("abcde ß日\n", k=chance.randrange(12))) + "\n"
            if action == "i":
                columns = {"username": "u", "username_folded": "u", "currency": "USD"}
                kept.append(Account.insert(search_text=text, **columns).execute())
            elif action == "u":
                chosen = Account.id == chance.choice(kept)
                Account.update(search_text=text, plan=str(step)).where(chosen).execute()
            else:
                gone = kept.pop(chance.randrange(len(kept)))
                Account.delete().where(Account.id == gone).execute()
    assert desk.database.integrity_problems() == []
    with desk.session.writing():
        desk.database.execute_sql("DROP TRIGGER account_text_changed")
        Account.update(search_text="\nelsewhere\n").where(Account.id == kept[0]).execute()
    (problem,) = desk.database.integrity_problems()
    assert problem.startswith("search index: ")
