"""Search over the accounts that a desk may find."""

from peewee import fn

from models.refusals import BadInput
from models.search_text import folded_query
from models.sqlite.search_index import SearchIndex
from models.staff.session import StaffSession
from models.tables import Account, Domain, rows
from models.values import AccountRow, AccountStatus, Page

COUNT_LIMIT = 10_000
"""Hits that are counted; a longer list is said to hold more than that."""

TEXT_LIMIT = 200
"""Characters that a search may have."""


class AccountSearch:
    """Finds accounts by ID, user name, domain, e-mail, person and company.

    The order is: the exact Account ID, then exact user names and domains, then those that start
    with the text, then fields that start with it, then whatever contains it.
    """

    def __init__(self, session: StaffSession) -> None:
        """Search in the scope of `session`, on its connection."""
        self._session = session
        self._index = SearchIndex(session.database, session.provider)
        self._last: tuple[str, int, list[int]] | None = None

    def page(self, text: str, offset: int = 0, limit: int = 50) -> Page[AccountRow]:
        """Return a window of the accounts that match, all of them for an empty text.

        Raises:
            BadInput: the text is too long.
            Interrupted: the query was given up for a newer one.
        """
        query = folded_query(text)
        if len(query) > TEXT_LIMIT:
            raise BadInput(f"A search has at most {TEXT_LIMIT} characters.")
        with self._session.reading():
            if not query:
                return self._everything(offset, limit)
            ids = self._hits(query)
            exact = len(ids) <= COUNT_LIMIT
            wanted = ids[:COUNT_LIMIT][offset : offset + limit]
            return Page(self._rows(wanted), offset, min(len(ids), COUNT_LIMIT), exact)

    def _everything(self, offset: int, limit: int) -> Page[AccountRow]:
        scope = self._session.accounts_in_reach()
        total = Account.select(fn.COUNT(Account.id)).where(scope).scalar()
        chosen = (
            Account.select(Account.id).where(scope).order_by(Account.id).limit(limit).offset(offset)
        )
        return Page(self._rows([row[0] for row in rows(chosen)]), offset, total)

    def _hits(self, query: str) -> list[int]:
        """Return the matching identifiers in order; the windows of one search share them."""
        version = self._session.database.data_version
        if self._last is None or self._last[:2] != (query, version):
            self._last = (query, version, self._find(query))
        return self._last[2]

    def _find(self, query: str) -> list[int]:
        most = COUNT_LIMIT + 1
        found: dict[int, None] = {}
        if query.isascii() and query.isdigit() and len(query) <= 12:
            found |= dict.fromkeys(self._index.by_id(int(query)))
        for tier in (
            self._index.named,
            self._index.beginning,
            self._index.field_beginning,
            self._index.containing,
        ):
            if len(found) < most:
                found |= dict.fromkeys(tier(query, most))
        return list(found)[:most]

    def _rows(self, ids: list[int]) -> tuple[AccountRow, ...]:
        columns = (
            Account.id,
            Account.username,
            fn.COALESCE(Domain.name, ""),
            Account.person,
            Account.company,
            Account.plan,
            Account.status,
            Account.reseller,
        )
        primary = (Domain.account == Account.id) & Domain.is_primary
        found = rows(
            Account.select(*columns).left_outer_join(Domain, on=primary).where(Account.id.in_(ids))
        )
        by_id = {
            id_: AccountRow(id_, user, domain, person, company, plan, AccountStatus(status), owner)
            for id_, user, domain, person, company, plan, status, owner in found
        }
        return tuple(by_id[id_] for id_ in ids if id_ in by_id)
