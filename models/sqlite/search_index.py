"""Finding accounts by text: index ranges for beginnings, a trigram index for what is inside.

What is searched holds the folded fields of an account, its ID among them, each behind a line feed,
so that a line feed before a text means "a field starts with it" and no match crosses fields. It
ends in two line feeds, so that three characters begin at each of its characters: a text of one or
two is sought by all the trigrams that begin with it. Every answer is an iterator of Account IDs,
which costs what is taken of it; none scans the table where there is little to be found.
"""

import json
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Final

from models.sqlite.account_filters import Condition
from models.sqlite.database import PanelDatabase
from models.sqlite.trigrams import TRIGRAM, Plan, Trigrams

FEW_TO_LIST: Final = 10_000
FEW_TO_RANK: Final = 2000
"""Accounts among which all is decided one by one: for a list of them, and for words in them."""

SCANNED: Final = 1500
"""Accounts that are looked at one by one, at a time, for a text of one or two characters."""

COMMON: Final = 0.05
"""The part of them that must have it for looking on to be faster than the index."""

RARE: Final = 100
"""Accounts that have all of the words, if fewer are expected: then they are all found at once."""

MANY: Final = 64
"""Accounts of which the index is asked for the best ones; fewer are put in order."""

_TEXT = "(account.search_text || account.id || char(10, 10))"
_LAST = "\U0010ffff"
_ACCOUNT_ID_DIGITS = 12


