"""The tables as Peewee models, to write queries with; nothing of this leaves `models/`.

The tables themselves, with their checks and indexes, are made by `models/migrations`. The models
belong to no database: each desk binds them to its own connection for the length of an operation,
in the thread that works, so that several desks live in one process side by side.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from peewee import (
    AutoField,
    BigIntegerField,
    BooleanField,
    Database,
    ForeignKeyField,
    Model,
    ModelSelect,
    TextField,
)
from playhouse.shortcuts import ThreadSafeDatabaseMetadata


class Table(Model):
    """What all tables share."""

    class Meta:
        model_metadata_class = ThreadSafeDatabaseMetadata
        legacy_table_names = False
        strict_tables = True
        only_save_dirty = True


class Account(Table):
    """A customer's account, imported from a control panel."""

    reseller_id: int | None

    id = AutoField()
    username = TextField()
    username_folded = TextField()
    person = TextField(default="")
    company = TextField(default="")
    email = TextField(default="")
    phone = TextField(default="")
    street = TextField(default="")
    city = TextField(default="")
    region = TextField(default="")
    postcode = TextField(default="")
    country = TextField(default="")
    plan = TextField(default="")
    status = TextField(default="active")
    status_reason = TextField(default="")
    created_at = BigIntegerField(null=True)
    currency = TextField()
    balance_minor = BigIntegerField(null=True)
    agreed_rate_minor = BigIntegerField(null=True)
    reseller = ForeignKeyField("self", null=True, backref="+")
    is_reseller = BooleanField(default=False)
    source = TextField(default="")
    server = TextField(default="")
    key = TextField(default="")
    search_text = TextField()
    version = BigIntegerField(default=1)


class Domain(Table):
    """A domain of an account; one of them is the primary one."""

    account_id: int

    id = AutoField()
    account = ForeignKeyField(Account, backref="+")
    name = TextField()
    name_folded = TextField()
    is_primary = BooleanField(default=False)


class Staff(Table):
    """A person who works in the panel, for the hosting company or for a reseller (`provider`).

    Customers see the display name, never the login; without one they see the provider's name.
    """

    provider_id: int | None

    id = AutoField()
    login = TextField()
    display_name = TextField(default="")
    active = BooleanField(default=True)
    provider = ForeignKeyField(Account, null=True, backref="+")
    may_bill = BooleanField(default=False)
    may_administer = BooleanField(default=False)


class Job(Table):
    """A custom job of an account, done by its `provider` (empty: the hosting company)."""

    account_id: int
    provider_id: int | None
    assignee_id: int | None
    created_by_id: int

    id = AutoField()
    account = ForeignKeyField(Account, backref="+")
    provider = ForeignKeyField(Account, null=True, backref="+")
    description = TextField()
    details = TextField(default="")
    status = TextField(default="new")
    currency = TextField()
    assignee = ForeignKeyField(Staff, null=True, backref="+")
    due = TextField(null=True)
    reference = TextField(default="")
    shown_to_customer = BooleanField(default=True)
    created_at = BigIntegerField()
    created_by = ForeignKeyField(Staff, backref="+")
    finished_at = BigIntegerField(null=True)
    removed_at = BigIntegerField(null=True)
    version = BigIntegerField(default=1)


class Task(Table):
    """A piece of work of a job; planned while `done_at` is empty."""

    job_id: int
    worked_by_id: int | None
    entered_by_id: int
    billed_by_id: int | None

    id = AutoField()
    job = ForeignKeyField(Job, backref="+")
    description = TextField()
    pricing = TextField()
    rate_minor = BigIntegerField(null=True)
    minutes = BigIntegerField(null=True)
    amount_minor = BigIntegerField()
    note = TextField(default="")
    done_at = BigIntegerField(null=True)
    worked_on = TextField(null=True)
    worked_by = ForeignKeyField(Staff, null=True, backref="+")
    entered_at = BigIntegerField()
    entered_by = ForeignKeyField(Staff, backref="+")
    billed_at = BigIntegerField(null=True)
    billed_by = ForeignKeyField(Staff, null=True, backref="+")
    billed_reference = TextField(default="")
    removed_at = BigIntegerField(null=True)
    version = BigIntegerField(default=1)


class Note(Table):
    """A remark on a job."""

    job_id: int
    author_id: int

    id = AutoField()
    job = ForeignKeyField(Job, backref="+")
    author = ForeignKeyField(Staff, backref="+")
    body = TextField()
    visible_to_customer = BooleanField(default=False)
    at = BigIntegerField()
    removed_at = BigIntegerField(null=True)
    version = BigIntegerField(default=1)


