"""The line from the screens to a desk: asks off the screen's thread, says when it takes long."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

from models.desk_thread import Desk, DeskThread

Result = TypeVar("Result")

PATIENCE = 1.0
"""Seconds after which a person is told that an operation is still waiting."""

SETTLING = 2.0
"""Seconds after a change within which others may become visible, or follow unseen."""

WAITING = "Waiting: the database is busy with another session's change. What you typed is kept."


class DeskLine(Generic[Desk]):
    """Asks a desk to do something and waits for the answer without holding up the screen."""

    def __init__(self, thread: DeskThread[Desk], tell: Callable[[str], None]) -> None:
        """Ask the desk of `thread`; `tell` shows a sentence, or takes it away when empty."""
        self._thread = thread
        self._tell = tell
        self._mark: object = None
        self._stirred = 0.0

    async def ask(self, operation: Callable[[Desk], Result]) -> Result:
        """Return what `operation` returns on the desk, or raise what it raises there."""
        answer = self._thread.start(operation)
        answer.add_done_callback(_retrieve)
        done, _ = await asyncio.wait({answer}, timeout=PATIENCE)
        if not done:
            self._tell(WAITING)
            try:
                await asyncio.wait({answer})
            finally:
                self._tell("")
        return answer.result()

    async def look(self, operation: Callable[[Desk], Result]) -> Result:
        """Ask for what nobody waits for: the same as `ask`, cheaper, and told to no one."""
        return await self._thread.run(operation)

    def is_at_rest(self, look: Callable[[Desk], object]) -> bool:
        """Tell whether what `look` sees from outside has been the same for a while; cheap.

        The log is written to before a commit is visible, and commits can follow within one tick of
        the file system's clock: so for a while after each change the desk itself must be asked.
        Where nothing is to be seen, it must always be asked.
        """
        mark = self._thread.glance(look)
        if mark is None or mark != self._mark:
            self._mark = mark
            self._stirred = monotonic()
        return monotonic() - self._stirred > SETTLING

    def interrupt(self, stop: Callable[[Desk], None]) -> None:
        """Let `stop` end what the desk is doing right now."""
        self._thread.glance(stop)

    async def close(self) -> None:
        """Let the desk finish and close it."""
        await self._thread.close()


def _retrieve(answer: "asyncio.Future[Result]") -> None:
    """Take note of an answer that nobody waits for any more."""
    if not answer.cancelled():
        answer.exception()
