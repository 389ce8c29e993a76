"""Accounts from `whmapi1 listaccts --output=json`."""

import io
import json
from typing import Any

import pytest

from models.importing import SOURCES, read_accounts
from models.refusals import BadInput, BrokenFile
from models.staff.desk import StaffDesk
from models.values import AccountStatus
from tests.models.import_files import JANUARY, account, counts, dump, load, whm, whm_account


def test_an_account_has_what_the_list_says_of_it(desk: StaffDesk) -> None:
    report = load(desk, "whm", whm(whm_account("acme", plan="Pro, yearly")))
    assert counts(report) == (1, 0, 0, 0)
    acme = account(desk, "acme")
    assert (acme.id, acme.username, acme.plan) == (1001, "acme", "Pro, yearly")
    assert (acme.domain, acme.domains) == ("acme.example", ("acme.example",))
    assert (acme.email, acme.person, acme.company) == ("owner@acme.example", "", "")
    assert (acme.status, acme.status_reason) == (AccountStatus.ACTIVE, "")
    assert (acme.created, acme.currency, acme.balance) == (JANUARY * 1000, "USD", None)
    assert (acme.reseller, acme.is_reseller) == (None, False)


def test_the_older_form_is_read_as_well(desk: StaffDesk) -> None:
    older = json.dumps({"acct": [whm_account("acme")], "status": 1, "statusmsg": "Ok"})
    assert counts(load(desk, "whm", older)) == (1, 0, 0, 0)
    assert counts(load(desk, "whm", whm(whm_account("acme")))) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    ("fields", "status", "reason"),
    [
        ({"suspended": 1, "suspendreason": "Unpaid."}, AccountStatus.SUSPENDED, "Unpaid."),
        ({"suspended": "1", "suspendreason": "Unpaid."}, AccountStatus.SUSPENDED, "Unpaid."),
        ({"suspended": True, "suspendreason": "not suspended"}, AccountStatus.SUSPENDED, ""),
        ({"suspended": 1, "suspendreason": None}, AccountStatus.SUSPENDED, ""),
        ({"suspended": 0, "suspendreason": "Unpaid."}, AccountStatus.ACTIVE, ""),
        ({"suspended": "0"}, AccountStatus.ACTIVE, ""),
        ({"suspended": False}, AccountStatus.ACTIVE, ""),
        ({"suspended": None}, AccountStatus.ACTIVE, ""),
    ],
)
def test_suspension_in_every_form(
    desk: StaffDesk, fields: dict[str, Any], status: AccountStatus, reason: str
) -> None:
    load(desk, "whm", whm(whm_account("acme", **fields)))
    acme = account(desk, "acme")
    assert (acme.status, acme.status_reason) == (status, reason)


@pytest.mark.parametrize(
    ("given", "created"),
    [
        (JANUARY, JANUARY * 1000),
        (str(JANUARY), JANUARY * 1000),
        (None, None),
        ("", None),
        (0, None),
        ("0", None),
    ],
)
def test_the_start_is_never_the_date_with_two_digits_for_the_year(
    desk: StaffDesk, given: object, created: int | None
) -> None:
    load(desk, "whm", whm(whm_account("acme", unix_startdate=given)))
    assert account(desk, "acme").created == created


@pytest.mark.parametrize("email", ["*unknown*", "", None, " *unknown* "])
def test_an_unknown_address_is_none(desk: StaffDesk, email: str | None) -> None:
    load(desk, "whm", whm(whm_account("acme", email=email)))
    assert account(desk, "acme").email == ""


def test_what_is_not_asked_for_never_reaches_the_database(desk: StaffDesk) -> None:
    load(desk, "whm", whm(whm_account("acme", person="Mallory", key="other", id=77, source="x")))
    everything = str(dump(desk))
    for unwanted in ("hunter2", "192.0.2.10", "/bin/bash", "Mallory", "Mail", "24 Jan"):
        assert unwanted not in everything
    assert account(desk, "acme").id == 1001


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"unix_startdate": "24 Mar 05 12:00"}, 'created: "24 Mar 05 12:00" is not a moment'),
        ({"unix_startdate": -5}, "created:"),
        ({"unix_startdate": 1.5}, "unix_startdate: this is neither a text nor a whole number"),
        ({"unix_startdate": 99999999999999}, "created:"),
        ({"suspended": "maybe"}, 'suspended: "maybe" is neither 0 nor 1.'),
        ({"suspended": 2}, 'suspended: "2" is neither 0 nor 1.'),
        ({"email": ["a@b.example"]}, "email: this is neither a text nor a whole number."),
        ({"plan": {"name": "x"}}, "plan: this is neither"),
        ({"plan": "p" * 501}, "The field plan has 501 characters; at most 500 fit."),
        ({"domain": "d" * 501}, "too long: at most 500 characters."),
        ({"user": "u" * 501}, "too long: at most 500 characters."),
        ({"user": "\ufdfa" * 100}, "too long: at most 500 characters."),
    ],
)
def test_a_bad_value_skips_only_its_account(
    desk: StaffDesk, fields: dict[str, Any], reason: str
) -> None:
    report = load(desk, "whm", whm(whm_account("acme", **fields), whm_account("bakery")))
    assert counts(report) == (1, 0, 0, 1)
    assert report.skipped[0].where == "customers: acct[0]"
    assert reason in report.skipped[0].reason
    assert account(desk, "bakery").username == "bakery"


