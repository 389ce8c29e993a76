"""How far a long command is, on one line of a terminal's standard error."""

import sys
import time
from types import TracebackType

from tui.cli.answers import write

_EVERY = 0.1
"""Seconds between two looks of the line, so that showing it costs nothing."""


class ProgressLine:
    """Shows `12,000 of 100,000 accounts`, over and over on the same line, then takes it away."""

    def __init__(self, things: str, *, shown: bool) -> None:
        """Count `things`; nothing is shown where standard error is no terminal."""
        self._things = things
        self._shown = shown and sys.stderr.isatty()
        self._last_shown = 0.0
        self._width = 0

    def __enter__(self) -> "ProgressLine":
        return self

    def show(self, done: int, total: int) -> None:
        """Say that `done` of `total` are done."""
        now = time.monotonic()
        if self._shown and now - self._last_shown >= _EVERY:
            self._last_shown = now
            self._write(f"{done:,} of {total:,} {self._things}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._width:
            self._write("")
            write(sys.stderr, "", over=True)

    def _write(self, line: str) -> None:
        write(sys.stderr, f"{line:<{self._width}}", over=True)
        self._width = max(self._width, len(line))
