"""The words of jobs, tasks and notes: a full-text index whose numbers are in the order of jobs.

A record's number in it is `job << 33 | record << 2 | kind`, so that going backwards from the
highest number gives the newest job first, whatever of it was written when. That leaves room for
2**29 jobs and 2**31 tasks or notes; triggers refuse more. Removed records are not in it.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from enum import IntEnum
from typing import Final

from models.sqlite.account_filters import Condition
from models.sqlite.database import PanelDatabase
from models.sqlite.trigrams import quoted

FILLED_AT_ONCE: Final = 2000
"""Jobs whose words are sorted and written by one statement."""

STEPS: Final = 100
"""Records that are passed one by one before the index is asked anew from where to go on."""

_JOB_SHIFT = 33
_RECORD_SHIFT = 2
_RECORD_MASK = (1 << (_JOB_SHIFT - _RECORD_SHIFT)) - 1


class WorkKind(IntEnum):
    """What a record of the index is."""

    JOB = 0
    TASK = 1
    NOTE = 2


def fill(database: PanelDatabase) -> None:
    """Write the whole index anew, in the order of its numbers, without holding much in memory."""
    database.execute_sql("INSERT INTO work_fts(work_fts) VALUES ('delete-all')")
    ((last,),) = database.execute_sql("SELECT coalesce(max(id), 0) FROM job")
    for first in range(1, last + 1, FILLED_AT_ONCE):
        database.execute_sql(
            "INSERT INTO work_fts(rowid, words) SELECT id, words FROM work"
            " WHERE job_id BETWEEN ? AND ? ORDER BY id",
            (first, first + FILLED_AT_ONCE - 1),
        )


class WorkIndex:
    """The jobs that a person may read and that meet some conditions, on one connection.

    A staff-only note counts for the staff of the job's own `provider` alone.
    """

    def __init__(
        self, database: PanelDatabase, provider: int | None, conditions: Sequence[Condition]
    ) -> None:
        """Find jobs of accounts that meet the conditions; `provider` None: the hosting company."""
        self._database = database
        reach = [Condition("job.removed_at IS NULL"), *conditions]
        if provider is not None:
            reach.append(Condition("job.provider_id = ?", (provider,)))
        self._where = " AND ".join(condition.sql for condition in reach)
        self._values = tuple(value for condition in reach for value in condition.values)
        self._provider = provider

    def newest(self) -> Iterator[int]:
        """Yield all of the jobs, the newest first."""
        query = (
            "SELECT job.id FROM job CROSS JOIN account ON account.id = job.account_id"
            f" WHERE {self._where} ORDER BY job.id DESC"
        )
        with closing(self._database.execute_sql(query, self._values)) as cursor:
            for row in cursor:
                yield row[0]

    def holding(self, words: Sequence[str]) -> Iterator[int]:
        """Yield the jobs in which all of the words occur, in whatever record, the newest first."""
        # Left whatever happens: with a query half read, an interrupted transaction cannot end.
        with ExitStack() as open_ways:
            ways = [open_ways.enter_context(closing(_Way(self, word))) for word in words]
            bound: int | None = _NO_JOB if ways else None
            while bound is not None:
                jobs = [way.at_most(bound) for way in ways]
                lowest = None if None in jobs else min(job for job in jobs if job is not None)
                if lowest is not None and all(job == lowest for job in jobs):
                    yield lowest
                    lowest -= 1
                bound = lowest

    def records(self, word: str, below: int) -> Generator[int, None, None]:
        """Yield the records below a number of the index that have a word, backwards."""
        mask = f"(work_fts.rowid >> {_RECORD_SHIFT}) & {_RECORD_MASK}"
        query = (
            f"SELECT work_fts.rowid FROM work_fts"
            f" CROSS JOIN job ON job.id = work_fts.rowid >> {_JOB_SHIFT}"
            f" CROSS JOIN account ON account.id = job.account_id"
            f" LEFT JOIN note ON (work_fts.rowid & 3) = {WorkKind.NOTE:d} AND note.id = {mask}"
            f" WHERE work_fts MATCH ? AND work_fts.rowid < ?"
            f" AND (note.id IS NULL OR note.visible_to_customer OR job.provider_id IS ?)"
            f" AND {self._where} ORDER BY work_fts.rowid DESC"
        )
        values = (f"{quoted(word)}*", below, self._provider, *self._values)
        with closing(self._database.execute_sql(query, values)) as cursor:
            for row in cursor:
                yield row[0]


class _Way:
    """The way backwards through the records that have a word."""

    def __init__(self, index: WorkIndex, word: str) -> None:
        self._index = index
        self._word = word
        self._records: Generator[int, None, None] | None = None
        self._job: int | None = _NO_JOB + 1

    def at_most(self, bound: int) -> int | None:
        """Return the newest job with the word whose number is not above `bound`; None: no more."""
        steps = 0
        while self._job is not None and self._job > bound:
            if self._records is None or steps == STEPS:
                self.close()
                self._records = self._index.records(self._word, (bound + 1) << _JOB_SHIFT)
            steps += 1
            number = next(self._records, None)
            self._job = None if number is None else number >> _JOB_SHIFT
        return self._job

    def close(self) -> None:
        """Go no further."""
        if self._records is not None:
            self._records.close()


_NO_JOB: Final = (1 << (62 - _JOB_SHIFT)) - 1
"""Above every job."""
