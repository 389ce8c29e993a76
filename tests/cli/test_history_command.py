"""`customjobs history` and `job move`: who did what, for people and for scripts."""

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.history_filter import HistoryFilter
from models.moments import iso, short
from models.staff.desk import StaffDesk
from models.values import JobStatus
from tests.cli.conftest import Outcome
from tests.cli.test_remote_commands import grant, remote
from tests.cli.test_usage import leaves
from tui.cli.grammar import grammar

__all__ = ["grant", "remote"]

Run = Callable[..., Outcome]
Remote = Callable[..., Outcome]

EVENT_KEYS = [
    "id", "at", "actor", "actor_name", "session", "kind", "account", "job", "record", "summary",
    "changes", "undoes",
]  # fmt: skip


def ids(outcome: Outcome) -> list[int]:
    """Return which entries a command answered with."""
    return [item["id"] for item in outcome.json["items"]]


def test_the_history_in_json(run: Run, desk: StaffDesk, acme: int, job: int) -> None:
    desk.jobs.set_status(job, JobStatus.ON_HOLD)
    desk.undo.undo()
    newest = desk.history.page().rows[0]
    listed = run("history", "--json").json
    assert list(listed) == ["items", "count"]
    assert listed["count"] == {"value": 3, "exact": True}
    assert [list(item) for item in listed["items"]] == [EVENT_KEYS] * 3
    assert listed["items"][0] == {
        "id": 3,
        "at": iso(newest.at),
        "actor": "anna",
        "actor_name": "Anna Berg",
        "session": "",
        "kind": "job-status",
        "account": acme,
        "job": job,
        "record": job,
        "summary": f"#{job}: undone: status On hold → New",
        "changes": [{"field": "Status", "before": "On hold", "after": "New"}],
        "undoes": 2,
    }
    first = listed["items"][2]
    assert (first["undoes"], re.sub("[0-9]+", "…", first["session"])) == (
        None,
        "customjobs job add …",
    )


def test_the_history_for_people_is_a_line_each_and_says_how_much_more_there_is(
    run: Run, desk: StaffDesk, acme: int, job: int
) -> None:
    for number in range(3):
        desk.notes.add(job, f"Note {number}\nand more")
    at = desk.history.page().rows[0].at
    lines = run("history", "--limit", 2).text.splitlines()
    assert lines[0].split() == ["When", "Who", "Account", "What"]
    assert lines[1] == f"{short(at)}  anna     {acme}  #{job}: note added: Note 2"
    assert len(lines) == 4
    assert lines[3] == "2 of 4: 2 more with --limit"
    assert run("history").text.splitlines()[-1] == "4 of 4"
    assert run("history", "--actor", "nobody").text == "Nothing of this kind happened yet.\n"


def test_the_newest_fifty_are_shown_unless_more_are_asked_for(
    run: Run, desk: StaffDesk, job: int
) -> None:
    for number in range(60):
        desk.notes.add(job, f"Note {number}")
    listed = run("history", "--json").json
    assert (len(listed["items"]), listed["count"]["value"]) == (50, 61)
    assert len(run("history", "--json", "--limit", 61).json["items"]) == 61


def test_the_history_is_asked_for_by_account_job_person_kind_and_time(
    run: Run, desk: StaffDesk, acme: int, job: int, add_account: Callable[..., int]
) -> None:
    other = add_account(desk, "other")
    run("job", "add", other, "Logo", "--actor", "ben")
    desk.tasks.set_done(
        run("task", "add", job, "x", "--fixed", 5, "--planned", "--json").json["id"], True
    )
    everything = [4, 3, 2, 1]
    for words, expected in (
        ([], everything),
        (["--account", other], [2]),
        (["--job", job], [4, 3, 1]),
        (["--actor", "ben"], [2]),
        (["--kind", "task"], [4, 3]),
        (["--kind", "task", "--kind", "ADDED"], [3]),
        (["--since", "today"], everything),
        (["--since", "-3", "--until", "today"], everything),
        (["--since", "tomorrow"], []),
        (["--until", "yesterday"], []),
        (["--until", "2026-01-01T10:00"], []),
        (["--since", "2026-01-01T10:00+02:00", "--actor", "anna", "--kind", "done"], [4]),
    ):
        assert ids(run("history", *words, "--json")) == expected, words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--since", "soon"], '"soon" is not a date'),
        (["--until", "2026-13-01"], "There is no month 13"),
        (["--until", "9999-12-31"], '"9999-12-31" is out of range'),
        (["--since", "0001-01-01"], "The year 0001 is out of range"),
        (["--actor", "\udcff"], '"\ufffd" is no login: it is not written in UTF-8.'),
        (["--account", "77"], "There is no account 77"),
        (["--job", "77"], "There is no job #77"),
        (["--kind", "import", "--kind", "removed"], "Nothing is import and removed at once"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    run: Run, database: Path, words: list[str], said: str
) -> None:
    assert said in run("history", *words).refusal


def test_the_history_is_read_over_ssh_as_the_person_of_the_key(
    remote: Remote, desk: StaffDesk, job: int
) -> None:
    """There, too, `--actor` asks for what somebody did, and makes nobody of the reader."""
    remote(f"job note {job} 'Call Jane'")
    listed = remote("history --actor ben --json").json
    assert [item["kind"] for item in listed["items"]] == ["note-added"]
    assert [
        item["kind"] for item in remote("history --actor anna --job 1 --json").json["items"]
    ] == ["job-added"]
    assert "your key decides on it" in remote("history --reseller 1001").refusal


def test_a_reseller_reads_the_history_of_its_own_customers(
    run: Run, desk: StaffDesk, job: int, add_account: Callable[..., int]
) -> None:
    reseller = add_account(desk, "hoster", is_reseller=True)
    own = add_account(desk, "own", reseller=reseller)
    scope = ("--reseller", reseller)
    theirs = run("job", "add", own, "Logo", *scope, "--json").json["id"]
    assert [item["job"] for item in run("history", *scope, "--json").json["items"]] == [theirs]
    assert f"There is no job #{job}" in run("history", "--job", job, *scope).refusal


def test_a_job_is_moved(
    run: Run, desk: StaffDesk, acme: int, job: int, add_account: Callable[..., int]
) -> None:
    other = add_account(desk, "other")
    moved = run("job", "move", job, other, "--json").json
    assert (moved["id"], moved["account"]) == (job, other)
    assert run("job", "move", job, acme).text.startswith("Job")
    assert desk.history.page(HistoryFilter(account=other)).total == 2
    yen = add_account(desk, "tanaka", currency="JPY")
    assert "a job keeps its currency" in run("job", "move", job, yen).refusal
    assert "is a job of account" in run("job", "move", job, acme).refusal
    assert "There is no account 77" in run("job", "move", job, 77).refusal


def test_only_the_history_gives_an_option_of_all_commands_another_meaning() -> None:
    def meaning(leaf: argparse.ArgumentParser, name: str) -> Any:
        return next(it.dest for it in leaf._actions if name in it.option_strings)

    names = ("--database", "--config", "--actor", "--json", "--version")
    odd = [leaf.prog for leaf in leaves(grammar()) for it in names if meaning(leaf, it) != it[2:]]
    assert odd == ["customjobs history"]
