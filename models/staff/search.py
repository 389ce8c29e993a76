"""Search over the accounts and the jobs that a desk may find."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

from models.refusals import BadInput
from models.search_query import SearchQuery, parse_query
from models.sqlite.account_filters import (
    FOLDED,
    Condition,
    beginning,
    condition,
    learn_domains,
    of_reseller,
)
from models.sqlite.account_list import AccountList
from models.sqlite.search_index import FEW_TO_LIST, FEW_TO_RANK, SearchIndex, one_of
from models.sqlite.trigrams import Trigrams
from models.staff.account_rows import account_rows
from models.staff.job_search import JobSearch
from models.staff.session import StaffSession
from models.values import AccountRow, Count, JobHit, Order, Page

COUNT_LIMIT = 10_000
"""Hits that are counted; a longer list is said to hold more than that."""

COLUMNS = {
    "id": "account.id",
    "user": "account.username_folded",
    "domain": "",
    "customer": FOLDED.format("coalesce(nullif(account.company, ''), account.person)"),
    "plan": "account.plan",
    "status": "account.status",
    "reseller": "account.reseller_id",
    "created": "account.created_at",
}
"""What a list of accounts can be sorted by, and how that is said in SQL, of one row of `account`.

Among all of a million accounts, `customer` and `status` take long: they have no index.
"""


def customers_of(reseller: int) -> str:
    """Return the text that finds all customers of a reseller."""
    return f"reseller:{reseller}"


@dataclass(slots=True)
class _Hits:
    """The accounts that a text finds, as far as they were asked for.

    `key` is the text and the state of the data; `sorted_by` holds the whole list in other orders.
    """

    key: object
    query: SearchQuery
    index: SearchIndex
    first: Condition | None
    ids: list[int] = field(default_factory=list)
    are_all: bool = False
    sorted_by: dict[Order, list[int]] = field(default_factory=dict)

    def find(self, count: int) -> None:
        """Know at least so many of them, or all."""
        if self.are_all or len(self.ids) >= count:
            return
        if self.query.words:
            source = self.index.ranked(self.query.words, self.query.names)
        else:
            source = self.index.listed(self.first)
        found: dict[int, None] = {}
        # Closed whatever happens: with a query half read, an interrupted transaction cannot end.
        with closing(source):
            for id_ in source:
                found[id_] = None
                if len(found) >= count:
                    break
        self.ids = list(found)
        self.are_all = len(found) < count


class AccountSearch:
    """Finds accounts by ID, user name, domain, e-mail, person and company, and jobs by words.

    The order of accounts is: the exact Account ID, then exact user names and domains, then those
    that start with the text, then fields that start with it, then whatever contains it. Filters
    leave some of them; see `models.search_query`.
    """

    def __init__(self, session: StaffSession) -> None:
        """Search in the scope of `session`, on its connection."""
        self._session = session
        self._database = session.database
        self._trigrams = Trigrams(session.database)
        self._everything = AccountList(session.database, session.provider)
        self._jobs = JobSearch(session)
        self._last: _Hits | None = None
        learn_domains(session.database)

    def prepare(self) -> None:
        """Look at what is common among the accounts, which the first search would else wait for."""
        with self._session.reading():
            self._trigrams.prepare()

    def page(
        self,
        text: str,
        offset: int = 0,
        limit: int = 50,
        order: Order | None = None,
        recent: Sequence[int] = (),
    ) -> Page[AccountRow]:
        """Return a window of the accounts that match, all of them for an empty text.

        The first window comes as soon as it has its rows: then its total is how many are known so
        far, and not exact. For an empty text the accounts in `recent` come first, in that order.

        Raises:
            BadInput: the text asks for jobs, is too long, or has a filter that cannot be.
            Interrupted: the query was given up for a newer one.
            ValueError: there is no such column to sort by.
        """
        query = parse_query(text)
        if query.is_of_jobs:
            raise BadInput("job: and #57 find jobs, not accounts: leave them out here.")
        if order and order.column not in COLUMNS:
            raise ValueError(f"Accounts cannot be sorted by {order.column}.")
        with self._session.reading():
            if query.is_empty:
                ids, count = self._window_of_all(offset, limit, order, recent)
            else:
                ids, count = self._window(query, offset, limit, order)
            rows = account_rows(self._database, ids, query)
            return Page(rows, offset, count.total, count.exact)

    def count(self, text: str) -> Count:
        """Return how many accounts or jobs match; not exact where it is more than is counted.

        Raises:
            BadInput, Interrupted: as by `page`.
        """
        query = parse_query(text)
        with self._session.reading():
            if query.is_of_jobs:
                return self._jobs.count(query, self._conditions(query), COUNT_LIMIT)
            if query.is_empty:
                return Count(self._everything.count(), exact=True)
            hits = self._hits(query)
            hits.find(COUNT_LIMIT + 1)
            return _known(hits)

    def jobs(
        self, text: str, offset: int = 0, limit: int = 50, order: Order | None = None
    ) -> Page[JobHit]:
        """Return a window of the jobs that a text with `job:` or `#57` finds, newest first.

        Raises:
            BadInput, Interrupted: as by `page`.
            ValueError: they cannot be sorted otherwise.
        """
        if order is not None:
            raise ValueError(f"Jobs that are found cannot be sorted by {order.column}.")
        query = parse_query(text)
        if not query.is_of_jobs:
            raise BadInput("Write job: and what to look for in jobs, such as job:certificate.")
        with self._session.reading():
            return self._jobs.page(query, self._conditions(query), offset, limit, COUNT_LIMIT)

    def first(self, text: str) -> AccountRow | JobHit | None:
        """Return what a text means first: an account or a job, None where it finds nothing.

        Raises:
            BadInput, Interrupted: as by `page`.
        """
        rows: tuple[AccountRow | JobHit, ...]
        is_of_jobs = parse_query(text).is_of_jobs
        rows = self.jobs(text, 0, 1).rows if is_of_jobs else self.page(text, 0, 1).rows
        return rows[0] if rows else None

    # -- all accounts --------------------------------------------------------------------------

    def _window_of_all(
        self, offset: int, limit: int, order: Order | None, recent: Sequence[int]
    ) -> tuple[list[int], Count]:
        everything = self._everything
        known = everything.count_up_to(COUNT_LIMIT) if offset == 0 else Count(everything.count())
        if order is None:
            return everything.window(recent, offset, limit), known
        index = self._index(self._scope(), FEW_TO_LIST)
        return _by_order(index, order, "", limit, offset), known

    # -- those that match ----------------------------------------------------------------------

    def _window(
        self, query: SearchQuery, offset: int, limit: int, order: Order | None
    ) -> tuple[list[int], Count]:
        hits = self._hits(query)
        # Later windows share the work of counting.
        hits.find(COUNT_LIMIT + 1 if offset or order else min(limit, COUNT_LIMIT) + 1)
        limit = max(0, min(limit, COUNT_LIMIT - offset))
        if order is None:
            return hits.ids[offset : offset + limit], _known(hits)
        if len(hits.ids) <= COUNT_LIMIT:
            return self._sorted(hits, order)[offset : offset + limit], _known(hits)
        return _by_order(hits.index, order, query.words, limit, offset), _known(hits)

    def _sorted(self, hits: _Hits, order: Order) -> list[int]:
        """Return all hits in an order; the windows of one list share it."""
        if order not in hits.sorted_by:
            among = self._index([one_of(hits.ids)], 0)
            hits.sorted_by[order] = _by_order(among, order, "", len(hits.ids), 0)
        return hits.sorted_by[order]

    def _hits(self, query: SearchQuery) -> _Hits:
        """Return what is known of the hits; the windows of one search share them."""
        key = (query, self._database.data_version, self._database.connection().total_changes)
        if self._last is None or self._last.key != key:
            conditions = self._conditions(query)
            if query.words:
                index = self._index([it.probing for it in conditions], FEW_TO_RANK)
            else:
                index = self._index(conditions, FEW_TO_LIST)
            first = beginning(query.filters, self._database)
            self._last = _Hits(key, query, index, first)
        return self._last

    def _index(self, conditions: Sequence[Condition], most: int) -> SearchIndex:
        return SearchIndex(self._database, self._trigrams, conditions, most)

    def _scope(self) -> list[Condition]:
        provider = self._session.provider
        return [] if provider is None else [of_reseller(provider)]

    def _conditions(self, query: SearchQuery) -> list[Condition]:
        provider = self._session.provider
        return self._scope() + [
            condition(filter_, self._database, provider) for filter_ in query.filters
        ]


def _by_order(index: SearchIndex, order: Order, words: str, limit: int, offset: int) -> list[int]:
    """Return a window of the accounts of an index that have the words, if any, in an order."""
    if order.column == "domain":
        return index.by_domain(words, limit, offset, descending=order.descending)
    column = COLUMNS[order.column]
    return index.by_column(column, words, limit, offset, descending=order.descending)


def _known(hits: _Hits) -> Count:
    """Return how many there are, or that there are more than so many."""
    if hits.are_all:
        return Count(len(hits.ids))
    return Count(min(len(hits.ids) - 1, COUNT_LIMIT), exact=False)
