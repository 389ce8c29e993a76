"""The filters of Search as conditions of SQL, and by which index each finds its accounts.

A condition is about one row of `account`. Where few accounts can meet it, an index gives them, and
all else is decided among these.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from models.search_query import OPEN_JOBS, Filter
from models.sqlite.database import PanelDatabase
from models.sqlite.trigrams import TRIGRAM, quoted
from models.text import fold, fold_domain

_OPEN = "removed_at IS NULL AND status IN ('new', 'in-progress', 'on-hold')"
_UNBILLED = (
    "task.removed_at IS NULL AND task.done_at IS NOT NULL AND task.billed_at IS NULL"
    " AND task.pricing <> 'free'"
)

_PLAIN = "NOT {0} GLOB '*[^ -~]*'"
"""That a text has nothing but printable ASCII: then SQLite folds it, ten times as fast."""

FOLDED = f"(CASE WHEN {_PLAIN} THEN lower({{0}}) ELSE folded({{0}}) END)"
"""A column as the search sees it."""

_FORMS = (
    f"(CASE WHEN {_PLAIN.format('domain.name')} AND NOT instr(domain.name_folded, 'xn--')"
    " THEN domain.name_folded ELSE domain_forms(domain.name) END)"
)

# Each field begins behind a line feed.
_TEXTS = {
    "user": "char(10) || account.username_folded",
    "email": f"char(10) || {FOLDED.format('account.email')}",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a row of `account`.

    `driver` selects the IDs of all accounts for which it can hold, by an index; empty where there
    is none. `part` is a text that the index of texts has for all of these. `probe` says the same as
    `sql` by a look into a narrow index, for accounts that are found by other ones: it neither reads
    the row nor leads the query.
    """

    sql: str
    values: tuple[object, ...] = ()
    driver: str = ""
    driver_values: tuple[object, ...] = ()
    part: str = ""
    probe: str = ""

    @property
    def probing(self) -> "Condition":
        """The condition for accounts that are found by something else."""
        return replace(self, sql=self.probe) if self.probe else self


def learn_domains(database: PanelDatabase) -> None:
    """Let SQL on this connection see a domain name in all its forms."""
    database.register_function(_domain_forms, "domain_forms", 1)


def _domain_forms(name: str) -> str:
    return "\n".join(fold_domain(name))


def of_reseller(reseller: int) -> Condition:
    """Return the condition that a reseller looks after an account."""
    return _by_columns("account.reseller_id = ?", reseller, index="account_reseller")


def condition(filter_: Filter, database: PanelDatabase, provider: int | None) -> Condition:
    """Return what a filter asks for; `provider` sees only its own jobs, None sees all."""
    match filter_.name:
        case "reseller":
            return of_reseller(int(filter_.value))
        case "status":
            status = f"account.status = '{filter_.value}'"
            if filter_.value == "active":
                return _by_columns(status)
            # With the words of the index, which holds those that are not active.
            return _by_columns(f"{status} AND account.status <> 'active'", index="account_status")
        case "created":
            since, until = filter_.span
            since = -(2**63) if since is None else since
            until = 2**63 - 1 if until is None else until
            column = "account.created_at"
            return _by_columns(f"{column} >= ? AND {column} < ?", since, until, hidden=column)
        case "has":
            return _with_jobs(filter_.value, provider)
        case "plan":
            return _of_plans(_plans(database, filter_.value))
    return _holding(filter_.name, filter_.value)


def beginning(filters: Iterable[Filter], database: PanelDatabase) -> Condition | None:
    """Return the condition by which the first filter of a text puts some accounts before others.

    These are the ones of which a field starts with the text; None: no filter is of a text.
    """
    for filter_ in filters:
        if filter_.name == "plan":
            return _of_plans(_plans(database, filter_.value, beginning=True))
        if filter_.name in ("user", "domain", "email"):
            return _holding(filter_.name, f"\n{filter_.value}")
    return None


def _by_columns(sql: str, *values: object, hidden: str = "", index: str = "") -> Condition:
    """Return a condition on columns that an index has.

    The index of a `hidden` column is not in the order of the lists: it is only for what few have.
    The `index` named has the Account ID behind its columns.
    """
    shown = sql.replace(hidden, f"+{hidden}") if hidden else sql
    driver = f"SELECT account.id FROM account WHERE {sql}"
    probe = (
        f"EXISTS (SELECT 1 FROM account AS same INDEXED BY {index}"
        f" WHERE {sql.replace('account.', 'same.')} AND same.id = account.id)"
    )
    return Condition(shown, values, driver, values, probe=probe if index else "")


def _holding(name: str, text: str) -> Condition:
    """Return that a field holds a text; with a line feed before it, that it starts with it."""
    if name == "domain":
        sql = (
            "EXISTS (SELECT 1 FROM domain WHERE domain.account_id = account.id"
            f" AND instr(char(10) || {_FORMS}, ?))"
        )
    else:
        sql = f"instr({_TEXTS[name]}, ?)"
    if len(text) < TRIGRAM:
        return Condition(sql, (text,), part=text)
    driver = "SELECT rowid FROM account_fts WHERE account_fts MATCH ?"
    return Condition(sql, (text,), driver, (quoted(text),), text)


def _of_plans(plans: Sequence[str]) -> Condition:
    listed = json.dumps(plans)
    plan = "account.plan"
    return _by_columns(f"{plan} IN (SELECT value FROM json_each(?))", listed, hidden=plan)


def _plans(database: PanelDatabase, text: str, *, beginning: bool = False) -> list[str]:
    """Return the plans that hold a text; from one to the next by the index, not by account."""
    plans = database.execute_sql(
        "WITH RECURSIVE known(plan) AS (SELECT min(plan) FROM account UNION ALL"
        " SELECT (SELECT min(plan) FROM account WHERE plan > known.plan) FROM known"
        " WHERE known.plan IS NOT NULL) SELECT plan FROM known WHERE plan IS NOT NULL"
    )
    folded = [(plan, fold(plan)) for (plan,) in plans]
    return [plan for plan, name in folded if (name.startswith(text) if beginning else text in name)]


def _with_jobs(what: str, provider: int | None) -> Condition:
    own = "" if provider is None else " AND job.provider_id = ?"
    values = () if provider is None else (provider,)
    if what == OPEN_JOBS:
        jobs = f"FROM job WHERE {_OPEN}{own}"
    else:
        jobs = (
            "FROM task JOIN job ON job.id = task.job_id"
            f" WHERE {_UNBILLED} AND job.removed_at IS NULL{own}"
        )
    return Condition(
        f"EXISTS (SELECT 1 {jobs} AND job.account_id = account.id)",
        values,
        f"SELECT DISTINCT job.account_id {jobs}",
        values,
    )
