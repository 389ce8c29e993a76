"""Search: the field and the accounts that it finds, while one types."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from models.refusals import Refused
from models.text import quoted
from models.values import AccountRow, AccountStatus, Page
from tui.panel import Panel
from tui.widgets.line_field import LineField
from tui.widgets.virtual_list import Column, VirtualList, range_text

Search = Callable[[str, int, int], Awaitable[Page[AccountRow]]]
"""Finds accounts by text: a window of them from an offset, so many rows."""

FindFirst = Callable[[str], Awaitable[Page[AccountRow]]]
"""Finds the account that a text means first."""

NO_ACCOUNTS = "No accounts yet. Import them: customjobs import whm FILE"
NO_CUSTOMERS = "No customers yet. The hosting company takes them over from its control panel."

_TONES = {AccountStatus.SUSPENDED: "warning", AccountStatus.CLOSED: "muted"}

COLUMNS: tuple[Column[AccountRow], ...] = (
    Column("ID", lambda row: str(row.id), 6, priority=9, is_link=True),
    Column("User", lambda row: row.username, 10, 1, priority=8),
    Column("Domain", lambda row: row.domain, 14, 2, priority=7),
    Column("Customer", lambda row: row.company or row.person, 14, 2, priority=3),
    Column("Plan", lambda row: row.plan, 8, 1, priority=2),
    Column(
        "Status",
        lambda row: row.status.value,
        9,
        priority=5,
        style=lambda row: _TONES.get(row.status),
    ),
)
RESELLER: Column[AccountRow] = Column(
    "Reseller", lambda row: str(row.reseller or ""), 8, priority=6
)


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

    def __init__(self, search: Search, find_first: FindFirst, *, resellers: bool = True) -> None:
        """List accounts by `search`, which a later search may end; open what `find_first` finds.

        Args:
            search: reads the results.
            find_first: reads what a text means first.
            resellers: whether the results say whose customers they are.
        """
        super().__init__(id="search-pane", classes="pane")
        self._search = search
        self._find_first = find_first
        self._field = LineField(
            placeholder="Account ID, user name, domain, e-mail, person or company", id="search"
        )
        self._none = NO_ACCOUNTS if resellers else NO_CUSTOMERS
        columns = (*COLUMNS, RESELLER) if resellers else COLUMNS
        self._results: VirtualList[AccountRow] = VirtualList(columns, id="results")
        self._moved = False

    def compose(self) -> ComposeResult:
        """Put the field over the results."""
        yield self._field
        yield self._results

    def on_mount(self) -> None:
        """Show all accounts."""
        self._show_results()

    def focus_field(self) -> None:
        """Put the cursor into the field, what was searched for selected."""
        self._field.focus()
        self._field.select_all()

    def seek(self, text: str) -> None:
        """Put a text into the field, as if it had been typed."""
        self._field.value = text
        self.focus_field()

    def refresh_data(self) -> None:
        """Read the results again after others changed something."""
        self._results.refresh_rows()

    def _show_results(self) -> None:
        text = self._field.value
        self._moved = False
        self._results.empty = (
            f"Nothing found for {quoted(text)}: try a part of a domain, a name or an Account ID."
            if text.strip()
            else self._none
        )
        self._results.show(
            lambda offset, limit: self._search(text, offset, limit), key=lambda row: row.id
        )

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._show_results()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        """Open the row that was chosen; else what the text finds first, read for this very text."""
        event.stop()
        row = self._results.cursor_row
        if row is not None and not self._results.is_waiting and self._moved:
            self.post_message(self.AccountChosen(row.id))
        else:
            self.panel.follow(self._open_first, event.value)

    async def _open_first(self, text: str) -> None:
        try:
            found = await self._find_first(text)
        except Refused as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if found.rows:
            self.post_message(self.AccountChosen(found.rows[0].id))

    @on(VirtualList.Opened)
    def _opened(self, event: VirtualList.Opened[AccountRow]) -> None:
        event.stop()
        self.post_message(self.AccountChosen(event.row.id))

    @on(VirtualList.Counted)
    def _counted(self, event: VirtualList.Counted[AccountRow]) -> None:
        event.stop()
        self.border_subtitle = Content(
            range_text(event.first, event.last, event.total, event.exact)
        )

    def action_results(self, by: int) -> None:
        """Move the cursor in the results while the field keeps the focus."""
        self._moved = True
        self._results.action_cursor_by(by)

    def action_page(self, by: int) -> None:
        """Move the cursor in the results by a page while the field keeps the focus."""
        self._moved = True
        self._results.action_page(by)

    def action_clear(self) -> None:
        """Empty the field, and with it the search."""
        self._field.value = ""
        self._field.focus()
