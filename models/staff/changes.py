"""How a record that people edit is changed: against the version that they saw."""

from collections.abc import Mapping

from models.refusals import Conflict, JobMoved
from models.staff.history_words import when
from models.staff.session import StaffSession
from models.tables import Event, Job, Note, Task
from models.values import EventKind


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


def require_in_account(session: StaffSession, job: Job, account: int | None) -> None:
    """Refuse a text that was written for a job in `account`; None: wherever the job is.

    Raises:
        JobMoved: the job is in another account by now; it says who moved it, and when.
    """
    if account in (None, job.account_id):
        return
    event = (
        Event.select()
        .where(Event.job == job.id, Event.kind == EventKind.JOB_RECEIVED.value)
        .order_by(Event.id.desc())
        .first()
    )
    moved = f"#{job.id} was moved to account {job.account_id}"
    again = "save again to write it there."
    if event is None:
        raise JobMoved(f"{moved}: {again}", job.account_id)
    by, moment = event.actor.login, when(event.at, session.clock())
    raise JobMoved(f"{moved} by {by} {moment}: {again}", job.account_id, by, event.at)


def conflict(
    session: StaffSession,
    job: Job,
    row: Job | Task | Note,
    current: object,
    done: str = "changed",
    kind: EventKind | None = None,
) -> Conflict:
    """Return the refusal that names who changed a record since a person saw it, and when.

    Args:
        session: the session of the person.
        job: the job that the record belongs to, or is.
        row: the record.
        current: how it is now, as a value.
        done: what was done to it, in words.
        kind: what was done to it, as it stands in the history; None: whatever was last.
    """
    noun = type(row).__name__.lower()
    of_record = Event.kind == kind.value if kind else Event.kind.startswith(f"{noun}-")
    event = (
        Event.select()
        .where(Event.job == job.id, Event.record == row.id, of_record)
        .order_by(Event.id.desc())
        .first()
    )
    thing = f"#{row.id}" if isinstance(row, Job) else f"{noun.capitalize()} {row.id}"
    if event is None:
        return Conflict(f"{thing} was {done} by someone else.", current)
    by, moment = event.actor.login, when(event.at, session.clock())
    return Conflict(f"{thing} was {done} by {by} {moment}.", current, by, event.at)
