"""Custom jobs, as staff read and change them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from peewee import ModelSelect, fn

from models.currency import Currency
from models.drafts import JobDraft, JobTerms, TaskDraft, check_job, check_task
from models.refusals import Conflict, NotFound
from models.staff.accounts import OPEN_STATUSES
from models.staff.changes import changed, update_versioned
from models.staff.session import EventKind, StaffSession
from models.staff.tasks import PlannedTasks, Tasks
from models.tables import Account, Job, Staff, first_row, rows
from models.totals import note_count, totals_columns, totals_from
from models.values import Job as JobValue
from models.values import JobStatus, Page


class Jobs:
    """Reads and changes jobs within the scope of a session; every change is one transaction."""

    def __init__(self, session: StaffSession, tasks: Tasks) -> None:
        """Work in the scope of `session`; `tasks` adds a job's first task."""
        self._session = session
        self._tasks = tasks

    # -- reading -------------------------------------------------------------------------------

    def page(
        self,
        account_id: int | None = None,
        status: JobStatus | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> Page[JobValue]:
        """Return a window of the jobs, oldest first, of one account or of all in reach.

        Raises:
            NotFound: no such account for this desk.
        """
        with self._session.reading():
            if account_id is not None:
                self._require_account(account_id)
            wanted = self._session.jobs_in_reach()
            if account_id is not None:
                wanted &= Job.account == account_id
            if status is not None:
                wanted &= Job.status == status.value
            total = (
                Job.select(fn.COUNT(Job.id))
                .join(Account, on=(Job.account == Account.id))
                .where(wanted)
                .scalar()
            )
            chosen = self._select().where(wanted).order_by(Job.id).limit(limit).offset(offset)
            return Page(tuple(self._value(row) for row in rows(chosen)), offset, total)

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
            return self._read(job.id)

    def edit(self, job_id: int, version: int, draft: JobDraft) -> JobValue:
        """Change what a job says of itself; `version` is the one that the person saw.

        Raises:
            BadFields: what was typed cannot be accepted.
            Conflict: someone else changed the job since; it holds the job as it is now.
        """
        with self._session.writing():
            job = self._session.job_to_change(job_id)
            terms = check_job(draft, self._session.today())
            if job.version != version:
                raise Conflict(f"#{job_id} was changed by someone else.", self._read(job_id))
            before = _terms_of(job)
            old, new = changed(asdict(before), asdict(terms))
            if new:
                update_versioned(Job, job_id, version, **self._columns(new))
                self._session.record(
                    EventKind.JOB_CHANGED, job=job, record=job_id, before=old, after=new
                )
            return self._read(job_id)

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
                raise Conflict(
                    f"#{job_id} was set to {JobStatus(job.status).label} by someone else.",
                    self._read(job_id),
                )
            if job.status != status.value:
                self._change_status(job, status)
                if status is JobStatus.FINISHED:
                    self._tasks.settle_planned(job, planned)
            return self._read(job_id)

    def remove(self, job_id: int) -> None:
        """Take a job off every list; the history can bring it back."""
        with self._session.writing():
            job = self._session.job_to_change(job_id)
            update_versioned(Job, job.id, job.version, removed_at=self._session.clock())
            self._session.record(
                EventKind.JOB_REMOVED,
                job=job,
                record=job_id,
                before={"description": job.description},
            )

    # -- rows ----------------------------------------------------------------------------------

    def _require_account(self, account_id: int) -> None:
        reach = self._session.accounts_in_reach()
        if not Account.select().where(Account.id == account_id, reach).exists():
            raise NotFound(f"There is no account {account_id}.")

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
        update_versioned(Job, job.id, job.version, status=status.value, finished_at=finished)
        self._session.record(
            EventKind.JOB_STATUS,
            job=job,
            record=job.id,
            before={"status": job.status},
            after={"status": status.value},
        )

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
        row = first_row(self._select().where(Job.id == job_id, self._session.jobs_in_reach()))
        if row is None:
            raise NotFound(f"There is no job #{job_id}.")
        return self._value(row)

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


def _terms_of(job: Job) -> JobTerms:
    return JobTerms(
        description=job.description,
        details=job.details,
        assignee=job.assignee.login if job.assignee else "",
        due=job.due,
        reference=job.reference,
        shown_to_customer=job.shown_to_customer,
    )
