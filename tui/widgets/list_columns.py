"""The columns of a list, and how they share its width."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

R = TypeVar("R")

GAP = 1
"""Blank cells between two columns."""


class Marked(NamedTuple):
    """The text of a cell, with parts that stand out: where each starts and ends, in order."""

    text: str
    marks: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column of a list of rows `R`."""

    title: str
    cell: Callable[[R], str | Marked]
    """The text of a row's cell; shown as text, never interpreted."""

    width: int
    """The fewest cells that make sense of the text."""

    weight: int = 0
    """The share of the width that is left over; none for a column of fixed width."""

    right: bool = False
    """Set numbers to the right."""

    priority: int = 0
    """When the list is too narrow the lowest goes first, of equals the rightmost."""

    is_link: bool = False
    """Drawn as a link: a click on it opens the row."""

    style: Callable[[R], str | None] | None = None
    """The tone of a row's cell: the end of the name of one of the list's component classes."""

    sort: str = ""
    """The name by which the list can be sorted by this column; empty: it cannot."""

    descending: bool = False
    """Sorted the other way round at first, such as by time, the newest on top."""


@dataclass(frozen=True)
class Placed(Generic[R]):
    """A column in its place: where it starts and how many cells it has."""

    column: Column[R]
    start: int
    width: int


def place(columns: Sequence[Column[R]], width: int) -> tuple[Placed[R], ...]:
    """Lay the columns out in `width` cells: drop what does not fit, then share what is left over.

    One column is always kept, if need be narrower than it asks for.
    """
    kept = list(columns)
    while len(kept) > 1 and _needed(kept) > width:
        kept.remove(min(reversed(kept), key=lambda column: column.priority))
    spare = width - _needed(kept)
    weights = sum(column.weight for column in kept)
    placed = []
    start = 0
    for column in kept:
        share = spare * column.weight // weights if spare > 0 and weights else 0
        spare, weights = spare - share, weights - column.weight
        cells = max(0, min(column.width + share, width - start))
        placed.append(Placed(column, start, cells))
        start += cells + GAP
    return tuple(placed)


def _needed(columns: Sequence[Column[R]]) -> int:
    return sum(column.width for column in columns) + GAP * (len(columns) - 1)
