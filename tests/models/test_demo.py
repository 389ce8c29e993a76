"""The made-up company: the same each time, consistent in itself, and nobody real in it."""

import json
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models.currency import Currency
from models.customer.desk import CustomerDesk
from models.demo import DEMO_SETTINGS, make_demo
from models.drafts import JobDraft, TaskDraft
from models.duration import format_time
from models.money import Money, format_minor
from models.opening import open_for_staff
from models.pricing import amount_of
from models.refusals import BadInput, DatabaseUnusable, NotFound
from models.sqlite.database import PanelDatabase
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.text import clean_block, displayable
from models.values import AccountStatus, JobStatus, Pricing

NOW = 1_795_374_000_000
"""2026-11-22 19:00 UTC."""

TABLES = ("account", "domain", "staff", "job", "task", "note", "event")
WORK = ("job", "task", "note", "event")

Row = dict[str, Any]

FICTIONAL_NUMBERS = re.compile(
    r"""
      \+1\ \d{3}\ 555\ 01\d\d
    | \+44\ (20\ 7946|1\d\d\ 496|29\ 2018)\ 0\d{3}
    | \+49\ (30\ 23125|40\ 66969|221\ 4710|89\ 99998|69\ 90009)\ \d{3}
    | \+33\ (1\ 99\ 00|2\ 61\ 91|3\ 53\ 01|4\ 65\ 71|5\ 36\ 49)\ \d\d\ \d\d
    | \+353\ 20\ 91\d\ \d{4}
    | \+46\ (8\ 465\ 004|31\ 390\ 06|40\ 628\ 04)\ \d\d
    | \+61\ [237]\ 5550\ \d{4}
    """,
    re.VERBOSE,
)
"""What regulators keep free for films and books."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo of the usual size, to be read only."""
    made = tmp_path_factory.mktemp("demo") / "demo.db"
    make_demo(made, now_ms=NOW)
    return made


@pytest.fixture
def database(path: Path) -> Iterator[PanelDatabase]:
    opened = open_for_staff(path)
    yield opened
    opened.close()


@pytest.fixture
def desk(database: PanelDatabase) -> StaffDesk:
    return StaffDesk(database, Actor("anna"), settings=DEMO_SETTINGS)


def rows_of(database: PanelDatabase, table: str) -> list[Row]:
    names = [column.name for column in database.get_columns(table)]
    rows = database.execute_sql(f"SELECT {', '.join(names)} FROM {table} ORDER BY id")
    return [dict(zip(names, row, strict=True)) for row in rows]


def by_id(database: PanelDatabase, table: str) -> dict[int, Row]:
    return {row["id"]: row for row in rows_of(database, table)}


def dump(path: Path) -> dict[str, list[Row]]:
    database = open_for_staff(path)
    try:
        return {table: rows_of(database, table) for table in TABLES}
    finally:
        database.close()


# -- making it -------------------------------------------------------------------------------------


def test_the_same_moment_and_seed_make_the_same_company(tmp_path: Path) -> None:
    for name, seed in (("one.db", 7), ("two.db", 7), ("other.db", 8)):
        make_demo(tmp_path / name, 30, seed, NOW)
    one = dump(tmp_path / "one.db")
    other = dump(tmp_path / "other.db")
    assert one == dump(tmp_path / "two.db")
    assert one["account"] != other["account"]
    assert one["job"] != other["job"]


def test_more_accounts_are_further_people(tmp_path: Path) -> None:
    make_demo(tmp_path / "few.db", 20, now_ms=NOW)
    make_demo(tmp_path / "many.db", 60, now_ms=NOW)
    few, many = dump(tmp_path / "few.db"), dump(tmp_path / "many.db")
    assert len(many["account"]) == 60
    assert many["account"][:20] == few["account"]


@pytest.mark.parametrize("accounts", [1, 2, 3, 4])
def test_a_tiny_company_is_whole_too(tmp_path: Path, accounts: int) -> None:
    make_demo(tmp_path / "tiny.db", accounts, now_ms=NOW)
    database = open_for_staff(tmp_path / "tiny.db")
    assert len(rows_of(database, "account")) == accounts
    assert database.integrity_problems() == []
    database.close()


