"""A terminal in which a program runs, and an emulator that shows its screen."""

import os
import select
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pexpect
import pyte
import pytest

ROOT = Path(__file__).parents[1]
WAIT = 30
"""Seconds without a byte after which nothing more is expected."""

OF_THIS_TERMINAL = ("COLORTERM", "COLUMNS", "LINES", "NO_COLOR", "TMUX")
"""What the terminal of whoever runs the tests would have a say in."""


class Terminal:
    """The program in a pseudo-terminal, with an emulator that shows its screen."""

    def __init__(
        self,
        *command: str,
        rows: int = 24,
        columns: int = 80,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start `command`; `environment` is added to that of the tests."""
        inherited = {name: it for name, it in os.environ.items() if name not in OF_THIS_TERMINAL}
        given = {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **(environment or {})}
        self.process = pexpect.spawn(
            command[0],
            list(command[1:]),
            dimensions=(rows, columns),
            env=inherited | given,
            timeout=WAIT,
        )
        self.process.delaybeforesend = None
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.received = b""

    @property
    def shown(self) -> str:
        """What is on the screen, line by line."""
        return "\n".join(self.screen.display)

    def wait_for(self, words: str, without: str = "\0") -> None:
        """Read until the screen shows the words, and some others no more."""
        while words not in (shown := self.shown) or without in shown:
            self.read(words)

    def read(self, expected: str = "anything more") -> None:
        """Read what comes next, which must come."""
        try:
            chunk: bytes = self.process.read_nonblocking(65536, WAIT)
        except (pexpect.TIMEOUT, pexpect.EOF):
            pytest.fail(f"{expected!r} is not shown:\n{self.shown}")
        self.feed(chunk)

    def read_soon(self, seconds: float = 0.02) -> None:
        """Read all that comes until nothing has come for so long."""
        with suppress(pexpect.TIMEOUT, pexpect.EOF):
            while True:
                self.feed(self.process.read_nonblocking(65536, seconds))

    def send(self, keys: str | bytes) -> None:
        """Type."""
        self.process.send(keys)

    def pour(self, keys: bytes) -> None:
        """Type very much, reading meanwhile what comes, as a terminal does."""
        line, left = self.process.child_fd, memoryview(keys)
        os.set_blocking(line, False)
        try:
            while left:
                readable, writable, _ = select.select([line], [line], [], WAIT)
                if not readable and not writable:
                    pytest.fail(f"{len(left)} bytes are not taken:\n{self.shown}")
                if readable:
                    self.feed(os.read(line, 65536))
                if writable:
                    left = left[os.write(line, left[:4096]) :]
        finally:
            os.set_blocking(line, True)

    def resize(self, rows: int, columns: int) -> None:
        """Say that the terminal has another size now; the emulator keeps its own."""
        self.process.setwinsize(rows, columns)

    def wait_for_end(self) -> int | None:
        """Read until the program is gone; return its exit code, None after a signal."""
        self.feed(self.process.read())
        self.process.close()
        code: int | None = self.process.exitstatus
        return code

    def close(self) -> None:
        """Close the terminal, as its window is closed, and end the program in it."""
        self.process.close(force=True)

    def feed(self, chunk: bytes) -> None:
        """Show what came."""
        self.received += chunk
        self._stream.feed(chunk.replace(b"\x1b[<u", b""))
