"""What a form says when two people changed one record."""

import re
from collections.abc import Iterable, Sequence

from models.merge import Value
from models.refusals import NotFound, Refused
from models.text import quoted

_PLAIN = re.compile(r"[\w.:-]{1,40}")


def of_value(value: Value) -> str:
    """Return what a field holds as part of a sentence."""
    text = str(value)
    if not text:
        return "empty"
    return text if text.isascii() and _PLAIN.fullmatch(text) else quoted(text)


def to_choose(labels: Iterable[str]) -> str:
    """Say for which fields a choice is left."""
    return f"Choose mine or theirs for {_listed(list(labels))}."


def news(sentence: str, by: str, taken: Sequence[str]) -> str:
    """Say what others changed, and what of it the form took over."""
    author = f", by {by}" if by else ""
    lines = [f"{sentence} Nothing is saved yet."] if sentence else []
    if taken:
        lines.append(" ".join(f"{words} now{author}." for words in taken))
    return "\n".join(lines)


def cannot_be_saved(refusal: Refused) -> str:
    """Say that a record cannot be changed any more, and where the text is."""
    gone = " It was removed, or moved out of reach." if isinstance(refusal, NotFound) else ""
    return f"{refusal}{gone} Nothing is saved; what you typed stays here to be copied."


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
