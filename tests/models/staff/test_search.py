"""Search: what is found, in which order, within whose reach, in which windows."""

import itertools
import random
from collections.abc import Callable, Iterator

import pytest

import models.staff.search
from models.drafts import JobDraft
from models.refusals import BadInput, Interrupted
from models.sqlite import account_list, search_index, trigrams
from models.staff.desk import StaffDesk
from models.tables import Account, Domain
from models.values import AccountRow, AccountStatus, Count, Found, Order
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


@pytest.mark.parametrize("looked_at", [6000, 1])
def test_one_and_two_characters_are_found_anywhere(
    desk: StaffDesk, monkeypatch: pytest.MonkeyPatch, looked_at: int
) -> None:
    monkeypatch.setattr(search_index, "SCANNED", looked_at)
    insert_account(desk, "other", company="Brix", id=31)
    insert_account(desk, "acme", ["zoo.example"], person="Quentin Яn", id=4092, email="a@b.fox")
    for text in ("a", "z", "q", "c", "0", "qu", "cm", "oo", "я", "яn", "40", "92", "2", "ox"):
        assert found(desk, text) == ["acme"], text
    for text in ("x", "o", "r"):
        assert "other" in found(desk, text), text
    assert found(desk, "9я") == found(desk, "日") == []


def test_parts_of_an_account_id_are_found(desk: StaffDesk) -> None:
    insert_account(desk, "later", id=123_457)
    insert_account(desk, "inner", id=91_234)
    insert_account(desk, "exact", id=1234)
    assert found(desk, "1234") == ["exact", "later", "inner"]


def test_both_forms_of_a_domain_are_the_exact_domain(desk: StaffDesk) -> None:
    insert_account(desk, "inside", ["shop.xn--mller-kva.example", "shop.müller.example"])
    insert_account(desk, "ascii", ["xn--mller-kva.example"])
    insert_account(desk, "unicode", ["müller.example"])
    for text in ("müller.example", "MÜLLER.example", "xn--mller-kva.example"):
        assert found(desk, text) == ["ascii", "unicode", "inside"], text
    insert_account(desk, "plain", ["muller.example"])
    assert "plain" not in found(desk, "xn--mller-kva.example")
    assert found(desk, "mueller") == []


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("acme", None, None),
        ("shop", "domain", "shop.acme.example"),
        ("münchen", "domain", "xn--mnchen-3ya.example"),
        ("billing", "e-mail", "Billing@mail.example"),
        ("acme billing", "e-mail", "Billing@mail.example"),
        ("domain:shop", "domain", "shop.acme.example"),
        ("email:mail.ex", "e-mail", "Billing@mail.example"),
        ("domain:acme", None, None),
        ("jane", "person", "Jane Roe"),
    ],
)
def test_what_matched_is_told_where_the_line_does_not_show_it(
    desk: StaffDesk, text: str, where: str | None, what: str
) -> None:
    insert_account(
        desk,
        "acme",
        ["acme.example", "shop.acme.example", "xn--mnchen-3ya.example"],
        person="Jane Roe",
        company="Acme",
        email="Billing@mail.example",
    )
    (row,) = desk.search.page(text).rows
    assert row.found == (None if where is None else Found(where, what))


def test_the_first_window_says_what_it_knows_and_counting_says_the_rest(desk: StaffDesk) -> None:
    for number in range(7):
        insert_account(desk, f"acme{number}")
    first = desk.search.page("acme", 0, 3)
    assert (first.total, first.exact) == (3, False)
    assert desk.search.count("acme") == Count(7)
    again = desk.search.page("acme", 0, 3)
    assert (again.rows, again.total, again.exact) == (first.rows, 7, True)
    whole = desk.search.page("acme", 0, 7)
    assert (whole.total, whole.exact) == (7, True)


