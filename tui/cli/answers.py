"""What a command says: its answer on standard output, everything else on standard error."""

import io
import json
import re
import sys

from models.refusals import BadFields, Refused
from models.text import displayable

_NOT_ASCII = re.compile("[\x7f-\U0010ffff]")

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


def answer(text: str) -> None:
    """Write the answer for people, which is displayable already.

    Raises:
        Refused: standard output takes nothing, as on a full disk.
        BrokenPipeError: whoever was reading has gone.
    """
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Refused(f"The answer could not be written: {error.strerror}.") from error


def answer_json(value: object) -> None:
    """Write the answer for other programs."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    answer(_NOT_ASCII.sub(_harmless, text))


def tell(sentence: str) -> None:
    """Write one line on standard error."""
    sys.stderr.write(f"customjobs: {displayable(sentence)}\n")
    sys.stderr.flush()


def tell_refusal(refusal: Refused) -> None:
    """Write why the request was refused, one line for each field that is wrong."""
    if not isinstance(refusal, BadFields):
        tell(str(refusal))
        return
    for field, sentence in refusal.problems.items():
        option = _FIELD_WORDS.get(field, "--" + field.replace("_", "-"))
        tell(f"{option}: {sentence}")


def _harmless(character: re.Match[str]) -> str:
    """Escape what no terminal should get and what UTF-8 cannot write; readers see no difference."""
    found = character[0]
    return found if found.isprintable() else json.dumps(found)[1:-1]
