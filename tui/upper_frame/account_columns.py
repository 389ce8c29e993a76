"""The columns of the accounts that Search lists, and what is marked in them."""

from collections.abc import Callable
from typing import TypeAlias

from models.search_query import SearchQuery
from models.values import AccountRow, AccountStatus
from tui.upper_frame.marked import marked, marked_found
from tui.widgets.list_columns import Column, Marked, place
from tui.widgets.list_drawing import MARK_CELLS

_TONES = {AccountStatus.SUSPENDED: "warning", AccountStatus.CLOSED: "muted"}

_DOMAIN = "domain"
"""What `Found.where` says of a further domain of an account."""

SCROLLBAR_CELLS = 1
"""Cells that a list keeps free for its scrollbar."""

_Cell: TypeAlias = Callable[[AccountRow], Marked]


class AccountColumns:
    """The cells of accounts that a query finds, with the part that was sought marked.

    Where what was found is in none of the columns it takes the place of the nearest one, and says
    what it is: a further domain that of the primary one, all else that of the customer.
    """

    def __init__(self, *, resellers: bool) -> None:
        """Lay out the columns.

        Args:
            resellers: whether the rows say whose customers they are.
        """
        self.query: SearchQuery | None = None
        """What was sought when the rows in the list were found."""
        self._of_customer = self._column("Customer", self._customer, 14, 2, priority=4)
        columns = [
            self._column("ID", self._id, 7, priority=9, is_link=True),
            self._column("User", self._user, 9, 1, priority=8),
            self._column("Domain", self._domain, 14, 2, priority=7),
            self._of_customer,
            self._column("Plan", self._plan, 8, 1, priority=2),
            Column(
                "Status",
                lambda row: row.status.value,
                9,
                priority=5,
                style=lambda row: _TONES.get(row.status),
                sort="status",
            ),
        ]
        if resellers:
            columns.append(Column("Reseller", _reseller, 8, priority=6, sort="reseller"))
        self.columns = tuple(columns)
        self._shows_customer = True

    def fit(self, width: int) -> None:
        """Know which columns fit into a list of `width` cells."""
        room = width - MARK_CELLS - SCROLLBAR_CELLS
        shown = (placed.column for placed in place(self.columns, room))
        self._shows_customer = self._of_customer in shown

    def _column(
        self,
        title: str,
        cell: _Cell,
        width: int,
        weight: int = 0,
        *,
        priority: int,
        is_link: bool = False,
    ) -> Column[AccountRow]:
        return Column(
            title,
            cell,
            width,
            weight,
            priority=priority,
            is_link=is_link,
            sort=title.lower(),
        )

    def _id(self, row: AccountRow) -> Marked:
        text = str(row.id)
        # Found by the whole number alone, so a part of it was not what was sought.
        is_sought = self.query is not None and self.query.words == text
        return Marked(text, ((0, len(text)),) if is_sought else ())

    def _user(self, row: AccountRow) -> Marked:
        return marked(row.username, self.query, "user")

    def _domain(self, row: AccountRow) -> Marked:
        if row.found is not None and row.found.where == _DOMAIN:
            return marked(row.found.text, self.query, "domain")
        domain = marked(row.domain, self.query, "domain")
        if self._shows_customer or (row.found is None and self._is_marked(row, domain)):
            return domain
        customer = self._customer(row)
        return customer if customer.marks else domain

    def _is_marked(self, row: AccountRow, domain: Marked) -> bool:
        return bool(domain.marks or self._user(row).marks or self._id(row).marks)

    def _customer(self, row: AccountRow) -> Marked:
        if row.found is not None and row.found.where != _DOMAIN:
            return marked_found(row.found, self.query)
        return marked(row.company or row.person, self.query)

    def _plan(self, row: AccountRow) -> Marked:
        return marked(row.plan, self.query, "plan")


def _reseller(row: AccountRow) -> str:
    return str(row.reseller or "")