def test_hostile_text_is_stored_harmless(desk: StaffDesk) -> None:
    hostile = "\x1b[31m\x00[/][@click=app.quit]x[/]\u202e\ud800\r\nz"
    load(desk, "whm", whm(whm_account("ac\x1bme", plan=hostile, email="\x9b\x07@x.example")))
    acme = account(desk, "ac␛me")
    assert acme.plan == "␛[31m␀[/][@click=app.quit]x[/]\ufffd\ufffd z"
    assert "\x1b" not in str(dump(desk))
    assert counts(load(desk, "whm", whm(whm_account("ac\x1bme", plan=hostile)))) == (0, 1, 0, 0)


def test_domains_in_any_script_are_found(desk: StaffDesk) -> None:
    load(desk, "whm", whm(whm_account("idnuser", domain="XN--Bcher-kva.Example")))
    idn = account(desk, "idnuser")
    assert idn.domain == "xn--bcher-kva.example"
    for text in ("bücher", "xn--bcher", "bucher", "IDNUSER", "owner@idn"):
        assert [row.id for row in desk.search.page(text).rows] == [idn.id]


@pytest.mark.parametrize(
    ("content", "place", "reason"),
    [
        (b"", "line 1", "the file is empty"),
        (b" \n\n", "line 1", "the file is empty"),
        (b"[" * 100_000, "line 1", "not JSON that WHM writes"),
        (b'{"acct": [{"user": "a", "uid": NaN}]}', "line 1", "not JSON that WHM writes"),
        (b'{"acct": [' + b"9" * 5000 + b"]}", "line 1", "not JSON that WHM writes"),
        (b"---\ndata:\n  acct: []\n", "line 1, column 1", "not JSON"),
        (b"user,domain\nacme,acme.example\n", "line 1, column 1", "not JSON"),
        (whm(whm_account("acme"))[:-30], "line 1, column ", "cut off"),
        (b'{"data":\n {"acct": [', "line 2, column 12", "cut off"),
        (b'{"data":\n {"acct": [{"user": "ac', "line 2, column 21", "cut off"),
        (b'{"data": {}}', "data.acct", "no list of accounts"),
        (b'{"data": [1]}', "data.acct", "no list of accounts"),
        (b'{"acct": {"user": "acme"}}', "data.acct", "no list of accounts"),
        (b"[]", "data.acct", "no list of accounts"),
        (b"null", "data.acct", "no list of accounts"),
        (whm(whm_account("acme"), 7), "acct[1]", "no user name"),
        (whm(whm_account("acme"), whm_account("")), "acct[1]", "no user name"),
        (whm(whm_account("acme"), whm_account(" \u200b\u0301")), "acct[1]", "no user name"),
        (whm(whm_account("acme"), {"domain": "x.example"}), "acct[1]", "no user name"),
        (b'{"acct": [\n{"user": "caf\xe9"}]}', "line 2, byte 14", "0xE9 is no UTF-8 text"),
        (b"\xef\xbb\xbf" + b'{"acct": [{"user": "\xff"}]}', "line 1, byte 21", "0xFF is no UTF-8"),
        (whm().decode().encode("utf-16")[:-1], "line 1, byte", "no UTF-16 text"),
    ],
)
def test_a_broken_file_is_refused_whole(
    desk: StaffDesk, content: bytes, place: str, reason: str
) -> None:
    before = dump(desk)
    with pytest.raises(BrokenFile) as refusal:
        load(desk, "whm", content)
    assert str(refusal.value).startswith(f"customers, {place}")
    assert reason in str(refusal.value)
    assert dump(desk) == before


@pytest.mark.parametrize(
    "answer",
    [
        {"metadata": {"result": 0, "reason": "Token expired\x1b"}},
        {"metadata": {"result": "0", "reason": "Token expired\x1b"}, "data": {"acct": []}},
        {"status": 0, "statusmsg": "Token expired\x1b", "acct": []},
    ],
)
def test_an_error_of_whm_is_an_error_with_its_reason(desk: StaffDesk, answer: object) -> None:
    with pytest.raises(BrokenFile, match=r"^customers holds no accounts: .* \"Token expired␛\"\.$"):
        load(desk, "whm", json.dumps(answer))


def test_no_accounts_are_no_error(desk: StaffDesk) -> None:
    assert counts(load(desk, "whm", whm())) == (0, 0, 0, 0)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_matter(desk: StaffDesk, encoding: str) -> None:
    content = json.dumps({"acct": [whm_account("bücher")]}, ensure_ascii=False).encode(encoding)
    assert counts(load(desk, "whm", content)) == (1, 0, 0, 0)
    assert account(desk, "bücher").username == "bücher"


def test_standard_input_has_a_name() -> None:
    with pytest.raises(BrokenFile, match=r"^standard input, line 1: "):
        read_accounts("whm", io.BytesIO(b""), "-")


def test_columns_cannot_be_mapped_and_sources_are_known(desk: StaffDesk) -> None:
    with pytest.raises(BadInput, match="--map"):
        load(desk, "whm", whm(), mapping=(("a", "b"),))
    with pytest.raises(BadInput, match='"plesk" is no source: import from whm or csv'):
        load(desk, "plesk", whm())
    assert SOURCES == ("whm", "csv")
