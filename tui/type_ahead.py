"""Typing ahead: no key overtakes the effect of the one before it.

Textual hands each key at once to whatever has the focus. Who types `1001 Enter n` faster than an
account opens would type the `n` into Search. Here a key waits until the messages that the key
before it caused have arrived, and until a place that it opened is there.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from textual.app import App
from textual.events import Event
from textual.message_pump import MessagePump

SETTLING_TIME = 0.25
"""Seconds to wait for a widget at most: one that was just removed never answers."""

SETTLING_ROUNDS = 2
"""A key is handled in the first round, the messages that it caused in the second."""


class TypeAhead:
    """Hands keys and pastes on, one at a time, in the order in which they were typed."""

    def __init__(self, app: "App[None]", hand_on: Callable[[Event], Awaitable[None]]) -> None:
        """Serve `app`; `hand_on` does what it would have done with the event at once."""
        self._app = app
        self._hand_on = hand_on
        self._waiting: deque[Event] = deque()
        self._task: asyncio.Task[None] | None = None
        self._opening: object | None = None
        self._free = asyncio.Event()
        self._free.set()

    def take(self, event: Event) -> None:
        """Hand the event on when its turn comes."""
        self._waiting.append(event)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._hand_all_on())

    async def done(self) -> None:
        """Wait until everything that was typed has had its effect."""
        while self._task is not None and not self._task.done():
            await asyncio.wait({self._task})

    def opens(self) -> object:
        """Let keys wait while a place opens, until `opened` gets what this returns.

        Of several openings only the last counts: it is the one that will have the focus.
        """
        self._opening = object()
        self._free.clear()
        return self._opening

    def opened(self, opening: object) -> None:
        """Let the keys go on, if no later opening has begun."""
        if opening is self._opening:
            self._opening = None
            self._free.set()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Let keys through to a question, even if a place is opening."""
        self._free.set()
        try:
            yield
        finally:
            if self._opening is not None:
                self._free.clear()

    async def _hand_all_on(self) -> None:
        while self._waiting:
            await self._hand_on(self._waiting.popleft())
            await self._settle()
            while not self._free.is_set():
                await self._free.wait()
                await self._settle()

    async def _settle(self) -> None:
        """Wait until the messages on their way from the focus up to the app have arrived."""
        for _ in range(SETTLING_ROUNDS):
            focused = self._app.focused or self._app.screen
            for pump in (*focused.ancestors_with_self, self._app):
                await _handled(pump)


async def _handled(pump: MessagePump) -> None:
    """Wait until a widget has handled what is in its queue now, or is gone or busy."""
    reached = asyncio.Event()
    if pump.is_running and pump.call_later(reached.set):
        with suppress(TimeoutError):
            await asyncio.wait_for(reached.wait(), SETTLING_TIME)
