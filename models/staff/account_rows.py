"""Accounts as lines of the search results, with what matched where the line does not show it."""

import json
from collections.abc import Sequence
from dataclasses import replace

from models.search_query import SearchQuery
from models.search_text import matches
from models.sqlite.database import PanelDatabase
from models.text import fold
from models.values import AccountRow, AccountStatus, Found

_NOT_SHOWN = {"domain": "domain", "email": "e-mail"}
"""The filters that ask for what a line may not show, and what that is called."""


def account_rows(
    database: PanelDatabase, ids: Sequence[int], query: SearchQuery
) -> tuple[AccountRow, ...]:
    """Return these accounts in this order; one that is gone is left out."""
    found = database.execute_sql(
        "SELECT account.id, username, coalesce(domain.name, ''), person, company, plan, status,"
        " reseller_id FROM json_each(?) AS wanted CROSS JOIN account ON account.id = wanted.value"
        " LEFT JOIN domain ON domain.account_id = account.id AND domain.is_primary"
        " ORDER BY wanted.key",
        (json.dumps(ids),),
    )
    rows = [
        AccountRow(id_, user, domain, person, company, plan, AccountStatus(status), reseller)
        for id_, user, domain, person, company, plan, status, reseller in found
    ]
    sought = [("", word) for word in query.words.split()]
    sought += [(item.name, item.value) for item in query.filters if item.name in _NOT_SHOWN]
    return _with_found(database, rows, sought) if sought else tuple(rows)


def _with_found(
    database: PanelDatabase, rows: Sequence[AccountRow], sought: Sequence[tuple[str, str]]
) -> tuple[AccountRow, ...]:
    missing = {row.id: lacking for row in rows if (lacking := _not_shown(row, sought))}
    if not missing:
        return tuple(rows)
    texts: dict[int, list[Found]] = {id_: [] for id_ in missing}
    for id_, where, text in database.execute_sql(
        "SELECT account_id, 'domain', name FROM domain"
        " WHERE account_id IN (SELECT value FROM json_each(?1)) AND NOT is_primary"
        " UNION ALL SELECT id, 'e-mail', email FROM account"
        " WHERE id IN (SELECT value FROM json_each(?1))"
        " UNION ALL SELECT id, 'person', person FROM account"
        " WHERE id IN (SELECT value FROM json_each(?1))",
        (json.dumps(list(missing)),),
    ):
        texts[id_].append(Found(where, text))
    return tuple(
        replace(row, found=_first(texts[row.id], *missing[row.id])) if row.id in missing else row
        for row in rows
    )


def _not_shown(row: AccountRow, sought: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """Return the first of what was sought that the line does not show, or None."""
    # A word has no blank, so that it does not reach from one into the next; and it is folded: what
    # has it in lower case has it folded as well. Folding is what takes time.
    plain = f"{row.username} {row.domain} {row.id}".lower()
    for name, word in sought:
        if name == "domain":
            is_shown = matches(row.domain, word)
        else:
            is_shown = not name and (
                word in plain
                or word in fold(row.company or row.person)
                or word in fold(row.username)
                or matches(row.domain, word)
            )
        if not is_shown:
            return name, word
    return None


def _first(texts: Sequence[Found], name: str, word: str) -> Found | None:
    for found in texts:
        if _NOT_SHOWN.get(name, found.where) == found.where and matches(found.text, word):
            return found
    return None
