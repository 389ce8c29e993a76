"""Whose customer an account becomes: never a wrong one's."""

from pathlib import Path

import pytest

from models.drafts import JobDraft
from models.history_filter import HistoryFilter
from models.refusals import NotAllowed
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.models.import_files import account, counts, dump, load, whm, whm_account


def belongs(desk: StaffDesk, username: str) -> tuple[str, bool]:
    """Return the user name of an account's reseller and whether it is one itself."""
    found = account(desk, username)
    above = desk.accounts.get(found.reseller).username if found.reseller else ""
    return above, found.is_reseller


def reasons(desk: StaffDesk, *accounts: dict[str, object]) -> list[str]:
    return [skipped.reason for skipped in load(desk, "whm", whm(*accounts)).skipped]


def test_resellers_may_stand_behind_their_customers(desk: StaffDesk) -> None:
    report = load(
        desk,
        "whm",
        whm(
            whm_account("a", owner="r"),
            whm_account("b", owner=""),
            whm_account("c", owner="r2"),
            whm_account("r", owner="r"),
            whm_account("r2", owner="root"),
        ),
    )
    assert counts(report) == (5, 0, 0, 0)
    assert [belongs(desk, name) for name in ("a", "b", "c", "r", "r2")] == [
        ("r", False), ("", False), ("r2", False), ("", True), ("", True)
    ]  # fmt: skip


def test_a_reseller_may_have_been_imported_before(desk: StaffDesk) -> None:
    load(desk, "whm", whm(whm_account("r")))
    assert belongs(desk, "r") == ("", False)
    report = load(desk, "whm", whm(whm_account("a", owner="r"), whm_account("b", owner="r")))
    assert counts(report) == (2, 0, 0, 0)
    assert belongs(desk, "a") == ("r", False)
    assert belongs(desk, "r") == ("", True)
    page = desk.history.page(HistoryFilter(account=account(desk, "r").id))
    assert [(change.before, change.after) for change in page.rows[0].changes] == [("no", "yes")]
    assert page.total == 1


def test_an_unknown_reseller_is_nobody(desk: StaffDesk) -> None:
    load(desk, "whm", whm(whm_account("r")), server="web1")
    load(desk, "csv", "username\nr\n")
    report = load(desk, "whm", whm(whm_account("a", owner="r"), whm_account("b")), server="web2")
    assert counts(report) == (1, 0, 0, 1)
    assert report.skipped[0].reason == (
        'Its reseller "r" is not known here: import that account first, or both in one file.'
    )


def test_customers_of_a_skipped_reseller_are_skipped(desk: StaffDesk) -> None:
    bad = whm_account("r", owner="r", suspended="maybe")
    customers = [whm_account("a", owner="r"), whm_account("b", owner="a")]
    for known in (False, True):
        found = reasons(desk, *customers, bad)
        assert found[0] == 'Its reseller "r" was skipped: mend that one first.'
        assert found[1] == 'Its reseller "a" was skipped: mend that one first.'
        assert len(found) == 3
        if not known:
            load(desk, "whm", whm(whm_account("r", owner="r")))


def test_customers_of_a_reused_name_do_not_go_to_the_former_reseller(desk: StaffDesk) -> None:
    load(desk, "whm", whm(whm_account("r", owner="r"), whm_account("a", owner="r")))
    stranger = whm_account("r", owner="r", domain="new.example", unix_startdate=1_750_000_000)
    report = load(desk, "whm", whm(whm_account("b", owner="r"), stranger))
    assert counts(report) == (0, 0, 0, 2)
    assert report.skipped[0].reason == 'Its reseller "r" was skipped: mend that one first.'


