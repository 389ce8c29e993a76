"""What the staff's panel and the customer's Support Center share as programs."""

import asyncio
import secrets
import syslog
import traceback
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from rich.text import Text
from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.events import DescendantFocus, Event, Key, Paste
from textual.filter import LineFilter
from textual.screen import Screen
from textual.signal import Signal
from textual.widget import Widget
from textual.worker import WorkerFailed

import styles
from models.refusals import Refused
from styles.themes import THEMES
from tui.desk_line import DeskLine
from tui.terminal_text import ControlFilter
from tui.type_ahead import TypeAhead

Answer = TypeVar("Answer")
Arguments = ParamSpec("Arguments")

DATA_POLL = 0.25
"""Seconds between two looks at whether another session changed something."""

NOT_IN_PALETTE = ("list.", "text.", "app.palette")
"""Beginnings of the names of keys that only move, or open the palette itself."""

FAULT = (
    "customjobs stopped because of a fault in the program. Nothing that was saved is lost. "
    "Reference: {reference}"
)


class Panel(App[None]):
    """Two looks, one exit filter for hostile text, no traceback on anybody's terminal."""

    TITLE = "Custom Jobs"
    CSS_PATH = Path(styles.__file__).parent / "panel.tcss"
    HORIZONTAL_BREAKPOINTS = [
        (0, "-narrow"),
        (72, "-normal"),
        (110, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "keys", "Keys", id="app.keys", tooltip="Show all keys"),
        Binding(
            "ctrl+q",
            "leave",
            "Leave",
            id="app.leave",
            tooltip="Leave the program",
            show=False,
            priority=True,
        ),
    ]

    def __init__(self, theme: str = "dark") -> None:
        """Start with the `dark` or the `light` look."""
        super().__init__()
        for look in THEMES:
            self.register_theme(look)
        self.theme = f"customjobs-{theme}"
        self.animation_level = "none"
        self.type_ahead = TypeAhead(self, super().on_event, self._handle_exception)
        self._turns: WeakKeyDictionary[Screen[Any], asyncio.Lock] = WeakKeyDictionary()
        self._reference = ""
        self.data_changed: Signal[int] = Signal(self, "data_changed")
        """Published when another session committed something."""

    # -- typing ----------------------------------------------------------------------------------

    async def on_event(self, event: Event) -> None:
        """Let each key wait for the effect of the one before it."""
        if isinstance(event, Key | Paste) and not event.is_forwarded:
            self.type_ahead.take(event)
        else:
            await super().on_event(event)

    def follow(
        self,
        work: Callable[Arguments, Awaitable[None]],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> None:
        """Do what a key asked for, such as opening or saving; keys typed meanwhile wait for it."""
        self._hold_keys(self.type_ahead.wait(), partial(work, *args, **kwargs))

    @work(group="follow")
    async def _hold_keys(self, waiting: object, work: Callable[[], Awaitable[None]]) -> None:
        # One after another, for each screen: a dialog saves while the work that opened it waits.
        turn = self._turns.setdefault(self.screen, asyncio.Lock())
        try:
            async with turn:
                await work()
        finally:
            # After the focus, which Textual sets by the same queue.
            self.call_later(self.type_ahead.go_on, waiting)

    async def ask(self, question: "Screen[Answer]") -> Answer | None:
        """Return the answer to a question; the keys go to it once it is there."""
        answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        await self.push_screen(question, answer.set_result)
        with self.type_ahead.asking():
            return await answer

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Let the border show which pane has the focus.

        By the pane's own style: a rule with `:focus-within` would have Textual restyle everything
        in it at each step of the Tab key.
        """
        self._mark_pane(event.widget)

    def _mark_pane(self, focused: Widget | None) -> None:
        around = focused.ancestors_with_self if focused is not None else []
        for pane in self.screen.query(".pane"):
            tone = "primary" if pane in around else "border-blurred"
            pane.styles.border_title_color = self.theme_variables[tone]
            pane.styles.border = ("round", self.theme_variables[tone])

    # -- looks -----------------------------------------------------------------------------------

    def get_line_filters(self) -> list[LineFilter]:
        """Let no control character of any text reach the terminal."""
        return [*super().get_line_filters(), ControlFilter()]

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer in the palette what the keys offer, and the two looks; nothing writes files."""
        offered = set()
        for active in screen.active_bindings.values():
            name = active.binding.id or ""
            known = name in offered or name.startswith(NOT_IN_PALETTE)
            if name and active.enabled and not known:
                offered.add(name)
                run = self._runner(active.node, active.binding.action)
                yield SystemCommand(active.binding.description, active.tooltip, run)
        yield SystemCommand("Dark", "Light text on a dark ground", lambda: self._look("dark"))
        yield SystemCommand("Light", "Dark text on a light ground", lambda: self._look("light"))

    def _runner(self, node: DOMNode, action: str) -> Callable[[], Awaitable[object]]:
        return lambda: self.run_action(action, default_namespace=node)

    def _look(self, name: str) -> None:
        self.theme = f"customjobs-{name}"
        self._mark_pane(self.focused)

    def action_keys(self) -> None:
        """Show every key that does something here."""
        from tui.dialogs.keys import KeysDialog

        if not isinstance(self.screen, KeysDialog):
            self.push_screen(KeysDialog(self.screen.active_bindings.values()))

    async def action_leave(self) -> None:
        """Leave the program."""
        self.exit()

    # -- what others change ----------------------------------------------------------------------

    @work(group="watch")
    async def watch_data(self, desk: DeskLine[Any]) -> None:
        """Publish `data_changed` whenever another session commits; runs as long as the program."""
        seen: int | None = None
        while True:
            with suppress(Refused):  # told by whatever the person does next
                version: int = await desk.ask(lambda it: it.data_version())
                if seen not in (None, version):
                    self.data_changed.publish(version)
                seen = version
            await asyncio.sleep(DATA_POLL)

    # -- faults ----------------------------------------------------------------------------------

    def _fatal_error(self) -> None:
        """Show a reference in place of a traceback, whose lines may hold customers' data."""
        if self._reference:
            return
        self._reference = secrets.token_hex(4)
        error: BaseException | None = self._exception
        if isinstance(error, WorkerFailed):
            error = error.error
        if error is not None:
            places = traceback.extract_tb(error.__traceback__)
            trail = " < ".join(f"{place.filename}:{place.lineno}" for place in reversed(places))
            syslog.syslog(
                syslog.LOG_ERR, f"customjobs {self._reference}: {type(error).__name__} at {trail}"
            )
        self.panic(Text(FAULT.format(reference=self._reference)))
