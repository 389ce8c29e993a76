"""An app with one list, over rows of which a test says when they come and what they are."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Button

from models.lists import start_of
from models.refusals import NotFound
from models.values import Order, Page
from tui.frame_screen import FrameScreen
from tui.widgets.list_columns import Column
from tui.widgets.virtual_list import VirtualList, range_text


@dataclass(frozen=True)
class Row:
    id: int
    name: str
    tone: str | None = None


def numbered(*ids: int) -> list[Row]:
    return [Row(id, f"row {id}") for id in ids]


class Million(Sequence[Row]):
    """More rows than anyone holds in memory."""

    def __init__(self, length: int = 1_000_000) -> None:
        self.length = length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: slice) -> list[Row]:  # type: ignore[override] # slices only
        return numbered(*range(self.length)[index])


class Source:
    """Rows that change and fail on demand, and answer only when let."""

    def __init__(self, rows: Sequence[Row], exact: bool = True) -> None:
        self.rows = rows
        self.exact = exact
        self.asked: list[tuple[int, int]] = []
        self.orders: list[Order | None] = []
        self.located: list[int] = []
        self.refusal: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def fetch(self, offset: int, limit: int, order: Order | None = None) -> Page[Row]:
        self.asked.append((offset, limit))
        self.orders.append(order)
        total = len(self.rows)
        offset = start_of(offset, limit, total)
        rows = tuple(self.sorted(order)[offset : offset + limit])
        await self.gate.wait()
        if self.refusal is not None:
            raise self.refusal
        return Page(rows, offset, total, self.exact)

    async def locate(self, key: int, order: Order | None) -> int:
        self.located.append(key)
        if order is None and isinstance(self.rows, Million):
            if key >= len(self.rows):
                raise NotFound("There is no such row.")
            return key
        ids = [row.id for row in self.sorted(order)]
        if key not in ids:
            raise NotFound("There is no such row.")
        return ids.index(key)

    def sorted(self, order: Order | None) -> Sequence[Row]:
        if order is None:
            return self.rows
        rows = sorted(self.rows, key=lambda row: (getattr(row, order.column), row.id))
        return rows[::-1] if order.descending else rows


COLUMNS = [
    Column[Row]("ID", lambda row: str(row.id), 7, is_link=True, priority=2, sort="id"),
    Column[Row](
        "Name",
        lambda row: row.name,
        8,
        weight=1,
        priority=1,
        style=lambda row: row.tone,
        sort="name",
        descending=True,
    ),
    Column[Row]("Left", lambda row: str(9 - row.id % 10), 4, right=True),
]


class Watched(VirtualList[Row]):
    """Tells which of its lines were drawn."""

    drawn: list[int]

    def render_line(self, y: int) -> Strip:
        self.drawn.append(y)
        return super().render_line(y)


class ListApp(App[None]):
    def __init__(self, source: Source | None = None, **show: object) -> None:
        super().__init__()
        self.source = source
        self.show_options = show
        self.list = Watched(COLUMNS, empty="No rows. Press n to add one.")
        self.list.drawn = []
        self.posted: list[object] = []

    def get_default_screen(self) -> Screen[Any]:
        return FrameScreen("_default")

    def compose(self) -> ComposeResult:
        yield self.list
        yield Button("elsewhere")

    def on_mount(self) -> None:
        self.query_one(Button).styles.display = "none"
        if self.source is not None:
            self.list.show(self.source.fetch, **self.show_options)  # type: ignore[arg-type]

    def on_virtual_list_highlighted(self, event: VirtualList.Highlighted[Row]) -> None:
        assert event.control is self.list
        self.posted.append(("highlighted", event.index, event.row.id))

    def on_virtual_list_opened(self, event: VirtualList.Opened[Row]) -> None:
        assert event.control is self.list
        self.posted.append(("opened", event.index, event.row.id))

    def on_virtual_list_counted(self, event: VirtualList.Counted[Row]) -> None:
        assert event.control is self.list
        self.posted.append(range_text(event.first, event.last, event.total, event.exact))

    def on_virtual_list_failed(self, event: VirtualList.Failed[Row]) -> None:
        assert event.control is self.list
        self.posted.append(event.reason)


def by_id(row: Row) -> int:
    return row.id


def lines(list_: VirtualList[Row]) -> list[str]:
    return [strip.text.rstrip() for strip in strips(list_)]


def strips(list_: VirtualList[Row]) -> list[Strip]:
    return list_.render_lines(Region(0, 0, *list_.size))


def ids(list_: VirtualList[Row]) -> list[str]:
    """The IDs in view."""
    return [line[1:].split()[0] for line in lines(list_)[1:] if line]


def style_of(list_: VirtualList[Row], y: int, text: str) -> Style:
    style = next(segment.style for segment in strips(list_)[y] if text in segment.text)
    assert style is not None
    return style


async def ready(pilot: Pilot[None], list_: VirtualList[Row]) -> None:
    await pilot.pause()
    await list_.settled()
    await pilot.pause()
