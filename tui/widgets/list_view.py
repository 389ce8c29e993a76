"""What of a list is on the screen, and where in it the cursor is."""

from abc import abstractmethod
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from rich.style import Style
from textual.css.scalar import Scalar
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from models.values import Order
from tui.terminal_text import ELLIPSIS, foreground
from tui.widgets.list_columns import Column
from tui.widgets.list_drawing import CURSOR_MARK, NEW_MARK, Drawing, Ink
from tui.widgets.list_window import Window
from tui.widgets.own_lines import OwnLines

R = TypeVar("R")

LEAST_LINES = 3
"""Lines of a list with few rows or none, which then says what to do next."""


# In this order: Textual takes the default styles of the first base only.
class ListView(ScrollView, OwnLines, Generic[R]):
    """Shows the rows of a window on a list, under a line of titles; it reads nothing itself."""

    virtual_size = Reactive(Size(0, 0), layout=False)
    """The lines of the list; another length is no reason to lay the screen out anew."""

    def __init__(
        self,
        columns: Sequence[Column[R]],
        empty: str,
        *,
        fits: bool,
        name: str | None,
        id: str | None,
        classes: str | None,
        disabled: bool,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self._columns = tuple(columns)
        self._empty = empty
        self._fits = fits
        self._failure = ""
        self._window: Window[R] | None = None
        self._order: Order | None = None
        self._cursor: int | None = None
        self._new = False
        self._announced: Hashable = None
        self._counted = (0, 0, 0, True)
        self._room_before = 0
        self._inks: dict[str, Style] = {}
        self._drawing = Drawing(columns, self._tone, self._touch)

    # What the layers above know, and want to know

    @property
    @abstractmethod
    def _is_unknown(self) -> bool:
        """Whether a list was asked for and there is none to be seen yet."""

    @abstractmethod
    def _view_changed(self) -> None:
        """Other rows came into view."""

    @abstractmethod
    def _highlighted(self, index: int, row: R) -> None:
        """The cursor came to another row."""

    @abstractmethod
    def _counts(self, first: int, last: int, total: int, exact: bool) -> None:
        """Other rows are in view or the list has another size; they count from 1."""

    # What is there

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
    def order(self) -> Order | None:
        """How the list is sorted; None is its own order."""
        return self._order

    @property
    def row_count(self) -> int:
        """How many rows the list has, as far as they are counted."""
        return self._window.total if self._window else 0

    @property
    def rows_held(self) -> int:
        """How many rows are in memory."""
        return self._window.held if self._window else 0

    @property
    def lines_held(self) -> int:
        """How many drawn rows are in memory."""
        return self._drawing.kept

    @property
    def cursor_index(self) -> int | None:
        """The index of the row under the cursor."""
        return self._cursor if self.row_count else None

    @property
    def cursor_row(self) -> R | None:
        """The row under the cursor; None without a cursor, and while the row is being read."""
        return None if self._failure else self._row_at(self._cursor)

    def highlight_new(self, index: int) -> None:
        """Move the cursor to a row and mark it new, until the cursor moves on."""
        self.move_cursor(index)
        self._new = True
        self._redraw(self._cursor)

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

    def _replace(self, window: Window[R] | None, cursor: int | None, top: int) -> None:
        """Show these rows from now on."""
        self._window = window
        self._cursor = None if cursor is None else max(0, min(cursor, self.row_count - 1))
        self._failure = ""
        self._drawing.forget()
        self._fit()
        self.virtual_size = Size(0, self.row_count + 1)
        self.scroll_to(y=top, animate=False, force=True)
        self.refresh()
        self._tell()

    def _lengthen(self) -> None:
        """Be as long as the window's list is, which goes on behind the rows in view."""
        self._fit()
        self.virtual_size = Size(0, self.row_count + 1)
        self._tell()

    def _fit(self) -> None:
        """Be as high as there are rows, if that is wanted."""
        height = max(LEAST_LINES, self.row_count + 1)
        if self._fits and self.styles.max_height != Scalar.from_number(height):
            self.styles.max_height = height

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
        """Tell what has changed of the cursor and of the rows in view."""
        key, row = self._cursor_key(), self.cursor_row
        if self._cursor is not None and row is not None and key != self._announced:
            self._announced = key
            self._highlighted(self._cursor, row)
        if self._failure or self._is_unknown or (self.row_count and not self._room):
            return
        view = self._view
        exact = self._window is None or self._window.exact
        counted = (view.start + 1 if view else 0, view.stop, self.row_count, exact)
        if counted != self._counted:
            self._counted = counted
            self._counts(*counted)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One line of the list: the titles, a row, or part of what is said in place of rows."""
        if self.size.width != self._drawing.width:
            self._drawing.lay_out(self.size.width, self.styles.scrollbar_size_vertical)
        line = y - self._title_lines
        if line < 0:
            return self._drawing.titles(self._order)
        if (message := self._message()) is not None:
            return self._drawing.words(*message, self._room, line)
        index = self.scroll_offset.y + line
        if index >= self.row_count:
            return self._drawing.blank(self._kept("", lambda: self.rich_style))
        return self._drawing.row(index, self._row_at(index), lambda: self._ink(index))

    def notify_style_update(self) -> None:
        """Forget what was drawn in other colours."""
        super().notify_style_update()
        self._inks.clear()
        self._drawing.forget_all()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Draw the cursor strongly only with focus.

        No rule for a list depends on its focus: unlike in Textual, none is applied anew, which
        would be done for each of the component classes.
        """
        self._redraw(self._cursor)

    def watch_virtual_size(self, size: Size) -> None:
        """Show the length by the scrollbar, which is always there: nothing is laid out anew."""
        self.vertical_scrollbar.window_virtual_size = size.height

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Read what comes into view."""
        super().watch_scroll_y(old_value, new_value)
        self._view_changed()

    def _redraw(self, index: int | None) -> None:
        if index is not None:
            self._drawing.forget(index)
            line = index - self.scroll_offset.y + self._title_lines
            self.refresh(Region(0, line, self.size.width, 1))

    def _tone(self, name: str) -> Style:
        return self._kept(name, lambda: self.get_component_rich_style(_component(name)))

    def _touch(self, name: str) -> Style:
        return self._kept(
            f"{name} alone", lambda: self.get_component_rich_style(_component(name), partial=True)
        )

    def _kept(self, name: str, look_up: Callable[[], Style]) -> Style:
        """Return a style as it was looked up last, which Textual does anew for each drawing."""
        if (style := self._inks.get(name)) is None:
            style = self._inks[name] = look_up()
        return style

    def _ink(self, index: int) -> Ink:
        if index != self._cursor:
            return Ink("", self._kept("", lambda: self.rich_style))
        mark = NEW_MARK if self._new else CURSOR_MARK
        if self.has_focus:
            return Ink(mark, self._tone("cursor"), is_strong=True)
        style = self._tone("cursor-blurred")
        return Ink(mark, style + foreground(self._tone("new")) if self._new else style)

    def _message(self) -> tuple[str, str] | None:
        """What is said in place of rows, and in which tone."""
        if self._failure:
            return f"{self._failure}\nEnter tries again.", "failure"
        if self.row_count:
            return None
        return (ELLIPSIS, "placeholder") if self._is_unknown else (self._empty, "message")


def _component(name: str) -> str:
    return f"virtual-list--{name}"
