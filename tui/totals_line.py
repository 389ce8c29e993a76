"""The sums of a job in one line."""

from models.duration import format_time
from models.money import Money
from models.values import Totals


def totals_in_words(totals: Totals) -> str:
    """Return planned, done and total time and amount, such as the line under a job's tasks."""
    planned = totals.total.minor - totals.done_total.minor
    planned_money = Money(planned, totals.total.currency)
    planned_time = format_time(totals.minutes - totals.done_minutes)
    return (
        f"Planned {planned_time} h {planned_money.plain} · "
        f"Done {format_time(totals.done_minutes)} h {totals.done_total.plain} · "
        f"Total {format_time(totals.minutes)} h {totals.total.text}"
    )
