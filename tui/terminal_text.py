"""Text on its way to the terminal: cut to cells, wrapped by cells, and filtered at the last exit.

Widths are in terminal cells: a CJK character or an emoji takes two, a combining mark none.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, chain

from rich.cells import cell_len, get_character_cell_size, set_cell_size, split_graphemes
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from models.text import displayable
from tui.terminal.cells import give_spacing_marks_their_cells

# Before anything is measured: Textual keeps what it measured once.
give_spacing_marks_their_cells()

ELLIPSIS = "…"
"""Ends a text that was cut."""

_JOINER = "\N{ZERO WIDTH JOINER}"


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Cut or pad displayable one-line text to exactly `width` cells; what is cut ends in `…`.

    Args:
        text: As `models.text.displayable` gives it.
        width: Cells to fill; none or fewer give an empty text.
        right: Pad on the left, for numbers.
    """
    if width <= 0:
        return ""
    length = cell_len(text)
    if length > width:
        text = set_cell_size(text, width - 1).rstrip(" ") + ELLIPSIS
        length = cell_len(text)
    padding = " " * (width - length)
    return padding + text if right else text + padding


def wrap(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Break displayable text into lines of at most `width` cells, at blanks where there are any.

    Yields start and end of each line as indexes into the text. A line break in the text ends a
    line; blanks at a break belong to no line; an empty text is one empty line. Only a single
    character that is wider than `width` makes a longer line.
    """
    start = 0
    for line in text.split("\n"):
        for first, last in _wrap_line(line, max(1, width)):
            yield start + first, start + last
        start += len(line) + 1


def _wrap_line(line: str, width: int) -> Iterator[tuple[int, int]]:
    line = line.rstrip(" ")
    cells = _cell_ends(line)
    start, end = 0, len(line)
    while end and cells[end - 1] - (used := cells[start - 1] if start else 0) > width:
        limit = max(bisect_right(cells, used + width), start + 1)
        blank = line.rfind(" ", start + 1, limit + 1)
        if blank < 0 or line[start:blank].isspace():
            yield start, limit
            start = limit
        else:
            yield start, start + len(line[start:blank].rstrip(" "))
            start = next(index for index in range(blank, end) if line[index] != " ")
    if start < end or not start:
        yield start, end


def _cell_ends(line: str) -> Sequence[int]:
    """The cell at which each character ends; no break falls inside characters joined into one."""
    if _JOINER in line:
        spans, _ = split_graphemes(line)
        sizes = chain.from_iterable((size, *[0] * (end - start - 1)) for start, end, size in spans)
        return list(accumulate(sizes))
    cells = {character: get_character_cell_size(character) for character in set(line)}
    if all(size == 1 for size in cells.values()):
        return range(1, len(line) + 1)
    return list(accumulate(map(cells.__getitem__, line)))


def centred_line(text: str, width: int, height: int, line: int) -> str:
    """One line of any text that is wrapped and set in the middle of an area, `width` cells long."""
    lines = _centred_lines(text, width)
    line -= max(0, (height - len(lines)) // 2)
    words = lines[line] if 0 <= line < len(lines) else ""
    return fit(" " * ((width - cell_len(words)) // 2) + words, width)


def centred_height(text: str, width: int) -> int:
    """How many lines such a text takes."""
    return len(_centred_lines(text, width))


def _centred_lines(text: str, width: int) -> list[str]:
    shown = displayable(text, lines=True)
    return [shown[start:end] for start, end in wrap(shown, width - 2)]


def foreground(style: Style) -> Style:
    """The style without its background, to lay it over a row that has its own."""
    return style.without_color + Style(color=style.color)


class ControlFilter(LineFilter):
    """Lets nothing but text and styles out, from whatever widget, border or title it comes.

    Controls become visible marks within the cells they came in, so that columns stay in place;
    links to addresses (OSC 8) are dropped.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Return the line with every segment harmless; control segments are Textual's own."""
        return [
            segment
            if segment.control
            else Segment(_harmless(segment.text), _unlinked(segment.style))
            for segment in segments
        ]


def _harmless(text: str) -> str:
    return text if text.isascii() and text.isprintable() else _marked(text)


@lru_cache(maxsize=4096)
def _marked(text: str) -> str:
    shown = displayable(text)
    return text if shown == text else set_cell_size(shown, cell_len(text))


def _unlinked(style: Style | None) -> Style | None:
    return style.update_link(None) if style is not None and style.link else style
