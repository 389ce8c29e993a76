"""What the screens look like; `make snapshots` takes them anew after a change that is meant."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from models.customer.desk import CustomerDesk
from models.demo import DEMO_SETTINGS, make_demo
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.tui.conftest import Person
from tui.panel import Panel
from tui.staff_panel import StaffPanel
from tui.support_center.app import SupportCenter

NOW_MS = 1_795_348_800_000
SIZES = pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["wide", "small"])
LOOKS = pytest.mark.parametrize("look", ["dark", "light"])

Compare = Callable[..., bool]


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's database as it was at noon of one certain day."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    make_demo(path, accounts=30, now_ms=NOW_MS)
    return path


@pytest.fixture
def database(made_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of it, seen in one certain time zone."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield Path(shutil.copy(made_up, tmp_path / "demo.db"))
    monkeypatch.undo()
    time.tzset()


def staff_panel(database: Path, look: str) -> Panel:
    """Return the staff's panel on the made-up company."""
    app = StaffPanel(StaffDesk.open(database, Actor("anna"), None, DEMO_SETTINGS), database)
    app.theme = f"customjobs-{look}"
    return app


def after(*keys: str) -> Callable[[Pilot[None]], Any]:
    """Return what presses the keys and waits for their effect."""

    async def press(pilot: Pilot[None]) -> None:
        person = Person(pilot)
        await person.settle()
        await person.press(*keys)
        await person.settle()

    return press


@SIZES
@LOOKS
def test_the_first_screen(
    database: Path, snap_compare: Compare, size: tuple[int, int], look: str
) -> None:
    app = staff_panel(database, look)
    assert snap_compare(app, terminal_size=size, run_before=after())


@SIZES
@LOOKS
def test_the_jobs_of_an_account(
    database: Path, snap_compare: Compare, size: tuple[int, int], look: str
) -> None:
    app = staff_panel(database, look)
    assert snap_compare(app, terminal_size=size, run_before=after(*"1001", "enter"))


@SIZES
@LOOKS
def test_a_job_with_a_task_half_typed(
    database: Path, snap_compare: Compare, size: tuple[int, int], look: str
) -> None:
    keys = (*"1001", "enter", "up", "enter", "n", *"Header", "tab", "tab", *"2.5")
    app = staff_panel(database, look)
    assert snap_compare(app, terminal_size=size, run_before=after(*keys))


@SIZES
def test_what_is_wrong_is_said_below_the_fields(
    database: Path, snap_compare: Compare, size: tuple[int, int]
) -> None:
    keys = (*"1001", "enter", "up", "enter", "n", "tab", "tab", *"175", "home", "right", "colon")
    app = staff_panel(database, "dark")
    assert snap_compare(app, terminal_size=size, run_before=after(*keys, "enter"))


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("status", ["s"]),
        ("edit_job", ["e"]),
        ("edit_task", ["enter"]),
        ("remove", ["delete"]),
        ("history", ["h"]),
        ("details", ["i"]),
        ("keys", ["f1"]),
        ("palette", ["ctrl+p"]),
    ],
)
def test_what_opens_from_a_job(
    database: Path, snap_compare: Compare, name: str, keys: list[str]
) -> None:
    app = staff_panel(database, "light")
    run_before = after(*"1001", "enter", "up", "enter", *keys)
    assert snap_compare(app, terminal_size=(80, 24), run_before=run_before)


def test_a_very_small_terminal(database: Path, snap_compare: Compare) -> None:
    app = staff_panel(database, "dark")
    run_before = after(*"1001", "enter", "n")
    assert snap_compare(app, terminal_size=(40, 12), run_before=run_before)


@SIZES
@LOOKS
def test_the_support_center(
    database: Path, snap_compare: Compare, size: tuple[int, int], look: str
) -> None:
    desk = CustomerDesk.open(database, (1001,), DEMO_SETTINGS)
    app = SupportCenter(desk, look)
    assert snap_compare(app, terminal_size=size, run_before=after("up", "enter"))
