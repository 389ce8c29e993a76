"""Commands for a reseller's staff: what is not theirs answers like what is not there."""

import argparse
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from models.settings import Settings
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.tables import Account
from tests.models.desks import Ids, contents, fill
from tui.cli.grammar import grammar

Run = Callable[..., Any]

MISSING = 90_001
NOWHERE = Ids(*[MISSING] * 7)

COMMANDS: dict[str, tuple[str, ...]] = {
    "account search": ("account search {account}", "account search reseller:{account}"),
    "account show": ("account show {account}",),
    "history": ("history --account {account}", "history --job {job}"),
    "job add": ("job add {account} Logo --assignee ben",),
    "job list": ("job list {account}", "job list {account} --status new"),
    "job move": ("job move {job} {other}",),
    "job note": ("job note {job} Sent --customer",),
    "job search": ("job search reseller:{account}",),
    "job show": ("job show {job}",),
    "job status": ("job status {job} finished", "job status {job} new"),
    "task add": ("task add {job} Theme --free", "task add {job} Theme --rate 75 --time 1"),
    "task done": ("task done {task}",),
}
"""Every command that works for a reseller's staff with a record, and ways to give it."""

WITHOUT_A_RECORD = {
    "access add staff": "is for the hosting company, which lets a reseller's staff in",
    "import": "is refused to a reseller's staff altogether",
    "staff": "opens the panel",
}
"""The other commands that may name a reseller."""


def commands(parser: argparse.ArgumentParser, before: str = "") -> Iterator[str]:
    """Yield every command that takes `--reseller`, such as `job add`."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield from commands(inner, f"{before}{name} ")
        elif action.dest == "reseller":
            yield before.strip()


def test_every_command_for_a_resellers_staff_is_tried_here() -> None:
    assert set(commands(grammar())) == COMMANDS.keys() | WITHOUT_A_RECORD.keys()


@pytest.fixture
def hub(desk: StaffDesk, add_account: Callable[..., int]) -> int:
    """A reseller."""
    return add_account(desk, "hub", is_reseller=True, company="Hub AG")


@pytest.fixture
def own(desk: StaffDesk, hub: int, database: Path, add_account: Callable[..., int]) -> Ids:
    """Work of the reseller for a customer."""
    return work_for(database, hub, add_account(desk, "cust", reseller=hub))


def work_for(path: Path, provider: int | None, account: int) -> Ids:
    """Do some work on an account, as the staff of a provider."""
    with closing(StaffDesk.open(path, Actor("rosa", "Rosa"), provider, Settings())) as desk:
        return fill(desk, account)


def foreign(
    kind: str, desk: StaffDesk, path: Path, hub: int, own: Ids, add_account: Callable[..., int]
) -> Ids:
    """Return work that exists, but not for the reseller's staff."""
    if kind == "another reseller's":
        rival = add_account(desk, "rival", is_reseller=True)
        return work_for(path, rival, add_account(desk, "theirs", reseller=rival))
    if kind == "the reseller's own account":
        return work_for(path, None, hub)
    if kind == "removed":
        with closing(StaffDesk.open(path, Actor("rosa"), hub)) as rosa:
            rosa.jobs.remove(own.job)
        return Ids(MISSING, own.job, own.task, *[MISSING] * 4)
    work = work_for(path, None, add_account(desk, "acme", ["acme.example"]))
    if kind == "the host's on an own customer":
        with desk.session.writing():
            Account.update(reseller=hub).where(Account.id == work.account).execute()
        return Ids(MISSING, work.job, work.task, *[MISSING] * 4)
    return work


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["readable", "json"])
@pytest.mark.parametrize(
    "kind",
    [
        "the host's",
        "the host's on an own customer",
        "another reseller's",
        "the reseller's own account",
        "removed",
    ],
)
def test_what_is_out_of_reach_answers_like_what_is_not_there(
    run: Run,
    desk: StaffDesk,
    database: Path,
    hub: int,
    own: Ids,
    add_account: Callable[..., int],
    kind: str,
    form: tuple[str, ...],
) -> None:
    there = foreign(kind, desk, database, hub, own, add_account)
    before = contents(database)
    for line in (line for lines in COMMANDS.values() for line in lines):
        if line == "account search reseller:{account}" and there.account == hub:
            continue  # finds the reseller's own customers
        given, missing = (
            without_number(run(*words(line, ids), "--reseller", hub, *form))
            for ids in (there, NOWHERE)
        )
        assert given == missing, line
        assert given[0] == (0 if "search" in line else 1), line
    assert contents(database) == before