def test_the_default_is_the_present(tmp_path: Path) -> None:
    make_demo(tmp_path / "demo.db", 1)
    assert dump(tmp_path / "demo.db")["event"][-1]["at"] > NOW - 365 * 24 * 60 * 60 * 1000


def test_only_its_owner_can_read_the_file(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_that_exists_is_written_over(tmp_path: Path) -> None:
    existing = tmp_path / "company.db"
    make_demo(existing, 1, now_ms=NOW)
    before = existing.read_bytes()
    with pytest.raises(DatabaseUnusable, match="exists already"):
        make_demo(existing, 1, now_ms=NOW)
    assert existing.read_bytes() == before


def test_a_company_without_customers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="0 accounts are too few"):
        make_demo(tmp_path / "demo.db", 0)
    assert not (tmp_path / "demo.db").exists()


def test_its_settings_can_be_had_without_the_database_layer() -> None:
    checkout = Path(__file__).resolve().parents[2]
    program = "import sys, models.demo; print(*sys.modules)"
    command = [sys.executable, "-c", program]
    printed = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True)
    assert {"peewee", "models.demo.make"}.isdisjoint(printed.stdout.split())


# -- consistent in itself --------------------------------------------------------------------------


def test_the_file_is_sound(database: PanelDatabase) -> None:
    assert database.integrity_problems() == []


def test_the_history_played_at_a_desk_makes_the_same_work(tmp_path: Path) -> None:
    """Everything stands there as if people had entered it, one step after another."""
    told = small_company_with_a_busy_reseller(tmp_path)
    database = open_for_staff(tmp_path / "played.db", create=True)
    with database.atomic():
        copy_people(database, told)
        Replay(database, told).play()
    database.close()
    played = dump(tmp_path / "played.db")
    for task in told["task"]:
        task |= {"billed_at": None, "billed_by_id": None, "billed_reference": ""}
    for table in WORK:
        assert played[table] == told[table]


def small_company_with_a_busy_reseller(folder: Path) -> dict[str, list[Row]]:
    for seed in range(9, 60):
        make_demo(folder / f"{seed}.db", 5, seed, NOW)
        told = dump(folder / f"{seed}.db")
        if any(job["provider_id"] for job in told["job"]):
            return told
    raise AssertionError("among so many, no reseller has work")


def copy_people(database: PanelDatabase, told: dict[str, list[Row]]) -> None:
    for table in ("account", "domain", "staff"):
        for row in told[table]:
            marks = ", ".join("?" * len(row))
            insert = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"
            database.execute_sql(insert, tuple(row.values()))


