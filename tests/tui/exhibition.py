"""A program that shows hostile text through every widget, pane and dialog of the panel in turn.

    python -m tests.tui.exhibition DATABASE REPORT COUNT [EXHIBIT …]

DATABASE is one of `tests.hostile_company`. At the end REPORT holds, in JSON, for each exhibit the
marks (see `tests.hostile_text.packed`) that must have been seen and how many texts were shown.
"""

import asyncio
import itertools
import json
import sys
import traceback
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from textual.app import ComposeResult
from textual.containers import Grid, Vertical
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Button

from models.customer.desk import CustomerDesk
from models.desk_thread import DeskThread
from models.draft_store import DraftPlace, DraftStore, KeptDraft
from models.merge import Dispute
from models.refusals import Refused
from models.sessions import Sessions
from models.settings import Settings
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.text import displayable
from models.values import Order, Page, TaskDefaults
from tests.hostile_company import ACCOUNT, JOB
from tests.hostile_text import LONG, PAYLOADS, SURROGATES, generated, packed
from tui.desk_line import DeskLine
from tui.dialogs.choice import Choice, Offer
from tui.dialogs.confirmation import Confirmation
from tui.dialogs.edit_job import EditJob
from tui.dialogs.edit_task import EditTask
from tui.dialogs.kept_drafts import KeptDrafts
from tui.dialogs.keys import KeysDialog
from tui.dialogs.move_job import MoveJob
from tui.dialogs.reader import Reader
from tui.draft_keeper import DraftKeeper
from tui.forms.dispute_line import DisputeLine
from tui.forms.field import Field
from tui.forms.long_field import LongField
from tui.forms.note_form import NoteField, NoteForm
from tui.forms.task_form import TaskForm
from tui.forms.toggle import Toggle
from tui.forms.words import Words
from tui.header import Header
from tui.key_line import KeyLine
from tui.lower_frame.frame import LowerFrame
from tui.lower_frame.history_pane import HistoryPane, Scope
from tui.lower_frame.job_pane import JobPane
from tui.lower_frame.jobs_pane import JobsPane
from tui.lower_frame.offer_line import OfferLine
from tui.lower_frame.undoing import Proposal
from tui.lower_frame.work_frame import WorkFrame
from tui.panel import Panel
from tui.support_center.job_pane import CustomerJobPane
from tui.support_center.jobs_pane import CustomerJobsPane
from tui.upper_frame.account_pane import AccountPane, Link
from tui.upper_frame.desk_finder import DeskFinder
from tui.upper_frame.hint_line import HintLine
from tui.upper_frame.recently_opened import RecentlyOpened
from tui.upper_frame.search_field import SearchField
from tui.upper_frame.search_pane import SearchPane
from tui.widgets.block_field import BlockField
from tui.widgets.line_field import LineField
from tui.widgets.text_view import Block, TextView
from tui.widgets.virtual_list import Column, VirtualList

COLUMNS, ROWS = 160, 60
"""The terminal that it wants, in cells."""

LONGEST = 100
"""Characters of a line; wide ones fill most of the terminal."""

MOST_PAGES = 60
"""Pages of a list or a text that are turned."""

BESIDE_THE_LONG = 10
"""Lines at the end that the long text may push out of sight."""

SOME = 300
"""Lines for an exhibit whose every frame is costly: where widgets are made anew for it."""

_NUMBERS = itertools.count()

Show = Callable[["Exhibition", list[str]], Awaitable[None]]


