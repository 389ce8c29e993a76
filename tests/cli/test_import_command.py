"""`customjobs import` around the importer: files, places, answers."""

import io
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.cli.progress_line import ProgressLine, in_words

Run = Callable[..., Any]

CSV = "username,domain,Mail,Colour\nacme,acme.example,jane@acme.example,red\nbakery,,,blue\n"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "customers.csv"
    path.write_text(CSV)
    return path


@pytest.fixture
def missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database that is not there yet, in a folder that is."""
    path = tmp_path / "srv" / "jobs.db"
    path.parent.mkdir()
    monkeypatch.setenv("CUSTOMJOBS_DATABASE", str(path))
    return path


def test_json_is_exactly_the_contract_and_notes_are_beside_it(
    run: Run, export: Path, missing: Path
) -> None:
    outcome = run("import", "csv", export, "--map", "Mail=email", "--json")
    assert outcome.code == 0
    assert list(json.loads(outcome.out).items()) == [
        ("added", 2),
        ("changed", 0),
        ("unchanged", 0),
        ("skipped", []),
    ]
    assert "Colour" in outcome.err
    assert "USD" in outcome.err
    found = run("account", "search", "acme", "--json").json["items"][0]
    assert (found["email"], found["currency"]) == ("jane@acme.example", "USD")


def test_what_is_skipped_says_where_and_why(run: Run, export: Path, missing: Path) -> None:
    export.write_text("username,status\nacme,active\nshop,\x9bgone\nhotel,\n")
    answer = json.loads(run("import", "csv", export, "--json").out)
    (skipped,) = answer["skipped"]
    assert list(skipped) == ["where", "reason"]
    assert skipped["where"].endswith(":3")
    text = run("import", "csv", export).out
    assert text.splitlines() == [
        "0 added, 0 changed, 2 unchanged, 1 skipped.",
        f"Skipped {skipped['where']}: {skipped['reason']}",
    ]
    assert "\x9b" not in text


def test_again_changes_nothing(run: Run, export: Path, missing: Path) -> None:
    assert run("import", "csv", export).out == "2 added, 0 changed, 0 unchanged, 0 skipped.\n"
    assert run("import", "csv", export).out == "0 added, 0 changed, 2 unchanged, 0 skipped.\n"
    other_server = run("import", "csv", export, "--server", "web2")
    assert other_server.out.startswith("2 added")


@pytest.mark.parametrize("file", [[], ["-"]])
def test_standard_input(
    run: Run, missing: Path, monkeypatch: pytest.MonkeyPatch, file: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CSV.encode())))
    assert run("import", "csv", *file).out.startswith("2 added")


def test_a_missing_database_is_made_in_a_folder_that_exists(
    run: Run, export: Path, missing: Path, home: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert run("import", "csv", export).code == 0
    assert missing.stat().st_mode & 0o777 == 0o600
    nowhere = tmp_path / "no" / "where.db"
    refusal = run("import", "csv", export, "--database", nowhere).refusal
    assert refusal == f"customjobs: There is no folder {nowhere.parent} to make a database in.\n"
    monkeypatch.delenv("CUSTOMJOBS_DATABASE")
    assert run("import", "csv", export).code == 0
    default = home / "data" / "customjobs"
    assert (default / "customjobs.db").exists()
    assert default.stat().st_mode & 0o777 == 0o700


def test_a_trial_writes_nothing(run: Run, export: Path, missing: Path) -> None:
    run("import", "csv", export)
    export.write_text(CSV.replace("jane", "joan") + "hotel,,,\n")
    outcome = run("import", "csv", export, "--map", "Mail=email", "--dry-run")
    assert outcome.out == (
        "Nothing is written. It would be: 1 added, 1 changed, 1 unchanged, 0 skipped.\n"
    )
    assert run("account", "search", "", "--json").json["count"]["value"] == 2


def test_a_trial_needs_and_makes_no_database(run: Run, export: Path, missing: Path) -> None:
    outcome = run("import", "--dry-run", "csv", export, "--json")
    assert json.loads(outcome.out)["added"] == 2
    assert f"there is no database {missing} yet: tried on an empty one" in outcome.err
    assert list(missing.parent.iterdir()) == []


@pytest.mark.parametrize("words", [["--dry-run"], []])
def test_a_database_out_of_reach(run: Run, export: Path, words: list[str]) -> None:
    refusal = run("import", "csv", export, *words, "--database", "x" * 300).refusal
    assert refusal.endswith("cannot be used: File name too long.\n")


@pytest.mark.parametrize("name", ["none.csv", "."])
def test_a_file_that_cannot_be_read_makes_no_database(
    run: Run, missing: Path, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    refusal = run("import", "csv", path).refusal
    assert refusal.startswith(f"customjobs: {path} cannot be read: ")
    assert not missing.exists()


def test_a_broken_file_makes_no_database(run: Run, missing: Path, tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    path.write_text('{"acct": [{"user": ')
    assert str(path) in run("import", "whm", path).refusal
    assert not missing.exists()


def test_a_broken_file_names_file_and_place(run: Run, database: Path, tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    path.write_text('{"data": {"acct": [{"user": ')
    refusal = run("import", "whm", path).refusal
    assert str(path) in refusal
    assert refusal.count("\n") == 1


def test_a_resellers_staff_import_nothing(
    run: Run, export: Path, desk: Any, add_account: Callable[..., int]
) -> None:
    reseller = add_account(desk, "hoster", is_reseller=True)
    refusal = run("import", "csv", export, "--reseller", reseller).refusal
    assert "imported by the hosting company" in refusal


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize("phase", ["parsed", "written"])
def test_a_signal_stops_it_with_a_sentence(
    run: Run,
    tmp_path: Path,
    missing: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    code: int,
    phase: str,
) -> None:
    export = tmp_path / "many.csv"
    export.write_text("username\n" + "".join(f"u{index}\n" for index in range(1200)))
    show = ProgressLine.show

    def show_and_stop(line: ProgressLine, at: str, *step: Any, **more: Any) -> None:
        show(line, at, *step, **more)
        if at == phase:
            signal.raise_signal(number)

    monkeypatch.setattr(ProgressLine, "show", show_and_stop)
    outcome = run("import", "csv", export)
    assert (outcome.code, outcome.out) == (code, "")
    assert "the import was stopped" in outcome.err
    assert ("nothing is written yet" in outcome.err) is (phase == "parsed")
    assert outcome.err.count("\n") == 1
    monkeypatch.setattr(ProgressLine, "show", show)
    finishing = run("import", "csv", export)
    assert "0 changed" in finishing.out
    assert "0 skipped" in finishing.out
    assert ("this one has finished it" in finishing.err) is (phase == "written")
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (("parsed", 5, None, 0, 0.0, False), "parsed 5"),
        (("parsed", 5000, None, 4000, 2.0, False), "parsed 5,000 · 2,000 a second"),
        (
            ("written", 310_000, 1_000_000, 142_000, 10.0, False),
            "written 310,000 of 1,000,000 · 14,200 a second · 49 s left",
        ),
        (
            ("parsed", 1000, 1_000_000, 1000, 1.0, True),
            "parsed 1,000 of about 1,000,000 · 1,000 a second · 16:39 min left",
        ),
    ],
)
def test_progress_in_words(step: tuple[Any, ...], line: str) -> None:
    assert in_words(*step) == line
