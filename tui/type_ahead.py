"""Typing ahead: no key overtakes the effect of the one before it.

Textual hands each key at once to whatever has the focus. Who types `1001 Enter n` faster than an
account opens would type the `n` into Search. Here a key waits until the messages that the key
before it caused have arrived, and until a place that it opened is there.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from textual.app import App
from textual.events import Event, Key, Paste
from textual.message_pump import MessagePump

LOOK_AGAIN = 0.05
"""Seconds after which it is looked whether a widget that does not answer is still there."""

LOOKS = 100
"""Looks after which a widget is taken to be busy with something that no key should wait for."""

SETTLING_ROUNDS = 2
"""A key is handled in the first round, the messages that it caused in the second."""

MOMENT = 0.05
"""Seconds that a key has for its effect before it is asked what became of it, unless another waits.

Asking takes as long as drawing; who types leaves more time than that between two keys.
"""


@dataclass(frozen=True, eq=False, slots=True)
class _Work:
    """Something that keys wait for, and how many questions were open when it began."""

    questions: int


class TypeAhead:
    """Hands keys and pastes on, one at a time, in the order in which they were typed."""

    def __init__(
        self,
        app: "App[None]",
        hand_on: Callable[[Event], Awaitable[None]],
        fail: Callable[[Exception], None],
    ) -> None:
        """Serve `app`.

        Args:
            app: whose keys wait.
            hand_on: what the app would have done with an event at once.
            fail: takes what goes wrong there, which no caller waits for any more.
        """
        self._app = app
        self._fail = fail
        self._hand_on = hand_on
        self._waiting: deque[Event] = deque()
        self._task: asyncio.Task[None] | None = None
        self._works: list[_Work] = []
        self._questions = 0
        self._free = asyncio.Event()
        self._free.set()
        self._hurry = asyncio.Event()
        self._awaited = 0

    def take(self, event: Event) -> None:
        """Hand the event on when its turn comes."""
        self._waiting.append(event)
        self._hurry.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._hand_all_on())

    @property
    def backlog(self) -> int:
        """How many keys and pastes wait for their turn."""
        return len(self._waiting)

    def drop(self) -> str:
        """Drop what waits, and return the text of it: it was typed for what did not come about."""
        events, self._waiting = self._waiting, deque()
        return "".join(_text_of(event) for event in events)

    async def done(self) -> None:
        """Wait until all that was typed, and all work that was begun, has had its effect.

        Work that asks a question is as far as it gets.
        """
        self._awaited += 1
        self._hurry.set()
        try:
            while self._task is not None and not self._task.done():
                await asyncio.wait({self._task})
        finally:
            self._awaited -= 1
        await self._free.wait()

    def wait(self) -> object:
        """Let keys wait for some work, until `go_on` gets what this returns."""
        work = _Work(self._questions)
        self._works.append(work)
        self._update()
        return work

    def go_on(self, work: object) -> None:
        """Let the keys go on, as far as this work is concerned."""
        self._works = [other for other in self._works if other is not work]
        self._update()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Let keys through to a question, though the work that asks it is not done."""
        self._questions += 1
        self._update()
        try:
            yield
        finally:
            self._questions -= 1
            self._update()

    def _update(self) -> None:
        """Hold the keys while there is work that began after the last question that is open."""
        if any(work.questions >= self._questions for work in self._works):
            self._free.clear()
        else:
            self._free.set()

    async def _hand_all_on(self) -> None:
        try:
            await self._hand_on_in_turn()
        except Exception as error:  # noqa: BLE001  # a task's own end is the last to see it
            self._fail(error)

    async def _hand_on_in_turn(self) -> None:
        while self._waiting:
            event = self._waiting.popleft()
            if not (self._waiting or self._awaited):
                self._hurry.clear()
            await self._hand_on(event)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), MOMENT)
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


def _text_of(event: Event) -> str:
    if isinstance(event, Paste):
        return event.text
    return event.character or "" if isinstance(event, Key) and event.is_printable else ""


async def _handled(pump: MessagePump) -> None:
    """Wait until a widget has handled what is in its queue now, or is gone or busy."""
    reached = asyncio.Event()
    if not (pump.is_running and pump.call_later(reached.set)):
        return
    for _ in range(LOOKS):
        with suppress(TimeoutError):
            await asyncio.wait_for(reached.wait(), LOOK_AGAIN)
        if reached.is_set() or not pump.is_running:
            return
