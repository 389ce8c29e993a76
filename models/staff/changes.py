"""How a record that people edit is changed: against the version that they saw."""

from collections.abc import Mapping

from models.refusals import Conflict
from models.tables import Job, Note, Task


def update_versioned(
    table: type[Job] | type[Task] | type[Note], record: int, version: int, **columns: object
) -> None:
    """Write the columns and raise the version by one.

    Raises:
        Conflict: the record does not have this version any more.
    """
    updated = (
        table.update(version=table.version + 1, **columns)
        .where((table.id == record) & (table.version == version))
        .execute()
    )
    if updated != 1:
        raise Conflict("Someone else changed this since it was read.", None)


def changed(
    before: Mapping[str, object], after: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """Return the fields that differ, as they were and as they are."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}
