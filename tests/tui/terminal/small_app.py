"""The smallest app on a `PanelDriver`; what came in is told in the file it is given."""

import asyncio
import json
import signal
import sys
import threading
from pathlib import Path

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static

from tui.terminal.driver import PanelDriver
from tui.terminal.input import PasteCut
from tui.type_ahead import TypeAhead


class Busy(Static):
    """A widget that handles no mouse report before it may."""

    def __init__(self, told: list[object], free: asyncio.Event) -> None:
        super().__init__("ready")
        self._told = told
        self._free = free

    async def on_mouse_move(self, event: events.MouseMove) -> None:
        await self._free.wait()
        self._told.append(event.x)


class SmallApp(App[None]):
    """Takes note; `!` holds the keys and `Busy` the mouse until the signal USR1; `q` leaves."""

    def __init__(self) -> None:
        super().__init__(driver_class=PanelDriver)
        self.type_ahead = TypeAhead(self, super().on_event, self._handle_exception)
        self.free = asyncio.Event()
        self.work: object = None
        self.keys: list[object] = []
        self.moves: list[object] = []
        self.pastes: list[int] = []
        self.gone = 0

    def compose(self) -> ComposeResult:
        yield Busy(self.moves, self.free)

    def on_mount(self) -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self._release)

    def _release(self) -> None:
        self.free.set()
        self.type_ahead.go_on(self.work)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self.type_ahead.take(event)
        else:
            await super().on_event(event)

    def on_key(self, event: events.Key) -> None:
        self.keys.append(event.key)
        if event.key == "exclamation_mark":
            self.work = self.type_ahead.wait()
            self.query_one(Busy).update("held")
        elif event.key == "q":
            self.exit()

    def on_paste(self, event: events.Paste) -> None:
        self.pastes.append(len(event.text))

    def on_paste_cut(self, message: PasteCut) -> None:
        self.pastes.append(-message.count)

    def terminal_gone(self) -> None:
        self.gone += 1
        # More than Textual's queue to the terminal holds.
        for _ in range(100):
            self.bell()
        self.set_timer(0.1, self.exit)


def main() -> None:
    """Run until the end, and write the report."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    faults: list[str] = []
    threading.excepthook = lambda fault: faults.append(repr(fault.exc_value))
    app = SmallApp()
    app.run()
    told = {name: getattr(app, name) for name in ("keys", "moves", "pastes", "gone")}
    Path(sys.argv[1]).write_text(json.dumps(told | {"faults": faults}))


if __name__ == "__main__":
    main()
