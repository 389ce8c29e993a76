"""Keys wait for the effect of the keys before them."""

import asyncio

import pytest
from textual import events
from textual.app import ComposeResult
from textual.widgets import Input, Static

from tui import type_ahead
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


def type_at_once(app: Panel, *keys: str) -> None:
    """Let keys arrive in one piece, as a terminal hands on what was typed into a slow line."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_a_key_waits_for_the_messages_that_the_one_before_it_caused() -> None:
    app = Slow()
    async with app.run_test() as pilot:
        app.finish.set()
        type_at_once(app, "a", "enter", "b")
        await pilot.pause()
        await app.type_ahead.done()
        assert app.query_one("#first", Input).value == "a"
        assert app.query_one("#second", Input).value == "b"


async def test_a_key_does_not_wait_for_the_moment_that_a_last_one_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(type_ahead, "MOMENT", 3600)
    app = Slow()
    async with app.run_test() as pilot:
        field = app.query_one("#first", Input)
        type_at_once(app, "a", "b", "c")
        async with asyncio.timeout(30):
            while field.value != "abc":
                await pilot.pause()


async def test_who_waits_for_all_that_was_typed_does_not_wait_for_that_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(type_ahead, "MOMENT", 3600)
    app = Slow()
    async with app.run_test() as pilot:
        type_at_once(app, "a")
        await pilot.pause()
        await app.type_ahead.done()
        assert app.query_one("#first", Input).value == "a"


async def test_all_is_done_once_work_that_no_key_began_is() -> None:
    app = Slow()
    async with app.run_test():
        app.query_one("#first", Input).focus()
        app.follow(app._slow)
        done = asyncio.ensure_future(app.type_ahead.done())
        await asyncio.sleep(0)
        assert not done.done()
        app.finish.set()
        await done
        assert app.focused is app.query_one("#second")
