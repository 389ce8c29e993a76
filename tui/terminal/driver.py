"""How the panel reads from a terminal and writes to it."""

import asyncio
import select
import signal
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from io import BufferedWriter, FileIO, TextIOWrapper
from os import get_terminal_size, read
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, Protocol, TextIO, runtime_checkable

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message

from tui.terminal.cells import anchored
from tui.terminal.input import TerminalInput, drawable
from tui.type_ahead import TypeAhead

READ_SIZE: Final = 4096
"""Bytes read at once; a terminal line of Linux holds no more."""

TICK: Final = 0.1
"""Seconds after which a reader looks up: whether an escape was a key, whether the program ends."""

ALLOWANCE: Final = 256
"""Messages that may be sent before it is asked how many of them are done with."""

BACKLOG: Final = 64
"""Messages not yet done with at which reading goes on."""

LOOK_AGAIN: Final = 0.05
"""Seconds between two looks at a backlog that is too long."""


USUAL_SIZE: Final = (80, 24)
"""Columns and rows of a terminal that does not say how many it has."""


@runtime_checkable
class Host(Protocol):
    """What an app has whose terminal is a `PanelDriver`."""

    type_ahead: TypeAhead
    """Where the keys wait for their turn."""

    def terminal_gone(self) -> None:
        """Take note, once, that nobody is there any more: no key will come, nothing is seen."""


class PanelDriver(LinuxDriver):
    """A terminal that is given nothing but the panel, and that cannot harm it.

    It is never suspended, opens and saves nothing, reads no faster than the app works, and draws
    no larger than `tui.terminal.input.SIZE_LIMIT`. When the terminal is gone, the app is told.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        """Serve `app`, which is a `Host`; the other arguments are Textual's.

        Raises:
            TypeError: the app is no `Host`.
        """
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        if not isinstance(app, Host):
            raise TypeError(f"{type(app).__name__} cannot be told that its terminal is gone")
        if self._size is None:
            # Else Textual asks Rich, whose answer differs where the terminal has none.
            self._size = self._get_terminal_size()
        self._host: Host = app
        self._context = copy_context()
        self._is_gone = False
        self._allowance = ALLOWANCE
        if self._file is not None:
            line = BufferedWriter(_Line(self._file.fileno(), self._tell_gone))
            self._file = TextIOWrapper(line, encoding="utf-8", errors="replace", newline="")
        for job_control in (signal.SIGTSTP, signal.SIGQUIT):
            signal.signal(job_control, signal.SIG_IGN)
        # Textual would start a second time over what runs.
        signal.signal(signal.SIGCONT, signal.SIG_DFL)

    @property
    def can_suspend(self) -> bool:
        """Never: behind the panel there is nothing for the person to come to."""
        return False

    def write(self, data: str) -> None:
        """Write, so that no column depends on how wide the terminal believes a character to be."""
        super().write(anchored(data))

    def open_url(self, url: str, new_tab: bool = True) -> None:
        """Do nothing: a browser would run here, where the panel does, not where the person is."""

    def deliver_binary(
        self,
        binary: BinaryIO | TextIO,
        *,
        delivery_key: str,
        save_path: Path,
        open_method: Literal["browser", "download"] = "download",
        encoding: str | None = None,
        mime_type: str | None = None,
        name: str | None = None,
    ) -> None:
        """Do nothing: a file would be saved here, where the panel runs."""

    def _disable_mouse_support(self) -> None:
        super()._disable_mouse_support()
        if self._mouse_pixels:  # which Textual leaves on
            self.write("\x1b[?1016l")

    def start_application_mode(self) -> None:
        """Take the terminal over."""
        super().start_application_mode()  # type: ignore[no-untyped-call]  # as Textual leaves it
        # Textual reads the size while it handles the signal. A second signal interrupts that, so
        # the older of two sizes could be told last, and the screen stay that of a passing moment.
        self._loop.add_signal_handler(signal.SIGWINCH, self._tell_size)

    def _tell_size(self) -> None:
        if not self._in_band_window_resize:
            size = Size(*self._get_terminal_size())
            self._app.post_message(Resize(size, size))

    def _get_terminal_size(self) -> tuple[int, int]:
        # Not what COLUMNS and LINES say: they stay as they are when the terminal changes.
        try:
            width, height = get_terminal_size(self.fileno)
        except OSError:
            width = height = 0
        return drawable((width or USUAL_SIZE[0], height or USUAL_SIZE[1]))

    # -- reading, in a thread of its own ---------------------------------------------------------

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001  # the app says what becomes of faults
            self._let_app(self._app._handle_exception, error)

    def run_input_thread(self) -> None:
        """Hand on what is typed, until the app or the terminal ends."""
        terminal = TerminalInput()
        while not self.exit_event.is_set():
            readable, _, _ = select.select([self.fileno], [], [], TICK)
            if not readable:
                self._hand_on(terminal.tick())
            elif data := self._read():
                self._hand_on(terminal.feed(data))
            else:
                self._tell_gone()
                return

    def _read(self) -> bytes:
        """Return what was typed, nothing if no more will come."""
        try:
            return read(self.fileno, READ_SIZE)
        except OSError:  # as Linux reads from a line that was hung up
            return b""

    def _hand_on(self, messages: list[Message]) -> None:
        for message in messages:
            if not self._allowance:
                self._wait_for_the_app()
                self._allowance = ALLOWANCE
            if self.exit_event.is_set():
                return
            self._allowance -= 1
            self.process_message(message)

    def _wait_for_the_app(self) -> None:
        """Wait, and so let the sender wait, while the app has too much to do."""
        # A coroutine, as each message is sent by one: so it starts when they have arrived.
        done = asyncio.run_coroutine_threadsafe(self._until_little_is_left(), self._loop)
        while not self.exit_event.is_set():
            with suppress(TimeoutError):
                done.result(TICK)
                return
        done.cancel()

    async def _until_little_is_left(self) -> None:
        while self._backlog() > BACKLOG:  # noqa: ASYNC110  # no queue tells when it gets short
            await asyncio.sleep(LOOK_AGAIN)

    def _backlog(self) -> int:
        """Return how much of what was typed is still on its way; mouse reports go to widgets."""
        nodes = self._app.walk_children(with_self=True)
        return self._host.type_ahead.backlog + sum(node.message_queue_size for node in nodes)

    # -- the end ---------------------------------------------------------------------------------

    def _tell_gone(self) -> None:
        self._let_app(self._take_leave)

    def _take_leave(self) -> None:
        # The reader and the writer may both have noticed.
        if not self._is_gone:
            self._is_gone = True
            self._host.terminal_gone()

    def _let_app(self, act: Callable[..., object], *args: object) -> None:
        """Let the app do something, though a thread asks for it: in the app's own context."""
        self._loop.call_soon_threadsafe(act, *args, context=self._context)


class _Line(FileIO):
    """The line to a terminal, which takes everything even when nobody is at its other end.

    An error would end Textual's writing thread with a traceback, and then hold up the app for
    ever, at a queue that nobody empties.
    """

    def __init__(self, fileno: int, tell_gone: Callable[[], None]) -> None:
        super().__init__(fileno, "w", closefd=False)
        self._tell_gone = tell_gone
        self._is_gone = False

    def write(self, data: Any) -> int:
        if not self._is_gone:
            try:
                return super().write(data)
            except OSError:
                self._is_gone = True
                self._tell_gone()
        return len(data)
