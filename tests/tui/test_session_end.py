"""How sessions end: by signals, without their terminal, after a time without a key, by removal.

Run as a program, this file is the real program with one thing changed.
"""

import fcntl
import os
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.events import Event, Key, MouseMove, Paste

import tui.cli.panel
import tui.ending
import tui.panel
import tui.staff_panel
import tui.support_center.app
from models.customer.desk import CustomerDesk
from models.drafts import JobDraft
from models.refusals import AccessEnded, DatabaseBusy, Refused
from models.settings import Settings
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account
from tests.terminal import ROOT, WAIT, Terminal
from tests.tui.conftest import SETTINGS, Person
from tests.tui.terminal_modes import modes_left_behind
from tui import faults
from tui.cli.main import main
from tui.staff_panel import StaffPanel, run_staff_panel
from tui.support_center.app import SupportCenter, run_support_center

CHANGED = (sys.executable, "-m", "tests.tui.test_session_end")
PATIENT = (*CHANGED, "patient")
"""The program, to which a busy machine is no reason for the last resort."""

PROGRAM = (sys.executable, "-m", "tui")
ANSWERS_OF_A_MODERN_TERMINAL = "\x1b[?2026;2$y\x1b[?2048;2$y"
SOON = 2.0
"""Seconds within which nothing of a session may be left."""


def run_changed(change: str) -> int:
    """Be the program with a change; its arguments are the process's own."""
    patch = pytest.MonkeyPatch()
    # Textual is here already, and so is the environment of the tests.
    patch.setattr(tui.cli.panel, "cut_environment", lambda: None)
    if change == "stuck":
        patch.setattr(tui.panel.Panel, "action_keys", be_stuck)
    else:
        patch.setattr(tui.ending, "LAST_RESORT", WAIT)  # however busy the machine is
    if change == "impatient":
        patch.setattr(tui.support_center.app.SupportCenter, "LONGEST_STALL", 1)
    if change.isdigit():
        for module, name in (
            (tui.staff_panel, "StaffPanel"),
            (tui.support_center.app, "SupportCenter"),
        ):
            patch.setattr(module, name, soon_idle(getattr(module, name), int(change)))
    return main()


def be_stuck(_: object) -> None:
    """Hold up the screen for good."""
    os.write(2, b"stuck")
    time.sleep(3600)


def soon_idle(program: Callable[..., Any], seconds: float) -> Callable[..., Any]:
    """The program, whose sessions end after so many seconds without a key."""
    return lambda *given, **named: program(*given, **named | {"idle": seconds})


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.db"
    desk = StaffDesk.open(path, Actor("anna"), None, SETTINGS, create=True)
    insert_account(desk, "acme", ["acme.example"])
    desk.jobs.add(1001, JobDraft("Site redesign"))
    desk.close()
    return path


def words_for(who: str, path: Path) -> list[str]:
    words = ["--database", str(path), "--actor", "anna", who]
    return [*words, "--account", "1001"] if who == "customer" else words


@pytest.fixture
def start() -> Iterator[Callable[..., Terminal]]:
    """Returns `start(*words)`, which runs them in a terminal that is closed in the end."""
    terminals: list[Terminal] = []

    def run(*words: str, **named: Any) -> Terminal:
        terminals.append(Terminal(*words, **named))
        return terminals[-1]

    yield run
    for terminal in terminals:
        terminal.close()


Start = Callable[..., Terminal]


# -- signals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["staff", "customer"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_session_in_order(
    start: Start, database: Path, who: str, number: int
) -> None:
    terminal = start(*PATIENT, *words_for(who, database))
    terminal.wait_for("acme.example")
    terminal.send(ANSWERS_OF_A_MODERN_TERMINAL)
    while b"\x1b[?1016h" not in terminal.received or b"\x1b[?2048h" not in terminal.received:
        terminal.read("the answer to the terminal's answers")
    terminal.process.kill(number)
    assert terminal.wait_for_end() == 128 + number
    assert modes_left_behind(terminal.received) == set()
    assert {"1049", "1000", "1003", "1006", "1016", "2004", "2048", "1004"} <= switched_on(terminal)
    after = terminal.received.partition(b"\x1b[?1049l")[2]
    assert re.fullmatch(rb"(\x1b\[\?[0-9]+[hl])+", after)
    if who == "staff":  # who closes last takes the log of the database away
        assert not database.with_name("jobs.db-wal").exists()


