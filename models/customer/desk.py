"""The customer's desk: the Support Center's only way to the data, which reads and nothing else."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peewee import Expression, Function, ModelSelect, fn

from models import schema
from models.currency import Currency
from models.customer.views import customer_views
from models.lists import by_progress, folded, place_in, sorted_by, start_of
from models.money import Money
from models.opening import explained_to_customers, open_confined
from models.refusals import AccessEnded, NotFound
from models.settings import Settings
from models.sqlite.database import PanelDatabase
from models.tables import (
    Access,
    AccessAccount,
    Account,
    Domain,
    Job,
    Note,
    Staff,
    Task,
    bound,
    first_row,
    rows,
)
from models.totals import amount_of, minutes_of, note_count, totals_columns, totals_from
from models.values import (
    AccountStatus,
    CustomerAccount,
    CustomerJob,
    CustomerNote,
    CustomerTask,
    JobStatus,
    Order,
    Page,
    Pricing,
)

JOBS_SORTED_BY = {
    "id": (),
    "description": (folded(Job.description),),
    "status": (by_progress(Job.status),),
    "time": (minutes_of(),),
    "amount": (Job.currency, amount_of()),
    "since": (Job.created_at,),
}
"""By what a list of jobs can be sorted; money of two currencies is not compared."""

TASKS_SORTED_BY = {
    "description": (folded(Task.description),),
    "time": (Task.minutes,),
    "amount": (Task.amount_minor,),
    "state": (Task.done_at.is_null(False), Task.worked_on),
}
"""By what a list of tasks can be sorted; by state means planned, then done by their days."""


@dataclass(frozen=True, slots=True)
class _Provider:
    """Who looks after an account, as its customers know them; `id` None: the hosting company."""

    id: int | None
    name: str


class CustomerDesk:
    """Reads what the customers of certain accounts may see, on a read-only connection.

    Every query carries the accounts that the desk was opened for, and leaves out what was removed
    or is not shown to customers. It has no method that writes and never reads the history. With
    `access`, the number of the grant by which the customer came in, it serves only those of the
    accounts that the grant names, and only while it is in force.

    Customers know one provider: whoever looks after their account today, the reseller or the
    hosting company. All work on the account is shown as that provider's, also what another
    provider did before, and only that provider's staff appear by name.
    """

    def __init__(
        self,
        database: PanelDatabase,
        accounts: tuple[int, ...],
        settings: Settings | None = None,
        access: int | None = None,
    ) -> None:
        """Set the desk up on an open read-only `database` for these accounts.

        Raises:
            AccessEnded: the grant is not in force.
            NotFound: none of the accounts is there and open, and named by the grant.
        """
        self._database = database
        self._settings = settings or Settings()
        self._access = access
        self._accounts = accounts
        self._version = schema.newest_version()
        with self._reading():
            self._require_grant()
        self._accounts = tuple(account.id for account in self.accounts())
        if not self._accounts:
            named = " or ".join(map(str, accounts))
            raise NotFound(f"There is no open account {named}.")

    @classmethod
    def open(
        cls,
        path: Path,
        accounts: tuple[int, ...],
        settings: Settings | None = None,
        access: int | None = None,
    ) -> "CustomerDesk":
        """Open the database, confined to what these customers may see, and set a desk up on it.

        To be called before the process is confined: SQLite may have to make files of its own.
        """
        settings = settings or Settings()
        named = settings.staff_names != "company"
        database = open_confined(path, customer_views(accounts, access, staff_named=named))
        try:
            return cls(database, accounts, settings, access)
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def log_mark(self) -> tuple[int, int] | None:
        """Return what is another before each commit of any session; see `PanelDatabase`."""
        return self._database.log_mark()

    def data_version(self) -> int:
        """Return a number that changes when another session commits something."""
        with explained_to_customers():
            return int(self._database.data_version)

    def require_current(self) -> None:
        """Raise `NewerDatabase` if a newer program upgraded the database since it was opened."""
        with explained_to_customers():
            schema.refuse_newer(self._database, self._version)

    def require_access(self) -> None:
        """Make sure that there is still something to see; cheap, to be called at each change.

        Raises:
            AccessEnded: the grant was removed, or none of the accounts is open any more.
        """
        with self._reading():
            self._require_grant()
            if not Account.select().where(self._own_accounts()).exists():
                raise AccessEnded("None of your accounts is open any more.")

    def accounts(self) -> list[CustomerAccount]:
        """Return the accounts that this desk serves, without those that are closed by now."""
        reseller = Account.alias()
        with self._reading():
            found = rows(
                Account.select(
                    Account.id,
                    Account.username,
                    fn.COALESCE(Domain.name, ""),
                    Account.person,
                    Account.company,
                    _name_for_customers(reseller),
                )
                .left_outer_join(
                    Domain, on=((Domain.account == Account.id) & Domain.is_primary), src=Account
                )
                .left_outer_join(reseller, on=(Account.reseller == reseller.id), src=Account)
                .where(self._own_accounts())
                .order_by(Account.id)
            )
            return [
                CustomerAccount(id_, user, domain, company or person, owner or self._company)
                for id_, user, domain, person, company, owner in found
            ]

    def jobs(
        self, account_id: int, offset: int = 0, limit: int = 50, order: Order | None = None
    ) -> Page[CustomerJob]:
        """Return a window of an account's jobs.

        They are sorted by one of `JOBS_SORTED_BY`, by their numbers if `order` is None.

        Raises:
            NotFound: the account is not of this desk, or was closed meanwhile.
        """
        with self._reading():
            if not Account.select().where(self._own_accounts(), Account.id == account_id).exists():
                raise NotFound(f"There is no open account {account_id}.")
            listed = self._jobs_of(account_id)
            total = listed.select(fn.COUNT(Job.id)).scalar()
            offset = start_of(offset, limit, total)
            chosen = listed.order_by(*sorted_by(JOBS_SORTED_BY, order, Job.id))
            ids = [id_ for (id_,) in rows(chosen.limit(limit).offset(offset))]
            found = {row[0]: row for row in rows(_jobs(ids))}
            return Page(tuple(_job(found[id_]) for id_ in ids), offset, total)

    def place_of_job(self, account_id: int, job_id: int, order: Order | None = None) -> int:
        """Return the index of a job in the list of an account's jobs, or raise `NotFound`."""
        with self._reading():
            terms = sorted_by(JOBS_SORTED_BY, order, Job.id)
            place = place_in(self._jobs_of(account_id), terms, Job.id, job_id)
            if place is None:
                raise NotFound(f"There is no job #{job_id}.")
            return place

    def job(self, job_id: int) -> CustomerJob:
        """Return a job, or raise `NotFound`."""
        with self._reading():
            chosen = self._joined(Job.select(Job.id)).where(self._own_jobs(), Job.id == job_id)
            row = first_row(_jobs([id_ for (id_,) in rows(chosen)]))
            if row is None:
                raise NotFound(f"There is no job #{job_id}.")
            return _job(row)

    def tasks(
        self, job_id: int, offset: int = 0, limit: int = 50, order: Order | None = None
    ) -> Page[CustomerTask]:
        """Return a window of a job's tasks, or raise `NotFound`.

        They are sorted by one of `TASKS_SORTED_BY`, by their numbers if `order` is None.
        """
        with self._reading():
            provider, currency = self._provider_and_currency(job_id)
            worker = (Task.worked_by == Staff.id) & _works_for(provider)
            of_job = (Task.job == job_id) & Task.removed_at.is_null()
            total = Task.select(fn.COUNT(Task.id)).where(of_job).scalar()
            offset = start_of(offset, limit, total)
            found = rows(
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
                    Task.worked_by,
                    Staff.display_name,
                )
                .left_outer_join(Staff, on=worker)
                .where(of_job)
                .order_by(*sorted_by(TASKS_SORTED_BY, order, Task.id))
                .limit(limit)
                .offset(offset)
            )
            tasks = tuple(self._task(row, provider, currency) for row in found)
            return Page(tasks, offset, total)

    def place_of_task(self, job_id: int, task_id: int, order: Order | None = None) -> int:
        """Return the index of a task in the list of a job's tasks, or raise `NotFound`."""
        with self._reading():
            self._provider_and_currency(job_id)
            listed = Task.select(Task.id).where(Task.job == job_id, Task.removed_at.is_null())
            terms = sorted_by(TASKS_SORTED_BY, order, Task.id)
            place = place_in(listed, terms, Task.id, task_id)
            if place is None:
                raise NotFound(f"There is no task {task_id}.")
            return place

    def notes(self, job_id: int, offset: int = 0, limit: int = 50) -> Page[CustomerNote]:
        """Return a window of a job's notes for the customer, oldest first, or raise `NotFound`."""
        with self._reading():
            provider, _ = self._provider_and_currency(job_id)
            author = (Note.author == Staff.id) & _works_for(provider)
            shown = (Note.job == job_id) & Note.removed_at.is_null() & Note.visible_to_customer
            total = Note.select(fn.COUNT(Note.id)).where(shown).scalar()
            found = rows(
                Note.select(Note.id, Note.body, Staff.display_name, Note.at)
                .left_outer_join(Staff, on=author)
                .where(shown)
                .order_by(Note.id)
                .limit(limit)
                .offset(offset)
            )
            notes = tuple(
                CustomerNote(id_, body, self._name(name, provider), at)
                for id_, body, name, at in found
            )
            return Page(notes, offset, total)

    # -- scope ---------------------------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with (
            explained_to_customers(),
            bound(self._database),
            self._database.atomic("DEFERRED"),
        ):
            yield

    def _require_grant(self) -> None:
        if self._access is None:
            return
        in_force = (Access.id == self._access) & Access.removed_at.is_null()
        if not Access.select().where(in_force).exists():
            raise AccessEnded("Your access was removed.")

    def _own_accounts(self) -> Expression:
        own: Expression = Account.id.in_(self._accounts) & (
            Account.status != AccountStatus.CLOSED.value
        )
        return own if self._access is None else own & Account.id.in_(self._granted())

    def _granted(self) -> "ModelSelect[AccessAccount]":
        granted: ModelSelect[AccessAccount] = (
            AccessAccount.select(AccessAccount.account)
            .join(Access, on=(AccessAccount.access == Access.id))
            .where(Access.id == self._access, Access.removed_at.is_null())
        )
        return granted

    def _own_jobs(self) -> Expression:
        return self._own_accounts() & Job.removed_at.is_null() & Job.shown_to_customer

    def _jobs_of(self, account_id: int) -> "ModelSelect[Job]":
        """Return the query for the numbers of an account's jobs."""
        wanted = self._own_jobs() & (Job.account == account_id)
        return self._joined(Job.select(Job.id)).where(wanted)

    def _joined(self, query: "ModelSelect[Job]") -> "ModelSelect[Job]":
        joined: ModelSelect[Job] = query.join(Account, on=(Job.account == Account.id))
        return joined

    # -- rows ----------------------------------------------------------------------------------

    @property
    def _company(self) -> str:
        return self._settings.company

    def _provider_and_currency(self, job_id: int) -> tuple[_Provider, Currency]:
        """Return who looks after the account of a job, and the job's currency."""
        reseller = Account.alias()
        row = first_row(
            self._joined(Job.select(Account.reseller, _name_for_customers(reseller), Job.currency))
            .left_outer_join(reseller, on=(Account.reseller == reseller.id), src=Account)
            .where(self._own_jobs(), Job.id == job_id)
        )
        if row is None:
            raise NotFound(f"There is no job #{job_id}.")
        id_, name, currency = row
        return _Provider(id_, name or self._company), Currency.of(currency)

    def _name(self, display_name: str | None, provider: _Provider) -> str:
        """Return a person's name as customers may see it, never the login.

        `display_name` is None or empty for those of another provider, and those without one.
        """
        if self._settings.staff_names == "company":
            return provider.name
        return display_name or provider.name

    def _task(self, row: tuple[Any, ...], provider: _Provider, currency: Currency) -> CustomerTask:
        id_, text, pricing, rate, minutes, amount, note, done, worked_on, worker, name = row
        return CustomerTask(
            id=id_,
            description=text,
            pricing=Pricing(pricing),
            rate=None if rate is None else Money(rate, currency),
            minutes=minutes,
            amount=Money(amount, currency),
            note=note,
            done=done,
            worked_on=worked_on,
            worked_by="" if worker is None else self._name(name, provider),
        )


