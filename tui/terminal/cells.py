"""The cells of characters on which terminals disagree: room for them, and a place for the next.

A terminal puts each character behind the one before it, wherever it believes that to end. Of most
characters all terminals believe the same. Of the others each takes what it takes, and the program
says anew where the next one stands; so no column depends on what a terminal believes.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from rich._unicode_data import load
from rich.cells import cached_cell_len, cell_len, get_character_cell_size

_SETTLED: Final = (
    "\x00-\u036f"  # Latin and the accents, which all terminals put over the letter before
    "\u0370-\u058f"  # Greek, Cyrillic, Armenian
    "\u2010-\u2027\u2030-\u205e\u20a0-\u20cf"  # punctuation, currencies
    "\u2190-\u21ff\u2400-\u2426\u2500-\u259f\u25a0-\u25fc"  # arrows, controls made visible, frames
    "\u3000-\u3029\u3041-\u3096\u30a0-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"  # CJK
    "\uff01-\uff9f\ufffd"
)
"""Ranges of characters of which tmux, xterm, VTE, kitty and Textual believe the same."""

_UNSETTLED: Final = re.compile(f"[^{_SETTLED}]")
_UNSETTLED_OR_REST: Final = re.compile(f"([^{_SETTLED}]+)|[{_SETTLED}]+")

_PIECES: Final = re.compile(
    r"\x1b\[(?P<row>[0-9]+);(?P<column>[0-9]+)H"
    r"|(?P<other>\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\r\n])"
    r"|(?P<text>[^\x1b\r\n]+)"
    r"|(?P<rest>\x1b.?)",
    re.DOTALL,
)
"""What Textual writes (ECMA-48): the cursor's place, other sequences, text."""

_JOINER: Final = "\N{ZERO WIDTH JOINER}"
_FLAG_LETTER: Final = re.compile("[\U0001f1e6-\U0001f1ff]")


def anchored(written: str) -> str:
    """Return what is to be written to a terminal, its columns made independent of the terminal.

    Around each character of unsettled width its cells are blanked before, and the place of what
    follows is said after it. Text of which it is not known where it stands is left as it is.
    """
    if not _UNSETTLED.search(written):
        return written
    parts: list[str] = []
    row = column = 0
    for piece in _PIECES.finditer(written):
        kind = piece.lastgroup
        if kind == "column":
            row, column = int(piece["row"]), int(piece["column"])
        elif kind == "text" and row:
            parts += _placed(piece[0], row, column)
            column += cell_len(piece[0])
            continue
        elif piece[0] in ("\r", "\n"):
            row = 0
        parts.append(piece[0])
    return "".join(parts)


def _placed(text: str, row: int, column: int) -> Iterator[str]:
    for run in _UNSETTLED_OR_REST.finditer(text):
        if run[1] is None:
            yield run[0]
            column += cell_len(run[0])
            continue
        for cluster in _clusters(run[0]):
            cells = cell_len(cluster)
            start, column = column, column + cells
            yield f"{' ' * cells}\x1b[{row};{start}H{cluster}\x1b[{row};{column}H"


def _clusters(text: str) -> Iterator[str]:
    """Split text into characters with all that is joined to them: marks, pictures, flag letters."""
    cluster = ""
    for character in text:
        flag = bool(_FLAG_LETTER.fullmatch(cluster)) and _FLAG_LETTER.match(character)
        if cluster and not (flag or cluster.endswith(_JOINER) or not _has_own_cells(character)):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _has_own_cells(character: str) -> bool:
    return cell_len(character) > 0 and not unicodedata.category(character).startswith("M")


def give_spacing_marks_their_cells() -> None:
    """Let all layout reckon with a cell for each spacing mark (general category Mc).

    The vowel signs of the scripts of India and Burma stand beside their letter. tmux, xterm and VTE
    give them a cell; Rich, by which Textual reckons, gives them none, and would have what follows
    overwrite them.
    """
    widths = load("auto").widths
    assert isinstance(widths, list)
    widths[:] = list(_with_spacing_marks(widths))
    get_character_cell_size.cache_clear()
    cached_cell_len.cache_clear()


def _with_spacing_marks(
    widths: Iterable[tuple[int, int, int]],
) -> Iterator[tuple[int, int, int]]:
    """Return the widths without the zeros of spacing marks: what is not listed takes one cell."""
    for first, last, cells in widths:
        if cells:
            yield first, last, cells
            continue
        start = first
        for code in range(first, last + 1):
            if unicodedata.category(chr(code)) == "Mc":
                if start < code:
                    yield start, code - 1, 0
                start = code + 1
        if start <= last:
            yield start, last, 0