def switched_on(terminal: Terminal) -> set[str]:
    return {mode.decode() for mode in re.findall(rb"\x1b\[\?([0-9]+)h", terminal.received)}


def test_a_signal_that_comes_twice_changes_nothing(start: Start, database: Path) -> None:
    terminal = start(*PATIENT, *words_for("staff", database))
    terminal.wait_for("acme.example")
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGTERM):
        terminal.process.kill(number)
    assert terminal.wait_for_end() in (128 + signal.SIGTERM, 128 + signal.SIGHUP)
    assert modes_left_behind(terminal.received) == set()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_session_that_is_stuck_is_ended_by_the_system(
    start: Start, database: Path, number: int
) -> None:
    terminal = start(*CHANGED, "stuck", *words_for("customer", database))
    terminal.wait_for("Site redesign")
    terminal.send("\x1bOP")
    while b"stuck" not in terminal.received:
        terminal.read("stuck")
    began = time.monotonic()
    terminal.process.kill(number)
    terminal.wait_for_end()
    assert terminal.process.signalstatus == signal.SIGALRM
    assert time.monotonic() - began < SOON + 1  # and the time that a busy machine needs to see it


# -- no terminal any more ------------------------------------------------------------------------


class Line:
    """A program at a line that can be hung up, with or without being told by a signal."""

    def __init__(self, words: list[str], how: str) -> None:
        self.master, slave = os.openpty()
        termios.tcsetwinsize(slave, (24, 80))

        def become_its_own() -> None:
            if how != "untold":
                fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            if how == "ignored":
                signal.signal(signal.SIGHUP, signal.SIG_IGN)

        self.process = subprocess.Popen(
            words,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=become_its_own,
            cwd=ROOT,
            env={**os.environ, "TERM": "xterm-256color"},
        )
        os.close(slave)
        self.received = b""

    def wait_for(self, expected: bytes) -> None:
        while expected not in self.received:
            assert select.select([self.master], [], [], WAIT)[0], self.received
            self.received += os.read(self.master, 65536)

    def hang_up(self) -> int:
        os.close(self.master)
        self.master = -1
        return self.process.wait(WAIT)

    def close(self) -> None:
        if self.master >= 0:
            os.close(self.master)
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()


@pytest.fixture
def line() -> Iterator[Callable[[list[str], str], Line]]:
    lines: list[Line] = []

    def run(words: list[str], how: str) -> Line:
        lines.append(Line(words, how))
        return lines[-1]

    yield run
    for each in lines:
        each.close()


@pytest.mark.parametrize("how", ["told", "ignored", "untold"])
@pytest.mark.parametrize("who", ["staff", "customer"])
def test_no_session_survives_its_terminal(
    line: Callable[[list[str], str], Line], database: Path, who: str, how: str
) -> None:
    session = line([*PATIENT, *words_for(who, database)], how)
    session.wait_for(b"acme.example")
    assert session.hang_up() == 128 + signal.SIGHUP
    assert not database.with_name("jobs.db.log").exists()


