"""What people type into forms and commands, and the one place that checks it.

A draft holds texts as they were typed. `check_…` returns what they mean, or raises `BadFields`
with one sentence for each field that is wrong. Screens check while typing, the desk checks again
before it writes, the command line has no checks of its own.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from models.currency import Currency
from models.duration import parse_time
from models.moments import parse_date
from models.money import parse_amount, parse_rate
from models.pricing import amount_of
from models.refusals import BadFields, BadInput
from models.text import checked_block, checked_line
from models.values import Pricing

Checked = TypeVar("Checked")


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A task as typed; `amount` is the fixed price, `rate` and `time` the hourly one."""

    description: str = ""
    pricing: Pricing = Pricing.HOURLY
    rate: str = ""
    time: str = ""
    amount: str = ""
    note: str = ""
    done: bool = False
    worked_on: str = ""
    worked_by: str = ""


@dataclass(frozen=True, slots=True)
class TaskTerms:
    """What a task draft means: money in minor units, time in minutes, the amount computed."""

    description: str
    pricing: Pricing
    rate_minor: int | None
    minutes: int | None
    amount_minor: int
    note: str
    done: bool
    worked_on: str | None
    worked_by: str


@dataclass(frozen=True, slots=True)
class JobDraft:
    """A job as typed; `due` is a date, `assignee` a login."""

    description: str = ""
    details: str = ""
    assignee: str = ""
    due: str = ""
    reference: str = ""
    shown_to_customer: bool = True


@dataclass(frozen=True, slots=True)
class JobTerms:
    """What a job draft means."""

    description: str
    details: str
    assignee: str
    due: str | None
    reference: str
    shown_to_customer: bool


class _Fields:
    """Collects one sentence for each field that is wrong."""

    def __init__(self) -> None:
        self.problems: dict[str, str] = {}

    def take(self, name: str, parse: Callable[[], Checked]) -> Checked | None:
        """Return what the field means, or None after noting what is wrong with it."""
        try:
            return parse()
        except BadInput as error:
            self.problems[name] = str(error)
            return None

    def settle(self) -> None:
        """Raise `BadFields` if any field was wrong."""
        if self.problems:
            raise BadFields(self.problems)


def check_task(draft: TaskDraft, currency: Currency, today: datetime.date) -> TaskTerms:
    """Return what the draft means in the job's currency, or raise `BadFields`."""
    fields = _Fields()
    hourly = draft.pricing is Pricing.HOURLY
    fixed = draft.pricing is Pricing.FIXED
    description = fields.take(
        "description", lambda: checked_line(draft.description, required=True, what="Description")
    )
    rate = amount = minutes = None
    if hourly or (draft.rate.strip() and not fixed):
        rate = fields.take("rate", lambda: parse_rate(draft.rate, currency))
    if fixed:
        amount = fields.take("amount", lambda: parse_amount(draft.amount, currency))
    if hourly or draft.time.strip():
        minutes = fields.take("time", lambda: parse_time(draft.time))
    note = fields.take("note", lambda: checked_line(draft.note, required=False, what="Note"))
    worked_on = fields.take("worked_on", lambda: _date_or_none(draft.worked_on, today))
    worked_by = fields.take("worked_by", lambda: _login(draft.worked_by))
    if draft.done and worked_on is not None and worked_on > today.isoformat():
        fields.problems["worked_on"] = f"{worked_on} is still to come: done work has a past date."
    fields.settle()
    return TaskTerms(
        description=description or "",
        pricing=draft.pricing,
        rate_minor=rate,
        minutes=minutes,
        amount_minor=amount_of(draft.pricing, rate, minutes, amount),
        note=note or "",
        done=draft.done,
        worked_on=worked_on,
        worked_by=worked_by or "",
    )


def check_job(draft: JobDraft, today: datetime.date) -> JobTerms:
    """Return what the draft means, or raise `BadFields`."""
    fields = _Fields()
    description = fields.take(
        "description", lambda: checked_line(draft.description, required=True, what="Description")
    )
    details = fields.take(
        "details", lambda: checked_block(draft.details, required=False, what="Details")
    )
    assignee = fields.take("assignee", lambda: _login(draft.assignee))
    due = fields.take("due", lambda: _date_or_none(draft.due, today))
    reference = fields.take(
        "reference", lambda: checked_line(draft.reference, required=False, what="Reference")
    )
    fields.settle()
    return JobTerms(
        description=description or "",
        details=details or "",
        assignee=assignee or "",
        due=due,
        reference=reference or "",
        shown_to_customer=draft.shown_to_customer,
    )


def check_note(body: str) -> str:
    """Return the cleaned text of a note, or raise `BadFields`."""
    fields = _Fields()
    text = fields.take("body", lambda: checked_block(body, required=True, what="Note"))
    fields.settle()
    return text or ""


def _date_or_none(text: str, today: datetime.date) -> str | None:
    return parse_date(text, today) if text.strip() else None


def _login(text: str) -> str:
    return checked_line(text, required=False, what="Name")
