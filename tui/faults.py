"""Faults of the program: the person gets one sentence and a reference, the log gets the details.

Neither the sentence nor the log holds a value: what a message, a variable or a line of data says
may be a customer's. The log gets the types of the exceptions and the places that they passed.
"""

import os
import secrets
import sys
import syslog
import threading
import warnings
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

SENTENCE = (
    "The program stopped because of a fault in it. Nothing that was saved is lost. "
    "Reference: {reference}"
)

PLACES = 30
"""Places of a trail that are kept, the innermost first: a system log cuts long lines."""

_files: list[Path] = []


def keep_beside(database: Path) -> None:
    """Write faults into a file beside `database`, too, whatever the machine's log does with them.

    For sessions that may write there; the file is for its owner alone.
    """
    _files[:] = [database.with_name(f"{database.name}.log")]


def take_over() -> None:
    """Let nothing that goes wrong in this process write to its terminal but the one sentence.

    For the process's own entry point. The log is connected now, because a confined process may
    not be able to connect later.
    """
    syslog.openlog("customjobs", syslog.LOG_PID | syslog.LOG_NDELAY, syslog.LOG_USER)
    sys.excepthook = _at_the_top
    sys.unraisablehook = _unraisable
    threading.excepthook = in_thread
    warnings.showwarning = _warning


def tell(error: BaseException) -> int:
    """Write the sentence about a fault on standard error; return the exit code."""
    sentence = SENTENCE.format(reference=record(error))
    with suppress(OSError, ValueError):  # nobody is there any more
        sys.stderr.write(f"customjobs: {sentence}\n")
        sys.stderr.flush()
    return 1


def record(error: BaseException | None, kind: str = "") -> str:
    """Write to the log what happened, and return the reference by which it is found there.

    Args:
        error: what was raised, if anything was.
        kind: words of the program's own about how it came up.
    """
    reference = secrets.token_hex(4)
    line = " ".join(part for part in (kind, trail(error)) if part)
    _write(f"{reference}: {line}")
    return reference


def trail(error: BaseException | None) -> str:
    """Return the types of an exception and of its causes, each with the places it passed."""
    return " from ".join(
        f"{type(cause).__qualname__} at {_places(cause.__traceback__)}" for cause in _causes(error)
    )


def in_thread(args: threading.ExceptHookArgs) -> None:
    """Record what ended a thread, as `threading.excepthook`."""
    record(args.exc_value, "in a thread:")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _places(passed: TracebackType | None) -> str:
    places: list[str] = []
    while passed is not None:
        places.append(f"{passed.tb_frame.f_code.co_filename}:{passed.tb_lineno}")
        passed = passed.tb_next
    return " < ".join(reversed(places[-PLACES:]))


def _write(line: str) -> None:
    syslog.syslog(syslog.LOG_ERR, line)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    for path in _files:
        with suppress(OSError):  # the system's log has it
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            file = os.open(path, flags, 0o600)
            try:
                os.write(file, f"{now} [{os.getpid()}] {line}\n".encode(errors="replace"))
            finally:
                os.close(file)


def _at_the_top(
    kind: type[BaseException], error: BaseException, _passed: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        tell(error)


def _unraisable(args: "sys.UnraisableHookArgs") -> None:
    record(args.exc_value, "ignored:")


def _warning(
    message: Warning | str,  # noqa: ARG001  # may hold values
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001  # the log it is
    line: str | None = None,  # noqa: ARG001  # may hold values
) -> None:
    _write(f"warning: {category.__qualname__} at {filename}:{lineno}")
