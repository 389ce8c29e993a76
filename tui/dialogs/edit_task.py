"""Editing a task."""

import datetime
from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from models.currency import Currency
from models.drafts import TaskDraft, TaskTerms, check_task
from models.duration import format_time
from models.merge import Texts, Value
from models.money import format_minor
from models.pricing import amount_in_words
from models.staff.desk import StaffDesk
from models.values import Job, Pricing, Task
from tui.desk_line import DeskLine
from tui.dialogs.edit import EditDialog
from tui.forms.field import Field
from tui.forms.toggle import Toggle

_PRICINGS = list(Pricing)


class EditTask(EditDialog[Task]):
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

    # A rate that one person changed means nothing in the fixed price that another made of it.
    GOVERNS: ClassVar = {"pricing": ("rate", "amount")}

    def __init__(self, desk: DeskLine[StaffDesk], job: Job, task: Task) -> None:
        """Edit `task` of `job`."""
        super().__init__(desk, f"Edit task {task.id} of #{job.id}", task, job.account)
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
        self._toggles = Horizontal(self._pricing_toggle, self._done_toggle, classes="edit-toggles")
        self._base = self.texts_of(task)
        self.fill(self._base)

    def fields(self) -> Sequence[Field]:
        """Return the fields that are typed in."""
        return self._fields

    def body(self) -> list[Widget]:
        """Put the switches below the fields."""
        return [*self._fields, self._toggles]

    def texts(self) -> dict[str, Value]:
        """Return all that the form holds, the price of another pricing too."""
        return {**super().texts(), "pricing": self._pricing.value, "done": self._done}

    def put(self, name: str, value: Value) -> None:
        """Put a value into a field, or set a switch."""
        if name == "pricing":
            self._pricing = Pricing(str(value))
        elif name == "done":
            self._done = bool(value)
        else:
            super().put(name, value)

    def place(self, name: str) -> Widget:
        """Return the widget of a field."""
        return self._toggles if name in ("pricing", "done") else super().place(name)

    def in_words(self, name: str, value: Value) -> str:
        """Return what a field says, in words."""
        if name == "done":
            return f"It is {_state(bool(value))}"
        return super().in_words(name, value)

    def texts_of(self, record: Task) -> Texts:
        """Return what a task says; the price that it has not is as it was before."""
        fixed = record.pricing is Pricing.FIXED
        kept = {"rate" if fixed else "amount": self._base.get("rate" if fixed else "amount", "")}
        return {
            "description": record.description,
            "rate": record.rate.plain if record.rate else "",
            "amount": record.amount.plain,
            "time": format_time(record.minutes) if record.minutes else "",
            "note": record.note,
            "worked_on": record.worked_on,
            "worked_by": record.worked_by,
            "pricing": record.pricing.value,
            "done": record.done is not None,
            **kept,
        }

    def texts_to_save(self) -> Texts:
        """Return what the form holds, as a task would say it."""
        terms = self._terms()
        prices = {"rate": terms.rate_minor}
        if self._pricing is Pricing.FIXED:
            prices = {"amount": terms.amount_minor}
        return {
            **self.texts(),
            **{
                name: "" if minor is None else format_minor(minor, self._currency)
                for name, minor in prices.items()
            },
            "description": terms.description,
            "time": format_time(terms.minutes) if terms.minutes else "",
            "note": terms.note,
            "worked_on": terms.worked_on or "",
            "worked_by": terms.worked_by,
        }

    def draft(self) -> TaskDraft:
        """Return what was typed, without the price of another pricing."""
        texts = {field.field_name: field.text for field in self._fields}
        unused = "rate" if self._pricing is Pricing.FIXED else "amount"
        return TaskDraft(**{**texts, unused: ""}, pricing=self._pricing, done=self._done)

    def show_state(self) -> None:
        """Show the fields of the pricing, the switches, and what is wrong or what it costs."""
        for field in self._fields:
            if field.field_name in ("rate", "amount"):
                field.display = (field.field_name == "amount") == (self._pricing is Pricing.FIXED)
        self._pricing_toggle.words = self._pricing.value
        self._done_toggle.words = _state(self._done)
        super().show_state()

    def _terms(self) -> TaskTerms:
        today = datetime.datetime.now().astimezone().date()
        return check_task(self.draft(), self._currency, today)

    def check(self) -> str:
        """Say what the task costs, in full."""
        terms = self._terms()
        return amount_in_words(
            terms.pricing, terms.rate_minor, terms.minutes, terms.amount_minor, self._currency
        )

    def read(self, desk: StaffDesk) -> Task:
        """Return the task as it is now."""
        return desk.tasks.get(self._record.id)

    async def save(self) -> None:
        """Save the task."""
        task, draft, account = self._record, self.draft(), self._account
        await self._desk.ask(
            lambda desk: desk.tasks.edit(task.id, task.version, draft, account=account)
        )

    def action_pricing(self) -> None:
        """Go to the next pricing."""
        self._pricing = _PRICINGS[(_PRICINGS.index(self._pricing) + 1) % len(_PRICINGS)]
        self.take_note()

    def action_done(self) -> None:
        """Switch between planned and done."""
        self._done = not self._done
        self.take_note()


def _state(done: bool) -> str:
    return "done" if done else "planned"