def _name_for_customers(reseller: Any) -> Function:
    """Return the column of a reseller's name: the company, else the person, else the user name."""
    name: Function = fn.COALESCE(
        fn.NULLIF(reseller.company, ""), fn.NULLIF(reseller.person, ""), reseller.username
    )
    return name


def _works_for(provider: _Provider) -> Expression:
    """Return the condition that a person is of the provider's staff."""
    if provider.id is None:
        return Staff.provider.is_null()
    return Staff.provider == provider.id


def _jobs(ids: Sequence[int]) -> "ModelSelect[Job]":
    """Return the query for the columns of `_job`, of the jobs with these numbers.

    Chosen beforehand, so that the sums of no other job are counted, whatever the plan.
    """
    jobs: ModelSelect[Job] = Job.select(
        Job.id,
        Job.account,
        Job.description,
        Job.details,
        Job.status,
        Job.created_at,
        Job.finished_at,
        Job.currency,
        note_count(Note.visible_to_customer == 1),
        *totals_columns(),
    ).where(Job.id.in_(ids))
    return jobs


def _job(row: tuple[Any, ...]) -> CustomerJob:
    id_, account, description, details, status, created, finished, currency, notes = row[:9]
    return CustomerJob(
        id=id_,
        account=account,
        description=description,
        details=details,
        status=JobStatus(status),
        created=created,
        finished=finished,
        totals=totals_from(row[9:], currency),
        notes=notes,
    )
