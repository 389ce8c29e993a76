"""Accounts as lines of the search results, with what matched where the line does not show it."""

import json
from collections.abc import Sequence

from models.search_query import SearchQuery
from models.search_text import matches
from models.sqlite.database import PanelDatabase
from models.text import fold
from models.values import AccountRow, AccountStatus, Found

_NOT_SHOWN = {"domain": "domain", "email": "e-mail"}
"""The filters that ask for what a line may not show, and what that is called."""

_STATUSES = {status.value: status for status in AccountStatus}


def account_rows(
    database: PanelDatabase, ids: Sequence[int], query: SearchQuery
) -> tuple[AccountRow, ...]:
    """Return these accounts in this order; one that is gone is left out."""
    sought = [("", word) for word in query.words.split()]
    sought += [(item.name, item.value) for item in query.filters if item.name in _NOT_SHOWN]
    lines = list(
        database.execute_sql(
            "SELECT account.id, username, coalesce(domain.name, ''), person, company, plan, status,"
            " reseller_id, email, username_folded FROM json_each(?) AS wanted"
            " CROSS JOIN account ON account.id = wanted.value"
            " LEFT JOIN domain ON domain.account_id = account.id AND domain.is_primary"
            " ORDER BY wanted.key",
            (json.dumps(ids),),
        )
    )
    hidden = {
        id_: lacking
        for id_, _, domain, person, company, *_, folded in lines
        if (lacking := _not_shown(id_, folded, domain, company or person, sought))
    }
    domains = _further_domains(database, list(hidden))
    return tuple(
        AccountRow(
            id_,
            user,
            domain,
            person,
            company,
            plan,
            _STATUSES[status],
            reseller,
            _first(domains.get(id_, ()), email, person, *hidden[id_]) if id_ in hidden else None,
        )
        for id_, user, domain, person, company, plan, status, reseller, email, _ in lines
    )


def _further_domains(database: PanelDatabase, ids: Sequence[int]) -> dict[int, list[str]]:
    domains: dict[int, list[str]] = {}
    if ids:
        for id_, name in database.execute_sql(
            "SELECT account_id, name FROM domain"
            " WHERE account_id IN (SELECT value FROM json_each(?)) AND NOT is_primary",
            (json.dumps(ids),),
        ):
            domains.setdefault(id_, []).append(name)
    return domains


def _not_shown(
    id_: int, user: str, domain: str, customer: str, sought: Sequence[tuple[str, str]]
) -> tuple[str, str] | None:
    """Return the first of what was sought that the line does not show, or None."""
    # A word has no blank, so that it does not reach from one into the next; and it is folded: what
    # has it in lower case has it folded as well. Folding is what takes time.
    plain = f"{user} {domain} {id_} {customer}".lower()
    is_folded = plain.isascii() and plain.isprintable() and "xn--" not in plain
    for name, word in sought:
        if name == "domain":
            is_shown = matches(domain, word)
        elif name or is_folded:
            is_shown = not name and word in plain
        else:
            is_shown = word in plain or word in fold(customer) or matches(domain, word)
        if not is_shown:
            return name, word
    return None


def _first(domains: Sequence[str], email: str, person: str, name: str, word: str) -> Found | None:
    texts = (*(("domain", domain) for domain in domains), ("e-mail", email), ("person", person))
    for where, text in texts:
        if _NOT_SHOWN.get(name, where) == where and matches(text, word):
            return Found(where, text)
    return None
