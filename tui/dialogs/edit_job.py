"""Editing what a job says of itself."""

import datetime
from collections.abc import Sequence
from contextlib import suppress

from textual import work
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Checkbox

from models.drafts import JobDraft, JobTerms, check_job
from models.merge import Texts, Value
from models.refusals import Refused
from models.staff.desk import StaffDesk
from models.values import Job
from tui.desk_line import DeskLine
from tui.dialogs.edit import EditDialog
from tui.forms.field import Field
from tui.forms.long_field import LongField


class EditJob(EditDialog[Job]):
    """Description, details, assignee, due date, reference, and whether it is shown."""

    def __init__(self, desk: DeskLine[StaffDesk], job: Job) -> None:
        """Edit `job`."""
        super().__init__(desk, f"Edit #{job.id}", job, job.account)
        self._assignee = Field("assignee", "Assignee", "a login, such as anna")
        self._fields: list[Field | LongField] = [
            Field("description", "Description (the customer sees it)"),
            LongField("details", "Details (the customer sees them)"),
            self._assignee,
            Field("due", "Due", "2026-12-31, today, +7"),
            Field("reference", "Reference", "a ticket or order"),
        ]
        self._shown = Checkbox(Content("Shown to the customer"), compact=True)
        self._base = self.texts_of(job)
        self.fill(self._base)

    def on_mount(self) -> None:
        """Begin in the first field; offer the logins of the staff while one types."""
        super().on_mount()
        self._offer_logins()

    @work(group="start")
    async def _offer_logins(self) -> None:
        with suppress(Refused):  # a help while typing, and no more
            people = await self._desk.ask(lambda desk: desk.staff())
            self._assignee.input.suggester = SuggestFromList([person.login for person in people])

    def fields(self) -> Sequence[Field | LongField]:
        """Return the fields that are typed in."""
        return self._fields

    def body(self) -> list[Widget]:
        """Put the switch below the fields."""
        return [*self._fields, self._shown]

    def texts(self) -> dict[str, Value]:
        """Return all that the form holds."""
        return {**super().texts(), "shown_to_customer": self._shown.value}

    def put(self, name: str, value: Value) -> None:
        """Put a value into a field, or set the switch."""
        if name == "shown_to_customer":
            self._shown.value = bool(value)
        else:
            super().put(name, value)

    def place(self, name: str) -> Widget:
        """Return the widget of a field."""
        return self._shown if name == "shown_to_customer" else super().place(name)

    def in_words(self, name: str, value: Value) -> str:
        """Return what a field says, in words."""
        if name == "shown_to_customer":
            return "It is shown to the customer" if value else "It is hidden from the customer"
        return super().in_words(name, value)

    def texts_of(self, record: Job | JobTerms) -> Texts:
        """Return what a job says."""
        return {
            "description": record.description,
            "details": record.details,
            "assignee": record.assignee,
            "due": record.due or "",
            "reference": record.reference,
            "shown_to_customer": record.shown_to_customer,
        }

    def texts_to_save(self) -> Texts:
        """Return what the form holds, as a job would say it."""
        return self.texts_of(self._terms())

    def draft(self) -> JobDraft:
        """Return what was typed."""
        texts = {field.field_name: field.text for field in self._fields}
        return JobDraft(**texts, shown_to_customer=self._shown.value)

    def _terms(self) -> JobTerms:
        return check_job(self.draft(), datetime.datetime.now().astimezone().date())

    def check(self) -> str:
        """Say when the job is due, in case a short form was typed."""
        due = self._terms().due
        return f"Due {due}" if due else ""

    def read(self, desk: StaffDesk) -> Job:
        """Return the job as it is now."""
        return desk.jobs.get(self._record.id)

    async def save(self) -> None:
        """Save the job."""
        job, draft, account = self._record, self.draft(), self._account
        await self._desk.ask(
            lambda desk: desk.jobs.edit(job.id, job.version, draft, account=account)
        )