def test_recent_accounts_come_first_in_an_empty_search(
    desk: StaffDesk, open_desk: Callable[..., StaffDesk]
) -> None:
    hub = insert_account(desk, "hub", is_reseller=True)
    ids = [hub, *(insert_account(desk, f"user{number}") for number in range(8))]
    customer = insert_account(desk, "customer", reseller=hub)
    ids.append(customer)
    for recent in ([], [ids[3]], [ids[7], ids[0], 99_999, ids[7]], list(reversed(ids))):
        known = [id_ for id_ in dict.fromkeys(recent) if id_ in ids]
        expected = known + [id_ for id_ in ids if id_ not in known]
        for limit in (1, 2, 3, 50):
            windows = [
                desk.search.page("", offset, limit, recent=recent)
                for offset in range(0, len(ids) + 1, limit)
            ]
            assert [row.id for window in windows for row in window.rows] == expected
    rosa = open_desk("rosa", hub).search.page("", recent=ids)
    assert ([row.id for row in rosa.rows], rosa.total, rosa.exact) == ([customer], 1, True)


def test_the_end_of_a_long_list_is_counted_from_there(
    desk: StaffDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_list, "NEAR", 2)
    ids = [insert_account(desk, f"user{number}") for number in range(9)]
    for offset in range(11):
        for limit in (1, 3, 20):
            page = desk.search.page("", offset, limit, recent=[ids[4]])
            expected = [ids[4], *ids[:4], *ids[5:]][offset : offset + limit]
            assert [row.id for row in page.rows] == expected, (offset, limit)


@pytest.mark.parametrize("text", ["", "x", "status:active"])
@pytest.mark.parametrize("descending", [False, True])
def test_a_list_is_sorted_by_any_of_its_columns(
    desk: StaffDesk, monkeypatch: pytest.MonkeyPatch, text: str, descending: bool
) -> None:
    hub = insert_account(desk, "xhub", ["zx.example"], plan="B", created_at=5, company="Yx")
    insert_account(desk, "bax", ["ax.example", "b.example"], plan="C", created_at=3, person="Éx")
    insert_account(desk, "abx", ["x.example"], plan="A", reseller=hub, created_at=9, company="Dx")
    orders = {
        "id": ["xhub", "bax", "abx"],
        "user": ["abx", "bax", "xhub"],
        "domain": ["bax", "abx", "xhub"],
        "customer": ["abx", "bax", "xhub"],
        "plan": ["abx", "xhub", "bax"],
        "reseller": ["xhub", "bax", "abx"],
        "created": ["bax", "xhub", "abx"],
    }
    for limit in (10_000, 1):
        monkeypatch.setattr(models.staff.search, "COUNT_LIMIT", limit)
        for column, names in orders.items():
            names = names[::-1] if descending else names
            for offset in range(limit if text and limit < 3 else 3):
                page = desk.search.page(text, offset, 1, Order(column, descending))
                assert [row.username for row in page.rows] == names[offset : offset + 1], column
    with pytest.raises(ValueError, match="cannot be sorted by phone"):
        desk.search.page(text, order=Order("phone"))


def test_accounts_without_a_domain_come_last_by_domain(desk: StaffDesk) -> None:
    insert_account(desk, "bare")
    insert_account(desk, "acme", ["b.example"])
    insert_account(desk, "also-bare")
    insert_account(desk, "zoo", ["a.example"])
    for descending, names in ((False, ["zoo", "acme"]), (True, ["acme", "zoo"])):
        order = Order("domain", descending)
        windows = [desk.search.page("", offset, 1, order) for offset in range(5)]
        listed = [row.username for window in windows for row in window.rows]
        assert listed == [*names, "bare", "also-bare"]


def test_an_empty_search_lists_everything_by_id(desk: StaffDesk) -> None:
    ids = [insert_account(desk, name) for name in ("c", "a", "b")]
    for text in ("", "  ", "\t"):
        page = desk.search.page(text)
        assert ([row.id for row in page.rows], page.total, page.exact) == (ids, 3, True)
    page = desk.search.page("", offset=1, limit=1)
    assert ([row.id for row in page.rows], page.offset, page.total) == (ids[1:2], 1, 3)
    assert desk.search.count("") == Count(3)


def test_windows_of_a_search_fit_together(desk: StaffDesk) -> None:
    for number in range(7):
        insert_account(desk, f"acme{number}")
    whole = found(desk, "acme")
    windows = [desk.search.page("acme", offset, 3) for offset in (0, 3, 6)]
    assert [row.username for window in windows for row in window.rows] == whole
    assert {(window.total, window.exact) for window in windows[1:]} == {(7, True)}


def test_a_search_longer_than_any_name_is_refused(desk: StaffDesk) -> None:
    assert found(desk, "x" * 200) == []
    with pytest.raises(BadInput, match="at most 200 characters"):
        desk.search.page("x" * 201)


