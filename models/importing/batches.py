"""Planning an import without the write lock, and writing it in batches that others can wait for."""

import time
from dataclasses import asdict, dataclass
from typing import Final

from models.importing.account_list import AccountList, Progress
from models.importing.comparison import Comparison
from models.importing.plan import Plan, amount
from models.importing.repeated import refuse_repeated
from models.importing.resellers import ResellerSearch
from models.importing.stored import Identity
from models.importing.writing import AccountWriter, Written
from models.refusals import DatabaseBusy
from models.sqlite.bulk_writing import (
    merge_as_usual,
    merge_rarely,
    merge_step,
    take_over,
)
from models.staff.session import StaffSession
from models.tables import ImportRun
from models.values import EventKind

BATCH_SECONDS: Final = 0.15
"""How long a transaction of an import should take: few notice the wait, and an index page that many
accounts change is written once for all of them."""

PAUSE_SECONDS: Final = 0.002
"""Between two batches: whoever waits for the lock is being woken up only when it is free."""

FIRST_BATCH: Final = 50
LARGEST_BATCH: Final = 10_000


@dataclass(slots=True)
class Counts:
    """How many accounts were, or would be, what."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


def next_batch_size(size: int, seconds: float) -> int:
    """Return how many accounts to write next, when the last `size` took `seconds`."""
    fitting = int(size * BATCH_SECONDS / max(seconds, 0.001))
    return max(1, min(fitting, size * 2, LARGEST_BATCH))


class AccountImport:
    """The import of the accounts of one file, first planned, then written."""

    def __init__(
        self,
        session: StaffSession,
        identity: Identity,
        accounts: AccountList,
        currency: str,
        progress: Progress,
    ) -> None:
        """Import as the person of the session; new accounts without a currency get `currency`."""
        self.counts = Counts()
        """What there is to do, once it is planned; what was done, once it is written."""
        self._session = session
        self._database = session.database
        self._identity = identity
        self._currency = currency
        self._accounts = accounts
        self._progress = progress
        self._database.connection().create_function("amount", 2, amount, deterministic=True)
        with session.reading():
            refuse_repeated(self._database, accounts)
            search = ResellerSearch(self._database, accounts, identity)
            resellers = search.run()
        self._comparison = Comparison(
            self._database, identity, resellers, currency, search.refused_keys
        )
        self._plan = Plan(session, accounts, resellers, self._comparison, identity, currency)

    @property
    def needs_currency(self) -> bool:
        """Whether the file leaves the currency of a new account open."""
        return self._plan.needs_currency()

    def plan(self) -> None:
        """Find out what is new, what differs and what must be refused; nothing is written."""
        self._plan.make(self._progress)
        self.counts = Counts(*self._plan.counts())

    def write(self) -> None:
        """Do what was planned, with a record of the run and the history of the changes.

        Raises:
            DatabaseBusy: other sessions held the database for too long in between.
        """
        self.counts = Counts(unchanged=self.counts.unchanged)
        try:
            run = self._start()
            self._write_batches(run)
            self._finish(run)
            self._merge()
        except DatabaseBusy as error:
            written = self.counts.added + self.counts.changed
            raise DatabaseBusy(
                f"Other sessions kept the database busy for too long; {written:,} accounts were "
                "written before. Run the same import again: it goes on from there."
            ) from error

    def _write_batches(self, run: int) -> None:
        writer = AccountWriter(
            self._session,
            self._comparison,
            self._identity,
            self._currency,
            self._plan.accounts_before,
        )
        total = self._plan.total
        first, size = 1, FIRST_BATCH
        while first <= total:
            last = self._plan.batch(first, size)
            with self._session.writing():
                began = time.monotonic()
                written = writer.write(first, last)
                self._count(written, run)
            size = next_batch_size(last - first + 1, time.monotonic() - began)
            self._let_others_write()
            first = last + 1
            self._progress("written", last, total)

    def _merge(self) -> None:
        """Do for the search index what was put off while it grew."""
        more = True
        while more:
            with self._session.writing():
                more = merge_step(self._database)
            self._let_others_write()

    def _let_others_write(self) -> None:
        """Leave the lock free for a moment, and do meanwhile what needs none."""
        time.sleep(PAUSE_SECONDS)  # else the next taker of the lock would be this import again
        take_over(self._database)

    def _count(self, written: Written, run: int) -> None:
        """Count what a batch did, and keep the count with it: it stands if the run is stopped."""
        self.counts.added += written.added
        self.counts.changed += written.changed
        self.counts.unchanged += written.unchanged
        for place, reason in written.refused.items():
            self._accounts.leave_out(place, reason, [])
        self._keep(run)

    def _start(self) -> int:
        with self._session.writing():
            merge_rarely(self._database)
            run = ImportRun.insert(
                started_at=self._session.clock(),
                actor=self._session.acting_staff(),
                source=self._identity.source,
                server=self._identity.server,
            )
            return int(run.execute())

    def _finish(self, run: int) -> None:
        with self._session.writing():
            merge_as_usual(self._database)
            counts = self._keep(run, finished_at=self._session.clock())
            self._session.record(EventKind.IMPORT_RUN, record=run, after=counts)

    def _keep(self, run: int, **columns: int) -> dict[str, int]:
        counts = asdict(self.counts) | {"skipped": len(self._accounts.refused)}
        ImportRun.update(**counts, **columns).where(ImportRun.id == run).execute()
        return counts