class Replay:
    """Does at the staff's desks what a history tells, each step by who did it and when."""

    def __init__(self, database: PanelDatabase, told: dict[str, list[Row]]) -> None:
        self.database = database
        self.told = told
        self.now = 0
        staff = {person["id"]: person for person in told["staff"]}
        self.desks = {
            actor: StaffDesk(
                database,
                Actor(person["login"]),
                person["provider_id"],
                DEMO_SETTINGS,
                clock=lambda: self.now,
            )
            for actor, person in staff.items()
        }
        self.steps: dict[str, Callable[[StaffDesk, Row, Row], object]] = {
            "job-added": self.add_job,
            "job-changed": self.hand_over,
            "job-status": lambda desk, event, after: desk.jobs.set_status(
                event["record"], JobStatus(after["status"])
            ),
            "job-removed": lambda desk, event, _: desk.jobs.remove(event["record"]),
            "task-added": self.add_task,
            "task-done": lambda desk, event, _: desk.tasks.set_done(event["record"], True),
            "task-removed": lambda desk, event, _: desk.tasks.remove(event["record"]),
            "note-added": lambda desk, event, after: desk.notes.add(
                event["job_id"],
                after["body"],
                visible_to_customer=after["visible_to_customer"],
            ),
            "note-removed": lambda desk, event, _: desk.notes.remove(event["record"]),
        }

    def play(self) -> None:
        assert {event["kind"] for event in self.told["event"]} == set(self.steps)
        for event in self.told["event"]:
            self.now = event["at"]
            desk = self.desks[event["actor_id"]]
            self.steps[event["kind"]](desk, event, json.loads(event["after"]))

    def add_job(self, desk: StaffDesk, event: Row, after: Row) -> None:
        desk.jobs.add(event["account_id"], JobDraft(**after | {"due": after["due"] or ""}))

    def hand_over(self, desk: StaffDesk, event: Row, after: Row) -> None:
        job = desk.jobs.get(event["record"])
        names = ("description", "details", "due", "reference", "shown_to_customer")
        draft = JobDraft(**{name: getattr(job, name) for name in names}, **after)
        desk.jobs.edit(job.id, job.version, draft)

    def add_task(self, desk: StaffDesk, event: Row, after: Row) -> None:
        currency = Currency.of(desk.jobs.get(event["job_id"]).currency)
        rate, minutes = after["rate_minor"], after["minutes"]
        fixed = after["pricing"] == Pricing.FIXED
        draft = TaskDraft(
            description=after["description"],
            pricing=Pricing(after["pricing"]),
            rate="" if rate is None else format_minor(rate, currency),
            time="" if minutes is None else format_time(minutes),
            amount=format_minor(after["amount_minor"], currency) if fixed else "",
            note=after["note"],
            done=after["done"],
            worked_on=after["worked_on"] or "",
            worked_by=after["worked_by"],
        )
        desk.tasks.add(event["job_id"], draft)


def test_totals_are_sums_of_amounts_by_the_rules(database: PanelDatabase, desk: StaffDesk) -> None:
    amounts: dict[int, int] = {}
    for task in rows_of(database, "task"):
        fixed = task["amount_minor"] if task["pricing"] == Pricing.FIXED else None
        pricing = Pricing(task["pricing"])
        amount = amount_of(pricing, task["rate_minor"], task["minutes"], fixed)
        assert task["amount_minor"] == amount
        if task["removed_at"] is None:
            amounts[task["job_id"]] = amounts.get(task["job_id"], 0) + amount
    jobs = desk.jobs.page(limit=1000).rows
    assert len(jobs) > 380
    for job in jobs:
        assert job.totals.total == Money(amounts.get(job.id, 0), Currency.of(job.currency))


def test_there_is_some_of_everything(database: PanelDatabase) -> None:
    accounts, jobs = rows_of(database, "account"), rows_of(database, "job")
    tasks, notes = rows_of(database, "task"), rows_of(database, "note")
    assert len(accounts) == 300
    assert 380 <= len(jobs) <= 450
    assert {account["status"] for account in accounts} == set(AccountStatus)
    assert {job["status"] for job in jobs} == set(JobStatus)
    assert {task["pricing"] for task in tasks} == set(Pricing)
    assert {bool(task["done_at"]) for task in tasks} == {True, False}
    assert {bool(task["billed_at"]) for task in tasks} == {True, False}
    assert {note["visible_to_customer"] for note in notes} == {True, False}
    assert {job["shown_to_customer"] for job in jobs} == {True, False}
    for records in (jobs, tasks, notes):
        assert any(record["removed_at"] for record in records)
    assert any(task["amount_minor"] < 0 for task in tasks)
    assert any(account["agreed_rate_minor"] for account in accounts)
    is_open = [job for job in jobs if not JobStatus(job["status"]).is_closed]
    assert any(job["due"] and job["due"] < "2026-11-22" for job in is_open)
    assert any(job["due"] and job["due"] > "2026-11-22" for job in is_open)


def test_suspended_customers_owe_and_a_reason_is_given(database: PanelDatabase) -> None:
    for account in rows_of(database, "account"):
        if account["status"] == AccountStatus.SUSPENDED:
            assert account["balance_minor"] < 0
        assert bool(account["status_reason"]) == (account["status"] != AccountStatus.ACTIVE)


