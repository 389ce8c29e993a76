"""Seeing an account's jobs as its customer does, from within the staff's panel."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from models.customer.desk import CustomerDesk
from models.desk_thread import DeskThread
from models.refusals import NotFound, Refused
from models.settings import Settings
from models.values import CustomerAccount, CustomerJob
from tui.desk_line import DeskLine
from tui.lower_frame.frame import LowerFrame
from tui.pane import Pane
from tui.support_center.job_pane import CustomerJobPane
from tui.support_center.jobs_pane import CustomerJobsPane


class Put(Protocol):
    """Shows a pane in the bottom frame."""

    async def __call__(self, pane: Pane, *steps: str) -> None:
        """Show `pane`; `steps` say where one is."""


@dataclass(frozen=True, slots=True)
class _Visit:
    """The jobs of an account, seen as its customer does: by which desk, and where Esc leads."""

    account: CustomerAccount
    desk: DeskLine[CustomerDesk]
    steps: tuple[str, ...]
    leave: Callable[[], Awaitable[object]]


class Visits:
    """Opens a customer's desk for one account at a time, and closes it again."""

    def __init__(
        self,
        path: Path,
        settings: Settings,
        frame: LowerFrame,
        put: Put,
        tell: Callable[[str], None],
    ) -> None:
        """Visit customers of the database `path`.

        Args:
            path: the database.
            settings: the company's.
            frame: where it is shown.
            put: shows a pane there.
            tell: says what is waited for.
        """
        self._path = path
        self._settings = settings
        self._frame = frame
        self._put = put
        self._tell = tell
        self._visit: _Visit | None = None

    @property
    def account(self) -> int | None:
        """The account that is being visited, if any."""
        return None if self._visit is None else self._visit.account.id

    async def begin(
        self, account_id: int, steps: tuple[str, ...], leave: Callable[[], Awaitable[object]]
    ) -> None:
        """Show an account's jobs as its customer sees them; `leave` is where Esc leads.

        Raises:
            NotFound: the account is closed.
        """
        path, settings = self._path, self._settings
        desk: DeskLine[CustomerDesk] = DeskLine(
            DeskThread(lambda: CustomerDesk.open(path, (account_id,), settings), "customer"),
            self._tell,
        )
        try:
            accounts = await desk.ask(lambda it: it.accounts())
            if not accounts:
                raise NotFound(f"There is no open account {account_id}.")
        except Refused:
            await desk.close()
            raise
        await self.end()
        self._visit = _Visit(accounts[0], desk, steps, leave)
        await self._show_jobs(self._visit)

    async def end(self) -> None:
        """Close the customer's desk, if one is open."""
        if self._visit is not None:
            visit, self._visit = self._visit, None
            await visit.desk.close()

    async def go_back(self) -> None:
        """Go from a job to the list, and from the list to where the visit began."""
        if self._visit is None:
            return
        if isinstance(self._frame.pane, CustomerJobPane):
            await self._show_jobs(self._visit)
        else:
            await self._visit.leave()

    async def show_job(self, job: CustomerJob) -> None:
        """Show a job."""
        if self._visit is not None:
            await self._put(CustomerJobPane(self._visit.desk, job), *_way(self._visit, job))

    def name_job(self, job: CustomerJob) -> None:
        """Name the place by the job as it was read again."""
        if self._visit is not None and isinstance(self._frame.pane, CustomerJobPane):
            self._frame.name_place(*_way(self._visit, job))

    async def _show_jobs(self, visit: _Visit) -> None:
        account = visit.account
        pane = CustomerJobsPane(visit.desk, account)
        place = f"{account.id} {account.username}"
        await self._put(pane, *visit.steps, "Support Center", "Custom Jobs", place)


def _way(visit: _Visit, job: CustomerJob) -> tuple[str, ...]:
    return *(visit.steps or ("Support Center",)), f"#{job.id} {job.description}"
