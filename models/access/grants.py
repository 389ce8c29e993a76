"""Access that was granted: what a key opens, as it stands in the database."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peewee import Expression, ModelSelect, fn

from models.access.public_key import PublicKey
from models.opening import explained, open_read_only
from models.tables import Access, AccessAccount, Account, Staff, bound, rows
from models.values import AccountStatus


@dataclass(frozen=True, slots=True)
class Grant:
    """What one key opens: the panel for `staff`, or else the Support Center of `accounts`.

    `reseller` is the reseller's account for which the person works, None for the hosting company.
    """

    id: int
    key: PublicKey
    staff: str
    reseller: int | None
    accounts: tuple[int, ...]
    created: int


def grant_of_key(path: Path, key: PublicKey) -> Grant | None:
    """Return what a key opens right now, or None; reads the database `path` and no more.

    Accounts that are closed are left out; a key without any account left, of a person who was
    switched off, or of the staff of a reseller whose account is closed, opens nothing.
    """
    database = open_read_only(path)
    try:
        with explained(path), bound(database), database.atomic("DEFERRED"):
            in_force = (Access.key == key.base64) & (Access.key_type == key.kind) & in_effect()
            return next(iter(grants(in_force, with_closed=False)), None)
    finally:
        database.close()


def in_effect() -> Expression:
    """Return the condition for grants that open something right now."""
    reseller = Account.alias()
    at_work = (
        Staff.select()
        .left_outer_join(reseller, on=(Staff.provider == reseller.id))
        .where(
            Staff.id == Access.staff,
            Staff.active,
            Staff.provider.is_null() | (reseller.status != AccountStatus.CLOSED.value),
        )
    )
    with_account = (
        AccessAccount.select()
        .join(Account, on=(AccessAccount.account == Account.id))
        .where(AccessAccount.access == Access.id, Account.status != AccountStatus.CLOSED.value)
    )
    condition: Expression = Access.removed_at.is_null() & (
        fn.EXISTS(at_work) | fn.EXISTS(with_account)
    )
    return condition


def grants(condition: Expression, *, with_closed: bool = True) -> list[Grant]:
    """Return grants by number, with their accounts; `with_closed` names closed accounts, too."""
    chosen = (
        Access.select(
            Access.id,
            Access.key_type,
            Access.key,
            Access.comment,
            Staff.login,
            Staff.provider,
            Access.created_at,
        )
        .left_outer_join(Staff, on=(Access.staff == Staff.id))
        .where(condition)
        .order_by(Access.id)
    )
    found = rows(chosen)
    accounts = _accounts_of(Access.select(Access.id).where(condition), with_closed)
    return [_grant(row, accounts.get(row[0], ())) for row in found]


def _accounts_of(chosen: "ModelSelect[Access]", with_closed: bool) -> dict[int, tuple[int, ...]]:
    named: ModelSelect[AccessAccount] = AccessAccount.select(
        AccessAccount.access, AccessAccount.account
    )
    if not with_closed:
        named = named.join(Account).where(Account.status != AccountStatus.CLOSED.value)
    accounts: dict[int, tuple[int, ...]] = {}
    of_these = named.where(AccessAccount.access.in_(chosen)).order_by(AccessAccount.account)
    for access, account in rows(of_these):
        accounts[access] = (*accounts.get(access, ()), account)
    return accounts


def _grant(row: tuple[Any, ...], accounts: tuple[int, ...]) -> Grant:
    id_, kind, key, comment, login, provider, created = row
    return Grant(
        id=id_,
        key=PublicKey(kind, key, comment),
        staff=login or "",
        reseller=provider,
        accounts=accounts,
        created=created,
    )
