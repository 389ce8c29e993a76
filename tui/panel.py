"""What the staff's panel and the customer's Support Center share as programs."""

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar, ParamSpec, Protocol, TypeVar
from weakref import WeakKeyDictionary

from rich.console import RenderableType
from textual import work
from textual._styles_cache import StylesCache
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.dom import DOMNode
from textual.events import DescendantFocus, Event, Key, MouseEvent, Paste
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.signal import Signal
from textual.widget import Widget
from textual.worker import WorkerFailed

import styles
from models.refusals import AccessEnded, NewerDatabase, Refused
from models.text import displayable
from styles.themes import THEMES
from tui import ending, faults
from tui.cli.answers import tell
from tui.desk_line import DeskLine
from tui.frame_screen import FrameScreen
from tui.terminal.driver import PanelDriver
from tui.terminal.input import PasteCut
from tui.terminal_text import ControlFilter
from tui.type_ahead import TypeAhead

Answer = TypeVar("Answer")
Arguments = ParamSpec("Arguments")

NOT_IN_PALETTE = ("list.", "text.", "app.palette")
"""Beginnings of the names of keys that only move, or open the palette itself."""

IDLE_WARNING = 60.0
"""Seconds before the end of an idle session at which the person is warned."""


class Watched(Protocol):
    """What a desk offers to the watch."""

    def close(self) -> None:
        """Close the connection."""

    def data_version(self) -> int:
        """Return a number that changes when another session commits something."""

    def require_access(self) -> None:
        """Raise `AccessEnded` if the access by which the session came in is no more."""

    def require_current(self) -> None:
        """Raise `NewerDatabase` if a newer program has upgraded the database."""


SETTLING_IN = 1.0
"""Seconds after which what is in memory is taken for there to stay."""

GARBAGE_THRESHOLDS = (5_000, 10, 20)
"""How many new objects, and how many looks at the newest, lead to a look for garbage."""


