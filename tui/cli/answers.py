"""What a command says: its answer on standard output, everything else on standard error.

`write` is the last exit: whoever made a text, here it becomes harmless for a terminal.
"""

import io
import json
import re
import sys
import unicodedata
from typing import IO

from models.refusals import BadFields, Refused
from models.text import displayable

_NOT_ASCII = re.compile("[\x7f-\U0010ffff]")
_NO_LETTERS = re.compile(r"[^\w\s]{4,}")

_MOST_STACKED = 3
"""Combining marks in a row that are written as they are."""

_FIELD_WORDS = {
    "description": "DESCRIPTION",
    "body": "TEXT",
    "amount": "--fixed",
    "worked_by": "--by",
}
"""Fields of drafts that are not called like their option."""


def write_utf8() -> None:
    """Make standard output UTF-8, whatever the locale says."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def write(stream: IO[str], text: str, *, over: bool = False) -> None:
    """Write lines of text, made harmless, and nothing but them: all that a command says.

    Args:
        stream: Standard output or standard error.
        text: The lines; in each of them all but printable text becomes visible.
        over: Begin at the left end of the line that the cursor is in.
    """
    harmless = displayable(text, lines=True)
    stream.write(f"\r{harmless}" if over else harmless)
    stream.flush()


def answer(text: str) -> None:
    """Write the answer for people.

    Raises:
        Refused: standard output takes nothing, as on a full disk.
        BrokenPipeError: whoever was reading has gone.
    """
    try:
        write(sys.stdout, f"{text}\n")
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Refused(f"The answer could not be written: {error.strerror}.") from error


def answer_json(value: object) -> None:
    """Write the answer for other programs, which at a terminal does nothing either.

    Characters that a terminal might act on, hide or measure otherwise than a person sees them are
    written by their number (RFC 8259, section 7): readers get the same value.
    """
    text = json.dumps(value, ensure_ascii=False, indent=2)
    answer(_NO_LETTERS.sub(_unstacked, _NOT_ASCII.sub(_harmless, text)))


def tell(sentence: str) -> None:
    """Write one line on standard error."""
    write(sys.stderr, f"customjobs: {displayable(sentence)}\n")


def tell_refusal(refusal: Refused) -> None:
    """Write why the request was refused, one line for each field that is wrong."""
    if not isinstance(refusal, BadFields):
        tell(str(refusal))
        return
    for field, sentence in refusal.problems.items():
        option = _FIELD_WORDS.get(field, "--" + field.replace("_", "-"))
        tell(f"{option}: {sentence}")


def _harmless(character: re.Match[str]) -> str:
    found = character[0]
    return found if displayable(f"a{found}") == f"a{found}" else _by_number(found)


def _unstacked(run: re.Match[str]) -> str:
    """Write by their numbers the marks that would pile up on one letter."""
    kept = ""
    marks = 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        kept += character if marks <= _MOST_STACKED else _by_number(character)
    return kept


def _by_number(character: str) -> str:
    return json.dumps(character)[1:-1]
