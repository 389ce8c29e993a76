"""Panels to test: on a real database file, driven by keys as a person drives them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from models.settings import Settings
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.conftest import insert_account
from tests.terminal import WAIT
from tui.staff_panel import StaffPanel
from tui.upper_frame import recently_opened
from tui.widgets.virtual_list import VirtualList

SETTINGS = Settings(company="Example Hosting", default_rates={"USD": "75.00"})

NAMED = {
    "space": " ",
    "full_stop": ".",
    "comma": ",",
    "colon": ":",
    "slash": "/",
    "minus": "-",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
}
KEY_OF = {character: name for name, character in NAMED.items()}


class Person:
    """Someone at the keyboard, who waits for the effect of what was typed."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot
        self.app: Any = pilot.app
        self.pressed = 0

    async def press(self, *keys: str) -> None:
        """Press keys and wait until everything that they started is over."""
        self.pressed += len(keys)
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text: str) -> None:
        """Type a text, which is not counted."""
        await self.pilot.press(*(KEY_OF.get(character, character) for character in text))
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is on its way."""
        for _ in range(2):
            await self.app.type_ahead.done()
            for rows in self.app.screen.query(VirtualList):
                await rows.settled()
            await self.pilot.pause()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something has come about, which a test that waits too long fails for."""
        try:
            async with asyncio.timeout(WAIT):
                while not condition():
                    await self.pilot.pause(0.01)
        except TimeoutError:
            pytest.fail(self.screen_text())

    def list(self, name: str) -> VirtualList[Any]:
        """Return a list of the screen by its ID."""
        found: VirtualList[Any] = self.app.screen.query_one(f"#{name}", VirtualList)
        return found

    def row(self, name: str) -> Any:
        """Return the row under the cursor of a list."""
        return self.list(name).cursor_row

    def text(self, selector: str) -> str:
        """Return the words of a `Static`."""
        return str(self.app.screen.query_one(selector, Static).content)

    def screen_text(self) -> str:
        """Return what is on the screen, line by line."""
        width, height = self.app.size
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in strips[:height])[: (width + 1) * height]

    @property
    def focused(self) -> str:
        """The ID of what has the focus, or of the field around it."""
        widget = self.app.focused
        while widget is not None and widget.id is None:
            widget = widget.parent
        return "" if widget is None else str(widget.id)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database of the test is."""
    return tmp_path / "jobs.db"


@pytest.fixture
def desk(path: Path) -> StaffDesk:
    """A desk with three accounts, which the panel takes over and closes."""
    desk = StaffDesk.open(path, Actor("anna", "Anna"), None, SETTINGS, create=True)
    insert_account(desk, "acme", ["acme.example", "shop.acme.example"], company="Acme GmbH")
    insert_account(desk, "acmeweb", ["acmeweb.example"], person="Jane Roe")
    insert_account(desk, "myshop", ["myshop.example"], status="suspended")
    return desk


Open = Callable[..., AbstractAsyncContextManager[Person]]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine, too, Search begins with what was opened last."""
    monkeypatch.setattr(recently_opened, "PATIENCE", WAIT)


@pytest.fixture
def panel(desk: StaffDesk, path: Path) -> Open:
    """Returns `panel(size=…)`, which opens the staff's panel."""

    @asynccontextmanager
    async def open_panel(size: tuple[int, int] = (100, 30)) -> AsyncIterator[Person]:
        app = StaffPanel(desk, path)
        async with app.run_test(size=size) as pilot:
            person = Person(pilot)
            await person.settle()
            yield person

    return open_panel


@pytest.fixture
def other(path: Path, desk: StaffDesk) -> Any:
    """Another session of the staff on the same database: a desk of its own."""
    second = StaffDesk.open(path, Actor("ben", "Ben"), None, SETTINGS)
    yield second
    second.close()