@pytest.mark.parametrize("how", ["told", "ignored", "untold", "terminated"])
def test_the_data_of_a_demo_go_however_it_ends(
    line: Callable[[list[str], str], Line],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    session = line([*PATIENT, "demo", "--accounts", "3"], how)
    session.wait_for(b"Search")
    assert list(tmp_path.iterdir()) != []
    if how == "terminated":
        session.process.terminate()
        assert session.process.wait(WAIT) == 128 + signal.SIGTERM
    else:
        session.hang_up()
    assert list(tmp_path.iterdir()) == []


# -- nobody there --------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["staff", "customer"])
def test_a_session_that_nobody_uses_ends_with_a_sentence(
    start: Start, database: Path, who: str
) -> None:
    terminal = start(*CHANGED, "3", *words_for(who, database))
    terminal.wait_for("Are you still there?")
    assert terminal.wait_for_end() == 0
    assert terminal.received.endswith(
        b"customjobs: You were away for 3 seconds: the session ended.\r\n"
    )
    assert modes_left_behind(terminal.received) == set()


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(tui.panel, "monotonic", clock)
    monkeypatch.setattr(tui.panel.Panel, "DATA_POLL", 0.01)
    monkeypatch.setattr(SupportCenter, "DATA_POLL", 0.01)
    return clock


@asynccontextmanager
async def support_center(path: Path, idle: float = 900) -> AsyncIterator[Person]:
    app = SupportCenter(CustomerDesk.open(path, (1001,), SETTINGS), idle=idle)
    async with app.run_test(size=(100, 24), notifications=True) as pilot:
        person = Person(pilot)
        await person.settle()
        yield person


async def changed_by_others(person: Person, other: StaffDesk) -> None:
    """Wait until the panel has heard of two changes, and so has watched at least once."""
    heard: list[int] = []
    person.app.data_changed.subscribe(person.app.screen, heard.append, immediate=True)
    for number in (1, 2):
        other.jobs.add(1002, JobDraft("Of another account"))
        await person.until(partial(has_length, heard, number))
        await person.settle()


def has_length(things: list[int], length: int) -> bool:
    return len(things) >= length


def warned(person: Person) -> bool:
    return "still there" in person.screen_text()


def warning(person: Person) -> str:
    [notification] = person.app._notifications
    return str(notification.message)


async def test_a_minute_before_its_end_an_unused_session_warns(
    path: Path, desk: StaffDesk, clock: Clock
) -> None:
    async with support_center(path) as jane:
        clock.now += 839
        await changed_by_others(jane, desk)
        assert not warned(jane)
        clock.now += 2
        await jane.until(lambda: warned(jane))
        assert warning(jane) == "Press a key, or the session ends in 59 seconds."


@pytest.mark.parametrize(
    "event",
    [
        lambda: Key("j", "j"),
        lambda: Paste("text"),
        lambda: MouseMove(None, 1, 1, 0, 0, 0, False, False, False),
    ],
)
async def test_whoever_uses_a_session_keeps_it(
    path: Path, desk: StaffDesk, clock: Clock, event: Callable[[], Event]
) -> None:
    async with support_center(path) as jane:
        for _ in range(3):
            clock.now += 841
            await jane.until(lambda: warned(jane))
            jane.app.post_message(event())
            await jane.until(lambda: not warned(jane))
            await jane.settle()  # the event comes back to the program after its way through it
        assert jane.app.is_running


async def test_what_others_do_keeps_no_session(path: Path, desk: StaffDesk, clock: Clock) -> None:
    async with support_center(path) as jane:
        clock.now += 450
        await changed_by_others(jane, desk)
        clock.now += 451
        await jane.until(lambda: not jane.app.is_running)
        assert jane.app._last_words == "You were away for 15 minutes: the session ended."
        assert jane.app.return_code == 0


async def test_without_a_limit_a_session_lasts(path: Path, desk: StaffDesk, clock: Clock) -> None:
    async with support_center(path, idle=0) as jane:
        clock.now += 1_000_000
        await changed_by_others(jane, desk)
        assert jane.app.is_running
        assert not warned(jane)


async def test_staff_are_warned_of_text_that_is_not_saved(
    desk: StaffDesk, path: Path, clock: Clock
) -> None:
    desk.jobs.add(1001, JobDraft("Job"))
    app = StaffPanel(desk, path, idle=900)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        anna = Person(pilot)
        await anna.settle()
        clock.now += 850
        await anna.until(lambda: warned(anna))
        assert "would be lost" not in warning(anna)
        await anna.type("1001")
        await anna.until(lambda: not warned(anna))
        await anna.press("enter", "enter", "n")
        await anna.type("Half a tas")
        clock.now += 850
        await anna.until(lambda: warned(anna))
        assert warning(anna).endswith(" Text that is not saved is kept.")


@pytest.mark.parametrize(("who", "seconds"), [("staff", 0), ("customer", 900)])
def test_the_settings_say_how_long(
    database: Path, monkeypatch: pytest.MonkeyPatch, who: str, seconds: int
) -> None:
    """Minutes in the settings, seconds in the program."""
    lived: list[float] = []

    def live(app: Any) -> int:
        lived.append(app._idle)
        return 7

    monkeypatch.setattr(tui.panel.Panel, "live", live)
    monkeypatch.setattr(faults, "_files", [])
    for settings, expected in (
        (Settings(), seconds),
        (Settings(customer_idle_minutes=3, staff_idle_minutes=3), 180),
    ):
        if who == "staff":
            code = run_staff_panel(database, Actor("anna"), None, settings, create=False)
        else:
            with closing(CustomerDesk.open(database, (1001,), settings)) as desk:
                code = run_support_center(desk, settings)
        assert (code, lived.pop()) == (7, expected)


# -- access that ends ----------------------------------------------------------------------------


def test_a_customer_whose_last_account_is_closed_is_out_at_once(
    start: Start, database: Path
) -> None:
    terminal = start(*PROGRAM, *words_for("customer", database))
    terminal.wait_for("Site redesign")
    with closing(StaffDesk.open(database, Actor("anna"))) as desk:
        desk.database.execute_sql("UPDATE account SET status = 'closed' WHERE id = 1001")
        began = time.monotonic()
        assert terminal.wait_for_end() == 1
        assert time.monotonic() - began < SOON
    assert terminal.received.endswith(b"customjobs: None of your accounts is open any more.\r\n")
    assert modes_left_behind(terminal.received) == set()


async def test_access_is_asked_for_at_the_start_and_after_each_change_alone(
    path: Path, desk: StaffDesk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    require = CustomerDesk.require_access

    def counted(desk: CustomerDesk) -> None:
        asked.append(1)
        require(desk)

    monkeypatch.setattr(CustomerDesk, "require_access", counted)
    async with support_center(path) as jane:
        await jane.until(lambda: bool(asked))
        await jane.pilot.pause(0.2)
        assert len(asked) == 1
        await changed_by_others(jane, desk)
        assert len(asked) == 3


async def test_a_database_that_cannot_be_read_for_a_moment_is_asked_again(
    path: Path, desk: StaffDesk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look that failed is no look: the change that it missed is not lost."""
    refusals: list[Refused] = []
    require = CustomerDesk.require_access

    def refusing(desk: CustomerDesk) -> None:
        if refusals:
            raise refusals.pop()
        require(desk)

    monkeypatch.setattr(CustomerDesk, "require_access", refusing)
    async with support_center(path) as jane:
        refusals.extend([DatabaseBusy("busy"), DatabaseBusy("busy")])
        await changed_by_others(jane, desk)
        assert refusals == []
        refusals.extend([AccessEnded("Your access was removed."), DatabaseBusy("busy")])
        desk.jobs.add(1002, JobDraft("One more"))
        await jane.until(lambda: not jane.app.is_running)
        assert jane.app._last_words == "Your access was removed."
        assert jane.app.return_code == 1


@pytest.mark.parametrize("who", ["staff", "customer"])
def test_a_refusal_before_the_start_has_the_form_of_all_others(
    start: Start, tmp_path: Path, who: str
) -> None:
    terminal = start(*PROGRAM, *words_for(who, tmp_path / "no" / "jobs.db"))
    assert terminal.wait_for_end() == 1
    assert re.fullmatch(rb"customjobs: There is no [^\r\n]*\r\n", terminal.received)


def test_a_terminal_that_takes_nothing_keeps_no_customers_session(
    database: Path, start: Callable[..., Terminal]
) -> None:
    """Its screen waits for ever; it would see neither a time-out nor the end of its access."""
    terminal = start(*CHANGED, "impatient", *words_for("customer", database))
    terminal.wait_for("Site redesign")
    terminal.send("\x1bOP\x1b" * 100)  # the keys, and away with them
    deadline = time.monotonic() + WAIT
    while terminal.process.isalive() and time.monotonic() < deadline:
        select.select([], [], [], 0.05)
    assert terminal.process.signalstatus == signal.SIGALRM


def test_a_session_that_nobody_disturbs_is_not_taken_for_stuck(
    database: Path, start: Callable[..., Terminal]
) -> None:
    terminal = start(*CHANGED, "impatient", *words_for("customer", database))
    terminal.wait_for("Site redesign")
    terminal.read_soon(2.5)
    terminal.send("\r")
    terminal.wait_for("Total")
    terminal.send("\x11")
    assert terminal.wait_for_end() == 0


if __name__ == "__main__":
    chosen = sys.argv.pop(1)
    sys.exit(run_changed(chosen))
