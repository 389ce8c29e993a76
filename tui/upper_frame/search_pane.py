"""Search: the field and the accounts or jobs that it finds, while one types."""

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol, TypeVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from models.refusals import BadInput, Refused
from models.search_query import SearchQuery, hints, parse_query
from models.text import quoted
from models.values import AccountRow, Count, JobHit, Order, Page
from tui.border_words import say_below
from tui.panel import Panel
from tui.upper_frame.account_columns import AccountColumns
from tui.upper_frame.hint_line import HintLine
from tui.upper_frame.job_columns import JobColumns
from tui.upper_frame.search_field import SearchField
from tui.widgets.virtual_list import VirtualList, range_text

Row = TypeVar("Row")

PAUSE = 0.3
"""Seconds without a key after which it is counted how many there are."""

MOMENT = 0.025
"""Seconds that the drawing of a key may wait for what it finds."""

NO_ACCOUNTS = "No accounts yet. Import them: customjobs import whm FILE"
NO_CUSTOMERS = "No customers yet. The hosting company takes them over from its control panel."
NO_JOBS = "No job has {words} in its description, its details, its tasks or its notes."


class Finder(Protocol):
    """Finds what a text means; any of it may be given up with `Interrupted` for a newer text."""

    async def recent(self) -> tuple[int, ...]:
        """Return the accounts by which an empty search begins."""

    async def accounts(
        self, text: str, offset: int, limit: int, order: Order | None, recent: Sequence[int]
    ) -> Page[AccountRow]:
        """Return a window of the accounts that a text finds."""

    async def jobs(self, text: str, offset: int, limit: int, order: Order | None) -> Page[JobHit]:
        """Return a window of the jobs that a text finds."""

    async def count(self, text: str) -> Count:
        """Return how many accounts or jobs a text finds."""

    async def first(self, text: str) -> AccountRow | JobHit | None:
        """Return what a text means first."""


@dataclass(eq=False)
class _Sought:
    """One text in the field, and what became known of it."""

    text: str
    query: SearchQuery | None
    problem: str = ""
    recent: tuple[int, ...] | None = None
    is_counted: bool = False


