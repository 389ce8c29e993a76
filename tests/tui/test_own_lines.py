"""Widgets that draw their own lines look as Textual would draw them, and are filtered as well."""

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from models.values import Order, Page
from tui.key_line import KeyLine
from tui.terminal_text import ControlFilter
from tui.widgets.list_columns import Column
from tui.widgets.own_lines import OwnLines
from tui.widgets.virtual_list import VirtualList

CROPS = [Region(0, 0, 40, 6), Region(0, 2, 40, 1), Region(5, 1, 11, 3)]


async def rows(offset: int, limit: int, _order: Order | None) -> Page[str]:
    """Return a few rows, one of them with what no terminal may get."""
    texts = tuple(f"row {number} 漢字 \x9b31m" for number in range(30))
    return Page(texts[offset : offset + limit], offset, len(texts))


class Two(App[None]):
    """A list and a line of keys."""

    BINDINGS = [("a", "add", "Add"), ("d", "delete", "Delete")]
    CSS = "VirtualList { width: 40; height: 6; }"

    def compose(self) -> ComposeResult:
        yield VirtualList([Column("Text", str, 20, 1), Column("Same", str, 8)])
        yield KeyLine()


def pieces(lines: list[Strip]) -> list[list[tuple[str, str]]]:
    """Return what lines say and how, however they are cut into pieces."""
    cells = [[(cell, str(it.style)) for it in line for cell in it.text] for line in lines]
    assert all(cells)
    return cells


@pytest.mark.parametrize("kind", [VirtualList, KeyLine])
async def test_lines_are_drawn_as_textual_would(kind: type[Widget]) -> None:
    app = Two()
    async with app.run_test(size=(60, 10)) as pilot:
        shown = app.query_one(VirtualList)
        shown.show(rows)
        await shown.settled()
        shown.move_cursor(3)
        await pilot.pause()
        widget = app.query_one(kind)
        assert isinstance(widget, OwnLines)
        whole = Region(0, 0, *widget.outer_size)
        for crop in (whole, *(crop.intersection(whole) for crop in CROPS)):
            if crop:
                theirs = widget._styles_cache.render_widget(widget, crop)
                own = widget.render_lines(crop)
                assert pieces(own) == pieces(theirs)
                assert [line.cell_length for line in own] == [crop.width] * crop.height


async def test_no_line_leaves_without_the_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Two()
    async with app.run_test(size=(60, 10)):
        line = app.query_one(KeyLine)
        monkeypatch.setattr(line, "render_line", lambda _: Strip([Segment("a\x1b[31mb")]))
        monkeypatch.setattr(line, "get_line_filters", lambda: [ControlFilter()])
        (drawn,) = line.render_lines(Region(0, 0, 60, 1))
        assert "\x1b" not in drawn.text
        assert drawn.text.startswith("a")
