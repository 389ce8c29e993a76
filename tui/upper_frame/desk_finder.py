"""What Search asks of the desks: the newest text is answered, older ones are given up."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from models.refusals import Interrupted
from models.staff.desk import StaffDesk
from models.values import AccountRow, Count, JobHit, Order, Page
from tui.desk_line import DeskLine
from tui.upper_frame.recently_opened import RecentlyOpened

Result = TypeVar("Result")


class DeskFinder:
    """Finds what a text means on a desk of its own, whose queries another text ends."""

    def __init__(
        self,
        searcher: DeskLine[StaffDesk],
        desk: DeskLine[StaffDesk],
        recently_opened: RecentlyOpened,
    ) -> None:
        """Search with these.

        Args:
            searcher: the desk that searches, and does nothing else.
            desk: the desk that opens accounts; what it is asked nothing ends.
            recently_opened: what the person opened last.
        """
        self._searcher = searcher
        self._desk = desk
        self._recently_opened = recently_opened
        self._text = ""

    async def recent(self) -> tuple[int, ...]:
        """Return the accounts that the person opened last, by whom an empty search begins."""
        return await self._recently_opened.newest()

    async def accounts(
        self, text: str, offset: int, limit: int, order: Order | None, recent: Sequence[int]
    ) -> Page[AccountRow]:
        """Return a window of the accounts that a text finds."""
        return await self._ask(
            text, lambda desk: desk.search.page(text, offset, limit, order, recent)
        )

    async def jobs(self, text: str, offset: int, limit: int, order: Order | None) -> Page[JobHit]:
        """Return a window of the jobs that a text finds."""
        return await self._ask(text, lambda desk: desk.search.jobs(text, offset, limit, order))

    async def count(self, text: str) -> Count:
        """Return how many accounts or jobs a text finds."""
        return await self._ask(text, lambda desk: desk.search.count(text))

    async def first(self, text: str) -> AccountRow | JobHit | None:
        """Return what a text means first; where it is empty, the account opened last."""
        if text.strip():
            return await self._desk.ask(lambda desk: desk.search.first(text))
        recent = await self.recent()
        page = await self._desk.ask(lambda desk: desk.search.page(text, 0, 1, None, recent))
        return next(iter(page.rows), None)

    async def _ask(self, text: str, operation: Callable[[StaffDesk], Result]) -> Result:
        if text != self._text:
            self._text = text
            self._searcher.interrupt(lambda desk: desk.database.interrupt())

        def work(desk: StaffDesk) -> Result:
            if text != self._text:
                raise Interrupted("Another text was typed meanwhile.")
            return operation(desk)

        while True:
            try:
                return await self._searcher.ask(work)
            except Interrupted:
                if text != self._text:
                    raise
