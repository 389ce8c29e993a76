"""Reading a whole list by its pages."""

from collections.abc import Callable
from typing import TypeVar

from models.values import Page

Row = TypeVar("Row")

PAGE_ROWS = 500
"""Rows that are read at a time."""


def every(page: Callable[[int, int], Page[Row]]) -> list[Row]:
    """Return all rows of a list whose windows `page(offset, limit)` reads, in one transaction."""
    rows: list[Row] = []
    while True:
        window = page(len(rows), PAGE_ROWS)
        rows += window.rows
        if not window.rows or len(rows) >= window.total:
            return rows
