"""The values that leave the data layer: frozen, complete, and holding no database.

Moments are UTC epoch milliseconds, dates ISO texts (`2026-11-22`), times whole minutes, money
`Money`. Texts are what people typed or a control panel exported, to be shown as text and never
interpreted. An optional text that was not given is the empty string; other absent values are None.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar

from models.money import Money

Row_co = TypeVar("Row_co", covariant=True)


class AccountStatus(StrEnum):
    """How an account stands with its control panel."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class JobStatus(StrEnum):
    """Where a job stands; the values are the words of the command line."""

    NEW = "new"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    FINISHED = "finished"
    CANCELED = "canceled"

    @property
    def label(self) -> str:
        """The word on the screen, such as `In progress`."""
        return self.value.replace("-", " ").capitalize()

    @property
    def is_closed(self) -> bool:
        """Finished and canceled jobs take no tasks until they are reopened."""
        return self in (JobStatus.FINISHED, JobStatus.CANCELED)


class EventKind(StrEnum):
    """What can happen, as it stands in the history."""

    JOB_ADDED = "job-added"
    JOB_CHANGED = "job-changed"
    JOB_STATUS = "job-status"
    JOB_MOVED = "job-moved"
    JOB_RECEIVED = "job-received"
    JOB_REMOVED = "job-removed"
    JOB_RESTORED = "job-restored"
    TASK_ADDED = "task-added"
    TASK_CHANGED = "task-changed"
    TASK_DONE = "task-done"
    TASK_PLANNED = "task-planned"
    TASK_REMOVED = "task-removed"
    TASK_RESTORED = "task-restored"
    TASK_BILLED = "task-billed"
    TASK_UNBILLED = "task-unbilled"
    NOTE_ADDED = "note-added"
    NOTE_CHANGED = "note-changed"
    NOTE_REMOVED = "note-removed"
    NOTE_RESTORED = "note-restored"
    ACCOUNT_ADDED = "account-added"
    ACCOUNT_CHANGED = "account-changed"
    IMPORT_RUN = "import-run"
    ACCESS_ADDED = "access-added"
    ACCESS_REMOVED = "access-removed"
    STAFF_CHANGED = "staff-changed"
    TEMPLATE_ADDED = "template-added"
    TEMPLATE_CHANGED = "template-changed"
    TEMPLATE_REMOVED = "template-removed"


class Pricing(StrEnum):
    """How a task is charged."""

    HOURLY = "hourly"
    FIXED = "fixed"
    FREE = "free"


LAST: Final = -1
"""The offset of a list's last window: as many rows as it may have, up to the list's end."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row_co]):
    """A window of a list: `rows` start at `offset` of `total`.

    `exact` is False when counting stopped at a limit: the list holds more than `total`.
    """

    rows: tuple[Row_co, ...]
    offset: int
    total: int
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are; not `exact`: more than that."""

    total: int
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Order:
    """By which column a list is sorted; the names are those of the list's own columns."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address in parts; every part may be empty."""

    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""

    @property
    def text(self) -> str:
        """The address in one line, empty parts left out."""
        town = " ".join(part for part in (self.postcode, self.city) if part)
        return ", ".join(part for part in (self.street, town, self.region, self.country) if part)


@dataclass(frozen=True, slots=True)
class Account:
    """A customer's account as staff see it; `domains` lists the primary `domain` first."""

    id: int
    username: str
    domain: str
    domains: tuple[str, ...]
    person: str
    company: str
    email: str
    phone: str
    address: Address
    plan: str
    status: AccountStatus
    status_reason: str
    created: int | None
    currency: str
    balance: Money | None
    agreed_rate: Money | None
    reseller: int | None
    reseller_name: str
    is_reseller: bool
    open_jobs: int
    writable: bool
    """Whether this desk may add and change jobs here."""


