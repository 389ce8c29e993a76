"""A list of any length that holds only the rows around what is on screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from models.values import Order, Page
from tui.widgets.list_columns import Column
from tui.widgets.list_reading import ReadingList, Start
from tui.widgets.list_window import Fetch, Key, Locate

__all__ = ["Column", "Fetch", "Key", "Locate", "Page", "Start", "VirtualList", "range_text"]

R = TypeVar("R")
S = TypeVar("S")


def range_text(first: int, last: int, total: int, exact: bool) -> str:
    """The rows on screen and how many there are, as people read it: `1-20 of 45,120`."""
    if total == 0:
        return "0"
    return f"{first:,}-{last:,} of {'' if exact else 'more than '}{total:,}"


class VirtualList(ReadingList[R], can_focus=True, inherit_bindings=False):
    """Rows in columns under a line of titles, read in pages as they come into view.

    It holds a few pages of rows and a few screens of drawn lines, however long the list is. Where
    the list can be sorted, its source does it, the whole list, never what happens to be in memory.
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
        Binding(
            "greater_than_sign",
            "sort(1)",
            "Sort by the next column",
            show=False,
            id="list.sort-next",
            tooltip="Sort by the next column",
        ),
        Binding(
            "less_than_sign",
            "sort(-1)",
            "Sort by the column before",
            show=False,
            id="list.sort-previous",
            tooltip="Sort by the column before",
        ),
        Binding(
            "R",
            "reverse",
            "Reverse the order",
            show=False,
            id="list.reverse",
            tooltip="Sort the other way round",
        ),
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
    | greater_than_sign, less_than_sign | Sort by the next column, by the one before. |
    | R | Sort the other way round. |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "virtual-list--header",
        "virtual-list--cursor",
        "virtual-list--cursor-blurred",
        "virtual-list--new",
        "virtual-list--placeholder",
        "virtual-list--link",
        "virtual-list--match",
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
    | `virtual-list--match` | A part of a cell that stands out, such as what was sought. |
    | `virtual-list--message` | What an empty list says. |
    | `virtual-list--failure` | Why the rows could not be read. |
    | `virtual-list--accent` and the like | The tones a column may give to a cell. |
    """

    DEFAULT_CSS = """
    VirtualList {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        scrollbar-background: $surface;
        scrollbar-background-hover: $surface;
        scrollbar-background-active: $surface;
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
        & > .virtual-list--match { color: $text-warning; text-style: bold; }
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
    class Sorted(Message, Generic[S]):
        """The person chose another order; None is the list's own."""

        list: "VirtualList[S]"
        order: Order | None

        @property
        def control(self) -> "VirtualList[S]":
            """The list."""
            return self.list

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
        fits: bool = False,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        """Initialise the list; it is empty until `show`.

        Args:
            columns: What is shown of each row.
            empty: What a list without rows says, best what to do next.
            fits: Whether it is no higher than it has rows.
            name: The name of the widget.
            id: The ID of the widget in the DOM.
            classes: The CSS classes of the widget.
            disabled: Whether the widget is disabled.
        """
        super().__init__(
            columns, empty, fits=fits, name=name, id=id, classes=classes, disabled=disabled
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no sorting where there is nothing to sort by."""
        if action in ("sort", "reverse"):
            return any(column.sort for column in self._columns)
        return super().check_action(action, parameters)

    def sort(self, order: Order | None) -> None:
        """Sort the list, and from now on every one that is shown here; None is its own order.

        The cursor stays on its row where the list can say where that is, else it goes to the top.
        """
        if order != self.order:
            super().sort(order)
            self.post_message(self.Sorted(self, order))

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
        line, column = offset.y - self._title_lines, self._drawing.column_at(offset.x)
        if line < 0:
            if column is not None and column.sort:
                self._sort_by(column)
            return
        if self._failure:
            self.action_open()
            return
        index = self.scroll_offset.y + line
        if index >= self.row_count:
            return
        opens = index == self._cursor or (column is not None and column.is_link)
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
        self.move_to_end()

    def action_open(self) -> None:
        """Open the row under the cursor; after a failure, read again."""
        if self._failure:
            self.refresh_rows()
        elif self._cursor is not None and (row := self.cursor_row) is not None:
            self.post_message(self.Opened(self, self._cursor, row))

    def action_sort(self, step: int) -> None:
        """Sort by the column that many to the right; past the last one comes the own order."""
        names = [None, *(column.sort for column in self._sortable)]
        now = None if self.order is None else self.order.column
        name = names[(names.index(now) + step) % len(names) if now in names else 0]
        if name is None:
            self.sort(None)
        else:
            self._sort_by(next(column for column in self._sortable if column.sort == name))

    def action_reverse(self) -> None:
        """Sort the other way round; the own order is taken for the one by the first column."""
        if self.order is not None:
            self.sort(Order(self.order.column, not self.order.descending))
        elif self._sortable:
            first = self._sortable[0]
            self.sort(Order(first.sort, not first.descending))

    @property
    def _sortable(self) -> list[Column[R]]:
        """The columns in view by which the list can be sorted."""
        return [column for column in self._drawing.shown_columns if column.sort]

    def _sort_by(self, column: Column[R]) -> None:
        """Sort by a column; again, the other way round."""
        is_again = self.order is not None and self.order.column == column.sort
        if is_again:
            self.action_reverse()
        else:
            self.sort(Order(column.sort, column.descending))

    def _highlighted(self, index: int, row: R) -> None:
        self.post_message(self.Highlighted(self, index, row))

    def _counts(self, first: int, last: int, total: int, exact: bool) -> None:
        self.post_message(self.Counted(self, first, last, total, exact))

    def _failed(self, reason: str) -> None:
        self.post_message(self.Failed(self, reason))
