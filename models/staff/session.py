"""One person's work on one connection: who acts, for whom, and how a transaction is held."""

import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from peewee import Expression, fn

from models import schema
from models.composed import Composed, given, record_of
from models.moments import day, now_ms
from models.opening import explained
from models.refusals import AccessEnded, NotAllowed, NotFound
from models.settings import Settings
from models.sqlite.database import PanelDatabase
from models.staff.own_changes import OwnChanges
from models.tables import Access, Account, Event, Job, Note, Staff, bound
from models.text import checked_line
from models.values import AccountStatus, EventKind


@dataclass(frozen=True, slots=True)
class Actor:
    """Who works: the login, the name that customers see, and the session it is."""

    login: str
    display_name: str = ""
    session: str = ""


@dataclass(slots=True)
class _OpenChange:
    """The change that a transaction is writing: its first entry, and whether it is on a job.

    `actor` is the record of the person who works here, once it was looked up.
    """

    first: int | None = None
    of_job: bool = False
    actor: int | None = None


def _name_for_customers(actor: Actor) -> str:
    """Return the display name; none if it is only the login, which customers never see."""
    name = checked_line(actor.display_name, required=False, what="Your display name")
    return "" if name == actor.login.strip() else name


class StaffSession:
    """The connection of one desk with the person, the provider and the rules of its scope.

    `provider` is None for the hosting company's own staff, else the reseller's Account ID. Host
    staff reach every account and may change what is the host's own; a reseller's staff reach and
    change only that reseller's customers. Notes for staff only are for the staff of the job's
    own provider. A record out of reach answers like a missing one.
    `access` is the number of the grant by which the person came in over SSH; nothing is written
    any more once it has ended.
    """

    def __init__(
        self,
        database: PanelDatabase,
        actor: Actor,
        provider: int | None,
        settings: Settings,
        clock: Callable[[], int] = now_ms,
        access: int | None = None,
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
        self.access = access
        self.changes = OwnChanges()
        self._version = schema.newest_version()
        self._open_change: _OpenChange | None = None

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
    def writing(self, kept: Callable[[int], None] | None = None) -> Iterator[None]:
        """Hold a write transaction: all of it happens, with its history, or nothing.

        What it writes into the history is one change. Once it is committed, `kept` is called with
        its number; otherwise it becomes the newest of this desk's own changes.

        Raises:
            DatabaseBusy: other sessions kept writing for too long.
            NewerDatabase: a newer program upgraded the database since it was opened.
            AccessEnded: the access by which this person came in has ended.
        """
        with (
            self._change(kept or self.changes.made),
            explained(self.database.path),
            bound(self.database),
            self.database.atomic(),
        ):
            schema.refuse_newer(self.database, self._version)
            self._require_grant()
            yield

    @contextmanager
    def _change(self, kept: Callable[[int], None]) -> Iterator[None]:
        """Gather the entries of a transaction; within another one, they are part of that."""
        if self._open_change is not None:
            before = replace(self._open_change)
            try:
                yield
            except BaseException:
                self._open_change = before
                raise
            return
        self._open_change = _OpenChange()
        try:
            yield
            change = self._open_change
        finally:
            self._open_change = None
        if change.first is not None:
            self.changes.note(change.first)
            if change.of_job:
                kept(change.first)

    def today(self) -> datetime.date:
        """Return the date of the session's clock, in local time."""
        return datetime.date.fromisoformat(day(self.clock()))

    # -- access --------------------------------------------------------------------------------

    def require_access(self) -> None:
        """Make sure that the person may still be here; cheap, to be called at each change.

        Raises:
            AccessEnded: the grant was removed or is another person's, or the person or their
                reseller was switched off; never for who came in without a grant.
        """
        with self.reading():
            self._require_grant()

    def require_current(self) -> None:
        """Raise `NewerDatabase` if a newer program upgraded the database since it was opened."""
        with explained(self.database.path):
            schema.refuse_newer(self.database, self._version)

    def _require_grant(self) -> None:
        if self.access is None:
            return
        reseller = Account.alias()
        granted = (
            Access.select()
            .join(Staff, on=(Access.staff == Staff.id))
            .left_outer_join(reseller, on=(Staff.provider == reseller.id))
            .where(
                Access.id == self.access,
                Access.removed_at.is_null(),
                Staff.login == self.actor.login,
                Staff.active,
                self.own(Staff.provider),
                reseller.id.is_null() | (reseller.status != AccountStatus.CLOSED.value),
            )
        )
        if not granted.exists():
            raise AccessEnded("Your access was removed.")

    # -- who -----------------------------------------------------------------------------------

    def acting_staff(self) -> int:
        """Return the record of the person who works here, made on first use."""
        change = self._open_change
        if change is None or change.actor is None:
            actor = self._staff_record(self.actor.login, self.actor.display_name)
            if change is None:
                return actor
            change.actor = actor
        return change.actor

    def staff_id(self, login: str) -> int:
        """Return the record of a person by login, made on first use, with this desk's provider."""
        is_actor = login == self.actor.login
        return self.acting_staff() if is_actor else self._staff_record(login, "")

    def _staff_record(self, login: str, display_name: str) -> int:
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

    def require_may_bill(self) -> None:
        """Raise `NotAllowed` unless the person who works here may mark tasks as billed."""
        if not self._flags().may_bill:
            raise NotAllowed(
                f"{self.actor.login} may not bill: one of the staff who may administer allows it by"
                f" customjobs staff-member set {self.actor.login} --may-bill."
            )

    def _flags(self) -> Staff:
        """Return what is known of the person who works here, whether on record or not."""
        person: Staff | None = Staff.get_or_none(
            Staff.login == self.actor.login, self.own(Staff.provider), Staff.active
        )
        return person or Staff(may_bill=False, may_administer=False)

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

    def notes_in_reach(self) -> Expression:
        """Return the condition for the notes that this desk may read; needs a join of jobs.

        Of jobs in its reach: those of its own provider with all notes, others with what their
        customer reads as well.
        """
        condition: Expression = Note.visible_to_customer | self.own(Job.provider)
        return condition

    def events_in_reach(self) -> Expression:
        """Return the condition for the entries of the history that this desk may read.

        An entry on a note, kept or removed, is read by whoever may read the note.
        """
        own = self.own(Event.provider)
        if self.provider is not None:
            customers = Account.select(Account.id).where(self.accounts_in_reach())
            condition: Expression = own & Event.account.in_(customers)
            return condition
        # By the beginning: a newer program may know more kinds.
        not_on_note = fn.SUBSTR(Event.kind, 1, 5) != "note-"
        read_by_customer = Note.select(Note.id).where(
            Note.id == Event.record, Note.visible_to_customer
        )
        return own | not_on_note | fn.EXISTS(read_by_customer)

    def account_in_reach(self, account_id: int) -> Account:
        """Return the row of an account that this desk may find, or raise `NotFound`."""
        found = self._account_in_reach.rows(self.database, account=account_id)
        if not found:
            raise NotFound(f"There is no account {account_id}.")
        return record_of(Account, found[0])

    @cached_property
    def _account_in_reach(self) -> Composed:
        one = Account.select().where(Account.id == given("account"), self.accounts_in_reach())
        return Composed(one)

    def account_to_change(self, account_id: int) -> Account:
        """Return the account's row, if this desk may add jobs there.

        Raises:
            NotFound: no such account for this desk.
            NotAllowed: a reseller's customer, for the hosting company's staff.
        """
        account = self.account_in_reach(account_id)
        self._require_own_customer(account_id, account.reseller_id)
        return account

    def job_to_change(self, job_id: int) -> Job:
        """Return the job's row, if this desk may change it.

        Raises:
            NotFound: no such job for this desk.
            NotAllowed: a job of another provider.
        """
        job, reseller = self._job_and_reseller(job_id)
        self._require_own_customer(job.account_id, reseller)
        self._require_own_job(job)
        return job

    def require_own(self, job: Job) -> None:
        """Refuse to change what this desk may only read; the job may be a removed one.

        Raises:
            NotFound: the job's account is out of reach.
            NotAllowed: a reseller's customer or job, for the hosting company's staff.
        """
        self.account_to_change(job.account_id)
        self._require_own_job(job)

    def _require_own_customer(self, account_id: int, reseller: int | None) -> None:
        if reseller != self.provider:
            raise NotAllowed(
                f"Account {account_id} belongs to reseller {reseller}, whose staff "
                "look after it: here it can only be read."
            )

    def _require_own_job(self, job: Job) -> None:
        if job.provider_id != self.provider:
            raise NotAllowed(
                f"#{job.id} is a job of reseller {job.provider_id}: here it can only be read."
            )

    def job_in_reach(self, job_id: int) -> Job:
        """Return the row of a job that this desk may read, or raise `NotFound`."""
        return self._job_and_reseller(job_id)[0]

    def _job_and_reseller(self, job_id: int) -> tuple[Job, int | None]:
        """Return the row of a job and who looks after its account, by one question."""
        found = self._job_in_reach.rows(self.database, job=job_id)
        if not found:
            raise NotFound(f"There is no job #{job_id}.")
        (*columns, reseller) = found[0]
        return record_of(Job, columns), reseller

    @cached_property
    def _job_in_reach(self) -> Composed:
        return Composed(
            Job.select(Job, Account.reseller)
            .join(Account, on=(Job.account == Account.id))
            .where(Job.id == given("job"), self.jobs_in_reach())
        )

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
        undoes: int | None = None,
    ) -> None:
        """Write one entry of the history, in the transaction of the change itself.

        It stands in the history of `account`, where that is given, else in that of the job's.
        """
        actor = self.acting_staff()
        self._insert([self._entry(actor, kind, job, account, record, before, after, undoes)])

    def record_changed_accounts(
        self, changes: Iterable[tuple[int, Mapping[str, object], Mapping[str, object]]]
    ) -> None:
        """Write one entry for each account: its ID and the changed fields, before and after."""
        actor = self.acting_staff()
        kind = EventKind.ACCOUNT_CHANGED
        self._insert(
            [
                self._entry(actor, kind, None, account, account, before, after)
                for account, before, after in changes
            ]
        )

    def _insert(self, entries: list[dict[str, object]]) -> None:
        """Write entries as part of the transaction's change, whose first one names it."""
        change = self._open_change
        if change is None:
            raise RuntimeError("The history is written within a transaction.")
        change.of_job = change.of_job or any(entry["job"] for entry in entries)
        if change.first is None and entries:
            change.first = int(Event.insert(entries.pop(0)).execute())
        for entry in entries:
            entry["change"] = change.first
        if entries:
            Event.insert_many(entries).execute()

    def _entry(
        self,
        actor: int,
        kind: EventKind,
        job: Job | None,
        account: int | None,
        record: int | None,
        before: Mapping[str, object] | None,
        after: Mapping[str, object] | None,
        undoes: int | None = None,
    ) -> dict[str, object]:
        return {
            "at": self.clock(),
            "actor": actor,
            "session": self.actor.session,
            "kind": kind.value,
            "account": job.account_id if job and account is None else account,
            "job": job.id if job else None,
            "provider": job.provider_id if job else self.provider,
            "record": record,
            "before": json.dumps(before or {}, ensure_ascii=False),
            "after": json.dumps(after or {}, ensure_ascii=False),
            "undoes": undoes,
        }
