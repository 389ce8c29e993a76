"""How far a long command is, on one line of a terminal's standard error."""

import sys
import time
from types import TracebackType

from tui.cli.answers import write

_EVERY = 0.25
"""Seconds between two looks of the line, so that showing it costs nothing."""

_TELLING = 1.0
"""Seconds after which the rate of a phase tells something."""


class ProgressLine:
    """Shows `written 310,000 of 1,000,000 · 14,200 a second · 48 s left`, then takes it away."""

    def __init__(self, *, shown: bool) -> None:
        """Begin; nothing is shown where standard error is no terminal."""
        self._shown = shown and sys.stderr.isatty()
        self._last_shown = 0.0
        self._width = 0
        self.phase = ""
        """What is going on."""
        self.done = 0
        """How much of it is done."""
        self._begun = 0.0
        self._done_before = 0

    def __enter__(self) -> "ProgressLine":
        return self

    def show(self, phase: str, done: int, total: int | None, *, about: bool = False) -> None:
        """Say that `done` are done of a phase; `about` that `total` is an estimate."""
        now = time.monotonic()
        self.done = done
        if phase != self.phase:
            self.phase, self._begun, self._done_before = phase, now, done
            self._last_shown = 0.0
        if self._shown and now - self._last_shown >= _EVERY:
            self._last_shown = now
            seconds = now - self._begun
            self._write(in_words(phase, done, total, done - self._done_before, seconds, about))

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


def in_words(
    phase: str, done: int, total: int | None, recently: int, seconds: float, about: bool
) -> str:
    """Return how far a phase is, with its rate and the time it still takes where they are known.

    `recently` is how many were done in the last `seconds`.
    """
    of = "" if total is None else f" of {'about ' if about else ''}{total:,}"
    parts = [f"{phase} {done:,}{of}"]
    if seconds >= _TELLING and recently:
        parts.append(f"{round(recently / seconds):,} a second")
        if total is not None:
            parts.append(_left(round((total - done) * seconds / recently)))
    return " · ".join(parts)


def _left(seconds: int) -> str:
    if seconds < 120:
        return f"{max(seconds, 0)} s left"
    return f"{seconds // 60}:{seconds % 60:02} min left"
