"""Drawing of the screen no more than what has changed of it and can be seen."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TypeAlias

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip

Render: TypeAlias = tuple[Region, Region, list[Strip]]
"""Where a widget is, what of the screen it draws on, and the lines that it draws there."""


class ExactCompositor(Compositor):
    """Asks a widget for a line only if a cell of it has changed and nothing lies over it.

    Textual asks every widget of the screen for all of its lines whenever one cell changes, and
    throws away all but the changed ones that are on top: that is most of the time from a key to
    the screen.
    """

    def __init__(self) -> None:
        super().__init__()
        self._changed: Iterable[Region] = ()

    def render_partial_update(self) -> ChopsUpdate | None:
        """Draw what has changed."""
        self._changed = tuple(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._changed = ()

    def _get_renders(self, crop: Region | None = None) -> Iterable[Render]:
        wanted = _cells(self._changed or [crop or self.size.region])
        # From front to back: what one widget has drawn is no other's any more.
        for widget, (region, clip) in self.visible_widgets.items():
            visible = region.intersection(clip)
            own = _bits(visible)
            for first, last in _runs(y for y in visible.line_range if wanted.get(y, 0) & own):
                # As wide as the widget is: the screen is put together from such pieces.
                seen = Region(visible.x, first, visible.width, last - first + 1)
                yield region, seen, widget.render_lines(seen.translate(-region.offset))
                for y in seen.line_range:
                    wanted[y] &= ~own


def _cells(regions: Iterable[Region]) -> dict[int, int]:
    """Return the cells of some regions: by line, a bit for each column."""
    cells: dict[int, int] = {}
    for region in regions:
        bits = _bits(region)
        for y in region.line_range:
            cells[y] = cells.get(y, 0) | bits
    return cells


def _bits(region: Region) -> int:
    return ((1 << region.width) - 1) << region.x


def _runs(lines: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of lines that lie one below the other."""
    for _, run in groupby(enumerate(lines), key=lambda each: each[1] - each[0]):
        numbers = [line for _, line in run]
        yield numbers[0], numbers[-1]