def test_the_count_stops_at_its_limit_and_says_so(
    desk: StaffDesk, open_desk: Callable[..., StaffDesk], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        insert_account(desk, f"acme{number}")
    for limit, total, exact in ((4, 4, True), (3, 3, False)):
        monkeypatch.setattr(models.staff.search, "COUNT_LIMIT", limit)
        searcher = open_desk("ben").search
        page = searcher.page("acme")
        assert (len(page.rows), page.total, page.exact) == (total, total, exact)
        assert searcher.count("acme") == Count(total, exact)
        assert searcher.page("acme", limit).rows == ()


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


@pytest.mark.parametrize("compared", [0, 1, 4, 1000])
def test_texts_of_what_many_accounts_have_are_found_all_the_same(
    desk: StaffDesk, monkeypatch: pytest.MonkeyPatch, compared: int
) -> None:
    monkeypatch.setattr(trigrams, "SAMPLE", 3)
    monkeypatch.setattr(trigrams, "COMPARED", compared)
    monkeypatch.setattr(search_index, "MANY", 2)
    for number, name in enumerate(["kite", "lamp", "rope", "silk"]):
        insert_account(desk, name, [f"{name}.example"], company="Example Ltd" * (number == 2))
    insert_account(desk, "xexampl", ["kite-exampel.example", "silk.exam.ple"])
    everybody = ["rope", "kite", "lamp", "silk", "xexampl"]
    assert found(desk, "example") == everybody
    for text, names in (
        ("kite.example", ["kite"]),
        ("e.example", ["kite", "rope"]),
        ("silk.example", ["silk"]),
        ("lamp.exampel", []),
        ("kite-exampl", []),
        ("e-exampel.ex", ["xexampl"]),
        ("example ltd", ["rope"]),
        ("ltd example", ["rope"]),
        ("rope rope", ["rope"]),
        ("ample ample", sorted(everybody)),
    ):
        assert found(desk, text) == names, text


@pytest.mark.parametrize("text", ["acme", "münchen", "munchen", "jane"])
def test_nothing_more_is_told_where_the_line_shows_it_in_another_form(
    desk: StaffDesk, text: str
) -> None:
    domains = ["xn--mnchen-3ya.example", "shop.xn--mnchen-3ya.example"]
    insert_account(desk, "jane", domains, person="Jane Acme", company="Äcmé")
    insert_account(desk, "other", domains, person="Jane Acme", company="Jane Acme Ltd")
    assert [row.found for row in desk.search.page(text).rows] == [None, None]


@pytest.mark.parametrize("many", [1, 2, 64])
@pytest.mark.parametrize("rare", [0, 100])
def test_words_that_stand_together_come_before_words_that_do_not(
    desk: StaffDesk, monkeypatch: pytest.MonkeyPatch, many: int, rare: int
) -> None:
    monkeypatch.setattr(search_index, "MANY", many)
    monkeypatch.setattr(search_index, "RARE", rare)
    insert_account(desk, "apart", person="Zulu Alpha")
    insert_account(desk, "together", company="The Alpha Zulu")
    insert_account(desk, "starting", company="Alpha Zulu")
    assert found(desk, "alpha zulu") == ["starting", "together", "apart"]


@pytest.mark.parametrize("text", ["shop", "op", "shop ex", "job:shop exam"])
def test_a_search_that_is_given_up_at_any_moment_leaves_the_desk_as_it_was(
    desk: StaffDesk, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(search_index, "MANY", 5)
    for number in range(40):
        account = insert_account(desk, f"user{number}", [f"myshop{number}.example"])
        desk.jobs.add(account, JobDraft("Shop", details="an example"))
    driver = desk.database.connection()
    search = desk.search.jobs if text.startswith("job:") else desk.search.page
    given_up = 0
    for moment in itertools.count(1):
        left = iter(range(moment))

        def stop(left: Iterator[int] = left) -> int:
            if next(left, None) is None:
                driver.interrupt()
            return 0

        driver.set_progress_handler(stop, 5)
        try:
            search(text, 0, 10)
        except Interrupted:
            given_up += 1
        else:
            break
        finally:
            driver.set_progress_handler(None, 0)
        assert not desk.database.in_transaction()
        assert desk.search.page("", 0, 1).rows
    assert given_up > 10
