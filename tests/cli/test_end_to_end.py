"""The real command, as its own process."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from models.staff.desk import StaffDesk

CHECKOUT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "tui"]
PATIENCE = 30

ACCOUNTS = {
    "data": {
        "acct": [
            {
                "user": "acme",
                "domain": "acme.example",
                "owner": "root",
                "unix_startdate": 1706745600,
            }
        ]
    },
    "metadata": {"result": 1, "reason": "OK", "version": 1, "command": "listaccts"},
}


def run_process(*words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, words)],
        cwd=CHECKOUT,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
        **options,
    )


def answer(*words: object, **options: Any) -> Any:
    finished = run_process("--json", *words, **options)
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


def test_from_nothing_to_a_finished_job(home: Path) -> None:
    """As a script does it: the default database, JSON from one command into the next."""
    assert answer("import", "whm", input=json.dumps(ACCOUNTS))["added"] == 1
    account = answer("account", "search", "acme")["items"][0]["id"]
    job = answer("job", "add", account, "--", "- Site redesign -")["id"]
    answer("task", "add", job, "Wireframes", "--rate", "75", "--time", "2:30", "--done")
    answer("job", "note", job, "sent to Jane", "--customer")
    assert answer("job", "status", job, "finished")["status"] == "finished"
    shown = answer("job", "show", job)
    assert shown["description"] == "- Site redesign -"
    assert shown["done_total"]["text"] == "187.50 USD"
    assert [note["body"] for note in shown["notes"]] == ["sent to Jane"]
    assert (home / "data" / "customjobs" / "customjobs.db").exists()
    checked = run_process("check")
    assert checked.returncode == 0
    assert re.search(r"^State +sound$", checked.stdout, re.MULTILINE)


def test_answers_are_utf_8_whatever_the_locale_says(acme: int) -> None:
    other = os.environ | {"PYTHONIOENCODING": "latin-1:strict"}
    added = answer("job", "add", acme, "Über 東京", env=other)
    assert added["description"] == "Über 東京"
    assert "Über 東京" in run_process("job", "show", added["id"], env=other).stdout


def test_a_refusal_and_wrong_usage_leave_their_codes(database: Path) -> None:
    refused = run_process("job", "show", 5)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "customjobs: There is no job #5.\n"
    wrong = run_process("job", "show")
    assert (wrong.returncode, wrong.stdout) == (2, "")


def test_a_reader_that_has_gone_is_no_matter_for_words(job: int) -> None:
    process = subprocess.Popen(
        [*COMMAND, "job", "list"], cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(PATIENCE) == 128 + signal.SIGPIPE


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_an_answer_that_cannot_be_written(job: int) -> None:
    with Path("/dev/full").open("wb") as full:
        finished = subprocess.run(
            [*COMMAND, "job", "list"],
            cwd=CHECKOUT,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert finished.returncode == 1
    assert finished.stderr == (
        b"customjobs: The answer could not be written: No space left on device.\n"
    )


def test_a_wait_for_another_session_is_told(job: int, desk: StaffDesk) -> None:
    with desk.session.writing():
        process = subprocess.Popen(
            [*COMMAND, "job", "note", str(job), "x"],
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stderr is not None
        assert b"another session may be writing" in process.stderr.readline()
        assert process.poll() is None
    with process:
        assert process.wait(PATIENCE) == 0
    assert desk.notes.page(job).total == 1


@pytest.fixture
def terminal(home: Path) -> Iterator[Callable[..., Any]]:
    """Returns a function that starts the command at a terminal."""

    started: list[Any] = []

    def start(*words: object) -> Any:
        process = pexpect.spawn(
            sys.executable,
            ["-m", "tui", *map(str, words)],
            cwd=str(CHECKOUT),
            encoding="utf-8",
            dimensions=(36, 120),
            timeout=PATIENCE,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.close(force=True)


def test_reading_from_a_terminal_says_so_and_can_be_interrupted(
    terminal: Callable[..., Any], database: Path
) -> None:
    process = terminal("import", "whm")
    process.expect("reading the export from the terminal; end it with Ctrl-D")
    process.sendintr()
    process.expect(pexpect.EOF)
    process.close()
    assert "Traceback" not in process.before
    assert process.exitstatus == 130


def test_an_import_at_a_terminal_shows_how_far_it_is(
    terminal: Callable[..., Any], database: Path, tmp_path: Path
) -> None:
    export = tmp_path / "many.csv"
    rows = "".join(f"user{number},user{number}.example\n" for number in range(1500))
    export.write_text("username,domain\n" + rows)
    process = terminal("import", "csv", export)
    process.expect(r"\rwritten [0-9,]+ of 1,500")
    process.expect(r"\r +\r")
    process.expect("1,500 added")
    process.expect(pexpect.EOF)
    process.close()
    assert process.exitstatus == 0
