"""A made-up hosting company of any size, as a database to measure on.

    python -m benchmarks.company FILE --accounts 1000000

Accounts as such a company has them: 1.33 domains each, persons and companies of many countries,
4 % suspended, 2 % closed, 1 % resellers who look after a fifth of all, created over ten years; a
fifth of them have jobs with tasks and notes. The account 1001 has 1,000 jobs, and the newest job of
1002 has 1,000 tasks. The same number of accounts and seed give the same rows.
"""

import argparse
import random
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

from benchmarks.company_words import (
    COMPANIES,
    DETAILS,
    ENDINGS,
    FAMILY,
    GIVEN,
    JOBS,
    MAILBOXES,
    NOTES,
    PLANS,
    SUBDOMAINS,
    SYLLABLES,
    TASKS,
    WORDS,
)
from models.opening import open_for_staff
from models.search_text import search_text
from models.sqlite import work_index
from models.sqlite.database import PanelDatabase
from models.text import fold

FIRST_ID: Final = 1001
NOW_MS: Final = 1_793_491_200_000
"""The present of the company: 2026-11-01."""

DAY_MS: Final = 86_400_000
YEARS: Final = 10

OF_MANY_JOBS: Final = FIRST_ID
OF_MANY_TASKS: Final = FIRST_ID + 1
MANY: Final = 1000

CHUNK: Final = 5000
TABLES: Final = ("account", "job", "task", "note")
"""The tables whose triggers keep an index of words."""

Row = tuple[Any, ...]

_folded = cache(fold)


def make_company(path: Path, accounts: int, seed: int = 1) -> None:
    """Write the database `path`, which must not be there yet."""
    if path.exists():
        raise SystemExit(f"{path} exists already.")
    with closing(open_for_staff(path, create=True)) as database:
        # Nobody reads it before it is whole.
        database.execute_sql("PRAGMA synchronous = off")
        with database.atomic(), _indexed_afterwards(database):
            _Company(database, accounts, seed).write()
        database.refresh_statistics()
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _indexed_afterwards(database: PanelDatabase) -> Iterator[None]:
    """Take off the triggers that keep the indexes of words, and fill these at once at the end."""
    marks = ", ".join("?" * len(TABLES))
    triggers = list(
        database.execute_sql(
            f"SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name IN ({marks})",
            TABLES,
        )
    )
    for name, _ in triggers:
        database.execute_sql(f"DROP TRIGGER {name}")
    yield
    database.execute_sql("INSERT INTO account_fts(account_fts) VALUES ('rebuild')")
    work_index.fill(database)
    for _, sql in triggers:
        database.execute_sql(sql)


