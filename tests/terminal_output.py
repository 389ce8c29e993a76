"""What a program writes to a terminal, taken apart: each byte belongs to a list, or is refused.

Text: UTF-8, decoded strictly; CR and LF, and no other control (no C0, no DEL, no C1); nothing that
is unassigned, for private use, a surrogate or a noncharacter; nothing that is not seen (no format
characters such as direction marks, zero-width spaces, soft hyphens and tags; no Hangul fillers; no
separators of lines and paragraphs), but for the two joiners, which the program keeps between what
they join; none of the characters that only change how another one looks (variation selectors,
keycaps, skin tones).

Sequences: those that Textual needs, by their exact grammar (ECMA-48 and xterm's control sequences).
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_CELL = r"[1-9][0-9]{0,4}"
_LOOK = (
    rf"(?:[34]8;(?:5;{_BYTE}|2;{_BYTE};{_BYTE};{_BYTE})"
    r"|[0-9]|2[1-9]|3[0-79]|4[0-79]|5[1-5]|9[0-7]|10[0-7])"
)
_MODES = "1000|1003|1004|1006|1015|1016|1049|2004|2026|2048|25|7"

SEQUENCES: Final = {
    "look": rf"\x1b\[(?:{_LOOK}(?:;{_LOOK})*)?m",
    "place": rf"\x1b\[{_CELL};{_CELL}H",
    "mode": rf"\x1b\[\?(?:{_MODES})[hl]",
    "query": r"\x1b\[\?(?:2026|2048)\$p",
    "keyboard": r"\x1b\[(?:>[0-9]{1,2}|<)u",
    "pointer": r"\x1b\]22;[a-z-]{1,20}\x07",
}
"""The sequences that pass, by what they do: colours, the cursor's place, modes and the question
which there are, the kitty keyboard protocol, and the shape of the mouse pointer."""

_SEQUENCE = re.compile("|".join(f"(?P<{kind}>{form})" for kind, form in SEQUENCES.items()))
_TEXT = re.compile(r"[^\x1b]+")

_JOINERS = "\u200c\u200d"
_CATEGORIES = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
_UNSEEN = re.compile(
    "[\u115f\u1160\u3164\uffa0\u180b-\u180d\u180f\u20e3\ufe00-\ufe0f"
    "\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
)


class Token(NamedTuple):
    """A piece of output: `text`, or one of `SEQUENCES`; `at` counts bytes from the beginning."""

    kind: str
    text: str
    at: int


class Forbidden(AssertionError):
    """Something in the output is on no list."""


def tokens(output: bytes, *, sequences: bool = True) -> Iterator[Token]:
    """Take output apart, to its last byte.

    Args:
        output: All that was written.
        sequences: Whether the sequences pass; else only text does.

    Raises:
        Forbidden: a byte is in nothing that passes; the message says where, and what is around it.
    """
    try:
        text = output.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _forbidden("no UTF-8", output, error.start) from error
    index = at = 0
    while index < len(text):
        match = _TEXT.match(text, index) or (sequences and _SEQUENCE.match(text, index)) or None
        if match is None:
            raise _forbidden("no sequence of the list", output, at)
        token = Token(match.lastgroup or "text", match[0], at)
        if token.kind == "text":
            _check(token, output)
        yield token
        index = match.end()
        at += len(match[0].encode("utf-8"))


def text_of(output: bytes, *, sequences: bool = True) -> str:
    """Return the text of output without its sequences, once all of it is found to be allowed."""
    return "".join(
        token.text for token in tokens(output, sequences=sequences) if token.kind == "text"
    )


def is_allowed(character: str) -> bool:
    """Tell whether a character may be in the text."""
    if character in "\r\n" or character in _JOINERS:
        return True
    return unicodedata.category(character) not in _CATEGORIES and not _UNSEEN.match(character)


def _check(token: Token, output: bytes) -> None:
    if token.text.isascii() and token.text.isprintable():
        return
    for index, character in enumerate(token.text):
        if not is_allowed(character):
            before = len(token.text[:index].encode("utf-8"))
            name = unicodedata.name(character, unicodedata.category(character))
            raise _forbidden(f"U+{ord(character):04X} {name}", output, token.at + before)


def _forbidden(what: str, output: bytes, at: int) -> Forbidden:
    around = output[max(0, at - 60) : at + 40]
    return Forbidden(f"{what} at byte {at:,} of {len(output):,}: … {around!r} …")
