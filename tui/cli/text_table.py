"""Tables and lists of facts as plain text, aligned by terminal cells, for people at a terminal."""

import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from models.text import displayable

WIDTH_ELSEWHERE = 100
"""Cells of a line where no terminal says how many it has."""

_NARROWEST = 8
"""Cells that a column with long texts keeps at least."""

_GAP = "  "
_ELLIPSIS = "…"
_JOINER = "\N{ZERO WIDTH JOINER}"
_JOINED_LETTER = re.compile("[\u1160-\u11ff\ud7b0-\ud7c6\ud7cb-\ud7fb]")
"""Vowels and final consonants of Korean, which stand in the cells of the consonant before them."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, numbers stand on the right, and only `elastic` texts are cut."""

    title: str
    right: bool = False
    elastic: bool = False


def output_width() -> int:
    """Return the cells of a line on standard output."""
    if not sys.stdout.isatty():
        return WIDTH_ELSEWHERE
    return shutil.get_terminal_size((WIDTH_ELSEWHERE, 0)).columns


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]], width: int) -> list[str]:
    """Return the lines of a table: titles, then rows of any texts, cut where they do not fit.

    A column without any text in it is left out.
    """
    shown = [[displayable(text) for text in row] for row in rows]
    kept = [index for index in range(len(columns)) if any(row[index] for row in shown)]
    columns = [columns[index] for index in kept]
    cells = [[column.title for column in columns]]
    cells += [[row[index] for index in kept] for row in shown]
    widths = _fitting(
        columns, [max(map(cell_width, column)) for column in zip(*cells, strict=True)], width
    )
    return [_GAP.join(map(_padded, line, columns, widths)).rstrip() for line in cells]


def facts(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Return lines of a label and a one-line text each; empty texts are left out."""
    given = [(label, text) for label, text in pairs if text]
    widest = max((len(label) for label, _ in given), default=0)
    return [f"{label:<{widest}}{_GAP}{displayable(text)}" for label, text in given]


def cell_width(text: str) -> int:
    """Return the cells that displayable text takes (Unicode Standard Annex #11)."""
    return len(text) if text.isascii() else sum(_widths(text))


def _widths(text: str) -> Iterator[int]:
    """Yield the cells of each character; a picture that is joined to another takes none."""
    joined = False
    for character in text:
        yield 0 if joined else _character_width(character)
        joined = character == _JOINER


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or _JOINED_LETTER.match(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _fitting(columns: Sequence[Column], natural: list[int], width: int) -> list[int]:
    """Return the columns' widths, the widest elastic ones narrowed until the line fits."""
    widths = list(natural)
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - width
    elastic = [index for index, column in enumerate(columns) if column.elastic]
    while excess > 0 and elastic:
        widest = max(elastic, key=lambda index: widths[index])
        if widths[widest] <= _NARROWEST:
            break
        widths[widest] -= 1
        excess -= 1
    return widths


def _padded(text: str, column: Column, width: int) -> str:
    text = _cut(text, width)
    padding = " " * (width - cell_width(text))
    return padding + text if column.right else text + padding


def _cut(text: str, width: int) -> str:
    if cell_width(text) <= width:
        return text
    kept, room = "", width - len(_ELLIPSIS)
    for character, cells in zip(text, _widths(text), strict=True):
        room -= cells
        if room < 0:
            break
        kept += character
    return kept + _ELLIPSIS
