"""What tests of several parts of the program share."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import settings

from models.search_text import search_text
from models.staff.desk import StaffDesk
from models.tables import Account, Domain
from models.text import fold, fold_domain

# A clock says nothing about a rule, and much about what else the machine is doing.
settings.register_profile("no-clock", deadline=None)
settings.load_profile("no-clock")


@pytest.fixture
def add_account() -> Callable[..., int]:
    """Returns `add_account(desk, username, domains=(), **columns)`, which returns the ID."""
    return insert_account


def insert_account(
    desk: StaffDesk, username: str, domains: Sequence[str] = (), **columns: object
) -> int:
    """Add an account as an import does; the first of `domains` is the primary one."""
    searched = {name: str(columns.get(name, "")) for name in ("person", "company", "email")}
    given = {"currency": "USD"} | columns
    with desk.session.writing():
        account_id = int(
            Account.insert(
                username=username,
                username_folded=fold(username),
                search_text=search_text(username, domains, **searched),
                **given,
            ).execute()
        )
        for position, name in enumerate(domains):
            Domain.insert(
                account=account_id,
                name=name,
                name_folded=fold_domain(name)[0],
                is_primary=position == 0,
            ).execute()
    return account_id