def test_chains_are_kept_and_circles_refused(desk: StaffDesk) -> None:
    chain = [whm_account("a", owner="b"), whm_account("b", owner="c"), whm_account("c", owner="c")]
    assert counts(load(desk, "whm", whm(*chain))) == (3, 0, 0, 0)
    assert [belongs(desk, name) for name in "abc"] == [("b", False), ("c", True), ("", True)]
    before = dump(desk)["account"]
    circle = [
        whm_account("x", owner="y"),
        whm_account("y", owner="x"),
        whm_account("z", owner="y"),
    ]
    found = reasons(desk, *circle)
    assert found[0].startswith('The resellers go round in a circle, "')
    assert found[1] == found[0]
    assert found[2] == 'Its reseller "y" was skipped: mend that one first.'
    # c belongs to nobody yet; under a it would stand below itself, by what is stored of a.
    assert "go round in a circle" in reasons(desk, whm_account("c", owner="a"))[0]
    assert dump(desk)["account"] == before


def test_a_circle_with_what_is_stored_of_an_account_that_is_no_reseller_yet(
    desk: StaffDesk,
) -> None:
    load(desk, "whm", whm(whm_account("a", owner="b"), whm_account("b", owner="b")))
    assert "go round in a circle" in reasons(desk, whm_account("b", owner="a"))[0]
    silent = whm_account("a", owner=None)
    assert "go round in a circle" in reasons(desk, whm_account("b", owner="a"), silent)[0]
    assert belongs(desk, "b") == ("", True)


def test_an_owner_that_is_not_said_changes_nothing(desk: StaffDesk) -> None:
    load(desk, "whm", whm(whm_account("a", owner="r"), whm_account("r", owner="r")))
    silent = whm_account("a")
    del silent["owner"]
    assert counts(load(desk, "whm", whm(silent))) == (0, 0, 1, 0)
    assert counts(load(desk, "whm", whm(whm_account("a", owner="root")))) == (0, 1, 0, 0)
    assert belongs(desk, "a") == ("", False)


def test_a_moved_account_leaves_its_jobs_with_who_did_them(desk: StaffDesk) -> None:
    load(desk, "whm", whm(whm_account("a"), whm_account("r", owner="r")))
    job = desk.jobs.add(account(desk, "a").id, JobDraft("Site redesign"))
    load(desk, "whm", whm(whm_account("a", owner="r")))
    assert belongs(desk, "a") == ("r", False)
    assert desk.jobs.get(job.id).provider is None
    entry = desk.history.page(HistoryFilter(account=account(desk, "a").id)).rows[0]
    assert [(change.field, change.before) for change in entry.changes] == [("Reseller", "")]


def test_a_resellers_desk_imports_nothing(desk: StaffDesk, path: Path) -> None:
    load(desk, "whm", whm(whm_account("r", owner="r")))
    theirs = StaffDesk.open(path, Actor("rita"), provider=account(desk, "r").id)
    before = dump(desk)
    with pytest.raises(NotAllowed, match="hosting company"):
        load(theirs, "whm", whm(whm_account("a")))
    theirs.close()
    assert dump(desk) == before


def test_in_csv_a_reseller_is_named_by_key_user_name_or_account_id(desk: StaffDesk) -> None:
    content = (
        "key,username,id,reseller\n"
        "k1,by_key,,k9\n"
        "k2,by_name,,boss\n"
        "k3,by_id,,5000\n"
        "k4,not_by_id,,77\n"
        "77,other,,\n"
        "k9,boss,5000,\n"
    )
    assert counts(load(desk, "csv", content)) == (6, 0, 0, 0)
    for name in ("by_key", "by_name", "by_id"):
        assert belongs(desk, name) == ("boss", False)
    assert belongs(desk, "not_by_id") == ("other", False)
    assert counts(load(desk, "csv", content)) == (0, 0, 6, 0)
    more = "key,username,reseller\nk5,e,boss\nk6,f,k9\nk7,g,5000\n"
    assert counts(load(desk, "csv", more)) == (3, 0, 0, 0)
    assert [belongs(desk, name)[0] for name in "efg"] == ["boss"] * 3
    assert counts(load(desk, "csv", more)) == (0, 0, 3, 0)


def test_in_csv_an_account_id_may_be_of_another_source(desk: StaffDesk) -> None:
    load(desk, "whm", whm(whm_account("r", owner="r")))
    boss = account(desk, "r").id
    report = load(desk, "csv", f"username,reseller\na,{boss}\nb,r\n")
    assert counts(report) == (1, 0, 0, 1)
    assert belongs(desk, "a") == ("r", False)
    digits = whm_account("b", owner=str(boss))
    assert "is not known here" in reasons(desk, digits)[0]


