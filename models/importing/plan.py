"""Finding out what is to be done with the accounts of a file; nothing is written but the plan.

Most accounts of a second import are as they were, and most of a first one are new: for thousands
of them one query says so, and they never become objects. It may be in doubt about an account, but
never wrong; what is in doubt is compared field by field (models/importing/comparison.py).
"""

from functools import lru_cache
from typing import Any, Final

from models.currency import Currency
from models.importing.account_list import TEXT_COLUMNS, AccountList, Progress, records
from models.importing.comparison import Comparison
from models.importing.resellers import Resellers, skipped_reseller
from models.importing.stored import Identity, chunks
from models.money import parse_amount
from models.refusals import BadInput
from models.staff.session import StaffSession

_AT_ONCE: Final = 5_000
"""Accounts that one query compares: some tens of milliseconds."""

_NO_AMOUNT: Final = "no amount"

TABLES: Final = (
    # Resellers before their customers, then who wants an Account ID.
    """CREATE TABLE staging.ordered (
        n INTEGER PRIMARY KEY, place INTEGER NOT NULL, level INTEGER NOT NULL)""",
    # Of these, what is to be written.
    """CREATE TABLE staging.unsettled (
        n INTEGER PRIMARY KEY, place INTEGER NOT NULL, is_new INTEGER NOT NULL)""",
    """CREATE TABLE staging.todo (n INTEGER PRIMARY KEY, place INTEGER NOT NULL,
        level INTEGER NOT NULL, is_new INTEGER NOT NULL)""",
)

NAMES_ANOTHER: Final = "named.name = staged.reseller AND named.target_key IS NOT staged.key"
"""Joins the reseller that an account names; none where it names none or itself."""

STORED: Final = (
    "account.source <> '' AND account.source = :source AND account.server = :server"
    " AND account.key = staged.key"
)
"""Joins the stored account with the key; said in full, since the index leaves others out."""

_ORDERED = f"""
    INSERT INTO ordered (place, level)
    SELECT place, coalesce(named.level, 0) AS level
    FROM staged LEFT JOIN named ON {NAMES_ANOTHER}
    ORDER BY level, staged.wanted_id IS NULL, place
"""

# In the order of user names: indexes grow at one place at a time, which saves most of the writing.
_ORDER_OF_WRITING = """
    INSERT INTO todo (place, level, is_new)
    SELECT place, ordered.level, unsettled.is_new
    FROM unsettled JOIN ordered USING (n, place) JOIN staged USING (place)
    ORDER BY ordered.level, staged.wanted_id IS NULL, lower(staged.username), place
"""

_EQUAL = " AND ".join(
    f"(staged.{column} IS NULL OR staged.{column} IS account.{column})"
    for column in (*TEXT_COLUMNS, "status", "status_reason", "created_at", "currency")
)

_SETTLED = f"""
    staged.username = account.username AND {_EQUAL}
    AND CASE
        WHEN staged.balance IS NULL THEN 1
        ELSE amount(staged.balance, account.currency) IS account.balance_minor END
    AND CASE
        WHEN staged.domains IS NOT NULL AND NOT instr(staged.names, ' ') THEN staged.names = (
            SELECT CASE count(*) WHEN 0 THEN '' WHEN 1 THEN max(name) END
            FROM domain WHERE account_id = account.id)
        WHEN staged.domains IS NOT NULL THEN staged.names = coalesce((
            SELECT group_concat(name, ' ') FROM (
                SELECT name FROM domain WHERE account_id = account.id
                ORDER BY is_primary DESC, id)), '')
        WHEN staged.domain IS NOT NULL THEN staged.domain = coalesce((
            SELECT name FROM domain WHERE account_id = account.id
            ORDER BY is_primary DESC, id LIMIT 1), '')
        ELSE 1 END
    AND CASE
        WHEN staged.reseller IS NULL THEN 1
        WHEN named.name IS NULL THEN account.reseller_id IS NULL
        ELSE account.reseller_id = coalesce(named.target_id, (
            SELECT id FROM account AS above WHERE above.source <> '' AND above.source = :source
                AND above.server = :server AND above.key = named.target_key)) END
    AND CASE
        WHEN EXISTS (SELECT 1 FROM named AS own WHERE own.target_key = staged.key)
            THEN account.is_reseller
        WHEN staged.is_reseller IS NULL THEN 1
        WHEN staged.is_reseller THEN account.is_reseller
        ELSE NOT account.is_reseller AND NOT EXISTS (
            SELECT 1 FROM account AS below WHERE below.reseller_id = account.id) END
    AND (staged.wanted_id IS NULL OR staged.wanted_id = account.id)
"""

_PLAINLY_NEW = f"""
    (staged.wanted_id IS NULL OR NOT EXISTS (
        SELECT 1 FROM account AS other WHERE other.id = staged.wanted_id))
    AND amount(staged.balance, coalesce(staged.currency, :currency)) IS NOT '{_NO_AMOUNT}'
"""

_UNSETTLED = f"""
    INSERT INTO unsettled (n, place, is_new)
    SELECT ordered.n, staged.place, account.id IS NULL AND {_PLAINLY_NEW}
    FROM ordered CROSS JOIN staged ON staged.place = ordered.place
    LEFT JOIN account ON {STORED}
    LEFT JOIN named ON {NAMES_ANOTHER}
    WHERE ordered.n BETWEEN :first AND :last AND (account.id IS NULL OR NOT coalesce({_SETTLED}, 0))
"""

