"""The tasks of a job, as staff read and change them."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from peewee import ModelSelect, fn

from models.composed import Composed, given
from models.currency import Currency
from models.drafts import TaskDraft, TaskTerms, check_task
from models.lists import folded, place_in, sorted_by, start_of
from models.money import Money, format_minor
from models.refusals import NotAllowed, NotFound
from models.staff.changes import changed, conflict, require_in_account, update_versioned
from models.staff.session import StaffSession
from models.tables import Account, Job, Staff, Task
from models.values import Billed, EventKind, JobStatus, Order, Page, Pricing, TaskDefaults
from models.values import Task as TaskValue

SORTED_BY = {
    "id": (),
    "description": (folded(Task.description),),
    "rate": (Task.rate_minor,),
    "time": (Task.minutes,),
    "amount": (Task.amount_minor,),
    "state": (Task.billed_at.is_null(False), Task.done_at.is_null(False), Task.worked_on),
}
"""By what a list of tasks can be sorted; by state means planned, done by their days, billed."""


class PlannedTasks(StrEnum):
    """What becomes of tasks that are still planned when their job is finished."""

    KEEP = "keep"
    DONE = "done"
    REMOVE = "remove"


class Tasks:
    """Reads and changes tasks within the scope of a session; every change is one transaction."""

    def __init__(self, session: StaffSession) -> None:
        """Work in the scope of `session`."""
        self._session = session
        self._windows: dict[Order | None, Composed] = {}

    # -- reading -------------------------------------------------------------------------------

    def page(
        self, job_id: int, offset: int = 0, limit: int = 50, order: Order | None = None
    ) -> Page[TaskValue]:
        """Return a window of a job's tasks, or raise `NotFound`.

        They are sorted by one of `SORTED_BY`, by their numbers if `order` is None.
        """
        with self._session.reading():
            job = self._session.job_in_reach(job_id)
            of_job = (Task.job == job_id) & Task.removed_at.is_null()
            total = Task.select(fn.COUNT(Task.id)).where(of_job).scalar()
            offset = start_of(offset, limit, total)
            window = {"job": job_id, "limit": limit, "offset": offset}
            found = self._window(order).rows(self._session.database, **window)
            currency = Currency.of(job.currency)
            return Page(tuple(_value(row, currency) for row in found), offset, total)

    def place(self, job_id: int, task_id: int, order: Order | None = None) -> int:
        """Return the index of a task in the list of a job's tasks, or raise `NotFound`."""
        with self._session.reading():
            self._session.job_in_reach(job_id)
            listed = Task.select(Task.id).where(Task.job == job_id, Task.removed_at.is_null())
            place = place_in(listed, sorted_by(SORTED_BY, order, Task.id), Task.id, task_id)
            if place is None:
                raise NotFound(f"There is no task {task_id}.")
            return place

    def get(self, task_id: int) -> TaskValue:
        """Return a task, or raise `NotFound`."""
        with self._session.reading():
            task, job = self._in_reach(task_id)
            return self._read(task.id, job)

    def job_of(self, task_id: int) -> int:
        """Return the job that a task belongs to, or raise `NotFound`."""
        with self._session.reading():
            return int(self._in_reach(task_id)[1].id)

    def defaults(self, job_id: int) -> TaskDefaults:
        """Return what the form for a job's next task starts with.

        The rate is the last hourly one on the job, else the account's agreed one, else, for the
        hosting company's staff, the configured one; planned or done is as last chosen on the job,
        else as configured.
        """
        with self._session.reading():
            job = self._session.job_in_reach(job_id)
            database = self._session.database
            last = self._last.rows(database, job=job_id)
            hourly = self._last_hourly.rows(database, job=job_id)
            currency = Currency.of(job.currency)
            rate = (
                format_minor(hourly[0][0], currency)
                if hourly
                else self._usual_rate(job.account_id, currency)
            )
            done = bool(last[0][0]) if last else self._session.settings.new_tasks == "done"
            return TaskDefaults(rate, done)

    def defaults_for_account(self, account_id: int) -> TaskDefaults:
        """Return what the form for a new job's first task starts with."""
        with self._session.reading():
            account = self._session.account_in_reach(account_id)
            rate = self._usual_rate(account_id, Currency.of(account.currency))
            return TaskDefaults(rate, self._session.settings.new_tasks == "done")

    # -- changing ------------------------------------------------------------------------------

    def add(self, job_id: int, draft: TaskDraft, *, account: int | None = None) -> TaskValue:
        """Add a task to an open job.

        `account` is the one in which the person saw the job; None: whichever it is in.

        Raises:
            JobMoved: the job is in another account by now.
            BadFields: what was typed cannot be accepted.
            NotFound, NotAllowed: the job is out of reach, may only be read, or is closed.
        """
        with self._session.writing():
            job = self._session.job_to_change(job_id)
            require_in_account(self._session, job, account)
            require_open(job)
            task_id = self.insert(job, draft)
        return self._after_change(task_id, job)

    def insert(self, job: Job, draft: TaskDraft) -> int:
        """Add a task within a running transaction and return its ID."""
        after = asdict(self._checked(job, draft))
        columns = self._columns(after)
        task_id = int(
            Task.insert(
                job=job.id,
                entered_at=self._session.clock(),
                entered_by=self._session.acting_staff(),
                **columns,
            ).execute()
        )
        if columns["done_at"] is not None:
            after["done_at"] = columns["done_at"]
        self._session.record(EventKind.TASK_ADDED, job=job, record=task_id, after=after)
        return task_id

    def edit(
        self, task_id: int, version: int, draft: TaskDraft, *, account: int | None = None
    ) -> TaskValue:
        """Change a task; `version` is the one that the person saw.

        `account` is the one in which the person saw its job; None: whichever it is in.

        Raises:
            JobMoved: the job is in another account by now.
            BadFields: what was typed cannot be accepted.
            Conflict: someone changed the task since; it says who, and holds the task as it is now.
            NotAllowed: the task is billed, or its job is closed.
        """
        with self._session.writing():
            task, job = self._to_change(task_id)
            require_in_account(self._session, job, account)
            require_open(job)
            terms = self._checked(job, draft)
            self._require_seen(task, job, version)
            self._write(EventKind.TASK_CHANGED, task, job, terms)
        return self._after_change(task_id, job)

    def set_done(self, task_id: int, done: bool, *, seen: int | None = None) -> TaskValue:
        """Mark a task as done, today and by whoever was meant to, or as planned again.

        `seen` is the version that the person saw; another one by now is a `Conflict`.
        """
        with self._session.writing():
            task, job = self._to_change(task_id)
            self._require_seen(task, job, seen)
            if bool(task.done_at) != done:
                require_open(job)
                self._mark(task, job, done)
        return self._after_change(task_id, job)

    def remove(self, task_id: int, *, seen: int | None = None) -> None:
        """Take a task off its job; undoing it brings it back.

        `seen` is the version that the person saw; another one by now is a `Conflict`.
        """
        with self._session.writing():
            task, job = self._to_change(task_id)
            self._require_seen(task, job, seen)
            require_open(job)
            self._remove(task, job)

    def settle_planned(self, job: Job, planned: PlannedTasks) -> None:
        """Within a running transaction, do with a job's planned tasks as was chosen."""
        if planned is PlannedTasks.KEEP:
            return
        conditions = (Task.job == job.id, Task.removed_at.is_null(), Task.done_at.is_null())
        for task in list(Task.select().where(*conditions).order_by(Task.id)):
            if planned is PlannedTasks.DONE:
                self._mark(task, job, done=True)
            else:
                self._remove(task, job)

    # -- rows ----------------------------------------------------------------------------------

    def _usual_rate(self, account_id: int, currency: Currency) -> str:
        ((agreed, code),) = self._agreed_rate.rows(self._session.database, account=account_id)
        # A job keeps its currency when the account gets another one, which the agreed rate is in.
        if agreed is not None and code == currency.code:
            return format_minor(agreed, currency)
        if self._session.provider is not None:  # the configured rates are not a reseller's
            return ""
        return self._session.settings.default_rates.get(currency.code, "")

    def _in_reach(self, task_id: int) -> tuple[Task, Job]:
        return self._with_job(task_id, self._session.job_in_reach)

    def _to_change(self, task_id: int) -> tuple[Task, Job]:
        task, job = self._with_job(task_id, self._session.job_to_change)
        require_unbilled(task)
        return task, job

    def _with_job(self, task_id: int, read_job: Callable[[int], Job]) -> tuple[Task, Job]:
        task = Task.get_or_none(Task.id == task_id, Task.removed_at.is_null())
        if task is None:
            raise NotFound(f"There is no task {task_id}.")
        try:
            return task, read_job(task.job_id)
        except NotFound as error:
            raise NotFound(f"There is no task {task_id}.") from error

    def _after_change(self, task_id: int, job: Job) -> TaskValue:
        """Return a task that was just changed; read when others may write already."""
        with self._session.reading():
            return self._read(task_id, job)

    def _require_seen(self, task: Task, job: Job, version: int | None) -> None:
        if version not in (None, task.version):
            raise conflict(self._session, job, task, self._read(task.id, job))

    def _mark(self, task: Task, job: Job, done: bool) -> None:
        terms = replace(_terms_of(task), done=done, worked_on=None)
        if done:
            self._write(EventKind.TASK_DONE, task, job, self._with_worker(terms))
        else:
            self._write(EventKind.TASK_PLANNED, task, job, terms)

    def _write(self, kind: EventKind, task: Task, job: Job, terms: TaskTerms) -> None:
        old, new = changed(asdict(_terms_of(task)), asdict(terms))
        if new:
            columns = self._columns(new)
            update_versioned(Task, task.id, task.version, **columns)
            # The description says which task it was, even when it did not change.
            named = {"description": task.description}
            before, after = named | old, named | new
            if "done_at" in columns:
                before["done_at"], after["done_at"] = task.done_at, columns["done_at"]
            self._session.record(kind, job=job, record=task.id, before=before, after=after)

    def _remove(self, task: Task, job: Job) -> None:
        removed_at = self._session.clock()
        update_versioned(Task, task.id, task.version, removed_at=removed_at)
        self._session.record(
            EventKind.TASK_REMOVED,
            job=job,
            record=task.id,
            before={"description": task.description, "amount_minor": task.amount_minor},
            after={"removed_at": removed_at},
        )

    def _checked(self, job: Job, draft: TaskDraft) -> TaskTerms:
        terms = check_task(draft, Currency.of(job.currency), self._session.today())
        return self._with_worker(terms) if terms.done else terms

    def _with_worker(self, terms: TaskTerms) -> TaskTerms:
        """Return the terms of done work: today's and the actor's where they do not say."""
        return replace(
            terms,
            worked_on=terms.worked_on or self._session.today().isoformat(),
            worked_by=terms.worked_by or self._session.actor.login,
        )

    def _columns(self, fields: Mapping[str, object]) -> dict[str, object]:
        """Return the columns that hold these fields of a task's terms."""
        columns = dict(fields)
        if "done" in columns:
            columns["done_at"] = self._session.clock() if columns.pop("done") else None
        if "worked_by" in columns:
            login = str(columns["worked_by"])
            columns["worked_by"] = self._session.staff_id(login) if login else None
        return columns

    def _window(self, order: Order | None) -> Composed:
        """Return the question for a window of a job's tasks, composed once."""
        if order not in self._windows:
            of_job = (Task.job == given("job")) & Task.removed_at.is_null()
            chosen = self._select().where(of_job).order_by(*sorted_by(SORTED_BY, order, Task.id))
            self._windows[order] = Composed(chosen.limit(given("limit")).offset(given("offset")))
        return self._windows[order]

    @cached_property
    def _agreed_rate(self) -> Composed:
        terms = Account.select(Account.agreed_rate_minor, Account.currency)
        return Composed(terms.where(Account.id == given("account")))

    @cached_property
    def _last(self) -> Composed:
        return Composed(_newest(Task.done_at))

    @cached_property
    def _last_hourly(self) -> Composed:
        return Composed(_newest(Task.rate_minor).where(Task.pricing == Pricing.HOURLY.value))

    @cached_property
    def _one(self) -> Composed:
        return Composed(self._select().where(Task.id == given("task")))

    def _select(self) -> "ModelSelect[Task]":
        worker, enterer, biller = Staff.alias(), Staff.alias(), Staff.alias()
        return (
            Task.select(
                Task.id,
                Task.description,
                Task.pricing,
                Task.rate_minor,
                Task.minutes,
                Task.amount_minor,
                Task.note,
                Task.done_at,
                fn.COALESCE(Task.worked_on, ""),
                fn.COALESCE(worker.login, ""),
                fn.COALESCE(worker.display_name, ""),
                Task.billed_at,
                biller.login,
                Task.billed_reference,
                Task.entered_at,
                enterer.login,
                Task.version,
            )
            .join(enterer, on=(Task.entered_by == enterer.id))
            .left_outer_join(worker, on=(Task.worked_by == worker.id), src=Task)
            .left_outer_join(biller, on=(Task.billed_by == biller.id), src=Task)
        )

    def _read(self, task_id: int, job: Job) -> TaskValue:
        (row,) = self._one.rows(self._session.database, task=task_id)
        return _value(row, Currency.of(job.currency))


