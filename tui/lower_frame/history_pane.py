"""The history of a job, of an account or of all: who did what, and taking it back."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from models.history_filter import KIND_WORDS, HistoryFilter, parse_history_filter
from models.moments import short
from models.refusals import BadInput, Refused
from models.staff.desk import StaffDesk
from models.text import displayable
from models.values import Change, Event, Order, Page
from tui.desk_line import DeskLine
from tui.forms.words import Words
from tui.lower_frame.pane import StaffPane
from tui.lower_frame.undoing import take, taking_back
from tui.widgets.line_field import LineField
from tui.widgets.text_view import Block, TextView
from tui.widgets.virtual_list import Column, VirtualList, range_text

IN_A_LINE = 60
"""Characters up to which a field's two values stand in one line, before and after."""

HINT = f"kind: is one of {', '.join(KIND_WORDS)}"

COLUMNS: tuple[Column[Event], ...] = (
    Column("When", lambda event: short(event.at), 16, priority=8, sort="when", descending=True),
    Column("Who", lambda event: event.actor, 10, priority=7),
    Column(
        "What",
        lambda event: event.summary,
        24,
        1,
        priority=9,
        style=lambda event: "muted" if event.undoes is not None else None,
    ),
)
ACCOUNT: Column[Event] = Column(
    "Account", lambda event: str(event.account or ""), 8, priority=6, is_link=True
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose history it is: a job's, else an account's, else that of all there is."""

    name: str
    account: int | None = None
    job: int | None = None

    @property
    def is_all(self) -> bool:
        """Whether it is the history of all."""
        return self.account is None and self.job is None

    @property
    def known_words(self) -> str:
        """What can be written into the filter."""
        place = "" if self.job is not None else " #57" if self.account is not None else " #57 1001"
        return f"who:ben kind:status since:yesterday until:2026-11-30{place}"

    def narrow(self, asked: HistoryFilter) -> HistoryFilter:
        """Return what is asked for, within this history.

        Raises:
            BadInput: it asks for what is in another history.
        """
        for mine, theirs in ((self.job, asked.job), (self.account, asked.account)):
            if theirs is not None and (self.job is not None or mine not in (None, theirs)):
                raise BadInput("That is in another history: F5 leads to that of all accounts.")
        return replace(
            asked,
            account=self.account if asked.account is None else asked.account,
            job=self.job if asked.job is None else asked.job,
        )


class HistoryPane(StaffPane):
    """A filter over a list of what happened; below it the fields that the chosen entry changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "reverse", "Take back", id="history.reverse", tooltip="Take this change back"),
        Binding("r", "try_reverse", show=False),
        Binding(
            "f", "filter", "Filter", id="history.filter", tooltip="Filter by person, kind and time"
        ),
        Binding(
            "down", "entries", show=False, id="list.entries", tooltip="From the filter to the list"
        ),
    ]
    CHANGES = frozenset({"reverse"})

    @dataclass
    class Chosen(Message):
        """What an entry is about is to be shown."""

        event: Event

    def __init__(
        self,
        desk: DeskLine[StaffDesk],
        scope: Scope,
        text: str = "",
        index: int = 0,
    ) -> None:
        """Show the history of `scope`.

        Args:
            desk: the person's.
            scope: whose history it is.
            text: the filter to begin with.
            index: the entry to begin at, counted from the newest.
        """
        super().__init__(desk, id="history-pane")
        self.scope = scope
        self._begin_at = index
        self._listed = ""
        self._problem = ""
        self._field = LineField(text, placeholder=scope.known_words, id="history-filter")
        self._count = Static(id="history-count")
        self._words = Words()
        columns = (*COLUMNS, ACCOUNT) if scope.is_all else COLUMNS
        self._list: VirtualList[Event] = VirtualList(columns, fits=True, id="history")
        self._detail = TextView(id="history-detail")
        self._reversal = Static(id="history-reversal")

    @property
    def text(self) -> str:
        """What stands in the filter."""
        return self._field.value

    @property
    def index(self) -> int:
        """The entry under the cursor, counted from the newest."""
        return self._list.cursor_index or 0

    def compose(self) -> ComposeResult:
        """From the top: the filter, the list, the fields, and what would be taken back."""
        with Horizontal(id="history-filter-line"):
            yield Static(Content("Filter"), classes="field-label")
            yield self._field
            yield self._count
        yield self._words
        yield self._list
        yield self._detail
        yield self._reversal

    def on_mount(self) -> None:
        """Read the history."""
        self._show_entries(self._begin_at)

    def focus_first(self) -> None:
        """Go to the list."""
        self._list.focus()

    # -- the list --------------------------------------------------------------------------------

    def _show_entries(self, index: int = 0) -> None:
        """List what the filter asks for; else say why not, and list as before."""
        self._listed = text = self._field.value
        try:
            asked = self.scope.narrow(parse_history_filter(text, _today()))
        except BadInput as error:
            self._say(str(error))
            return
        self._say()
        self._list.empty = _nothing(asked) if text.strip() else "Nothing happened yet."

        async def read(offset: int, limit: int, order: Order | None) -> Page[Event]:
            return await self.desk.ask(lambda desk: desk.history.page(asked, offset, limit, order))

        self._list.show(read, cursor=index, key=lambda event: event.id)

    def refresh_data(self) -> None:
        """Read the list again after a change; new entries come into view where it is at the top."""
        self._list.refresh_rows()
        self._follow_the_newest()

    @work(group="newest")
    async def _follow_the_newest(self) -> None:
        was_at_top = self._list.scroll_offset.y == 0
        await self._list.settled()
        if was_at_top and self.index < self._list.size.height - 1:
            self._list.scroll_to(y=0, animate=False, force=True)
        if (event := self._list.cursor_row) is not None:
            self._show_entry(event)

    @on(VirtualList.Counted)
    def _counted(self, event: VirtualList.Counted[Event]) -> None:
        words = range_text(event.first, event.last, event.total, event.exact)
        self._count.update(Content(words))
        for part in (self._detail, self._reversal):
            part.display = bool(event.total)

    @on(VirtualList.Opened)
    def _opened(self, event: VirtualList.Opened[Event]) -> None:
        event.stop()
        self.post_message(self.Chosen(event.row))

    # -- the filter ------------------------------------------------------------------------------

    def action_filter(self) -> None:
        """Go to the filter."""
        self._field.focus()
        self._field.select_all()

    def action_entries(self) -> None:
        """Go from the filter to the list."""
        self.focus_first()

    def action_back(self) -> None:
        """Leave the filter for the list, its text stays; leave the list for the place before."""
        if self._field.has_focus:
            self.focus_first()
        else:
            super().action_back()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value != self._listed:  # it is what the pane began with
            self._show_entries()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_first()

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _hint(self) -> None:
        self._say(self._problem)

    def _say(self, problem: str = "") -> None:
        """Say what is wrong with the filter, else name the kinds while it is empty and has focus.

        The line stays as long as one types, so that the list does not jump at each key.
        """
        self._problem = problem
        is_typing = self._field.has_focus
        hint = HINT if is_typing and not self._field.value else ""
        self._field.set_invalid(bool(problem))
        self._words.say(problem or hint, problem=bool(problem))
        self._words.display = is_typing or bool(problem)

    # -- an entry --------------------------------------------------------------------------------

    @on(VirtualList.Highlighted)
    def _highlighted(self, event: VirtualList.Highlighted[Event]) -> None:
        event.stop()
        self._show_entry(event.row)

    def _show_entry(self, event: Event) -> None:
        self.refresh_bindings()
        self._detail.set_blocks(list(_blocks(event)))
        self._say_what_reversing_does(event)

    @work(group="reversal", exclusive=True)
    async def _say_what_reversing_does(self, event: Event) -> None:
        """Name what the key would take back, or say why it cannot be, before it is pressed."""
        words = Content("")
        if event.reversible:
            try:
                reversal = await self.desk.look(lambda desk: desk.undo.of_event(event.id))
                words = _in_a_line(reversal.words, reversal.refusal)
            except Refused as error:
                words = _in_a_line("", str(error))
        self._reversal.update(words)

    def may_change(self, _action: str, /) -> bool:
        """The entry under the cursor is of a change that is in force, and may be taken back."""
        event = self._list.cursor_row
        return event is not None and event.reversible

    def action_reverse(self) -> None:
        """Take back the change that the entry under the cursor is of."""
        event = self._list.cursor_row
        if event is not None:
            self.panel.follow(self._reverse, event)

    def action_try_reverse(self) -> None:
        """Let the desk say why the entry under the cursor cannot be taken back."""
        self.action_reverse()

    async def _reverse(self, event: Event) -> None:
        done = await take(self.panel, self.desk, taking_back(event.id), event.account)
        self.refresh_data()
        if done is not None:
            self.post_message(self.Changed())


