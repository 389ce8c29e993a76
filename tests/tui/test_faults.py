"""Faults, in every place where something can go wrong, at a real terminal.

Run as a program, this file is the real program with a fault put into one place.
"""

import asyncio
import logging
import re
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.traceback import Traceback
from textual.widget import Widget

import tui.cli.panel
import tui.staff_panel
import tui.support_center.app
from models.customer.desk import CustomerDesk
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account
from tests.terminal import ROOT, Terminal
from tests.tui.conftest import SETTINGS
from tests.tui.terminal_modes import modes_left_behind
from tui import faults
from tui.cli.main import main
from tui.panel import Panel

FAULTY = (sys.executable, "-m", "tests.tui.test_faults")
SECRET = "hunter2-of-another-customer"
SENTENCE = re.compile(
    rb"customjobs: The program stopped because of a fault in it\. "
    rb"Nothing that was saved is lost\. Reference: ([0-9a-f]{8})\r\n"
)


def go_wrong(*_: object, **__: object) -> Any:
    value = SECRET
    raise ValueError(value)


async def go_wrong_later(*_: object) -> None:
    await asyncio.sleep(0)
    go_wrong()


class Broken(Widget):
    def render(self) -> str:
        return str(go_wrong())


class Lost:
    """Something whose end fails where nobody can catch it."""

    def __del__(self) -> None:
        go_wrong()


def make_noise(app: Any) -> None:
    """Do what Python writes about on standard error, before the panel and after it."""
    Lost()
    warnings.warn(SECRET, RuntimeWarning, stacklevel=1)
    logging.getLogger("asyncio").error(SECRET)
    app.left_over = Lost()


async def lose_a_task(_: Panel) -> None:
    task = asyncio.create_task(go_wrong_later())
    await asyncio.wait({task})


def leave_with_a_fault(app: Any) -> None:
    app.is_broken = True
    app.end()


def break_what_reads(app: Any) -> None:
    app._driver._read = go_wrong


WHEN_MOUNTED: dict[str, Callable[[Any], object]] = {
    "mount": go_wrong,
    "render": lambda app: app.mount(Broken()),
    "worker": lambda app: app.run_worker(go_wrong_later(), exit_on_error=True),
    "worker in a thread": lambda app: app.run_worker(go_wrong, thread=True),
    "thread": lambda app: threading.Thread(target=go_wrong).start(),
    "timer": lambda app: app.set_timer(0.01, go_wrong),
    "message": lambda app: app.call_later(go_wrong),
    "after a paint": lambda app: app.call_after_refresh(go_wrong),
    "loop": lambda app: asyncio.get_running_loop().call_soon(go_wrong),
    "desk": lambda app: app.follow(app._desk.ask, go_wrong),
    "lost task": lambda app: app.follow(lose_a_task, app),
    "reading keys": break_what_reads,
    "panic": lambda app: app.call_later(app.panic, Traceback.from_exception(*caught())),
    "unmount": lambda app: app.call_later(leave_with_a_fault, app),
}
OTHERWISE = ("open", "init", "load", "compose", "style")


def caught() -> tuple[Any, Any, Any]:
    try:
        go_wrong()
    except ValueError as error:
        return type(error), error, error.__traceback__
    raise AssertionError


def faulty(program: type[Any], place: str) -> type[Any]:
    """The program with a fault in one place."""

    class Faulty(program):  # type: ignore[misc]  # one of two programs
        is_broken = False

        def on_mount(self) -> None:
            if place in WHEN_MOUNTED:
                WHEN_MOUNTED[place](self)

        def on_unmount(self) -> None:
            if self.is_broken:
                go_wrong()

    attribute = {"init": "__init__", "load": "on_load"}.get(place, place)
    if place == "style":
        pytest.MonkeyPatch().setattr(Faulty, "CSS", f"Screen {{ {SECRET}: 1; }}")
    elif place in OTHERWISE:
        pytest.MonkeyPatch().setattr(Faulty, attribute, go_wrong, raising=False)
    return Faulty


def run_with_fault(place: str) -> int:
    """Be the program, with a fault in one place; its arguments are the process's own."""
    patch = pytest.MonkeyPatch()
    # Textual is here already, and so is the environment of the tests.
    patch.setattr(tui.cli.panel, "cut_environment", lambda: None)
    if place == "noise":
        live = Panel.live

        def live_with_noise(app: Panel) -> int:
            code = live(app)
            make_noise(app)
            return code

        patch.setattr(Panel, "live", live_with_noise)
    elif place == "open":
        patch.setattr(StaffDesk, "open", go_wrong)
        patch.setattr(CustomerDesk, "open", go_wrong)
    else:
        for module, name in (
            (tui.staff_panel, "StaffPanel"),
            (tui.support_center.app, "SupportCenter"),
        ):
            patch.setattr(module, name, faulty(getattr(module, name), place))
    return main()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("faults") / "jobs.db"
    desk = StaffDesk.open(path, Actor("anna"), None, SETTINGS, create=True)
    insert_account(desk, "acme", ["acme.example"])
    desk.close()
    return path


