"""One command over SSH, as the person of the key: data alone, and nobody else's name."""

import argparse
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from models.staff.desk import StaffDesk
from models.tables import Event
from tests.cli.conftest import Outcome
from tui.cli.grammar import DATA_NOUNS, grammar

Run = Callable[..., Outcome]
Remote = Callable[..., Outcome]

BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIJzNmCFTyYflZ5hZUdTMhYQhkmloh4e2xdmI46PIF4UG"


def as_over_ssh(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Let the process look like one that sshd started, which has not loaded any screen."""
    monkeypatch.delitem(sys.modules, "textual", raising=False)
    # What a client could have an influence on must not matter.
    led_astray = {"CUSTOMJOBS_DATABASE": "/nowhere.db", "CUSTOMJOBS_ACTOR": "mallory"}
    asked = {"SSH_ORIGINAL_COMMAND": command, "CUSTOMJOBS_CONFIG": "/nowhere.toml"}
    monkeypatch.setattr(os, "environ", {**os.environ, **led_astray, **asked})


@pytest.fixture
def grant(run: Run, tmp_path: Path, database: Path) -> int:
    """The access of ben, one of the staff."""
    keyfile = tmp_path / "ben.pub"
    keyfile.write_text(f"ssh-ed25519 {BLOB}\n")
    return int(run("access", "add", "staff", "ben", keyfile, "--json").json["id"])


@pytest.fixture
def remote(run: Run, grant: int, database: Path, monkeypatch: pytest.MonkeyPatch) -> Remote:
    """Returns `remote(command)`, which runs what a person's ssh sent, as sshd would."""

    def run_remote(command: str) -> Outcome:
        as_over_ssh(monkeypatch, command)
        return run("staff", "--database", database, "--actor", "ben", "--access", grant)

    return run_remote


def test_a_command_of_data_runs_as_the_person_of_the_key(
    remote: Remote, desk: StaffDesk, acme: int
) -> None:
    added = remote(f"job add {acme} 'Site redesign' --json").json
    assert (added["description"], added["created_by"]) == ("Site redesign", "ben")
    assert remote(f"customjobs job show {added['id']}").text.startswith("Job")
    assert remote("account search acme --json").json["count"]["value"] == 1
    with desk.session.reading():
        event = Event.select().order_by(Event.id.desc()).first()
        assert event.actor.login == "ben"
        assert event.session.endswith("by access 1")


def test_no_shell_ever_sees_it(remote: Remote, acme: int, desk: StaffDesk) -> None:
    text = "two  blanks; $(id) `id` | x > y & \\ * ~ $HOME 'and' \"quotes\""
    job = remote(f"job add {acme} {shlex.quote(text)} --json").json
    assert job["description"] == text
    assert desk.jobs.get(job["id"]).description == text


@pytest.mark.parametrize(
    "command",
    [
        "account search acme --database /tmp/x.db",
        "account search acme --config /tmp/x.toml",
        "account search acme --actor mallory",
        "account search acme --reseller 1001",
        "--actor=mallory account search acme",
    ],
)
def test_what_the_key_decides_cannot_be_said(remote: Remote, acme: int, command: str) -> None:
    assert "your key decides on it" in remote(command).refusal


@pytest.mark.parametrize(
    "command",
    [
        "staff",
        "customer --account 1001",
        "demo",
        "import whm /etc/passwd",
        "import csv -",
        "access list",
        "access keys root ssh-ed25519 AAAA",
        "access add customer 1001 -",
        "check",
        "check --authorized-keys /etc/passwd",
        "backup /tmp/stolen.db",
        "restore /tmp/mine.db",
        "sshd-config",
        "--version",
        "customjobs",
        "-",
    ],
)
def test_what_is_more_than_data_is_refused(remote: Remote, command: str) -> None:
    outcome = remote(command)
    assert outcome.code in (1, 2)
    assert outcome.out == ""
    assert outcome.err.startswith(("customjobs: ", "usage: "))


@pytest.mark.parametrize("command", ["id", "sh -c id", "; id", "$(id)", "/bin/sh", "-c id"])
def test_what_is_no_command_of_this_program_is_refused(remote: Remote, command: str) -> None:
    assert "cannot be run over SSH" in remote(command).refusal


@pytest.mark.parametrize("command", ["job list; id", "job list\nid", "job list | sh", "job list &"])
def test_what_a_shell_would_do_is_wrong_usage(remote: Remote, command: str) -> None:
    outcome = remote(command)
    assert (outcome.code, outcome.out) == (2, "")
    assert "uid=" not in outcome.err


@pytest.mark.parametrize(
    ("command", "words"),
    [("'", "open quotation mark"), (" ", "No command was given"), ("x" * 70_000, "too long")],
)
def test_what_cannot_be_split_is_refused(remote: Remote, command: str, words: str) -> None:
    assert words in remote(command).refusal


def test_help_is_harmless(remote: Remote) -> None:
    outcome = remote("job --help")
    assert outcome.code == 0
    assert "usage: customjobs job" in outcome.out


def test_a_removed_access_runs_nothing(run: Run, remote: Remote, grant: int, acme: int) -> None:
    run("access", "remove", grant)
    assert remote("account search acme").code == 1


def test_a_resellers_key_reaches_the_resellers_customers_alone(
    run: Run,
    desk: StaffDesk,
    acme: int,
    tmp_path: Path,
    database: Path,
    add_account: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reseller = add_account(desk, "hostman", is_reseller=True)
    add_account(desk, "acme-two", reseller=reseller)
    keyfile = tmp_path / "eve.pub"
    keyfile.write_text(f"ssh-ed25519 {BLOB}\n")
    run("access", "add", "staff", "eve", keyfile, "--reseller", reseller)
    as_over_ssh(monkeypatch, "account search acme --json")
    session = ("--database", database, "--actor", "eve", "--reseller", reseller, "--access", 1)
    assert [item["username"] for item in run("staff", *session).json["items"]] == ["acme-two"]


def test_which_commands_can_be_sent_is_decided_one_by_one() -> None:
    """Whoever adds a command decides here whether it works with data alone."""
    sent = {
        name: command.get_default("remote") for name, command in _commands(grammar(), "").items()
    }
    assert {name.split()[0] for name, remote in sent.items() if remote} == set(DATA_NOUNS)
    assert {name for name, remote in sent.items() if remote} == {
        "account search",
        "account show",
        "job add",
        "history",
        "job list",
        "job move",
        "job note",
        "job search",
        "job show",
        "job status",
        "task add",
        "task done",
    }


def _commands(parser: argparse.ArgumentParser, before: str) -> dict[str, argparse.ArgumentParser]:
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                found |= _commands(inner, f"{before}{name} ") or {f"{before}{name}": inner}
    return found
