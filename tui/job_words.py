"""A job and its tasks in words, as the lists of staff and customers show them."""

from models.duration import format_time
from models.money import Money
from models.values import CustomerTask, JobStatus, Pricing, Task, Totals

NOTES_SHOWN = 200
"""Notes that are read at once, the newest; the title says when there are more."""

NAMED = 60
"""Characters by which a question or a notice names something."""

STATUS_TONES = {
    JobStatus.NEW: "accent",
    JobStatus.IN_PROGRESS: "success",
    JobStatus.ON_HOLD: "warning",
    JobStatus.FINISHED: "muted",
    JobStatus.CANCELED: "muted",
}
"""The tone of each status, beside its word."""


def shortened(text: str) -> str:
    """Return the beginning of a text, to name something in a question."""
    line = text.partition("\n")[0]
    return line if line == text and len(line) <= NAMED else line[:NAMED].rstrip() + "…"


def tasks_in_words(totals: Totals) -> str:
    """Say how many of a job's tasks are done."""
    return f"{totals.done_tasks} of {totals.tasks}" if totals.tasks else "-"


def amount_in_list(task: Task | CustomerTask) -> str:
    """Return a task's amount, or that it is not charged."""
    return "no charge" if task.pricing is Pricing.FREE else task.amount.plain


def time_in_list(task: Task | CustomerTask) -> str:
    """Return a task's time, empty if it has none."""
    return format_time(task.minutes) if task.minutes else ""


def totals_in_words(totals: Totals) -> str:
    """Return planned, done and total time and amount: the line under a job's tasks."""
    planned = totals.total.minor - totals.done_total.minor
    planned_money = Money(planned, totals.total.currency)
    planned_time = format_time(totals.minutes - totals.done_minutes)
    return (
        f"Planned {planned_time} h {planned_money.plain} · "
        f"Done {format_time(totals.done_minutes)} h {totals.done_total.plain} · "
        f"Total {format_time(totals.minutes)} h {totals.total.text}"
    )
