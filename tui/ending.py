"""How a session ends from outside: by a signal, or because its terminal is gone."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

ENDS = (signal.SIGHUP, signal.SIGTERM)
"""The signals by which a terminal, a server or an operator ends a session."""

LAST_RESORT = 1.9
"""Seconds after which a session that should end is ended by the system."""


def exit_code(number: int) -> int:
    """Return the exit code of a program that a signal ended, as shells have it."""
    return 128 + number


def end_surely() -> None:
    """Have the system end this process soon, should the orderly way to the end hang.

    The default action of SIGALRM takes no Python at all: neither a lock, nor a thread that does not
    finish, nor a call that does not return can keep the process alive without its terminal.
    """
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, LAST_RESORT)


def end_when_stuck(seconds: float) -> None:
    """Have the system end this process unless this is called again within so many seconds.

    0 takes it back. As `end_surely`, for a session that cannot even find out that it is at its end:
    Textual waits for ever for a terminal that takes nothing more.
    """
    signal.setitimer(signal.ITIMER_REAL, seconds)


@contextmanager
def on_signal(end: Callable[[int], None]) -> Iterator[None]:
    """Call `end` with the number of a signal that ends sessions, as long as the block lasts.

    A SIGHUP that was ignored, as under `nohup`, ends sessions from now on: without its terminal
    there is nothing left of one.
    """

    def handle(number: int, _frame: FrameType | None) -> None:
        end(number)

    previous = {number: signal.signal(number, handle) for number in ENDS}
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
    try:
        yield
    finally:
        for number, handler in previous.items():
            ignored = handler in (signal.SIG_IGN, None)
            signal.signal(number, signal.SIG_DFL if ignored else handler)
