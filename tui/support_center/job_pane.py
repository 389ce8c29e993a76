"""One job as its customer sees it: status, tasks planned and done, totals, and notes for them."""

from dataclasses import dataclass

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from models.customer.desk import CustomerDesk
from models.moments import day, short
from models.pricing import amount_in_words
from models.refusals import Refused
from models.text import displayable
from models.values import CustomerJob, CustomerNote, CustomerTask, Page
from tui.desk_line import DeskLine
from tui.job_words import NOTES_SHOWN, amount_in_list, time_in_list, totals_in_words
from tui.pane import Pane
from tui.widgets.text_view import Block, TextView
from tui.widgets.virtual_list import Column, VirtualList


def _state(task: CustomerTask) -> str:
    if not task.done:
        return "planned"
    return " ".join(part for part in ("done", task.worked_on, task.worked_by) if part)


def _explained(task: CustomerTask) -> str:
    """Say how the amount came about."""
    rate = task.rate.minor if task.rate else None
    amount = task.amount
    return amount_in_words(task.pricing, rate, task.minutes, amount.minor, amount.currency)


COLUMNS: tuple[Column[CustomerTask], ...] = (
    Column("Description", lambda task: task.description, 16, 3, priority=9, sort="description"),
    Column("Time", time_in_list, 7, right=True, priority=7, sort="time", descending=True),
    Column("Amount", amount_in_list, 11, right=True, priority=8, sort="amount", descending=True),
    Column("", _explained, 38, priority=2),
    Column(
        "State",
        _state,
        20,
        1,
        priority=6,
        style=lambda task: "success" if task.done else "accent",
        sort="state",
    ),
    Column("Note", lambda task: task.note, 10, 2, priority=1),
)


class CustomerJobPane(Pane):
    """Shows one job; there is nothing here to change."""

    @dataclass
    class Renamed(Message):
        """The job was read again, its description may be another."""

        job: CustomerJob

    def __init__(self, desk: DeskLine[CustomerDesk], job: CustomerJob) -> None:
        """Show `job`."""
        super().__init__(id="customer-job")
        self._desk = desk
        self.job = job
        self._head = Static(id="job-head")
        self._tasks: VirtualList[CustomerTask] = VirtualList(
            COLUMNS, empty="No tasks yet.", fits=True, id="customer-tasks"
        )
        self._totals = Static(id="job-totals")
        self._notes = TextView(empty="No notes yet.", id="notes")

    def compose(self) -> ComposeResult:
        """From the top: the job, its tasks, their totals, the notes."""
        yield self._head
        yield self._tasks
        yield self._totals
        yield self._notes

    def on_mount(self) -> None:
        """Read the tasks and notes."""
        job_id = self.job.id
        self._show(self.job)
        self._tasks.show(
            lambda offset, limit, order: self._desk.ask(
                lambda desk: desk.tasks(job_id, offset, limit, order)
            ),
            key=lambda task: task.id,
            locate=lambda task, order: self._desk.ask(
                lambda desk: desk.place_of_task(job_id, task, order)
            ),
        )
        self._read_again()

    def focus_first(self) -> None:
        """Go to the tasks."""
        self._tasks.focus()

    def refresh_data(self) -> None:
        """Read everything again; the reader's place stays."""
        self._tasks.refresh_rows()
        self._read_again()

    @work(group="read", exclusive=True)
    async def _read_again(self) -> None:
        job_id = self.job.id
        try:
            job = await self._desk.ask(lambda desk: desk.job(job_id))
        except Refused as error:
            self._head.update(Content(displayable(str(error))))
            # The list stays, it says the same; it has the focus, and with it Esc.
            self._totals.display = self._notes.display = False
            return
        self._show(job)
        self.post_message(self.Renamed(job))
        await self._read_notes()

    async def _read_notes(self) -> None:
        job_id = self.job.id
        newest = max(0, self.job.notes - NOTES_SHOWN)
        try:
            page = await self._desk.ask(lambda desk: desk.notes(job_id, newest, NOTES_SHOWN))
        except Refused as error:
            self.say(error)
            return
        self._show_notes(page)

    def _show(self, job: CustomerJob) -> None:
        self.job = job
        finished = f", finished {day(job.finished)}" if job.finished is not None else ""
        head = Content.assemble(
            ("Status: ", "$text-muted"),
            (job.status.label, "bold"),
            (f"   since {day(job.created)}{finished}", "$text-muted"),
        )
        details = [Content(displayable(job.details, lines=True))] if job.details else []
        self._head.update(Content("\n").join([head, *details]))
        self._totals.update(Content(displayable(totals_in_words(job.totals))))
        self._totals.display = True

    def _show_notes(self, page: Page[CustomerNote]) -> None:
        self._notes.display = True
        self._notes.border_title = Content(f"Notes ({page.total})")
        self._notes.set_blocks(
            [
                Block(
                    heading=f"{short(note.at)}  {note.author}",
                    text=note.body,
                    style=None,
                    id=note.id,
                )
                for note in page.rows
            ]
        )
