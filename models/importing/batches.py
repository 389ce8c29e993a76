"""Planning an import without the write lock, and writing it in batches that others can wait for."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

from models.importing.comparison import Comparison, Differences
from models.importing.records import AccountList, Record
from models.importing.resellers import ResellerSearch
from models.importing.stored import Identity, chunks
from models.importing.writing import AccountWriter
from models.refusals import DatabaseBusy
from models.staff.session import StaffSession
from models.tables import ImportRun
from models.values import EventKind

BATCH_SECONDS: Final = 0.05
"""How long a transaction of an import should take: too short for others to notice the wait."""

PAUSE_SECONDS: Final = 0.002
"""Between two batches: whoever waits for the lock is being woken up only when it is free."""

FIRST_BATCH: Final = 50
LARGEST_BATCH: Final = 1000

Progress = Callable[[int, int], None]
"""Told how many accounts are done, of how many."""


@dataclass(slots=True)
class Counts:
    """How many accounts were, or would be, what."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def add(self, differences: Differences) -> None:
        """Count some more accounts."""
        self.added += len(differences.new)
        self.changed += len(differences.changed)
        self.unchanged += differences.unchanged

    @property
    def total(self) -> int:
        """All of them."""
        return self.added + self.changed + self.unchanged


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
        self.needs_currency = False
        """Whether the file leaves the currency of a new account open."""
        self._session = session
        self._identity = identity
        self._accounts = accounts
        self._progress = progress
        self._total = len(accounts.records) + len(accounts.refused)
        accounts.refuse_repeated()
        with session.reading():
            self._resellers = ResellerSearch(accounts, identity).run()
        self._comparison = Comparison(
            session.database, identity, accounts, self._resellers, currency
        )
        self._to_write: list[list[Record]] = []

    def plan(self) -> None:
        """Find out what is new, what differs and what must be refused; nothing is written."""
        for level in self._levels():
            to_write: list[Record] = []
            for records in chunks(level):
                with self._session.reading():
                    differences = self._comparison.compare(records)
                self._count(differences)
                to_write += differences.to_write
                self.needs_currency |= any(not record.currency for record, _ in differences.new)
                self._progress(self.counts.unchanged + len(self._accounts.refused), self._total)
            self._to_write.append(to_write)

    def write(self) -> None:
        """Do what was planned, with a record of the run and the history of the changes.

        Raises:
            DatabaseBusy: other sessions held the database for too long in between.
        """
        self.counts = Counts(unchanged=self.counts.unchanged)
        try:
            run = self._start()
            self._write_batches()
            self._finish(run)
        except DatabaseBusy as error:
            written = self.counts.added + self.counts.changed
            raise DatabaseBusy(
                f"Other sessions kept the database busy for too long; {written} accounts were "
                "written before. Run the same import again: it goes on from there."
            ) from error

    def _levels(self) -> list[list[Record]]:
        """Return the accounts, resellers before their customers, then those that want an ID."""
        levels = defaultdict(list)
        for record in self._accounts.records:
            if record.place not in self._accounts.refused:
                levels[self._resellers.levels.get(record.key, 0)].append(record)
        return [
            sorted(levels[level], key=lambda record: record.wanted_id is None)
            for level in sorted(levels)
        ]

    def _write_batches(self) -> None:
        writer = AccountWriter(self._session, self._comparison, self._resellers)
        size = FIRST_BATCH
        for level in self._to_write:
            position = 0
            while batch := level[position : position + size]:
                with self._session.writing():
                    began = time.monotonic()
                    differences = writer.write(batch)
                size = next_batch_size(len(batch), time.monotonic() - began)
                # The lock is free here: without a pause its next taker would be this loop again.
                time.sleep(PAUSE_SECONDS)
                position += len(batch)
                self._count(differences)
                self._progress(self.counts.total + len(self._accounts.refused), self._total)

    def _count(self, differences: Differences) -> None:
        self.counts.add(differences)
        self._accounts.refused |= differences.refused

    def _start(self) -> int:
        with self._session.writing():
            run = ImportRun.insert(
                started_at=self._session.clock(),
                actor=self._session.acting_staff(),
                source=self._identity.source,
                server=self._identity.server,
            )
            return int(run.execute())

    def _finish(self, run: int) -> None:
        counts = asdict(self.counts) | {"skipped": len(self._accounts.refused)}
        with self._session.writing():
            ImportRun.update(finished_at=self._session.clock(), **counts).where(
                ImportRun.id == run
            ).execute()
            self._session.record(EventKind.IMPORT_RUN, record=run, after=counts)
