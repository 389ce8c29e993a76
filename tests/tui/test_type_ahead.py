"""Keys wait for the effect of the keys before them."""

import asyncio

from textual.app import ComposeResult
from textual.widgets import Input, Static

from tui.panel import Panel


class Slow(Panel):
    """A panel whose Enter takes as long as the test wants and then moves the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.finish = asyncio.Event()

    def compose(self) -> ComposeResult:
        """Two fields, the second is where Enter leads."""
        yield Input(id="first")
        yield Input(id="second")
        yield Static()

    def on_input_submitted(self) -> None:
        """Do something slow."""
        self.follow(self._slow)

    async def _slow(self) -> None:
        await self.finish.wait()
        self.query_one("#second").focus()


async def test_keys_typed_during_slow_work_go_where_it_leads() -> None:
    app = Slow()
    async with app.run_test() as pilot:
        await pilot.press("a", "enter", "b", "c")
        assert app.query_one("#first", Input).value == "a"
        app.finish.set()
        await app.type_ahead.done()
        assert app.query_one("#second", Input).value == "bc"


async def test_the_key_that_leaves_waits_its_turn() -> None:
    app = Slow()
    async with app.run_test() as pilot:
        await pilot.press("a", "enter", "b", "ctrl+q")
        assert app.is_running
        app.finish.set()
        await app.type_ahead.done()
        assert app.query_one("#second", Input).value == "b"


async def test_what_waits_can_be_dropped_and_told() -> None:
    app = Slow()
    async with app.run_test() as pilot:
        await pilot.press("a", "enter", "b", "c", "enter")
        assert app.type_ahead.drop() == "bc"
        app.finish.set()
        await app.type_ahead.done()
        assert app.query_one("#second", Input).value == ""
