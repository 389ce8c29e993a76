"""What only a real terminal shows: the bytes that arrive there, and how it is left behind."""

import shlex
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.drafts import JobDraft, TaskDraft
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account
from tests.terminal import Terminal
from tests.tui.conftest import SETTINGS

PROGRAM = (sys.executable, "-m", "tui")
HOSTILE = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b31m\x00\u202e[@click=app.quit]x[/]"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with one account and a job whose texts are hostile."""
    path = tmp_path / "jobs.db"
    desk = StaffDesk.open(path, Actor("anna"), None, SETTINGS, create=True)
    insert_account(desk, "acme", ["acme.example"], company="Acme \x1b[31m GmbH")
    job = desk.jobs.add(
        1001,
        JobDraft(HOSTILE, details=HOSTILE),
        TaskDraft(HOSTILE, rate="75", time="1", note=HOSTILE),
    )
    desk.notes.add(job.id, HOSTILE, visible_to_customer=True)
    # Past the desk, as another program could write it.
    desk.database.execute_sql("UPDATE job SET description = ?", (HOSTILE,))
    desk.database.execute_sql("UPDATE task SET description = ?, note = ?", (HOSTILE, HOSTILE))
    desk.database.execute_sql("UPDATE note SET body = ?", (HOSTILE,))
    desk.close()
    return path


@pytest.fixture
def staff(database: Path) -> Iterator[Terminal]:
    """The staff's panel on it."""
    terminal = Terminal(*PROGRAM, "--database", str(database), "--actor", "anna")
    yield terminal
    terminal.process.close(force=True)


def test_the_flow_typed_in_one_go_ends_in_a_saved_task(staff: Terminal, database: Path) -> None:
    staff.wait_for("Search")
    staff.wait_for("acme.example")
    staff.send("1001\r\rnWireframes\t75\t2:30\r")
    staff.wait_for("262.50")
    staff.send("\x11")
    assert staff.wait_for_end() == 0
    desk = StaffDesk.open(database, Actor("ben"))
    try:
        assert [task.description for task in desk.tasks.page(1).rows][1:] == ["Wireframes"]
    finally:
        desk.close()


@pytest.mark.parametrize("who", ["staff", "customer"])
def test_no_escape_sequence_of_a_text_reaches_the_terminal(database: Path, who: str) -> None:
    account = ["--account", "1001"] if who == "customer" else []
    terminal = Terminal(*PROGRAM, "--database", str(database), who, *account)
    try:
        terminal.wait_for("acme" if who == "staff" else "Support Center")
        terminal.send("1001\r\r" if who == "staff" else "\r")
        terminal.wait_for("75.00")
        terminal.wait_for("[@click=app.quit]")
        terminal.send("\x11")
        assert terminal.wait_for_end() == 0
    finally:
        terminal.process.close(force=True)
    for forbidden in (b"\x1b]52", b"\x00", "\x9b".encode(), "\u202e".encode(), b"\x1b]8;"):
        assert forbidden not in terminal.received


@pytest.mark.parametrize(("columns", "rows"), [(120, 36), (80, 24)])
def test_the_flow_works_inside_tmux(database: Path, columns: int, rows: int) -> None:
    program = shlex.join([*PROGRAM, "--database", str(database), "--actor", "anna"])
    with tempfile.TemporaryDirectory(prefix="cj") as folder:  # a socket's path must be short
        configuration = Path(folder) / "tmux.conf"
        configuration.write_text("set -g status off\nset -s escape-time 0\n")
        tmux = ("tmux", "-S", f"{folder}/socket", "-f", str(configuration))
        terminal = Terminal(*tmux, "new-session", program, rows=rows, columns=columns)
        try:
            terminal.wait_for("acme.example")
            terminal.send("1001\rnWireframes\t80\t1h30m\r")
            terminal.wait_for("120.00 USD")
            terminal.send("\x1b")
            terminal.wait_for("n New  s Status")
            terminal.send("s")
            terminal.wait_for("Status of #2")
            terminal.send("2")
            terminal.wait_for("In progress", without="Status of #2")
            terminal.send("\x11")
            assert terminal.wait_for_end() == 0
        finally:
            terminal.process.close(force=True)
    desk = StaffDesk.open(database, Actor("ben"))
    try:
        assert desk.jobs.get(2).status == "in-progress"
        assert desk.tasks.page(2).rows[0].amount.text == "120.00 USD"
    finally:
        desk.close()


def test_leaving_restores_the_terminal(staff: Terminal) -> None:
    staff.wait_for("acme.example")
    staff.send("\x11")
    assert staff.wait_for_end() == 0
    assert staff.received.rindex(b"\x1b[?1049l") > staff.received.rindex(b"\x1b[?1049h")
    for mode in (b"1000", b"1003", b"1006", b"2004"):
        assert b"\x1b[?" + mode + b"l" in staff.received.replace(b";", b"l\x1b[?")


def test_a_closed_terminal_ends_the_program(staff: Terminal) -> None:
    staff.wait_for("acme.example")
    staff.process.kill(signal.SIGHUP)
    staff.wait_for_end()
    assert not staff.process.isalive()


def test_a_closed_terminal_ends_the_program_even_if_the_signal_is_ignored(
    database: Path,
) -> None:
    words = [*PROGRAM, "--database", str(database), "--actor", "anna"]
    terminal = Terminal("/bin/sh", "-c", f"trap '' HUP; exec {shlex.join(words)}")
    terminal.wait_for("acme.example")
    terminal.process.kill(signal.SIGHUP)
    terminal.wait_for_end()
    assert not terminal.process.isalive()


def test_an_unknown_account_gets_a_plain_sentence(database: Path) -> None:
    terminal = Terminal(*PROGRAM, "--database", str(database), "customer", "--account", "4711")
    assert terminal.wait_for_end() == 1
    assert b"There is no open account 4711." in terminal.received
    assert b"Traceback" not in terminal.received
    assert b"\x1b[?1049h" not in terminal.received