def _newest(column: Any) -> "ModelSelect[Task]":
    """Return the query for a column of the last task of a given job."""
    of_job = Task.select(column).where(Task.job == given("job"), Task.removed_at.is_null())
    newest: ModelSelect[Task] = of_job.order_by(Task.id.desc()).limit(1)
    return newest


def require_open(job: Job) -> None:
    """Refuse to change the tasks of a closed job."""
    if JobStatus(job.status).is_closed:
        raise NotAllowed(
            f"#{job.id} is {JobStatus(job.status).label.lower()}: reopen it to change its tasks."
        )


def require_unbilled(task: Task) -> None:
    """Refuse to change a task that is on a bill."""
    if task.billed_at is not None:
        raise NotAllowed(
            f"Task {task.id} is billed ({task.billed_reference or 'no reference'}): "
            "correct it by a new line."
        )


def _terms_of(task: Task) -> TaskTerms:
    return TaskTerms(
        description=task.description,
        pricing=Pricing(task.pricing),
        rate_minor=task.rate_minor,
        minutes=task.minutes,
        amount_minor=task.amount_minor,
        note=task.note,
        done=task.done_at is not None,
        worked_on=task.worked_on,
        worked_by=task.worked_by.login if task.worked_by else "",
    )


def _value(row: tuple[Any, ...], currency: Currency) -> TaskValue:
    (
        id_, description, pricing, rate, minutes, amount, note, done, worked_on, worked_by,
        worked_by_name, billed_at, billed_by, reference, entered, entered_by, version,
    ) = row  # fmt: skip
    return TaskValue(
        id=id_,
        description=description,
        pricing=Pricing(pricing),
        rate=None if rate is None else Money(rate, currency),
        minutes=minutes,
        amount=Money(amount, currency),
        note=note,
        done=done,
        worked_on=worked_on,
        worked_by=worked_by,
        worked_by_name=worked_by_name or worked_by,
        billed=None if billed_at is None else Billed(billed_at, billed_by, reference),
        entered=entered,
        entered_by=entered_by,
        version=version,
    )
