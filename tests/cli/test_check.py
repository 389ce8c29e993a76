"""`customjobs check`: what it reports, what it finds wrong, and that looking changes nothing."""

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from models import health, schema
from models.sqlite.database import PanelDatabase
from models.sqlite.driver import Library
from models.staff.desk import StaffDesk
from tui.confinement import landlock

Run = Callable[..., Any]


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
    assert found["database"] == {
        "path": str(database),
        "schema": newest,
        "newest_schema": newest,
        "bytes": database.stat().st_size,
    }
    text = run("check").text
    assert f"Schema      {newest}; this program knows {newest}\n" in text
    assert "State       sound\n" in text


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
    assert "Textual   8.2.8" in outcome.out
    assert outcome.err == f"customjobs: There is no database {path}: check the path.\n"
    assert list(tmp_path.glob("none*")) == []


def test_a_database_out_of_reach_is_wrong_but_versions_are_told(run: Run) -> None:
    outcome = run("check", "--database", "x" * 300)
    assert outcome.code == 1
    assert "SQLite " in outcome.out
    assert outcome.err.endswith("cannot be used: File name too long.\n")
    assert outcome.err.count("\n") == 1


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
    assert "State       something is wrong\n" in outcome.out


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


def test_files_that_others_can_read(run: Run, database: Path, tmp_path: Path) -> None:
    database.chmod(0o644)
    tmp_path.chmod(0o750)
    warnings = run("check", "--json").json["warnings"]
    assert warnings == [
        f"Others than its owner can reach {tmp_path} (mode 750): chmod 700 it.",
        f"Others than its owner can reach {database} (mode 644): chmod 600 it.",
    ]
    assert f"Warning: {warnings[0]}\n" in run("check").text


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
