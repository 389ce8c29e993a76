"""The tables refuse what may not be in them, whoever writes it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from peewee import IntegrityError

from models.duration import TIME_LIMIT
from models.money import AMOUNT_LIMIT, RATE_LIMIT
from models.staff.desk import StaffDesk
from models.text import BLOCK_LIMIT, LINE_LIMIT
from tests.models.desks import undone

Row = Mapping[str, Any]
Wrong = tuple[str, Row]

ROWS: dict[str, Row] = {
    "account": {
        "username": "acme", "username_folded": "acme", "status": "active", "currency": "USD",
        "search_text": "\nacme\n",
    },
    "domain": {"account_id": 1001, "name": "acme.example", "name_folded": "acme.example"},
    "staff": {"login": "anna"},
    "job": {
        "account_id": 1001, "description": "Logo", "status": "new", "currency": "USD",
        "created_at": 1, "created_by_id": 1,
    },
    "task": {
        "job_id": 1, "description": "Sketch", "pricing": "hourly", "rate_minor": 6000,
        "minutes": 5, "amount_minor": 500, "entered_at": 1, "entered_by_id": 1,
    },
    "note": {"job_id": 1, "author_id": 1, "body": "Call", "at": 1},
    "event": {"at": 1, "actor_id": 1, "kind": "job-added", "before": "{}", "after": "{}"},
    "import_run": {"started_at": 1, "actor_id": 1, "source": "whm"},
}  # fmt: skip
"""One row of each table, in the order in which they can be written, with as little as can be."""

LINES = {
    "account": [
        "username", "username_folded", "person", "company", "email", "phone", "street", "city",
        "region", "postcode", "country", "plan", "status_reason", "source", "server", "key",
    ],
    "domain": ["name", "name_folded"],
    "staff": ["login", "display_name"],
    "job": ["description", "reference"],
    "task": ["description", "note", "billed_reference"],
    "event": ["session", "kind"],
    "import_run": ["source", "server"],
}  # fmt: skip
NEEDED = [
    ("account", "username"), ("account", "username_folded"), ("domain", "name"),
    ("domain", "name_folded"), ("staff", "login"), ("job", "description"),
    ("task", "description"), ("note", "body"), ("event", "kind"), ("import_run", "source"),
]  # fmt: skip
FLAGS = {
    "account": ["is_reseller"],
    "domain": ["is_primary"],
    "staff": ["active"],
    "job": ["shown_to_customer"],
    "note": ["visible_to_customer"],
}
FIXED = {"pricing": "fixed", "rate_minor": None}
FREE = {"pricing": "free", "amount_minor": 0}


NUMBERS = {
    "account": ["created_at"], "job": ["created_at", "removed_at"], "note": ["at", "removed_at"],
    "task": ["done_at", "entered_at", "removed_at"], "event": ["at", "record"],
    "import_run": ["started_at", "added"],
}  # fmt: skip
REFERENCES = {
    "account": ["reseller_id"],
    "domain": ["account_id"],
    "staff": ["provider_id"],
    "job": ["account_id", "provider_id", "assignee_id", "created_by_id"],
    "task": ["job_id", "worked_by_id", "entered_by_id"],
    "note": ["job_id", "author_id"],
    "event": ["actor_id", "account_id", "job_id", "provider_id"],
    "import_run": ["actor_id"],
}


def wrong_texts() -> Iterator[Wrong]:
    """Too long, more than one line, empty where something is needed."""
    for table, columns in LINES.items():
        for column in columns:
            yield table, {column: "x" * (LINE_LIMIT + 1)}
            yield table, {column: "two\nlines"}
            yield table, {column: None}
    for table, column in NEEDED:
        yield table, {column: ""}
    for table, column in (("job", "details"), ("note", "body")):
        yield table, {column: "x" * (BLOCK_LIMIT + 1)}
        yield table, {column: None}


def wrong_words() -> Iterator[Wrong]:
    """Not one of the words, dates, currencies and yes-or-no that a column takes."""
    for table, columns in FLAGS.items():
        yield from ((table, {column: wrong}) for column in columns for wrong in (2, -1, None))
    for table, column in (("job", "due"), ("task", "worked_on")):
        for wrong in ("2026-02-30", "today", "2026-1-1", "20260101", ""):
            yield table, {column: wrong}
    for table in ("account", "job"):
        yield from ((table, {"currency": wrong}) for wrong in ("usd", "US", "USDX", "", None))
    yield from (("account", {"status": wrong}) for wrong in ("new", "Active", None))
    yield from (("job", {"status": wrong}) for wrong in ("open", "active", None))
    yield from (("task", {"pricing": wrong, "amount_minor": 0}) for wrong in ("barter", None))
    for column in ("before", "after"):
        yield from (("event", {column: wrong}) for wrong in ("{", "", None))


def wrong_numbers() -> Iterator[Wrong]:
    """Beyond the limits of money, time and versions, or no number at all."""
    for outside in (AMOUNT_LIMIT + 1, -AMOUNT_LIMIT - 1):
        yield "account", {"balance_minor": outside}
        yield "task", FIXED | {"amount_minor": outside}
    for outside in (-1, RATE_LIMIT + 1):
        yield "account", {"agreed_rate_minor": outside}
        yield "task", FREE | {"rate_minor": outside}
    for outside in (0, -1, TIME_LIMIT + 1):
        yield "task", FREE | {"minutes": outside}
    for table in ("account", "job", "task", "note"):
        yield from ((table, {"version": wrong}) for wrong in (0, None))
    for column in ("added", "changed", "unchanged", "skipped"):
        yield "import_run", {column: None}
    for table, columns in NUMBERS.items():
        yield from ((table, {column: "a word"}) for column in columns)


def wrong_together() -> Iterator[Wrong]:
    """Values that do not go with each other, missing ones, and references to nothing."""
    yield "account", {"id": 5000, "reseller_id": 5000}
    yield "job", {"finished_at": 1}
    yield "job", {"status": "finished"}
    yield from (("task", {"amount_minor": wrong}) for wrong in (499, 501, 0, -500, None))
    yield "task", {"rate_minor": None}
    yield "task", {"minutes": None}
    yield "task", FIXED | {"rate_minor": 1}
    yield "task", FREE | {"amount_minor": 1}
    yield "task", {"billed_at": 1, "done_at": 1}
    yield "task", {"billed_by_id": 1, "done_at": 1}
    yield "task", {"billed_at": 1, "billed_by_id": 1}
    yield "task", {"billed_at": 1, "billed_by_id": 777, "done_at": 1}
    for table, row in ROWS.items():
        yield from ((table, {column: None}) for column in row)
    for table, columns in REFERENCES.items():
        yield from ((table, {column: 777}) for column in columns)


ACCEPTED: list[tuple[str, Row]] = [
    ("account", {"person": "x" * LINE_LIMIT, "balance_minor": -AMOUNT_LIMIT}),
    ("account", {"agreed_rate_minor": RATE_LIMIT, "created_at": None, "currency": "JPY"}),
    ("job", {"status": "finished", "finished_at": 1, "due": "2028-02-29"}),
    ("job", {"details": "x\n" * (BLOCK_LIMIT // 2), "description": "日" * LINE_LIMIT}),
    ("task", FIXED | {"amount_minor": -AMOUNT_LIMIT, "minutes": None}),
    ("task", FREE | {"rate_minor": RATE_LIMIT, "minutes": TIME_LIMIT}),
    ("task", FREE | {"rate_minor": None, "minutes": None}),
    ("task", {"rate_minor": RATE_LIMIT, "minutes": TIME_LIMIT, "amount_minor": AMOUNT_LIMIT}),
    ("task", {"done_at": 1, "billed_at": 1, "billed_by_id": 1}),
]


@pytest.fixture
def stored(desk: StaffDesk) -> StaffDesk:
    """A desk whose tables hold one row each."""
    with desk.session.writing():
        for table, row in ROWS.items():
            insert(desk, table, row)
    return desk


def insert(desk: StaffDesk, table: str, row: Row) -> None:
    """Write a row as any program could."""
    marks = ", ".join("?" * len(row))
    sql = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"
    desk.database.execute_sql(sql, tuple(row.values()))


@pytest.mark.parametrize("kind", [wrong_texts, wrong_words, wrong_numbers, wrong_together])
def test_what_may_not_be_stored_is_refused(
    stored: StaffDesk, kind: Callable[[], Iterator[Wrong]]
) -> None:
    for table, wrong in kind():
        with undone(stored):
            insert(stored, table, another(table))
        with undone(stored), refusing(table, wrong):
            insert(stored, table, another(table) | dict(wrong))
        if table != "event" and "id" not in wrong:
            changes = ", ".join(f"{column} = ?" for column in wrong)
            with undone(stored), refusing(table, wrong):
                sql = f"UPDATE {table} SET {changes}"
                stored.database.execute_sql(sql, tuple(wrong.values()))


@contextmanager
def refusing(table: str, wrong: Row) -> Iterator[None]:
    """Fail with the values that were taken, unless they are refused."""
    try:
        yield
    except IntegrityError:
        return
    pytest.fail(f"{table} took {str(wrong)[:80]}")


def another(table: str) -> dict[str, Any]:
    """Return a second row that the table takes."""
    names: dict[str, Row] = {"domain": {"name": "b.example"}, "staff": {"login": "ben"}}
    return dict(ROWS[table]) | dict(names.get(table, {}))


@pytest.mark.parametrize(("table", "row"), ACCEPTED)
def test_what_stands_at_the_limits_is_stored(stored: StaffDesk, table: str, row: Row) -> None:
    with stored.session.writing():
        insert(stored, table, another(table) | dict(row))


@pytest.mark.parametrize(
    ("table", "first", "second"),
    [
        ("account", {"source": "whm", "key": "acme"}, {"source": "whm", "key": "acme"}),
        ("domain", {"name": "b.example"}, {"name": "b.example"}),
        ("domain", {"name": "b.example", "is_primary": 1}, {"name": "c.example", "is_primary": 1}),
        ("staff", {"login": "ben"}, {"login": "ben"}),
        ("staff", {"login": "anna", "provider_id": 1001}, {"login": "anna", "provider_id": 1001}),
    ],
)
def test_what_must_be_single_is_single(
    stored: StaffDesk, table: str, first: Row, second: Row
) -> None:
    with stored.session.writing():
        insert(stored, table, another(table) | dict(first))
        with pytest.raises(IntegrityError):
            insert(stored, table, another(table) | dict(second))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE event SET kind = 'nothing'",
        "DELETE FROM event",
        "INSERT OR REPLACE INTO event (id, at, actor_id, kind, before, after)"
        " VALUES (1, 2, 1, 'nothing', '{}', '{}')",
    ],
)
def test_the_history_takes_additions_only(stored: StaffDesk, sql: str) -> None:
    with stored.session.writing(), pytest.raises(IntegrityError, match="the history is never"):
        stored.database.execute_sql(sql)
    rows = list(stored.database.execute_sql("SELECT kind FROM event"))
    assert rows == [("job-added",)]


@pytest.mark.parametrize("table", ["account", "staff", "job"])
def test_what_others_refer_to_is_not_deleted(stored: StaffDesk, table: str) -> None:
    with stored.session.writing(), pytest.raises(IntegrityError):
        stored.database.execute_sql(f"DELETE FROM {table}")