class SearchPane(Vertical):
    """The search field over its results; Enter opens the first of them, or the one chosen."""

    panel = getters.app(Panel)
    BORDER_TITLE = "Search"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "results(1)", "Results", show=False, id="list.next", tooltip="Next result"),
        Binding(
            "up",
            "results(-1)",
            "Results",
            show=False,
            id="list.previous",
            tooltip="Previous result",
        ),
        Binding(
            "pagedown", "page(1)", "Results", show=False, id="list.next-page", tooltip="Next page"
        ),
        Binding(
            "pageup", "page(-1)", "Results", show=False, id="list.last-page", tooltip="Page before"
        ),
        Binding("escape", "clear", "Clear", id="search.clear", show=False, tooltip="Clear Search"),
    ]

    @dataclass
    class AccountChosen(Message):
        """An account is to be opened."""

        account_id: int

    @dataclass
    class JobChosen(Message):
        """A job is to be opened in its account."""

        account_id: int
        job_id: int

    def __init__(self, finder: Finder, *, resellers: bool = True) -> None:
        """List what `finder` finds.

        Args:
            finder: reads the results.
            resellers: whether the results say whose customers they are.
        """
        super().__init__(id="search-pane", classes="pane")
        self._finder = finder
        self._field = SearchField(
            placeholder="Account ID, user name, domain, e-mail, person or company", id="search"
        )
        self._hint_line = HintLine()
        self._none = NO_ACCOUNTS if resellers else NO_CUSTOMERS
        self._account_columns = AccountColumns(resellers=resellers)
        self._job_columns = JobColumns()
        self._accounts: VirtualList[AccountRow] = VirtualList(
            self._account_columns.columns, id="results"
        )
        self._jobs: VirtualList[JobHit] = VirtualList(self._job_columns.columns, id="job-results")
        self._shown: VirtualList[Any] = self._accounts
        self._ranges: dict[VirtualList[Any], str] = {}
        self._sought = _Sought("", None)
        self._counting: Timer | None = None
        self._held = ExitStack()
        self._has_moved = False
        self._has_opened = False

    def compose(self) -> ComposeResult:
        """Put the field and its hints over the results."""
        yield self._field
        yield self._hint_line
        yield self._accounts
        yield self._jobs

    def on_mount(self) -> None:
        """Show all accounts."""
        self._jobs.display = False
        self.watch(self._field, "value", self._seek)
        self.watch(self._field, "selection", self._hint)

    def on_unmount(self) -> None:
        """Let the screen be drawn as ever."""
        self._held.close()

    def on_resize(self) -> None:
        """Know which columns there is room for."""
        self._account_columns.fit(self.content_size.width)

    @property
    def filters(self) -> list[tuple[str, str]]:
        """The filters that can be typed, each with what it does."""
        return [(hint.insert, hint.what) for hint in hints("", 0)]

    def focus_field(self) -> None:
        """Put the cursor into the field, what was searched for selected."""
        if self._has_opened and not self._field.value.strip():
            self._seek()
        self._field.focus()
        self._field.select_all()

    def seek(self, text: str) -> None:
        """Put a text into the field, as if it had been typed."""
        self._field.value = text
        self.focus_field()

    def account_opened(self) -> None:
        """Begin with the account that was opened when the person comes to an empty search again."""
        self._has_opened = True

    def refresh_data(self) -> None:
        """Read the results again after others changed something."""
        self._shown.refresh_rows()

    # -- the results -----------------------------------------------------------------------------

    def _seek(self) -> None:
        """Show what the text in the field finds."""
        self._sought = sought = _read(self._field.value)
        self._has_moved = False
        self._has_opened = False
        self._hold_drawing()
        if self._counting is not None:
            self._counting.stop()
        self._hint()
        if sought.query is not None and sought.query.is_of_jobs:
            self._jobs.show(
                lambda offset, limit, order: self._read(
                    sought, self._jobs, self._finder.jobs(sought.text, offset, limit, order)
                ),
                key=lambda hit: hit.id,
            )
        else:
            self._accounts.show(
                lambda offset, limit, order: self._read(
                    sought, self._accounts, self._read_accounts(sought, offset, limit, order)
                ),
                key=lambda row: row.id,
            )

    async def _read_accounts(
        self, sought: _Sought, offset: int, limit: int, order: Order | None
    ) -> Page[AccountRow]:
        if sought.query is None:
            return Page((), 0, 0)
        if sought.recent is None:
            sought.recent = await self._finder.recent() if sought.query.is_empty else ()
        return await self._finder.accounts(sought.text, offset, limit, order, sought.recent)

    async def _read(
        self, sought: _Sought, results: VirtualList[Any], reading: Awaitable[Page[Row]]
    ) -> Page[Row]:
        """Return a page, and let its list stand for what is sought."""
        page: Page[Row] = Page((), 0, 0)
        try:
            page = await self._counted(sought, await reading)
            return page
        finally:
            if sought is self._sought:
                self._present(sought, results, is_empty=not page.total)

    def _present(self, sought: _Sought, results: VirtualList[Any], *, is_empty: bool) -> None:
        self._account_columns.query = self._job_columns.query = sought.query
        if is_empty:
            results.empty = self._words_for_nothing(sought)
        if results is not self._shown:
            self._shown.display = False
            results.display = True
            self._shown = results
            self._show_range(results)
        # Behind what the list is about to tell of its length.
        results.call_later(self.call_later, self._draw)

    def _words_for_nothing(self, sought: _Sought) -> str:
        query = sought.query
        if query is None:
            is_said = self._field.has_class("-invalid") and self._hint_line.says_all
            return "" if is_said else sought.problem
        if query.job_number is not None:
            return f"There is no job #{query.job_number} here."
        if query.job_words is not None:
            return NO_JOBS.format(words=quoted(query.job_words))
        if not sought.text.strip():
            return self._none
        return (
            f"Nothing found for {quoted(sought.text)}: "
            "try a part of a domain, a name or an Account ID."
        )

    def _hold_drawing(self) -> None:
        """Draw what is typed and what it finds at once, if that is there in a moment."""
        self._draw()
        self._held.enter_context(self.app.batch_update())
        self._held.callback(asyncio.get_running_loop().call_later(MOMENT, self._draw).cancel)

    def _draw(self) -> None:
        self._held.close()
        self.app.screen.check_idle()

    # -- how many there are ----------------------------------------------------------------------

    async def _counted(self, sought: _Sought, page: Page[Row]) -> Page[Row]:
        """Return the page with all that is known of the list's length; see to it that more is."""
        if page.exact or sought is not self._sought:
            return page
        if sought.is_counted:  # and the list is never said to be shorter again than it is
            count = await self._finder.count(sought.text)
            return replace(page, total=count.total, exact=count.exact)
        if self._counting is not None:
            self._counting.stop()
        self._counting = self.set_timer(PAUSE, lambda: self._count(sought))
        return page

    @work(group="count", exclusive=True)
    async def _count(self, sought: _Sought) -> None:
        """Count the results, now that nobody types."""
        with suppress(Refused):  # given up for another text, or told by the list already
            count = await self._finder.count(sought.text)
            if sought is self._sought:
                sought.is_counted = True
                self._shown.recount(count.total, count.exact)

    @on(VirtualList.Counted)
    def _tell_range(self, event: VirtualList.Counted[Any]) -> None:
        event.stop()
        words = range_text(event.first, event.last, event.total, event.exact)
        self._ranges[event.list] = words
        if event.list is self._shown:
            self._show_range(event.list)

    def _show_range(self, results: VirtualList[Any]) -> None:
        """Say in the border which of how many are in view."""
        say_below(self, self._ranges.get(results, ""))

    # -- what is typed ---------------------------------------------------------------------------

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()  # each key is followed at once, before its message is there

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        """Open the row that was chosen; else what the text finds first, read for this very text."""
        event.stop()
        row = self._shown.cursor_row
        is_sorted = self._shown.order is not None and not event.value.strip().isdecimal()
        is_chosen = self._has_moved or is_sorted
        if row is not None and is_chosen and not self._shown.is_waiting:
            self._choose(row)
        else:
            self.panel.follow(self._open_first, event.value)

    async def _open_first(self, text: str) -> None:
        try:
            found = await self._finder.first(text)
        except Refused as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if found is not None:
            self._choose(found)

    @on(VirtualList.Opened)
    def _opened(self, event: VirtualList.Opened[Any]) -> None:
        event.stop()
        self._choose(event.row)

    def _choose(self, row: AccountRow | JobHit) -> None:
        if isinstance(row, JobHit):
            self.post_message(self.JobChosen(row.account, row.id))
        else:
            self.post_message(self.AccountChosen(row.id))

    # -- hints -----------------------------------------------------------------------------------

    def _hint(self) -> None:
        """Show what could be written at the cursor, else what is wrong with the text."""
        field, sought = self._field, self._sought
        if field.value != sought.text:  # which is about to be read
            return
        found = hints(field.value, field.cursor_position)
        is_wrong = bool(sought.problem) and not found
        field.set_invalid(is_wrong)
        if is_wrong:
            self._hint_line.say(sought.problem)
        else:
            self._hint_line.show(found, begun=field.is_at_end_of_word)

    @on(SearchField.HintWanted)
    def _complete(self) -> None:
        for hint in hints(self._field.value, self._field.cursor_position)[:1]:
            if hint.insert:
                self._field.put(hint)

    @on(HintLine.Taken)
    def _take_hint(self, event: HintLine.Taken) -> None:
        event.stop()
        self._field.focus()
        self._field.put(event.hint)

    # -- keys ------------------------------------------------------------------------------------

    def action_results(self, by: int) -> None:
        """Move the cursor in the results while the field keeps the focus."""
        self._has_moved = True
        self._shown.action_cursor_by(by)

    def action_page(self, by: int) -> None:
        """Move the cursor in the results by a page while the field keeps the focus."""
        self._has_moved = True
        self._shown.action_page(by)

    def action_clear(self) -> None:
        """Empty the field, and with it the search."""
        self._field.value = ""
        self._field.focus()


def _read(text: str) -> _Sought:
    try:
        return _Sought(text, parse_query(text))
    except BadInput as refusal:
        return _Sought(text, None, str(refusal))
