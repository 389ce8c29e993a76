"""Editing what a job says of itself."""

import datetime
from collections.abc import Mapping
from contextlib import suppress

from textual import on, work
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Checkbox, Static

from models.drafts import JobDraft, check_job
from models.refusals import Refused
from models.staff.desk import StaffDesk
from models.values import Job
from tui.desk_line import DeskLine
from tui.dialogs.edit import EditDialog, changes_of_others
from tui.forms.field import Field
from tui.widgets.block_field import BlockField


class EditJob(EditDialog[JobDraft, Job]):
    """Description, details, assignee, due date, reference, and whether it is shown."""

    def __init__(self, desk: DeskLine[StaffDesk], job: Job) -> None:
        """Edit `job`."""
        super().__init__(f"Edit #{job.id}")
        self._desk = desk
        self._job = job
        self._assignee = Field("assignee", "Assignee", "a login, such as anna")
        self._fields = [
            Field("description", "Description (the customer sees it)"),
            self._assignee,
            Field("due", "Due", "2026-12-31, today, +7"),
            Field("reference", "Reference", "a ticket or order"),
        ]
        self._details = BlockField()
        self._shown = Checkbox(Content("Shown to the customer"), compact=True)
        self._fill(self.saved_draft())

    def on_mount(self) -> None:
        """Begin in the first field; offer the logins of the staff while one types."""
        super().on_mount()
        self._offer_logins()

    @work(group="start")
    async def _offer_logins(self) -> None:
        with suppress(Refused):  # a help while typing, and no more
            people = await self._desk.ask(lambda desk: desk.staff())
            self._assignee.input.suggester = SuggestFromList([person.login for person in people])

    def _fill(self, draft: JobDraft) -> None:
        for field in self._fields:
            field.text = getattr(draft, field.field_name)
        self._details.text = draft.details
        self._shown.value = draft.shown_to_customer

    def fields(self) -> list[Field]:
        """Return the one-line fields."""
        return self._fields

    def body(self) -> list[Widget]:
        """Put the details below the description."""
        label = Static(Content("Details (the customer sees them)"), classes="field-label")
        return [self._fields[0], label, self._details, *self._fields[1:], self._shown]

    def draft(self) -> JobDraft:
        """Return what was typed."""
        texts = {field.field_name: field.text for field in self._fields}
        return JobDraft(**texts, details=self._details.text, shown_to_customer=self._shown.value)

    def saved_draft(self) -> JobDraft:
        """Return what the job says."""
        job = self._job
        return JobDraft(
            description=job.description,
            details=job.details,
            assignee=job.assignee,
            due=job.due,
            reference=job.reference,
            shown_to_customer=job.shown_to_customer,
        )

    def check(self) -> str:
        """Say when the job is due, in case a short form was typed."""
        today = datetime.datetime.now().astimezone().date()
        terms = check_job(self.draft(), today)
        return f"Due {terms.due}" if terms.due else ""

    async def save(self) -> None:
        """Save the job."""
        job, draft = self._job, self.draft()
        await self._desk.ask(lambda desk: desk.jobs.edit(job.id, job.version, draft))

    def take_current(self, record: Job) -> Mapping[str, str]:
        """Take the job as it is now for the one that was seen; return what differs."""
        seen = self.saved_draft()
        self._job = record
        return changes_of_others(seen, self.saved_draft(), self.draft())

    @on(BlockField.Changed)
    @on(Checkbox.Changed)
    def _changed(self) -> None:
        self.show_state()
