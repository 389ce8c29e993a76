"""Whatever a text holds: the command line writes text, and JSON that does nothing at a terminal."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text import displayable
from tests.cli.test_usage import leaves
from tests.hostile_company import make_hostile_company
from tests.hostile_text import LONG, PAYLOADS, SURROGATES, generated, packed
from tests.terminal import ROOT
from tests.terminal_output import text_of
from tui.cli import answers
from tui.cli.grammar import grammar
from tui.cli.progress_line import ProgressLine

COMMAND = (sys.executable, "-m", "tui")
COUNT = 10_000
READING = (
    ("account", "search", "domain"),
    ("account", "show", "1001"),
    ("job", "list"),
    ("job", "list", "1001"),
    ("job", "search", "zz"),
    ("job", "show", "1"),
    ("access", "list"),
    ("history",),
)
"""Commands that answer with what is in the database."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database full of hostile text."""
    path = tmp_path_factory.mktemp("hostile") / "jobs.db"
    make_hostile_company(path, packed([*PAYLOADS.values(), *generated(2000)], "zz", 60))
    return path


def environment(path: Path) -> dict[str, str]:
    names = ("CUSTOMJOBS_CONFIG", "CUSTOMJOBS_ACTOR")
    inherited = {name: text for name, text in os.environ.items() if name not in names}
    return inherited | {"CUSTOMJOBS_DATABASE": str(path), "PYTHONPATH": str(ROOT)}


def at_a_terminal(path: Path, *words: str) -> bytes:
    """Run a command at a terminal and return all that it wrote there."""
    process = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], *words],
        env=environment(path),
        dimensions=(50, 160),
        timeout=60,
    )
    output: bytes = process.read()
    process.close()
    return output


def into_pipes(path: Path, *words: str) -> tuple[bytes, bytes]:
    """Run a command without a terminal and return both its outputs."""
    done = subprocess.run(
        [*COMMAND, *words], env=environment(path), capture_output=True, check=False, timeout=60
    )
    return done.stdout, done.stderr


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["words", "JSON"])
@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_what_is_in_the_database_is_written_as_text(
    company: Path, words: tuple[str, ...], form: tuple[str, ...]
) -> None:
    shown = at_a_terminal(company, *words, *form)
    out, err = into_pipes(company, *words, *form)
    assert err == b""
    for output in (shown, out):
        assert "~" in text_of(output, sequences=False)
    if form:
        assert json.loads(out) == json.loads(shown)


def test_every_command_that_reads_is_tried() -> None:
    names = {leaf.prog.removeprefix("customjobs ") for leaf in leaves(grammar())}
    tried = {" ".join(words[:2]) for words in READING}
    writing = {"job add", "job status", "job move", "job note", "task add", "task done"}
    access = {"access add staff", "access add customer", "access remove", "access keys"}
    files = {"access authorized-keys", "sshd-config"}
    other = {"staff", "customer", "demo", "import", "check", "backup", "restore"}
    assert names == tried | writing | access | files | other


ARGUMENTS: tuple[tuple[str, ...], ...] = (
    ("account", "search", "%"),
    ("job", "search", "%"),
    ("account", "show", "%"),
    ("job", "add", "%", "%"),
    ("job", "add", "1001", "%", "--details", "%", "--due", "%"),
    ("job", "list", "--status", "%"),
    ("task", "add", "1", "%", "--rate", "%", "--time", "%", "--by", "%"),
    ("%", "%"),
    ("job", "show", "1", "--%"),
    ("import", "csv", "%"),
    ("import", "csv", "-", "--map", "%", "--server", "%", "--currency", "%"),
    ("check", "--database", "%"),
    ("backup", "%", "--database", "%"),
    ("restore", "%", "--database", "%"),
    ("job", "list", "--config", "%"),
    ("job", "note", "1", "%", "--actor", "%"),
    ("access", "add", "staff", "%", "%"),
    ("access", "keys", "%", "%", "%"),
)


@pytest.mark.parametrize("words", ARGUMENTS, ids=" ".join)
def test_what_is_given_is_written_as_text(
    company: Path, words: tuple[str, ...], run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is taken, refused or wrong usage."""
    monkeypatch.setenv("CUSTOMJOBS_DATABASE", str(company))
    for payload in (*packed(PAYLOADS.values(), "aa", 300), SURROGATES, LONG):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"ID\n")))
        text = payload.replace("\0", "\x01")  # no argument of a process holds a NUL
        outcome = run(*(word.replace("%", text) for word in words))
        for output in (outcome.out, outcome.err):
            text_of(output.encode(), sequences=False)


def test_usage_at_a_terminal_and_with_arguments_that_are_no_utf_8(company: Path) -> None:
    hostile = "\x1b]0;x\x07\x1b[2J\x9b31m\u202e"
    for words in ((hostile,), ("job", hostile), ("job", "show", hostile), ("--help",)):
        assert "usage: " in text_of(at_a_terminal(company, *words), sequences=False)
    done = subprocess.run(
        [*map(str.encode, COMMAND), b"job", b"show", b"\xff\x9b\x1b"],
        env=environment(company),
        capture_output=True,
        check=False,
    )
    assert b"is no ID" in done.stderr
    text_of(done.stderr, sequences=False)


@pytest.fixture
def hostile_lines() -> list[str]:
    """Ten thousand texts and more."""
    return [*PAYLOADS.values(), SURROGATES, LONG, *generated(COUNT)]


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_all_exits_make_harmless_whatever_they_are_given(
    hostile_lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what its maker forgot to make so."""
    out, err = Screen(), Screen()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setattr("tui.cli.progress_line._EVERY", -1)
    parser = grammar()
    for line in hostile_lines:
        answers.answer(line)
        answers.tell(line)
        with ProgressLine(shown=True) as progress:
            progress.show(line, 1, 2)
        parser._print_message(line, err)
    for stream in (out, err):
        text_of(stream.getvalue().encode(), sequences=False)


def test_json_holds_the_same_values_and_nothing_for_a_terminal(
    hostile_lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {str(number): line for number, line in enumerate(hostile_lines)}
    values |= dict.fromkeys(PAYLOADS.values(), "key")
    out = Screen()
    monkeypatch.setattr(sys, "stdout", out)
    answers.answer_json(values)
    assert json.loads(out.getvalue()) == values
    text_of(out.getvalue().encode(), sequences=False)


@given(st.text(st.characters()))
def test_any_json_survives_the_last_exit(text: str) -> None:
    stream = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        answers.answer_json([text])
    assert json.loads(stream.getvalue()) == [text]
    for line in stream.getvalue().split("\n"):
        assert displayable(line) == line


def test_ordinary_text_is_readable_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    answers.answer_json("Łódź, 東京, שלום, \u0939\u093f\u0928\u094d\u0926\u0940")
    assert "Łódź, 東京, שלום, \u0939\u093f\u0928\u094d\u0926\u0940" in capsys.readouterr().out


def test_one_settings_file_and_its_name_are_shown_as_text(
    tmp_path: Path, run: Callable[..., Any], database: Path
) -> None:
    file = tmp_path / "\x1b]0;x\x07\u202e.toml"
    for payload in packed(PAYLOADS.values(), "aa", 300):
        for content in (payload, f"theme = {json.dumps(payload)}", f"{json.dumps(payload)} = 1"):
            file.write_text(content, encoding="utf-8", newline="")
            outcome = run("job", "list", "--config", file)
            assert outcome.code in (0, 1)
            text_of((outcome.out + outcome.err).encode(), sequences=False)