def words(line: str, ids: Ids) -> list[str]:
    """Return the words of a command about some records."""
    return line.format(account=ids.account, job=ids.job, task=ids.task, other=ids.other).split()


def without_number(outcome: Any) -> tuple[int, str, str]:
    """Return what a command left behind, without the number of the record."""
    out, err = (re.sub("[0-9]+", "…", text) for text in (outcome.out, outcome.err))
    return outcome.code, out, err


def test_the_commands_do_their_work_for_own_customers(run: Run, hub: int, own: Ids) -> None:
    for line in (line for lines in COMMANDS.values() for line in lines):
        if "reseller:" not in line:
            assert run(*words(line, own), "--reseller", hub).code == 0, line


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_an_import_is_not_for_a_resellers_staff(
    run: Run, hub: int, tmp_path: Path, database: Path, dry: tuple[str, ...]
) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text("username\nacme\n")
    before = contents(database)
    refusal = run("import", "csv", file, "--reseller", hub, *dry).refusal
    assert refusal == "customjobs: Accounts are imported by the hosting company's staff.\n"
    assert contents(database) == before


def test_an_account_that_is_no_reseller_is_none_like_one_that_is_not_there(
    run: Run, own: Ids
) -> None:
    for line in ("job list", "account search x", "staff"):
        given, missing = (
            without_number(run(*line.split(), "--reseller", account))
            for account in (own.account, MISSING)
        )
        assert given == missing == (1, "", "customjobs: There is no reseller ….\n")


def test_the_customers_of_a_reseller_are_found_by_its_id(
    run: Run, desk: StaffDesk, hub: int, own: Ids
) -> None:
    listed = run("account", "search", f"Reseller: {hub}", "--json").json
    customers = [(own.account, hub), (own.other, hub)]
    assert [(item["id"], item["reseller"]) for item in listed["items"]] == customers
    assert listed["count"] == {"value": 2, "exact": True}
    assert str(hub) in run("account", "search", f"reseller:{hub}", "cust").text
    assert run("account", "search", f"reseller:{hub}", "acme").text == "No account matches.\n"
    refusal = run("account", "search", "reseller:", "hub").refusal
    assert "such as reseller:1005" in refusal


def test_the_notes_for_a_resellers_staff_are_not_for_the_host(run: Run, hub: int, own: Ids) -> None:
    run("job", "note", own.job, "SECRET", "--reseller", hub)
    run("job", "note", own.job, "Dear customer", "--customer", "--reseller", hub)
    for form in ((), ("--json",)):
        seen = run("job", "show", own.job, *form).text
        assert "Dear customer" in seen
        assert "SECRET" not in seen
        assert "SECRET" in run("job", "show", own.job, "--reseller", hub, *form).text


def test_a_list_of_jobs_says_whose_they_are(
    run: Run, desk: StaffDesk, hub: int, own: Ids, add_account: Callable[..., int]
) -> None:
    acme = add_account(desk, "acme")
    run("job", "add", acme, "Logo")
    title, theirs, ours, _count = run("job", "list").text.splitlines()
    assert title.split()[-1] == "Provider"
    assert theirs.split()[-1] == str(hub)
    assert len(ours) < len(title)
    listed = run("job", "list", "--json").json["items"]
    assert [(job["account"], job["provider"]) for job in listed] == [
        (own.account, hub),
        (acme, None),
    ]
    assert "Provider" not in run("job", "list", acme).text
    assert "Provider" not in run("job", "list", "--reseller", hub).text
    assert re.search(rf"Provider +{hub}\n", run("job", "show", own.job).text)
    assert "Provider" not in run("job", "show", 3).text
