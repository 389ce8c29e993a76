"""`customjobs check`: what it reports, what it finds wrong, and that looking changes nothing."""

import json
import os
import pwd
import random
import shutil
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from models import health, schema
from models.drafts import JobDraft
from models.sessions import Sessions
from models.sqlite.database import PanelDatabase
from models.sqlite.driver import Library
from models.staff.desk import StaffDesk
from tests.models.processes import CHECKOUT
from tests.models.sqlite.test_failures import NOBODY
from tests.mounts import needs_mounts, on_read_only_disk
from tui.confinement import landlock

Run = Callable[..., Any]

OWNER = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture(autouse=True)
def private_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)


def test_a_sound_database(run: Run, database: Path) -> None:
    found = run("check", "--json").json
    assert list(found) == [
        "ok", "sqlite", "python", "peewee", "textual", "database", "confinement", "problems",
        "warnings",
    ]  # fmt: skip
    assert list(found["sqlite"]) == ["driver", "version", "safe"]
    newest = schema.newest_version()
    assert found["ok"] is True
    assert found["problems"] == []
    assert found["textual"] == "8.2.8"
    assert found["database"].pop("free_bytes") > 0
    files = found["database"].pop("files")
    assert {file["path"] for file in files} >= {str(database.parent), str(database)}
    assert files[1] == {
        "path": str(database), "owner": OWNER, "mode": "600", "group": "", "others": "",
    }  # fmt: skip
    assert found["database"] == {
        "path": str(database),
        "schema": newest,
        "newest_schema": newest,
        "search_index": True,
        "bytes": database.stat().st_size,
        "open_panels": 0,
    }
    text = run("check").text
    assert f"Schema        {newest}; this program knows {newest}\n" in text
    assert "Search index  agrees with the accounts\n" in text
    assert "Open panels   0\n" in text
    assert "State         sound\n" in text
    assert f"  600   {OWNER:<5}  {database}\n" in text