class Template(Table):
    """Canned work of a provider: a job and its tasks, to be used again.

    `currency` is that of the tasks' rates and amounts, empty where none has any.
    """

    provider_id: int | None
    created_by_id: int

    id = AutoField()
    provider = ForeignKeyField(Account, null=True, backref="+")
    name = TextField()
    name_folded = TextField()
    description = TextField()
    details = TextField(default="")
    currency = TextField(default="")
    created_at = BigIntegerField()
    created_by = ForeignKeyField(Staff, backref="+")
    removed_at = BigIntegerField(null=True)
    version = BigIntegerField(default=1)


class TemplateTask(Table):
    """A task of canned work; an hourly one without a rate takes the job's usual one."""

    template_id: int

    id = AutoField()
    template = ForeignKeyField(Template, backref="+")
    place = BigIntegerField()
    description = TextField()
    pricing = TextField()
    rate_minor = BigIntegerField(null=True)
    minutes = BigIntegerField(null=True)
    amount_minor = BigIntegerField(null=True)
    note = TextField(default="")


class Timer(Table):
    """What a person measures: the time on a job, or on one of its tasks, since `started_at`.

    Once stopped, it waits for becoming a task, or for being thrown away.
    """

    staff_id: int
    job_id: int
    task_id: int | None

    id = AutoField()
    staff = ForeignKeyField(Staff, unique=True, backref="+")
    job = ForeignKeyField(Job, backref="+")
    task = ForeignKeyField(Task, null=True, backref="+")
    started_at = BigIntegerField()
    stopped_at = BigIntegerField(null=True)


class Event(Table):
    """One entry of the append-only history; `before` and `after` are JSON objects.

    `change` is the first entry of the same change, empty in that one itself; `undoes` is the
    entry that this one takes back.
    """

    actor_id: int
    account_id: int | None
    job_id: int | None
    provider_id: int | None
    change_id: int | None
    undoes_id: int | None

    id = AutoField()
    at = BigIntegerField()
    actor = ForeignKeyField(Staff, backref="+")
    session = TextField(default="")
    kind = TextField()
    account = ForeignKeyField(Account, null=True, backref="+")
    job = ForeignKeyField(Job, null=True, backref="+")
    provider = ForeignKeyField(Account, null=True, backref="+")
    record = BigIntegerField(null=True)
    before = TextField(default="{}")
    after = TextField(default="{}")
    change = ForeignKeyField("self", null=True, backref="+")
    undoes = ForeignKeyField(
        "self", null=True, backref="+", column_name="undoes", object_id_name="undoes_id"
    )


class ImportRun(Table):
    """One run of an import; unfinished while `finished_at` is empty."""

    actor_id: int

    id = AutoField()
    started_at = BigIntegerField()
    finished_at = BigIntegerField(null=True)
    actor = ForeignKeyField(Staff, backref="+")
    source = TextField()
    server = TextField(default="")
    added = BigIntegerField(default=0)
    changed = BigIntegerField(default=0)
    unchanged = BigIntegerField(default=0)
    skipped = BigIntegerField(default=0)


class Access(Table):
    """A key by which a person comes in over SSH: one of the staff, or a customer.

    In force while `removed_at` is empty. A key of a customer has `AccessAccount` rows.
    """

    staff_id: int | None

    id = AutoField()
    staff = ForeignKeyField(Staff, null=True, backref="+")
    key_type = TextField()
    key = TextField()
    comment = TextField(default="")
    created_at = BigIntegerField()
    removed_at = BigIntegerField(null=True)


class AccessAccount(Table):
    """An account that a customer's key opens."""

    access_id: int
    account_id: int

    id = AutoField()
    access = ForeignKeyField(Access, backref="+")
    account = ForeignKeyField(Account, backref="+")


TABLES: tuple[type[Table], ...] = (
    Account,
    Domain,
    Staff,
    Job,
    Task,
    Note,
    Template,
    TemplateTask,
    Timer,
    Event,
    ImportRun,
    Access,
    AccessAccount,
)


@contextmanager
def bound(database: Database) -> Iterator[None]:
    """Let queries on the tables run on `database`, in this thread, until the block ends."""
    with database.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        yield


def rows(query: "ModelSelect[Any]") -> list[tuple[Any, ...]]:
    """Run a query and return its rows as plain tuples, all of them: no cursor stays open."""
    return list(query.tuples())


def first_row(query: "ModelSelect[Any]") -> tuple[Any, ...] | None:
    """Run a query and return its first row as a plain tuple, or None."""
    row: tuple[Any, ...] | None = query.tuples().first()
    return row
