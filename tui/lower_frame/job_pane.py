"""One custom job: details and status, tasks over the task form, notes over the note form."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from models.draft_store import DraftPlace, KeptDraft
from models.moments import day, short
from models.refusals import BadFields, Refused
from models.staff.desk import StaffDesk
from models.text import displayable
from models.values import Job, JobStatus, Note, Page, Task, TaskDefaults
from tui.desk_line import DeskLine
from tui.forms.note_form import NoteForm
from tui.forms.task_form import TaskForm
from tui.job_words import (
    NOTES_SHOWN,
    amount_in_list,
    shortened,
    time_in_list,
    totals_in_words,
)
from tui.lower_frame.note_choice import change_a_note
from tui.lower_frame.pane import StaffPane
from tui.lower_frame.status import change_status
from tui.widgets.text_view import Block, TextView
from tui.widgets.virtual_list import Column, VirtualList


def _state(task: Task) -> str:
    if task.billed is not None:
        return "billed"
    return f"done {task.worked_on[5:]} {task.worked_by}" if task.done else "planned"


COLUMNS: tuple[Column[Task], ...] = (
    Column("ID", lambda task: str(task.id), 5, priority=5, is_link=True, sort="id"),
    Column("Description", lambda task: task.description, 16, 3, priority=9, sort="description"),
    Column(
        "Rate/h",
        lambda task: task.rate.plain if task.rate else "",
        9,
        right=True,
        priority=4,
        sort="rate",
        descending=True,
    ),
    Column("Time", time_in_list, 7, right=True, priority=7, sort="time", descending=True),
    Column("Amount", amount_in_list, 11, right=True, priority=8, sort="amount", descending=True),
    Column(
        "State",
        _state,
        16,
        priority=6,
        style=lambda task: "success" if task.done else "accent",
        sort="state",
    ),
    Column("Note", lambda task: task.note, 10, 2, priority=1),
)


class JobPane(StaffPane):
    """Everything that staff do with one job."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "Task", id="job.new", tooltip="Add a task"),
        Binding("a", "note", "Note", id="job.note", tooltip="Add a note"),
        Binding("s", "status", "Status", id="job.status", tooltip="Set the status of the job"),
        Binding(
            "d", "done", "Done", id="job.done", tooltip="Mark the task as done, or as planned again"
        ),
        Binding("e", "edit", "Edit", id="job.edit", tooltip="Edit the job's details"),
        Binding(
            "delete,D", "remove", "Remove", id="job.remove", tooltip="Remove the task", show=False
        ),
        Binding(
            "i",
            "details",
            "Details",
            id="job.details",
            tooltip="Read the job's details",
            show=False,
        ),
        Binding(
            "o",
            "notes",
            "Notes",
            id="job.notes",
            tooltip="Change who sees a note, or remove it",
            show=False,
        ),
        Binding(
            "m", "move", "Move", id="job.move", tooltip="Move the job to its account", show=False
        ),
        Binding("h", "history", "History", id="job.history", tooltip="History of the job"),
        Binding("n,a,s,d,e,delete,D,o,m", "read_only", show=False),
    ]
    STAYS = True
    CHANGES = frozenset({"new", "note", "status", "done", "edit", "remove", "notes", "move"})

    @dataclass
    class HistoryWanted(Message):
        """The job's history is to be shown."""

        job: Job

    @dataclass
    class Renamed(Message):
        """The job was read again, its description may be another."""

        job: Job

    def __init__(self, desk: DeskLine[StaffDesk], job: Job, defaults: TaskDefaults) -> None:
        """Show `job`; the task form starts with `defaults`."""
        super().__init__(desk, id="job-pane")
        self._head = Static(id="job-head")
        self._tasks: VirtualList[Task] = VirtualList(COLUMNS, fits=True, id="tasks")
        self._totals = Static(id="job-totals")
        self._task_form = TaskForm("Add Task", id="task-form")
        self._notes = TextView(id="notes")
        self._note_form = NoteForm(id="note-form")
        self._take(job, defaults)

    def compose(self) -> ComposeResult:
        """From the top: the job, its tasks, their totals, the task form, notes, the note form."""
        yield self._head
        yield self._tasks
        yield self._totals
        yield self._task_form
        yield self._notes
        yield self._note_form

    def _take(self, job: Job, defaults: TaskDefaults) -> None:
        self.job = job
        self._defaults = defaults
        self._companions: tuple[str, ...] = ()
        self._is_gone = False
        self._shown_notes: tuple[Note, ...] = ()
        self.add_form(self._task_form, self._place("task", job.id))
        self.add_form(self._note_form, self._place("note", job.id))

    def show(self, job: Job, defaults: TaskDefaults) -> None:
        """Show another job; what is in the forms was set aside."""
        self._take(job, defaults)
        self._tasks.clear()  # no row of the other job is there any more, however long it takes
        self._note_form.clear()
        self.scroll_home(animate=False)
        self.on_mount()

    def on_mount(self) -> None:
        """Read the tasks, the newest right above the form, and the notes."""
        job_id = self.job.id
        self._show_job(self.job)
        self._tasks.show(
            lambda offset, limit, order: self.desk.ask(
                lambda desk: desk.tasks.page(job_id, offset, limit, order)
            ),
            cursor="last",
            key=lambda task: task.id,
            locate=lambda task, order: self.desk.ask(
                lambda desk: desk.tasks.place(job_id, task, order)
            ),
        )
        self._task_form.start(self.job.currency, self._defaults)
        self._notes.empty = (
            "No notes yet: press a to add one." if self.job.writable else "No notes."
        )
        self._notes.border_title = ""
        self._notes.set_blocks([])
        self.post_message(self.Renamed(self.job))
        self._begin_with_notes()

    # -- showing ---------------------------------------------------------------------------------

    @property
    def has_text(self) -> bool:
        """Whether a form holds text that is not saved."""
        return self._task_form.has_text or self._note_form.has_text

    def may_change(self, _action: str, /) -> bool:
        """The job can be changed."""
        return self.job.writable

    def _show_job(self, job: Job) -> None:
        if job.writable != self.job.writable:
            self.call_later(self.refresh_bindings)
        self.job = job
        self._is_gone = False
        for form in (self._task_form, self._note_form):
            if not form.has_text:  # what is in it already was written for the account before
                self.write_for(job.account, form)
        self._head.update(_head(job, self._companions))
        self._totals.update(Content(displayable(totals_in_words(job.totals))))
        open_here = job.writable and not job.status.is_closed
        self._task_form.display = open_here
        self._note_form.display = job.writable
        self._tasks.empty = (
            "No tasks yet: press n, describe the work, give rate and time, and press Enter."
            if open_here
            else f"No tasks. The job is {job.status.label.lower()}."
        )
        if not open_here and self._task_form.has_focus_within:
            self.focus_first()

    def show_companions(self, names: tuple[str, ...]) -> None:
        """Show who else has this job open."""
        if names != self._companions:
            self._companions = names
            if not self._is_gone:
                self._head.update(_head(self.job, names))

    @work(group="read", exclusive=True)
    async def _begin_with_notes(self) -> None:
        await self._read_notes()

    async def _read_notes(self) -> None:
        job_id = self.job.id
        newest = max(0, self.job.notes - NOTES_SHOWN)
        try:
            page = await self.desk.ask(lambda desk: desk.notes.page(job_id, newest, NOTES_SHOWN))
        except Refused as error:
            self.say(error)
            return
        self._show_notes(page)

    def _show_notes(self, page: Page[Note]) -> None:
        self._shown_notes = page.rows
        self._notes.border_title = Content(_notes_title(page))
        self._notes.set_blocks([_note_block(note) for note in page.rows])

    def focus_first(self) -> None:
        """Go to the tasks."""
        self._tasks.focus()

    def refresh_data(self) -> None:
        """Read everything again after a change; what is being typed stays."""
        self._tasks.refresh_rows()
        self._read_again()

    @work(group="read", exclusive=True)
    async def _read_again(self) -> None:
        await self._read_job()

    async def _read_job(self) -> None:
        job_id = self.job.id
        try:
            job = await self.desk.ask(lambda desk: desk.jobs.get(job_id))
        except Refused as error:
            self._show_refusal(error)
            return
        self._show_job(job)
        self.post_message(self.Renamed(job))
        await self._read_notes()

    def _show_refusal(self, refusal: Refused) -> None:
        """Show why the job cannot be read, as when someone removed it; what is typed stays."""
        self._is_gone = True
        self._head.update(Content(displayable(str(refusal))))

    # -- tasks -----------------------------------------------------------------------------------

    def action_new(self) -> None:
        """Go to the task form; a closed job is to be reopened first."""
        if self.job.status.is_closed:
            self.panel.follow(self._reopen)
        else:
            self._task_form.focus_first()

    async def _reopen(self) -> None:
        job = self.job
        question = f"#{job.id} is {job.status.label.lower()}. Reopen it to add tasks?"
        if await self.confirm(question, "Reopen", "Leave it closed") and await self.change(
            lambda desk: desk.jobs.set_status(job.id, JobStatus.IN_PROGRESS, seen=job.status)
        ):
            await self._read_job()
            self._task_form.focus_first()

    @on(TaskForm.Submitted)
    def _submitted(self, event: TaskForm.Submitted) -> None:
        event.stop()
        self.panel.follow(self._add_task, event)

    async def _add_task(self, event: TaskForm.Submitted) -> None:
        job_id, account = self.job.id, self.account_of(event.form)
        with event.form.saving():
            try:
                task = await self.desk.ask(
                    lambda desk: desk.tasks.add(job_id, event.draft, account=account)
                )
            except BadFields as error:
                event.form.show_problems(error.problems)
                return
            except Refused as error:
                self.say_not_saved(error, event.form)
                return
        event.form.next()
        await self._tasks.reveal(task.id)
        await self._read_job()
        self.post_message(self.Changed())

    @on(VirtualList.Opened)
    def _opened(self, event: VirtualList.Opened[Task]) -> None:
        event.stop()
        if self.job.writable:
            self._with_task(self._edit_task)
        else:
            self.panel.follow(self._read_task, event.row)

    async def _read_task(self, task: Task) -> None:
        from tui.dialogs.reader import Reader

        facts = [time_in_list(task), amount_in_list(task), _state(task)]
        heading = "   ".join(fact for fact in facts if fact)
        await self.panel.ask(
            Reader(f"{task.id} {task.description}", [Block(heading, task.note, None, None)])
        )

    async def _edit_task(self, task: Task, kept: KeptDraft | None = None) -> None:
        from tui.dialogs.edit_task import EditTask

        dialog = EditTask(self.desk, self.job, task)
        if await self.edit(dialog, self._place("edit-task", task.id), kept):
            self.refresh_data()
            self.post_message(self.Changed())

    def action_done(self) -> None:
        """Mark the task under the cursor as done, or as planned again."""
        self._with_task(self._switch_done)

    async def _switch_done(self, task: Task) -> None:
        await self.change(
            lambda desk: desk.tasks.set_done(task.id, task.done is None, seen=task.version)
        )

    def action_remove(self) -> None:
        """Remove the task under the cursor, once that is confirmed."""
        self._with_task(self._remove)

    async def _remove(self, task: Task) -> None:
        question = (
            f"Remove task {task.id} {shortened(task.description)} ({amount_in_list(task)})?\n"
            "u brings it back, and so does the history (h)."
        )
        if await self.confirm(question, "Remove", "Keep"):
            await self.change(lambda desk: desk.tasks.remove(task.id, seen=task.version))

    def _with_task(self, work: Callable[[Task], Awaitable[None]]) -> None:
        """Do something to the task under the cursor, if it is not settled."""
        task = self._tasks.cursor_row
        if task is not None:
            self._with(task, work)

    def _with(self, task: Task, work: Callable[[Task], Awaitable[None]]) -> None:
        if self.job.status.is_closed:
            self.panel.follow(self._reopen)
        elif task.billed is not None:
            self.notify(
                f"Task {task.id} is billed: correct it by a new line.",
                severity="warning",
                markup=False,
            )
        else:
            self.panel.follow(work, task)

    # -- notes -----------------------------------------------------------------------------------

    def action_note(self) -> None:
        """Go to the note form."""
        self._note_form.focus_first()

    def action_notes(self) -> None:
        """Change who sees a note, or remove it."""
        if self._shown_notes:
            self.panel.follow(change_a_note, self, self._shown_notes)

    @on(NoteForm.Submitted)
    def _note_submitted(self, event: NoteForm.Submitted) -> None:
        event.stop()
        self.panel.follow(self._add_note, event)

    async def _add_note(self, event: NoteForm.Submitted) -> None:
        job_id, account = self.job.id, self.account_of(event.form)
        with event.form.saving():
            try:
                await self.desk.ask(
                    lambda desk: desk.notes.add(
                        job_id,
                        event.body,
                        visible_to_customer=event.visible_to_customer,
                        account=account,
                    )
                )
            except BadFields as error:
                event.form.show_problem(str(error))
                return
            except Refused as error:
                self.say_not_saved(error, event.form)
                return
        event.form.clear()
        await self._read_job()
        self._notes.scroll_end(animate=False)

    # -- what was typed and not saved ------------------------------------------------------------

    def _place(self, form: str, record: int) -> DraftPlace:
        return DraftPlace(form, record, self.job.account, self.job.id)

    async def take_up(self, kept: KeptDraft) -> None:
        """Put a draft back into its form, or open the dialog of an edit with it."""
        form = kept.place.form
        if not self.job.writable:
            self.say_read_only()
        elif form == "edit-job":
            await self._edit_job(kept)
        elif form in ("task", "edit-task") and not await self._is_reopened():
            return
        elif form == "edit-task":
            await self._take_up_task(kept)
        else:
            await super().take_up(kept)

    async def _is_reopened(self) -> bool:
        if self.job.status.is_closed:
            await self._reopen()
        return not self.job.status.is_closed

    async def _take_up_task(self, kept: KeptDraft) -> None:
        task_id = kept.place.record
        try:
            task = await self.desk.ask(lambda desk: desk.tasks.get(task_id))
        except Refused as error:
            self.say(error)
            return
        self._with(task, partial(self._edit_task, kept=kept))

    # -- the job ---------------------------------------------------------------------------------

    def action_status(self) -> None:
        """Choose the job's status."""
        self.panel.follow(self._set_status)

    async def _set_status(self) -> None:
        await change_status(self, self.job)

    def action_edit(self) -> None:
        """Edit the job."""
        self.panel.follow(self._edit_job)

    async def _edit_job(self, kept: KeptDraft | None = None) -> None:
        from tui.dialogs.edit_job import EditJob

        dialog = EditJob(self.desk, self.job)
        if await self.edit(dialog, self._place("edit-job", self.job.id), kept):
            self.refresh_data()

    def action_move(self) -> None:
        """Move the job to another account."""
        self.panel.follow(self._move)

    async def _move(self) -> None:
        from tui.dialogs.move_job import MoveJob

        if await self.panel.ask(MoveJob(self.desk, self.job)):
            await self._read_job()
            for form in (self._task_form, self._note_form):  # that was the person's own doing
                self.take_along(self.job.account, form)
            self.refresh_data()
            self.post_message(self.Changed())

    def action_details(self) -> None:
        """Read the details in full."""
        from tui.dialogs.reader import Reader

        job = self.job
        hint = " Press e to write some." if job.writable else ""
        details = job.details or f"No details.{hint}"
        self.app.push_screen(
            Reader(f"#{job.id} {job.description}", [Block("Details", details, None, None)])
        )

    def action_history(self) -> None:
        """Show the job's history."""
        self.post_message(self.HistoryWanted(self.job))


