"""What is typed survives the end of its session, whatever ends it, and is offered by the next one.

On the real program in a real terminal. Run as a program, this file is the real program with one
thing changed.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import tui.cli.panel
import tui.ending
import tui.staff_panel
from models.draft_store import DraftStore, KeptDraft
from models.drafts import JobDraft
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account
from tests.terminal import WAIT, Terminal
from tests.tui.conftest import SETTINGS
from tui.cli.main import main
from tui.staff_panel import StaffPanel

PROGRAM = (sys.executable, "-m", "tui")
CHANGED = (sys.executable, "-m", "tests.tui.test_drafts_survive")
TEXT = "The header is to be green, as Jane said."
SHOWN_LONG_AGO = 0.1
"""Seconds on the screen after which nothing of a text may be lost, whatever ends the session."""


def run_changed(change: str) -> int:
    """Be the program with a change; its arguments are the process's own."""
    patch = pytest.MonkeyPatch()
    patch.setattr(tui.cli.panel, "cut_environment", lambda: None)
    if change == "stuck":
        patch.setattr(StaffPanel, "action_keys", be_stuck)
    else:
        patch.setattr(tui.ending, "LAST_RESORT", WAIT)  # however busy the machine is
    if change == "faulty":
        patch.setattr(StaffPanel, "action_keys", be_faulty)
    if change == "idle":
        patch.setattr(tui.staff_panel, "StaffPanel", soon_idle)
    return main()


def be_stuck(_: object) -> None:
    """Hold up the screen for good."""
    os.write(2, b"stuck")
    time.sleep(3600)


def be_faulty(_: object) -> None:
    """Be wrong."""
    raise ZeroDivisionError


def soon_idle(*given: Any, **named: Any) -> StaffPanel:
    """The panel, whose session ends after some seconds without a key."""
    return StaffPanel(*given, **named | {"idle": 4})


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    desk = StaffDesk.open(path, Actor("anna"), None, SETTINGS, create=True)
    insert_account(desk, "acme", ["acme.example"])
    desk.jobs.add(1001, JobDraft("Site redesign"))
    desk.close()
    return path


@pytest.fixture
def start(database: Path) -> Iterator[Callable[..., Terminal]]:
    """Returns `start(*program)`, which opens the panel in a terminal that is closed in the end."""
    terminals: list[Terminal] = []

    def run(*program: str) -> Terminal:
        words = ["--database", str(database), "--actor", "anna"]
        terminals.append(Terminal(*(program or PROGRAM), *words, columns=120))
        return terminals[-1]

    yield run
    for terminal in terminals:
        terminal.close()


Start = Callable[..., Terminal]


def left(database: Path) -> list[KeptDraft]:
    """What the next session is offered, whether or not this one lives."""
    store = DraftStore.open(database, "anna", None, "f" * 32, lambda _: False)
    try:
        return store.left_at()
    finally:
        store.close()


def begin_note(terminal: Terminal) -> None:
    """Open the job and type a note, until the terminal shows all of it."""
    terminal.wait_for("acme.example")
    terminal.send("1001\r")
    terminal.wait_for("Site redesign")
    terminal.send("\r")
    terminal.wait_for("Add a Note")
    terminal.send("a")
    terminal.send(TEXT)
    terminal.wait_for(TEXT)


def take_up(terminal: Terminal) -> None:
    """Find the draft offered at the start and on the job, and take it up."""
    terminal.wait_for("A note on #1")
    terminal.send("1001\r")
    terminal.wait_for("F6")
    terminal.send("\r")
    terminal.wait_for("Add a Note")
    terminal.wait_for("Not saved: a note on #1")
    terminal.send("\x1b[17~")
    terminal.wait_for("Take it up")
    terminal.send("\r")
    terminal.wait_for("Add a Note", without="Not saved: a note")
    terminal.wait_for(TEXT)
    terminal.send("\r")
    terminal.wait_for("(staff only)")


def kill(terminal: Terminal) -> int | None:
    terminal.process.kill(signal.SIGKILL)
    return terminal.wait_for_end()


def terminate(terminal: Terminal) -> int | None:
    terminal.process.kill(signal.SIGTERM)
    return terminal.wait_for_end()


def hang_up(terminal: Terminal) -> int | None:
    terminal.process.kill(signal.SIGHUP)
    return terminal.wait_for_end()


def close_window(terminal: Terminal) -> None:
    terminal.close()


def kill_later(terminal: Terminal) -> int | None:
    """Kill it once the text has been on the screen for as long as is promised."""
    terminal.read_soon(SHOWN_LONG_AGO)
    return kill(terminal)


@pytest.mark.parametrize("end", [kill_later, terminate, hang_up, close_window])
def test_a_note_survives_the_end_of_its_session(
    start: Start, database: Path, end: Callable[[Terminal], object]
) -> None:
    terminal = start()
    begin_note(terminal)
    end(terminal)
    [kept] = left(database)
    assert kept.texts == {"body": TEXT, "visible_to_customer": False}
    take_up(start())
    assert left(database) == []


def test_a_kill_takes_only_what_was_typed_in_the_last_moment(start: Start, database: Path) -> None:
    terminal = start()
    begin_note(terminal)
    seen = [(time.monotonic(), TEXT)]
    for character in " " + TEXT:
        terminal.send(character)
        terminal.read_soon(0.01)  # as fast as a machine types
        shown = terminal.shown.partition("Add a Note")[2].partition("F8")[0].strip()
        seen.append((time.monotonic(), shown))
    killed = time.monotonic()
    kill(terminal)
    long_ago = max((text for at, text in seen if killed - at > SHOWN_LONG_AGO), key=len)
    assert len(long_ago) > len(TEXT)
    [kept] = left(database)
    assert str(kept.texts["body"]).startswith(long_ago)


def test_a_session_that_is_stuck_loses_nothing(start: Start, database: Path) -> None:
    terminal = start(*CHANGED, "stuck")
    begin_note(terminal)
    terminal.send("\x1bOP")
    while b"stuck" not in terminal.received:
        terminal.read("stuck")
    terminate(terminal)
    assert terminal.process.signalstatus == signal.SIGALRM
    assert left(database)[0].texts["body"] == TEXT


def test_a_fault_of_the_program_loses_nothing(start: Start, database: Path) -> None:
    terminal = start(*CHANGED, "faulty")
    begin_note(terminal)
    terminal.send("\x1bOP")
    assert terminal.wait_for_end() == 1
    assert left(database)[0].texts["body"] == TEXT


def test_a_session_that_nobody_uses_says_that_text_is_kept(start: Start, database: Path) -> None:
    terminal = start(*CHANGED, "idle")
    begin_note(terminal)
    terminal.wait_for("Are you still there?")
    terminal.wait_for("Text that")  # and the rest of it on the next line
    assert terminal.wait_for_end() == 0
    assert terminal.received.endswith(b"session ended. Text that is not saved is kept.\r\n")
    assert left(database)[0].texts["body"] == TEXT


if __name__ == "__main__":
    sys.exit(run_changed(sys.argv.pop(1)))
