"""The command line: one command, `customjobs`."""

import sys

from models.refusals import Refused
from tui import faults
from tui.cli.answers import answer, tell_refusal, write_utf8
from tui.cli.argument_order import arranged
from tui.cli.command import run_command
from tui.cli.grammar import read_arguments

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it: 128 and the number of the signal."""

NO_READER = 141
"""The exit code when the reader of the answer has gone."""


def main(argv: list[str] | None = None) -> int:
    """Do what the arguments say, by default the process's own, and return the exit code.

    0 is done, 1 refused with a reason on standard error or stopped by a fault, 2 wrong usage.
    """
    if argv is None:
        faults.take_over()
    try:
        return _run(sys.argv[1:] if argv is None else argv)
    except Refused as refusal:
        tell_refusal(refusal)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return NO_READER
    except Exception as error:  # noqa: BLE001  # whatever it is, nobody gets a traceback
        return faults.tell(error)


def _run(argv: list[str]) -> int:
    write_utf8()
    words = arranged(argv)
    if "--version" in words:
        answer(f"customjobs {_version()}")
        return 0
    try:
        options = read_arguments(words)
        return run_command(options)
    except SystemExit as wrong_usage:
        # argparse has said what is wrong, or has given the help that was asked for.
        sys.stdout.flush()
        return wrong_usage.code if isinstance(wrong_usage.code, int) else 2


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("customjobs")
    except PackageNotFoundError:
        return "(not installed)"