def test_in_csv_a_number_that_happens_to_be_an_account_id_is_nobody(desk: StaffDesk) -> None:
    content = "key,username,reseller\n17,a,\n18,b,1001\n"
    for _ in range(2):
        report = load(desk, "csv", content)
        assert account(desk, "a").id == 1001
        assert 'Its reseller "1001" is not known' in report.skipped[0].reason


def test_in_csv_a_user_name_of_two_accounts_names_neither(desk: StaffDesk) -> None:
    content = "key,username,reseller\n1,boss,\n2,boss,\n3,a,boss\n"
    report = load(desk, "csv", content)
    assert counts(report) == (2, 0, 0, 1)
    assert report.skipped[0].reason == (
        '2 accounts have the user name "boss" of its reseller: name it by its key.'
    )
    assert "2 accounts have" in load(desk, "csv", "username,reseller\na,boss\n").skipped[0].reason


def test_in_csv_the_former_user_name_of_an_account_is_nobodys(desk: StaffDesk) -> None:
    load(desk, "csv", "key,username\n1,bob\n")
    report = load(desk, "csv", "key,username,reseller\n1,robert,\n2,a,bob\n")
    assert counts(report) == (0, 1, 0, 1)
    assert 'Its reseller "bob" is not known' in report.skipped[0].reason


def test_in_csv_an_account_may_name_itself(desk: StaffDesk) -> None:
    for reference in ("k", "r", "1001"):
        load(desk, "csv", f"key,username,reseller\nk,r,{reference}\n")
        assert belongs(desk, "r") == ("", True)


def test_in_csv_a_reseller_with_customers_stays_one(desk: StaffDesk) -> None:
    content = "username,reseller,is_reseller\nr,,no\na,r,no\nb,,yes\n"
    load(desk, "csv", content)
    assert [belongs(desk, name) for name in "rab"] == [("", True), ("r", False), ("", True)]
    assert counts(load(desk, "csv", content)) == (0, 0, 3, 0)
    assert counts(load(desk, "csv", "username,is_reseller\nr,no\nb,no\n")) == (0, 1, 1, 0)
    assert [belongs(desk, name)[1] for name in "rb"] == [True, False]
    entry = desk.history.page(HistoryFilter(account=account(desk, "b").id)).rows[0]
    assert [(change.before, change.after) for change in entry.changes] == [("yes", "no")]
    moved = "username,reseller,is_reseller\nr,,no\na,,no\n"
    assert counts(load(desk, "csv", moved)) == (0, 2, 0, 0)
    assert belongs(desk, "r") == ("", False)
    assert counts(load(desk, "csv", moved)) == (0, 0, 2, 0)


def test_a_dry_run_knows_the_same(desk: StaffDesk) -> None:
    content = whm(
        whm_account("a", owner="r"), whm_account("b", owner="nobody"), whm_account("r", owner="r")
    )
    dry = load(desk, "whm", content, dry_run=True)
    assert load(desk, "whm", content) == dry
    assert counts(dry) == (2, 0, 0, 1)
    assert desk.history.page().rows[0].summary.startswith("Import: 2 added, ")


def test_customers_of_a_reseller_that_is_refused_in_the_last_moment_are_refused(
    desk: StaffDesk, path: Path
) -> None:
    def take_the_id(phase: str, _done: int, _total: int | None) -> None:
        if phase == "compared":
            other = StaffDesk.open(path, Actor("ben"))
            assert counts(load(other, "csv", "username,id\nx,5000\n", server="other")) == (
                1,
                0,
                0,
                0,
            )
            other.close()

    report = load(desk, "csv", "username,id,reseller\nr,5000,\na,,r\nb,,a\n", take_the_id)
    assert counts(report) == (0, 0, 0, 3)
    assert [skipped.reason for skipped in report.skipped] == [
        "id: Account ID 5000 is another account's already.",
        'Its reseller "r" was skipped: mend that one first.',
        'Its reseller "a" was skipped: mend that one first.',
    ]
    assert desk.account_count() == 1
