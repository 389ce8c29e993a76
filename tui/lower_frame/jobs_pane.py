"""The custom jobs of an account, with the form for a new one below the list."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from models.draft_store import DraftPlace
from models.drafts import JobDraft
from models.duration import format_time
from models.refusals import BadFields, Refused
from models.staff.desk import StaffDesk
from models.values import Account, Job, Order, Page, TaskDefaults
from tui.desk_line import DeskLine
from tui.forms.task_form import TaskForm
from tui.job_words import STATUS_TONES, shortened, tasks_in_words
from tui.lower_frame.pane import StaffPane
from tui.lower_frame.status import change_status
from tui.widgets.virtual_list import Column, VirtualList

COLUMNS: tuple[Column[Job], ...] = (
    Column("ID", lambda job: f"#{job.id}", 6, priority=9, is_link=True, sort="id"),
    Column("Description", lambda job: job.description, 18, 3, priority=8, sort="description"),
    Column(
        "Status",
        lambda job: job.status.label,
        11,
        priority=7,
        style=lambda job: STATUS_TONES[job.status],
        sort="status",
    ),
    Column("Tasks", lambda job: tasks_in_words(job.totals), 9, priority=3),
    Column(
        "Time",
        lambda job: format_time(job.totals.minutes),
        8,
        right=True,
        priority=4,
        sort="time",
        descending=True,
    ),
    Column(
        "Amount",
        lambda job: job.totals.total.text,
        16,
        right=True,
        priority=6,
        sort="amount",
        descending=True,
    ),
    Column("Due", lambda job: job.due, 10, priority=2, sort="due"),
    Column("Assignee", lambda job: job.assignee, 10, priority=1, sort="assignee"),
)


class JobsPane(StaffPane):
    """Opens, adds, edits and removes an account's jobs, and sets their status."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New", id="jobs.new", tooltip="Add a custom job"),
        Binding("s", "status", "Status", id="jobs.status", tooltip="Set the status of the job"),
        Binding("e", "edit", "Edit", id="jobs.edit", tooltip="Edit the job under the cursor"),
        Binding(
            "delete,D", "remove", "Remove", id="jobs.remove", tooltip="Remove the job", show=False
        ),
        Binding(
            "m", "move", "Move", id="jobs.move", tooltip="Move the job to its account", show=False
        ),
        Binding("h", "history", "History", id="jobs.history", tooltip="History of the account"),
        Binding("n,s,e,delete,D,m", "read_only", show=False),
    ]
    STAYS = True
    CHANGES = frozenset({"new", "status", "edit", "remove", "move"})

    @dataclass
    class JobChosen(Message):
        """A job is to be opened."""

        job_id: int

    @dataclass
    class HistoryWanted(Message):
        """The account's history is to be shown."""

    def __init__(self, desk: DeskLine[StaffDesk], account: Account, defaults: TaskDefaults) -> None:
        """Show the jobs of `account`; the form starts with `defaults`."""
        super().__init__(desk, id="jobs-pane")
        self._list: VirtualList[Job] = VirtualList(COLUMNS, fits=True, id="jobs")
        self._form = TaskForm("Add Job", task_optional=True, id="job-form")
        self._take(account, defaults)

    def compose(self) -> ComposeResult:
        """Put the form below the list."""
        yield self._list
        yield self._form

    def _take(self, account: Account, defaults: TaskDefaults) -> None:
        self.account = account
        self._defaults = defaults
        self.add_form(self._form, DraftPlace("job", account.id, account.id, None))

    def show(self, account: Account, defaults: TaskDefaults) -> None:
        """Show the jobs of another account; what is in the form was set aside."""
        self._take(account, defaults)
        self._list.clear()  # no row of the other account is there any more, however long it takes
        self.scroll_home(animate=False)
        self.on_mount()

    def on_mount(self) -> None:
        """Read the jobs, the newest right above the form."""
        writable = self.account.writable
        self._form.display = writable
        self._list.empty = (
            "No custom jobs yet: press n, say what is to be done, and press Enter."
            if writable
            else "No custom jobs. This account can only be read here."
        )
        self._form.start(self.account.currency, self._defaults)
        self._list.show(self._page, cursor="last", key=lambda job: job.id, locate=self._place)

    async def _page(self, offset: int, limit: int, order: Order | None) -> Page[Job]:
        account_id = self.account.id
        return await self.desk.ask(
            lambda desk: desk.jobs.page(account_id, offset=offset, limit=limit, order=order)
        )

    async def _place(self, job_id: int, order: Order | None) -> int:
        account_id = self.account.id
        return await self.desk.ask(lambda desk: desk.jobs.place(account_id, job_id, order))

    def focus_first(self) -> None:
        """Go to the list."""
        self._list.focus()

    def refresh_data(self) -> None:
        """Read the list again after others changed something."""
        self._list.refresh_rows()

    def may_change(self, action: str, /) -> bool:
        """The account takes new jobs, or the job under the cursor can be changed."""
        job = None if action == "new" else self._list.cursor_row
        return self.account.writable if job is None else job.writable

    @on(VirtualList.Highlighted)
    def _highlighted(self, event: VirtualList.Highlighted[Job]) -> None:
        event.stop()
        self.refresh_bindings()

    # -- adding ----------------------------------------------------------------------------------

    def action_new(self) -> None:
        """Go to the form."""
        self._form.focus_first()

    @on(TaskForm.Submitted)
    def _submitted(self, event: TaskForm.Submitted) -> None:
        event.stop()
        self.panel.follow(self._add, event)

    async def _add(self, event: TaskForm.Submitted) -> None:
        draft, form = event.draft, event.form
        first = None if form.is_job_alone else draft
        account_id = self.account.id
        with form.saving():
            try:
                job = await self.desk.ask(
                    lambda desk: desk.jobs.add(account_id, JobDraft(draft.description), first)
                )
            except BadFields as error:
                form.show_problems(error.problems)
                return
            except Refused as error:
                self.say_not_saved(error, form)
                return
        form.next()
        await self._list.reveal(job.id)
        self.post_message(self.Changed())

    # -- changing --------------------------------------------------------------------------------

    @on(VirtualList.Opened)
    def _opened(self, event: VirtualList.Opened[Job]) -> None:
        event.stop()
        self.post_message(self.JobChosen(event.row.id))

    def action_status(self) -> None:
        """Choose the status of the job under the cursor."""
        job = self._list.cursor_row
        if job is not None:
            self.panel.follow(self._set_status, job)

    async def _set_status(self, job: Job) -> None:
        await change_status(self, job)

    def action_edit(self) -> None:
        """Edit the job under the cursor."""
        job = self._list.cursor_row
        if job is not None:
            self.panel.follow(self._edit, job)

    async def _edit(self, job: Job) -> None:
        from tui.dialogs.edit_job import EditJob

        place = DraftPlace("edit-job", job.id, job.account, job.id)
        if await self.edit(EditJob(self.desk, job), place):
            self._list.refresh_rows()

    def action_remove(self) -> None:
        """Remove the job under the cursor, once that is confirmed."""
        job = self._list.cursor_row
        if job is not None:
            self.panel.follow(self._remove, job)

    async def _remove(self, job: Job) -> None:
        question = (
            f"Remove #{job.id} {shortened(job.description)} with its {job.totals.tasks} tasks "
            f"({job.totals.total.text})?\nu brings it back, and so does the history (h)."
        )
        if await self.confirm(question, "Remove", "Keep"):
            await self.change(lambda desk: desk.jobs.remove(job.id, seen=job.version))

    def action_move(self) -> None:
        """Move the job under the cursor to another account."""
        job = self._list.cursor_row
        if job is not None:
            self.panel.follow(self._move, job)

    async def _move(self, job: Job) -> None:
        from tui.dialogs.move_job import MoveJob

        if await self.panel.ask(MoveJob(self.desk, job)):
            self._list.refresh_rows()
            self.post_message(self.Changed())

    async def reveal(self, job_id: int) -> None:
        """Bring a job into view that came back or was changed, if it is in this list."""
        await self._list.reveal(job_id)

    def action_history(self) -> None:
        """Show the account's history."""
        self.post_message(self.HistoryWanted())