def test_countries_currencies_and_scripts_are_many(database: PanelDatabase) -> None:
    accounts = rows_of(database, "account")
    currencies = {account["currency"] for account in accounts}
    assert {"USD", "EUR", "GBP", "CHF", "JPY", "KWD", "SEK"} <= currencies
    assert currencies <= set(DEMO_SETTINGS.default_rates)
    assert len({account["country"] for account in accounts}) > 15
    people = "".join(account["person"] for account in accounts)
    for script in ("[à-ÿ]", "[\u0400-\u04ff]", "[\u0600-\u06ff]", "[\u4e00-\u9fff]"):
        assert re.search(script, people)
    names = [domain["name"] for domain in rows_of(database, "domain")]
    assert any(name.startswith("xn--") for name in names)
    assert any(not name.isascii() for name in names)


def test_user_names_and_domains_are_nobody_elses(tmp_path: Path) -> None:
    make_demo(tmp_path / "demo.db", 2500, now_ms=NOW)
    told = dump(tmp_path / "demo.db")
    usernames = [account["username"] for account in told["account"]]
    domains = [domain["name"] for domain in told["domain"]]
    assert len(set(usernames)) == len(usernames) == 2500
    assert len(set(domains)) == len(domains)
    assert all(re.fullmatch("[a-z]+[0-9]*", username) for username in usernames)
    assert len(told["job"]) < 650


def test_everything_happens_in_its_time(database: PanelDatabase) -> None:
    accounts, jobs = by_id(database, "account"), by_id(database, "job")
    for account in accounts.values():
        assert account["created_at"] < NOW
    for job in jobs.values():
        assert job["created_at"] > accounts[job["account_id"]]["created_at"]
        assert job["finished_at"] is None or job["finished_at"] > job["created_at"]
    for task in rows_of(database, "task"):
        job = jobs[task["job_id"]]
        assert task["entered_at"] >= job["created_at"]
        if task["done_at"] is not None:
            assert task["entered_at"] <= task["done_at"]
            assert task["done_at"] <= (job["finished_at"] or NOW)
        if task["billed_at"] is not None:
            assert task["billed_at"] >= job["finished_at"]
            assert task["billed_at"] < NOW
            assert task["billed_reference"]
    moments = [event["at"] for event in rows_of(database, "event")]
    assert moments == sorted(moments)
    assert moments[-1] < NOW
    assert NOW - moments[0] > 600 * 24 * 60 * 60 * 1000


def test_what_is_planned_or_done_fits_the_status(database: PanelDatabase) -> None:
    jobs = by_id(database, "job")
    for task in rows_of(database, "task"):
        job = jobs[task["job_id"]]
        if task["removed_at"] is None and job["removed_at"] is None:
            if job["status"] == JobStatus.FINISHED:
                assert task["done_at"] is not None
            if job["status"] == JobStatus.NEW:
                assert task["done_at"] is None
        if task["billed_at"] is not None:
            assert job["status"] == JobStatus.FINISHED
    accounts = by_id(database, "account")
    of_closed = [
        JobStatus(job["status"])
        for job in jobs.values()
        if accounts[job["account_id"]]["status"] == AccountStatus.CLOSED
    ]
    assert all(status.is_closed for status in of_closed)


# -- who is in it ----------------------------------------------------------------------------------


@pytest.mark.parametrize("reseller", [1002, 1003])
def test_resellers_have_customers_staff_and_work(
    database: PanelDatabase, desk: StaffDesk, reseller: int
) -> None:
    own = StaffDesk(database, Actor("somebody"), reseller, DEMO_SETTINGS)
    assert own.account_count() >= 10
    assert len(own.staff()) == 2
    jobs = own.jobs.page(limit=1000).rows
    assert len(jobs) >= 10
    assert {job.provider for job in jobs} == {reseller}
    assert {job.created_by for job in jobs} <= {member.login for member in own.staff()}
    account = desk.accounts.get(reseller)
    assert account.is_reseller
    assert account.reseller is None
    bought = desk.jobs.page(reseller).rows
    assert bought
    assert {job.provider for job in bought} == {None}


def test_the_host_has_three_people_with_names(desk: StaffDesk) -> None:
    assert [member.login for member in desk.staff()] == ["anna", "ben", "chloe"]
    assert all(member.display_name != member.login for member in desk.staff())


