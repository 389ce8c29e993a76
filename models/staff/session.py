"""One person's work on one connection: who acts, for whom, and how a transaction is held."""

import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from peewee import Expression

from models import schema
from models.moments import day, now_ms
from models.opening import explained
from models.refusals import NotAllowed, NotFound
from models.settings import Settings
from models.sqlite.database import PanelDatabase
from models.tables import Account, Event, Job, Staff, bound
from models.text import checked_line


class EventKind(StrEnum):
    """What can happen, as it stands in the history."""

    JOB_ADDED = "job-added"
    JOB_CHANGED = "job-changed"
    JOB_STATUS = "job-status"
    JOB_REMOVED = "job-removed"
    JOB_RESTORED = "job-restored"
    TASK_ADDED = "task-added"
    TASK_CHANGED = "task-changed"
    TASK_DONE = "task-done"
    TASK_PLANNED = "task-planned"
    TASK_REMOVED = "task-removed"
    TASK_RESTORED = "task-restored"
    NOTE_ADDED = "note-added"
    NOTE_CHANGED = "note-changed"
    NOTE_REMOVED = "note-removed"
    NOTE_RESTORED = "note-restored"
    ACCOUNT_ADDED = "account-added"
    ACCOUNT_CHANGED = "account-changed"
    IMPORT_RUN = "import-run"
    ACCESS_ADDED = "access-added"
    ACCESS_REMOVED = "access-removed"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who works: the login, the name that customers see, and the session it is."""

    login: str
    display_name: str = ""
    session: str = ""


def _name_for_customers(actor: Actor) -> str:
    """Return the display name; none if it is only the login, which customers never see."""
    name = checked_line(actor.display_name, required=False, what="Your display name")
    return "" if name == actor.login.strip() else name


class StaffSession:
    """The connection of one desk with the person, the provider and the rules of its scope.

    `provider` is None for the hosting company's own staff, else the reseller's Account ID. Host
    staff reach every account and may change what is the host's own; a reseller's staff reach and
    change only that reseller's customers. A record out of reach answers like a missing one.
    """

    def __init__(
        self,
        database: PanelDatabase,
        actor: Actor,
        provider: int | None,
        settings: Settings,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        """Work on an open `database`; `clock` gives the moment in epoch milliseconds."""
        self.database = database
        self.actor = Actor(
            checked_line(actor.login, required=True, what="Your name"),
            _name_for_customers(actor),
            checked_line(actor.session, required=False, what="The session"),
        )
        self.provider = provider
        self.settings = settings
        self.clock = clock
        self._version = schema.newest_version()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold one consistent view of the database."""
        with explained(self.database.path), bound(self.database), self._snapshot():
            yield

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        if self.database.in_transaction():
            yield
            return
        with self.database.atomic("DEFERRED"):
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold a write transaction: all of it happens, with its history, or nothing.

        Raises:
            DatabaseBusy: other sessions kept writing for too long.
            NewerDatabase: a newer program upgraded the database since it was opened.
        """
        with explained(self.database.path), bound(self.database), self.database.atomic():
            schema.refuse_newer(self.database, self._version)
            yield

    def today(self) -> datetime.date:
        """Return the date of the session's clock, in local time."""
        return datetime.date.fromisoformat(day(self.clock()))

    # -- who -----------------------------------------------------------------------------------

    def acting_staff(self) -> int:
        """Return the record of the person who works here, made on first use."""
        return self.staff_id(self.actor.login, self.actor.display_name)

    def staff_id(self, login: str, display_name: str = "") -> int:
        """Return the record of a person by login, made on first use, with this desk's provider."""
        person = Staff.get_or_none((Staff.login == login) & self.own(Staff.provider))
        if person is None:
            return int(
                Staff.insert(
                    login=login, display_name=display_name, provider=self.provider
                ).execute()
            )
        if not person.active:
            raise NotAllowed(f"The access of {login} was switched off.")
        if display_name and not person.display_name:
            # Someone else named this person first, by the login alone.
            Staff.update(display_name=display_name).where(Staff.id == person.id).execute()
        return int(person.id)

    # -- scope ---------------------------------------------------------------------------------

    def own(self, provider_column: object) -> Expression:
        """Return the condition that a record is this desk's own."""
        column: Any = provider_column
        condition: Expression = (
            column.is_null() if self.provider is None else column == self.provider
        )
        return condition

    def accounts_in_reach(self) -> Expression:
        """Return the condition for the accounts that this desk may find."""
        if self.provider is None:
            return Account.id.is_null(False)
        return self.own(Account.reseller)

    def jobs_in_reach(self) -> Expression:
        """Return the condition for the jobs that this desk may read; needs a join of accounts."""
        reach = Job.removed_at.is_null()
        if self.provider is not None:
            reach &= self.own(Account.reseller) & self.own(Job.provider)
        return reach

    def account_to_change(self, account_id: int) -> Account:
        """Return the account's row, if this desk may add jobs there.

        Raises:
            NotFound: no such account for this desk.
            NotAllowed: a reseller's customer, for the hosting company's staff.
        """
        account = Account.get_or_none(Account.id == account_id, self.accounts_in_reach())
        if account is None:
            raise NotFound(f"There is no account {account_id}.")
        if account.reseller_id != self.provider:
            raise NotAllowed(
                f"Account {account_id} belongs to reseller {account.reseller_id}, whose staff "
                "look after it: here it can only be read."
            )
        return account

    def job_to_change(self, job_id: int) -> Job:
        """Return the job's row, if this desk may change it.

        Raises:
            NotFound: no such job for this desk.
            NotAllowed: a job of another provider.
        """
        job = self.job_in_reach(job_id)
        self.account_to_change(job.account_id)
        if job.provider_id != self.provider:
            raise NotAllowed(f"#{job_id} is another provider's job: here it can only be read.")
        return job

    def job_in_reach(self, job_id: int) -> Job:
        """Return the row of a job that this desk may read, or raise `NotFound`."""
        job: Job | None = (
            Job.select()
            .join(Account, on=(Job.account == Account.id))
            .where(Job.id == job_id, self.jobs_in_reach())
            .first()
        )
        if job is None:
            raise NotFound(f"There is no job #{job_id}.")
        return job

    # -- history -------------------------------------------------------------------------------

    def record(
        self,
        kind: EventKind,
        *,
        job: Job | None = None,
        account: int | None = None,
        record: int | None = None,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        """Write one entry of the history, in the transaction of the change itself."""
        Event.insert(
            self._entry(self.acting_staff(), kind, job, account, record, before, after)
        ).execute()

    def record_changed_accounts(
        self, changes: Iterable[tuple[int, Mapping[str, object], Mapping[str, object]]]
    ) -> None:
        """Write one entry for each account: its ID and the changed fields, before and after."""
        actor = self.acting_staff()
        kind = EventKind.ACCOUNT_CHANGED
        Event.insert_many(
            [
                self._entry(actor, kind, None, account, account, before, after)
                for account, before, after in changes
            ]
        ).execute()

    def _entry(
        self,
        actor: int,
        kind: EventKind,
        job: Job | None,
        account: int | None,
        record: int | None,
        before: Mapping[str, object] | None,
        after: Mapping[str, object] | None,
    ) -> dict[str, object]:
        return {
            "at": self.clock(),
            "actor": actor,
            "session": self.actor.session,
            "kind": kind.value,
            "account": job.account_id if job else account,
            "job": job.id if job else None,
            "provider": job.provider_id if job else self.provider,
            "record": record,
            "before": json.dumps(before or {}, ensure_ascii=False),
            "after": json.dumps(after or {}, ensure_ascii=False),
        }
