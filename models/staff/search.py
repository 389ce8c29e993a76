"""Search over the accounts that a desk may find."""

import re
from dataclasses import dataclass

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

_OF_RESELLER = re.compile(r"(?<!\S)reseller ?: ?(\S*)")
_ACCOUNT_ID = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True)
class _Sought:
    """What a text asks for: words, among all accounts or among one reseller's customers."""

    words: str
    reseller: int | None


def customers_of(reseller: int) -> str:
    """Return the text that finds all customers of a reseller."""
    return f"reseller:{reseller}"


class AccountSearch:
    """Finds accounts by ID, user name, domain, e-mail, person and company.

    The order is: the exact Account ID, then exact user names and domains, then those that start
    with the text, then fields that start with it, then whatever contains it. `reseller:1005` in
    the text leaves only the customers of that reseller; alone it finds all of them.
    """

    def __init__(self, session: StaffSession) -> None:
        """Search in the scope of `session`, on its connection."""
        self._session = session
        self._last: tuple[_Sought, int, list[int]] | None = None

    def page(self, text: str, offset: int = 0, limit: int = 50) -> Page[AccountRow]:
        """Return a window of the accounts that match, all of them for an empty text.

        Raises:
            BadInput: the text is too long, or has no Account ID behind `reseller:`.
            Interrupted: the query was given up for a newer one.
        """
        query = folded_query(text)
        if len(query) > TEXT_LIMIT:
            raise BadInput(f"A search has at most {TEXT_LIMIT} characters.")
        sought = _sought(query)
        with self._session.reading():
            if not sought.words:
                return self._everything(sought.reseller, offset, limit)
            ids = self._hits(sought)
            exact = len(ids) <= COUNT_LIMIT
            wanted = ids[:COUNT_LIMIT][offset : offset + limit]
            return Page(self._rows(wanted), offset, min(len(ids), COUNT_LIMIT), exact)

    def _everything(self, reseller: int | None, offset: int, limit: int) -> Page[AccountRow]:
        scope = self._session.accounts_in_reach()
        if reseller is not None:
            scope &= Account.reseller == reseller
        total = Account.select(fn.COUNT(Account.id)).where(scope).scalar()
        chosen = (
            Account.select(Account.id).where(scope).order_by(Account.id).limit(limit).offset(offset)
        )
        return Page(self._rows([row[0] for row in rows(chosen)]), offset, total)

    def _hits(self, sought: _Sought) -> list[int]:
        """Return the matching identifiers in order; the windows of one search share them."""
        version = self._session.database.data_version
        if self._last is None or self._last[:2] != (sought, version):
            self._last = (sought, version, self._find(sought))
        return self._last[2]

    def _find(self, sought: _Sought) -> list[int]:
        own = self._session.provider
        reseller = own if sought.reseller is None else sought.reseller
        if own not in (None, reseller):
            return []
        index = SearchIndex(self._session.database, reseller)
        query, most = sought.words, COUNT_LIMIT + 1
        found: dict[int, None] = {}
        if query.isascii() and query.isdigit() and len(query) <= 12:
            found |= dict.fromkeys(index.by_id(int(query)))
        for tier in (index.named, index.beginning, index.field_beginning, index.containing):
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


def _sought(query: str) -> _Sought:
    """Take the reseller out of a folded text."""
    named = _OF_RESELLER.search(query)
    if named is None:
        return _Sought(query, None)
    if not _ACCOUNT_ID.fullmatch(named[1]):
        raise BadInput(
            "Write the reseller's Account ID behind reseller: and, if you like, more to look for, "
            "such as reseller:1005 or reseller:1005 acme."
        )
    words = f"{query[: named.start()]} {query[named.end() :]}"
    return _Sought(" ".join(words.split()), int(named[1]))
