"""`customjobs import`: accounts from a control panel's export."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from models.importing import (
    SOURCES,
    ImportOptions,
    ImportReport,
    parse_mapping,
    read_accounts,
    run_import,
)
from models.opening import explained
from models.refusals import BadInput, BrokenFile
from models.text import displayable
from tui.cli.answers import answer, answer_json, tell
from tui.cli.invocation import open_desk
from tui.cli.named_files import database_path
from tui.cli.parser import Parser
from tui.cli.progress_line import ProgressLine


def import_accounts(options: Namespace) -> int:
    """Import the accounts of a file and answer with what was done."""
    mapping = _mapping(options)
    # Read whole before a database is opened or made: a broken file leaves nothing behind.
    with _opened(options.file) as (file, name):
        accounts = read_accounts(options.source, file, name, mapping)
    with (
        _target(options) as path,
        closing(open_desk(options, path, create=True)) as desk,
        ProgressLine("accounts", shown=not options.json) as progress,
    ):
        choices = ImportOptions(options.server, options.currency, options.dry_run)
        report = run_import(desk, options.source, accounts, choices, progress.show)
    for note in report.notes:
        tell(note)
    if options.json:
        answer_json(_shape(report))
    else:
        answer(_in_words(report, options.dry_run))
    return 0


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
