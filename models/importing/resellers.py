"""Whose customer each account is, once the file is imported.

An account whose reseller is not known for certain is refused: it would otherwise be looked after
by the wrong people.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from models.importing.records import AccountList, Record
from models.importing.stored import Chained, Identity, accounts_by_name, resellers_and
from models.text import quoted

Target = str | int
"""A reseller: its key, if it is in the file, else its Account ID."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Why a reseller's name does not lead to an account."""

    reason: str


@dataclass(slots=True)
class Resellers:
    """The resellers of the accounts in a file."""

    of: dict[str, Target] = field(default_factory=dict)
    """By an account's key; an account that is not in here has none, or keeps the one it has."""
    levels: dict[str, int] = field(default_factory=dict)
    """How many resellers of the same file stand above an account, if any does."""
    themselves: set[str] = field(default_factory=set)
    """Keys of accounts that are resellers, by their own word or by that of their customers."""


class ResellerSearch:
    """Finds the reseller that each account of a file names, in the file or in the database."""

    def __init__(self, accounts: AccountList, identity: Identity) -> None:
        """Search for the resellers of accounts of one source."""
        self._accounts = accounts
        self._identity = identity
        self._keys = {record.key: record for record in accounts.records}
        self._wanted_ids = {
            record.wanted_id: record.key for record in accounts.records if record.wanted_id
        }

    def run(self) -> Resellers:
        """Return who belongs to whom; accounts for which nobody can tell are refused.

        Reads the database.
        """
        resellers = Resellers()
        found = self._find({record.reseller for record in self._keys.values() if record.reseller})
        for record in self._keys.values():
            if not record.reseller:
                continue
            target = found[record.reseller]
            if isinstance(target, Unresolved):
                self._refuse(record, target.reason)
            elif target == record.key:
                resellers.themselves.add(record.key)
            else:
                resellers.of[record.key] = target
        self._order(resellers)
        resellers.themselves.update(
            target for target in resellers.of.values() if isinstance(target, str)
        )
        return resellers

    def _refuse(self, record: Record, reason: str) -> None:
        self._accounts.refuse(record.place, reason, [record.key, record.username])

    def _find(self, names: set[str]) -> dict[str, Target | Unresolved]:
        """Return whom each of the names means: as a key, as a user name, as an Account ID."""
        found: dict[str, Target | Unresolved] = {name: name for name in names if name in self._keys}
        missing = names - found.keys()
        usernames = defaultdict(list)
        for record in self._keys.values():
            if record.username in missing:
                usernames[record.username].append(record.key)
        stored_keys, stored_usernames = accounts_by_name(self._identity, missing)
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
            return Unresolved(f"Its reseller {quoted(name)} was skipped: mend that one first.")
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
        return key in self._keys or key in self._accounts.refused_names

    def _find_ids(self, names: Iterable[str]) -> dict[str, Target]:
        """Return whom digits mean as an Account ID: one in the file, else a reseller here.

        Another account's ID would be a coincidence, such as with a number in the other system.
        """
        stored = resellers_and(())
        found: dict[str, Target] = {}
        for name in names:
            account_id = int(name) if name.isdecimal() and name.isascii() else 0
            if account_id in self._wanted_ids:
                found[name] = self._wanted_ids[account_id]
            elif account_id in stored:
                found[name] = self._target(account_id, stored[account_id])
        return found

    def _target(self, account_id: int, account: Chained) -> Target:
        in_file = account.identity == self._identity and account.key in self._keys
        return account.key if in_file else account_id

    def _order(self, resellers: Resellers) -> None:
        """Count who stands above whom, and refuse accounts that would stand above themselves."""
        above = self._stored_chains(set(resellers.of.values())) | resellers.of
        levels: dict[Target, int] = {}
        for start in list(resellers.of):
            path: dict[Target, None] = {}
            at: Target = start
            while at in above and at not in levels and at not in path:
                path[at] = None
                at = above[at]
            climbed = list(path)
            if at in path:
                self._refuse_circle(climbed[climbed.index(at) :], resellers)
            level = levels.get(at, 0)
            for node in reversed(climbed):
                level += 1
                levels[node] = level
        resellers.levels = {key: level for key, level in levels.items() if isinstance(key, str)}

    def _stored_chains(self, named: set[Target]) -> dict[Target, Target]:
        """Return the stored resellers of all resellers, where the file does not say otherwise."""
        keys = [target for target in named if isinstance(target, str) and not self._says(target)]
        new = [target for target in named if isinstance(target, int)]
        new += accounts_by_name(self._identity, keys)[0].values()
        stored = resellers_and(new)
        targets = {id_: self._target(id_, account) for id_, account in stored.items()}
        return {
            targets[id_]: targets[account.reseller]
            for id_, account in stored.items()
            if account.reseller in targets and not self._says(targets[id_])
        }

    def _says(self, target: Target) -> bool:
        return isinstance(target, str) and self._keys[target].reseller is not None

    def _refuse_circle(self, circle: list[Target], resellers: Resellers) -> None:
        names = " → ".join(quoted(str(node)) for node in [*circle, circle[0]][:6])
        for node in circle:
            if isinstance(node, str) and resellers.of.pop(node, None) is not None:
                self._refuse(
                    self._keys[node],
                    f"The resellers go round in a circle, {names}: give one of them no reseller.",
                )
