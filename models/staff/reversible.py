"""Which entries of the history can be taken back, what they wrote, and whether they are in force.

An entry that takes one back names it in `undoes`; one that does it again names that entry. To take
it back once more names the first one again, so there are never more than two steps between them.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from peewee import Function, fn

from models.tables import Event, Job, Note, Task
from models.values import EventKind, JobStatus

Fields = dict[str, Any]
Record = Job | Task | Note

INVERSE: Final = {
    EventKind.JOB_ADDED: EventKind.JOB_REMOVED,
    EventKind.JOB_CHANGED: EventKind.JOB_CHANGED,
    EventKind.JOB_STATUS: EventKind.JOB_STATUS,
    EventKind.JOB_MOVED: EventKind.JOB_RECEIVED,
    EventKind.JOB_RECEIVED: EventKind.JOB_MOVED,
    EventKind.JOB_REMOVED: EventKind.JOB_RESTORED,
    EventKind.JOB_RESTORED: EventKind.JOB_REMOVED,
    EventKind.TASK_ADDED: EventKind.TASK_REMOVED,
    EventKind.TASK_CHANGED: EventKind.TASK_CHANGED,
    EventKind.TASK_DONE: EventKind.TASK_PLANNED,
    EventKind.TASK_PLANNED: EventKind.TASK_DONE,
    EventKind.TASK_REMOVED: EventKind.TASK_RESTORED,
    EventKind.TASK_RESTORED: EventKind.TASK_REMOVED,
    EventKind.NOTE_ADDED: EventKind.NOTE_REMOVED,
    EventKind.NOTE_CHANGED: EventKind.NOTE_CHANGED,
    EventKind.NOTE_REMOVED: EventKind.NOTE_RESTORED,
    EventKind.NOTE_RESTORED: EventKind.NOTE_REMOVED,
}
"""What happens when an entry of some kind is taken back."""

REVERSIBLE: Final = frozenset(INVERSE)
"""The kinds of entries that can be taken back."""

TABLES: Final[Mapping[str, type[Job] | type[Task] | type[Note]]] = {
    "job": Job,
    "task": Task,
    "note": Note,
}
"""The tables by the first word of a kind."""

_FIELDS: Final[Mapping[type[Record], tuple[str, ...]]] = {
    Job: ("removed_at", "account", "status", "finished_at", "description", "details", "assignee",
          "due", "reference", "shown_to_customer"),
    Task: ("removed_at", "done_at", "description", "pricing", "rate_minor", "minutes",
           "amount_minor", "note", "worked_on", "worked_by"),
    Note: ("removed_at", "body", "visible_to_customer"),
}  # fmt: skip


UNKNOWN: Final = object()
"""A moment that the older program which wrote an entry did not keep."""


def taken_back(named: object) -> Function:
    """Return the condition that an entry is taken back, and not done again.

    It is asked of the entry that is to be `named` by whatever takes it back.
    """
    undo, redo = Event.alias(), Event.alias()
    again = redo.select().where(redo.undoes == undo.id)
    undone = undo.select().where(undo.undoes == named, ~fn.EXISTS(again))
    return fn.EXISTS(undone)


def noun_of(event: Event) -> str:
    """Return what an entry is about: `job`, `task` or `note`."""
    return event.kind.partition("-")[0]


def values_of(row: Record) -> Fields:
    """Return a record's fields as entries of the history hold them."""
    return {name: _value(row, name) for name in _FIELDS[type(row)]}


def _value(row: Record, name: str) -> object:
    if name == "account":
        return row.account_id if isinstance(row, Job) else None
    value = getattr(row, name)
    if name in ("assignee", "worked_by"):
        return value.login if value else ""
    return value


def written(event: Event) -> tuple[Fields, Fields]:
    """Return the fields that an entry wrote, as they were before it and as they were after it.

    A moment may be `UNKNOWN`; so is since when something was not there that was added.
    """
    before, after = json.loads(event.before), json.loads(event.after)
    match event.kind.partition("-")[2]:
        case "added":
            status = {"status": JobStatus.NEW.value} if noun_of(event) == "job" else {}
            return {"removed_at": UNKNOWN}, _with_moments({"removed_at": None} | status | after)
        case "removed":
            return {"removed_at": None}, {"removed_at": after.get("removed_at", UNKNOWN)}
        case "restored":
            return {"removed_at": before.get("removed_at", UNKNOWN)}, {"removed_at": None}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    old, new = ({name: it[name] for name in names if name in it} for it in (before, after))
    return _with_moments(old), _with_moments(new)


def _with_moments(fields: Fields) -> Fields:
    """Return the fields with the moments that follow from them."""
    done, status = fields.pop("done", None), fields.get("status")
    if done is not None:
        fields.setdefault("done_at", UNKNOWN if done else None)
    if status is not None:
        fields.setdefault("finished_at", UNKNOWN if status == JobStatus.FINISHED else None)
    return fields