def test_what_confines_a_customers_session_is_told(
    run: Run, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = run("check", "--json").json["confinement"]
    assert [entry["layer"] for entry in told] == [
        "SQLite authorizer", "environment", "resource limits", "open files", "no new privileges",
        "not dumpable", "Landlock",
    ]  # fmt: skip
    text = run("check").text
    for entry in told:
        assert list(entry) == ["layer", "active", "detail"]
        state = "active" if entry["active"] else "missing"
        assert f"  {entry['layer']:<17}  {state}: {entry['detail']}\n" in text
    monkeypatch.setattr(landlock, "abi_version", lambda: 0)
    found = run("check", "--json").json
    assert (found["ok"], found["confinement"][-1]["active"]) == (True, False)
    assert "  Landlock           missing: " in run("check").text


def test_a_missing_database_is_wrong_but_versions_are_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    outcome = run("check", "--database", path)
    assert outcome.code == 1
    assert "SQLite " in outcome.out
    assert "Textual       8.2.8" in outcome.out
    assert outcome.err == f"customjobs: There is no database {path}: check the path.\n"
    assert list(tmp_path.glob("none*")) == []


def test_a_database_out_of_reach_is_wrong_but_versions_are_told(run: Run) -> None:
    outcome = run("check", "--database", "x" * 300)
    assert outcome.code == 1
    assert "SQLite " in outcome.out
    assert outcome.err.endswith("cannot be used: File name too long.\n")
    assert outcome.err.count("\n") == 1


def test_a_folder_is_no_database(run: Run, tmp_path: Path) -> None:
    outcome = run("check", "--database", tmp_path)
    assert outcome.code == 1
    assert outcome.err == (f"customjobs: {tmp_path} is a folder, not a database: check the path.\n")
    assert "Files of the database" not in outcome.out
    assert not tmp_path.with_name(f"{tmp_path.name}.use").exists()


def test_an_older_schema_is_reported_and_not_upgraded(
    run: Run, desk: StaffDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = schema.newest_version()
    monkeypatch.setattr(schema, "newest_version", lambda: newest + 1)
    found = run("check", "--json").json
    assert found["database"]["schema"] == newest
    assert "The next start of the panel upgrades the database." in found["warnings"]
    assert desk.database.user_version == newest


def test_a_newer_schema(run: Run, desk: StaffDesk) -> None:
    with desk.database.atomic():
        desk.database.user_version = 9999
    outcome = run("check", "--json")
    assert outcome.code == 1
    assert '"schema": 9999' in outcome.out
    assert "was upgraded by a newer customjobs" in outcome.err


def test_a_file_of_something_else_is_left_alone(run: Run, tmp_path: Path) -> None:
    letter, empty, other = (tmp_path / name for name in ("letter.db", "empty.db", "other.db"))
    letter.write_text("Dear Jane, " * 500)
    empty.touch()
    other.touch()
    with closing(PanelDatabase(other)) as songs:
        songs.connect()
        songs.execute_sql("CREATE TABLE song (name TEXT)")
        songs.execute_sql("PRAGMA journal_mode = delete")
    for path, said in (
        (letter, "is not a database of this program"),
        (empty, "is empty: start the panel once"),
        (other, "is the database of another program"),
    ):
        before = path.read_bytes()
        outcome = run("check", "--database", path)
        assert outcome.code == 1
        assert f"customjobs: {path} {said}" in outcome.err
        assert path.read_bytes() == before


def test_a_search_index_that_lost_an_account(run: Run, desk: StaffDesk, acme: int) -> None:
    with desk.database.atomic():
        desk.database.execute_sql("INSERT INTO account_fts(account_fts) VALUES ('delete-all')")
    outcome = run("check")
    assert outcome.code == 1
    assert outcome.err.startswith("customjobs: search index: ")
    assert "Search index  does not agree with the accounts\n" in outcome.out
    assert "State         something is wrong\n" in outcome.out


def test_a_reference_to_nothing(run: Run, desk: StaffDesk) -> None:
    desk.database.execute_sql("PRAGMA foreign_keys = 0")
    with desk.database.atomic():
        desk.database.execute_sql(
            "INSERT INTO domain (account_id, name, name_folded) VALUES (99, 'x.example', 'x')"
        )
    assert "domain row 1 refers to a missing account" in run("check").err


def test_a_damaged_file(run: Run, database: Path) -> None:
    whole = database.read_bytes()
    database.write_bytes(whole[: len(whole) // 2])
    outcome = run("check")
    assert outcome.code == 1
    assert f"customjobs: {database} is damaged" in outcome.err or "malformed" in outcome.err


def test_files_that_others_could_read_in_another_folder(
    run: Run, database: Path, tmp_path: Path
) -> None:
    database.chmod(0o644)
    tmp_path.chmod(0o750)
    warnings = run("check", "--json").json["warnings"]
    assert warnings == [
        f"Others than its owner can reach {tmp_path} (mode 750): chmod 700 it.",
        f"Others than its owner can reach {database} (mode 644): chmod 600 it.",
    ]
    assert f"Warning: {warnings[0]}\n" in run("check").text


@pytest.mark.parametrize(
    ("name", "mode", "said"),
    [
        ("jobs.db", 0o604, "read"),
        ("jobs.db-wal", 0o602, "write"),
        ("jobs.db-shm", 0o606, "read and write"),
        ("jobs.db.lock", 0o604, "read"),
        ("jobs.db.use", 0o604, "read"),
        ("jobs.db.log", 0o604, "read"),
        ("jobs.db.drafts", 0o604, "read"),
        ("jobs.db.sessions", 0o705, "read"),
    ],
)
def test_a_file_that_everybody_can_reach_is_wrong(
    run: Run, desk: StaffDesk, acme: int, tmp_path: Path, name: str, mode: int, said: str
) -> None:
    tmp_path.chmod(0o711)
    file = tmp_path / name
    if name.endswith("sessions"):
        file.mkdir()
    else:
        file.touch()
    file.chmod(mode)
    outcome = run("check", "--json")
    private = "700" if file.is_dir() else "600"
    sentence = f"Everybody on this machine can {said} {file} (mode {mode:o}): chmod {private} it."
    assert outcome.code == 1
    assert f"customjobs: {sentence}\n" in outcome.err
    found = json.loads(outcome.out)
    (shape,) = (shape for shape in found["database"]["files"] if shape["path"] == str(file))
    assert (shape["mode"], shape["others"]) == (f"{mode:o}", said)


def test_a_folder_in_which_everybody_can_replace_files_is_wrong(
    run: Run, database: Path, tmp_path: Path
) -> None:
    tmp_path.chmod(0o702)
    assert f"can replace what is in {tmp_path}: chmod 700 it." in run("check").err
    tmp_path.chmod(0o1702)
    assert run("check").code == 0


def test_what_is_shared_with_a_group_may_be_shared_as_a_whole(
    run: Run, database: Path, tmp_path: Path
) -> None:
    """The database and its folder are named, not each file that goes with them."""
    database.chmod(0o660)
    tmp_path.chmod(0o2770)
    tmp_path.joinpath("jobs.db.sessions").mkdir(mode=0o770)
    tmp_path.joinpath("jobs.db.sessions").chmod(0o770)
    warnings = run("check", "--json").json["warnings"]
    assert [warning.partition(" (mode")[0].rpartition(" ")[2] for warning in warnings] == [
        str(tmp_path), str(database),
    ]  # fmt: skip


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_file_of_somebody_else_keeps_the_owner_out(run: Run, database: Path) -> None:
    lock = database.with_name("jobs.db.lock")
    lock.touch(mode=0o600)
    os.chown(lock, NOBODY, NOBODY)
    (warning,) = run("check", "--json").json["warnings"]
    assert warning.startswith(f"{lock} belongs to ")
    assert f"the database to {OWNER}, who may be kept out by that" in warning


def test_panels_that_are_open_are_counted(run: Run, database: Path) -> None:
    sessions = [Sessions.enter(database, login, "", None) for login in ("anna", "ben")]
    assert run("check", "--json").json["database"]["open_panels"] == 2
    assert "Open panels   2\n" in run("check").text
    for session in sessions:
        session.leave()
    assert run("check", "--json").json["database"]["open_panels"] == 0


def test_what_a_restore_left_behind_is_told(run: Run, database: Path) -> None:
    database.with_name("jobs.db.restoring-20261123T010203Z").touch()
    (warning,) = run("check", "--json").json["warnings"]
    assert warning.startswith(f"A restore was interrupted, and {database}.restoring-2026")
    database.unlink()
    assert "was interrupted before its end: run customjobs restore again" in run("check").err


def test_the_search_index_is_compared_for_a_short_time_only(
    run: Run, desk: StaffDesk, acme: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can write meanwhile."""
    with desk.database.atomic():
        desk.database.execute_sql(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
            " INSERT INTO account (username, username_folded, status, currency, search_text)"
            " SELECT 'u' || i, 'u' || i, 'active', 'EUR', 'user ' || i FROM n"
        )
    monkeypatch.setattr(health, "SEARCH_CHECK_TIME", 0.02)
    found = run("check", "--json").json
    assert (found["ok"], found["database"]["search_index"]) == (True, None)
    assert found["warnings"][0].endswith("A backup compares it in the copy.")
    assert "Search index  not compared with the accounts\n" in run("check").text
    desk.jobs.add(acme, JobDraft("Nobody holds the lock any more"))


READ_ONLY_CHECK = [sys.executable, "-m", "tui", "check", "--json"]


@needs_mounts
@pytest.mark.parametrize("state", ["closed", "open", "log alone", "cut", "text"])
def test_a_read_only_disk(run: Run, desk: StaffDesk, database: Path, state: str) -> None:
    if state != "open":
        desk.database.execute_sql("INSERT INTO staff (login) VALUES ('ben')")
        log = database.with_name("jobs.db-wal").read_bytes()
        desk.close()
        if state == "log alone":
            database.with_name("jobs.db-wal").write_bytes(log)
        if state == "cut":
            database.write_bytes(database.read_bytes()[:20_000])
        if state == "text":
            database.write_bytes(b"Dear Jane, " * 500)
    before = {file.name: file.read_bytes() for file in database.parent.glob("jobs*")}
    done = on_read_only_disk(database.parent, *READ_ONLY_CHECK, checkout=CHECKOUT)
    assert "Traceback" not in done.stderr
    found = json.loads(done.stdout)
    assert found["database"]["search_index"] is None
    if state in ("closed", "open"):
        assert (done.returncode, found["problems"]) == (0, [])
        assert f"not compared with the accounts: {database} is read-only" in found["warnings"][0]
    else:
        assert done.returncode == 1
        said = {
            "log alone": "is on a read-only disk and was not closed before",
            "cut": "is damaged",
            "text": "is not a database of this program",
        }
        assert said[state] in found["problems"][0]
    assert before == {file.name: file.read_bytes() for file in database.parent.glob("jobs*")}


@pytest.mark.parametrize("size", [0, 1, 99, 100, 4095, 4096, 20_000])
def test_a_cut_file_is_told_and_stays_as_it_is(run: Run, database: Path, size: int) -> None:
    content = database.read_bytes()[:size]
    database.write_bytes(content)
    outcome = run("check", "--json")
    assert outcome.code == 1
    assert json.loads(outcome.out)["ok"] is False
    assert outcome.err.startswith("customjobs: ")
    assert database.read_bytes() == content


def test_any_damage_is_told_and_stays_as_it_is(run: Run, database: Path) -> None:
    whole = database.read_bytes()
    chance = random.Random(20261123)
    for _ in range(60):
        content = bytearray(whole)
        for _ in range(40):
            place = chance.randrange(len(whole))
            content[place : place + 20] = chance.randbytes(20)
        database.write_bytes(content)
        outcome = run("check", "--json")
        assert outcome.code in (0, 1)
        assert "Reference:" not in outcome.err  # no fault of the program
        assert (outcome.code == 0) == json.loads(outcome.out)["ok"]
        for end in ("-wal", "-shm"):
            database.with_name(f"jobs.db{end}").unlink(missing_ok=True)


def test_an_unsafe_library(run: Run, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "library", lambda: Library("sqlite3", (3, 40, 1)))
    found = run("check", "--json").json
    assert found["sqlite"] == {"driver": "sqlite3", "version": "3.40.1", "safe": False}
    (warning,) = found["warnings"]
    assert warning.startswith("SQLite 3.40.1 can damage a database")
    assert "pysqlite3" in warning
    assert "3.40.1 by sqlite3: safe only behind the write lock" in run("check").text


def test_a_disk_that_is_nearly_full(
    run: Run, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(database.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=3 * 1024**2))
    assert "Only 3 MiB are free beside the database" in run("check").text


def test_a_look_leaves_room_for_others(run: Run, desk: StaffDesk, database: Path) -> None:
    """Another session writes before and after, on a connection that was open all the time."""
    with closing(PanelDatabase(database)) as other:
        other.connect()
        assert run("check").code == 0
        with other.atomic():
            other.execute_sql("INSERT INTO staff (login) VALUES ('ben')")
        assert run("check").code == 0
