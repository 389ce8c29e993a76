"""Editing a task."""

import datetime
from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from models.currency import Currency
from models.drafts import TaskDraft, check_task
from models.duration import format_time
from models.pricing import amount_in_words
from models.staff.desk import StaffDesk
from models.values import Job, Pricing, Task
from tui.desk_line import DeskLine
from tui.dialogs.edit import EditDialog, changes_of_others
from tui.forms.field import Field
from tui.forms.toggle import Toggle

_PRICINGS = list(Pricing)


class EditTask(EditDialog[TaskDraft, Task]):
    """Every field of a task, with the two switches of the task form."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f7,ctrl+t",
            "pricing",
            "Pricing",
            id="edit.pricing",
            tooltip="Hourly, fixed price or free",
        ),
        Binding(
            "f8,ctrl+o",
            "done",
            "Planned/done",
            id="edit.done",
            tooltip="Planned or done already",
        ),
    ]

    def __init__(self, desk: DeskLine[StaffDesk], job: Job, task: Task) -> None:
        """Edit `task` of `job`."""
        super().__init__(f"Edit task {task.id} of #{job.id}")
        self._desk = desk
        self._task_seen = task
        self._currency = Currency.of(job.currency)
        self._pricing = task.pricing
        self._done = task.done is not None
        self._fields = [
            Field("description", "Description"),
            Field("rate", "Rate/h"),
            Field("amount", "Amount", "the fixed price; negative for a discount"),
            Field("time", "Time", "1:30"),
            Field("note", "Note (the customer sees it)"),
            Field("worked_on", "Worked on", "2026-12-31, today, yesterday"),
            Field("worked_by", "Worked by", "a login, such as anna"),
        ]
        self._pricing_toggle = Toggle("F7", "pricing")
        self._done_toggle = Toggle("F8", "done")
        for field in self._fields:
            field.text = getattr(self.saved_draft(), field.field_name)

    def fields(self) -> list[Field]:
        """Return the one-line fields."""
        return self._fields

    def body(self) -> list[Widget]:
        """Put the switches below the fields."""
        toggles = Horizontal(self._pricing_toggle, self._done_toggle, classes="edit-toggles")
        return [*self._fields, toggles]

    def draft(self) -> TaskDraft:
        """Return what was typed, without the price of another pricing."""
        texts = {field.field_name: field.text for field in self._fields}
        unused = "rate" if self._pricing is Pricing.FIXED else "amount"
        return TaskDraft(**{**texts, unused: ""}, pricing=self._pricing, done=self._done)

    def saved_draft(self) -> TaskDraft:
        """Return what the task says."""
        task = self._task_seen
        fixed = task.pricing is Pricing.FIXED
        return TaskDraft(
            description=task.description,
            pricing=task.pricing,
            rate=task.rate.plain if task.rate else "",
            time=format_time(task.minutes) if task.minutes else "",
            amount=task.amount.plain if fixed else "",
            note=task.note,
            done=task.done is not None,
            worked_on=task.worked_on,
            worked_by=task.worked_by,
        )

    def show_state(self) -> None:
        """Show the fields of the pricing, the switches, and what is wrong or what it costs."""
        for field in self._fields:
            if field.field_name in ("rate", "amount"):
                field.display = (field.field_name == "amount") == (self._pricing is Pricing.FIXED)
        self._pricing_toggle.words = self._pricing.value
        self._done_toggle.words = "done" if self._done else "planned"
        super().show_state()

    def check(self) -> str:
        """Say what the task costs, in full."""
        today = datetime.datetime.now().astimezone().date()
        terms = check_task(self.draft(), self._currency, today)
        return amount_in_words(
            terms.pricing, terms.rate_minor, terms.minutes, terms.amount_minor, self._currency
        )

    async def save(self) -> None:
        """Save the task."""
        task, draft = self._task_seen, self.draft()
        await self._desk.ask(lambda desk: desk.tasks.edit(task.id, task.version, draft))

    def take_current(self, record: Task) -> Mapping[str, str]:
        """Take the task as it is now for the one that was seen; return what differs."""
        seen = self.saved_draft()
        self._task_seen = record
        return changes_of_others(seen, self.saved_draft(), self.draft())

    @on(Toggle.Switched)
    async def _switch(self, event: Toggle.Switched) -> None:
        event.stop()
        await self.run_action(event.toggle.action)

    def action_pricing(self) -> None:
        """Go to the next pricing."""
        self._pricing = _PRICINGS[(_PRICINGS.index(self._pricing) + 1) % len(_PRICINGS)]
        self.show_state()

    def action_done(self) -> None:
        """Switch between planned and done."""
        self._done = not self._done
        self.show_state()