@dataclass(frozen=True, slots=True)
class Found:
    """What matched where the line of a result does not show it: a word for it, and a line of it.

    `where` is `domain`, `e-mail` or `person` of an account, and `details`, `reference`, `task` or
    `note` of a job.
    """

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as one line of the search results."""

    id: int
    username: str
    domain: str
    person: str
    company: str
    plan: str
    status: AccountStatus
    reseller: int | None
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class JobHit:
    """A job as one line of the search results."""

    id: int
    account: int
    username: str
    customer: str
    description: str
    status: JobStatus
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work of a job, planned (`done` is None) or done."""

    id: int
    description: str
    pricing: Pricing
    rate: Money | None
    minutes: int | None
    amount: Money
    note: str
    done: int | None
    worked_on: str
    worked_by: str
    worked_by_name: str
    billed: "Billed | None"
    entered: int
    entered_by: str
    version: int


@dataclass(frozen=True, slots=True)
class Billed:
    """When, by whom and under which reference a task went on an invoice."""

    at: int
    by: str
    reference: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on a job; staff only unless `visible_to_customer`."""

    id: int
    body: str
    visible_to_customer: bool
    author: str
    author_name: str
    at: int
    version: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of the stored amounts and times of a job's tasks, all and only those done."""

    tasks: int
    minutes: int
    total: Money
    done_tasks: int
    done_minutes: int
    done_total: Money

    @property
    def planned_tasks(self) -> int:
        """How many tasks are still to be done."""
        return self.tasks - self.done_tasks


@dataclass(frozen=True, slots=True)
class Job:
    """A custom job as staff see it, with its totals."""

    id: int
    account: int
    provider: int | None
    description: str
    details: str
    status: JobStatus
    currency: str
    assignee: str
    assignee_name: str
    due: str
    reference: str
    shown_to_customer: bool
    created: int
    created_by: str
    finished: int | None
    totals: Totals
    notes: int
    version: int
    writable: bool


@dataclass(frozen=True, slots=True)
class Reversal:
    """A change that is taken back, or done again: what that does, and why it cannot be done now.

    `change` is the first entry of the change in the history. `words` are for people and not long,
    such as `Undo: status of #57 back to New`; `refusal` is empty when nothing is in the way.
    """

    change: int
    words: str
    refusal: str
    account: int | None
    job: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a history entry, before and after, as text."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the history: who did what to which record, and how it was before.

    `kind` is a word of `EventKind`, or one that only a newer program knows. `undoes` is the entry
    that this one takes back.
    """

    id: int
    at: int
    actor: str
    actor_name: str
    session: str
    kind: str
    account: int | None
    job: int | None
    record: int | None
    summary: str
    changes: tuple[Change, ...]
    undoes: int | None
    reversible: bool
    """A change of this desk's own jobs, tasks or notes that is still in force."""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person who works in the panel."""

    login: str
    display_name: str


@dataclass(frozen=True, slots=True)
class TaskDefaults:
    """What the task form of a job starts with."""

    rate: str
    done: bool


@dataclass(frozen=True, slots=True)
class CustomerAccount:
    """An account as its own customer sees it in the Support Center."""

    id: int
    username: str
    domain: str
    name: str
    provider_name: str


@dataclass(frozen=True, slots=True)
class CustomerJob:
    """A job as its customer sees it: nothing that is only for staff."""

    id: int
    account: int
    description: str
    details: str
    status: JobStatus
    created: int
    finished: int | None
    totals: Totals
    notes: int


@dataclass(frozen=True, slots=True)
class CustomerTask:
    """A task as its customer sees it; `worked_by` is a display name."""

    id: int
    description: str
    pricing: Pricing
    rate: Money | None
    minutes: int | None
    amount: Money
    note: str
    done: int | None
    worked_on: str
    worked_by: str


@dataclass(frozen=True, slots=True)
class CustomerNote:
    """A note meant for the customer; `author` is a display name."""

    id: int
    body: str
    author: str
    at: int