class SearchIndex:
    """The accounts that meet all of some conditions, on one connection."""

    def __init__(
        self,
        database: PanelDatabase,
        trigrams: Trigrams,
        conditions: Sequence[Condition],
        most: int,
    ) -> None:
        """Find out first whether one of the conditions leaves few accounts, at `most` so many."""
        self._database = database
        self._trigrams = trigrams
        self._conditions = list(conditions)
        self._parts = [condition.part for condition in conditions if condition.part]
        few = self._few(most)
        self._are_few = few is not None
        if few is not None:
            self._conditions.insert(0, one_of(few))

    def _few(self, most: int) -> list[int] | None:
        """Return the fewest accounts that one of the conditions leaves, or None: all leave many."""
        fewest, least = None, most
        for condition in self._conditions:
            if condition.driver:
                # Counted before they are taken, which is what takes time.
                query = f"SELECT count(*) FROM ({condition.driver} LIMIT ?)"
                (count,) = self._ids(query, (*condition.driver_values, least + 1))
                if count <= least:
                    fewest, least = condition, count
        if fewest is None:
            return None
        return list(self._ids(fewest.driver, fewest.driver_values))

    # -- lists ---------------------------------------------------------------------------------

    def listed(self, first: Condition | None) -> Generator[int, None, None]:
        """Yield all of the accounts by ID, those that meet `first` before the others."""
        if first is not None:
            yield from self._with_parts([], [first])
        yield from self._with_parts([])

    def by_column(
        self, column: str, words: str, limit: int, offset: int, *, descending: bool
    ) -> list[int]:
        """Return a window of the accounts that have the words, if any, sorted by a column."""
        where, values = self._where([having(words)] if words else [])
        way = " DESC" if descending else ""
        query = (
            f"SELECT account.id FROM account WHERE {where}"
            f" ORDER BY {column}{way}, account.id{way} LIMIT ? OFFSET ?"
        )
        return list(self._ids(query, (*values, limit, offset)))

    def by_domain(self, words: str, limit: int, offset: int, *, descending: bool) -> list[int]:
        """Return a window sorted by the primary domain; those without one come last."""
        where, values = self._where([having(words)] if words else [])
        joined = "" if where == _ALWAYS else " CROSS JOIN account ON account.id = account_id"
        way = " DESC" if descending else ""
        source = f"FROM domain INDEXED BY domain_name{joined} WHERE is_primary AND {where}"
        query = (
            f"SELECT account_id {source}"
            f" ORDER BY name_folded{way}, account_id{way} LIMIT ? OFFSET ?"
        )
        window = list(self._ids(query, (*values, limit, offset)))
        if len(window) < limit:
            with_domain = next(self._ids(f"SELECT count(*) {source}", values))
            without = (
                f"SELECT account.id FROM account WHERE {where} AND NOT EXISTS (SELECT 1"
                " FROM domain WHERE domain.account_id = account.id AND domain.is_primary)"
                " ORDER BY account.id LIMIT ? OFFSET ?"
            )
            bounds = (limit - len(window), max(0, offset - with_domain))
            window += self._ids(without, (*values, *bounds))
        return window

    # -- by rank -------------------------------------------------------------------------------

    def ranked(self, words: str, names: Sequence[str]) -> Generator[int, None, None]:
        """Yield the accounts that have the words, the best first; some more than once.

        That is: the one with this ID, then whose user name or one of whose domains is one of the
        `names`, those that start with the words, then of which any field does, then which have
        the words in it together, then each of them.
        """
        if self._are_few:
            yield from self._ranked_few(words, names)
            return
        if words.isascii() and words.isdigit() and len(words) <= _ACCOUNT_ID_DIGITS:
            yield from self._of_accounts("account.id = ?", (int(words),), "account.id")
        column = "account.username_folded"
        yield from self._of_accounts(f"{column} = ?", (words,), "account.id")
        # Another form of the name may be folded to what is the name of someone else.
        further = [having(words)] if len(names) > 1 else []
        exactly = "domain.name_folded IN (SELECT value FROM json_each(?))"
        yield from self._of_domains(exactly, (json.dumps(names),), "account.id", further)
        bounds = (words, words + _LAST)
        yield from self._of_accounts(f"{column} >= ? AND {column} < ?", bounds, column)
        column = "domain.name_folded"
        yield from self._of_domains(f"{column} >= ? AND {column} < ?", bounds, column)
        yield from self._having(words)

    def _having(self, words: str) -> Iterator[int]:
        """Yield the accounts that have the words: first those of which a field starts with them.

        Then those that have them together, and then each of them; each of these kinds by ID.
        """
        parts = words.split()
        first = parts if self._trigrams.expected(parts) < RARE else [words]
        # Closed whatever happens: with a query half read, an interrupted transaction cannot end.
        with closing(self._containing(first)) as source:
            found = list(islice(source, MANY))
            if len(found) < MANY:
                yield from self._sorted(found, words)
            else:
                yield from self._with_parts([f"\n{words}"], needed=True)
                if first != [words]:
                    yield from self._containing([words])
                yield from found
                yield from source
        if first != parts:
            yield from self._containing(parts)

    def _sorted(self, ids: Sequence[int], words: str) -> Iterator[int]:
        """Yield accounts in the order of `_having`, each kind by ID."""
        among = one_of(ids)
        return self._ids(
            f"SELECT account.id FROM account WHERE {among.sql}"
            f" ORDER BY NOT instr({_TEXT}, ?), NOT instr({_TEXT}, ?), account.id",
            (*among.values, f"\n{words}", words),
        )

    def _ranked_few(self, words: str, names: Sequence[str]) -> Iterator[int]:
        """Rank by one look at each of few accounts; the order is that of `ranked`."""
        where, values = self._where([having(words)])
        query = f"SELECT account.id, account.username_folded, {_TEXT} FROM account WHERE {where}"
        found = list(self._database.execute_sql(query, values))
        starting = [id_ for id_, _, text in found if f"\n{words}" in text or len(names) > 1]
        domains: dict[int, list[str]] = {}
        for id_, name in self._database.execute_sql(
            "SELECT account_id, name_folded FROM domain"
            " WHERE account_id IN (SELECT value FROM json_each(?))",
            (json.dumps(starting),),
        ):
            domains.setdefault(id_, []).append(name)
        ranks = [
            (*_rank(words, names, id_, username, sorted(domains.get(id_, ())), text), id_)
            for id_, username, text in found
        ]
        yield from (rank[-1] for rank in sorted(ranks))

    def _containing(self, parts: Sequence[str]) -> Generator[int, None, None]:
        """Yield the accounts that contain all of the parts, by ID."""
        if self._parts or any(len(part) >= TRIGRAM for part in parts):
            yield from self._with_parts(parts)
            return
        holding = [_holding(part) for part in parts]
        last: int | None = 0
        while last is not None:
            first, last = last, self._scanned_to(last)
            hits = 0
            for id_ in self._between(first, last, holding):
                hits += 1
                yield id_
            if last is not None and hits < COMMON * SCANNED:
                yield from self._with_parts(parts, after=last, needed=True)
                return

    def _scanned_to(self, after: int) -> int | None:
        """Return the last account of those to be looked at next, None if these are all."""
        query = "SELECT id FROM account WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?"
        return next(self._ids(query, (after, SCANNED - 1)), None)

    def _between(self, first: int, last: int | None, holding: Sequence[Condition]) -> Iterator[int]:
        bounds = Condition("account.id > ?", (first,))
        if last is not None:
            bounds = Condition("account.id > ? AND account.id <= ?", (first, last))
        where, values = self._where([bounds, *holding])
        yield from self._ids(
            f"SELECT account.id FROM account WHERE {where} ORDER BY account.id", values
        )

    # -- queries -------------------------------------------------------------------------------

    def _of_accounts(self, sql: str, values: tuple[object, ...], order: str) -> Iterator[int]:
        where, all_values = self._where([Condition(sql, values)])
        query = f"SELECT account.id FROM account WHERE {where} ORDER BY {order}, account.id"
        return self._ids(query, all_values)

    def _of_domains(
        self,
        sql: str,
        values: tuple[object, ...],
        order: str,
        further: Sequence[Condition] = (),
    ) -> Iterator[int]:
        where, all_values = self._where([*further, Condition(sql, values)])
        # Nothing but the index of the domains is read where there are no conditions.
        plain = not (further or self._conditions)
        joined = "" if plain else " JOIN account ON account.id = domain.account_id"
        return self._ids(
            f"SELECT domain.account_id FROM domain{joined} WHERE {where}"
            f" ORDER BY {order.replace('account.id', 'domain.account_id')}, domain.account_id",
            all_values,
        )

    def _with_parts(
        self,
        parts: Sequence[str],
        conditions: Sequence[Condition] = (),
        *,
        after: int = 0,
        needed: bool = False,
    ) -> Iterator[int]:
        """Yield by ID the accounts whose texts have the parts and that meet the conditions.

        Where all parts are short, they are sought in the index if it is `needed`.
        """
        plan: Plan | None = Plan()
        if not self._are_few:
            helpful = [item.part for item in (*self._conditions, *conditions) if item.part]
            plan = self._trigrams.plan([*parts, *helpful], needed=needed)
        if plan is None:
            return iter(())
        compared = [_holding(part) for part in parts if part not in plan.whole]
        where, values = self._where([*conditions, *compared])
        if not plan.asked:
            query = f"SELECT account.id FROM account WHERE {where} ORDER BY account.id"
            return self._ids(query, values)
        joined = " CROSS JOIN account ON account.id = account_fts.rowid"
        # Not said of all accounts: with a bound, the index takes half as long again.
        bound, bounds = (" AND account_fts.rowid > ?", (after,)) if after else ("", ())
        return self._ids(
            f"SELECT account_fts.rowid FROM account_fts{'' if where == _ALWAYS else joined}"
            f" WHERE account_fts MATCH ?{bound} AND {where} ORDER BY account_fts.rowid",
            (plan.asked, *bounds, *values),
        )

    def _where(self, further: Iterable[Condition]) -> tuple[str, tuple[object, ...]]:
        conditions = [*self._conditions, *further]
        values = tuple(value for condition in conditions for value in condition.values)
        return " AND ".join(condition.sql for condition in conditions) or _ALWAYS, values

    def _ids(self, query: str, values: Sequence[object]) -> Iterator[int]:
        """Yield the first column of the answer; a query of which not all is taken ends there."""
        with closing(self._database.execute_sql(query, values)) as cursor:
            for row in cursor:
                yield row[0]


