"""A JSON text (RFC 8259) that is read piece by piece: its outer objects by hand, the rest whole."""

import json
from collections.abc import Iterator
from typing import Any, Final

_BLANKS: Final = " \t\n\r"

_LONGEST_WORD: Final = 16
"""Characters before the end within which a value may only seem wrong because it is cut."""

_CUT_NUMBER: Final = 2
"""Characters of a number that alone are no part of it."""

_KEPT: Final = 1 << 20
"""Characters behind the place that are dropped together, and read on together."""


class JsonStream:
    """A place in a JSON text, from which one value after the other is taken."""

    def __init__(self, texts: Iterator[str]) -> None:
        """Begin before the first of the pieces."""
        self._texts = texts
        self._text = ""
        self._at = 0
        self._ended = False
        self._line = 1
        self._column = 1
        self._decoder = json.JSONDecoder(parse_constant=_refuse_constant)

    def place(self, position: int) -> tuple[int, int]:
        """Return the line and the column of a position in the text that is held now."""
        before = self._text[:position]
        _, line_end, begun = before.rpartition("\n")
        line = self._line + before.count("\n")
        return (line, len(begun) + 1) if line_end else (line, self._column + len(begun))

    def rest_is_blank(self, position: int) -> bool:
        """Tell whether nothing but blanks follows after a position, as where a file is cut off."""
        return self._ended and not self._text[position:].strip()

    def peek(self) -> str:
        """Return the next character that is no blank; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANKS:
                self._at += 1
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def value(self) -> Any:
        """Take the next value.

        Raises:
            JSONDecodeError: there is none, or it is cut off; `place` knows where its `pos` is.
            ValueError: it is a number that is none in JSON, or too long.
            RecursionError: it is nested too deeply.
        """
        self.peek()
        wanted = _KEPT
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._is_certain(error) or not self._more(wanted):
                    raise
            else:
                # A number may go on in the next piece, even after a point or an exponent's sign.
                if end < len(self._text) - _CUT_NUMBER or not self._more(wanted):
                    self._at = end
                    return value
            wanted *= 2

    def members(self) -> Iterator[str]:
        """Yield the names of an object; whoever asks takes the value of each."""
        for _ in self._items("{", "}"):
            if self.peek() != '"':
                self._expected("property name enclosed in double quotes")
            name = self.value()
            self._take(":", "':' delimiter")
            yield name

    def elements(self) -> Iterator[None]:
        """Yield once for each element of an array; whoever asks takes its value."""
        yield from self._items("[", "]")

    def end(self) -> None:
        """Make sure that nothing follows."""
        if self.peek():
            raise json.JSONDecodeError("Extra data", self._text, self._at)

    def _items(self, opening: str, closing: str) -> Iterator[None]:
        self._take(opening, "value")
        if self.peek() == closing:
            self._at += 1
            return
        while True:
            yield
            if self.peek() == closing:
                self._at += 1
                return
            self._take(",", "',' delimiter")

    def _take(self, character: str, what: str) -> None:
        if self.peek() != character:
            self._expected(what)
        self._at += 1

    def _expected(self, what: str) -> None:
        raise json.JSONDecodeError(f"Expecting {what}", self._text, self._at)

    def _is_certain(self, error: json.JSONDecodeError) -> bool:
        """Tell whether a value is wrong however it goes on."""
        in_string = error.msg.startswith(("Unterminated", "Invalid \\"))
        return not in_string and error.pos < len(self._text) - _LONGEST_WORD

    def _more(self, wanted: int = 1) -> bool:
        """Read on by at least so many characters; tell whether there were any."""
        if self._at >= _KEPT:
            self._line, self._column = self.place(self._at)
            self._text, self._at = self._text[self._at :], 0
        added = []
        while wanted > 0 and not self._ended:
            text = next(self._texts, None)
            self._ended = text is None
            added.append(text or "")
            wanted -= len(added[-1])
        self._text += "".join(added)
        return any(added)


def _refuse_constant(constant: str) -> None:
    raise ValueError(constant)
