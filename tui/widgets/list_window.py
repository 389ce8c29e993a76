"""The part of a long list that is held in memory."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Generic, TypeAlias, TypeVar

from models.refusals import NotFound
from models.values import LAST, Order, Page

R = TypeVar("R")

Fetch: TypeAlias = Callable[[int, int, Order | None], Awaitable[Page[R]]]
"""Reads up to `limit` rows from `offset` on, all there are, and the list's size at that moment.

The whole list is in the order that is asked for; None is the list's own. `LAST` is asked of lists
that are shown from their end."""

Key: TypeAlias = Callable[[R], Hashable]
"""What stays the same of a row when others come and go or its texts change."""

Locate: TypeAlias = Callable[[Any, Order | None], Awaitable[int]]
"""Says at which index the row with a key is in the whole list, or raises `NotFound`."""

PAGE_ROWS = 50
"""Rows read at once; a few screens, so that most scrolling finds them ready."""

PAGES_HELD = 40
"""Pages kept in memory; more only on a screen that shows more."""

FAR = 1 << 40
"""An index beyond every list: up to there, all of it is counted."""


class Window(Generic[R]):
    """A few pages of a list, those nearest to where its reader is.

    Args:
        fetch: Where the rows come from.
        key: Tells rows apart, to find one again after the list has changed.
        locate: Finds a row that is not in memory.
        order: How the list is sorted.
    """

    def __init__(
        self,
        fetch: Fetch[R],
        key: Key[R] | None = None,
        locate: Locate | None = None,
        order: Order | None = None,
    ) -> None:
        self.key = key
        self.order = order
        self.total = 0
        self.exact = False
        self._fetch = fetch
        self._locate = locate
        self._pages: dict[int, tuple[R, ...]] = {}
        self._outdated: set[int] = set()
        self._places: dict[Hashable, int] | None = None

    @property
    def held(self) -> int:
        """How many rows are in memory."""
        return sum(map(len, self._pages.values()))

    def sorted(self, order: Order | None) -> "Window[R]":
        """The same list in an order, nothing of it read yet."""
        return Window(self._fetch, self.key, self._locate, order)

    def row(self, index: int) -> R | None:
        """The row at this index, None while it is not in memory or beyond the list."""
        page = self._pages.get(index // PAGE_ROWS, ())
        place = index % PAGE_ROWS
        return page[place] if place < len(page) and 0 <= index < self.total else None

    def place(self, key: Hashable) -> int | None:
        """The index of the row with this key, None when it is not in memory."""
        if self._places is None:
            self._places = {
                self.key(row): number * PAGE_ROWS + place
                for number, page in self._pages.items()
                for place, row in enumerate(page)
                if self.key is not None
            }
        return self._places.get(key)

    def missing(self, first: int, last: int) -> int | None:
        """The first page around these rows that the list has and memory has not."""
        pages = range(max(0, first) // PAGE_ROWS, min(last, self.total - 1) // PAGE_ROWS + 1)
        return next((it for it in pages if it not in self._pages or it in self._outdated), None)

    async def read(self, first: int, last: int) -> None:
        """Bring these rows into memory, as far as the list has them."""
        if not self._pages and not self.exact:
            await self.read_page(max(0, first) // PAGE_ROWS)
        while (number := self.missing(first, last)) is not None:
            await self.read_page(number)

    async def read_page(self, number: int) -> None:
        """Read one page, and with it the list's size as it is now."""
        self._take(await self._fetch(number * PAGE_ROWS, PAGE_ROWS, self.order))

    async def read_last_page(self) -> None:
        """Read the last page, wherever that is."""
        self._take(await self._fetch(LAST, PAGE_ROWS, self.order))

    def _take(self, page: Page[R]) -> None:
        number = page.offset // PAGE_ROWS
        is_news = page.exact or page.total > self.total
        if is_news and (page.total, page.exact) != (self.total, self.exact):
            self.recount(page.total, page.exact)
        self._pages[number] = page.rows
        self._outdated.discard(number)
        self._places = None

    async def count(self) -> None:
        """Have the whole list counted, if it is not."""
        if not self.exact:
            page = await self._fetch(FAR, 0, self.order)
            self.recount(page.total, page.exact)

    def recount(self, total: int, exact: bool) -> None:
        """Take the list for longer or shorter; pages that do not fit are read again in time.

        Until then they are shown as they are.
        """
        self.total, self.exact = total, exact
        for number, rows in list(self._pages.items()):
            expected = min(PAGE_ROWS, max(0, total - number * PAGE_ROWS))
            if not expected:
                del self._pages[number]
                self._places = None
            elif len(rows) != expected:
                self._outdated.add(number)

    def keep_around(self, rows: range) -> None:
        """Forget the pages farthest from these rows when there are too many."""
        most = max(PAGES_HELD, rows.stop // PAGE_ROWS - rows.start // PAGE_ROWS + 1)
        middle = (rows.start + rows.stop) / 2 / PAGE_ROWS - 0.5
        while len(self._pages) > most:
            del self._pages[max(self._pages, key=lambda number: abs(number - middle))]
            self._places = None

    async def again(self, rows: range) -> "Window[R]":
        """The same list, read anew where these rows are now."""
        fresh = self.sorted(self.order)
        await fresh.read(rows.start, rows.stop)
        grown = fresh.total - self.total
        for first, last in (
            (rows.start + grown, rows.stop + grown),
            (rows.start - PAGE_ROWS, rows.stop + PAGE_ROWS),
        ):
            if self.shift(fresh, rows) is None:
                await fresh.read(first, last)
        return fresh

    def shift(self, fresh: "Window[R]", rows: range) -> int | None:
        """How far down these rows are in `fresh`; None when not one of them is found there."""
        if self.key is None:
            return 0
        shifts = [
            place - index
            for index in rows
            if (row := self.row(index)) is not None
            and (place := fresh.place(self.key(row))) is not None
        ]
        # A row that was sorted to another place goes far, and the view must not go with it.
        return min(shifts, key=abs, default=None)

    def follow(self, fresh: "Window[R]", rows: range) -> int | None:
        """Where the first of these rows that `fresh` still has is there."""
        if self.key is None:
            return rows.start
        kept = (self.row(index) for index in rows)
        places = (fresh.place(self.key(row)) for row in kept if row is not None)
        return next((place for place in places if place is not None), None)

    async def find(self, key: Hashable) -> int | None:
        """The index of the row with this key, in memory then; None where nobody can tell."""
        if (place := self.place(key)) is not None or self._locate is None:
            return place
        try:
            there = await self._locate(key, self.order)
        except NotFound:
            return None
        await self.read_page(there // PAGE_ROWS)
        return self.place(key)
