"""How a list is read: one page after the other, always the one that is needed most now."""

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, Literal, TypeAlias, TypeVar

from textual import events, work

from models.refusals import Refused
from models.values import Order
from tui.widgets.list_columns import Column
from tui.widgets.list_view import ListView
from tui.widgets.list_window import PAGE_ROWS, Fetch, Key, Locate, Window

R = TypeVar("R")

Start: TypeAlias = int | Literal["first", "last"] | None
"""Where the cursor starts in a list shown anew."""


@dataclass(frozen=True)
class _Asked(Generic[R]):
    """A list that is to be shown as soon as its first rows have come.

    Its cursor starts at the row with the key `sought`, if that can be found, else at `start`.
    """

    window: Window[R]
    start: Start
    sought: Hashable = None


class ReadingList(ListView[R]):
    """Reads pages of a list as they come into view; what it can read again, it shows meanwhile.

    Nothing is read but by `show`, `sort`, `refresh_rows` and scrolling. While a new list is on its
    way the old one stays; when reading fails the reason takes the place of the rows until it
    succeeds.
    """

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
        super().__init__(
            columns, empty, fits=fits, name=name, id=id, classes=classes, disabled=disabled
        )
        self._asked: _Asked[R] | None = None
        self._stale = False
        self._sought: Hashable = None
        self._end_wanted = False
        self._turn = 0
        self._step = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    @abstractmethod
    def _failed(self, reason: str) -> None:
        """Rows could not be read; the list says why."""

    @property
    def is_waiting(self) -> bool:
        """Whether another list was asked for, and the rows in view are still the old ones."""
        return self._asked is not None and not self._idle.is_set()

    def show(
        self,
        fetch: Fetch[R],
        *,
        cursor: Start = "first",
        key: Key[R] | None = None,
        locate: Locate | None = None,
    ) -> None:
        """Show another list as soon as its first rows have come; what was asked for before is void.

        Args:
            fetch: Reads its rows; a `Refused` from it is shown, anything else is a fault.
            cursor: The row to start at; None for no cursor until the person moves it. "last" is
                for the list's own order, a sorted one starts at its top.
            key: Tells rows apart, so that the cursor and the view stay with theirs.
            locate: Says where a row is, so that the cursor stays on it in another order.
        """
        self._ask_for(_Asked(Window(fetch, key, locate, self._order), cursor))

    def sort(self, order: Order | None) -> None:
        """Sort the list, and from now on every one that is shown here; None is its own order.

        The cursor stays on its row where the list can say where that is, else it goes to the top.
        """
        if order == self._order:
            return
        self._order = order
        asked, window = self._asked, self._window
        if asked is not None:
            self._ask_for(_Asked(asked.window.sorted(order), asked.start, asked.sought))
        elif window is not None:
            start: Start = None if self._cursor is None else "first"
            self._ask_for(_Asked(window.sorted(order), start, self._cursor_key()))
        self.refresh()

    def clear(self) -> None:
        """Show no list at all, only what an empty one says."""
        self._turn += 1
        self.workers.cancel_group(self, "rows")
        self._asked = None
        self._idle.set()
        self._stepped()
        self._replace(None, None, 0)

    def recount(self, total: int, exact: bool) -> None:
        """Take the list that was asked for last for as long as it turned out to be.

        Rows in view and cursor stay. With `exact` False it has more rows than `total`.
        """
        if self._asked is not None:
            self._asked.window.recount(total, exact)
        elif self._window is not None:
            is_behind = total >= self.row_count and len(self._view) == self._room
            self._window.recount(total, exact)
            if not self._failure:
                if is_behind:
                    self._lengthen()
                else:
                    self._replace(self._window, self._cursor, self.scroll_offset.y)
                self._read_on()

    def refresh_rows(self) -> None:
        """Read the rows around the view again, after a change or a failure.

        The cursor and the view stay with their rows, wherever these are now.
        """
        self._stale = True
        self._read_on()

    async def reveal(self, key: Hashable) -> bool:
        """Read again, move the cursor to the row with this key and mark it new.

        A row that is far from the view is found where the list was shown with `locate`.
        """
        self._sought = key
        self.refresh_rows()
        await self.settled()
        return self._new and self._cursor_key() == key

    async def shown(self) -> None:
        """Wait until the list that was asked for is there, or could not be read."""
        while self._asked is not None and not self._idle.is_set():
            await self._step.wait()

    async def settled(self) -> None:
        """Wait until there is nothing left to read, or reading has failed."""
        await self._idle.wait()

    def move_cursor(self, index: int) -> None:
        """Move the cursor to a row, or to the nearest the list has, and bring it into view."""
        self._end_wanted = False
        super().move_cursor(index)

    def move_to_end(self) -> None:
        """Move the cursor to the last row; of a list not counted so far, to the end once it is."""
        self.move_cursor(self.row_count - 1)
        self._end_wanted = self._window is not None and not self._window.exact
        self._read_on()

    @property
    def _is_unknown(self) -> bool:
        return self._window is None and self._asked is not None

    def _view_changed(self) -> None:
        if not self._failure:
            self._read_on()
        self._tell()

    def _on_mount(self, event: events.Mount) -> None:  # noqa: ARG002
        if self._asked is not None:
            self._start_reading()

    # One worker at a time, which asks after each step what is needed most now.

    def _ask_for(self, asked: _Asked[R]) -> None:
        self._asked = asked
        self._stale = self._end_wanted = False
        self._sought = None
        self._idle.clear()
        if self.is_running:
            self._start_reading()

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
                self._stepped()
        except Refused as refusal:
            if turn == self._turn:
                self._fail(str(refusal))
        finally:
            if turn == self._turn:
                self._idle.set()
                self._stepped()

    def _stepped(self) -> None:
        """Let those who wait for a step look whether it was the one."""
        self._step.set()
        self._step.clear()

    def _next_step(self) -> Callable[[], Awaitable[None]] | None:
        if self._asked is not None:
            return partial(self._take_over, self._asked)
        if self._window is None:
            return None
        if self._stale:
            return partial(self._read_again, self._window)
        if self._end_wanted:
            return partial(self._count, self._window)
        if (number := self._page_wanted(self._window)) is not None:
            return partial(self._read_page, self._window, number)
        return None

    async def _take_over(self, asked: _Asked[R]) -> None:
        window, start = asked.window, asked.start
        found = None if asked.sought is None else await window.find(asked.sought)
        first = found if found is not None else start if isinstance(start, int) else 0
        at_end = start == "last" and window.order is None and found is None
        if at_end:
            await window.read_last_page()
        else:
            await window.read(first, first)
        last = window.total - 1
        cursor = last if at_end else min(first, last)
        await window.read(cursor - self._room, cursor + self._room)
        if asked is not self._asked:
            return
        self._asked = None
        self._announced = None
        self._new = False
        self._replace(window, None if start is None else cursor, cursor - self._room // 2)

    async def _read_page(self, window: Window[R], number: int) -> None:
        counted = window.total, window.exact
        await window.read_page(number)
        if window is not self._window:
            return
        window.keep_around(self._near())
        self._drawing.forget()
        if (window.total, window.exact) != counted:
            self._replace(window, self._cursor, self.scroll_offset.y)
        elif number in {index // PAGE_ROWS for index in self._view}:
            self.refresh(self.size.region)
            self._tell()

    async def _count(self, window: Window[R]) -> None:
        """Go to the end of a list that was not counted to it."""
        await window.count()
        is_wanted, self._end_wanted = self._end_wanted, False
        if window is self._window and is_wanted:
            self._replace(window, self._cursor, self.scroll_offset.y)
            self.move_cursor(window.total - 1)

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
        found = None if sought is None else await fresh.find(sought)
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

    def _fail(self, reason: str) -> None:
        self._end_wanted = False
        if self._asked is not None:
            # The old rows are no answer to what was asked.
            self._replace(None, None, 0)
        self._failure = reason
        self.refresh()
        self._failed(reason)

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