class _Company:
    """One company while it is being written."""

    def __init__(self, database: PanelDatabase, accounts: int, seed: int) -> None:
        self._connection = database.connection()
        self._accounts = accounts
        self._chance = random.Random(seed)
        self._resellers: dict[int, int | None] = {}
        """The accounts with a reseller, and those who are one."""

    def write(self) -> None:
        """Write accounts, staff and jobs."""
        last = FIRST_ID + self._accounts
        for first in range(FIRST_ID, last, CHUNK):
            self._write_accounts(range(first, min(first + CHUNK, last)))
        staff: list[Row] = [
            (1, "anna", "Anna", None),
            (2, "ben", "Ben", None),
            (3, "chloe", "Chloe", None),
        ]
        owners = (number for number in range(FIRST_ID, last) if _is_reseller(number))
        staff += [(number, "rosa", "Rosa", number) for number in owners]
        self._insert("staff", "id, login, display_name, provider_id", staff)
        works = self._works()
        while some := list(islice(works, CHUNK)):
            self._write_works(some)

    def _insert(self, table: str, columns: str, rows: Iterable[Row]) -> None:
        marks = ", ".join("?" * (columns.count(",") + 1))
        self._connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)

    def _one_of(self, choices: tuple[str, ...]) -> str:
        return choices[int(self._chance.random() * len(choices))]

    # -- accounts ------------------------------------------------------------------------------

    def _write_accounts(self, numbers: Iterable[int]) -> None:
        accounts: list[Row] = []
        domains: list[Row] = []
        for number in numbers:
            names = self._names(number)
            accounts.append(self._account(number, names))
            domains += [
                (number, name, name if name.isascii() else fold(name), place == 0)
                for place, name in enumerate(names)
            ]
        self._insert("account", _ACCOUNT_COLUMNS, accounts)
        self._insert("domain", "account_id, name, name_folded, is_primary", domains)

    def _names(self, number: int) -> tuple[str, ...]:
        """Return the domains of an account, the primary one first."""
        chance = self._chance.random()
        if chance < 0.55:
            label = self._one_of(WORDS) + self._one_of(WORDS)
        else:
            label = "".join(self._one_of(SYLLABLES) for _ in range(3 + int(chance * 10) % 2))
        # The number keeps each label its own.
        label = f"{label}-{number}" if chance < 0.3 else f"{label}{number}"
        first = label + self._one_of(ENDINGS)
        if chance % 0.1 < 0.002:
            first = f"{_folded(self._one_of(FAMILY))}-mü{number}.example"
        if self._chance.random() < 0.74:
            return (first,)
        further = f"{self._one_of(SUBDOMAINS)}.{first}"
        if chance % 0.2 < 0.15:
            return first, further
        return first, further, f"{self._one_of(WORDS)}{number}{self._one_of(ENDINGS)}"

    def _account(self, number: int, domains: tuple[str, ...]) -> Row:
        chance = self._chance.random()
        given, family = self._one_of(GIVEN), self._one_of(FAMILY)
        person = f"{given} {family}"
        company = self._one_of(COMPANIES).format(family) if chance < 0.6 else ""
        username = domains[0].partition(".")[0].replace("-", "")[-16:]
        mailbox = self._one_of(MAILBOXES) if chance < 0.4 else f"{_folded(given)}.{_folded(family)}"
        email = f"{mailbox}@{domains[0] if chance % 0.1 < 0.07 else 'mail.example'}"
        status = "closed" if chance % 0.5 < 0.01 else "active"
        status = "suspended" if chance % 0.25 > 0.24 else status
        return (
            number,
            username,
            fold(username),
            person,
            company,
            email,
            self._one_of(PLANS),
            status,
            NOW_MS - int(self._chance.random() * YEARS * 365 * DAY_MS),
            "EUR" if chance < 0.7 else "USD",
            self._reseller(number, chance),
            _is_reseller(number),
            "csv",
            username,
            search_text(username, domains, _folded(person), _folded(company), email),
        )

    def _reseller(self, number: int, chance: float) -> int | None:
        """Return who looks after an account; those who came first have the most."""
        before = (number - FIRST_ID) // 100
        if number in (OF_MANY_JOBS, OF_MANY_TASKS) or _is_reseller(number) or chance > 0.2:
            return None
        if not before:
            return None
        reseller = FIRST_ID + 4 + 100 * int(before * (chance / 0.2) ** 2)
        self._resellers[number] = reseller
        return reseller

    # -- jobs ----------------------------------------------------------------------------------

    def _works(self) -> Iterator[tuple[int, int, int]]:
        """Give the account, the moment and the number of tasks of each job, oldest first."""
        buyers = [OF_MANY_JOBS] * MANY
        for number in range(OF_MANY_TASKS, FIRST_ID + self._accounts):
            if self._chance.random() < 0.2:
                buyers += [number] * (1 + int(self._chance.random() ** 4 * 4))
        self._chance.shuffle(buyers)
        step = YEARS * 365 * DAY_MS // (len(buyers) + 1)
        for place, account in enumerate(buyers):
            tasks = int(self._chance.random() * 4)
            yield account, NOW_MS - (len(buyers) - place) * step, tasks
        yield OF_MANY_TASKS, NOW_MS - 60_000, MANY

    def _write_works(self, works: list[tuple[int, int, int]]) -> None:
        ((first,),) = self._connection.execute("SELECT coalesce(max(id), 0) + 1 FROM job")
        jobs, tasks, notes, events = [], [], [], []
        for job, (account, at, count) in enumerate(works, first):
            provider = self._resellers.get(account)
            person = provider or 1 + job % 3
            row, description = self._job(job, account, provider, person, at)
            jobs.append(row)
            tasks += [self._task(job, person, at) for _ in range(count)]
            if self._chance.random() < 0.5:
                text = self._one_of(NOTES).format(self._one_of(WORDS), job)
                notes.append((job, person, text, job % 3 == 0, at))
            entry = f'{{"description": "{description}"}}'
            events.append((at, person, "job-added", account, job, provider, job, "{}", entry))
        self._insert("job", _JOB_COLUMNS, jobs)
        self._insert("task", _TASK_COLUMNS, tasks)
        self._insert("note", "job_id, author_id, body, visible_to_customer, at", notes)
        self._insert("event", _EVENT_COLUMNS, events)

    def _job(
        self, job: int, account: int, provider: int | None, person: int, at: int
    ) -> tuple[Row, str]:
        description = self._one_of(JOBS).format(self._one_of(WORDS))
        details = self._one_of(DETAILS).format(self._one_of(WORDS), job) if job % 2 else ""
        status = (
            "finished" if NOW_MS - at > 90 * DAY_MS else ("new", "in-progress", "on-hold")[job % 3]
        )
        reference = f"PO-{job}" if job % 4 == 0 else ""
        finished = at + DAY_MS if status == "finished" else None
        row = (job, account, provider, description, details, status, "EUR", reference, at, person)
        return (*row, finished), description

    def _task(self, job: int, person: int, at: int) -> Row:
        description = self._one_of(TASKS).format(self._one_of(WORDS))
        minutes = 15 * (1 + int(self._chance.random() * 12))
        done = at + 3_600_000 if self._chance.random() < 0.8 else None
        amount = (7500 * minutes * 2 + 60) // 120
        # Two thirds of what was done went on an invoice.
        billed = done if done and job % 3 else None
        biller = person if billed else None
        return (
            *(job, description, "hourly", 7500, minutes, amount),
            *(done, at, person, billed, biller),
        )


_ACCOUNT_COLUMNS = (
    "id, username, username_folded, person, company, email, plan, status, created_at, currency,"
    " reseller_id, is_reseller, source, key, search_text"
)
_JOB_COLUMNS = (
    "id, account_id, provider_id, description, details, status, currency, reference, created_at,"
    " created_by_id, finished_at"
)
_TASK_COLUMNS = (
    "job_id, description, pricing, rate_minor, minutes, amount_minor, done_at, entered_at,"
    " entered_by_id, billed_at, billed_by_id"
)
_EVENT_COLUMNS = "at, actor_id, kind, account_id, job_id, provider_id, record, before, after"


def _is_reseller(number: int) -> bool:
    return (number - FIRST_ID) % 100 == 4


def main() -> None:
    """Write a company and say how long it took."""
    parser = argparse.ArgumentParser(description="Writes a made-up hosting company.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    make_company(options.file, options.accounts, options.seed)
    size = options.file.stat().st_size / 1e6
    print(f"{options.accounts:,} accounts, {size:,.0f} MB, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