_DOUBTFUL = "SELECT n, place FROM unsettled WHERE n BETWEEN :first AND :last AND NOT is_new"


@lru_cache(maxsize=4096)
def amount(text: str | None, code: str | None) -> int | str | None:
    """Return a balance in minor units, for queries; `_NO_AMOUNT` for what is no amount."""
    # SQLite also asks where it has no need for the answer.
    if not text or code is None:
        return None
    try:
        return parse_amount(text, Currency.of(code))
    except BadInput:
        return _NO_AMOUNT


class Plan:
    """What an import is to write, in the table `todo`, and what it leaves out."""

    def __init__(
        self,
        session: StaffSession,
        accounts: AccountList,
        resellers: Resellers,
        comparison: Comparison,
        identity: Identity,
        currency: str,
    ) -> None:
        """Plan as a person may read the database."""
        self._session = session
        self._database = session.database
        self._accounts = accounts
        self._resellers = resellers
        self._comparison = comparison
        self._values = {**identity._asdict(), "currency": currency}
        self.accounts_before = 0
        """How many accounts there were when it began."""

    def make(self, progress: Progress) -> None:
        """Compare all accounts with the database as it is, some thousand at a time."""
        with self._session.reading():
            for table in TABLES:
                self._database.execute_sql(table)
            count = "SELECT count(*) FROM account"
            ((self.accounts_before,),) = self._database.execute_sql(count)
            self._delete_refused()
            self._database.execute_sql(_ORDERED)
        ((last,),) = self._database.execute_sql("SELECT coalesce(max(n), 0) FROM ordered")
        for first in range(1, last + 1, _AT_ONCE):
            with self._session.reading():
                self._compare(first)
            progress("compared", min(last, first + _AT_ONCE - 1), last)
        with self._session.reading():
            self._leave_out_customers()
            self._delete_refused()
            self._database.execute_sql(_ORDER_OF_WRITING)

    def _compare(self, first: int) -> None:
        """Write down what of some accounts is to be written; what is in doubt, field by field."""
        values = {"first": first, "last": first + _AT_ONCE - 1}
        self._database.connection().execute(_UNSETTLED, self._values | values)
        doubtful = {place: n for n, place in self._ask(_DOUBTFUL, values)}
        for places in chunks(doubtful):
            differences = self._comparison.compare(records(self._database, places))
            for place, reason in differences.refused.items():
                self._accounts.leave_out(place, reason, [])
            changed = {record.place for record, *_ in differences.changed}
            new = {record.place for record, _ in differences.new}
            self._database.connection().executemany(
                "UPDATE unsettled SET is_new = 1 WHERE n = ?", [(doubtful[it],) for it in new]
            )
            self._database.connection().executemany(
                "DELETE FROM unsettled WHERE n = ?",
                [(doubtful[place],) for place in places if place not in changed | new],
            )

    def _ask(self, query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._database.connection().execute(query, values).fetchall()
        return found

    def _leave_out_customers(self) -> None:
        """Leave out the customers of resellers that were left out, and theirs."""
        names: dict[object, list[str]] = {}
        for name, target in self._resellers.named.items():
            names.setdefault(target, []).append(name)
        keys = list(self._comparison.refused_keys)
        while keys:
            for name in names.pop(keys.pop(), ()):
                query = "SELECT place, key FROM staged WHERE reseller <> '' AND reseller = :name"
                for place, key in self._ask(query, {"name": name}):
                    if place not in self._accounts.refused:
                        self._accounts.leave_out(place, skipped_reseller(name), [])
                        self._comparison.refused_keys.add(key)
                        keys.append(key)

    def _delete_refused(self) -> None:
        refused = [(place,) for place in self._accounts.refused]
        self._database.connection().executemany("DELETE FROM staged WHERE place = ?", refused)

    def counts(self) -> tuple[int, int, int]:
        """Return how many accounts are new, are changed, and are as they were."""
        ((new, todo),) = self._database.execute_sql(
            "SELECT coalesce(sum(is_new), 0), count(*) FROM todo"
        )
        ((staged,),) = self._database.execute_sql("SELECT count(*) FROM staged")
        return new, todo - new, staged - todo

    def batch(self, first: int, size: int) -> int:
        """Return the last number of a batch: all of it can be written by one statement."""
        query = (
            "SELECT max(n) FROM todo WHERE n BETWEEN :first AND :last AND level ="
            " (SELECT level FROM todo WHERE n >= :first ORDER BY n LIMIT 1)"
        )
        ((last,),) = self._ask(query, {"first": first, "last": first + size - 1})
        return first if last is None else int(last)

    @property
    def total(self) -> int:
        """The last number in `todo`."""
        ((last,),) = self._database.execute_sql("SELECT coalesce(max(n), 0) FROM todo")
        return int(last)

    def needs_currency(self) -> bool:
        """Tell whether the file leaves the currency of a new account open."""
        query = (
            "SELECT EXISTS (SELECT 1 FROM staged CROSS JOIN todo USING (place)"
            " WHERE currency IS NULL AND is_new)"
        )
        ((needs,),) = self._database.execute_sql(query)
        return bool(needs)
