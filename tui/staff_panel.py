"""The staff's program: two frames, Search and the account above, its custom jobs below."""

import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from models.customer.desk import CustomerDesk
from models.desk_thread import DeskThread
from models.refusals import Refused
from models.settings import Settings
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.text import displayable
from models.values import Account, AccountRow, CustomerJob, Job, Page
from tui.desk_line import DeskLine
from tui.dialogs.edit import EditDialog
from tui.header import Header
from tui.key_line import KeyLine
from tui.lower_frame.frame import LowerFrame
from tui.lower_frame.history_pane import HistoryPane
from tui.lower_frame.job_pane import JobPane
from tui.lower_frame.jobs_pane import JobsPane
from tui.lower_frame.pane import StaffPane
from tui.pane import Pane
from tui.panel import Panel
from tui.support_center.job_pane import CustomerJobPane
from tui.support_center.jobs_pane import CustomerJobsPane
from tui.upper_frame.account_pane import AccountPane
from tui.upper_frame.search_pane import SearchPane

WELCOME = (
    "Custom jobs are shown here.\n\n"
    "1  Type an Account ID, a user name, a domain or a name into Search and press Enter.\n"
    "2  Press n to add a custom job, Enter to open one.\n"
    "3  Add tasks and notes below it; s sets its status.\n\n"
    "F1 shows all keys."
)


def run_staff_panel(
    path: Path,
    actor: Actor,
    provider: int | None,
    settings: Settings,
    *,
    create: bool,
    demo: bool = False,
) -> int:
    """Open the staff's panel; return the exit code.

    A database that cannot be opened gets a sentence on standard error.
    """
    try:
        with ExitStack() as opened:
            desk = StaffDesk.open(path, actor, provider, settings, create=create)
            opened.callback(desk.close)
            app = StaffPanel(desk, path, demo=demo)
            opened.pop_all()  # the app closes it
    except Refused as error:
        sys.stderr.write(f"customjobs: {displayable(str(error))}\n")
        return 1
    app.run()
    return app.return_code or 0