def _nothing(asked: HistoryFilter) -> str:
    whole = " who: is followed by a whole login, such as anna." if asked.actor else ""
    return f"Nothing in this history fits the filter.{whole}"


def _today() -> datetime.date:
    return datetime.datetime.now().astimezone().date()


def _in_a_line(words: str, refusal: str) -> Content:
    if refusal:
        return Content.styled(displayable(f"Not to be taken back: {refusal}"), "$text-warning")
    return Content.assemble(("r", "$footer-key-foreground bold"), "  ", displayable(words))


def _blocks(event: Event) -> Iterator[Block]:
    """Yield who did it, when and how, then each field, before and after."""
    who = event.actor if event.actor_name == event.actor else f"{event.actor_name} ({event.actor})"
    facts = [
        short(event.at),
        who,
        f"session {event.session}" if event.session else "",
        f"entry {event.id}",
        f"takes back entry {event.undoes}" if event.undoes is not None else "",
    ]
    brief = [change for change in event.changes if _is_brief(change)]
    lines = [_in_words(change, event.kind) for change in brief]
    heading = " · ".join(fact for fact in facts if fact)
    yield Block(heading, "\n".join(lines or [event.summary]), id=event.id)
    for change in event.changes:
        if change not in brief:
            if change.before:
                yield Block(f"{change.field}, before", change.before, "muted")
            if change.after:
                yield Block(f"{change.field}, after", change.after, "accent")


def _is_brief(change: Change) -> bool:
    both = change.before + change.after
    return len(both) <= IN_A_LINE and "\n" not in both


def _in_words(change: Change, kind: str) -> str:
    """Say how a field was and became; what came or went as a whole, how it is or was."""
    if kind.endswith(("-added", "-removed", "-restored")) and not (change.before and change.after):
        return f"{change.field}: {change.after or change.before}"
    return f"{change.field}: {change.before or '(empty)'} → {change.after or '(empty)'}"
