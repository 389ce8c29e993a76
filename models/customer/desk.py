"""The customer's desk: the Support Center's only way to the data, which reads and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from peewee import Expression, ModelSelect, fn

from models.currency import Currency
from models.money import Money
from models.opening import explained, open_read_only
from models.refusals import NotFound
from models.settings import Settings
from models.sqlite.database import PanelDatabase
from models.tables import Account, Domain, Job, Note, Staff, Task, bound, first_row, rows
from models.totals import note_count, totals_columns, totals_from
from models.values import (
    AccountStatus,
    CustomerAccount,
    CustomerJob,
    CustomerNote,
    CustomerTask,
    JobStatus,
    Page,
    Pricing,
)


class CustomerDesk:
    """Reads what the customers of certain accounts may see, on a read-only connection.

    Every query carries the accounts that the desk was opened for, and leaves out what was removed
    or is not shown to customers. It has no method that writes and never reads the history.
    """

    def __init__(
        self, database: PanelDatabase, accounts: tuple[int, ...], settings: Settings | None = None
    ) -> None:
        """Set the desk up on an open read-only `database` for these accounts.

        Raises:
            NotFound: none of the accounts is there and open.
        """
        self._database = database
        self._settings = settings or Settings()
        self._accounts = accounts
        self._accounts = tuple(account.id for account in self.accounts())
        if not self._accounts:
            named = " or ".join(map(str, accounts))
            raise NotFound(f"There is no open account {named}.")

    @classmethod
    def open(
        cls, path: Path, accounts: tuple[int, ...], settings: Settings | None = None
    ) -> "CustomerDesk":
        """Open the database read-only and set a desk up on it."""
        database = open_read_only(path)
        try:
            return cls(database, accounts, settings)
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def data_version(self) -> int:
        """Return a number that changes when another session commits something."""
        with explained(self._database.path):
            return int(self._database.data_version)

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
                    reseller.company,
                    reseller.username,
                )
                .left_outer_join(
                    Domain, on=((Domain.account == Account.id) & Domain.is_primary), src=Account
                )
                .left_outer_join(reseller, on=(Account.reseller == reseller.id), src=Account)
                .where(self._own_accounts())
                .order_by(Account.id)
            )
            return [
                CustomerAccount(
                    id_, user, domain, company or person, owner_company or owner or self._company
                )
                for id_, user, domain, person, company, owner_company, owner in found
            ]

    def jobs(self, account_id: int, offset: int = 0, limit: int = 50) -> Page[CustomerJob]:
        """Return a window of an account's jobs, oldest first.

        Raises:
            NotFound: the account is not of this desk, or was closed meanwhile.
        """
        with self._reading():
            if not Account.select().where(self._own_accounts(), Account.id == account_id).exists():
                raise NotFound(f"There is no open account {account_id}.")
            wanted = self._own_jobs() & (Job.account == account_id)
            total = self._joined(Job.select(fn.COUNT(Job.id))).where(wanted).scalar()
            chosen = self._jobs().where(wanted).order_by(Job.id).limit(limit).offset(offset)
            return Page(tuple(_job(row) for row in rows(chosen)), offset, total)

    def job(self, job_id: int) -> CustomerJob:
        """Return a job, or raise `NotFound`."""
        with self._reading():
            row = first_row(self._jobs().where(self._own_jobs(), Job.id == job_id))
            if row is None:
                raise NotFound(f"There is no job #{job_id}.")
            return _job(row)

    def tasks(self, job_id: int, offset: int = 0, limit: int = 50) -> Page[CustomerTask]:
        """Return a window of a job's tasks, oldest first, or raise `NotFound`."""
        with self._reading():
            provider, currency = self._provider_and_currency(job_id)
            of_job = (Task.job == job_id) & Task.removed_at.is_null()
            total = Task.select(fn.COUNT(Task.id)).where(of_job).scalar()
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
                .left_outer_join(Staff, on=(Task.worked_by == Staff.id))
                .where(of_job)
                .order_by(Task.id)
                .limit(limit)
                .offset(offset)
            )
            tasks = tuple(self._task(row, provider, currency) for row in found)
            return Page(tasks, offset, total)

    def notes(self, job_id: int, offset: int = 0, limit: int = 50) -> Page[CustomerNote]:
        """Return a window of a job's notes for the customer, oldest first, or raise `NotFound`."""
        with self._reading():
            provider, _ = self._provider_and_currency(job_id)
            shown = (Note.job == job_id) & Note.removed_at.is_null() & Note.visible_to_customer
            total = Note.select(fn.COUNT(Note.id)).where(shown).scalar()
            found = rows(
                Note.select(Note.id, Note.body, Staff.display_name, Note.at)
                .join(Staff, on=(Note.author == Staff.id))
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
            explained(self._database.path),
            bound(self._database),
            self._database.atomic("DEFERRED"),
        ):
            yield

    def _own_accounts(self) -> Expression:
        return Account.id.in_(self._accounts) & (Account.status != AccountStatus.CLOSED.value)

    def _own_jobs(self) -> Expression:
        return self._own_accounts() & Job.removed_at.is_null() & Job.shown_to_customer

    def _joined(self, query: "ModelSelect[Job]") -> "ModelSelect[Job]":
        joined: ModelSelect[Job] = query.join(Account, on=(Job.account == Account.id))
        return joined

    # -- rows ----------------------------------------------------------------------------------

    @property
    def _company(self) -> str:
        return self._settings.company

    def _jobs(self) -> "ModelSelect[Job]":
        return self._joined(
            Job.select(
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
            )
        )

    def _provider_and_currency(self, job_id: int) -> tuple[str, Currency]:
        """Return who does the job, as the customer knows them, and its currency."""
        provider = Account.alias()
        row = first_row(
            self._joined(Job.select(provider.company, provider.username, Job.currency))
            .left_outer_join(provider, on=(Job.provider == provider.id), src=Job)
            .where(self._own_jobs(), Job.id == job_id)
        )
        if row is None:
            raise NotFound(f"There is no job #{job_id}.")
        company, username, currency = row
        return company or username or self._company, Currency.of(currency)

    def _name(self, display_name: str | None, provider: str) -> str:
        """Return a person's name as customers may see it, never the login."""
        if self._settings.staff_names == "company":
            return provider
        return display_name or provider

    def _task(self, row: tuple[Any, ...], provider: str, currency: Currency) -> CustomerTask:
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