class Exhibition(Panel):
    """Shows one exhibit after another and leaves."""

    CSS = """
    #stage { height: 1fr; }
    Grid { grid-size: 1; grid-rows: 1; grid-columns: 1fr; }
    Grid Button { width: 1fr; }
    Grid.tall { grid-rows: 1fr; }
    Grid.double { grid-rows: 2; }
    Grid.framed { grid-rows: 3; & TextView, & LowerFrame { border: round white; } }
    """

    def __init__(
        self, path: Path, report: Path, texts: Sequence[str], names: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self._names = names
        self.path = path
        self._report = report
        self._texts = texts
        staff = DeskThread(lambda: StaffDesk.open(path, Actor("anna"), None, Settings()), "staff")
        customer = DeskThread(lambda: CustomerDesk.open(path, (ACCOUNT,), Settings()), "customer")
        self.staff: DeskLine[StaffDesk] = DeskLine(staff, lambda _: None)
        self.customer: DeskLine[CustomerDesk] = DeskLine(customer, lambda _: None)
        self.stage = Vertical(id="stage")

    def compose(self) -> ComposeResult:
        yield self.stage
        yield KeyLine()

    def on_mount(self) -> None:
        self.run_worker(self._show_all())

    async def _show_all(self) -> None:
        report: dict[str, list[str]] = {}
        for number, (name, show) in enumerate(SHOWN.items()):
            if self._names and name not in self._names:
                continue
            code = chr(ord("a") + number // 26) + chr(ord("a") + number % 26)
            lines = list(packed(self._texts, code, LONGEST))
            await show(self, lines)
            report[name] = [line.partition("~")[0] for line in lines[:-BESIDE_THE_LONG]]
        self._report.write_text(json.dumps(report))
        await self.staff.close()
        await self.customer.close()
        self.exit()

    def _handle_exception(self, error: Exception) -> None:
        """Say in the report what went wrong, which the terminal is not told."""
        self._report.write_text(json.dumps({"fault": traceback.format_exception(error)}))
        super()._handle_exception(error)

    async def frame(self) -> None:
        """Wait until all that was changed is drawn."""
        for rows in self.screen.query(VirtualList):
            await rows.settled()
        for _ in range(2):  # what a widget handled in the first, it told the screen by the second
            for widget in self.screen.walk_children():
                handled = asyncio.Event()
                if widget.call_later(handled.set):
                    await handled.wait()
        drawn = asyncio.Event()
        self.screen.call_after_refresh(drawn.set)
        await drawn.wait()

    async def on_stage(self, widget: Widget) -> None:
        """Show nothing but this."""
        await self.stage.remove_children()
        await self.stage.mount(widget)
        await self.frame()

    async def show_dialog(self, dialog: Screen[Any]) -> None:
        """Open a dialog, with nothing behind it."""
        await self.stage.remove_children()
        await self.push_screen(dialog)
        await self.frame()

    async def turn_pages(self, view: VirtualList[Any] | TextView) -> None:
        """Scroll a list or a text from its beginning to its end."""
        view.focus()
        await self.frame()
        step = max(1, view.size.height - 2)
        last = min(int(view.max_scroll_y) + step, MOST_PAGES * step)
        for line in range(0, last, step):
            view.scroll_to(y=line, animate=False, force=True)
            await self.frame()


def some(lines: list[str], count: int) -> Iterator[list[str]]:
    """Yield the lines, so many at a time."""
    source = iter(lines)
    while part := list(itertools.islice(source, count)):
        yield part


def in_grid(
    make: Callable[[], Any],
    put: Callable[[Any, list[str]], object],
    *,
    count: int = ROWS - 2,
    of_each: int = 1,
    classes: str = "",
) -> Show:
    """Show many widgets of a kind at a time, each with `of_each` lines."""

    async def show(app: Exhibition, lines: list[str]) -> None:
        widgets = [make() for _ in range(count)]
        await app.on_stage(Grid(*widgets, classes=classes))
        for batch in some(lines, count * of_each):
            for widget, part in zip(widgets, some(batch, of_each), strict=False):
                put(widget, part)
            await app.frame()

    return show


def make_field() -> Field:
    return Field(f"x{next(_NUMBERS)}", "")


def set_text(widget: Any, part: list[str]) -> None:
    widget.value = part[0]
    widget.cursor_position = 0


def set_hint(widget: HintLine, part: list[str]) -> None:
    widget.say(part[0])


def set_placeholder(widget: LineField, part: list[str]) -> None:
    widget.placeholder = part[0]


def set_field(widget: Field, part: list[str]) -> None:
    widget.label, widget.input.value = (*part, "")[:2]


def set_block(widget: BlockField, part: list[str]) -> None:
    widget.text = "\n".join(part)


def set_long(widget: LongField, part: list[str]) -> None:
    widget.text = "\n".join(part)


def set_theirs(widget: DisputeLine, part: list[str]) -> None:
    widget.show(Dispute("", part[0]), "")


def set_their_lines(widget: DisputeLine, part: list[str]) -> None:
    widget.show(Dispute("", "\n".join(part[1:] or part)), part[0])


def set_view(widget: TextView, part: list[str]) -> None:
    pairs = list(some(part, 2))
    widget.set_blocks([Block(pair[0], "\n".join(pair[1:])) for pair in pairs])


def set_empty(widget: TextView | VirtualList[Any], part: list[str]) -> None:
    widget.empty = "\n".join(part)


def set_title(widget: TextView, part: list[str]) -> None:
    widget.border_title = Content(displayable(part[0]))


def set_task_form(widget: TaskForm, part: list[str]) -> None:
    for field, line in zip(widget.query(Field), part, strict=False):
        field.text = line
        field.input.cursor_position = 0


def set_note_form(widget: NoteForm, part: list[str]) -> None:
    widget.query_one(NoteField).text = "\n".join(part[:3])
    widget.show_problem("\n".join(part[3:]))


async def show_suggestions(app: Exhibition, lines: list[str]) -> None:
    """What a field proposes; each takes a frame of its own, so only some are shown so."""
    field = LineField()
    await app.on_stage(field)
    field.focus()
    await app.frame()
    for line in lines[::40]:
        field.suggester = SuggestFromList([line])
        field.value = ""  # else it stays the same, and nothing is proposed anew
        field.value = line[:1]
        field.cursor_position = 1
        await app.frame()
    lines[:] = lines[::40]


async def show_list(app: Exhibition, lines: list[str]) -> None:
    rows = list(some(lines, 1))
    columns = [Column(str(place), partial(_text_at, place), 140) for place in range(1)]
    columns.append(Column("", lambda _: "|", 1, style=lambda _: "muted"))
    widget: VirtualList[list[str]] = VirtualList(columns)
    await app.on_stage(widget)

    async def fetch(offset: int, limit: int, _order: Order | None) -> Page[list[str]]:
        return Page(tuple(rows[offset : offset + limit]), offset, len(rows))

    widget.show(fetch)
    await app.turn_pages(widget)


def _text_at(place: int, row: list[str]) -> str:
    return row[place] if place < len(row) else ""


async def show_failures(app: Exhibition, lines: list[str]) -> None:
    """Why a list could not be read."""
    widget: VirtualList[str] = VirtualList([Column("x", str, 10)])
    await app.on_stage(widget)
    for part in some(lines, 60):

        async def fail(
            _offset: int, _limit: int, _order: Order | None, part: list[str] = part
        ) -> Page[str]:
            raise Refused("\n".join(part))

        widget.show(fail)
        await app.frame()


def set_header(box: Widget, part: list[str]) -> None:
    header = box.query_one(Header)
    header.tell("")
    header.show(*part)


def set_waiting(box: Widget, part: list[str]) -> None:
    box.query_one(Header).tell(part[0])


def set_place(box: Widget, part: list[str]) -> None:
    box.query_one(LowerFrame).name_place(*part)


async def show_news(app: Exhibition, lines: list[str]) -> None:
    """What a frame tells of others, in the line at its end."""
    session = Sessions.enter(app.path, "anna", "", None)
    drafts = DraftKeeper(
        DeskThread(
            lambda: DraftStore.open(app.path, "anna", None, session.name, session.is_alive),
            "drafts",
        ),
        lambda _: None,
    )

    def frame() -> Vertical:
        return Vertical(
            WorkFrame(app.staff, app.path, Settings(), session, drafts, "x", lambda _: None)
        )

    def tell(box: Widget, part: list[str]) -> None:
        box.query_one(WorkFrame).tell_news(part[0])

    await in_grid(frame, tell, count=18, classes="framed")(app, lines)
    await drafts.close()
    session.leave()


async def show_notices(app: Exhibition, lines: list[str]) -> None:
    """The newest comes below those before it, which are scrolled out of sight."""
    del lines[SOME // 2 :]
    await app.stage.remove_children()
    for number, (title, *words) in enumerate(some(lines, 6)):
        app.notify("\n".join(words), title=title, timeout=600, markup=True)
        while len(app.screen.query("Toast")) <= number:
            await app.frame()
        for _ in range(3):  # it is laid out, scrolled and drawn
            await app.frame()
    app.clear_notifications()


async def show_choices(app: Exhibition, lines: list[str]) -> None:
    del lines[SOME:]
    for title, *part in some(lines, 9):
        dialog = Choice(title, [Offer(line, line) for line in part], part[0] if part else None)
        await app.show_dialog(dialog)
        await dialog.dismiss(None)


async def show_questions(
    app: Exhibition, lines: list[str], kind: type[Confirmation] = Confirmation
) -> None:
    del lines[SOME:]
    for yes, *part in some(lines, 20):
        no = part.pop() if len(part) > 1 else ""
        dialog = kind("\n".join(part), yes[:24], no[:24])
        await app.show_dialog(dialog)
        await dialog.dismiss(None)


async def show_reader(app: Exhibition, lines: list[str]) -> None:
    pairs = list(some(lines[1:], 2))
    blocks = [Block(pair[0], "\n".join(pair[1:]), "accent") for pair in pairs]
    dialog = Reader(lines[0], blocks)
    await app.show_dialog(dialog)
    await app.turn_pages(dialog.query_one(TextView))
    await dialog.dismiss(None)


async def show_keys(app: Exhibition, _lines: list[str]) -> None:
    """The program's own words."""
    dialog = KeysDialog(app.screen.active_bindings.values())
    await app.show_dialog(dialog)
    await dialog.dismiss(None)
    _lines.clear()


def draft(part: list[str]) -> KeptDraft:
    place = DraftPlace("note", JOB, ACCOUNT, JOB)
    return KeptDraft(place, 0, "", {"body": "\n".join(part)}, None, {})


async def show_kept_drafts(app: Exhibition, lines: list[str]) -> None:
    async def throw_away(_kept: KeptDraft) -> None:
        pass

    del lines[SOME:]
    for part in some(lines, 5):
        dialog = KeptDrafts([draft(part)], throw_away)
        await app.show_dialog(dialog)
        await dialog.dismiss(None)


async def show_offers(app: Exhibition, lines: list[str]) -> None:
    del lines[SOME:]
    for batch in some(lines, ROWS - 2):
        await app.on_stage(Grid(*(OfferLine([draft([line])]) for line in batch)))


async def show_edit_job(app: Exhibition, lines: list[str]) -> None:
    dialog = EditJob(app.staff, await app.staff.ask(lambda desk: desk.jobs.get(JOB)))
    await app.show_dialog(dialog)
    await _edit(app, dialog, lines)


async def show_edit_task(app: Exhibition, lines: list[str]) -> None:
    job = await app.staff.ask(lambda desk: desk.jobs.get(JOB))
    task = await app.staff.ask(lambda desk: desk.tasks.page(JOB).rows[0])
    dialog = EditTask(app.staff, job, task)
    await app.show_dialog(dialog)
    await _edit(app, dialog, lines)


async def _edit(app: Exhibition, dialog: EditJob | EditTask, lines: list[str]) -> None:
    del lines[SOME:]
    fields = [field for field in dialog.query(Field) if field.display]
    blocks = list(dialog.query(BlockField))
    for part in some(lines, len(fields) + 3 * len(blocks)):
        for field, line in zip(fields, part, strict=False):
            field.input.value = line
            field.input.cursor_position = 0
        for block in blocks:
            block.text = "\n".join(part[len(fields) :])
        await app.frame()
    await dialog.dismiss(None)


# What comes out of a database: the lines there are its own, and have marks of their own.


async def show_accounts(app: Exhibition, lines: list[str]) -> None:
    lines.clear()
    pane = AccountPane()
    await app.on_stage(pane)
    rows = (await app.staff.ask(lambda desk: desk.search.page("", 0, 20))).rows
    for account in await app.staff.ask(lambda desk: desk.accounts.many([row.id for row in rows])):
        pane.show(account)
        await app.frame()


async def show_search(app: Exhibition, lines: list[str]) -> None:
    drafts = DeskThread(lambda: DraftStore.open(app.path, "anna", None, "x", lambda _: False), "x")
    pane = SearchPane(DeskFinder(app.staff, app.staff, RecentlyOpened(drafts)))
    await app.on_stage(pane)
    await app.turn_pages(pane.query_one("#results", VirtualList))
    field = pane.query_one(LineField)
    field.value = "job:"
    await pane.query_one("#job-results", VirtualList).settled()
    await app.turn_pages(pane.query_one("#job-results", VirtualList))
    for line in lines[:8]:
        field.value = line
        await app.frame()
    lines.clear()
    await drafts.close()


async def show_jobs(app: Exhibition, lines: list[str]) -> None:
    lines.clear()
    account = await app.staff.ask(lambda desk: desk.accounts.get(ACCOUNT))
    await _show_lists(app, JobsPane(app.staff, account, TaskDefaults("75.00", False)))


async def show_job(app: Exhibition, lines: list[str]) -> None:
    lines.clear()
    job = await app.staff.ask(lambda desk: desk.jobs.get(JOB))
    await _show_lists(app, JobPane(app.staff, job, TaskDefaults("75.00", False)))


async def show_history(app: Exhibition, lines: list[str]) -> None:
    lines.clear()
    pane = HistoryPane(app.staff, Scope("x", account=ACCOUNT))
    await _show_lists(app, pane)
    rows = pane.query_one(VirtualList)
    for index in range(min(10, rows.row_count)):
        rows.move_cursor(index)
        await app.frame()


async def show_move_job(app: Exhibition, lines: list[str]) -> None:
    del lines[SOME:]
    dialog = MoveJob(app.staff, await app.staff.ask(lambda desk: desk.jobs.get(JOB)))
    await app.show_dialog(dialog)
    field = dialog.query_one(LineField)

    async def look() -> None:
        await app.frame()
        for looking in [worker for worker in app.workers if worker.group == "look"]:
            await looking.wait()
        await app.frame()

    for part in some(lines, 6):
        field.value = part[0]
        field.cursor_position = 0
        await look()  # which would say its own words over these
        dialog.query_one(Words).say("\n".join(part[1:]))
        await app.frame()
    rows = (await app.staff.ask(lambda desk: desk.search.page("", 0, 8))).rows
    for row in rows:
        field.value = str(row.id)
        await look()
    await dialog.dismiss(None)


async def show_customer_jobs(app: Exhibition, lines: list[str]) -> None:
    lines.clear()
    account = (await app.customer.ask(lambda desk: desk.accounts()))[0]
    await _show_lists(app, CustomerJobsPane(app.customer, account))


async def show_customer_job(app: Exhibition, lines: list[str]) -> None:
    lines.clear()
    job = await app.customer.ask(lambda desk: desk.job(JOB))
    await _show_lists(app, CustomerJobPane(app.customer, job))


async def _show_lists(app: Exhibition, pane: Widget) -> None:
    await app.on_stage(pane)
    await app.frame()
    for rows in pane.query(VirtualList):
        await app.turn_pages(rows)
    for view in pane.query(TextView):
        await app.turn_pages(view)


EXHIBITS: dict[type[DOMNode], dict[str, Show]] = {
    LineField: {
        "LineField": in_grid(LineField, set_text),
        "LineField, placeholder": in_grid(LineField, set_placeholder),
        "LineField, suggestion": show_suggestions,
    },
    BlockField: {"BlockField": in_grid(BlockField, set_block, count=1, of_each=40, classes="tall")},
    NoteField: {"NoteField": in_grid(NoteField, set_block, count=14, of_each=3, classes="tall")},
    NoteForm: {"NoteForm": in_grid(NoteForm, set_note_form, count=8, of_each=4, classes="tall")},
    TaskForm: {
        "TaskForm": in_grid(
            lambda: TaskForm("Add"), set_task_form, count=12, of_each=4, classes="tall"
        )
    },
    Field: {"Field": in_grid(make_field, set_field, count=29, of_each=2, classes="double")},
    LongField: {
        "LongField": in_grid(
            lambda: LongField(f"x{next(_NUMBERS)}", ""),
            set_long,
            count=8,
            of_each=4,
            classes="tall",
        )
    },
    DisputeLine: {
        "DisputeLine": in_grid(lambda: DisputeLine("x"), set_theirs),
        "DisputeLine, many lines": in_grid(
            lambda: DisputeLine("x"), set_their_lines, count=7, of_each=4, classes="tall"
        ),
    },
    Toggle: {
        "Toggle": in_grid(
            lambda: Toggle("F7", "x"), lambda widget, part: setattr(widget, "words", part[0])
        )
    },
    Words: {
        "Words": in_grid(
            Words,
            lambda widget, part: widget.say("\n".join(part), problem=True),
            count=1,
            of_each=40,
            classes="tall",
        )
    },
    Button: {
        "Button": in_grid(
            lambda: Button(Content("-"), compact=True),
            lambda widget, part: setattr(widget, "label", Content(displayable(part[0][:70]))),
        )
    },
    Link: {
        "Link": in_grid(
            lambda: Link(Content("-"), compact=True),
            lambda widget, part: setattr(widget, "label", Content(displayable(part[0][:70]))),
        )
    },
    TextView: {
        "TextView": in_grid(TextView, set_view, count=1, of_each=32, classes="tall"),
        "TextView, empty": in_grid(TextView, set_empty, count=1, of_each=40, classes="tall"),
        "TextView, title": in_grid(TextView, set_title, count=18, classes="framed"),
    },
    VirtualList: {"VirtualList": show_list, "VirtualList, failure": show_failures},
    Header: {
        "Header": in_grid(lambda: Vertical(Header()), set_header, of_each=2),
        "Header, waiting": in_grid(lambda: Vertical(Header()), set_waiting, count=ROWS - 2),
    },
    LowerFrame: {
        "LowerFrame": in_grid(
            lambda: Vertical(LowerFrame("x")), set_place, count=18, classes="framed"
        )
    },
    WorkFrame: {"WorkFrame, news": show_news},
    Panel: {"notice": show_notices},
    Choice: {"Choice": show_choices},
    Confirmation: {"Confirmation": show_questions},
    Proposal: {"Proposal": partial(show_questions, kind=Proposal)},
    MoveJob: {"MoveJob": show_move_job},
    Reader: {"Reader": show_reader},
    KeptDrafts: {"KeptDrafts": show_kept_drafts},
    OfferLine: {"OfferLine": show_offers},
    KeysDialog: {"KeysDialog": show_keys},
    EditJob: {"EditJob": show_edit_job},
    EditTask: {"EditTask": show_edit_task},
    AccountPane: {"AccountPane": show_accounts},
    SearchPane: {"SearchPane": show_search},
    SearchField: {"SearchField": in_grid(SearchField, set_text)},
    HintLine: {"HintLine": in_grid(HintLine, set_hint)},
    JobsPane: {"JobsPane": show_jobs},
    JobPane: {"JobPane": show_job},
    HistoryPane: {"HistoryPane": show_history},
    CustomerJobsPane: {"CustomerJobsPane": show_customer_jobs},
    CustomerJobPane: {"CustomerJobPane": show_customer_job},
}
"""By what shows text: the exhibits, by their names."""

SHOWN = {name: show for exhibits in EXHIBITS.values() for name, show in exhibits.items()}


def main(database: str, report: str, count: str, *names: str) -> None:
    """Show the payloads and so many generated texts through every exhibit, or those named."""
    texts = [*PAYLOADS.values(), SURROGATES, *generated(int(count)), LONG]
    Exhibition(Path(database), Path(report), texts, names).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
