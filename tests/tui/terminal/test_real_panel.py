"""The staff's panel in a terminal that sends everything a terminal should not."""

import fcntl
import signal
import struct
import sys
import termios
from pathlib import Path

import pytest

from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account
from tests.tui.conftest import SETTINGS
from tests.tui.terminal.conftest import Line, Open

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads memory from Linux's /proc")

MOST_MEMORY = 120
"""MB that a session may take, whatever is sent to it."""

TO_SEARCH = b"/\x05\x15"
"""Goes there, or types the slash there; then clears the field."""


class Panel:
    """The panel, with the cursor in Search."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._answers = 0

    def answer(self) -> None:
        """Require that what is typed into Search is shown, once all before it had its effect."""
        self._answers += 1
        word = f"w{self._answers}w".encode()
        self.line.send(TO_SEARCH + word)
        self.line.wait_for(word)
        assert self.line.peak < MOST_MEMORY

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.line.process.child_fd, termios.TIOCSWINSZ, size)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A small database."""
    path = tmp_path / "jobs.db"
    desk = StaffDesk.open(path, Actor("anna"), None, SETTINGS, create=True)
    insert_account(desk, "acme", ["acme.example"], company="Acme GmbH")
    desk.close()
    return path


@pytest.fixture
def panel(line: Open, path: Path) -> Panel:
    """The panel on it."""
    opened = line("-m", "tui", "--database", str(path), "--actor", "anna")
    opened.wait_for(b"acme.example")
    return Panel(opened)


FORGED = {
    "a Latin-1 letter": b"\xe9",
    "broken UTF-8": b"\xff\xc3\x28\xed\xa0\x80" * 20,
    "numbers that are no number": b"\x1b[1:2;1u",
    "a character beyond Unicode": b"\x1b[1114112u\x1b[99999999999999999999u",
    "surrogates": b"\x1b[97;1;55296u\x1b[55296u",
    "no size and no pixels, then a mouse": b"\x1b[48;0;0;1;1t\x1b[<0;1;1M\x1b[48;24;80;0;0t",
    "a mouse far away": b"\x1b[<0;99999999999;9999999999M\x1b[<35;999999999;1M\x1b[<0;9;9m",
    "a pasted escape": b"\x1b[200~\x1b[1:2;1u\x1b[200~\x1b]52;c;eA==\x07\x1b[201~",
}


def test_no_forged_sequence_ends_the_panel(panel: Panel) -> None:
    for forged in FORGED.values():
        panel.line.send(forged + b"\x1b[48;24;80;384;640t")
        panel.answer()


def test_no_size_ends_the_panel_or_takes_its_memory(panel: Panel) -> None:
    for columns, rows in ((1, 1), (0, 0), (65535, 65535)):
        panel.resize(columns, rows)
        panel.resize(80, 24)
        panel.answer()
    for size in (b"3000;3000;0;0", b"0;0;0;0", b"1;1;1;1", b"99999999;99999999;1;1"):
        panel.line.send(b"\x1b[48;" + size + b"t" + b"\x1b[B" + b"\x1b[48;24;80;384;640t")
        panel.answer()


@pytest.mark.parametrize("size", [(0, 0), (65535, 65535)])
def test_no_size_at_the_start_keeps_the_panel_busy_for_ever(
    line: Open, path: Path, size: tuple[int, int]
) -> None:
    opened = line("-m", "tui", "--database", str(path), "customer", "--account", "1001", size=size)
    opened.wait_for(b"Support Center")
    opened.wait_for(b"There are no custom jobs")
    assert opened.peak < MOST_MEMORY
    opened.process.kill(signal.SIGTERM)
    # Busy, it would be ended by the last resort.
    assert opened.wait_for_end() == 128 + signal.SIGTERM


def test_job_control_signals_do_not_stop_the_panel(panel: Panel) -> None:
    for number in (signal.SIGTSTP, signal.SIGQUIT, signal.SIGCONT):
        panel.line.process.kill(number)
        panel.answer()


def test_a_huge_paste_takes_no_memory(panel: Panel) -> None:
    paste = b"\x1b[200~" + b"p" * 20_000_000 + b"\x1b[201~"
    assert panel.line.send(paste) == len(paste)
    # Of 19,900,000 the first digit is drawn by itself, where another part of the screen begins.
    panel.line.wait_for(b"9,900,000 characters were left out")
    panel.answer()


FLOODS = {
    "keys": b"abc" * 70_000,
    "sequences": b"\x1b[9;" * 1_250_000,
    "mouse": b"\x1b[<35;9;9M\x1b[<35;70;20M" * 50_000,
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_takes_no_memory_and_ends_with_the_terminal(panel: Panel, name: str) -> None:
    flood = FLOODS[name]
    assert panel.line.send(flood, lasting=2.0) < len(flood)
    assert panel.line.peak < MOST_MEMORY
    panel.line.hang_up()
    panel.line.end()
    assert not panel.line.process.isalive()
