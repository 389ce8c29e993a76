"""Makes the database of the made-up company."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from pathlib import Path

from models.demo.cast import (
    FIRST_ID,
    HARBOUR,
    HOST_TEAM,
    PIXELWERK,
    RESELLERS,
    TEAMS,
    acme_jobs,
    cast,
)
from models.demo.customers import (
    ACCOUNT_COLUMNS,
    DOMAIN_COLUMNS,
    Customer,
    Customers,
    account_row,
    domain_rows,
)
from models.demo.ledger import Ledger
from models.demo.office import Office
from models.demo.orders import Orders
from models.demo.plans import JobPlan, Storyteller
from models.demo.work import GERMAN_KINDS, KINDS
from models.opening import explained, open_for_staff
from models.refusals import BadInput, DatabaseUnusable
from models.sqlite.database import PanelDatabase

_CHUNK = 1000
"""Customers drawn and written at a time, so that memory does not grow with their number."""

_MOST_VALUES = 30_000
"""Values in one statement; SQLite takes 32,766."""

_MOST_JOBS = 600
_MOST_BUYERS = 450
_JOBS_OF_A_RESELLER = 5
"""That the hosting company does for the reseller itself."""

_STAFF_COLUMNS = ("id", "login", "display_name", "provider_id")


def make(path: Path, accounts: int, seed: int, now_ms: int) -> None:
    """Make the database; see `models.demo.make_demo`."""
    if accounts < 1:
        raise BadInput(f"{accounts} accounts are too few: a demo has at least one.")
    if path.exists():
        raise DatabaseUnusable(f"{path} exists already: a demo is always a new database.")
    database = open_for_staff(path, create=True)
    try:
        with explained(path), database.atomic():
            _Demo(database, accounts, seed, now_ms).fill()
    finally:
        database.close()


class _Demo:
    """One demo while it is being made."""

    def __init__(self, database: PanelDatabase, accounts: int, seed: int, now_ms: int) -> None:
        self._database = database
        self._accounts = accounts
        # Two sources of chance, so that the same people come first however many follow.
        self._people = random.Random(f"people {seed}")
        self._work = random.Random(f"work {seed}")
        self._now_ms = now_ms

    def fill(self) -> None:
        """Write customers, staff, and the work of two years."""
        buyers = self._write_customers()
        teams = [team for reseller, team in TEAMS.items() if self._is_there(reseller)]
        staff = tuple(member for team in teams for member in team)
        self._insert("staff", _STAFF_COLUMNS, [astuple(member) for member in staff])
        ledger = Ledger(staff)
        storyteller = Storyteller(ledger, Office(self._now_ms), self._work)
        for plan in self._plans(buyers):
            storyteller.tell(plan)
        for table, rows in ledger.numbered().items():
            self._insert(table, tuple(rows[0]), [tuple(row.values()) for row in rows])
        # Lets the engine choose well: searching the customers of a reseller is 15 times as fast.
        self._database.execute_sql("ANALYZE")

    def _is_there(self, account_id: int | None) -> bool:
        return account_id is None or account_id < FIRST_ID + self._accounts

    # -- customers -----------------------------------------------------------------------------

    def _write_customers(self) -> dict[int, Customer]:
        """Write all customers, and return those who order work, by Account ID."""
        buyers = {}
        every = -(-self._accounts // _MOST_BUYERS)
        for chunk in self._customers():
            self._insert("account", ACCOUNT_COLUMNS, list(map(account_row, chunk)))
            domains = [row for customer in chunk for row in domain_rows(customer)]
            self._insert("domain", DOMAIN_COLUMNS, domains)
            for customer in chunk:
                if customer.id in TEAMS or (customer.id - FIRST_ID) % every == 0:
                    buyers[customer.id] = customer
        return buyers

    def _customers(self) -> Iterator[list[Customer]]:
        known = cast(self._now_ms)
        usernames = [customer.username for customer in known.values()]
        drawn = Customers(self._people, self._now_ms, usernames, RESELLERS)
        last = FIRST_ID + self._accounts
        for first in range(FIRST_ID, last, _CHUNK):
            yield [
                known.get(account_id) or drawn.draw(account_id)
                for account_id in range(first, min(first + _CHUNK, last))
            ]

    # -- work ----------------------------------------------------------------------------------

    def _plans(self, buyers: dict[int, Customer]) -> Iterator[JobPlan]:
        """Give the jobs of `acme`, then those of the resellers, then those of other customers."""
        orders = Orders(self._work, self._now_ms)
        acme = buyers.pop(FIRST_ID)
        yield from acme_jobs(acme)
        resellers = [buyers.pop(account) for account in (PIXELWERK, HARBOUR) if account in buyers]
        for customer in resellers * _JOBS_OF_A_RESELLER:
            yield orders.draw(customer, HOST_TEAM, KINDS)
        others = list(buyers.values())
        for _ in range(min(self._accounts * 4 // 3, _MOST_JOBS) if others else 0):
            # Whoever has been there longer has ordered more.
            customer = others[self._work.randrange(self._work.randrange(len(others)) + 1)]
            kinds = GERMAN_KINDS if customer.reseller_id == PIXELWERK else KINDS
            yield orders.draw(customer, TEAMS[customer.reseller_id], kinds)

    # -- rows ----------------------------------------------------------------------------------

    def _insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Insert rows, many by one statement: Peewee takes five times as long for each."""
        insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES "
        marks = f"({', '.join('?' * len(columns))})"
        at_once = _MOST_VALUES // len(columns)
        for first in range(0, len(rows), at_once):
            chunk = rows[first : first + at_once]
            values = [value for row in chunk for value in row]
            self._database.execute_sql(insert + ", ".join([marks] * len(chunk)), values)
