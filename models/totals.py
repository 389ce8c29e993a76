"""The sums of a job's tasks, as subqueries of stored integers: what the staff and customers see."""

from peewee import Expression, Function, ModelSelect, fn

from models.currency import Currency
from models.money import Money
from models.tables import Job, Note, Task
from models.values import Totals


def _sum(column: object, *conditions: Expression) -> "ModelSelect[Task]":
    of_job = (Task.job == Job.id) & Task.removed_at.is_null()
    total: Function = fn.COALESCE(fn.SUM(column), 0)
    return Task.select(total).where(of_job, *conditions)


def _count(*conditions: Expression) -> "ModelSelect[Task]":
    of_job = (Task.job == Job.id) & Task.removed_at.is_null()
    return Task.select(fn.COUNT(Task.id)).where(of_job, *conditions)


def minutes_of() -> "ModelSelect[Task]":
    """Return the column that sums the times of a job's tasks, in a query on jobs."""
    return _sum(Task.minutes)


def amount_of() -> "ModelSelect[Task]":
    """Return the column that sums the amounts of a job's tasks, in a query on jobs."""
    return _sum(Task.amount_minor)


def totals_columns() -> "tuple[ModelSelect[Task], ...]":
    """Return the columns of `totals_from` for a query on jobs."""
    done = Task.done_at.is_null(False)
    return (
        _count(),
        minutes_of(),
        amount_of(),
        _count(done),
        _sum(Task.minutes, done),
        _sum(Task.amount_minor, done),
    )


def totals_from(columns: tuple[int, ...], currency_code: str) -> Totals:
    """Return the totals that the six `totals_columns` of a row hold."""
    tasks, minutes, total, done_tasks, done_minutes, done_total = columns
    currency = Currency.of(currency_code)
    return Totals(
        tasks,
        minutes,
        Money(total, currency),
        done_tasks,
        done_minutes,
        Money(done_total, currency),
    )


def note_count(*conditions: Expression) -> "ModelSelect[Note]":
    """Return the column that counts a job's notes, in a query on jobs."""
    of_job = (Note.job == Job.id) & Note.removed_at.is_null()
    return Note.select(fn.COUNT(Note.id)).where(of_job, *conditions)
