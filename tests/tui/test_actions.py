"""What a string that names an action can do, whoever made it up: on the customer's screen nothing.

Textual finds a method for any such string, from a key, from a click on text or from a widget.
"""

import importlib
import inspect
import os
import pkgutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import textual.widgets
from textual.app import App
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import OptionList, Static

from models.customer.desk import CustomerDesk
from models.drafts import JobDraft
from models.staff.desk import StaffDesk
from tests.tui.conftest import SETTINGS, Open, Person
from tui.support_center.app import ACTIONS, SupportCenter
from tui.support_center.jobs_pane import CustomerJobsPane

HARMFUL = {"screenshot", "suspend_process", "simulate_key", "toggle", "push_screen", "quit"}


def textual_classes() -> Iterator[type[DOMNode]]:
    """Every class of Textual that could have actions."""
    for found in pkgutil.iter_modules(textual.widgets.__path__):
        importlib.import_module(f"textual.widgets.{found.name}")
    waiting: list[type[DOMNode]] = [DOMNode]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        if kind.__module__.startswith("textual."):
            yield kind


def actions_of_textual() -> set[str]:
    """The names of all actions of Textual."""
    return {
        name.partition("action_")[2]
        for kind in textual_classes()
        for name, _ in inspect.getmembers(kind, inspect.isfunction)
        if name.startswith(("action_", "_action_"))
    }


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Records each action that Textual comes to run, and keeps it from doing anything."""
    found: list[tuple[str, str]] = []

    async def record(_app: object, target: DOMNode, name: str, _values: object) -> bool:
        found.append((type(target).__name__, name))
        return True

    monkeypatch.setattr(App, "_dispatch_action", record)
    return found


@pytest.fixture
def desk_of_customer(path: Path, desk: StaffDesk) -> Iterator[CustomerDesk]:
    desk.jobs.add(1001, JobDraft("Site redesign"))
    with closing(CustomerDesk.open(path, (1001,), SETTINGS)) as opened:
        yield opened
    desk.close()


def test_the_actions_of_textual_are_all_found() -> None:
    """Else the tests below would show nothing."""
    assert actions_of_textual() >= HARMFUL | {"copy_text", "scroll_down", "command_palette"}


@pytest.mark.parametrize("values", ["", "()", "('x')", "(True)", "(1)", "('a', 'b')"])
async def test_of_all_actions_only_the_listed_ones_run(
    desk_of_customer: CustomerDesk, ran: list[tuple[str, str]], values: str
) -> None:
    app = SupportCenter(desk_of_customer)
    async with app.run_test() as pilot:
        await Person(pilot).settle()
        pane = app.query_one(CustomerJobsPane)
        rows = pane.query("VirtualList").first()
        places: tuple[Any, ...] = (None, app, app.screen, pane, rows, Widget(), Static())
        for name in actions_of_textual() | HARMFUL:
            for place in places:
                await app.run_action(f"{name}{values}", place)
                await app.run_action(("", name, ("x",)), place)
            for namespace in ("app", "screen", "focused"):
                await app.run_action(f"{namespace}.{name}{values}", rows)
        assert app.is_running
    without = {
        ("SupportCenter", "focus_next"),
        ("SupportCenter", "focus_previous"),
        ("FrameScreen", "copy_text"),
        ("VirtualList", "first"),
        ("VirtualList", "last"),
        ("CustomerJobsPane", "back"),
    }
    assert set(ran) <= without if values in ("", "()") else not ran
    assert ("SupportCenter", "focus_next") in ran or values not in ("", "()")


@pytest.mark.parametrize(
    "action",
    ["app.(", "nowhere.leave", "app.quit", "", "[", "leave)", "back('x')", "cursor_by('x')"],
)
async def test_what_is_no_action_is_no_fault(
    desk_of_customer: CustomerDesk, ran: list[tuple[str, str]], action: str
) -> None:
    app = SupportCenter(desk_of_customer)
    async with app.run_test() as pilot:
        await Person(pilot).settle()
        assert not await app.run_action(action, app.focused)
        assert app.is_running
        assert not ran


def test_every_key_of_the_customers_screen_is_on_the_list() -> None:
    """Else a key would do nothing; Textual's own, which nobody needs there, may be missing."""
    for kind, names in ACTIONS.items():
        if not kind.__module__.startswith("tui.") and kind is not OptionList:
            continue
        for binding in (it for bindings in own_bindings(kind) for it in bindings):
            assert binding.action in names, (kind, binding.action)


def own_bindings(kind: type[DOMNode]) -> Iterator[list[Any]]:
    bindings = kind._merge_bindings().key_to_bindings.values()
    inherited = {"help_quit", "quit"}
    for found in bindings:
        own = [it for it in found if it.action not in inherited and "." not in it.action]
        if kind.__name__ != "KeysDialog" or (own and own[0].action == "close"):
            yield [it for it in own if not it.action.startswith(("scroll_", "page_l", "page_r"))]


async def test_a_click_on_an_action_in_data_does_nothing(
    desk_of_customer: CustomerDesk, panel: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Markup is never read from data; were it read somewhere, a click would still do nothing."""
    app = SupportCenter(desk_of_customer)
    async with app.run_test() as pilot:
        await Person(pilot).settle()
        text = Content.from_markup("[@click=app.leave]leave[/] [@click=screen.copy_text]copy[/]")
        static = Static(text, id="forged")
        await app.mount(static, before=0)
        ran: list[object] = []
        monkeypatch.setattr(app, "run_action", lambda *_, **__: ran.append(1))
        for column in range(10):
            await pilot.click("#forged", offset=(column, 0))
        assert not ran
        assert app.is_running


@pytest.mark.parametrize("who", ["staff", "customer"])
async def test_no_one_writes_files_opens_addresses_or_suspends(
    desk: StaffDesk, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    from tui.staff_panel import StaffPanel

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TEXTUAL", "debug,devtools")
    harm: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda *_: harm.append("browser"))
    monkeypatch.setattr("os.kill", lambda *_: harm.append("signal"))
    app: Any = (
        StaffPanel(desk, path)
        if who == "staff"
        else SupportCenter(CustomerDesk.open(path, (1001,), SETTINGS))
    )
    assert app.devtools is None
    assert not app.features
    async with app.run_test() as pilot:
        await Person(pilot).settle()
        opened = sorted(os.listdir(tmp_path))
        await app.run_action("app.screenshot('x.svg', '.')")
        await app.run_action("app.suspend_process")
        app.save_screenshot("x.svg", str(tmp_path))
        app.deliver_screenshot("x.svg", str(tmp_path))
        app.deliver_text(__file__, save_directory=tmp_path, save_filename="x.txt")
        app.deliver_binary(__file__, save_directory=tmp_path, save_filename="x.bin")
        app.open_url("https://example.com")
        await pilot.pause()
        assert sorted(os.listdir(tmp_path)) == opened
    assert harm == []


def test_the_screen_of_customers_offers_no_palette() -> None:
    assert not SupportCenter.ENABLE_COMMAND_PALETTE
    assert set() == SupportCenter.COMMANDS
    assert Screen not in {kind for kind, names in ACTIONS.items() if names & HARMFUL}
