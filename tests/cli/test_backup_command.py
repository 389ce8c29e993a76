"""`customjobs backup` and `restore`: what they answer, and what they refuse in one line."""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from models.opening import open_read_only
from models.schema import newest_version
from models.staff.desk import StaffDesk

Run = Callable[..., Any]

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJzNmCFTyYflZ5hZUdTMhYQhkmloh4e2xdmI46PIF4UG"


@pytest.fixture
def backup(database: Path) -> Path:
    """Where the backup goes."""
    return database.with_name("backup.db")


def test_a_backup_answers_with_what_is_in_it(run: Run, job: int, backup: Path) -> None:
    assert run("backup", backup, "--json").json == {
        "file": str(backup),
        "bytes": backup.stat().st_size,
        "accounts": 1,
        "jobs": 1,
        "events": 1,
        "schema": newest_version(),
    }
    second = backup.with_name("second.db")
    assert run("backup", second).text == (
        f"Backup    {second}\n"
        f"Size      {second.stat().st_size / 1024**2:.1f} MiB\n"
        "Accounts  1\n"
        "Jobs      1\n"
        "Events    1\n"
        f"Schema    {newest_version()}\n"
        "Checked: sound.\n"
    )


def test_a_relative_name_is_one_of_the_working_folder(
    run: Run, job: int, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(backup.parent)
    assert run("backup", backup.name, "--json").json["file"] == str(backup)


def test_a_restore_answers_with_what_is_back_and_where_the_rest_is(
    run: Run, job: int, acme: int, desk: StaffDesk, database: Path, backup: Path
) -> None:
    run("backup", backup)
    run("job", "add", acme, "Since then")
    desk.close()
    done = run("restore", backup, "--json").json
    kept = Path(done.pop("kept"))
    assert done == {
        "file": str(backup),
        "bytes": backup.stat().st_size,
        "accounts": 1,
        "jobs": 1,
        "events": 1,
        "schema": newest_version(),
        "database": str(database),
    }
    assert kept.name.startswith("jobs.db.before-restore-")
    assert run("job", "list", "--json").json["count"]["value"] == 1
    assert run("job", "list", "--json", "--database", kept).json["count"]["value"] == 2
    text = run("restore", backup).text
    assert f"Database  {database}\nFrom      {backup}\n" in text
    assert f"Kept as   {kept.parent}/jobs.db.before-restore-" in text
    assert text.endswith("History and access by keys are as they were then: see access list.\n")


def test_a_restore_onto_a_new_machine_keeps_nothing(run: Run, job: int, backup: Path) -> None:
    run("backup", backup)
    new = backup.with_name("new.db")
    assert run("restore", backup, "--database", new, "--json").json["kept"] is None
    assert "Kept as" not in run("restore", backup, "--database", backup.with_name("b.db")).text
    assert run("job", "list", "--json", "--database", new).json["count"]["value"] == 1


def test_an_access_that_was_taken_away_since_is_there_again(
    run: Run, desk: StaffDesk, backup: Path
) -> None:
    """As the answer says."""
    keyfile = backup.with_name("ben.pub")
    keyfile.write_text(f"{KEY}\n")
    access = run("access", "add", "staff", "ben", keyfile, "--json").json["id"]
    run("backup", backup)
    run("access", "remove", access)
    desk.close()
    assert run("access", "list", "--json").json["items"] == []
    run("restore", backup)
    assert [item["id"] for item in run("access", "list", "--json").json["items"]] == [access]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("backup jobs.db", "jobs.db is the database itself: name another file."),
        ("backup home", "home is there already: name a file that is not."),
        ("backup missing/x.db", "There is no folder "),
        ("backup x.db --database none.db", "There is no database "),
        ("restore none.db", "There is no file "),
        ("restore home", "home is no file: name a backup."),
        ("backup jobs.db.drafts", "jobs.db.drafts is a name that the database uses itself"),
        ("restore jobs.db --database home", "home is no file: nothing is restored there."),
        ("restore jobs.db", "jobs.db is the database itself: name a backup."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    run: Run, database: Path, words: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(database.parent)
    refusal = run(*words.split()).refusal
    assert said in refusal
    assert refusal.count("\n") == 1


def test_names_that_are_not_utf8_will_do(run: Run, job: int, desk: StaffDesk, backup: Path) -> None:
    desk.close()
    copy, new = (backup.with_name(os.fsdecode(name)) for name in (b"y\xff.db", b"x\xff.db"))
    assert run("backup", copy).code == 0
    assert copy.exists()
    found = run("restore", copy, "--database", new, "--json").json
    assert (found["database"], found["file"]) == (str(new), str(copy))
    assert run("job", "list", "--json", "--database", new).json["count"]["value"] == 1
    refusal = run("restore", copy.with_name(os.fsdecode(b"z\xff.db"))).refusal
    assert "There is no file" in refusal
    assert "Reference" not in refusal


def test_a_database_is_the_same_whatever_it_is_called(
    run: Run, job: int, desk: StaffDesk, backup: Path, database: Path
) -> None:
    desk.close()
    link = backup.with_name("link.db")
    link.symlink_to(database)
    run("backup", backup, "--database", link)
    assert run("restore", backup, "--database", link, "--json").json["database"] == str(database)
    run("job", "note", job, "Through the link", "--database", link)
    assert [file.name for file in link.parent.glob("link*")] == ["link.db"]


def test_a_restore_waits_for_nobody(
    run: Run, job: int, desk: StaffDesk, database: Path, backup: Path
) -> None:
    run("backup", backup)
    assert f"customjobs: {database} is in use" in run("restore", backup).refusal
    desk.close()
    with closing(open_read_only(database)):
        assert "is in use" in run("restore", backup).refusal
    assert run("restore", backup).code == 0


@pytest.mark.parametrize("words", ["backup", "restore", "backup a b", "restore a --reseller 5"])
def test_they_take_one_file_and_no_scope(run: Run, words: str) -> None:
    assert run(*words.split()).code == 2
