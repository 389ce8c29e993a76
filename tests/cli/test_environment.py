"""Which database, settings and person a command works with."""

import json
import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.history_filter import HistoryFilter
from models.staff.desk import StaffDesk
from models.staff.session import Actor

Run = Callable[..., Any]


def made_database(path: Path) -> Path:
    StaffDesk.open(path, Actor("maker"), create=True).close()
    return path


def test_the_default_place(run: Run, home: Path) -> None:
    default = home / "data" / "customjobs" / "customjobs.db"
    assert run("job", "list").refusal == (
        f"customjobs: There is no database {default}: check the path.\n"
    )
    assert list(home.iterdir()) == []
    default.parent.mkdir(parents=True)
    made_database(default)
    assert run("job", "list", "--json").json["items"] == []


def test_the_option_wins_over_the_environment(
    run: Run, database: Path, tmp_path: Path, acme: int
) -> None:
    other = made_database(tmp_path / "other.db")
    show = ("account", "show", acme)
    assert run(*show).code == 0
    assert "There is no account" in run(*show, "--database", other).refusal
    assert "There is no account" in run("--database", f"sqlite:///{other}", *show).refusal


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://host/jobs", "is no database here"),
        ("", "The database has no name"),
        ("missing/jobs.db", "There is no database"),
        (".", "."),
        ("x" * 300, "cannot be used: File name too long"),
    ],
)
def test_a_database_that_cannot_be(run: Run, home: Path, url: str, said: str) -> None:
    refusal = run("job", "list", f"--database={url}").refusal
    assert said in refusal
    assert refusal.count("\n") == 1


def test_a_file_that_is_no_database(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Jane, " * 500)
    refusal = run("job", "list", "--database", path).refusal
    assert refusal == f"customjobs: {path} is not a database of this program.\n"
    assert path.read_text() == "Dear Jane, " * 500


def test_a_mistyped_database_is_made_by_no_data_command(run: Run, tmp_path: Path) -> None:
    missing = tmp_path / "typo.db"
    for words in (
        "account search x", "account show 1", "job add 1 x", "job list", "job show 1",
        "job search x",
        "job status 1 new", "job note 1 x", "task add 1 x --free", "task done 1",
    ):  # fmt: skip
        assert "There is no database" in run(*words.split(), "--database", missing).refusal
    assert not missing.exists()


def test_a_newer_database(run: Run, database: Path, desk: StaffDesk) -> None:
    with desk.database.atomic():
        desk.database.user_version = 9999
    assert "was upgraded by a newer customjobs" in run("job", "list").refusal


def test_the_actor_is_the_option_or_the_environment_or_the_login(
    run: Run, job: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = ("job", "note", job, "x", "--json")
    assert run(*note).json["author"] == "anna"
    assert run("--actor", "ben", *note).json["author"] == "ben"
    monkeypatch.delenv("CUSTOMJOBS_ACTOR")
    assert run(*note).json["author"] == pwd.getpwuid(os.getuid()).pw_name
    monkeypatch.setenv("CUSTOMJOBS_ACTOR", "")
    assert run(*note).json["author"] == pwd.getpwuid(os.getuid()).pw_name
    assert "Your name is empty" in run(*note, "--actor", " ").refusal


@pytest.mark.parametrize(
    ("gecos", "shown"),
    [("Carla Diaz,Room 5,,", "Carla Diaz"), ("& Diaz", "Carla Diaz"), ("", ""), (",,,", "")],
)
def test_the_display_name_is_the_comment_field_of_the_login(
    run: Run, desk: StaffDesk, job: int, monkeypatch: pytest.MonkeyPatch, gecos: str, shown: str
) -> None:
    monkeypatch.delenv("CUSTOMJOBS_ACTOR")
    user = pwd.struct_passwd(("carla", "x", 4711, 4711, gecos, "/nowhere", "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda uid: user)
    assert run("job", "note", job, "x", "--json").json["author"] == "carla"
    names = {member.login: member.display_name for member in desk.staff()}
    assert names["carla"] == (shown or "carla")


def test_a_user_without_a_login_name(run: Run, job: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert run("job", "note", job, "x", "--json").json["author"] == "anna"
    monkeypatch.delenv("CUSTOMJOBS_ACTOR")
    assert "say who you are with --actor" in run("job", "note", job, "x").refusal


def test_the_history_says_which_command_it_was(run: Run, desk: StaffDesk, job: int) -> None:
    run("job", "status", job, "on-hold", "--actor", "ben")
    event = desk.history.page(HistoryFilter(job=job)).rows[0]
    assert (event.actor, event.kind) == ("ben", "job-status")
    assert event.session == f"customjobs job status {os.getpid()}"


def test_settings_by_option_and_by_environment(
    run: Run, desk: StaffDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    add_account: Callable[..., int],
) -> None:  # fmt: skip
    job = run("job", "add", add_account(desk, "plain"), "x", "--json").json["id"]
    config = tmp_path / "settings.toml"
    config.write_text('new_tasks = "done"\n[default_rates]\nUSD = "80.00"\n')
    add = ("task", "add", job, "x", "--time", "1", "--json")
    task = run(*add, "--config", config).json
    assert task["amount"]["text"] == "80.00 USD"
    assert task["done"] is not None
    monkeypatch.setenv("CUSTOMJOBS_CONFIG", str(config))
    assert run("task", "add", job, "x", "--time", "1", "--planned", "--json").json["done"] is None
    config.write_text("colour = 1\n")
    refusal = run(*add).refusal
    assert refusal.startswith(f"customjobs: {config}: colour is no setting")
    assert "cannot be read: No such file" in run(*add, "--config", tmp_path / "none").refusal


def test_a_task_is_planned_or_done_as_last_chosen_on_its_job(run: Run, job: int) -> None:
    add = ("task", "add", job, "x", "--fixed", "5", "--json")
    assert run(*add).json["done"] is None
    assert run(*add, "--done").json["done"] is not None
    assert run(*add).json["done"] is not None
    assert run(*add, "--planned").json["done"] is None


def test_json_is_utf_8_and_all_of_the_answer(run: Run, acme: int) -> None:
    out = run("job", "add", acme, "Über 東京 👍", "--json").out
    assert "Über 東京 👍" in out
    assert json.loads(out)["description"] == "Über 東京 👍"
