"""A database in which every value that a customer must not see is a secret of its own."""

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

from models.opening import open_for_staff
from models.sqlite.database import PanelDatabase

OWN, HUB, CLOSED = 1002, 1001, 1004
OWN_JOB, HIDDEN_JOB, REMOVED_JOB, OTHER_JOB, CLOSED_JOB = range(1, 6)
OWN_STAFF, HOST_STAFF, RIVAL_STAFF = range(1, 4)
OWN_GRANT, OTHER_GRANT = 1, 2

_FIXED: dict[str, object] = {
    "currency": "USD",
    "pricing": "fixed",
    "rate_minor": None,
    "due": "2031-01-01",
    "worked_on": "2031-01-01",
    "is_primary": 1,
    "is_reseller": 0,
    "shown_to_customer": 1,
    "visible_to_customer": 1,
    "active": 1,
    "may_bill": 0,
    "may_administer": 0,
    "removed_at": None,
    "finished_at": None,
    "provider_id": None,
    "reseller_id": None,
    "assignee_id": HOST_STAFF,
    "created_by_id": HOST_STAFF,
    "entered_by_id": HOST_STAFF,
    "billed_by_id": HOST_STAFF,
    "worked_by_id": HOST_STAFF,
    "author_id": HOST_STAFF,
    "actor_id": HOST_STAFF,
}
"""What a secret cannot stand in for: references, flags and what the tables check."""


class Planted:
    """Fills the tables; whatever is not given is a secret that carries `mark`."""

    def __init__(self, database: PanelDatabase, mark: str, number: int) -> None:
        self._database = database
        self._mark = mark
        self._numbers = count(number)

    def row(self, table: str, **given: object) -> None:
        """Add a row."""
        columns = list(self._database.execute_sql(f'PRAGMA table_info("{table}")'))
        values = {
            name: given.get(name, self._secret(table, name, kind)) for _, name, kind, *_ in columns
        }
        places = ", ".join("?" * len(values))
        self._database.execute_sql(
            f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", tuple(values.values())
        )

    def _secret(self, table: str, name: str, kind: str) -> object:
        number = next(self._numbers)
        if name == "id":
            return None
        if name in _FIXED:
            return _FIXED[name]
        if table == "event" and name in ("before", "after"):
            return f'"{self._mark}{number}"'
        if name == "status":
            return "active" if table == "account" else "new"
        if table == "task" and name == "minutes":
            return number % 1000 + 500_000
        return number if kind == "INTEGER" else f"{self._mark}{number}"


def plant(path: Path, mark: str, number: int, other: int) -> None:
    """Make a database with a customer and others, among them the account `other`.

    Every secret holds `mark` or is a number from `number` on.
    """
    with closing(open_for_staff(path, create=True)) as database, database.atomic():
        planted = Planted(database, mark, number)
        _plant_accounts(planted, other)
        _plant_jobs(planted, other)
        planted.row("event", account_id=OWN, job_id=OWN_JOB, change_id=None, undoes=None)
        planted.row("event", account_id=other, job_id=OTHER_JOB, change_id=None, undoes=None)
        planted.row("import_run")
        planted.row("access", id=OTHER_GRANT, staff_id=None)
        planted.row("access_account", access_id=OTHER_GRANT, account_id=other)
        planted.row("access", staff_id=RIVAL_STAFF)
        planted.row("access", id=OWN_GRANT + 9, staff_id=None, removed_at=1)


def _plant_accounts(planted: Planted, other: int) -> None:
    own = {"username": "own", "person": "Own", "company": "Own Ltd"}
    planted.row("account", id=HUB, company="Hub AG", is_reseller=1)
    planted.row("account", id=OWN, reseller_id=HUB, **own)
    planted.row("account", id=other)
    planted.row("account", id=CLOSED, status="closed", reseller_id=HUB)
    planted.row("domain", account_id=OWN, name="own.example")
    planted.row("domain", account_id=OWN, is_primary=0)
    planted.row("domain", account_id=other)
    planted.row("domain", account_id=CLOSED)
    planted.row("staff", id=OWN_STAFF, display_name="Rosa", provider_id=HUB)
    planted.row("staff", id=HOST_STAFF)
    planted.row("staff", id=RIVAL_STAFF, provider_id=other)
    planted.row("access", id=OWN_GRANT, staff_id=None)
    planted.row("access_account", access_id=OWN_GRANT, account_id=OWN)


def _plant_jobs(planted: Planted, other: int) -> None:
    seen: dict[str, Any] = {"description": "Logo", "details": "Blue", "created_at": 1}
    planted.row("job", id=OWN_JOB, account_id=OWN, **seen)
    planted.row("job", id=HIDDEN_JOB, account_id=OWN, shown_to_customer=0)
    planted.row("job", id=REMOVED_JOB, account_id=OWN, removed_at=1)
    planted.row("job", id=OTHER_JOB, account_id=other)
    planted.row("job", id=CLOSED_JOB, account_id=CLOSED)
    planted.row(
        "task",
        job_id=OWN_JOB,
        description="Draw",
        minutes=60,
        amount_minor=100,
        note="Sent",
        done_at=1,
        worked_by_id=OWN_STAFF,
    )
    planted.row("note", job_id=OWN_JOB, body="Hello", at=1, author_id=OWN_STAFF)
    planted.row("task", job_id=OWN_JOB, removed_at=1)
    planted.row("note", job_id=OWN_JOB, removed_at=1)
    planted.row("note", job_id=OWN_JOB, visible_to_customer=0)
    for job in (HIDDEN_JOB, REMOVED_JOB, OTHER_JOB, CLOSED_JOB):
        planted.row("task", job_id=job)
        planted.row("note", job_id=job)


def secrets_in(rows: list[tuple[Any, ...]], mark: str, number: int) -> Iterator[object]:
    """Find what the rows hold of the secrets that were planted with `mark` and `number`."""
    for value in (value for row in rows for value in row):
        if isinstance(value, str) and mark in value:
            yield value
        if isinstance(value, int) and (number <= value < number + 1000 or value >= 500_000):
            yield value
