"""The history of an account or a job: who did what; removals can be taken back."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models.moments import short
from models.staff.desk import StaffDesk
from models.values import Change, Event, Page
from tui.desk_line import DeskLine
from tui.lower_frame.pane import StaffPane
from tui.widgets.text_view import Block, TextView
from tui.widgets.virtual_list import Column, VirtualList

Read = Callable[[int, int], Awaitable[Page[Event]]]
"""Reads a window of the history, newest first."""

COLUMNS: tuple[Column[Event], ...] = (
    Column("When", lambda event: short(event.at), 16, priority=8),
    Column("Who", lambda event: event.actor, 10, priority=7),
    Column("What", lambda event: event.summary, 24, 1, priority=9),
    Column(
        "",
        lambda event: "r: bring back" if event.restorable else "",
        13,
        priority=5,
        style=lambda _: "accent",
    ),
)


class HistoryPane(StaffPane):
    """A list of what happened, and below it the fields that the chosen entry changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "restore", "Bring back", id="history.restore", tooltip="Undo this removal"),
        Binding("r", "try_restore", show=False),
    ]
    CHANGES = frozenset({"restore"})

    def __init__(self, desk: DeskLine[StaffDesk], read: Read, job_id: int | None = None) -> None:
        """Show the history that `read` reads, of a job or else of an account."""
        super().__init__(desk, id="history-pane")
        self.job_id = job_id
        self._read = read
        self._list: VirtualList[Event] = VirtualList(
            COLUMNS, empty="Nothing happened yet.", id="history"
        )
        self._detail = TextView(id="history-detail")

    def compose(self) -> ComposeResult:
        """Put the fields below the list."""
        yield self._list
        yield self._detail

    def on_mount(self) -> None:
        """Read the history."""
        self._list.show(self._read, key=lambda event: event.id)

    def focus_first(self) -> None:
        """Go to the list."""
        self._list.focus()

    def refresh_data(self) -> None:
        """Read the list again after a change."""
        self._list.refresh_rows()

    def may_change(self, _action: str, /) -> bool:
        """The entry under the cursor is a removal that can be taken back."""
        event = self._list.cursor_row
        return event is not None and event.restorable

    @on(VirtualList.Highlighted)
    def _highlighted(self, event: VirtualList.Highlighted[Event]) -> None:
        event.stop()
        self.refresh_bindings()
        lines = [_in_words(change, event.row.kind) for change in event.row.changes]
        who = f"{short(event.row.at)}  {event.row.actor_name}"
        self._detail.set_blocks(
            [Block(f"{who}  {event.row.summary}", "\n".join(lines), None, None)]
        )

    def action_restore(self) -> None:
        """Take back the removal under the cursor."""
        event = self._list.cursor_row
        if event is not None:
            self.panel.follow(self._restore, event)

    def action_try_restore(self) -> None:
        """Let the desk say why the entry under the cursor cannot be taken back."""
        self.action_restore()

    async def _restore(self, event: Event) -> None:
        await self.change(lambda desk: desk.history.restore(event.id))


def _in_words(change: Change, kind: str) -> str:
    """Say how a field was and became; what was added or removed as a whole, how it was."""
    if kind.endswith(("-added", "-removed")):
        return f"{change.field}: {change.after or change.before}"
    return f"{change.field}: {change.before or '(empty)'} → {change.after or '(empty)'}"
