"""Windows of long lists: how they are sorted, where a record stands in them, how long they are.

All of it is the database's work, on the whole list, and none of it depends on what was read before.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from peewee import Asc, Case, Desc, Function, ModelSelect, Ordering, fn

from models.tables import first_row
from models.values import LAST, JobStatus, Order

COUNT_LIMIT: Final = 10_000
"""A list that nobody keeps short is counted up to the next multiple of so many rows."""

Columns: TypeAlias = Mapping[str, Sequence[Any]]
"""By what a list is sorted for each of its columns: expressions, the first ones first."""


def folded(text: Any) -> Function:
    """Return the column by which texts are sorted as people read them: without case and accents."""
    function: Function = fn.FOLDED(text)
    return function


def by_progress(status: Any) -> Case:
    """Return the column by which a status of a job is sorted: as work proceeds."""
    return Case(status, [(step.value, number) for number, step in enumerate(JobStatus)])


def sorted_by(columns: Columns, order: Order | None, record: Any) -> list[Ordering]:
    """Return by what a list is sorted; `record` comes last, so that there is one order only.

    None is the list's own order: by the record. The other way round, all of it is.

    Raises:
        ValueError: the list has no such column.
    """
    if order is None:
        return [Asc(record)]
    if order.column not in columns:
        raise ValueError(f"There is no column {order.column!r} to sort by.")
    direction = Desc if order.descending else Asc
    return [direction(term) for term in (*columns[order.column], record)]


def place_in(
    listed: "ModelSelect[Any]", terms: Sequence[Ordering], record: Any, wanted: int
) -> int | None:
    """Return at which index of a list a record is, None if it is not in the list.

    Args:
        listed: the list, not sorted; what it selects does not matter.
        terms: by what it is sorted.
        record: the column of the record's number.
        wanted: the number.
    """
    number = fn.ROW_NUMBER().over(order_by=terms)
    numbered = listed.select(record.alias("record"), number.alias("number")).alias("numbered")
    row = first_row(
        record.model.select(numbered.c.number).from_(numbered).where(numbered.c.record == wanted)
    )
    return None if row is None else int(row[0]) - 1


def start_of(offset: int, limit: int, total: int) -> int:
    """Return where a window of a list begins, which `LAST` leaves to the length of the list."""
    return offset if offset != LAST else max(0, total - 1) // limit * limit


def count_on(rest: "ModelSelect[Any]", known: int) -> tuple[int, bool]:
    """Return how many rows a list has, and whether these are all.

    Args:
        rest: the list behind a window of it, which is not always counted to its end.
        known: how many rows there are up to there.
    """
    limit = COUNT_LIMIT - known % COUNT_LIMIT
    counted = int(rest.limit(limit + 1).count())
    return known + min(counted, limit), counted <= limit
