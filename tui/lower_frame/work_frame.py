"""The staff's bottom frame: which pane is shown, how one gets there and back."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from textual import getters, on
from textual.message import Message

from models.refusals import NotFound, Refused
from models.settings import Settings
from models.staff.desk import StaffDesk
from models.values import Account, Job, TaskDefaults
from tui.desk_line import DeskLine
from tui.lower_frame.frame import LowerFrame
from tui.lower_frame.history_pane import HistoryPane
from tui.lower_frame.job_pane import JobPane
from tui.lower_frame.jobs_pane import JobsPane
from tui.lower_frame.pane import StaffPane
from tui.pane import Pane
from tui.panel import Panel
from tui.support_center.job_pane import CustomerJobPane
from tui.support_center.jobs_pane import CustomerJobsPane
from tui.visits import Visits


class WorkFrame(LowerFrame):
    """Shows the jobs, one job or the history of the account that was opened above it."""

    panel = getters.app(Panel)

    class Emptied(Message):
        """There is nothing to go back to in this frame: work goes on in Search."""

    def __init__(
        self,
        desk: DeskLine[StaffDesk],
        path: Path,
        settings: Settings,
        welcome: str,
        tell: Callable[[str], None],
    ) -> None:
        """Work with `desk`.

        Args:
            desk: the desk of the person who works here.
            path: the database, for a customer's connection.
            settings: the company's.
            welcome: how to begin.
            tell: says what is waited for.
        """
        super().__init__(welcome)
        self._desk = desk
        self.account: Account | None = None
        self.visits = Visits(path, settings, self, self._put, tell)
        self._show_again: Callable[[], Awaitable[object]] = self.begin

    # -- what is shown ---------------------------------------------------------------------------

    async def open(self, account: Account, defaults: TaskDefaults) -> None:
        """Show the jobs of an account that was just opened."""
        self.account = account
        await self._put_jobs(account, defaults)

    async def lose(self, account: Account) -> None:
        """Leave an account that is out of reach, as after a move to another reseller."""
        self.account = None
        self._show_again = self.begin
        if self.visits.account in (None, account.id):
            await self.begin()

    async def begin(self) -> None:
        """Show how to begin."""
        await self.clear()
        await self.visits.end()
        self.post_message(self.Emptied())

    def refresh_data(self) -> None:
        """Show what others changed."""
        if self.pane is not None:
            self.pane.refresh_data()

    async def may_be_left(self) -> bool:
        """Ask, if a form holds text that is not saved, whether it may be thrown away."""
        return not isinstance(self.pane, StaffPane) or await self.pane.may_be_left()

    async def _put(
        self, pane: Pane, *steps: str, again: Callable[[], Awaitable[object]] | None = None
    ) -> None:
        """Show a pane; `again` shows the same later, where that is not up to a visit."""
        await self.put(pane, *steps)
        pane.focus_first()
        if again is not None:
            self._show_again = again
            await self.visits.end()

    # -- jobs ------------------------------------------------------------------------------------

    async def show_jobs(self, account: Account) -> None:
        """Show the account's jobs."""
        account_id = account.id
        try:
            defaults = await self._desk.ask(
                lambda desk: desk.tasks.defaults_for_account(account_id)
            )
        except Refused as error:
            self._say(error)
            return
        await self._put_jobs(account, defaults)

    async def _put_jobs(self, account: Account, defaults: TaskDefaults) -> None:
        await self._put(
            JobsPane(self._desk, account, defaults),
            "Custom Jobs",
            _name(account),
            again=partial(self.show_jobs, account),
        )

    @on(JobsPane.JobChosen)
    def _job_chosen(self, event: JobsPane.JobChosen) -> None:
        async def go() -> None:
            if await self.may_be_left():
                await self.show_job(event.job_id)

        self.panel.follow(go)

    async def show_job(self, job_id: int) -> bool:
        """Show a job, unless it cannot be read; return whether it is shown."""
        try:
            job, defaults = await self._desk.ask(
                lambda desk: (desk.jobs.get(job_id), desk.tasks.defaults(job_id))
            )
        except Refused as error:
            self._say(error)
            return False
        await self._put(
            JobPane(self._desk, job, defaults),
            *self._way_to(job),
            again=partial(self._show_job_or_jobs, job_id),
        )
        return True

    async def _show_job_or_jobs(self, job_id: int) -> None:
        """Show a job, or the account's jobs if it is not there any more."""
        if not await self.show_job(job_id) and self.account is not None:
            await self.show_jobs(self.account)

    def _way_to(self, job: Job) -> tuple[str, ...]:
        account = self.account
        is_open = account is not None and account.id == job.account
        name = _name(account) if account is not None and is_open else str(job.account)
        return "Custom Jobs", name, f"#{job.id} {job.description}"

    @on(JobPane.Renamed)
    def _job_renamed(self, event: JobPane.Renamed) -> None:
        self.name_place(*self._way_to(event.job))

    # -- the history -----------------------------------------------------------------------------

    async def show_account_history(self, account: Account) -> None:
        """Show what happened to an account and its jobs."""
        account_id = account.id
        pane = HistoryPane(
            self._desk,
            lambda offset, limit: self._desk.ask(
                lambda desk: desk.history.of_account(account_id, offset, limit)
            ),
        )
        again = partial(self.show_account_history, account)
        await self._put(pane, "History", _name(account), again=again)

    @on(JobsPane.HistoryWanted)
    def _account_history_wanted(self) -> None:
        async def go() -> None:
            if self.account is not None and await self.may_be_left():
                await self.show_account_history(self.account)

        self.panel.follow(go)

    @on(JobPane.HistoryWanted)
    def _job_history_wanted(self, event: JobPane.HistoryWanted) -> None:
        self.panel.follow(self._show_job_history, event.job)

    async def _show_job_history(self, job: Job) -> None:
        if not await self.may_be_left():
            return
        pane = HistoryPane(
            self._desk,
            lambda offset, limit: self._desk.ask(
                lambda desk: desk.history.of_job(job.id, offset, limit)
            ),
            job_id=job.id,
        )
        again = partial(self._show_job_history, job)
        await self._put(pane, "History", f"#{job.id} {job.description}", again=again)

    # -- going back ------------------------------------------------------------------------------

    @on(Pane.Left)
    def _left(self, event: Pane.Left) -> None:
        event.stop()
        self.panel.follow(self._go_back)

    async def _go_back(self) -> None:
        pane, account = self.pane, self.account
        if self.visits.account is not None:
            await self.visits.go_back()
        elif isinstance(pane, JobsPane) or account is None:
            self.post_message(self.Emptied())
        elif isinstance(pane, HistoryPane) and pane.job_id is not None:
            await self._show_job_or_jobs(pane.job_id)
        elif await self.may_be_left():
            await self.show_jobs(account)

    # -- as the customer sees it -----------------------------------------------------------------

    async def show_as_customer(self, account: Account) -> None:
        """Show the account's jobs as its customer sees them."""
        account_id, leave = account.id, partial(self.show_jobs, account)
        try:
            # The customer's desk asks nobody who looks after the account.
            await self._desk.ask(lambda desk: desk.accounts.get(account_id))
        except Refused as error:
            self._say(error)
            return
        try:
            await self.visits.begin(account_id, ("As customer",), leave)
        except Refused as error:
            self._say(error)
            await leave()
            return
        self._show_again = partial(self.show_as_customer, account)

    async def show_support_center(self, reseller: int) -> None:
        """Show what the hosting company does for the reseller whose staff work here."""
        if not await self.may_be_left():
            return
        try:
            await self.visits.begin(reseller, (), self._leave_support_center)
        except NotFound:
            own = f"Account {reseller}, your own, is closed"
            self._say(Refused(f"{own}: its jobs cannot be seen any more."))
        except Refused as error:
            self._say(error)

    async def _leave_support_center(self) -> None:
        await self._show_again()

    @on(CustomerJobsPane.JobChosen)
    def _customer_job_chosen(self, event: CustomerJobsPane.JobChosen) -> None:
        self.panel.follow(self.visits.show_job, event.job)

    @on(CustomerJobPane.Renamed)
    def _customer_job_renamed(self, event: CustomerJobPane.Renamed) -> None:
        self.visits.name_job(event.job)

    def _say(self, refusal: Refused) -> None:
        self.notify(str(refusal), severity="error", timeout=10, markup=False)


def _name(account: Account) -> str:
    return f"{account.id} {account.username}"