def words_for(who: str, path: Path) -> list[str]:
    words = ["--database", str(path), "--actor", "anna", who]
    return [*words, "--account", "1001"] if who == "customer" else words


@pytest.mark.parametrize(
    ("who", "place"),
    [
        *(("staff", place) for place in (*WHEN_MOUNTED, *OTHERWISE)),
        *(("customer", place) for place in ("open", "compose", "worker", "desk", "lost task")),
    ],
)
def test_a_fault_shows_a_sentence_and_a_reference_and_no_more(
    database: Path, who: str, place: str
) -> None:
    terminal = Terminal(*FAULTY, place, *words_for(who, database))
    try:
        if place == "reading keys":
            terminal.wait_for("Custom Jobs")
            terminal.send("j")
        assert terminal.wait_for_end() == 1
    finally:
        terminal.close()
    said = terminal.received
    found = SENTENCE.findall(said)
    assert len(found) == 1
    for forbidden in (
        SECRET,
        "Traceback",
        "Error",
        "Exception",
        "never retrieved",
        ".py",
        "ignored",
    ):
        assert forbidden.encode() not in said
    assert modes_left_behind(said) == set()
    assert said.endswith(found[0] + b"\r\n")
    log = database.with_name("jobs.db.log")
    if who == "staff":
        lines = log.read_text().splitlines()
        [line] = [line for line in lines if found[0].decode() in line]
        assert "ValueError at " in line or place in ("panic", "style")
        assert "test_faults.py:" in line or place in ("panic", "style")
        assert log.stat().st_mode & 0o777 == 0o600
        assert SECRET not in log.read_text()
    elif log.exists():
        assert found[0].decode() not in log.read_text()


def test_what_python_says_of_itself_goes_to_the_log(database: Path) -> None:
    terminal = Terminal(*FAULTY, "noise", *words_for("staff", database))
    try:
        terminal.wait_for("acme.example")
        terminal.send("\x11")
        assert terminal.wait_for_end() == 0
    finally:
        terminal.close()
    after = terminal.received.partition(b"\x1b[?1049l")[2]
    assert terminal.received.startswith(b"\x1b[?1049h")
    assert re.fullmatch(rb"(\x1b\[\?[0-9]+[hl])+", after)
    log = database.with_name("jobs.db.log").read_text()
    assert re.search(r"[0-9a-f]{8}: ignored: ValueError at \S*test_faults.py:\d+ < \S+\n", log)
    assert re.search(r"warning: RuntimeWarning at \S*test_faults.py:\d+\n", log)
    assert SECRET not in log


def test_a_fault_in_a_command_shows_the_same_sentence(database: Path) -> None:
    words = [
        sys.executable,
        "-m",
        "tests.tui.test_faults",
        "open",
        *words_for("job", database),
        "list",
    ]
    finished = subprocess.run(words, capture_output=True, check=False, cwd=ROOT)
    assert (finished.returncode, finished.stdout) == (1, b"")
    found = SENTENCE.fullmatch(finished.stderr.replace(b"\n", b"\r\n"))
    assert found
    log = database.with_name("jobs.db.log").read_text()
    assert re.search(rf"{found[1].decode()}: ValueError at \S*test_faults.py:\d+ < ", log)


def test_a_fault_is_recorded_with_its_causes_and_without_values() -> None:
    try:
        try:
            go_wrong()
        except ValueError as error:
            raise KeyError(SECRET) from error
    except KeyError as error:
        trail = faults.trail(error)
    here = r"\S+test_faults.py:\d+"
    assert re.fullmatch(f"KeyError at {here} from ValueError at {here} < {here}", trail)


def test_a_link_in_the_place_of_the_log_leads_to_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "_files", [])
    target = tmp_path / "target"
    (tmp_path / "jobs.db.log").symlink_to(target)
    faults.keep_beside(tmp_path / "jobs.db")
    faults.record(ValueError(SECRET))
    assert not target.exists()


if __name__ == "__main__":
    chosen = sys.argv.pop(1)
    sys.exit(run_with_fault(chosen))