class StaffPanel(Panel):
    """Connects the panes: what is chosen above decides what is shown below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+p",
            "command_palette",
            "Palette",
            id="app.palette",
            tooltip="All that can be done here, by name",
            priority=True,
        ),
        Binding("slash", "search", "Search", id="app.search", tooltip="Go to Search"),
        Binding("f2", "account", "Account", id="app.account", tooltip="Go to the account's links"),
        Binding("f3", "jobs", "Jobs", id="app.jobs", tooltip="Go to the bottom frame"),
        Binding(
            "v",
            "as_customer",
            "As customer",
            id="app.as-customer",
            tooltip="See the account as its customer does",
        ),
    ]

    def __init__(self, desk: StaffDesk, path: Path, *, demo: bool = False) -> None:
        """Work with `desk`, which is open already and is closed at the end.

        Args:
            desk: the desk of the person who works here.
            path: the database, for the second connection that searches.
            demo: whether the data are made up, which the header then says.
        """
        super().__init__(desk.settings.theme)
        self._path = path
        self._demo = demo
        self._settings = desk.settings
        self._provider_name = desk.provider_name
        self._actor = desk.session.actor
        self._open_jobs = desk.jobs.open_count()
        self._header = Header()
        self._leaving = False
        self._sought = ""
        provider = desk.provider
        self._desk: DeskLine[StaffDesk] = DeskLine(
            DeskThread(lambda: desk, "desk"), self._header.tell
        )
        self._searcher: DeskLine[StaffDesk] = DeskLine(
            DeskThread(
                lambda: StaffDesk.open(path, self._actor, provider, desk.settings), "search"
            ),
            self._header.tell,
        )
        self._customer: DeskLine[CustomerDesk] | None = None
        self._search = SearchPane(self._find, self._find_first)
        self._account = AccountPane()
        self._upper = Horizontal(self._search, self._account, id="upper-frame")
        self._frame = LowerFrame(WELCOME)

    def compose(self) -> ComposeResult:
        """The header, the two frames, the keys."""
        yield self._header
        yield self._upper
        yield self._frame
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin in Search."""
        self._show_header()
        self._search.focus_field()
        self.watch_data(self._desk)
        self.data_changed.subscribe(self, lambda _: self._refresh(), immediate=True)
        if self._demo:
            self.notify(
                f"All of it is made up. The database is {self._path}; it goes when you leave.",
                title="Demo",
                timeout=8,
                markup=False,
            )

    async def on_unmount(self) -> None:
        """Close the desks."""
        for desk in (self._desk, self._searcher):
            await desk.close()
        await self._close_customer()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Where there is little room, the frame that is worked in grows."""
        super().on_descendant_focus(event)
        if self.screen is self.screen_stack[0]:
            below = self._frame in event.widget.ancestors_with_self
            self._upper.set_class(below, "-shrunk")
            self._frame.set_class(below, "-grown")

    # -- the upper frame -------------------------------------------------------------------------

    async def _find(self, text: str, offset: int, limit: int) -> Page[AccountRow]:
        if text != self._sought:
            self._sought = text
            self._searcher.interrupt(lambda desk: desk.database.interrupt())
        return await self._searcher.ask(lambda desk: desk.search.page(text, offset, limit))

    async def _find_first(self, text: str) -> Page[AccountRow]:
        """Read the best match on the desk's own connection, where no later search ends it."""
        return await self._desk.ask(lambda desk: desk.search.page(text, 0, 1))

    @on(SearchPane.AccountChosen)
    def _account_chosen(self, event: SearchPane.AccountChosen) -> None:
        self.follow(self._open_account, event.account_id)

    async def _open_account(self, account_id: int) -> None:
        if not await self._may_leave():
            return
        try:
            account = await self._desk.ask(lambda desk: desk.accounts.get(account_id))
        except Refused as error:
            self._say(error)
            return
        self._account.show(account)
        await self._show_jobs(account)

    @work(group="account", exclusive=True)
    async def _refresh_account(self) -> None:
        """Read the counts again after a change."""
        account = self._account.account
        with suppress(Refused):  # told by whatever the person does next
            self._open_jobs = await self._desk.ask(lambda desk: desk.jobs.open_count())
            self._show_header()
            if account is not None:
                account_id = account.id
                now = await self._desk.ask(lambda desk: desk.accounts.get(account_id))
                if self._account.account is account:  # and not another one by now
                    self._account.show(now)

    @on(AccountPane.LinkChosen)
    def _link_chosen(self, event: AccountPane.LinkChosen) -> None:
        show = {
            "jobs": self._show_jobs,
            "history": self._show_account_history,
            "customer": self._show_as_customer,
        }[event.link]

        async def go() -> None:
            if await self._may_leave():
                await show(event.account)

        self.follow(go)

    # -- the bottom frame ------------------------------------------------------------------------

    async def _may_leave(self) -> bool:
        pane = self._frame.pane
        return not isinstance(pane, StaffPane) or await pane.may_be_left()

    async def _put(self, pane: Pane, *steps: str) -> None:
        await self._frame.put(pane, *steps)
        pane.focus_first()
        if not isinstance(pane, CustomerJobsPane | CustomerJobPane):
            await self._close_customer()

    async def _show_jobs(self, account: Account) -> None:
        account_id = account.id
        try:
            defaults = await self._desk.ask(
                lambda desk: desk.tasks.defaults_for_account(account_id)
            )
        except Refused as error:
            self._say(error)
            return
        await self._put(JobsPane(self._desk, account, defaults), "Custom Jobs", _name(account))

    @on(JobsPane.JobChosen)
    def _job_chosen(self, event: JobsPane.JobChosen) -> None:
        async def go() -> None:
            if await self._may_leave():
                await self._show_job(event.job_id)

        self.follow(go)

    async def _show_job(self, job_id: int) -> bool:
        """Show a job, unless it cannot be read; return whether it is shown."""
        try:
            job, defaults = await self._desk.ask(
                lambda desk: (desk.jobs.get(job_id), desk.tasks.defaults(job_id))
            )
        except Refused as error:
            self._say(error)
            return False
        await self._put(JobPane(self._desk, job, defaults), *self._way_to(job))
        return True

    def _way_to(self, job: Job) -> tuple[str, ...]:
        name = _name(self._account.account) if self._account.account else str(job.account)
        return "Custom Jobs", name, f"#{job.id} {job.description}"

    @on(JobPane.Renamed)
    def _job_renamed(self, event: JobPane.Renamed) -> None:
        self._frame.name_place(*self._way_to(event.job))

    @on(StaffPane.Changed)
    def _changed(self) -> None:
        self._refresh_account()

    async def _show_account_history(self, account: Account) -> None:
        account_id = account.id
        pane = HistoryPane(
            self._desk,
            lambda offset, limit: self._desk.ask(
                lambda desk: desk.history.of_account(account_id, offset, limit)
            ),
        )
        await self._put(pane, "History", _name(account))

    @on(JobsPane.HistoryWanted)
    def _account_history_wanted(self) -> None:
        account = self._account.account
        if account is not None:
            self._link_chosen(AccountPane.LinkChosen("history", account))

    @on(JobPane.HistoryWanted)
    def _job_history_wanted(self, event: JobPane.HistoryWanted) -> None:
        self.follow(self._show_job_history, event.job)

    async def _show_job_history(self, job: Job) -> None:
        if not await self._may_leave():
            return
        pane = HistoryPane(
            self._desk,
            lambda offset, limit: self._desk.ask(
                lambda desk: desk.history.of_job(job.id, offset, limit)
            ),
            job_id=job.id,
        )
        await self._put(pane, "History", f"#{job.id} {job.description}")

    @on(Pane.Left)
    def _left(self) -> None:
        self.follow(self._go_back)

    async def _go_back(self) -> None:
        pane, account = self._frame.pane, self._account.account
        if isinstance(pane, JobsPane) or account is None:
            self.action_search()
        elif isinstance(pane, HistoryPane) and pane.job_id is not None:
            if not await self._show_job(pane.job_id):
                await self._show_jobs(account)
        elif isinstance(pane, CustomerJobPane):
            await self._show_as_customer(account)
        elif await self._may_leave():
            await self._show_jobs(account)

    # -- as the customer sees it -----------------------------------------------------------------

    async def _show_as_customer(self, account: Account) -> None:
        path, settings = self._path, self._settings
        if self._customer is None:
            thread = DeskThread(
                lambda: CustomerDesk.open(path, (account.id,), settings), "customer"
            )
            self._customer = DeskLine(thread, self._header.tell)
        try:
            accounts = await self._customer.ask(lambda desk: desk.accounts())
        except Refused as error:
            accounts = []
            self._say(error)
        if not accounts:
            await self._close_customer()
            await self._show_jobs(account)
            return
        await self._put(
            CustomerJobsPane(self._customer, accounts[0]),
            "As customer",
            "Support Center",
            "Custom Jobs",
            _name(account),
        )

    @on(CustomerJobsPane.JobChosen)
    def _customer_job_chosen(self, event: CustomerJobsPane.JobChosen) -> None:
        self.follow(self._show_customer_job, event.job)

    async def _show_customer_job(self, job: CustomerJob) -> None:
        if self._customer is not None:
            pane = CustomerJobPane(self._customer, job)
            await self._put(pane, "As customer", f"#{job.id} {job.description}")

    async def _close_customer(self) -> None:
        if self._customer is not None:
            customer, self._customer = self._customer, None
            await customer.close()

    # -- keys ------------------------------------------------------------------------------------

    def action_search(self) -> None:
        """Go to Search."""
        self._upper.remove_class("-account")
        self._search.focus_field()

    def action_account(self) -> None:
        """Go to the account's links; where there is little room, in place of Search."""
        self._upper.add_class("-account")
        self._account.focus_links()

    def action_jobs(self) -> None:
        """Go to the bottom frame."""
        if self._frame.pane is not None:
            self._frame.pane.focus_first()

    def action_as_customer(self) -> None:
        """Show the account as its customer sees it."""
        if self._account.account is not None:
            self._link_chosen(AccountPane.LinkChosen("customer", self._account.account))

    async def action_leave(self) -> None:
        """Leave the program; text that is not saved is asked about first."""
        if not self._leaving:
            self._leaving = True
            self.follow(self._leave)

    async def _leave(self) -> None:
        try:
            for screen in reversed(self.screen_stack):
                if isinstance(screen, EditDialog) and not await screen.may_be_left():
                    return
            if await self._may_leave():
                self.exit()
        finally:
            self._leaving = False

    # -- telling ---------------------------------------------------------------------------------

    def _refresh(self) -> None:
        """Show what others changed."""
        self._search.refresh_data()
        if self._frame.pane is not None:
            self._frame.pane.refresh_data()
        self._refresh_account()

    def _say(self, refusal: Refused) -> None:
        self.notify(str(refusal), severity="error", timeout=10, markup=False)

    def _show_header(self) -> None:
        jobs = "1 open job" if self._open_jobs == 1 else f"{self._open_jobs:,} open jobs"
        place = " — made-up demo data" if self._demo else ""
        self._header.show(
            f"Custom Jobs — {self._provider_name}{place}", f"{self._actor.login} · {jobs}"
        )


def _name(account: Account) -> str:
    return f"{account.id} {account.username}"
