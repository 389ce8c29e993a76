"""Search over the words of jobs, tasks and notes, newest job first."""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from models.search_query import SearchQuery
from models.search_text import excerpt, match_ranges
from models.sqlite.account_filters import Condition
from models.sqlite.search_index import having
from models.sqlite.work_index import WorkIndex
from models.staff.session import StaffSession
from models.text import fold
from models.values import Count, Found, JobHit, JobStatus, Page

EXCERPT_WIDTH = 120
"""Characters of a text around what matched."""

_OTHER_TEXTS = """
    SELECT 'task', description, note FROM task WHERE job_id = ?1 AND removed_at IS NULL
    UNION ALL
    SELECT 'note', body, '' FROM note JOIN job ON job.id = job_id
    WHERE job_id = ?1 AND note.removed_at IS NULL
        AND (visible_to_customer OR job.provider_id IS ?2)"""
"""The texts of a job's tasks and notes that may be read; what is before, a person sees first."""


@dataclass(slots=True)
class _Hits:
    """The jobs that a text finds, as far as they were asked for, for one state of the data."""

    key: object
    index: WorkIndex
    ids: list[int] = field(default_factory=list)
    are_all: bool = False


class JobSearch:
    """Finds jobs by the beginnings of words in all their texts; within a reading transaction.

    All words must occur in the job, each in whatever record. What was removed is never found, and
    what is out of reach neither counts nor is told of.
    """

    def __init__(self, session: StaffSession) -> None:
        """Search in the scope of `session`, on its connection."""
        self._session = session
        self._database = session.database
        self._last: _Hits | None = None

    def page(
        self,
        query: SearchQuery,
        conditions: Sequence[Condition],
        offset: int,
        limit: int,
        most: int,
    ) -> Page[JobHit]:
        """Return a window; the first one comes as soon as it has its rows.

        `conditions` are those on the accounts, `most` is how many jobs are counted.
        """
        hits = self._find(query, conditions, most + 1 if offset else min(limit, most) + 1)
        ids = hits.ids[:most][offset : offset + limit]
        count = _known(hits, most)
        return Page(self._rows(query, ids), offset, count.total, count.exact)

    def count(self, query: SearchQuery, conditions: Sequence[Condition], most: int) -> Count:
        """Return how many jobs match, not exact if they are more than `most`."""
        return _known(self._find(query, conditions, most + 1), most)

    def _find(self, query: SearchQuery, conditions: Sequence[Condition], count: int) -> _Hits:
        key = (query, self._database.data_version, self._database.connection().total_changes)
        if self._last is None or self._last.key != key:
            self._last = _Hits(key, self._index(query, conditions))
        hits = self._last
        if not hits.are_all and len(hits.ids) < count:
            words = (query.job_words or "").split()
            sought = list(filter(_has_a_token, words))
            # Signs alone are in no job.
            found = hits.index.holding(sought) if words else hits.index.newest()
            hits.ids = list(islice(found, count))
            hits.are_all = len(hits.ids) < count
        return hits

    def _index(self, query: SearchQuery, conditions: Sequence[Condition]) -> WorkIndex:
        wanted = [*conditions, *([having(query.words)] if query.words else [])]
        if query.job_number is not None:
            wanted.append(Condition("job.id = ?", (query.job_number,)))
        return WorkIndex(self._database, self._session.provider, wanted)

    def _rows(self, query: SearchQuery, ids: Sequence[int]) -> tuple[JobHit, ...]:
        found = self._database.execute_sql(
            "SELECT job.id, account.id, username, coalesce(nullif(company, ''), person),"
            " job.description, job.status, details, reference"
            " FROM json_each(?) AS wanted CROSS JOIN job ON job.id = wanted.value"
            " CROSS JOIN account ON account.id = job.account_id ORDER BY wanted.key",
            (json.dumps(ids),),
        )
        return tuple(
            JobHit(
                id_,
                account,
                username,
                customer,
                description,
                JobStatus(status),
                self._found(query, id_, description, (details, reference)),
            )
            for id_, account, username, customer, description, status, details, reference in list(
                found
            )
        )

    def _found(
        self, query: SearchQuery, job: int, description: str, further: tuple[str, str]
    ) -> Found | None:
        """Return where the first of the words is that the description does not have."""
        for word in filter(_has_a_token, (query.job_words or "").split()):
            sought = SearchQuery("", job_words=word)
            if not match_ranges(description, sought, "job"):
                return self._found_beside(sought, word, job, further)
        return None

    def _found_beside(
        self, sought: SearchQuery, word: str, job: int, further: tuple[str, str]
    ) -> Found | None:
        texts = [("details", further[0]), ("reference", further[1])]
        for where, *others in self._database.execute_sql(
            _OTHER_TEXTS, (job, self._session.provider)
        ):
            texts += [(where, text) for text in others]
        folded = fold(word)
        for where, text in texts:
            # Most do not have it, which is faster to see.
            if folded in fold(text) and (ranges := match_ranges(text, sought, "job")):
                return Found(where, excerpt(text, ranges, EXCERPT_WIDTH))
        return None


def _has_a_token(word: str) -> bool:
    """Tell whether the index takes any of a word for one; the rest separates words."""
    return any(unicodedata.category(character)[0] in "LN" for character in word)


def _known(hits: _Hits, most: int) -> Count:
    if hits.are_all:
        return Count(len(hits.ids))
    return Count(min(len(hits.ids) - 1, most), exact=False)
