"""`customjobs import`: accounts from a control panel's export."""

import os
import signal
import stat
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import BinaryIO

from models.importing import (
    SOURCES,
    ImportOptions,
    ImportReport,
    Progress,
    parse_mapping,
    read_accounts,
    run_import,
)
from models.opening import explained
from models.refusals import BadInput, BrokenFile, Refused
from models.text import displayable
from tui.cli.answers import answer, answer_json, tell
from tui.cli.invocation import open_desk
from tui.cli.named_files import database_path
from tui.cli.parser import Parser
from tui.cli.progress_line import ProgressLine
from tui.ending import exit_code


def import_accounts(options: Namespace) -> int:
    """Import the accounts of a file and answer with what was done."""
    mapping = _mapping(options)
    stop = _Stop()
    with ProgressLine(shown=not options.json) as progress, stop.heard():
        try:
            report = _import(options, mapping, progress)
        except (KeyboardInterrupt, Refused):
            if stop.signal is None:
                raise
            report = None
    if report is None:
        tell(_stopped_in_words(progress))
        return exit_code(stop.signal or signal.SIGINT)
    for note in report.notes:
        tell(note)
    if options.json:
        answer_json(_shape(report))
    else:
        answer(_in_words(report, options.dry_run))
    return 0


def _import(
    options: Namespace, mapping: tuple[tuple[str, str], ...], progress: ProgressLine
) -> ImportReport:
    # Read whole before a database is opened or made: a broken file leaves nothing behind.
    with _opened(options.file) as (file, name):
        told = _parsing(file, progress)
        accounts = read_accounts(options.source, file, name, mapping, told)
    with (
        accounts,
        _target(options) as path,
        closing(open_desk(options, path, create=True)) as desk,
    ):
        choices = ImportOptions(options.server, options.currency, options.dry_run)
        return run_import(desk, options.source, accounts, choices, progress.show)


class _Stop:
    """The wish of somebody to end the import: Ctrl-C, or SIGTERM."""

    def __init__(self) -> None:
        self.signal: int | None = None

    @contextmanager
    def heard(self) -> Iterator[None]:
        """End the block by `KeyboardInterrupt` when one of the signals comes."""
        signals = (signal.SIGINT, signal.SIGTERM)
        former = {number: signal.signal(number, self._hear) for number in signals}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        self.signal = number
        raise KeyboardInterrupt


def _stopped_in_words(progress: ProgressLine) -> str:
    if progress.phase != "written":
        return "the import was stopped; nothing is written yet."
    return (
        f"the import was stopped: {progress.done:,} accounts are done, and stay so. Run the same "
        "import again: it goes on from there."
    )


def _parsing(file: BinaryIO, progress: ProgressLine) -> Progress:
    """Return what tells how far a file is read, of about how many accounts if it has a size."""
    try:
        found = os.fstat(file.fileno())
        size = found.st_size if stat.S_ISREG(found.st_mode) else 0
    except OSError:
        size = 0

    def tell_progress(phase: str, done: int, _total: int | None) -> None:
        place = file.tell()
        # Of a file that is read already, more accounts may be in memory than are counted so far.
        total = done * size // place if place < size else None
        progress.show(phase, done, total, about=True)

    return tell_progress


def _mapping(options: Namespace) -> tuple[tuple[str, str], ...]:
    """Return which columns were mapped to which fields, or leave for wrong usage."""
    parser: Parser = options.parser
    if options.source not in SOURCES:
        parser.error(f"argument SOURCE: write {' or '.join(SOURCES)}")
    try:
        return tuple(map(parse_mapping, options.mapping))
    except BadInput as error:
        parser.error(f"argument --map: {error}")


@contextmanager
def _opened(word: str) -> Iterator[tuple[BinaryIO, str]]:
    """Open the file before the database, so that a mistyped name makes no database."""
    if word == "-":
        if sys.stdin.isatty():
            tell("reading the export from the terminal; end it with Ctrl-D.")
        yield sys.stdin.buffer, word
        return
    with ExitStack() as stack:
        try:
            file = stack.enter_context(Path(word).open("rb"))
        except OSError as error:
            raise BrokenFile(f"{word} cannot be read: {error.strerror}.") from error
        yield file, word


@contextmanager
def _target(options: Namespace) -> Iterator[Path]:
    """Yield the database to import into; a trial without a database makes one that goes again."""
    path = database_path(options)
    with explained(path):
        is_there = path.exists()
    if is_there or not options.dry_run:
        yield path
        return
    tell(f"there is no database {path} yet: tried on an empty one.")
    with TemporaryDirectory(prefix="customjobs-import-") as folder:
        yield Path(folder) / "trial.db"


def _shape(report: ImportReport) -> dict[str, object]:
    return {
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "skipped": [{"where": entry.where, "reason": entry.reason} for entry in report.skipped],
    }


def _in_words(report: ImportReport, dry_run: bool) -> str:
    counts = (
        f"{report.added:,} added, {report.changed:,} changed, {report.unchanged:,} unchanged, "
        f"{len(report.skipped):,} skipped"
    )
    lines = [f"Nothing is written. It would be: {counts}." if dry_run else f"{counts}."]
    lines += [f"Skipped {displayable(f'{at.where}: {at.reason}')}" for at in report.skipped]
    return "\n".join(lines)
