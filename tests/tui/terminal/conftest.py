"""A terminal of which a test holds the other end, byte by byte."""

import os
import select
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pexpect
import pytest

ROOT = Path(__file__).parents[3]
WAIT = 60
STALLED = 3.0
"""Seconds without room for a byte after which a line is taken to be full."""


class Line:
    """A program in a pseudo-terminal; what it draws is always read, or it would stop."""

    def __init__(self, *arguments: str, size: tuple[int, int] = (24, 80)) -> None:
        self.process = pexpect.spawn(
            sys.executable,
            list(arguments),
            dimensions=size,
            env={**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)},
        )
        self.received = b""
        self._fd = self.process.child_fd
        os.set_blocking(self._fd, False)

    def send(self, data: bytes, patience: float = WAIT, lasting: float = WAIT) -> int:
        """Send the bytes, return how many.

        Fewer if the line stays full for the seconds of `patience`, or `lasting` seconds are over.
        """
        sent = 0
        begin = last = monotonic()
        while sent < len(data) and monotonic() < min(last + patience, begin + lasting):
            readable, writable, _ = select.select([self._fd], [self._fd], [], patience)
            if readable:
                self._read()
            if writable:
                sent += os.write(self._fd, data[sent : sent + 4096])
                last = monotonic()
        return sent

    def wait_for(self, words: bytes) -> None:
        """Read until the words come; what came before is forgotten."""
        end = monotonic() + WAIT
        while words not in self.received:
            readable, _, _ = select.select([self._fd], [], [], end - monotonic())
            if not (readable and self._read()):
                pytest.fail(f"{words!r} does not come: {self.received[-500:]!r}")
        self.received = self.received.partition(words)[2]

    def _read(self) -> bool:
        try:
            chunk = os.read(self._fd, 65536)
        except OSError:
            return False
        self.received = (self.received + chunk)[-1_000_000:]
        return bool(chunk)

    def wait_for_end(self) -> int | None:
        """Read until the program is gone; return its exit code, None after a signal."""
        end = monotonic() + WAIT
        while select.select([self._fd], [], [], max(0, end - monotonic()))[0] and self._read():
            pass
        return self.end()

    def end(self) -> int | None:
        """Wait for the end of a program that has ended, or is about to, without reading."""
        deadline = monotonic() + WAIT
        while self.process.isalive() and monotonic() < deadline:
            select.select([], [], [], 0.02)
        code: int | None = self.process.exitstatus
        return None if self.process.isalive() else code

    def hang_up(self) -> None:
        """Close the terminal."""
        os.close(self._fd)
        self.process.closed = True

    def status(self, name: str) -> str:
        """Return a line of the kernel's account of the process (proc(5))."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(line.split()[1] for line in lines if line.startswith(f"{name}:"))

    @property
    def peak(self) -> int:
        """The most memory that the process ever had, in MB."""
        return int(self.status("VmHWM")) // 1024

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process.isalive():
            self.process.kill(9)
            self.process.wait()
        if not self.process.closed:
            self.process.close(force=True)


Open = Callable[..., Line]


@pytest.fixture
def line() -> Iterator[Open]:
    """Returns `line(*arguments, size=…)`, which runs Python with them in a terminal."""
    lines = []

    def open_line(*arguments: str, **size: tuple[int, int]) -> Line:
        lines.append(Line(*arguments, **size))
        return lines[-1]

    yield open_line
    for opened in lines:
        opened.close()
