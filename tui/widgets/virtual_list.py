"""A list of any length that holds only the rows around what is on screen."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Generic, Literal, TypeAlias, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events, work
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from models.refusals import Refused
from models.text import displayable
from models.values import Page
from tui.terminal_text import ELLIPSIS, centred_line, fit, foreground
from tui.widgets.list_columns import GAP, Column, Placed, place
from tui.widgets.list_window import PAGE_ROWS, Fetch, Key, Window

__all__ = ["Column", "Fetch", "Key", "Page", "VirtualList", "range_text"]

R = TypeVar("R")
S = TypeVar("S")

CURSOR_MARK = "▸"
NEW_MARK = "+"
MARK_CELLS = 1
"""Cells before the first column, for a mark that needs no colour to be seen."""

Start: TypeAlias = int | Literal["first", "last"] | None
"""Where the cursor starts in a list shown anew."""


def range_text(first: int, last: int, total: int, exact: bool) -> str:
    """The rows on screen and how many there are, as people read it: `1-20 of 45,120`."""
    if total == 0:
        return "0"
    return f"{first:,}-{last:,} of {'' if exact else 'more than '}{total:,}"


@dataclass(frozen=True)
class _Asked(Generic[R]):
    """A list that is to be shown as soon as its first rows have come."""

    window: Window[R]
    cursor: Start


class VirtualList(ScrollView, Generic[R], can_focus=True, inherit_bindings=False):
    """Rows in columns under a line of titles, read in pages as they come into view.

    Nothing is read but by `show`, `refresh_rows` and scrolling. While a new list is on its way the
    old one stays; when reading fails the reason takes the place of the rows until it succeeds.
    """

    BINDING_GROUP_TITLE = "List"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_by(-1)", "Up", show=False, id="list.up", tooltip="Previous row"),
        Binding("down,j", "cursor_by(1)", "Down", show=False, id="list.down", tooltip="Next row"),
        Binding("home,g", "first", "First", show=False, id="list.first", tooltip="First row"),
        Binding("end,G", "last", "Last", show=False, id="list.last", tooltip="Last row"),
        Binding(
            "pageup", "page(-1)", "Page up", show=False, id="list.page-up", tooltip="A page up"
        ),
        Binding(
            "pagedown",
            "page(1)",
            "Page down",
            show=False,
            id="list.page-down",
            tooltip="A page down",
        ),
        Binding("enter", "open", "Open", id="list.open", tooltip="Open the row under the cursor"),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | up, k | Move the cursor up. |
    | down, j | Move the cursor down. |
    | home, g | Move the cursor to the first row. |
    | end, G | Move the cursor to the last row. |
    | pageup | Move the cursor up by what is on screen. |
    | pagedown | Move the cursor down by what is on screen. |
    | enter | Open the row under the cursor; after a failure, read again. |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "virtual-list--header",
        "virtual-list--cursor",
        "virtual-list--cursor-blurred",
        "virtual-list--new",
        "virtual-list--placeholder",
        "virtual-list--link",
        "virtual-list--message",
        "virtual-list--failure",
        "virtual-list--accent",
        "virtual-list--success",
        "virtual-list--warning",
        "virtual-list--error",
        "virtual-list--muted",
    }
    """
    | Class | Description |
    | :- | :- |
    | `virtual-list--header` | The line of column titles. |
    | `virtual-list--cursor` | The row under the cursor, with focus. |
    | `virtual-list--cursor-blurred` | The row under the cursor, without focus. |
    | `virtual-list--new` | The row under the cursor, just made or found. |
    | `virtual-list--placeholder` | A row that is being read. |
    | `virtual-list--link` | A cell of a link column. |
    | `virtual-list--message` | What an empty list says. |
    | `virtual-list--failure` | Why the rows could not be read. |
    | `virtual-list--accent` and the like | The tones a column may give to a cell. |
    """

    DEFAULT_CSS = """
    VirtualList {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        background: $surface;
        color: $foreground;

        & > .virtual-list--header { color: $text-muted; text-style: bold; }
        & > .virtual-list--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
        & > .virtual-list--cursor-blurred {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
        }
        & > .virtual-list--new { color: $text-success; text-style: bold; }
        & > .virtual-list--placeholder { color: $text-disabled; }
        & > .virtual-list--link { text-style: underline; }
        & > .virtual-list--message { color: $text-muted; }
        & > .virtual-list--failure { color: $text-error; }
        & > .virtual-list--accent { color: $text-accent; }
        & > .virtual-list--success { color: $text-success; }
        & > .virtual-list--warning { color: $text-warning; }
        & > .virtual-list--error { color: $text-error; }
        & > .virtual-list--muted { color: $text-muted; }
    }
    """

    @dataclass
    class Highlighted(Message, Generic[S]):
        """The cursor came to another row."""

        list: "VirtualList[S]"
        index: int
        row: S

        @property
        def control(self) -> "VirtualList[S]":
            """The list."""
            return self.list

        def can_replace(self, message: Message) -> bool:
            """Only where the cursor came to rest matters."""
            return isinstance(message, VirtualList.Highlighted) and message.list is self.list

    @dataclass
    class Opened(Message, Generic[S]):
        """A row was opened, by enter or by a click."""

        list: "VirtualList[S]"
        index: int
        row: S

        @property
        def control(self) -> "VirtualList[S]":
            """The list."""
            return self.list

    @dataclass
    class Counted(Message, Generic[S]):
        """Other rows are in view or the list has another size; `first` and `last` count from 1."""

        list: "VirtualList[S]"
        first: int
        last: int
        total: int
        exact: bool

        @property
        def control(self) -> "VirtualList[S]":
            """The list."""
            return self.list

        def can_replace(self, message: Message) -> bool:
            """Only the last count is true."""
            return isinstance(message, VirtualList.Counted) and message.list is self.list

    @dataclass
    class Failed(Message, Generic[S]):
        """Rows could not be read; the list says why."""

        list: "VirtualList[S]"
        reason: str

        @property
        def control(self) -> "VirtualList[S]":
            """The list."""
            return self.list

    def __init__(
        self,
        columns: Sequence[Column[R]],
        *,
        empty: str = "",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        """Initialise the list; it is empty until `show`.

        Args:
            columns: What is shown of each row.
            empty: What a list without rows says, best what to do next.
            name: The name of the widget.
            id: The ID of the widget in the DOM.
            classes: The CSS classes of the widget.
            disabled: Whether the widget is disabled.
        """
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self._columns = tuple(columns)
        self._empty = empty
        self._failure = ""
        self._window: Window[R] | None = None
        self._asked: _Asked[R] | None = None
        self._stale = False
        self._sought: Hashable = None
        self._cursor: int | None = None
        self._new = False
        self._turn = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._announced: Hashable = None
        self._counted = (0, 0, 0, True)
        self._room_before = 0
        self._width = 0
        self._placed: tuple[Placed[R], ...] = ()
        self._strips: LRUCache[int, Strip] = LRUCache(4 * PAGE_ROWS)

    @property
    def empty(self) -> str:
        """What the list says when it has no rows."""
        return self._empty

    @empty.setter
    def empty(self, text: str) -> None:
        self._empty = text
        self.refresh()

    @property
    def failure(self) -> str:
        """Why the rows could not be read, empty if they could."""
        return self._failure

    @property
    def is_waiting(self) -> bool:
        """Whether another list was asked for, and the rows in view are still the old ones."""
        return self._asked is not None and not self._idle.is_set()

    @property
    def row_count(self) -> int:
        """How many rows the list has."""
        return self._window.total if self._window else 0

    @property
    def rows_held(self) -> int:
        """How many rows are in memory."""
        return self._window.held if self._window else 0

    @property
    def cursor_index(self) -> int | None:
        """The index of the row under the cursor."""
        return self._cursor if self.row_count else None

    @property
    def cursor_row(self) -> R | None:
        """The row under the cursor; None without a cursor, and while the row is being read."""
        return None if self._failure else self._row_at(self._cursor)

    def show(self, fetch: Fetch[R], *, cursor: Start = "first", key: Key[R] | None = None) -> None:
        """Show another list as soon as its first rows have come; what was asked for before is void.

        Args:
            fetch: Reads its rows; a `Refused` from it is shown, anything else is a fault.
            cursor: The row to start at; None for no cursor until the person moves it.
            key: Tells rows apart, so that the cursor and the view stay with theirs.
        """
        self._asked = _Asked(Window(fetch, key), cursor)
        self._stale = False
        self._sought = None
        self._idle.clear()
        if self.is_running:
            self._start_reading()

    def clear(self) -> None:
        """Show no list at all, only what an empty one says."""
        self._turn += 1
        self.workers.cancel_group(self, "rows")
        self._asked = None
        self._idle.set()
        self._replace(None, None, 0)

    def refresh_rows(self) -> None:
        """Read the rows around the view again, after a change or a failure.

        The cursor and the view stay with their rows, wherever these are now.
        """
        self._stale = True
        self._read_on()

    async def reveal(self, key: Hashable) -> bool:
        """Read again, move the cursor to the row with this key and mark it new.

        A row that is far from the view and from both ends of the list is not found.
        """
        self._sought = key
        self.refresh_rows()
        await self.settled()
        return self._new and self._cursor_key() == key

    def highlight_new(self, index: int) -> None:
        """Move the cursor to a row and mark it new, until the cursor moves on."""
        self.move_cursor(index)
        self._new = True
        self._redraw(self._cursor)

    async def settled(self) -> None:
        """Wait until there is nothing left to read, or reading has failed."""
        await self._idle.wait()

    def move_cursor(self, index: int) -> None:
        """Move the cursor to a row, or to the nearest the list has, and bring it into view."""
        if self._failure or not self.row_count:
            return
        index = max(0, min(index, self.row_count - 1))
        if index != self._cursor:
            self._new = False
            before, self._cursor = self._cursor, index
            self._redraw(before)
            self._redraw(index)
        self._bring_into_view(index)
        self._tell()

    def render_line(self, y: int) -> Strip:
        """One line of the list: the titles, a row, or part of what is said in place of rows."""
        if self.size.width != self._width:
            self._lay_out()
        line = y - self._title_lines
        if line < 0:
            return self._title_strip()
        if (message := self._message()) is not None:
            return self._message_strip(*message, line)
        index = self.scroll_offset.y + line
        if index >= self.row_count:
            return Strip.blank(self._width, self.rich_style)
        return self._row_strip(index)

    def notify_style_update(self) -> None:
        """Forget what was drawn in other colours."""
        super().notify_style_update()
        self._strips.clear()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Draw the cursor strongly only with focus."""
        super().watch_has_focus(_has_focus)
        self._redraw(self._cursor)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Read what comes into view."""
        super().watch_scroll_y(old_value, new_value)
        self._view_changed()

    def _on_mount(self, event: events.Mount) -> None:  # noqa: ARG002
        if self._asked is not None:
            self._start_reading()

    def _on_resize(self, event: events.Resize) -> None:  # noqa: ARG002
        room_before, self._room_before = self._room_before, self._room
        top = self.scroll_offset.y
        if self._cursor is not None and (
            not room_before or top <= self._cursor < top + room_before
        ):
            self._bring_into_view(self._cursor)
        self._view_changed()

    async def _on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or event.button != 1:
            return
        if self._failure:
            self.action_open()
            return
        index = self.scroll_offset.y + offset.y - self._title_lines
        if offset.y < self._title_lines or index >= self.row_count:
            return
        opens = index == self._cursor or self._is_link_at(offset.x)
        self.move_cursor(index)
        if opens:
            self.action_open()

    def action_cursor_by(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self.move_cursor(0 if self._cursor is None else self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by as many rows as are on screen."""
        self.action_cursor_by(pages * max(1, self._room - 1))

    def action_first(self) -> None:
        """Move the cursor to the first row."""
        self.move_cursor(0)

    def action_last(self) -> None:
        """Move the cursor to the last row."""
        self.move_cursor(self.row_count - 1)

    def action_open(self) -> None:
        """Open the row under the cursor; after a failure, read again."""
        if self._failure:
            self.refresh_rows()
        elif self._cursor is not None and (row := self.cursor_row) is not None:
            self.post_message(self.Opened(self, self._cursor, row))

    # Reading: one worker at a time, which asks after each step what is needed most now.

    def _start_reading(self) -> None:
        self._turn += 1
        self._idle.clear()
        self._read(self._turn)

    def _read_on(self) -> None:
        if self.is_running and self._idle.is_set() and self._next_step() is not None:
            self._start_reading()

    @work(group="rows", description="read rows", exclusive=True)
    async def _read(self, turn: int) -> None:
        try:
            while turn == self._turn and (step := self._next_step()) is not None:
                await step()
        except Refused as refusal:
            if turn == self._turn:
                self._fail(str(refusal))
        finally:
            if turn == self._turn:
                self._idle.set()

    def _next_step(self) -> Callable[[], Awaitable[None]] | None:
        if self._asked is not None:
            return partial(self._take_over, self._asked)
        if self._window is None:
            return None
        if self._stale:
            return partial(self._read_again, self._window)
        if (number := self._page_wanted(self._window)) is not None:
            return partial(self._read_page, self._window, number)
        return None

    async def _take_over(self, asked: _Asked[R]) -> None:
        window, start = asked.window, asked.cursor
        first = start if isinstance(start, int) else 0
        await window.read(first, first)
        last = window.total - 1
        cursor = last if start == "last" else min(first, last)
        await window.read(cursor - self._room, cursor + self._room)
        if asked is not self._asked:
            return
        self._asked = None
        self._announced = None
        self._new = False
        self._replace(window, None if start is None else cursor, cursor - self._room // 2)

    async def _read_page(self, window: Window[R], number: int) -> None:
        total = window.total
        await window.read_page(number)
        if window is not self._window:
            return
        window.keep_around(self._near())
        if window.total != total:
            self._replace(window, self._cursor, self.scroll_offset.y)
        elif number in {index // PAGE_ROWS for index in self._view}:
            self.refresh(self.size.region)
            self._tell()

    async def _read_again(self, window: Window[R]) -> None:
        self._stale = False
        sought = self._sought
        rows = self._room
        fresh = await window.again(self._view)
        shift = window.shift(fresh, self._view) or 0
        top = min(self._view.start + shift, fresh.total - rows)
        await fresh.read(top, top + rows)
        if self._cursor is not None:
            await fresh.read(self._cursor + shift, self._cursor + shift)
        found = None if sought is None else await fresh.seek(sought)
        if found is not None:
            await fresh.read(found - rows, found + rows)
        if window is not self._window:
            return
        self._follow(window, fresh)
        if sought == self._sought:
            self._sought = None
        if found is not None:
            self.highlight_new(found)

    def _follow(self, window: Window[R], fresh: Window[R]) -> None:
        """Show the list as it is now, with view and cursor on the rows they are on."""
        # Looked up again, since the reader may have gone on while the rows were read.
        shift = window.shift(fresh, self._view) or 0
        cursor, key = self._cursor, self._cursor_key()
        if cursor is not None:
            nearest = window.follow(fresh, range(cursor, cursor + max(1, self._room)))
            cursor = cursor + shift if nearest is None else nearest
        self._replace(fresh, cursor, self.scroll_offset.y + shift)
        self._new = self._new and self._cursor_key() == key

    def _replace(self, window: Window[R] | None, cursor: int | None, top: int) -> None:
        """Show these rows from now on."""
        self._window = window
        self._cursor = None if cursor is None else max(0, min(cursor, self.row_count - 1))
        self._failure = ""
        self._strips.clear()
        self.virtual_size = Size(0, self.row_count + 1)
        self.scroll_to(y=top, animate=False, force=True)
        self.refresh()
        self._tell()

    def _fail(self, reason: str) -> None:
        if self._asked is not None:
            # The old rows are no answer to what was asked.
            self._replace(None, None, 0)
        self._failure = reason
        self.refresh()
        self.post_message(self.Failed(self, reason))

    def _page_wanted(self, window: Window[R]) -> int | None:
        if not (view := self._view):
            return None
        near = self._near()
        for first, last in (
            (view.start, view[-1]),
            (view.start, near.stop),
            (near.start, view[-1]),
        ):
            if (number := window.missing(first, last)) is not None:
                return number
        return None

    # What is in view

    @property
    def _title_lines(self) -> int:
        return 0 if self.size.height == 1 else 1

    @property
    def _room(self) -> int:
        """How many rows there is room for."""
        return max(0, self.size.height - self._title_lines)

    @property
    def _view(self) -> range:
        """The indexes of the rows in view."""
        top = self.scroll_offset.y
        return range(top, min(top + self._room, self.row_count))

    def _near(self) -> range:
        """The indexes of the rows that a few keys can bring into view."""
        margin = 2 * self._room
        return range(self._view.start - margin, self._view.stop + margin)

    def _view_changed(self) -> None:
        if not self._failure:
            self._read_on()
        self._tell()

    def _row_at(self, index: int | None) -> R | None:
        return None if index is None or self._window is None else self._window.row(index)

    def _bring_into_view(self, index: int) -> None:
        top = self.scroll_offset.y
        highest, lowest = index - max(1, self._room) + 1, index
        if not highest <= top <= lowest:
            self.scroll_to(y=max(highest, min(top, lowest)), animate=False, force=True)

    def _cursor_key(self) -> Hashable:
        """What tells the row under the cursor from the others, None while it is not known."""
        if self._window is None or (row := self._row_at(self._cursor)) is None:
            return None
        return self._cursor if self._window.key is None else self._window.key(row)

    def _tell(self) -> None:
        """Post what has changed of the cursor and of the rows in view."""
        key, row = self._cursor_key(), self.cursor_row
        if self._cursor is not None and row is not None and key != self._announced:
            self._announced = key
            self.post_message(self.Highlighted(self, self._cursor, row))
        is_unknown = self._failure or (self._window is None and self._asked)
        if is_unknown or (self.row_count and not self._room):
            return
        view = self._view
        exact = self._window is None or self._window.exact
        counted = (view.start + 1 if view else 0, view.stop, self.row_count, exact)
        if counted != self._counted:
            self._counted = counted
            self.post_message(self.Counted(self, *counted))

    # Drawing

    def _lay_out(self) -> None:
        self._width = self.size.width
        # The scrollbar's column stays free, so that nothing moves when it comes.
        room = self._width - MARK_CELLS - self.styles.scrollbar_size_vertical
        self._placed = place(self._columns, room)
        self._strips.clear()

    def _redraw(self, index: int | None) -> None:
        if index is not None:
            self._strips.discard(index)
            line = index - self.scroll_offset.y + self._title_lines
            self.refresh(Region(0, line, self.size.width, 1))

    def _title_strip(self) -> Strip:
        style = self.get_component_rich_style("virtual-list--header")
        cells = (
            [Segment(fit(placed.column.title, placed.width, right=placed.column.right), style)]
            for placed in self._placed
        )
        return self._strip("", cells, style)

    def _row_strip(self, index: int) -> Strip:
        if (strip := self._strips.get(index)) is not None:
            return strip
        is_cursor = index == self._cursor
        style = self._cursor_style if is_cursor else self.rich_style
        mark = (NEW_MARK if self._new else CURSOR_MARK) if is_cursor else ""
        row = self._row_at(index)
        if row is None:
            pale = foreground(self.get_component_rich_style("virtual-list--placeholder"))
            return self._strip(mark, [[Segment(ELLIPSIS, style + pale)]], style)
        is_strong = is_cursor and self.has_focus
        cells = (self._cell(placed, row, style, is_strong) for placed in self._placed)
        self._strips[index] = strip = self._strip(mark, cells, style)
        return strip

    @property
    def _cursor_style(self) -> Style:
        if self.has_focus:
            return self.get_component_rich_style("virtual-list--cursor")
        style = self.get_component_rich_style("virtual-list--cursor-blurred")
        new = self.get_component_rich_style("virtual-list--new")
        return style + foreground(new) if self._new else style

    def _cell(self, placed: Placed[R], row: R, style: Style, is_strong: bool) -> list[Segment]:
        column = placed.column
        text = fit(displayable(column.cell(row)), placed.width, right=column.right)
        if column.style is not None and (tone := column.style(row)):
            ink = foreground(self.get_component_rich_style(f"virtual-list--{tone}"))
            # On the strong cursor other colours may not be legible.
            style += ink.without_color if is_strong else ink
        link = text.strip(" ") if column.is_link else ""
        if not link:
            return [Segment(text, style)]
        before, _, after = text.partition(link)
        ink = self.get_component_rich_style("virtual-list--link", partial=True)
        linked = Segment(link, style + (ink.without_color if is_strong else ink))
        return [Segment(before, style), linked, Segment(after, style)]

    def _strip(self, mark: str, cells: Iterable[list[Segment]], style: Style) -> Strip:
        gap = Segment(" " * GAP, style)
        segments = [Segment(fit(mark, MARK_CELLS), style)]
        for cell in cells:
            segments += [segment for segment in (*cell, gap) if segment.text]
        return Strip(segments).adjust_cell_length(self._width, style).simplify()

    def _message(self) -> tuple[str, str] | None:
        """What is said in place of rows, and in which tone."""
        if self._failure:
            return f"{self._failure}\nEnter tries again.", "failure"
        if self.row_count:
            return None
        if self._window is None and self._asked is not None:
            return ELLIPSIS, "placeholder"
        return self._empty, "message"

    def _message_strip(self, text: str, tone: str, line: int) -> Strip:
        style = self.get_component_rich_style(f"virtual-list--{tone}")
        said = centred_line(text, self._width, self._room, line)
        return Strip([Segment(said, style)], self._width)

    def _is_link_at(self, x: int) -> bool:
        return any(
            placed.column.is_link and 0 <= x - MARK_CELLS - placed.start < placed.width
            for placed in self._placed
        )
