"""Which accounts a person opened last, by whom Search begins.

It lies in the file of kept drafts, beside the database, so that opening an account wakes none of
those who watch the database. The order is that in which accounts were opened, not that of a clock,
which may be turned back.
"""

from collections.abc import Callable
from typing import Any, Final

from models.sqlite.database import PanelDatabase

KEPT: Final = 50
"""Accounts that are remembered of each person; older ones are forgotten."""

_PERSON = "login = ? AND provider IS ?"


class RecentAccounts:
    """The accounts that one person opened last, in all sessions; used by one thread at a time.

    Every operation may raise what `work` raises, after which the next one tries anew.
    """

    def __init__(
        self,
        work: Callable[[Callable[[PanelDatabase], Any]], Any],
        login: str,
        provider: int | None,
    ) -> None:
        """Remember the accounts of a person.

        Args:
            work: runs an operation on the connection to the file.
            login: who opens accounts.
            provider: for whom this person works; None is the hosting company.
        """
        self._work = work
        self._person = (login, provider)

    def opened(self, account: int) -> None:
        """Put an account first; the same again is not written again."""
        self._work(lambda database: self._put_first(database, account))

    def newest(self) -> tuple[int, ...]:
        """Return at most `KEPT` accounts, the one opened last first."""
        found: list[int] = self._work(self._read)
        return tuple(found)

    def _put_first(self, database: PanelDatabase, account: int) -> None:
        if self._read(database)[:1] == [account]:
            return
        with database.atomic():
            database.execute_sql(
                "INSERT OR REPLACE INTO recent_account (login, provider, account) VALUES (?, ?, ?)",
                (*self._person, account),
            )
            database.execute_sql(
                f"DELETE FROM recent_account WHERE {_PERSON} AND turn NOT IN (SELECT turn "
                f"FROM recent_account WHERE {_PERSON} ORDER BY turn DESC LIMIT {KEPT})",
                (*self._person, *self._person),
            )

    def _read(self, database: PanelDatabase) -> list[int]:
        rows = database.execute_sql(
            f"SELECT account FROM recent_account WHERE {_PERSON} ORDER BY turn DESC LIMIT {KEPT}",
            self._person,
        )
        return [account for (account,) in rows]