def test_acme_is_found_first_and_has_a_job_of_every_status(desk: StaffDesk) -> None:
    found = desk.search.page("acme").rows
    assert [(row.id, row.username) for row in found] == [(1001, "acme"), (1044, "acmeweb")]
    acme = desk.accounts.get(1001)
    assert (acme.company, acme.person, acme.email) == ("Acme GmbH", "Jane Roe", "jane@acme.example")
    assert acme.domains == ("acme.example", "shop.acme.example")
    assert (acme.plan, acme.open_jobs) == ("Pro", 3)
    assert acme.balance is not None
    assert acme.balance.text == "12.00 USD"
    jobs = desk.jobs.page(1001).rows
    assert {job.status for job in jobs} == set(JobStatus)
    redesign = next(job for job in jobs if job.description == "Site redesign")
    assert redesign.status is JobStatus.IN_PROGRESS
    assert redesign.totals.planned_tasks > 0
    wireframes, theme, *_ = desk.tasks.page(redesign.id).rows
    assert (wireframes.description, wireframes.note) == ("Wireframes", "sent to Jane")
    assert (wireframes.amount.text, theme.amount.text) == ("187.50 USD", "600.00 USD")
    assert {note.visible_to_customer for note in desk.notes.page(redesign.id).rows} == {True, False}


def test_every_account_is_found_by_its_words(desk: StaffDesk) -> None:
    accounts = desk.accounts.many(list(range(1001, 1301)))
    for account in accounts[::40]:
        for word in (account.username, account.domains[-1], account.person):
            assert account.id in [row.id for row in desk.search.page(word, limit=300).rows]


def test_the_customer_sees_what_is_meant_for_customers(path: Path, desk: StaffDesk) -> None:
    customer = CustomerDesk.open(path, (1001,), DEMO_SETTINGS)
    jobs = desk.jobs.page(1001, limit=100).rows
    shown = [job for job in jobs if job.shown_to_customer]
    assert len(shown) < len(jobs)
    assert [job.id for job in customer.jobs(1001).rows] == [job.id for job in shown]
    display_names = {member.display_name for member in desk.staff()}
    for job in shown:
        open_notes = [
            note.body for note in desk.notes.page(job.id).rows if note.visible_to_customer
        ]
        seen = customer.notes(job.id).rows
        assert [note.body for note in seen] == open_notes
        assert {note.author for note in seen} <= display_names
        assert {task.worked_by for task in customer.tasks(job.id).rows} <= display_names | {""}
    hidden = next(job for job in jobs if not job.shown_to_customer)
    strange = next(job for job in desk.jobs.page(limit=100).rows if job.account != 1001)
    for out_of_reach in (hidden, strange):
        with pytest.raises(NotFound):
            customer.job(out_of_reach.id)
    customer.close()


# -- nobody real -----------------------------------------------------------------------------------


def texts_of(database: PanelDatabase) -> Iterator[str]:
    for table in TABLES:
        for row in rows_of(database, table):
            yield from (text for name, text in row.items() if is_text(name, text))


def is_text(column: str, value: object) -> bool:
    is_folded = column == "search_text" or column.endswith("_folded")
    return isinstance(value, str) and not is_folded


def test_texts_are_clean_and_can_be_shown_as_they_are(database: PanelDatabase) -> None:
    for text in texts_of(database):
        assert clean_block(text) == text
        assert displayable(text, lines=True) == text
        assert "\N{REPLACEMENT CHARACTER}" not in text
        assert "{given}" not in text
        assert "{domain}" not in text


def test_no_address_is_anybodys(database: PanelDatabase) -> None:
    """RFC 2606 keeps `.example` free of owners."""
    for domain in rows_of(database, "domain"):
        assert domain["name"].endswith(".example")
    for account in rows_of(database, "account"):
        assert re.fullmatch(r"[a-z]+@[a-z0-9.-]+\.example", account["email"])
        assert not account["phone"] or FICTIONAL_NUMBERS.fullmatch(account["phone"])
    host = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}")
    for text in texts_of(database):
        for address in host.findall(text):
            assert address.endswith(".example")
