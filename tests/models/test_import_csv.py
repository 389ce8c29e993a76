"""Accounts from a CSV file with a header."""

import pytest

from models.importing import parse_mapping
from models.money import Money
from models.refusals import BadInput, BrokenFile
from models.staff.desk import StaffDesk
from models.values import AccountStatus, Address
from tests.models.import_files import EVERYTHING, JANUARY, account, counts, dump, load

CLIENTS = (
    "id,firstname,lastname,email,companyname,address1,address2,city,currency,status\n"
    "1,Alice,Example,alice@example.com,Alpha Ltd,1 Street,,Town,1,Active\n"
    '2,Bob,,bob@example.net,,PO Box 7,"Floor ""2"", left",Ville,2,Inactive\n'
    '3,Carla,Núñez,carla@example.es,"Gamma, S.L.",Calle 3,2º,Madrid,1,Closed\n'
)
CLIENT_MAPPING = (
    ("id", "key"),
    ("email", "username"),
    ("email", "email"),
    ("LastName", "person"),
    ("firstname", "Person"),
    ("companyname", "company"),
    ("address1", "address"),
    ("address2", "address.street"),
    ("city", "address.city"),
)


def test_every_field_is_read(desk: StaffDesk) -> None:
    report = load(desk, "csv", EVERYTHING)
    assert counts(report) == (1, 0, 0, 0)
    acme = account(desk, "acme")
    assert acme.id == 2001
    assert acme.domains == ("acme.example", "shop.acme.example", "www.acme.example")
    assert (acme.person, acme.company, acme.email) == ("Jane Roe", "Acme GmbH", "j@acme.example")
    assert (acme.phone, acme.plan) == ("+49 30 1", "Pro")
    assert acme.address == Address("Weg 1", "Berlin", "BE", "10115", "DE")
    assert (acme.status, acme.status_reason) == (AccountStatus.SUSPENDED, "unpaid")
    assert (acme.created, acme.currency) == (JANUARY * 1000, "EUR")
    assert isinstance(acme.balance, Money)
    assert acme.balance.text == "-12.50 EUR"
    assert (acme.is_reseller, acme.reseller) == (True, None)
    assert report.notes == ('Ignored column: "open_jobs", which is counted and not imported.',)


def test_own_column_names_are_mapped_and_joined(desk: StaffDesk) -> None:
    mapping = (*CLIENT_MAPPING, ("currency", ""), ("status", ""))
    report = load(desk, "csv", CLIENTS, mapping=mapping)
    assert counts(report) == (3, 0, 0, 0)
    carla = account(desk, "carla@example.es")
    assert (carla.person, carla.company) == ("Núñez Carla", "Gamma, S.L.")
    assert carla.address == Address("Calle 3 2º", "Madrid")
    assert account(desk, "bob@example.net").person == "Bob"
    assert account(desk, "bob@example.net").address.street == 'PO Box 7 Floor "2", left'
    renamed = CLIENTS.replace("bob@example.net", "robert@example.net")
    assert counts(load(desk, "csv", renamed, mapping=mapping)) == (0, 1, 2, 0)
    assert account(desk, "robert@example.net").id == carla.id - 1


def test_columns_that_nobody_knows_are_named(desk: StaffDesk) -> None:
    content = "Username,password,Colour\x1b, OPEN_jobs\nacme,hunter2,red,7\n"
    report = load(desk, "csv", content)
    assert report.notes[:2] == (
        'Ignored columns: "password", "Colour␛". --map COLUMN=FIELD reads one.',
        'Ignored column: "open_jobs", which is counted and not imported.',
    )
    assert "hunter2" not in str(dump(desk))
    assert (
        load(desk, "csv", content, mapping=(("PASSWORD ", ""),))
        .notes[0]
        .startswith('Ignored columns: "Colour␛".')
    )


