"""Several people at once: what a panel tells of the others, and what an upgrade does to it."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from models import schema
from models.customer.desk import CustomerDesk
from models.drafts import JobDraft, TaskDraft
from models.sessions import Sessions
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.values import JobStatus
from tests.terminal import Terminal
from tests.tui.conftest import SETTINGS, Open, Person
from tests.tui.test_real_terminal import PROGRAM
from tui.staff_panel import StaffPanel
from tui.support_center.app import SupportCenter

READING = ("news", "read", "account")
"""What the workers are called that read after a change."""

TAKES_OVER = b"\x1b[?1049h"
"""What a panel sends first when it takes over the screen of a terminal."""

NEWER = schema.newest_version() + 1


@pytest.fixture
def job_id(desk: StaffDesk) -> int:
    """A job of account 1001 with a task."""
    return desk.jobs.add(
        1001, JobDraft("Site redesign"), TaskDraft("Wireframes", rate="75", time="1")
    ).id


async def open_job(person: Person) -> None:
    """Open the newest job of account 1001."""
    await person.type("1001")
    await person.press("enter", "enter")


async def heard(person: Person) -> None:
    """Let the panel notice what another session committed, and wait until it has shown it."""
    version = await person.app._desk.look(lambda desk: desk.data_version())
    person.app.data_changed.publish(version)
    await until(person, lambda: not any(it.group in READING for it in person.app.workers))
    await person.settle()


def subtitle(person: Person) -> str:
    """Return what the bottom frame tells of others."""
    return str(person.app.screen.query_one("#lower-frame").border_subtitle or "")


def head(person: Person) -> str:
    """Return the first lines of the job."""
    return person.text("#job-head")


# -- what others changed ---------------------------------------------------------------------------


async def test_the_job_says_what_another_changed_and_who(
    panel: Open, other: StaffDesk, job_id: int
) -> None:
    async with panel() as anna:
        await open_job(anna)
        assert subtitle(anna) == ""
        other.jobs.set_status(job_id, JobStatus.IN_PROGRESS)
        await heard(anna)
        assert "ben: #1: New → In progress" in subtitle(anna)
        assert "In progress" in head(anna)


async def test_several_changes_are_told_as_the_last_and_a_count(
    panel: Open, other: StaffDesk, job_id: int
) -> None:
    async with panel() as anna:
        await open_job(anna)
        other.notes.add(job_id, "First")
        other.notes.add(job_id, "Second")
        await heard(anna)
        assert "Second" in subtitle(anna)
        assert subtitle(anna).endswith("(and 1 more)")


async def test_the_own_changes_are_no_news(panel: Open, job_id: int, other: StaffDesk) -> None:
    async with panel() as anna:
        await open_job(anna)
        await anna.press("d")
        await heard(anna)
        assert subtitle(anna) == ""


async def test_what_happens_elsewhere_is_not_told_here(
    panel: Open, other: StaffDesk, job_id: int
) -> None:
    async with panel() as anna:
        await open_job(anna)
        other.jobs.add(1001, JobDraft("Another job of the account"))
        other.jobs.add(1002, JobDraft("A job of another account"))
        await heard(anna)
        assert subtitle(anna) == ""
        await anna.press("escape")
        other.jobs.add(1001, JobDraft("A third"))
        other.jobs.add(1002, JobDraft("A fourth"))
        await heard(anna)
        assert "A third" in subtitle(anna)
        assert "fourth" not in subtitle(anna)


async def test_what_was_told_goes_with_the_place(
    panel: Open, other: StaffDesk, job_id: int
) -> None:
    async with panel() as anna:
        await open_job(anna)
        other.jobs.set_status(job_id, JobStatus.ON_HOLD)
        await heard(anna)
        await anna.press("escape")
        assert subtitle(anna) == ""


async def test_news_move_neither_cursor_nor_what_is_being_typed(
    panel: Open, other: StaffDesk, job_id: int
) -> None:
    for number in range(40):
        other.tasks.add(job_id, TaskDraft(f"Task {number}", rate="75", time="1"))
    async with panel() as anna:
        await open_job(anna)
        await anna.press("home", *["down"] * 20)
        chosen, top = anna.row("tasks").id, anna.list("tasks").scroll_offset
        await anna.press("n")
        await anna.type("Half")
        other.tasks.remove(other.tasks.page(job_id).rows[-1].id)
        other.notes.add(job_id, "Something")
        await heard(anna)
        await anna.type(" typed")
        assert "Something" in subtitle(anna)
        assert anna.app.screen.query_one("#task-form").draft.description == "Half typed"
        assert (anna.row("tasks").id, anna.list("tasks").scroll_offset) == (chosen, top)


# -- who else is there -----------------------------------------------------------------------------


@pytest.fixture
def another(path: Path, desk: StaffDesk) -> Callable[[str], AbstractAsyncContextManager[Person]]:
    """Returns `another(login)`, which opens the panel of another person, or one's second."""

    @asynccontextmanager
    async def open_panel(login: str) -> AsyncIterator[Person]:
        app = StaffPanel(StaffDesk.open(path, Actor(login), None, SETTINGS), path)
        async with app.run_test(size=(100, 30)) as pilot:
            yield Person(pilot)

    return open_panel


def look_around(person: Person) -> None:
    """Look who else is there, as happens once a second."""
    person.app._frame._look_around()


async def test_two_with_the_same_job_open_see_each_other(
    panel: Open, another: Callable[[str], AbstractAsyncContextManager[Person]], job_id: int
) -> None:
    async with panel() as anna:
        await open_job(anna)
        assert "Also here" not in head(anna)
        async with another("ben") as ben:
            await open_job(ben)
            assert "Also here: anna" in head(ben)
            look_around(anna)
            assert "Also here: ben" in head(anna)
            await ben.press("escape")
            look_around(anna)
            assert "Also here" not in head(anna)


