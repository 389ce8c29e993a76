"""The form Description, Rate, Time, Note: a task, or a job together with its first task."""

import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Button, Input

from models.currency import Currency
from models.draft_store import Texts
from models.drafts import TaskDraft, check_task
from models.pricing import amount_in_words
from models.refusals import BadFields
from models.values import Pricing, TaskDefaults
from tui.draft_keeper import DraftSlot
from tui.forms.field import Field
from tui.forms.toggle import Toggle
from tui.forms.words import Words

_PRICINGS = list(Pricing)


class TaskForm(Widget):
    """Checks while one types, and shows the amount before it is saved.

    The names of the fields are those of `TaskDraft`; for a fixed price the field of the rate
    holds the amount.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f7,ctrl+t",
            "pricing",
            "Pricing",
            id="form.pricing",
            tooltip="Hourly, fixed price or free",
        ),
        Binding(
            "f8,ctrl+o", "done", "Planned/done", id="form.done", tooltip="Planned or done already"
        ),
    ]

    pricing: reactive[Pricing] = reactive(Pricing.HOURLY, init=False)
    """How the task is charged."""
    done: reactive[bool] = reactive(False, init=False)
    """Whether the work is done already."""

    @dataclass
    class Submitted(Message):
        """The form is to be saved; its text stays until the saving is known to have worked."""

        form: "TaskForm"
        draft: TaskDraft

        @property
        def control(self) -> "TaskForm":
            """The form."""
            return self.form

    def __init__(self, button: str, *, task_optional: bool = False, id: str | None = None) -> None:
        """Make a form whose button reads `button`.

        Args:
            button: the word for saving.
            task_optional: a description alone is enough, for a job without a first task.
            id: the widget's ID.
        """
        super().__init__(id=id, classes="form")
        self.slot: DraftSlot | None = None
        self._task_optional = task_optional
        self._currency = Currency.of("USD")
        self._start_rate = ""
        self._other_price = ""
        self._submitted = False
        self._saving = False
        self._description = Field("description", "Description")
        self._rate = Field("rate", "Rate/h")
        self._time = Field("time", "Time", "e.g. 1:30")
        self._note = Field("note", "Note", "the customer sees it")
        self._words = Words()
        self._pricing = Toggle("F7", "pricing")
        self._done = Toggle("F8", "done")
        self._button = Button(Content(button), variant="primary", compact=True)

    def compose(self) -> ComposeResult:
        """The fields in a row, below them what is wrong or what it costs, and the two switches."""
        with Horizontal(classes="form-row"):
            yield self._description
            yield self._rate
            yield self._time
            yield self._note
            yield self._button
        with Horizontal(classes="form-status"):
            yield self._words
            yield self._pricing
            yield self._done

    # -- what is in it ---------------------------------------------------------------------------

    def start(self, currency: str, defaults: TaskDefaults) -> None:
        """Empty the form for an account or job with this currency and these defaults."""
        self._currency = Currency.of(currency)
        self._start_rate = defaults.rate
        self._submitted = False
        self.pricing = Pricing.HOURLY
        self.done = defaults.done
        for field in (self._description, self._time, self._note):
            field.text = ""
        self._rate.text = defaults.rate
        self._other_price = ""
        self._keep_text()
        self._show()

    def next(self) -> None:
        """Make ready for the next task: the rate stays, the cursor is back in Description."""
        fixed = self.pricing is Pricing.FIXED
        rate = self._start_rate if fixed or not self._rate.text else self._rate.text
        self.start(self._currency.code, TaskDefaults(rate, self.done))
        self.focus_first()

    def focus_first(self) -> None:
        """Put the cursor into Description."""
        self._description.input.focus()

    @property
    def has_text(self) -> bool:
        """Whether anything was typed that is not saved."""
        typed = any(field.text for field in (self._description, self._time, self._note))
        start = "" if self.pricing is Pricing.FIXED else self._start_rate
        return typed or self._rate.text != start

    @property
    def draft(self) -> TaskDraft:
        """What was typed."""
        fixed = self.pricing is Pricing.FIXED
        return TaskDraft(
            description=self._description.text,
            pricing=self.pricing,
            rate="" if fixed else self._rate.text,
            amount=self._rate.text if fixed else "",
            time=self._time.text,
            note=self._note.text,
            done=self.done,
        )

    @property
    def is_job_alone(self) -> bool:
        """Whether this is a job without a first task: no time, no note, no other price."""
        hourly = self.pricing is Pricing.HOURLY
        return self._task_optional and hourly and not (self._time.text or self._note.text)

    # -- keeping what is typed -------------------------------------------------------------------

    def texts(self) -> dict[str, str | bool]:
        """Return all that the form holds, as it was typed; the price of another pricing, too."""
        fixed = self.pricing is Pricing.FIXED
        return {
            "description": self._description.text,
            "pricing": self.pricing.value,
            "rate": self._other_price if fixed else self._rate.text,
            "amount": self._rate.text if fixed else self._other_price,
            "time": self._time.text,
            "note": self._note.text,
            "done": self.done,
        }

    def fill(self, texts: Texts) -> None:
        """Put in what was typed earlier; what `texts` do not name stays as it is."""
        given = {**self.texts(), **texts}
        with suppress(ValueError):  # of a version of the program with other pricings
            self.pricing = Pricing(str(given["pricing"]))
        fixed = self.pricing is Pricing.FIXED
        self._rate.text = str(given["amount" if fixed else "rate"])
        self._other_price = str(given["rate" if fixed else "amount"])
        for field in (self._description, self._time, self._note):
            field.text = str(given[field.field_name])
        self.done = bool(given["done"])
        self._show()

    def _keep_text(self) -> None:
        """Let what the form holds survive the session, until it is saved or taken away."""
        if self.slot is not None:
            self.slot.put(self.texts() if self.has_text else None)

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Take submissions again once the one that was taken is saved or refused."""
        try:
            yield
        finally:
            self._saving = False

    # -- checking --------------------------------------------------------------------------------

    def problems(self) -> dict[str, str]:
        """Return what is wrong, one sentence for each field, by its name in the draft."""
        draft = self.draft
        if self.is_job_alone:
            draft = replace(draft, rate=draft.rate.strip() or "0", time="1")
        try:
            check_task(draft, self._currency, _today())
        except BadFields as error:
            return error.problems
        return {}

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Mark the fields that are wrong and put the cursor into the first of them."""
        self._submitted = True
        self._show(problems)
        for field in self._fields():
            if self._name_of(field) in problems:
                field.input.focus()
                return

    def _show(self, problems: Mapping[str, str] | None = None) -> None:
        """Say what is wrong with what was typed, else what it will cost."""
        found = self.problems() if problems is None else dict(problems)
        shown = {
            self._name_of(field): found[self._name_of(field)]
            for field in self._fields()
            if self._name_of(field) in found and (field.text.strip() or self._submitted)
        }
        for field in self._fields():
            field.input.set_invalid(self._name_of(field) in shown)
        others = [words for name, words in found.items() if name not in self._names()]
        wrong = [*shown.values(), *others]
        words = "\n".join(wrong) if wrong else self._cost(found)
        self._words.say(words, problem=bool(wrong))

    def _cost(self, problems: Mapping[str, str]) -> str:
        """Say in full what the task will cost, as soon as that is known."""
        if self.is_job_alone:
            typed = bool(self._description.text.strip())
            return "A job alone; with a time it gets its first task at once." if typed else ""
        if set(problems) - {"description"}:
            return ""
        terms = check_task(replace(self.draft, description="-"), self._currency, _today())
        return amount_in_words(
            terms.pricing, terms.rate_minor, terms.minutes, terms.amount_minor, self._currency
        )

    def _fields(self) -> tuple[Field, ...]:
        return (self._description, self._rate, self._time, self._note)

    def _names(self) -> list[str]:
        return [self._name_of(field) for field in self._fields()]

    def _name_of(self, field: Field) -> str:
        return (
            "amount" if field is self._rate and self.pricing is Pricing.FIXED else field.field_name
        )

    # -- events ----------------------------------------------------------------------------------

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._keep_text()
        self._show()

    @on(Input.Submitted)
    @on(Button.Pressed)
    def _submit(self, event: Message) -> None:
        event.stop()
        if self._saving:
            return
        problems = self.problems()
        if problems:
            self.show_problems(problems)
        else:
            self._saving = True
            self.post_message(self.Submitted(self, self.draft))

    @on(Toggle.Switched)
    async def _switch(self, event: Toggle.Switched) -> None:
        event.stop()
        await self.run_action(event.toggle.action)

    def action_pricing(self) -> None:
        """Go to the next pricing; what was typed stays."""
        self.pricing = _PRICINGS[(_PRICINGS.index(self.pricing) + 1) % len(_PRICINGS)]
        self._keep_text()

    def action_done(self) -> None:
        """Switch between planned and done."""
        self.done = not self.done
        self._keep_text()

    def watch_pricing(self, before: Pricing, pricing: Pricing) -> None:
        """Name the price field by what it holds; an amount is not made from a rate."""
        if (before is Pricing.FIXED) != (pricing is Pricing.FIXED):
            self._rate.text, self._other_price = self._other_price, self._rate.text
        labels = {Pricing.FIXED: "Amount", Pricing.FREE: "(Rate/h)", Pricing.HOURLY: "Rate/h"}
        self._rate.label = labels[pricing]
        self._pricing.words = pricing.value
        self._show()

    def watch_done(self, done: bool) -> None:
        """Show whether the task is planned or done."""
        self._done.words = "done" if done else "planned"

    def on_mount(self) -> None:
        """Show the switches as they are."""
        self.watch_pricing(self.pricing, self.pricing)
        self.watch_done(self.done)


def _today() -> datetime.date:
    return datetime.datetime.now().astimezone().date()
