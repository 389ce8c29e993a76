"""What the words of a command must look like; a wrong one is wrong usage.

What people write about jobs and tasks is not checked here: the desk does that.
"""

import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Final

from models.text import quoted
from models.values import JobStatus
from tui.cli.argument_order import operand

STATUSES: Final = ", ".join(JobStatus)
"""The words for a job's status."""

_RECORD_ID = re.compile("[0-9]{1,12}")
_LOGIN = re.compile("[a-z_][a-z0-9_-]{0,31}")
"""Names of Unix users that no configuration file has to quote (useradd(8))."""

_COUNT = re.compile("[0-9]{1,9}")


def record_id(word: str) -> int:
    """Return the ID of an account, a job or a task."""
    if not _RECORD_ID.fullmatch(word):
        raise ArgumentTypeError(
            f"{quoted(operand(word))} is no ID: write up to 12 digits, such as 1001"
        )
    return int(word)


def login(word: str) -> str:
    """Return the name of a Unix user."""
    if not _LOGIN.fullmatch(word):
        raise ArgumentTypeError(
            f"{quoted(operand(word))} is no name of a user: write small letters and digits"
        )
    return word


def job_status(word: str) -> JobStatus:
    """Return a job's status, in capital or small letters."""
    try:
        return JobStatus(word.lower())
    except ValueError as error:
        raise ArgumentTypeError(
            f"{quoted(operand(word))} is no status: write {STATUSES}"
        ) from error


def count_up_to(most: int) -> Callable[[str], int]:
    """Return the type of a number from 1 to `most`."""

    def count(word: str) -> int:
        if not _COUNT.fullmatch(word) or not 1 <= int(word) <= most:
            raise ArgumentTypeError(f"{quoted(word)} is no number from 1 to {most:,}")
        return int(word)

    return count
