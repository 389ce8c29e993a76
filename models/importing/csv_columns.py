"""Which column of a CSV file says what: by its own name, or by a mapping that a person gave."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.importing.records import FIELDS, TEXT_FIELDS
from models.importing.text_file import broken
from models.refusals import BadInput
from models.text import clean_line, quoted

Mapping = Sequence[tuple[str, str]]
"""Pairs of a column's name and the field it holds; an empty field ignores the column."""

_SHORT_FORMS = {"address": "address.street"}
_COUNTED = "open_jobs"
_JOINED = {*TEXT_FIELDS, "status_reason", "domains"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a row each field stands; `notes` say which columns are not read."""

    fields: dict[str, list[int]]
    count: int
    notes: list[str]
    joined: tuple[str, ...]
    """The fields that stand in several columns."""

    def values(self, rows: Sequence[Sequence[str]]) -> dict[str, Sequence[str]]:
        """Return the rows' texts by field; several columns of one are joined by blanks."""
        columns = list(zip(*rows, strict=True))
        values: dict[str, Sequence[str]] = {
            field: columns[indexes[0]] for field, indexes in self.fields.items()
        }
        for field in self.joined:
            texts = zip(*(columns[index] for index in self.fields[field]), strict=True)
            values[field] = [" ".join(filter(None, map(str.strip, some))) for some in texts]
        return values

    @property
    def username(self) -> int:
        """Where in a row the user name stands."""
        return self.fields["username"][0]


def parse_mapping(text: str) -> tuple[str, str]:
    """Return column and field of `column=field`; `column=` ignores the column.

    Raises:
        BadInput: there is no `=` in it.
    """
    column, separator, field = text.rpartition("=")
    if not separator or not column.strip():
        raise BadInput(f"{quoted(text)} maps nothing: write COLUMN=FIELD, such as Name=person.")
    return column, field


def arrange(header: Sequence[str], mapping: Mapping, name: str) -> Columns:
    """Find the fields among the columns of a header; `name` is the file's.

    Raises:
        BadInput: the mapping names a column or field that does not exist, or one field twice.
        BrokenFile: two columns go by the same field's name, or none holds the user name.
    """
    titles = [clean_line(title) for title in header]
    fields = _mapped(titles, mapping)
    taken = {index for index, title in enumerate(titles) if _is_mapped(title, mapping)}
    ignored = []
    own: dict[str, int] = {}
    for index, title in enumerate(titles):
        field = _field(title)
        if index in taken:
            continue
        if field is None or field in fields:
            ignored.append(title)
        elif field in own:
            raise broken(
                name,
                "line 1",
                f"columns {quoted(titles[own[field]])} and {quoted(title)} are both {field}: "
                "rename one of them.",
            )
        else:
            own[field] = index
    fields |= {field: [index] for field, index in own.items()}
    if "username" not in fields:
        raise broken(
            name,
            "line 1",
            f"no column is the user name. There are {_listed(titles)}; "
            "name one with --map COLUMN=username.",
        )
    joined = tuple(field for field, indexes in fields.items() if len(indexes) > 1)
    return Columns(fields, len(titles), _notes(ignored), joined)


def _mapped(titles: Sequence[str], mapping: Mapping) -> dict[str, list[int]]:
    fields: dict[str, list[int]] = {}
    for column, name in mapping:
        indexes = [index for index, title in enumerate(titles) if _same(title, column)]
        if len(indexes) != 1:
            problem = "is there more than once" if indexes else "is not in the file"
            raise BadInput(f"Column {quoted(column)} {problem}. There are {_listed(titles)}.")
        field = _field(name)
        if field is None and name.strip():
            raise BadInput(f"{quoted(name)} is no field. There are {', '.join(FIELDS)}.")
        if field is None:
            continue
        if field in fields and field not in _JOINED:
            raise BadInput(f"{field} can be only one column: map a single one to it.")
        fields.setdefault(field, []).extend(indexes)
    return fields


def _field(title: str) -> str | None:
    name = clean_line(title).lower()
    name = _SHORT_FORMS.get(name, name)
    return name if name in FIELDS else None


def _is_mapped(title: str, mapping: Mapping) -> bool:
    return any(_same(title, column) for column, _ in mapping)


def _same(title: str, column: str) -> bool:
    return title.casefold() == clean_line(column).casefold()


def _notes(ignored: Sequence[str]) -> list[str]:
    notes = []
    if unknown := [title for title in ignored if title.lower() != _COUNTED]:
        notes.append(f"Ignored columns: {_listed(unknown)}. --map COLUMN=FIELD reads one.")
    if len(unknown) < len(ignored):
        notes.append(f"Ignored column: {quoted(_COUNTED)}, which is counted and not imported.")
    return notes


def _listed(titles: Sequence[str]) -> str:
    return ", ".join(map(quoted, titles))
