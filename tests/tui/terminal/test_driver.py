"""The driver in a real pseudo-terminal, under the smallest app."""

import inspect
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.driver import Driver
from textual.drivers import linux_driver

from tests.tui.terminal.conftest import STALLED, Line, Open
from tui.terminal.driver import PanelDriver, _Line

SMALL_APP = str(Path(__file__).with_name("small_app.py"))
MOVE = b"\x1b[<35;1;1M"

LINE_LIMIT = 64 * 1024
"""More bytes than a line with its buffers, and a program that reads no more, ever take."""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Where the app tells what came in."""
    return tmp_path / "report.json"


@pytest.fixture
def small(line: Open, report: Path) -> Line:
    """The app, ready."""
    small = line(SMALL_APP, str(report))
    small.wait_for(b"ready")
    return small


def told(report: Path) -> Any:
    """Return what the app told in the end."""
    return json.loads(report.read_text())


def test_a_flood_of_keys_waits_in_the_line_while_the_app_is_busy(small: Line) -> None:
    small.send(b"!")
    assert small.send(b"abc" * 30_000, patience=STALLED) < LINE_LIMIT


def test_keys_that_waited_are_all_there_in_order(small: Line, report: Path) -> None:
    small.send(b"!")
    small.wait_for(b"held")
    flood = b"abc" * 200
    assert small.send(flood) == len(flood)
    small.process.kill(signal.SIGUSR1)
    small.send(b"q")
    assert small.wait_for_end() == 0
    assert told(report)["keys"] == ["exclamation_mark", *flood.decode(), "q"]


def test_a_flood_of_mouse_reports_waits_for_the_widget_under_the_mouse(
    small: Line, report: Path
) -> None:
    flood = MOVE * 30_000
    sent = small.send(flood, patience=STALLED)
    assert sent < LINE_LIMIT
    small.process.kill(signal.SIGUSR1)
    rest = -sent % len(MOVE)
    small.send(flood[sent : sent + rest])
    small.send(b"q")
    assert small.wait_for_end() == 0
    assert len(told(report)["moves"]) == (sent + rest) // len(MOVE)


def test_a_long_paste_arrives_cut_and_says_by_how_much(small: Line, report: Path) -> None:
    paste = b"\x1b[200~" + b"p\x1bq" * 1_000_000 + b"\x1b[201~"
    assert small.send(paste) == len(paste)
    small.send(b"q")
    assert small.wait_for_end() == 0
    # The paste waits for its turn among the keys, what is told of it does not.
    assert sorted(told(report)["pastes"]) == [-2_900_000, 100_000]
    assert told(report)["keys"] == ["q"]


@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGQUIT, signal.SIGCONT])
def test_no_job_control_signal_reaches_the_app(
    small: Line, report: Path, number: signal.Signals
) -> None:
    small.process.kill(number)
    small.send(b"aq")
    assert small.wait_for_end() == 0
    assert told(report)["keys"] == ["a", "q"]


def test_a_terminal_that_is_gone_is_told_once_and_holds_nothing_up(
    small: Line, report: Path
) -> None:
    small.hang_up()
    assert small.end() == 0
    assert told(report)["gone"] == 1
    assert told(report)["faults"] == []


def test_a_line_without_anybody_at_its_end_takes_everything_and_says_so_once() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    gone: list[bool] = []
    with _Line(writer, lambda: gone.append(True)) as line:
        assert [line.write(b"abc"), line.write(b"de")] == [3, 2]
    assert gone == [True]
    os.close(writer)


def test_what_is_replaced_in_textual_is_still_there() -> None:
    replaced = (
        "_get_terminal_size",
        "_run_input_thread",
        "can_suspend",
        "deliver_binary",
        "open_url",
        "run_input_thread",
        "start_application_mode",
    )
    for name in replaced:
        assert name in PanelDriver.__dict__
        assert hasattr(linux_driver.LinuxDriver, name), name
    reading = inspect.getsource(linux_driver.LinuxDriver.run_input_thread)
    assert "self.fileno" in reading
    assert "self.exit_event" in reading
    assert "self._loop" in inspect.getsource(Driver)
    starting = inspect.getsource(linux_driver.LinuxDriver.start_application_mode)
    assert "target=self._run_input_thread" in starting
    assert "WriterThread(self._file)" in starting
    assert "self._in_band_window_resize" in starting
    assert callable(App._handle_exception)