def test_a_mapping_goes_before_a_columns_own_name(desk: StaffDesk) -> None:
    content = "username,person,name\nacme,7,Jane\n"
    report = load(desk, "csv", content, mapping=(("name", "person"),))
    assert account(desk, "acme").person == "Jane"
    assert 'Ignored columns: "person"' in report.notes[0]


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ((("nam", "person"),), 'Column "nam" is not in the file. There are "username", "a", "b"'),
        ((("a", "persn"),), '"persn" is no field. There are id, key, username, domain,'),
        ((("c", "person"),), 'Column "c" is there more than once.'),
        ((("a", "status"), ("b", "status")), "status can be only one column"),
    ],
)
def test_a_wrong_mapping_says_what_there_is(
    desk: StaffDesk, mapping: tuple[tuple[str, str], ...], reason: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        load(desk, "csv", "username,a,b,c,C\nacme,1,2,3,4\n", mapping=mapping)
    assert reason in str(refusal.value)


def test_a_mapping_is_written_with_an_equals_sign() -> None:
    assert parse_mapping("Name=person") == ("Name", "person")
    assert parse_mapping("a=b=person") == ("a=b", "person")
    assert parse_mapping("Name=") == ("Name", "")
    for wrong in ("Name", "=person", " =person"):
        with pytest.raises(BadInput, match="maps nothing"):
            parse_mapping(wrong)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_delimiter_line_end_and_mark(
    desk: StaffDesk, delimiter: str, line_end: str, encoding: str
) -> None:
    rows = [["username", '"company,,, city;;; ""x"" land"', "person"], ["ä", '"B, C; D\tE"', "F"]]
    content = line_end.join(delimiter.join(row) for row in rows) + line_end * 3
    mapping = (('company,,, city;;; "x" land', "company"),)
    load(desk, "csv", content.encode(encoding), mapping=mapping)
    customer = account(desk, "ä")
    assert (customer.company, customer.person) == ("B, C; D E", "F")


@pytest.mark.parametrize(
    ("header", "row", "reason"),
    [
        ("currency", "1", 'currency: "1" is not a currency: write its three-letter code'),
        ("status", "Inactive", '"Inactive" is no status: write active or suspended or closed.'),
        ("created", "24 Mar 05 12:00", "created:"),
        ("created", "2024-13-01", "created:"),
        ("balance", "twelve", "balance:"),
        ("balance", "1.234", "balance: USD has 2 decimals"),
        ("is_reseller", "maybe", 'is_reseller: "maybe" is no answer: write yes or no.'),
        ("id", "0", 'id: "0" is no Account ID: write a number from 1 to 999999999.'),
        ("id", "1000000000", "is no Account ID"),
        ("id", "12a", "is no Account ID"),
        ("person", "x" * 10_000, "The field person has 10,000 characters; at most 500 fit."),
        ("key", "x" * 501, "The key has 501 characters"),
        ("domains", "a.example " + "b" * 501, "too long: at most 500 characters."),
        ("domain", "a.example b.example", "are several: write them into domains."),
        ("domain", "\u0301", "is no domain: write it as"),
        ("reseller", "nobody", 'Its reseller "nobody" is not known here'),
    ],
)
def test_a_bad_value_skips_only_its_row(
    desk: StaffDesk, header: str, row: str, reason: str
) -> None:
    content = f"username,{header}\nbad,{row}\ngood,\n"
    report = load(desk, "csv", content)
    assert counts(report) == (1, 0, 0, 1)
    assert report.skipped[0].where == "customers:2"
    assert reason in report.skipped[0].reason
    assert account(desk, "good").username == "good"


def test_places_are_lines_also_behind_text_of_many_lines(desk: StaffDesk) -> None:
    content = '\nusername,person,status\na,"x\r\ny\nz",\n\n\nb,"1\n2",gone\nc,,gone\n'
    report = load(desk, "csv", content)
    assert [skipped.where for skipped in report.skipped] == ["customers:8", "customers:10"]
    assert account(desk, "a").person == "x y z"


@pytest.mark.parametrize(
    ("content", "place", "reason"),
    [
        ("", "line 1", "the file is empty"),
        ("\n\n", "line 1", "the file is empty"),
        ("username,plan\nacme\n", "line 2", "the row has 1 columns, the header 2"),
        ("username,plan\nacme,a\nshop,b,c\n", "line 3", "the row has 3 columns, the header 2"),
        ('username,plan\nacme,"a\nshop,b\n', "line 2", "never closed"),
        ('username,plan\nacme,"a"b\n', "line 2", "a quotation mark inside a text must be doubled"),
        ('username,plan\nacme,"' + "x" * 140_000 + "\n", "line 2", "never closed"),
        ("username,plan\nacme,a\n ,b\n", "line 3", "the row has no user name"),
        ("username,plan\nacme,a\n\u200b,b\n", "line 3", "the row has no user name"),
        ("domain,plan\nacme.example,a\n", "line 1", 'There are "domain", "plan"; name one with'),
        ('{"data": {"acct": []}}', "line 1", "no column is the user name"),
        ("username,Email,EMAIL \na,b,c\n", "line 1", '"Email" and "EMAIL" are both email'),
        ("username,address,address.street\na,b,c\n", "line 1", "are both address.street"),
        (b"username,plan\nacme,caf\xe9\n", "line 2, byte 9", "0xE9 is no UTF-8 text"),
        ("username\tplan\nacme\tä\n".encode("utf-16")[:-3], "line 2, byte", "no UTF-16 text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "line 1, byte 1", "0x89 is no UTF-8 text"),
    ],
)
def test_a_broken_file_is_refused_whole(
    desk: StaffDesk, content: bytes | str, place: str, reason: str
) -> None:
    load(desk, "csv", "username,plan\nacme,z\n")
    before = dump(desk)
    with pytest.raises(BrokenFile) as refusal:
        load(desk, "csv", content)
    assert str(refusal.value).startswith(f"customers, {place}")
    assert reason in str(refusal.value)
    assert dump(desk) == before
