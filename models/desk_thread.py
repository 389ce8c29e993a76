"""Where a desk works: a thread of its own, one operation after another, never the screen's."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    """What a desk must offer to be given back."""

    def close(self) -> None:
        """Close the connection."""


Desk = TypeVar("Desk", bound=Closable)
Result = TypeVar("Result")


class DeskThread(Generic[Desk]):
    """Runs the operations of one desk in order, each to its end, on the thread that opened it.

    A caller that stops waiting does not stop the operation: a transaction is never left half done.
    """

    def __init__(self, open_desk: Callable[[], Desk], name: str) -> None:
        """Open the desk by `open_desk` when the first operation comes, in a thread `name`."""
        self._open_desk = open_desk
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._desk: Desk | None = None
        self._is_closed = False

    def start(self, operation: Callable[[Desk], Result]) -> "asyncio.Future[Result]":
        """Have `operation` run on the desk; return what will have its result, or what it raises.

        Raises:
            CancelledError: the desk was closed; whoever asks now is about to end as well.
        """
        if self._is_closed:
            raise asyncio.CancelledError
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._executor, self._work, operation)

    async def run(self, operation: Callable[[Desk], Result]) -> Result:
        """Run `operation` on the desk and return what it returns, or raise what it raises.

        Raises:
            CancelledError: as by `start`.
        """
        # The shield keeps an operation in the queue when its caller stops waiting.
        return await asyncio.shield(self.start(operation))

    def post(self, operation: Callable[[Desk], Result]) -> "Future[Result] | None":
        """Have `operation` run on the desk when its turn comes; nobody needs to wait for it.

        It runs even if the loop comes to a halt meanwhile. None: the desk was closed.
        """
        return None if self._is_closed else self._executor.submit(self._work, operation)

    def glance(self, look: Callable[[Desk], Result]) -> Result | None:
        """Return what `look` sees of the desk from this thread, while an operation may be running.

        It must be made for that. None: the desk is not open yet, or not any more.
        """
        return None if self._desk is None else look(self._desk)

    async def close(self) -> None:
        """Finish what was asked for, then close the desk and end the thread."""
        self._is_closed = True
        loop = asyncio.get_running_loop()
        closed = loop.run_in_executor(self._executor, self._close_desk)
        self._executor.shutdown(wait=False)
        await asyncio.shield(closed)

    def _work(self, operation: Callable[[Desk], Result]) -> Result:
        if self._desk is None:
            self._desk = self._open_desk()
        return operation(self._desk)

    def _close_desk(self) -> None:
        if self._desk is not None:
            self._desk.close()
            self._desk = None
