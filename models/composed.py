"""Queries that are composed once and asked again and again.

Peewee takes several times as long over composing a query with sums in it as SQLite over the answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from peewee import SQL, ModelSelect

from models.sqlite.database import PanelDatabase
from models.tables import Table

Record = TypeVar("Record", bound=Table)


@dataclass(frozen=True, slots=True)
class _Given:
    """Stands in a query for a value that it will be asked with."""

    name: str


def given(name: str) -> SQL:
    """Return what stands in a query for one value."""
    return SQL("?", [_Given(name)])


def given_ids(name: str) -> SQL:
    """Return what stands behind IN for numbers, which are given as a text in JSON."""
    return SQL("(SELECT value FROM json_each(?))", [_Given(name)])


class Composed:
    """A query with places for values, on the database that its tables are bound to right now."""

    def __init__(self, query: "ModelSelect[Any]") -> None:
        """Compose it."""
        self._sql, self._values = query.sql()

    def rows(self, database: PanelDatabase, **values: object) -> list[tuple[Any, ...]]:
        """Ask it, and return all rows as the database has them: no field converts its values."""
        asked = [values[it.name] if isinstance(it, _Given) else it for it in self._values]
        return list(database.execute_sql(self._sql, asked))


def record_of(table: type[Record], columns: Iterable[Any]) -> Record:
    """Return the record that a row of all columns of a table holds."""
    fields = table._meta.sorted_fields
    values = {field.name: field.python_value(it) for field, it in zip(fields, columns, strict=True)}
    return table(**values)
