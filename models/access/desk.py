"""The operator's desk: granting access by a key, and taking it away."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from models.access.grants import Grant, grants, in_effect
from models.access.public_key import PublicKey
from models.opening import open_for_staff
from models.refusals import BadInput, NotAllowed, NotFound
from models.settings import Settings
from models.staff.session import Actor, StaffSession
from models.tables import Access, AccessAccount, Account, rows
from models.text import quoted
from models.values import AccountStatus, EventKind

_LOGIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,63}")
"""Names of people that need no quotes in any command line."""


class AccessDesk:
    """Grants and removes access by SSH keys; every change is one transaction with its history.

    It belongs to whoever runs the hosting company's server: neither a panel nor a person who came
    in by a key has a way to it.
    """

    def __init__(self, session: StaffSession) -> None:
        """Work on the connection of `session`, which belongs to the hosting company."""
        self._session = session

    @classmethod
    @contextmanager
    def open(cls, path: Path, actor: Actor, settings: Settings) -> Iterator["AccessDesk"]:
        """Hold a desk on the database `path`; see `open_for_staff` for the refusals."""
        with closing(open_for_staff(path)) as database:
            yield cls(StaffSession(database, actor, None, settings))

    def add_staff(
        self, login: str, key: PublicKey, reseller: int | None = None, display_name: str = ""
    ) -> Grant:
        """Let a person into the staff's panel, as the staff of `reseller` where one is named.

        Raises:
            BadInput: the login is no plain name.
            NotFound: `reseller` is no reseller's account that is open.
            NotAllowed: the key opens something already, or the person was switched off.
        """
        if not _LOGIN.fullmatch(login):
            raise BadInput(
                f"{quoted(login)} is no name for a login: use up to 64 letters, digits and "
                "._@+- such as anna."
            )
        with self._session.writing():
            if reseller is not None:
                self._require_reseller(reseller)
            staff = StaffSession(
                self._session.database,
                Actor(login, display_name),
                reseller,
                self._session.settings,
            ).acting_staff()
            grant = self._insert(key, staff)
            after = {"login": login, "reseller": reseller or "", **_named(grant, key)}
            self._session.record(EventKind.ACCESS_ADDED, record=grant, after=after)
            return self._read(grant)

    def add_customer(self, accounts: Sequence[int], key: PublicKey) -> Grant:
        """Let a customer into the Support Center of these accounts, and of no other.

        Raises:
            NotFound: one of the accounts does not exist or is closed.
            NotAllowed: the key opens something already.
        """
        wanted = tuple(dict.fromkeys(accounts))
        with self._session.writing():
            for account in wanted:
                self._require_open(account)
            grant = self._insert(key, None)
            AccessAccount.insert_many(
                [{"access": grant, "account": account} for account in wanted]
            ).execute()
            for account in wanted:
                self._session.record(
                    EventKind.ACCESS_ADDED, account=account, record=grant, after=_named(grant, key)
                )
            return self._read(grant)

    def remove(self, grant_id: int) -> Grant:
        """Take an access away: its key opens nothing any more, and its sessions end.

        Raises:
            NotFound: no such access, or it was removed already.
        """
        with self._session.writing():
            grant = self._read(grant_id)
            Access.update(removed_at=self._session.clock()).where(Access.id == grant_id).execute()
            before = _named(grant_id, grant.key) | ({"login": grant.staff} if grant.staff else {})
            for account in grant.accounts or (None,):
                self._session.record(
                    EventKind.ACCESS_REMOVED, account=account, record=grant_id, before=before
                )
            return grant

    def in_force(self, account: int | None = None) -> list[Grant]:
        """Return all grants that were not removed, of one account or of all."""
        with self._session.reading():
            wanted = Access.removed_at.is_null()
            if account is not None:
                of_account = AccessAccount.select(AccessAccount.access).where(
                    AccessAccount.account == account
                )
                wanted &= Access.id.in_(of_account)
            return grants(wanted)

    def in_effect(self) -> list[Grant]:
        """Return all grants that open something right now, with what they open."""
        with self._session.reading():
            return grants(in_effect(), with_closed=False)

    def _insert(self, key: PublicKey, staff: int | None) -> int:
        taken = rows(
            Access.select(Access.id).where(Access.key == key.base64, Access.removed_at.is_null())
        )
        if taken:
            raise NotAllowed(
                f"This key is access {taken[0][0]} already: remove that first, or use another key."
            )
        return int(
            Access.insert(
                staff=staff,
                key_type=key.kind,
                key=key.base64,
                comment=key.comment,
                created_at=self._session.clock(),
            ).execute()
        )

    def _read(self, grant_id: int) -> Grant:
        found = grants((Access.id == grant_id) & Access.removed_at.is_null())
        if not found:
            raise NotFound(f"There is no access {grant_id}.")
        return found[0]

    def _require_open(self, account: int) -> None:
        is_open = (Account.id == account) & (Account.status != AccountStatus.CLOSED.value)
        if not Account.select().where(is_open).exists():
            raise NotFound(f"There is no open account {account}.")

    def _require_reseller(self, account: int) -> None:
        is_reseller = (
            (Account.id == account)
            & Account.is_reseller
            & (Account.status != AccountStatus.CLOSED.value)
        )
        if not Account.select().where(is_reseller).exists():
            raise NotFound(f"There is no reseller {account}.")


def _named(grant_id: int, key: PublicKey) -> dict[str, object]:
    return {"access": grant_id, "fingerprint": key.fingerprint, "comment": key.comment}