async def test_the_own_other_window_is_called_so(
    panel: Open, another: Callable[[str], AbstractAsyncContextManager[Person]], job_id: int
) -> None:
    async with panel() as anna:
        await open_job(anna)
        async with another("anna") as again:
            await open_job(again)
            assert "Also here: you, in another window" in head(again)


async def test_a_closed_panel_is_nobody(panel: Open, path: Path, job_id: int) -> None:
    session = Sessions.enter(path, "ben", "", None)
    session.be_at(job_id)
    async with panel() as anna:
        await open_job(anna)
        assert "Also here: ben" in head(anna)
        session.leave()
        look_around(anna)
        assert "Also here" not in head(anna)
    assert list((path.parent / "jobs.db.sessions").iterdir()) == []


async def test_who_is_there_does_not_hide_that_a_job_is_gone(
    panel: Open, path: Path, other: StaffDesk, job_id: int
) -> None:
    session = Sessions.enter(path, "ben", "", None)
    async with panel() as anna:
        await open_job(anna)
        other.jobs.remove(job_id)
        await heard(anna)
        session.be_at(job_id)
        look_around(anna)
        assert "There is no job #1." in head(anna)
    session.leave()


# -- an upgrade under open panels ------------------------------------------------------------------


@pytest.fixture
def upgrade(other: StaffDesk) -> Callable[[], None]:
    """Returns `upgrade()`, after which the database is a newer program's."""

    def run() -> None:
        with other.database.atomic():
            other.database.user_version = NEWER

    return run


async def test_an_upgrade_offers_a_restart_and_takes_nothing_from_what_is_being_typed(
    panel: Open, upgrade: Callable[[], None], job_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StaffPanel, "DATA_POLL", 0.01)
    async with panel() as anna:
        await open_job(anna)
        await anna.press("n")
        await anna.type("Half")
        upgrade()
        await until(anna, lambda: "F12 starts it" in anna.text("#header-left"))
        assert "upgraded by a newer customjobs" in list(anna.app._notifications)[-1].message
        await anna.type(" typed")
        await anna.press("tab", "tab")
        await anna.type("1")
        await anna.press("enter")
        assert anna.app.screen.query_one("#task-form").draft.description == "Half typed"
        assert "upgraded by a newer" in list(anna.app._notifications)[-1].message


async def test_without_an_upgrade_no_restart_is_offered(panel: Open) -> None:
    async with panel() as anna:
        await anna.press("f12")
        assert anna.app.is_running
        assert not anna.app.check_action("restart", ())


async def test_an_outdated_panel_still_ends_when_its_time_has_come(
    path: Path, desk: StaffDesk, upgrade: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StaffPanel, "DATA_POLL", 0.01)
    app = StaffPanel(desk, path, idle=3)
    async with app.run_test(size=(80, 24)) as pilot:
        person = Person(pilot)
        upgrade()
        await until(person, lambda: "F12" in person.text("#header-left"))
        await until(person, lambda: not app.is_running)
    assert app._last_words.startswith("You were away for 3 seconds")


async def test_others_are_followed_after_an_upgrade(
    panel: Open, other: StaffDesk, upgrade: Callable[[], None], job_id: int
) -> None:
    async with panel() as anna:
        await open_job(anna)
        upgrade()
        await until(anna, lambda: "F12" in anna.text("#header-left"))
        with other.database.atomic():
            other.database.execute_sql("UPDATE job SET description = 'Renamed since'")
        await until(anna, lambda: "Renamed since" in str(anna.app._frame.border_title))


async def test_a_customer_is_asked_to_come_again_after_an_upgrade(
    path: Path, upgrade: Callable[[], None], job_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SupportCenter, "DATA_POLL", 0.01)
    app = SupportCenter(CustomerDesk.open(path, (1001,), SETTINGS))
    async with app.run_test(size=(80, 24)) as pilot:
        person = Person(pilot)
        await person.settle()
        upgrade()
        await until(person, lambda: not app.is_running)
    assert app._last_words == "The Support Center was updated. Please connect again."
    assert str(path) not in app._last_words


async def until(person: Person, is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    while not is_so():
        await person.pilot.pause(0.01)


@pytest.fixture
def terminal(path: Path, desk: StaffDesk) -> Iterator[Terminal]:
    """The program in a terminal, with a database of its own."""
    opened = Terminal(*PROGRAM, "--database", str(path), "--actor", "anna")
    yield opened
    opened.close()


def test_restarting_starts_the_same_command_in_the_same_process(
    terminal: Terminal, path: Path, upgrade: Callable[[], None], other: StaffDesk
) -> None:
    terminal.wait_for("acme.example")
    upgrade()
    terminal.wait_for("F12 starts it")
    with other.database.atomic():
        other.database.user_version = NEWER - 1  # as if this were the newer program
    process = terminal.process.pid
    terminal.received = b""
    terminal.send("\x1b[24~")
    while b"acme.example" not in terminal.received.partition(TAKES_OVER)[2]:
        terminal.read("the panel that was started anew")
    assert terminal.process.pid == process
    terminal.send("\x11")
    assert terminal.wait_for_end() == 0


def test_a_restart_of_the_old_program_says_what_is_wrong(
    terminal: Terminal, upgrade: Callable[[], None]
) -> None:
    terminal.wait_for("acme.example")
    upgrade()
    terminal.wait_for("F12 starts it")
    terminal.send("\x1b[24~")
    assert terminal.wait_for_end() == 1
    assert b"Start the newer program" in terminal.received
    assert b"Traceback" not in terminal.received
