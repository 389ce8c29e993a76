"""What the values of a CSV file do to accounts, new ones and those known already."""

import pytest

from models.refusals import BadInput
from models.staff.desk import StaffDesk
from models.values import Address
from tests.models.import_files import EVERYTHING, JANUARY, account, counts, load


def test_only_columns_that_are_there_are_written(desk: StaffDesk) -> None:
    load(desk, "csv", EVERYTHING)
    before = account(desk, "acme")
    assert counts(load(desk, "csv", "key,username,phone\nc-17,acme,99\n")) == (0, 1, 0, 0)
    after = account(desk, "acme")
    assert (after.phone, before.phone) == ("99", "+49 30 1")
    assert (after.plan, after.domains, after.balance) == (
        before.plan,
        before.domains,
        before.balance,
    )
    assert (after.currency, after.created, after.is_reseller) == ("EUR", JANUARY * 1000, True)


def test_an_empty_cell_empties_a_text_but_not_what_must_be_something(desk: StaffDesk) -> None:
    load(desk, "csv", EVERYTHING)
    names, values = EVERYTHING.splitlines()[0].split(","), {"username": "acme", "key": "c-17"}
    row = ",".join(values.get(name, "") for name in names)
    load(desk, "csv", ",".join(names) + f"\n{row}\n")
    acme = account(desk, "acme")
    assert (acme.person, acme.plan, acme.domains, acme.balance) == ("", "", (), None)
    assert acme.address == Address()
    assert (acme.status, acme.created, acme.currency) == ("suspended", JANUARY * 1000, "EUR")


@pytest.mark.parametrize(
    ("id_", "expected"),
    [("1", 1), ("999999999", 999_999_999), ("", 1001)],
)
def test_a_free_account_id_is_honoured(desk: StaffDesk, id_: str, expected: int) -> None:
    load(desk, "csv", f"username,id\nacme,{id_}\n")
    assert account(desk, "acme").id == expected
    assert counts(load(desk, "csv", f"username,id\nacme,{id_}\n")) == (0, 0, 1, 0)
    load(desk, "csv", "username\nnext\n")
    assert account(desk, "next").id == max(expected + 1, 1001)


def test_an_account_id_is_never_anothers(desk: StaffDesk) -> None:
    content = "username,id\nfree,\nnew,1002\nagain,1002\nfirst,1001\n"
    report = load(desk, "csv", content)
    assert counts(report) == (3, 0, 0, 1)
    assert report.skipped[0].reason == "id: 1002 came before, at customers:3."
    assert [account(desk, name).id for name in ("first", "new", "free")] == [1001, 1002, 1003]
    report = load(desk, "csv", "username,id\nnew,1003\nother,1002\n")
    assert [skipped.reason for skipped in report.skipped] == [
        'id: "new" is account 1002 here and keeps this ID.',
        "id: Account ID 1002 is another account's already.",
    ]


def test_a_wanted_id_far_down_is_not_given_away_before(desk: StaffDesk) -> None:
    rows = [f"u{number}," for number in range(200)]
    report = load(desk, "csv", "\n".join(["username,id", *rows, "wanting,1100"]))
    assert counts(report) == (201, 0, 0, 0)
    assert account(desk, "wanting").id == 1100


def test_the_currency_is_the_rows_then_the_options_then_the_default(desk: StaffDesk) -> None:
    content = "username,currency,balance\na,EUR,1.50\nb,,2\n"
    report = load(desk, "csv", content, currency="jpy")
    assert [account(desk, name).currency for name in "ab"] == ["EUR", "JPY"]
    balances = [account(desk, name).balance for name in "ab"]
    assert [balance.text for balance in balances if balance] == ["1.50 EUR", "2 JPY"]
    assert report.currency_note in report.notes
    assert "is JPY, as --currency says." in report.currency_note
    again = load(desk, "csv", content.replace(",2\n", ",3\n"), currency="USD")
    assert (counts(again), again.currency_note, again.notes) == ((0, 1, 1, 0), "", ())
    assert account(desk, "b").currency == "JPY"
    with pytest.raises(BadInput, match='"XXX" is not a currency'):
        load(desk, "csv", content, currency="XXX")


def test_another_currency_makes_the_old_numbers_void(desk: StaffDesk) -> None:
    load(desk, "csv", "username,currency,balance\na,USD,1.50\nb,USD,2.50\n")
    with desk.session.writing():
        desk.database.execute_sql("UPDATE account SET agreed_rate_minor = 7500")
    load(desk, "csv", "username,currency\na,JPY\nb,USD\n")
    a, b = account(desk, "a"), account(desk, "b")
    assert (a.currency, a.balance, a.agreed_rate) == ("JPY", None, None)
    assert b.balance is not None
    assert b.agreed_rate is not None


def test_domains_come_go_and_change_places(desk: StaffDesk) -> None:
    def domains(content: str) -> tuple[str, ...]:
        load(desk, "csv", content)
        query = "SELECT count(*) FROM domain WHERE is_primary"
        ((primaries,),) = desk.database.execute_sql(query)
        found = account(desk, "a").domains
        assert primaries == bool(found)
        return found

    assert domains("username,domains\na,one.example two.example\n") == (
        "one.example",
        "two.example",
    )
    assert domains("username,domains\na,two.example one.example\n")[0] == "two.example"
    assert domains("username,domains\na,new.example two.example\n")[0] == "new.example"
    assert domains("username,domain\na,two.example\n") == ("two.example",)
    listed = 'username,domains\na,"two.example;one.example , ,two.example"\n'
    assert domains(listed) == ("two.example", "one.example")
    assert domains("username,domain\na,three.example\n") == ("three.example", "one.example")
    assert [row.username for row in desk.search.page("three.ex").rows] == ["a"]
    assert desk.search.page("two.ex").rows == ()
    assert domains("username,domain\na,\n") == ("one.example",)
    assert domains("username,domains\na,\n") == ()


def test_the_order_of_further_domains_is_no_change(desk: StaffDesk) -> None:
    load(desk, "csv", "username,domains\na,x.example y.example z.example\n")
    for dry_run in (True, False):
        content = "username,domains\na,x.example z.example y.example\n"
        assert counts(load(desk, "csv", content, dry_run=dry_run)) == (0, 0, 1, 0)


def test_a_reason_goes_with_its_status(desk: StaffDesk) -> None:
    load(desk, "csv", "username,status,status_reason\na,suspended,unpaid\n")
    assert counts(load(desk, "csv", "username,status\na,SUSPENDED\n")) == (0, 0, 1, 0)
    load(desk, "csv", "username,status\na,Active\n")
    assert (account(desk, "a").status, account(desk, "a").status_reason) == ("active", "")


def test_hostile_text_is_stored_harmless(desk: StaffDesk) -> None:
    content = 'username,person,company\na,"\x1b]0;x\x07[/]\n\x00","[@click=app.quit]x[/]"\n'
    assert counts(load(desk, "csv", content)) == (1, 0, 0, 0)
    assert account(desk, "a").person == "␛]0;x␇[/] ␀"
    assert account(desk, "a").company == "[@click=app.quit]x[/]"
    assert counts(load(desk, "csv", content)) == (0, 0, 1, 0)