def _head(job: Job, companions: Sequence[str]) -> Content:
    """Return the lines over the tasks: status, who else is here, the job's data; data is text."""
    here = ", ".join(companions)
    facts = [
        f"Assignee {job.assignee_name}" if job.assignee else "",
        f"Due {job.due}" if job.due else "",
        f"Reference {job.reference}" if job.reference else "",
        "" if job.shown_to_customer else "hidden from the customer",
        "" if job.writable else _read_only(job),
        f"by {job.created_by}, {day(job.created)}",
    ]
    line = displayable("   ".join(fact for fact in facts if fact))
    head = Content.assemble(
        ("Status: ", "$text-muted"),
        (job.status.label, "bold"),
        (" (n reopens it)" if job.writable and job.status.is_closed else "", "$text-muted"),
        "   ",
        (displayable(f"Also here: {here}   ") if here else "", "$text-warning"),
        (line, "$text-muted"),
    )
    if not job.details:
        return head
    first = displayable(job.details.partition("\n")[0])
    return Content("\n").join([head, Content.assemble(("i  ", "$footer-key-foreground"), first)])


def _read_only(job: Job) -> str:
    whose = "" if job.provider is None else f": a job of reseller {job.provider}"
    return f"read only here{whose}"


def _notes_title(page: Page[Note]) -> str:
    if page.total > len(page.rows):
        return f"Notes ({len(page.rows)} newest of {page.total})"
    return f"Notes ({page.total})"


def _note_block(note: Note) -> Block:
    who = "the customer sees it" if note.visible_to_customer else "staff only"
    return Block(
        heading=f"{short(note.at)}  {note.author_name}  ({who})",
        text=note.body,
        style="accent" if note.visible_to_customer else "muted",
        id=note.id,
    )