def _keep_what_is_there() -> None:
    """Look for garbage less often, and not in what was loaded to begin with: it takes a while."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)


class Panel(App[None]):
    """Two looks, one exit filter for hostile text, no traceback on anybody's terminal.

    Nothing in it writes a file, opens an address or suspends the program, and nothing that a click
    finds in data does anything.
    """

    TITLE = "Custom Jobs"
    # Text is selected by the terminal's own means, such as Shift and the mouse. Textual's fails
    # when what the mouse is pressed on goes at that moment, and it takes nothing out of the panel.
    ALLOW_SELECT = False
    DATA_POLL: ClassVar[float] = 0.25
    """Seconds between two looks at whether another session changed something."""
    LETTING_GO: ClassVar[float] = 60.0
    """Seconds after which widgets that are gone are forgotten."""
    LONGEST_STALL: ClassVar[float] = 0
    """Seconds for which a terminal may take nothing before the session is ended; 0: for ever."""
    CSS_PATH = Path(styles.__file__).parent / "panel.tcss"
    HORIZONTAL_BREAKPOINTS = [
        (0, "-narrow"),
        (72, "-normal"),
        (110, "-wide"),
    ]
    TALL: ClassVar[int] = 30
    """Lines from which on there is room for both frames."""
    VERTICAL_BREAKPOINTS = [(0, "-short"), (TALL, "-tall")]
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

    def __init__(self, theme: str = "dark", *, idle: float = 0) -> None:
        """Prepare a session.

        Args:
            theme: the `dark` or the `light` look.
            idle: seconds without a key, a paste or the mouse after which it ends; 0 is never.
        """
        super().__init__(driver_class=PanelDriver)
        self.features = frozenset()  # no developer's tools, whatever the environment says
        self.devtools = None
        for look in THEMES:
            self.register_theme(look)
        self.theme = f"customjobs-{theme}"
        self.animation_level = "none"
        # Lines are kept by the filters that they went through: another one would be another line.
        self._control_filter = ControlFilter()
        self.type_ahead = TypeAhead(self, super().on_event, self._handle_exception)
        self._turns: WeakKeyDictionary[Screen[Any], asyncio.Lock] = WeakKeyDictionary()
        self._idle = idle
        self._last_used = monotonic()
        self._is_warned = False
        self._last_words = ""
        self._is_living = False
        self._ended_by = 0
        self._is_faulty = False
        self._begins_anew = False
        self._is_outdated = False
        self._marked: Widget | None = None
        self.data_changed: Signal[int] = Signal(self, "data_changed")
        """Published when another session committed something."""

    # -- typing ----------------------------------------------------------------------------------

    async def on_event(self, event: Event) -> None:
        """Let each key wait for the effect of the one before it."""
        if isinstance(event, Key | Paste | MouseEvent):
            self._last_used = monotonic()
        if isinstance(event, Key | Paste) and not event.is_forwarded:
            self.type_ahead.take(event)
        else:
            await super().on_event(event)

    def on_paste_cut(self, event: PasteCut) -> None:
        """Tell that a paste was not taken whole."""
        self.notify(
            f"That was too long to paste: its last {event.count:,} characters were left out.",
            severity="warning",
            timeout=15,
            markup=False,
        )

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
        panes = (it for it in around if isinstance(it, Widget) and it.has_class("pane"))
        pane = next(panes, None)
        if pane is not None and pane is not self._marked:
            others = self.screen.query(".pane") if self._marked is None else (self._marked,)
            for other in others:
                self._colour(other, "border-blurred")
            self._colour(pane, "primary")
            self._marked = pane

    def _colour(self, pane: Widget, tone: str) -> None:
        # As a rule: set as a property, this colour would have all that is in the pane drawn anew.
        pane.styles.set_rule("border_title_color", Color.parse(self.theme_variables[tone]))
        pane.styles.border = ("round", self.theme_variables[tone])

    # -- looks -----------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[Any]:
        """Return the screen of the frames."""
        return FrameScreen("_default")

    def get_line_filters(self) -> list[LineFilter]:
        """Let no control character of any text reach the terminal."""
        return [*super().get_line_filters(), self._control_filter]

    def _on_mount(self) -> None:
        self.set_interval(self.LETTING_GO, self.let_go)
        if self._is_living:
            self.set_timer(SETTLING_IN, _keep_what_is_there)

    def let_go(self) -> None:
        """Forget widgets that are gone, which Textual would keep in two places.

        It remembers the last 1,024 drawers of lines with all their lines, whether or not their
        widgets are gone; and whoever watches the theme, as a text area does, until the theme
        changes, and with it the dialog around it.
        """
        StylesCache.get_inner_outer.cache_clear()
        for watchers in getattr(self, "__watchers", {}).values():
            watchers[:] = [watcher for watcher in watchers if not watcher[0]._closing]

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,  # noqa: ARG002  # Textual's own widgets ask for it
    ) -> None:
        """Tell something in a corner of the screen; it is text, whoever asks for markup."""
        super().notify(
            displayable(message, lines=True),
            title=displayable(title),
            severity=severity,
            timeout=timeout,
            markup=False,
        )

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
        for pane in self.screen_stack[0].query(".pane"):
            self._colour(pane, "primary" if pane is self._marked else "border-blurred")

    def action_keys(self) -> None:
        """Show every key that does something here."""
        from tui.dialogs.keys import KeysDialog

        if not isinstance(self.screen, KeysDialog):
            bindings = self.screen.active_bindings.values()
            self.push_screen(KeysDialog(bindings, self.words_to_type()))

    def words_to_type(self) -> Sequence[tuple[str, str]]:
        """Return words that mean something where the focus is, each with what it does."""
        return ()

    async def action_leave(self) -> None:
        """Leave the program."""
        self.end()

    # -- what others change, and who is still there ----------------------------------------------

    @work(group="watch")
    async def watch_data(self, desk: DeskLine[Any]) -> None:
        """Publish `data_changed` whenever another session commits; runs as long as the program.

        It also ends the session when its access was removed or nobody used it for long.
        """
        seen: int | None = None
        while True:
            self._watch_idle()
            self._watch_stall()
            try:
                if not desk.is_at_rest(lambda it: it.log_mark()):
                    version, newer = await desk.look(partial(_look, seen))
                    if seen not in (None, version):
                        self.data_changed.publish(version)
                    seen = version
                    if newer is not None and not self._is_outdated:
                        self._is_outdated = True
                        self.outdated(newer)
            except AccessEnded as ended:
                self.end(str(ended), 1)
                return
            except Refused:
                pass  # told by whatever the person does next
            await asyncio.sleep(self.DATA_POLL)

    def outdated(self, newer: NewerDatabase) -> None:
        """End the session: a newer program has upgraded the database."""
        self.end(str(newer), 1)

    def restart(self) -> None:
        """End the session in order and start the program anew in its place, as it was started."""
        self._begins_anew = True
        self.end()

    def _watch_stall(self) -> None:
        # Not any more once it is ending: then the last resort is at work.
        if self.LONGEST_STALL and self._is_living and not self._exit:
            ending.end_when_stuck(self.LONGEST_STALL)

    def _watch_idle(self) -> None:
        if not self._idle:
            return
        left = self._last_used + self._idle - monotonic()
        if left <= 0:
            away = _duration(self._idle)
            self.end(f"You were away for {away}: the session ended.")
        elif left > min(IDLE_WARNING, self._idle / 2):
            if self._is_warned:
                self._is_warned = False
                self.clear_notifications()
        elif not self._is_warned:
            self._is_warned = True
            self.notify(
                f"Press a key, or the session ends in {_duration(round(left))}.{self.at_risk}",
                title="Are you still there?",
                severity="warning",
                timeout=left,
                markup=False,
            )

    @property
    def at_risk(self) -> str:
        """What the person would lose if the session ended now, as more of the warning's words."""
        return ""

    # -- the end ---------------------------------------------------------------------------------

    def live(self) -> int:
        """Run at the terminal until the session ends, say why it ended, and return the exit code.

        0 after leaving and after a time without a key, 1 after a refusal or a fault, 128 and the
        number of the signal after one.
        """
        # Else asyncio's own words about lost errors would go to the terminal.
        logging.getLogger().addHandler(logging.NullHandler())
        with ending.on_signal(self._signalled), self._thread_faults():
            self._is_living = True
            try:
                self.run()
            except Exception as error:  # noqa: BLE001  # after the end of Textual's own handling
                self._handle_exception(error)
                if self._driver is not None:
                    self._driver.close()
        if not self._ended_by:
            ending.end_when_stuck(0)
        if self._last_words:
            with suppress(OSError):  # nobody is there any more
                tell(self._last_words)
        if self._begins_anew and not self._ended_by and not self._is_faulty:
            # The words before the program's own are those of Python, such as `-I` or `-X utf8`.
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
        return self.return_code or 0

    def end(self, sentence: str = "", code: int = 0) -> None:
        """End the session in order, and say why on the screen that was there before it.

        Args:
            sentence: the reason, for the person; nothing where it was the person's wish.
            code: the exit code.
        """
        if not self._exit and not self._is_faulty:
            self._last_words = sentence
            self.exit(return_code=code)

    def terminal_gone(self) -> None:
        """End the session, for nobody sees it any more; as the driver finds it."""
        self._end_by(signal.SIGHUP)

    def _signalled(self, number: int) -> None:
        loop = self._loop
        if loop is None or loop.is_closed():
            raise SystemExit(ending.exit_code(number))
        ending.end_surely()
        loop.call_soon_threadsafe(self._end_by, number)

    def _end_by(self, number: int) -> None:
        if self._is_living:
            ending.end_surely()
        self._ended_by = self._ended_by or number
        self._last_words = ""
        self.exit(return_code=ending.exit_code(self._ended_by))

    async def run_async(self, **options: Any) -> None:
        """Run, with an eye on what goes wrong in the loop, where no caller would see it."""
        asyncio.get_running_loop().set_exception_handler(self._loop_fault)
        return await super().run_async(**options)

    # -- faults ----------------------------------------------------------------------------------

    def _handle_exception(self, error: Exception) -> None:
        """Stop with a reference in place of a traceback, whose lines may hold customers' data."""
        if self._exception is None:
            self._exception = error  # a pilot raises it
            self._exception_event.set()
        cause = error.error if isinstance(error, WorkerFailed) else error
        self._stop(faults.record(cause))

    def panic(self, *renderables: RenderableType) -> None:
        """Stop with a reference; what was to be shown is left out."""
        self._stop(faults.record(None, f"panic with {len(renderables)} to show"))

    def _print_error_renderables(self) -> None:
        """Show nothing of what Textual gathered: the sentence is enough."""
        self._exit_renderables.clear()

    def _stop(self, reference: str) -> None:
        if self._is_faulty or self._ended_by:  # the first is told; after a signal nobody listens
            return
        self._is_faulty = True
        self._exit = True
        self._return_code = 1
        self._last_words = faults.SENTENCE.format(reference=reference)
        self._close_messages_no_wait()

    def _loop_fault(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception) and not isinstance(error, Refused):
            self._handle_exception(error)
        else:
            faults.record(error, "in the loop:")

    @contextmanager
    def _thread_faults(self) -> Iterator[None]:
        """Let a fault in any thread end the session as one of the screen does."""

        def fault(args: threading.ExceptHookArgs) -> None:
            loop = self._loop
            if loop is None or loop.is_closed() or not isinstance(args.exc_value, Exception):
                faults.in_thread(args)
            else:
                loop.call_soon_threadsafe(self._handle_exception, args.exc_value)

        before, threading.excepthook = threading.excepthook, fault
        try:
            yield
        finally:
            threading.excepthook = before

    # -- what a terminal program could do, and this one does not ---------------------------------

    async def _broker_event(self, *_args: object, **_named: object) -> bool:
        """Let clicks in text do nothing: a text could hold an action."""
        return False

    def action_screenshot(self, *_args: object, **_named: object) -> None:
        """Do nothing: no file is written."""

    def save_screenshot(self, *_args: object, **_named: object) -> str:
        """Do nothing: no file is written."""
        return ""

    def deliver_screenshot(self, *_args: object, **_named: object) -> None:
        """Do nothing: no file is written."""

    def deliver_text(self, *_args: object, **_named: object) -> None:
        """Do nothing: no file is written."""

    def deliver_binary(self, *_args: object, **_named: object) -> None:
        """Do nothing: no file is written."""

    def action_suspend_process(self) -> None:
        """Do nothing: behind the panel there is no shell for the person."""

    def open_url(self, *_args: object, **_named: object) -> None:
        """Do nothing: a browser would run here, not where the person is."""


def _look(seen: int | None, desk: Watched) -> tuple[int, NewerDatabase | None]:
    """Return the data version, and where it is a new one, whether the program is too old for it.

    Raises:
        AccessEnded: the access by which the session came in is no more.
    """
    version = desk.data_version()
    if version != seen:
        desk.require_access()
        try:
            desk.require_current()
        except NewerDatabase as newer:
            return version, newer
    return version, None


def _duration(seconds: float) -> str:
    """Return a time in words."""
    amount, unit = (seconds / 60, "minute") if seconds >= 60 else (seconds, "second")
    return f"{amount:g} {unit}" + ("" if amount == 1 else "s")
