"""How a list looks: its titles, its rows in their columns, and what stands in place of rows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from rich.cells import split_graphemes
from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip

from models.text import displayable
from models.values import Order
from tui.terminal_text import ELLIPSIS, centred_line, fit, foreground
from tui.widgets.list_columns import GAP, Column, Marked, Placed, place

R = TypeVar("R")

CURSOR_MARK = "▸"
NEW_MARK = "+"
MARK_CELLS = 1
"""Cells before the first column, for a mark that needs no colour to be seen."""

UP, DOWN = "▴", "▾"
"""Behind the title of the column by which a list is sorted: upwards, downwards."""

STRIPS_KEPT = 400
"""Drawn rows that are kept for the next time; a few screens."""


@dataclass(frozen=True, slots=True)
class Ink:
    """In which style a row is drawn."""

    mark: str
    style: Style
    is_strong: bool = False
    """On the strong cursor, other colours may not be legible."""


class Drawing(Generic[R]):
    """Draws lines of one width; rows that it drew before it knows until it is told to forget.

    Args:
        columns: What is shown of each row.
        tone: Gives the style of one of the list's component classes, by the end of its name.
        touch: Gives only what such a style says itself, to be laid over others.
    """

    def __init__(
        self,
        columns: Sequence[Column[R]],
        tone: Callable[[str], Style],
        touch: Callable[[str], Style],
    ) -> None:
        self._columns = tuple(columns)
        self._tone = tone
        self._touch = touch
        self._strips: LRUCache[int, Strip] = LRUCache(STRIPS_KEPT)
        self._titles: dict[Order | None, Strip] = {}
        self._placed: tuple[Placed[R], ...] = ()
        self.width = 0

    @property
    def kept(self) -> int:
        """How many drawn rows are in memory."""
        return len(self._strips)

    @property
    def shown_columns(self) -> tuple[Column[R], ...]:
        """The columns for which there is room."""
        return tuple(placed.column for placed in self._placed)

    def lay_out(self, width: int, scrollbar: int) -> None:
        """Share a width among the columns.

        The scrollbar's cells stay free, so that nothing moves when it comes.
        """
        self.width = width
        self._placed = place(self._columns, width - MARK_CELLS - scrollbar)
        self.forget_all()

    def forget_all(self) -> None:
        """Draw all anew, the titles too."""
        self._titles.clear()
        self.forget()

    def forget(self, index: int | None = None) -> None:
        """Draw one row anew, or all."""
        if index is None:
            self._strips.clear()
        else:
            self._strips.discard(index)

    def column_at(self, x: int) -> Column[R] | None:
        """Return the column in which a cell of a line is."""
        for placed in self._placed:
            if 0 <= x - MARK_CELLS - placed.start < placed.width:
                return placed.column
        return None

    def blank(self, style: Style) -> Strip:
        """Return a line without anything."""
        return Strip.blank(self.width, style)

    def titles(self, order: Order | None) -> Strip:
        """Return the line over the rows."""
        if (strip := self._titles.get(order)) is None:
            style = self._tone("header")
            cells = ([Segment(_title(placed, order), style)] for placed in self._placed)
            self._titles[order] = strip = self._strip("", cells, style)
        return strip

    def row(self, index: int, row: R | None, ink: Callable[[], Ink]) -> Strip:
        """Return the line of a row; None is one that is being read."""
        if (strip := self._strips.get(index)) is not None:
            return strip
        drawn = ink()
        if row is None:
            pale = foreground(self._tone("placeholder"))
            return self._strip(drawn.mark, [[Segment(ELLIPSIS, drawn.style + pale)]], drawn.style)
        cells = (self._cell(placed, row, drawn) for placed in self._placed)
        self._strips[index] = strip = self._strip(drawn.mark, cells, drawn.style)
        return strip

    def words(self, text: str, tone: str, height: int, line: int) -> Strip:
        """Return one line of what is said in place of rows."""
        said = centred_line(text, self.width, height, line)
        return Strip([Segment(said, self._tone(tone))], self.width)

    def _cell(self, placed: Placed[R], row: R, ink: Ink) -> list[Segment]:
        column, style = placed.column, ink.style
        cell = column.cell(row)
        raw, marks = cell if isinstance(cell, Marked) else (cell, ())
        whole = displayable(raw)
        text = fit(whole, placed.width, right=column.right)
        if column.style is not None and (tone := column.style(row)):
            style += _over(foreground(self._tone(tone)), ink)
        spans: list[tuple[int, int, Style]] = []
        if column.is_link and (link := text.strip(" ")):
            start = text.index(link)
            spans.append((start, start + len(link), _over(self._touch("link"), ink)))
        if marks:
            match = _over(self._touch("match"), ink)
            spans += [(start, end, match) for start, end in _shown(marks, raw, whole, text)]
        return _segments(text, style, spans)

    def _strip(self, mark: str, cells: Iterable[list[Segment]], style: Style) -> Strip:
        gap = Segment(" " * GAP, style)
        segments = [Segment(fit(mark, MARK_CELLS), style)]
        for cell in cells:
            segments += [segment for segment in (*cell, gap) if segment.text]
        return Strip(segments).adjust_cell_length(self.width, style).simplify()


def _over(style: Style, ink: Ink) -> Style:
    """Return a style that may be laid over a row's."""
    return style.without_color if ink.is_strong else style


def _title(placed: Placed[R], order: Order | None) -> str:
    """Return a title, with an arrow, as long as there is room for one, where it is sorted by."""
    column, width = placed.column, placed.width
    title = column.title
    if order is not None and order.column == column.sort:
        arrow = DOWN if order.descending else UP
        title = f"{fit(title, min(len(title), width - 2))} {arrow}".lstrip()
    return fit(title, width, right=column.right)


def _shown(
    marks: Sequence[tuple[int, int]], raw: str, whole: str, text: str
) -> list[tuple[int, int]]:
    """Return where parts of a raw text are in what is shown of it.

    Args:
        marks: starts and ends in `raw`.
        raw: the text as it is.
        whole: all of it, displayable.
        text: what of that is shown, cut or padded.
    """
    lead = max(0, _blanks_before(text) - _blanks_before(whole))
    is_whole = text.startswith(whole, lead)
    kept = len(whole) if is_whole else len(text.rstrip(" ")) - lead - len(ELLIPSIS)
    found = []
    for start, end in marks:
        if raw != whole:
            start, end = len(displayable(raw[:start])), len(displayable(raw[:end]))
        start, end = min(start, kept), min(end, kept)
        if start < end and _can_be_cut(whole, start, end):
            found.append((lead + start, lead + end))
    return found


def _blanks_before(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _can_be_cut(text: str, start: int, end: int) -> bool:
    """Tell whether no cut goes through characters that are shown as one."""
    if text.isascii():
        return True
    edges = {len(text), *(first for first, _, _ in split_graphemes(text)[0])}
    return {start, end} <= edges


def _segments(text: str, style: Style, spans: Sequence[tuple[int, int, Style]]) -> list[Segment]:
    """Return a text in pieces, each in the styles that lie over it, the last one on top."""
    if not spans:
        return [Segment(text, style)]
    edges = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    pieces = []
    for start, end in pairwise(edges):
        drawn = style
        for first, last, over in spans:
            if first <= start and end <= last:
                drawn += over
        pieces.append(Segment(text[start:end], drawn))
    return pieces
