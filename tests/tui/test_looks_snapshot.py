"""What the screens look like; `make snapshots` takes them anew after a change that is meant."""

import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from models.customer.desk import CustomerDesk
from models.demo import DEMO_SETTINGS, make_demo
from models.draft_store import DraftPlace, DraftStore
from models.drafts import JobDraft
from models.opening import open_for_staff
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


def desk_at_noon(database: Path, login: str) -> StaffDesk:
    """Return a desk of someone for whom it stays that moment."""
    opened = open_for_staff(database)
    return StaffDesk(opened, Actor(login), None, DEMO_SETTINGS, clock=lambda: NOW_MS)


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


@SIZES
@LOOKS
def test_the_history_with_a_filter(
    database: Path, snap_compare: Compare, size: tuple[int, int], look: str
) -> None:
    keys = (*"1001", "enter", "h", "f", *"who:anna", "space", *"kind:task", "enter", "down")
    app = staff_panel(database, look)
    assert snap_compare(app, terminal_size=size, run_before=after(*keys))


@SIZES
def test_the_history_of_all_with_a_filter_that_is_wrong(
    database: Path, snap_compare: Compare, size: tuple[int, int]
) -> None:
    app = staff_panel(database, "dark")
    run_before = after("f5", "f", *"kind:statuz")
    assert snap_compare(app, terminal_size=size, run_before=run_before)


@SIZES
@LOOKS
def test_the_question_before_an_undo(
    database: Path, snap_compare: Compare, size: tuple[int, int], look: str
) -> None:
    keys = (*"1001", "enter", "up", "enter", "s", "3", "u")
    app = staff_panel(database, look)
    assert snap_compare(app, terminal_size=size, run_before=after(*keys))


@SIZES
def test_a_job_that_is_to_be_moved(
    database: Path, snap_compare: Compare, size: tuple[int, int]
) -> None:
    keys = (*"1001", "enter", "up", "enter", "m", *"1004")
    app = staff_panel(database, "light")
    assert snap_compare(app, terminal_size=size, run_before=after(*keys))


@SIZES
@LOOKS
def test_a_job_that_two_people_changed(
    database: Path, snap_compare: Compare, size: tuple[int, int], look: str
) -> None:
    async def run_before(pilot: Pilot[None]) -> None:
        await after(*"1001", "enter", "up", "enter", "e", *" and mail", "tab", *"Now. ")(pilot)
        ben = desk_at_noon(database, "ben")
        job = ben.jobs.get(48)
        details = job.details.replace("\n", "\nCall Jane first.\n")
        draft = JobDraft("Site redesign on srv2", details, job.assignee, "2026-12-01")
        ben.jobs.edit(48, job.version, draft)
        ben.close()
        dialog: Any = pilot.app.screen
        await Person(pilot).until(lambda: bool(dialog._news_told))
        await after("ctrl+s")(pilot)
        await after("f9")(pilot)

    app = StaffPanel(desk_at_noon(database, "anna"), database)
    app.theme = f"customjobs-{look}"
    assert snap_compare(app, terminal_size=size, run_before=run_before)


@pytest.fixture
def left(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafts of sessions that are gone, seen at that noon."""
    for module in ("tui.dialogs.kept_drafts", "tui.lower_frame.offer_line"):
        monkeypatch.setattr(f"{module}.now_ms", lambda: NOW_MS)
    note = "Jane called: the header is to be green, with the logo\nof the old site.\n\nAsk Ben."
    for session, minutes, place, texts in (
        ("a", 25 * 60, DraftPlace("job", 1001, 1001, None), {"description": "A second shop"}),
        ("b", 150, DraftPlace("note", 48, 1001, 48), {"body": note}),
        ("c", 12, DraftPlace("task", 48, 1001, 48), {"description": "Home page", "time": "2:30"}),
    ):
        at = partial(int, NOW_MS - minutes * 60_000)
        store = DraftStore.open(database, "anna", None, session * 32, lambda _: False, at)
        store.keep(place, texts)
        store.close()


@SIZES
@LOOKS
def test_what_was_not_saved_is_offered_over_the_pane(
    database: Path, left: None, snap_compare: Compare, size: tuple[int, int], look: str
) -> None:
    app = staff_panel(database, look)
    run_before = after(*"1001", "enter", "up", "enter")
    assert snap_compare(app, terminal_size=size, run_before=run_before)


@SIZES
@LOOKS
def test_what_was_not_saved_is_listed(
    database: Path, left: None, snap_compare: Compare, size: tuple[int, int], look: str
) -> None:
    app = staff_panel(database, look)
    run_before = after(*"1001", "enter", "up", "enter", "f6", "down")
    assert snap_compare(app, terminal_size=size, run_before=run_before)


def test_leaving_a_form_with_text_asks_what_becomes_of_it(
    database: Path, snap_compare: Compare
) -> None:
    app = staff_panel(database, "dark")
    run_before = after(*"1001", "enter", "up", "enter", "a", *"Half", "escape", "escape")
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


@SIZES
@LOOKS
def test_what_search_finds_is_marked(
    database: Path, snap_compare: Compare, size: tuple[int, int], look: str
) -> None:
    app = staff_panel(database, look)
    assert snap_compare(app, terminal_size=size, run_before=after(*"web"))


@SIZES
@pytest.mark.parametrize(
    "keys",
    [[*"st"], [*"statsu", "colon", "x"], [*"job", "colon", *"mail"], [*"zzz"]],
    ids=["hint", "unknown-filter", "jobs", "nothing"],
)
def test_what_search_says(
    database: Path, snap_compare: Compare, size: tuple[int, int], keys: list[str]
) -> None:
    app = staff_panel(database, "dark")
    assert snap_compare(app, terminal_size=size, run_before=after(*keys))
