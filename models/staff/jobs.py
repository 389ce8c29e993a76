"""Custom jobs, as staff read and change them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any, NamedTuple

from peewee import ModelSelect, fn

from models.composed import Composed, given, given_ids
from models.currency import Currency
from models.drafts import JobDraft, JobTerms, TaskDraft, check_job, check_task
from models.lists import by_progress, folded, place_in, sorted_by, start_of
from models.refusals import NotAllowed, NotFound
from models.sqlite.database import PanelDatabase
from models.staff.accounts import OPEN_STATUSES
from models.staff.changes import changed, conflict, require_in_account, update_versioned
from models.staff.session import StaffSession
from models.staff.tasks import PlannedTasks, Tasks
from models.tables import Account, Job, Staff, Task
from models.totals import amount_of, minutes_of, note_count, totals_columns, totals_from
from models.values import EventKind, JobStatus, Order, Page
from models.values import Job as JobValue

SORTED_BY = {
    "id": (),
    "description": (folded(Job.description),),
    "status": (by_progress(Job.status),),
    "time": (minutes_of(),),
    "amount": (Job.currency, amount_of()),
    "due": (Job.due.is_null(), Job.due),
    "assignee": (Staff.login.is_null(), folded(fn.COALESCE(Staff.login, ""))),
}
"""By what a list of jobs can be sorted. Money of two currencies is not compared; what has no due
date or nobody to do it comes last."""


class _List(NamedTuple):
    """The two questions of a list: how many there are, and the numbers in a window of it."""

    total: Composed
    window: Composed


class Jobs:
    """Reads and changes jobs within the scope of a session; every change is one transaction."""

    def __init__(self, session: StaffSession, tasks: Tasks) -> None:
        """Work in the scope of `session`; `tasks` adds a job's first task."""
        self._session = session
        self._tasks = tasks
        self._lists: dict[object, _List] = {}

    # -- reading -------------------------------------------------------------------------------

    def page(
        self,
        account_id: int | None = None,
        status: JobStatus | None = None,
        offset: int = 0,
        limit: int = 50,
        order: Order | None = None,
    ) -> Page[JobValue]:
        """Return a window of the jobs of one account or of all in reach.

        They are sorted by one of `SORTED_BY`, by their numbers if `order` is None.

        Raises:
            NotFound: no such account for this desk.
        """
        with self._session.reading():
            if account_id is not None:
                self._session.account_in_reach(account_id)
            listed, database = self._list(account_id is not None, status, order), self._database
            ((total,),) = listed.total.rows(database, account=account_id)
            offset = start_of(offset, limit, total)
            window = {"account": account_id, "limit": limit, "offset": offset}
            ids = [id_ for (id_,) in listed.window.rows(database, **window)]
            return Page(self._values(ids), offset, total)

    def place(self, account_id: int, job_id: int, order: Order | None = None) -> int:
        """Return the index of a job in the list of an account's jobs, or raise `NotFound`."""
        with self._session.reading():
            terms = sorted_by(SORTED_BY, order, Job.id)
            listed = self._listed(None).where(Job.account == account_id)
            place = place_in(listed, terms, Job.id, job_id)
            if place is None:
                raise NotFound(f"There is no job #{job_id}.")
            return place

    def get(self, job_id: int) -> JobValue:
        """Return a job with its totals, or raise `NotFound`."""
        with self._session.reading():
            return self._read(job_id)

    def open_count(self) -> int:
        """Return how many open jobs this desk has on its own customers."""
        with self._session.reading():
            count: int = (
                Job.select(fn.COUNT(Job.id))
                .join(Account, on=(Job.account == Account.id))
                .where(
                    Job.status.in_(OPEN_STATUSES),
                    self._session.own(Job.provider),
                    self._session.jobs_in_reach(),
                )
                .scalar()
            )
            return count

    # -- changing ------------------------------------------------------------------------------

    def add(
        self, account_id: int, draft: JobDraft, first_task: TaskDraft | None = None
    ) -> JobValue:
        """Add a job, and with it its first task where one is given.

        Raises:
            BadFields: what was typed cannot be accepted.
            NotFound, NotAllowed: the account is out of reach, or may only be read.
        """
        with self._session.writing():
            account = self._session.account_to_change(account_id)
            terms = check_job(draft, self._session.today())
            if first_task is not None:
                currency = Currency.of(account.currency)
                check_task(first_task, currency, self._session.today())
            job = self._insert(account, terms)
            self._session.record(EventKind.JOB_ADDED, job=job, record=job.id, after=asdict(terms))
            if first_task is not None:
                self._tasks.insert(job, first_task)
        return self._after_change(job.id)

    def edit(
        self, job_id: int, version: int, draft: JobDraft, *, account: int | None = None
    ) -> JobValue:
        """Change what a job says of itself; `version` is the one that the person saw.

        `account` is the one in which the person saw the job; None: whichever it is in.

        Raises:
            JobMoved: the job is in another account by now.
            BadFields: what was typed cannot be accepted.
            Conflict: someone changed the job since; it says who, and holds the job as it is now.
        """
        with self._session.writing():
            job = self._session.job_to_change(job_id)
            terms = check_job(draft, self._session.today())
            require_in_account(self._session, job, account)
            self._require_seen(job, version)
            before = _terms_of(job)
            old, new = changed(asdict(before), asdict(terms))
            if new:
                update_versioned(Job, job_id, version, **self._columns(new))
                self._session.record(
                    EventKind.JOB_CHANGED, job=job, record=job_id, before=old, after=new
                )
        return self._after_change(job_id)

    def set_status(
        self,
        job_id: int,
        status: JobStatus,
        *,
        seen: JobStatus | None = None,
        planned: PlannedTasks = PlannedTasks.KEEP,
    ) -> JobValue:
        """Set the status; the same status again changes nothing.

        Args:
            job_id: the job.
            status: the new status.
            seen: the status that the person saw; another one by now is a `Conflict`.
            planned: what becomes of planned tasks when the job is finished.
        """
        with self._session.writing():
            job = self._session.job_to_change(job_id)
            if seen is not None and job.status != seen.value:
                done = f"set to {JobStatus(job.status).label}"
                raise conflict(
                    self._session, job, job, self._read(job_id), done, EventKind.JOB_STATUS
                )
            if job.status != status.value:
                self._change_status(job, status)
                if status is JobStatus.FINISHED:
                    self._tasks.settle_planned(job, planned)
        return self._after_change(job_id)

    def move(self, job_id: int, account_id: int, *, version: int | None = None) -> JobValue:
        """Let a job belong to another account, with all its tasks, notes and history so far.

        `version` is the one that the person saw; None: whatever it is.

        Raises:
            NotFound, NotAllowed: job or account are out of reach or may only be read, the account
                has the job already or another currency, or a task of the job was billed.
            Conflict: someone changed the job since; it says who, and holds the job as it is now.
        """
        with self._session.writing():
            job = self._session.job_to_change(job_id)
            account = self._session.account_to_change(account_id)
            self._require_seen(job, version)
            require_movable(job, account)
            before, after = job.account_id, account.id
            update_versioned(Job, job.id, job.version, account=after)
            for kind, place in (
                (EventKind.JOB_MOVED, before),
                (EventKind.JOB_RECEIVED, after),
            ):
                self._session.record(
                    kind,
                    job=job,
                    account=place,
                    record=job_id,
                    before={"description": job.description, "account": before},
                    after={"description": job.description, "account": after},
                )
        return self._after_change(job_id)

    def remove(self, job_id: int, *, seen: int | None = None) -> None:
        """Take a job off every list; undoing it brings it back.

        `seen` is the version that the person saw; another one by now is a `Conflict`.
        """
        with self._session.writing():
            job = self._session.job_to_change(job_id)
            self._require_seen(job, seen)
            removed_at = self._session.clock()
            update_versioned(Job, job.id, job.version, removed_at=removed_at)
            self._session.record(
                EventKind.JOB_REMOVED,
                job=job,
                record=job_id,
                before={"description": job.description},
                after={"removed_at": removed_at},
            )

    # -- rows ----------------------------------------------------------------------------------

    def _require_seen(self, job: Job, version: int | None) -> None:
        if version not in (None, job.version):
            raise conflict(self._session, job, job, self._read(job.id))

    def _insert(self, account: Account, terms: JobTerms) -> Job:
        job_id = Job.insert(
            account=account.id,
            provider=self._session.provider,
            currency=account.currency,
            status=JobStatus.NEW.value,
            created_at=self._session.clock(),
            created_by=self._session.acting_staff(),
            **self._columns(asdict(terms)),
        ).execute()
        job: Job = Job.get_by_id(job_id)
        return job

    def _columns(self, fields: Mapping[str, object]) -> dict[str, object]:
        """Return the columns that hold these fields of a job's terms."""
        columns = dict(fields)
        if "assignee" in columns:
            login = str(columns["assignee"])
            columns["assignee"] = self._session.staff_id(login) if login else None
        return columns

    def _change_status(self, job: Job, status: JobStatus) -> None:
        finished = self._session.clock() if status is JobStatus.FINISHED else None
        before: dict[str, object] = {"status": job.status}
        after: dict[str, object] = {"status": status.value}
        if finished != job.finished_at:
            before["finished_at"], after["finished_at"] = job.finished_at, finished
        update_versioned(Job, job.id, job.version, status=status.value, finished_at=finished)
        self._session.record(
            EventKind.JOB_STATUS,
            job=job,
            record=job.id,
            before=before,
            after=after,
        )

    @property
    def _database(self) -> PanelDatabase:
        return self._session.database

    def _list(self, is_of_account: bool, status: JobStatus | None, order: Order | None) -> _List:
        """Return a list of jobs, composed once: all in reach, or those of a given account."""
        key = (is_of_account, status, order)
        if key not in self._lists:
            listed = self._listed(status)
            if is_of_account:
                listed = listed.where(Job.account == given("account"))
            window = listed.order_by(*sorted_by(SORTED_BY, order, Job.id))
            self._lists[key] = _List(
                Composed(listed.select(fn.COUNT(Job.id))),
                Composed(window.limit(given("limit")).offset(given("offset"))),
            )
        return self._lists[key]

    def _listed(self, status: JobStatus | None) -> "ModelSelect[Job]":
        """Return the query for the numbers of all jobs in reach."""
        wanted = self._session.jobs_in_reach()
        if status is not None:
            wanted &= Job.status == status.value
        listed: ModelSelect[Job] = (
            Job.select(Job.id)
            .join(Account, on=(Job.account == Account.id))
            .left_outer_join(Staff, on=(Job.assignee == Staff.id), src=Job)
            .where(wanted)
        )
        return listed

    def _values(self, ids: Sequence[int]) -> tuple[JobValue, ...]:
        """Return the jobs with these numbers, in this order; no other job's tasks are summed."""
        if not ids:
            return ()
        rows = self._of_numbers.rows(self._database, ids=json.dumps(ids))
        found = {row[0]: row for row in rows}
        return tuple(self._value(found[id_]) for id_ in ids)

    @cached_property
    def _of_numbers(self) -> Composed:
        return Composed(self._select().where(Job.id.in_(given_ids("ids"))))

    @cached_property
    def _in_reach(self) -> Composed:
        one = self._select().where(Job.id == given("job"), self._session.jobs_in_reach())
        return Composed(one)

    def _select(self) -> "ModelSelect[Job]":
        assignee, creator = Staff.alias(), Staff.alias()
        return (
            Job.select(
                Job.id,
                Job.account,
                Job.provider,
                Job.description,
                Job.details,
                Job.status,
                Job.currency,
                fn.COALESCE(assignee.login, ""),
                fn.COALESCE(assignee.display_name, ""),
                fn.COALESCE(Job.due, ""),
                Job.reference,
                Job.shown_to_customer,
                Job.created_at,
                creator.login,
                Job.finished_at,
                Job.version,
                Account.reseller,
                note_count(self._session.notes_in_reach()),
                *totals_columns(),
            )
            .join(Account, on=(Job.account == Account.id))
            .join_from(Job, creator, on=(Job.created_by == creator.id))
            .left_outer_join(assignee, on=(Job.assignee == assignee.id), src=Job)
        )

    def _read(self, job_id: int) -> JobValue:
        found = self._in_reach.rows(self._database, job=job_id)
        if not found:
            raise NotFound(f"There is no job #{job_id}.")
        return self._value(found[0])

    def _after_change(self, job_id: int) -> JobValue:
        """Return a job that was just changed; read when others may write already."""
        with self._session.reading():
            (job,) = self._values([job_id])
            return job

    def _value(self, row: tuple[Any, ...]) -> JobValue:
        *columns, reseller, notes = row[:18]
        (
            id_, account, provider, description, details, status, currency, assignee,
            assignee_name, due, reference, shown, created, created_by, finished, version,
        ) = columns  # fmt: skip
        own = self._session.provider
        return JobValue(
            id=id_,
            account=account,
            provider=provider,
            description=description,
            details=details,
            status=JobStatus(status),
            currency=currency,
            assignee=assignee,
            assignee_name=assignee_name or assignee,
            due=due,
            reference=reference,
            shown_to_customer=bool(shown),
            created=created,
            created_by=created_by,
            finished=finished,
            totals=totals_from(row[18:], currency),
            notes=notes,
            version=version,
            writable=provider == own and reseller == own,
        )


def require_movable(job: Job, account: Account) -> None:
    """Refuse to let a job belong to an account that this desk may change, where it cannot.

    Raises:
        NotAllowed: it is its account already, has another currency, or a task was billed, be it
            removed or not: the bill went to the account that it belongs to now.
    """
    if job.account_id == account.id:
        raise NotAllowed(f"#{job.id} is a job of account {account.id} already.")
    if job.currency != account.currency:
        raise NotAllowed(
            f"#{job.id} is in {job.currency} and account {account.id} in {account.currency}: "
            "a job keeps its currency."
        )
    billed = Task.get_or_none(Task.job == job.id, Task.billed_at.is_null(False))
    if billed is not None:
        raise NotAllowed(
            f"Task {billed.id} of #{job.id} is billed to account {job.account_id} "
            f"({billed.billed_reference or 'no reference'}): the job stays there."
        )


def _terms_of(job: Job) -> JobTerms:
    return JobTerms(
        description=job.description,
        details=job.details,
        assignee=job.assignee.login if job.assignee else "",
        due=job.due,
        reference=job.reference,
        shown_to_customer=job.shown_to_customer,
    )
