"""Writes jobs, tasks, notes and their history as the staff's desk does, gathered for one insert.

The desk reads before and after each change, some milliseconds each; for the thousands of changes of
a demo that is a quarter of a minute. Here the same rows are put together in memory, by the same
checks of what people type; the tests play the history at desks and compare.
"""

import datetime
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from models.currency import Currency
from models.demo.customers import Customer
from models.drafts import JobDraft, TaskDraft, check_job, check_note, check_task
from models.moments import day
from models.staff.changes import changed
from models.values import EventKind, JobStatus

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Member:
    """Someone of the staff, with the reseller whose staff it is."""

    id: int
    login: str
    display_name: str
    provider: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """Who writes something, and when."""

    at: int
    by: Member


class Ledger:
    """All rows so far; one that belongs to another holds that row itself until `numbered`."""

    def __init__(self, staff: tuple[Member, ...]) -> None:
        """Know the `staff`, whom drafts name by login."""
        self._staff = {(member.provider, member.login): member.id for member in staff}
        self._logins = {None: ""} | {member.id: member.login for member in staff}
        self.jobs: list[Row] = []
        self.tasks: list[Row] = []
        self.notes: list[Row] = []
        self.events: list[Row] = []

    # -- jobs ----------------------------------------------------------------------------------

    def add_job(self, entry: Entry, customer: Customer, draft: JobDraft) -> Row:
        """Add a job."""
        terms = asdict(check_job(draft, _date(entry)))
        job = terms | {
            "id": 0,
            "account_id": customer.id,
            "provider_id": entry.by.provider,
            "currency": customer.currency,
            "status": JobStatus.NEW.value,
            "assignee_id": self._staff_id(entry, draft.assignee),
            "created_at": entry.at,
            "created_by_id": entry.by.id,
            "finished_at": None,
            "removed_at": None,
            "version": 1,
        }
        del job["assignee"]
        self.jobs.append(job)
        self._record(entry, EventKind.JOB_ADDED, job, job, after=terms)
        return job

    def hand_over(self, entry: Entry, job: Row, old: Member, new: Member) -> None:
        """Give a job to somebody else."""
        _change(job, assignee_id=new.id)
        before, after = {"assignee": old.login}, {"assignee": new.login}
        self._record(entry, EventKind.JOB_CHANGED, job, job, before, after)

    def set_status(self, entry: Entry, job: Row, status: JobStatus) -> None:
        """Set the status of a job."""
        before: Row = {"status": job["status"]}
        after: Row = {"status": status.value}
        finished = entry.at if status is JobStatus.FINISHED else None
        if finished != job["finished_at"]:
            before["finished_at"], after["finished_at"] = job["finished_at"], finished
        _change(job, status=status.value, finished_at=finished)
        self._record(entry, EventKind.JOB_STATUS, job, job, before, after)

    def remove_job(self, entry: Entry, job: Row) -> None:
        """Take a job off the list."""
        _change(job, removed_at=entry.at)
        before, after = {"description": job["description"]}, {"removed_at": entry.at}
        self._record(entry, EventKind.JOB_REMOVED, job, job, before, after)

    # -- tasks ---------------------------------------------------------------------------------

    def add_task(self, entry: Entry, job: Row, draft: TaskDraft) -> Row:
        """Add a task to a job; done work is today's and the writer's where it does not say."""
        terms = check_task(draft, Currency.of(job["currency"]), _date(entry))
        if terms.done:
            worker = terms.worked_by or entry.by.login
            terms = replace(terms, worked_on=terms.worked_on or _day(entry), worked_by=worker)
        task = asdict(terms) | {
            "id": 0,
            "job_id": job,
            "pricing": draft.pricing.value,
            "done_at": entry.at if terms.done else None,
            "worked_by_id": self._staff_id(entry, terms.worked_by),
            "entered_at": entry.at,
            "entered_by_id": entry.by.id,
            "billed_at": None,
            "billed_by_id": None,
            "billed_reference": "",
            "removed_at": None,
            "version": 1,
        }
        del task["done"], task["worked_by"]
        self.tasks.append(task)
        after = asdict(terms) | ({"done_at": entry.at} if terms.done else {})
        self._record(entry, EventKind.TASK_ADDED, job, task, after=after)
        return task

    def set_done(self, entry: Entry, task: Row) -> None:
        """Mark a planned task as done, today and by whoever was meant to."""
        planned_for = self._logins[task["worked_by_id"]]
        before, after = changed(
            {
                "done": False,
                "worked_on": task["worked_on"],
                "worked_by": planned_for,
                "done_at": None,
            },
            {
                "done": True,
                "worked_on": _day(entry),
                "worked_by": planned_for or entry.by.login,
                "done_at": entry.at,
            },
        )
        worked_by = task["worked_by_id"] or entry.by.id
        _change(task, done_at=entry.at, worked_on=_day(entry), worked_by_id=worked_by)
        named = {"description": task["description"]}
        self._record(
            entry, EventKind.TASK_DONE, task["job_id"], task, named | before, named | after
        )

    def remove_task(self, entry: Entry, task: Row) -> None:
        """Take a task off its job."""
        _change(task, removed_at=entry.at)
        before = {name: task[name] for name in ("description", "amount_minor")}
        after = {"removed_at": entry.at}
        self._record(entry, EventKind.TASK_REMOVED, task["job_id"], task, before, after)

    def bill(self, entry: Entry, task: Row, reference: str) -> None:
        """Mark a task that was done as being on an invoice."""
        task |= {"billed_at": entry.at, "billed_by_id": entry.by.id, "billed_reference": reference}

    # -- notes ---------------------------------------------------------------------------------

    def add_note(self, entry: Entry, job: Row, body: str, visible_to_customer: bool) -> Row:
        """Add a note to a job."""
        after = {"body": check_note(body), "visible_to_customer": visible_to_customer}
        note = after | {
            "id": 0,
            "job_id": job,
            "author_id": entry.by.id,
            "at": entry.at,
            "removed_at": None,
            "version": 1,
        }
        self.notes.append(note)
        self._record(entry, EventKind.NOTE_ADDED, job, note, after=after)
        return note

    def remove_note(self, entry: Entry, note: Row) -> None:
        """Take a note off its job."""
        _change(note, removed_at=entry.at)
        before = {"body": note["body"]}
        after = {"removed_at": entry.at}
        self._record(entry, EventKind.NOTE_REMOVED, note["job_id"], note, before, after)

    # -- rows ----------------------------------------------------------------------------------

    def numbered(self) -> dict[str, list[Row]]:
        """Return the rows by table, numbered in the order in which they were written."""
        _number(self.jobs, "created_at")
        _number(self.tasks, "entered_at")
        _number(self.notes, "at")
        _number(self.events, "at")
        for row in (*self.tasks, *self.notes, *self.events):
            row["job_id"] = row["job_id"]["id"]
        for event in self.events:
            event["record"] = event["record"]["id"]
        return {
            "job": self.jobs,
            "task": self.tasks,
            "note": self.notes,
            "event": self.events,
        }

    def _staff_id(self, entry: Entry, login: str) -> int | None:
        return self._staff[entry.by.provider, login] if login else None

    def _record(
        self,
        entry: Entry,
        kind: EventKind,
        job: Row,
        record: Row,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        self.events.append(
            {
                "id": 0,
                "at": entry.at,
                "actor_id": entry.by.id,
                "session": "",
                "kind": kind.value,
                "account_id": job["account_id"],
                "job_id": job,
                "provider_id": job["provider_id"],
                "record": record,
                "before": json.dumps(before or {}, ensure_ascii=False),
                "after": json.dumps(after or {}, ensure_ascii=False),
            }
        )


def _change(row: Row, **columns: object) -> None:
    row |= columns
    row["version"] += 1


def _number(rows: list[Row], moment: str) -> None:
    rows.sort(key=lambda row: row[moment])
    for number, row in enumerate(rows, 1):
        row["id"] = number


def _day(entry: Entry) -> str:
    return day(entry.at)


def _date(entry: Entry) -> datetime.date:
    return datetime.date.fromisoformat(_day(entry))
