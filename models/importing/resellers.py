"""Whose customer each account is, once the file is imported.

An account whose reseller is not known for certain is refused: it would otherwise be looked after
by the wrong people.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from models.importing.account_list import AccountList
from models.importing.records import Record
from models.importing.stored import Chained, Identity, accounts_by_name, chunks, resellers_and
from models.sqlite.database import PanelDatabase
from models.text import quoted

Target = str | int
"""A reseller: its key, if it is in the file, else its Account ID."""

_NAMED = """
    CREATE TABLE staging.named (name TEXT PRIMARY KEY, target_key TEXT, target_id INTEGER,
        level INTEGER NOT NULL) WITHOUT ROWID
"""
_NAMED_TARGET = "CREATE INDEX staging.named_target ON named(target_key)"
"""`named` says whom a reseller's name in the file means: the account with a key in the file, or
that with an ID; and how many resellers stand above who names it."""


_NAMES = "SELECT DISTINCT reseller FROM staged WHERE reseller <> ''"
_LONGEST_ID = 18
"""Digits that surely fit into the database's integers."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Why a reseller's name does not lead to an account."""

    reason: str


@dataclass(frozen=True, slots=True)
class Resellers:
    """The resellers of the accounts in a file."""

    named: dict[str, Target]
    """By the names that the file has for them."""
    themselves: set[str]
    """Keys of accounts in the file that are resellers, since one of these names means them."""

    def of(self, record: Record) -> Target | None:
        """Return the reseller that an account names; None if it names none, or itself."""
        target = self.named[record.reseller] if record.reseller else None
        return None if target == record.key else target


def skipped_reseller(name: str) -> str:
    """Return why the customers of an account that is left out are left out as well."""
    return f"Its reseller {quoted(name)} was skipped: mend that one first."


class ResellerSearch:
    """Finds the reseller that each account of a file names, in the file or in the database."""

    def __init__(self, database: PanelDatabase, accounts: AccountList, identity: Identity) -> None:
        """Search for the resellers of the staged accounts, which are of one source."""
        self._database = database
        self._accounts = accounts
        self._identity = identity
        self.refused_keys: set[str] = set()
        """Keys of the accounts that were left out."""

    def run(self) -> Resellers:
        """Return who belongs to whom; accounts for which nobody can tell are left out.

        Reads the database, and writes down in the table `named` what it found.
        """
        self._database.execute_sql(_NAMED)
        self._database.execute_sql(_NAMED_TARGET)
        names = {name for (name,) in self._database.execute_sql(_NAMES)}
        found = self._find(names)
        named = {name: it for name, it in found.items() if not isinstance(it, Unresolved)}
        above = self._chains(named)
        levels, circles = _levels(above)
        for name, target in found.items():
            if isinstance(target, Unresolved):
                self._refuse("reseller <> '' AND reseller", name, target.reason)
        for circle in circles:
            self._refuse_circle(circle)
        self._database.connection().executemany(
            "INSERT INTO named VALUES (?, ?, ?, ?)",
            [
                (name, *_key_or_id(target), levels.get(target, 0) + 1)
                for name, target in named.items()
            ],
        )
        return Resellers(named, {it for it in named.values() if isinstance(it, str)})

    def _find(self, names: set[str]) -> dict[str, Target | Unresolved]:
        """Return whom each of the names means: as a key, as a user name, as an Account ID."""
        found: dict[str, Target | Unresolved] = {
            name: name for (name,) in self._staged("key", "key", names)
        }
        missing = names - found.keys()
        if missing:
            self._database.execute_sql("CREATE INDEX staging.staged_username ON staged(username)")
        usernames = defaultdict(list)
        for username, key in self._staged("username, key", "username", missing):
            usernames[username].append(key)
        stored_keys, stored_usernames = accounts_by_name(self._database, self._identity, missing)
        by_id = self._find_ids(missing) if self._accounts.knows_account_ids else {}
        for name in missing:
            strangers = [id_ for id_, key in stored_usernames[name] if not self._is_in_file(key)]
            candidates: list[list[Target]] = [
                [stored_keys[name]] if name in stored_keys else [],
                [*usernames[name]],
                [*strangers],
                [by_id[name]] if name in by_id else [],
            ]
            found[name] = self._decided(name, next(filter(None, candidates), []))
        return found

    def _decided(self, name: str, candidates: list[Target]) -> Target | Unresolved:
        if name in self._accounts.refused_names:
            return Unresolved(skipped_reseller(name))
        if not candidates:
            return Unresolved(
                f"Its reseller {quoted(name)} is not known here: import that account first, "
                "or both in one file."
            )
        if len(candidates) > 1:
            return Unresolved(
                f"{len(candidates)} accounts have the user name {quoted(name)} of its reseller: "
                "name it by its key."
            )
        return candidates[0]

    def _is_in_file(self, key: str) -> bool:
        return key in self._accounts.refused_names or self._is_staged(key)

    def _is_staged(self, key: str) -> bool:
        return bool(self._staged("key", "key", [key]))

    def _find_ids(self, names: Iterable[str]) -> dict[str, Target]:
        """Return whom digits mean as an Account ID: one in the file, else a reseller here.

        Another account's ID would be a coincidence, such as with a number in the other system.
        """
        digits = (name for name in names if name.isdecimal() and name.isascii())
        numbers = {name: int(name) for name in digits if len(name) <= _LONGEST_ID}
        wanted = dict(self._staged("wanted_id, key", "wanted_id", numbers.values()))
        stored = resellers_and(())
        found: dict[str, Target] = {}
        for name, account_id in numbers.items():
            if account_id in wanted:
                found[name] = wanted[account_id]
            elif account_id in stored:
                found[name] = self._target(account_id, stored[account_id])
        return found

    def _target(self, account_id: int, account: Chained) -> Target:
        in_file = account.identity == self._identity and self._is_staged(account.key)
        return account.key if in_file else account_id

    def _chains(self, named: dict[str, Target]) -> dict[Target, Target]:
        """Return who stands above each account that stands above another one, if anybody does."""
        targets = set(named.values())
        stored = self._stored_chains(targets)
        keys = {it for it in (*targets, *stored.values()) if isinstance(it, str)}
        in_file = {
            key: named[reseller]
            for key, reseller in self._staged("key, reseller", "key", keys)
            if reseller in named and named[reseller] != key
        }
        return stored | in_file

    def _stored_chains(self, targets: set[Target]) -> dict[Target, Target]:
        """Return the stored resellers of all resellers, where the file does not say otherwise."""
        silent = self._silent(targets)
        new = [it for it in targets if isinstance(it, int)]
        new += accounts_by_name(self._database, self._identity, silent)[0].values()
        stored = resellers_and(new)
        known = {id_: self._target(id_, account) for id_, account in stored.items()}
        silent |= self._silent(set(known.values()))
        return {
            known[id_]: known[account.reseller]
            for id_, account in stored.items()
            if account.reseller in known and (isinstance(known[id_], int) or known[id_] in silent)
        }

    def _silent(self, targets: set[Target]) -> set[str]:
        """Return the keys of which the file does not say whose customer they are."""
        keys = (it for it in targets if isinstance(it, str))
        staged = self._staged("key, reseller", "key", keys)
        return {key for key, reseller in staged if reseller is None}

    def _refuse_circle(self, circle: list[Target]) -> None:
        names = " → ".join(quoted(str(node)) for node in [*circle, circle[0]][:6])
        reason = f"The resellers go round in a circle, {names}: give one of them no reseller."
        for node in circle:
            if isinstance(node, str) and node not in self._silent({node}):
                self._refuse("key", node, reason)

    def _refuse(self, column: str, value: str, reason: str) -> None:
        for place, key, username in self._staged("place, key, username", column, [value]):
            self._accounts.leave_out(place, reason, [key, username])
            self.refused_keys.add(key)

    def _staged(
        self, columns: str, column: str, values: Iterable[str | int]
    ) -> list[tuple[Any, ...]]:
        """Return columns of the staged accounts that have one of the values in a column."""
        return [
            row
            for chunk in chunks(values)
            for row in self._database.execute_sql(
                f"SELECT {columns} FROM staged WHERE {column} IN ({', '.join('?' * len(chunk))})",
                chunk,
            )
        ]


def _key_or_id(target: Target) -> tuple[str | None, int | None]:
    return (target, None) if isinstance(target, str) else (None, target)


def _levels(above: Mapping[Target, Target]) -> tuple[dict[Target, int], list[list[Target]]]:
    """Count who stands above whom; return that, and those who stand above themselves."""
    levels: dict[Target, int] = {}
    circles = []
    for start in above:
        path: dict[Target, None] = {}
        at = start
        while at in above and at not in levels and at not in path:
            path[at] = None
            at = above[at]
        climbed = list(path)
        if at in path:
            circles.append(climbed[climbed.index(at) :])
        level = levels.get(at, 0)
        for node in reversed(climbed):
            level += 1
            levels[node] = level
    return levels, circles