_ALWAYS = "1"


def having(words: str) -> Condition:
    """Return the condition that an account has the words, together or each of them."""
    each = [_holding(word) for word in words.split()]
    together = _holding(words)
    sql = " AND ".join(condition.sql for condition in each)
    values = (value for condition in each for value in condition.values)
    return Condition(f"({together.sql} OR {sql})", (*together.values, *values))


def _holding(part: str) -> Condition:
    if part.strip().isascii() and part.strip().isdigit():
        return Condition("instr(account.search_text || account.id, ?)", (part,))
    return Condition("instr(account.search_text, ?)", (part,))


def one_of(ids: Sequence[int]) -> Condition:
    """Return the condition that an account is one of these."""
    return Condition("account.id IN (SELECT value FROM json_each(?))", (json.dumps(ids),))


def _rank(
    words: str, names: Sequence[str], id_: int, username: str, domains: Sequence[str], text: str
) -> tuple[int, str]:
    """Return how good a match is, and what orders those that are as good."""
    first_domain = next((name for name in domains if name.startswith(words)), "")
    # The best of the kinds that hold, in the order of the tiers.
    kinds = (
        (words == str(id_), ""),
        (username == words, ""),
        (any(name in names for name in domains), ""),
        (username.startswith(words), username),
        (bool(first_domain), first_domain),
        (f"\n{words}" in text, ""),
        (words in text, ""),
    )
    for rank, (holds, order) in enumerate(kinds):
        if holds:
            return rank, order
    return len(kinds), ""
