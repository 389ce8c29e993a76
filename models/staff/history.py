"""The history of accounts and jobs: reading it, and taking removals back."""

import json
from typing import Any

from peewee import Expression, fn

from models.refusals import NotAllowed, NotFound
from models.staff.changes import update_versioned
from models.staff.history_words import changes_in_words, summary
from models.staff.session import EventKind, StaffSession
from models.tables import Account, Event, Job, Note, Staff, Task, rows
from models.values import Event as EventValue
from models.values import JobStatus, Page, Removed

_REMOVALS: dict[EventKind, tuple[type[Job] | type[Task] | type[Note], EventKind]] = {
    EventKind.JOB_REMOVED: (Job, EventKind.JOB_RESTORED),
    EventKind.TASK_REMOVED: (Task, EventKind.TASK_RESTORED),
    EventKind.NOTE_REMOVED: (Note, EventKind.NOTE_RESTORED),
}


class History:
    """Reads the history within the scope of a session, and restores what was removed."""

    def __init__(self, session: StaffSession) -> None:
        """Work in the scope of `session`."""
        self._session = session

    def of_account(self, account_id: int, offset: int = 0, limit: int = 50) -> Page[EventValue]:
        """Return a window of an account's history, newest first, its jobs' included."""
        with self._session.reading():
            reach = self._session.accounts_in_reach()
            if not Account.select().where(Account.id == account_id, reach).exists():
                raise NotFound(f"There is no account {account_id}.")
            return self._page(Event.account == account_id, offset, limit)

    def of_job(self, job_id: int, offset: int = 0, limit: int = 50) -> Page[EventValue]:
        """Return a window of a job's history, newest first."""
        with self._session.reading():
            self._session.job_in_reach(job_id)
            return self._page(Event.job == job_id, offset, limit)

    def restore(self, event_id: int) -> Removed:
        """Take back the removal that this entry of the history recorded.

        Raises:
            NotFound: no such entry for this desk.
            NotAllowed: it is no removal, it was taken back already, the job is closed or
                removed itself, or it may only be read here.
        """
        with self._session.writing():
            event = Event.get_or_none(Event.id == event_id, self._session.events_in_reach())
            if event is None:
                raise NotFound(f"There is no entry {event_id} in the history.")
            if EventKind(event.kind) not in _REMOVALS:
                raise NotAllowed("Only a removal can be taken back.")
            return self._restore(event)

    def _restore(self, event: Event) -> Removed:
        table, restored = _REMOVALS[EventKind(event.kind)]
        job = Job.get_by_id(event.job_id)
        self._session.require_own(job)
        if not self._is_in_force(EventKind(event.kind), event.id, event.job_id, event.record):
            raise NotAllowed("This removal was taken back already.")
        row = table.get_by_id(event.record)
        _require_place(table, job)
        update_versioned(table, row.id, row.version, removed_at=None)
        name = row.body if isinstance(row, Note) else row.description
        self._session.record(restored, job=job, record=row.id, after={"description": name[:500]})
        return Removed(
            restored.value, row.id, job.id, job.account_id, name.partition("\n")[0][:500]
        )

    def _page(self, condition: Expression, offset: int, limit: int) -> Page[EventValue]:
        wanted = condition & self._session.events_in_reach()
        total = Event.select(fn.COUNT(Event.id)).where(wanted).scalar()
        found = rows(
            Event.select(
                Event.id,
                Event.at,
                Staff.login,
                Staff.display_name,
                Event.session,
                Event.kind,
                Event.account,
                Event.job,
                Event.record,
                Event.before,
                Event.after,
                fn.COALESCE(Job.currency, Account.currency, ""),
                fn.COALESCE(Job.provider, 0),
                fn.COALESCE(Account.reseller, 0),
            )
            .join(Staff, on=(Event.actor == Staff.id))
            .left_outer_join(Job, on=(Event.job == Job.id), src=Event)
            .left_outer_join(Account, on=(Event.account == Account.id), src=Event)
            .where(wanted)
            .order_by(Event.id.desc())
            .limit(limit)
            .offset(offset)
        )
        return Page(tuple(self._value(row) for row in found), offset, total)

    def _value(self, row: tuple[Any, ...]) -> EventValue:
        (
            id_, at, login, name, session, kind, account, job, record, before, after,
            currency, *owners,
        ) = row  # fmt: skip
        own = [self._session.provider or 0] * 2
        old, new = json.loads(before), json.loads(after)
        return EventValue(
            id=id_,
            at=at,
            actor=login,
            actor_name=name or login,
            session=session,
            kind=kind,
            account=account,
            job=job,
            record=record,
            summary=summary(EventKind(kind), job, old, new, currency),
            changes=changes_in_words(old, new, currency),
            restorable=owners == own and self._is_in_force(EventKind(kind), id_, job, record),
        )

    def _is_in_force(
        self, kind: EventKind, event_id: int, job_id: int | None, record: int | None
    ) -> bool:
        """Tell whether this is a removal, and the one by which the record is removed now."""
        if kind not in _REMOVALS:
            return False
        table = _REMOVALS[kind][0]
        removed = table.select().where(table.id == record, table.removed_at.is_null(False))
        again = Event.select().where(
            Event.job == job_id, Event.id > event_id, Event.kind == kind, Event.record == record
        )
        return removed.exists() and not again.exists()


def _require_place(table: type[Job] | type[Task] | type[Note], job: Job) -> None:
    """Refuse what cannot come back into its job as that is now."""
    if table is Job:
        return
    if job.removed_at is not None:
        raise NotAllowed(f"Its job #{job.id} is removed: bring that back first.")
    if table is Task and JobStatus(job.status).is_closed:
        raise NotAllowed(f"#{job.id} is closed: reopen it to bring back its tasks.")
