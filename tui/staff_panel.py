"""The staff's program: two frames, Search and the account above, its custom jobs below."""

from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from models.customer.desk import CustomerDesk
from models.desk_thread import DeskThread
from models.refusals import NotFound, Refused
from models.settings import Settings
from models.staff.desk import StaffDesk
from models.staff.search import customers_of
from models.staff.session import Actor
from models.values import Account, AccountRow, CustomerAccount, CustomerJob, Job, Page, TaskDefaults
from tui import faults
from tui.desk_line import DeskLine
from tui.dialogs.edit import EditDialog
from tui.forms.note_form import NoteForm
from tui.forms.task_form import TaskForm
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

WELCOME_RESELLER = "{welcome}\nF4 shows the jobs that {host} does for {reseller}."


def run_staff_panel(
    path: Path,
    actor: Actor,
    provider: int | None,
    settings: Settings,
    *,
    create: bool,
    demo: bool = False,
    access: int | None = None,
) -> int:
    """Open the staff's panel; return the exit code.

    `access` is the number of the grant by which the person came in over SSH.

    Raises:
        Refused: the database cannot be opened, or the reseller or the access is none.
    """
    faults.keep_beside(path)
    with ExitStack() as opened:
        desk = StaffDesk.open(path, actor, provider, settings, create=create, access=access)
        opened.callback(desk.close)
        app = StaffPanel(desk, path, demo=demo, idle=settings.staff_idle_minutes * 60)
        opened.pop_all()  # the app closes it
    return app.live()


@dataclass(frozen=True, slots=True)
class _Visit:
    """The jobs of an account, seen as its customer does: by which desk, and where Esc leads."""

    account: CustomerAccount
    desk: DeskLine[CustomerDesk]
    steps: tuple[str, ...]
    leave: Callable[[], Awaitable[object]]


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
        Binding(
            "f4",
            "support_center",
            "Support Center",
            id="app.support-center",
            tooltip="See the jobs that the hosting company does for you",
        ),
    ]

    def __init__(self, desk: StaffDesk, path: Path, *, demo: bool = False, idle: float = 0) -> None:
        """Work with `desk`, which is open already and is closed at the end.

        Args:
            desk: the desk of the person who works here.
            path: the database, for the second connection that searches.
            demo: whether the data are made up, which the header then says.
            idle: seconds without a key after which the session ends; 0 is never.
        """
        super().__init__(desk.settings.theme, idle=idle)
        self._path = path
        self._demo = demo
        self._settings = desk.settings
        self._provider_name = desk.provider_name
        self._actor = desk.session.actor
        self._open_jobs = desk.jobs.open_count()
        self._header = Header()
        self._leaving = False
        self._sought = ""
        self._provider = provider = desk.provider
        self._desk: DeskLine[StaffDesk] = DeskLine(
            DeskThread(lambda: desk, "desk"), self._header.tell
        )
        self._searcher: DeskLine[StaffDesk] = DeskLine(
            DeskThread(
                lambda: StaffDesk.open(
                    path, self._actor, provider, desk.settings, access=desk.session.access
                ),
                "search",
            ),
            self._header.tell,
        )
        self._visit: _Visit | None = None
        self._show_again: Callable[[], Awaitable[object]] = self._begin
        self._search = SearchPane(self._find, self._find_first, resellers=provider is None)
        self._account = AccountPane(resellers=provider is None)
        self._upper = Horizontal(self._search, self._account, id="upper-frame")
        self._frame = LowerFrame(_welcome(desk))

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
        await self._end_visit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a reseller is a customer, too."""
        if action == "support_center":
            return self._provider is not None
        return super().check_action(action, parameters)

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
            account, defaults = await self._desk.ask(
                lambda desk: (
                    desk.accounts.get(account_id),
                    desk.tasks.defaults_for_account(account_id),
                )
            )
        except Refused as error:
            self._say(error)
            return
        self._account.show(account)
        await self._put_jobs(account, defaults)

    @work(group="account", exclusive=True)
    async def _refresh_account(self) -> None:
        """Read the counts again after a change."""
        account = self._account.account
        with suppress(Refused):  # told by whatever the person does next
            self._open_jobs = await self._desk.ask(lambda desk: desk.jobs.open_count())
            self._show_header()
            if account is not None:
                await self._read_account(account)

    async def _read_account(self, account: Account) -> None:
        """Read the account again, and leave it if it is out of reach by now."""
        account_id = account.id
        try:
            now = await self._desk.ask(lambda desk: desk.accounts.get(account_id))
        except NotFound:
            self.follow(self._lose_account, account)
            return
        if self._account.account is account:  # and not another one by now
            self._account.show(now)

    async def _lose_account(self, account: Account) -> None:
        """Leave an account that is out of reach, as after a move to another reseller."""
        if self._account.account is not account:
            return
        self._account.clear()
        self._show_again = self._begin
        if self._visit is None or self._visit.account.id == account.id:
            await self._begin()
        self._say(NotFound(f"There is no account {account.id} here any more."))

    @on(AccountPane.LinkChosen)
    def _link_chosen(self, event: AccountPane.LinkChosen) -> None:
        show = {
            "jobs": self._show_jobs,
            "history": self._show_account_history,
            "customer": self._show_as_customer,
            "reseller": self._show_reseller,
            "customers": self._show_customers,
        }[event.link]

        async def go() -> None:
            if await self._may_leave():
                await show(event.account)

        self.follow(go)

    async def _show_reseller(self, account: Account) -> None:
        if account.reseller is not None:
            await self._open_account(account.reseller)

    async def _show_customers(self, account: Account) -> None:
        self._upper.remove_class("-account")
        self._search.seek(customers_of(account.id))

    # -- the bottom frame ------------------------------------------------------------------------

    async def _may_leave(self) -> bool:
        pane = self._frame.pane
        return not isinstance(pane, StaffPane) or await pane.may_be_left()

    async def _put(
        self, pane: Pane, *steps: str, again: Callable[[], Awaitable[object]] | None = None
    ) -> None:
        """Show a pane; `again` shows the same later, where that is not up to a visit."""
        await self._frame.put(pane, *steps)
        pane.focus_first()
        if again is not None:
            self._show_again = again
            await self._end_visit()

    async def _begin(self) -> None:
        """Show how to begin."""
        await self._frame.clear()
        await self._end_visit()
        self.action_search()

    async def _show_jobs(self, account: Account) -> None:
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
            again=partial(self._show_jobs, account),
        )

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
        await self._put(
            JobPane(self._desk, job, defaults),
            *self._way_to(job),
            again=partial(self._show_job_or_jobs, job_id),
        )
        return True

    async def _show_job_or_jobs(self, job_id: int) -> None:
        """Show a job, or the account's jobs if it is not there any more."""
        if not await self._show_job(job_id) and self._account.account is not None:
            await self._show_jobs(self._account.account)

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
        again = partial(self._show_account_history, account)
        await self._put(pane, "History", _name(account), again=again)

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
        again = partial(self._show_job_history, job)
        await self._put(pane, "History", f"#{job.id} {job.description}", again=again)

    @on(Pane.Left)
    def _left(self) -> None:
        self.follow(self._go_back)

    async def _go_back(self) -> None:
        pane, account = self._frame.pane, self._account.account
        if self._visit is not None:
            await self._go_back_in(self._visit)
        elif isinstance(pane, JobsPane) or account is None:
            self.action_search()
        elif isinstance(pane, HistoryPane) and pane.job_id is not None:
            await self._show_job_or_jobs(pane.job_id)
        elif await self._may_leave():
            await self._show_jobs(account)

    async def _go_back_in(self, visit: _Visit) -> None:
        if isinstance(self._frame.pane, CustomerJobPane):
            await self._show_visit(visit)
        else:
            await visit.leave()

    # -- as the customer sees it -----------------------------------------------------------------

    async def _show_as_customer(self, account: Account) -> None:
        account_id, leave = account.id, partial(self._show_jobs, account)
        try:
            # The customer's desk asks nobody who looks after the account.
            await self._desk.ask(lambda desk: desk.accounts.get(account_id))
        except Refused as error:
            self._say(error)
            return
        try:
            await self._open_visit(account_id, ("As customer",), leave)
        except Refused as error:
            self._say(error)
            await leave()
            return
        self._show_again = partial(self._show_as_customer, account)

    async def _show_support_center(self) -> None:
        """Show what the hosting company does for the reseller whose staff work here."""
        if self._provider is None or not await self._may_leave():
            return
        try:
            await self._open_visit(self._provider, (), self._leave_support_center)
        except NotFound:
            own = f"Account {self._provider}, your own, is closed"
            self._say(Refused(f"{own}: its jobs cannot be seen any more."))
        except Refused as error:
            self._say(error)

    async def _leave_support_center(self) -> None:
        await self._show_again()

    async def _open_visit(
        self, account_id: int, steps: tuple[str, ...], leave: Callable[[], Awaitable[object]]
    ) -> None:
        """Show an account's jobs as its customer sees them.

        Raises:
            NotFound: the account is closed.
        """
        path, settings = self._path, self._settings
        desk: DeskLine[CustomerDesk] = DeskLine(
            DeskThread(lambda: CustomerDesk.open(path, (account_id,), settings), "customer"),
            self._header.tell,
        )
        try:
            accounts = await desk.ask(lambda it: it.accounts())
            if not accounts:
                raise NotFound(f"There is no open account {account_id}.")
        except Refused:
            await desk.close()
            raise
        await self._end_visit()
        self._visit = _Visit(accounts[0], desk, steps, leave)
        await self._show_visit(self._visit)

    async def _show_visit(self, visit: _Visit) -> None:
        account = visit.account
        pane = CustomerJobsPane(visit.desk, account)
        place = f"{account.id} {account.username}"
        await self._put(pane, *visit.steps, "Support Center", "Custom Jobs", place)

    @on(CustomerJobsPane.JobChosen)
    def _customer_job_chosen(self, event: CustomerJobsPane.JobChosen) -> None:
        self.follow(self._show_customer_job, event.job)

    async def _show_customer_job(self, job: CustomerJob) -> None:
        if self._visit is not None:
            pane = CustomerJobPane(self._visit.desk, job)
            await self._put(pane, *_way_in(self._visit, job))

    @on(CustomerJobPane.Renamed)
    def _customer_job_renamed(self, event: CustomerJobPane.Renamed) -> None:
        if self._visit is not None and isinstance(self._frame.pane, CustomerJobPane):
            self._frame.name_place(*_way_in(self._visit, event.job))

    async def _end_visit(self) -> None:
        if self._visit is not None:
            visit, self._visit = self._visit, None
            await visit.desk.close()

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

    def action_support_center(self) -> None:
        """Show the jobs that the hosting company does for the reseller."""
        self.follow(self._show_support_center)

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
                self.end()
        finally:
            self._leaving = False

    # -- telling ---------------------------------------------------------------------------------

    @property
    def at_risk(self) -> str:
        """Text that is not saved, if there is any."""
        forms = (*self._frame.query(TaskForm), *self._frame.query(NoteForm))
        edits = any(isinstance(screen, EditDialog) for screen in self.screen_stack)
        if edits or any(form.has_text for form in forms):
            return " Text that is not saved would be lost."
        return ""

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


def _way_in(visit: _Visit, job: CustomerJob) -> tuple[str, ...]:
    return *(visit.steps or ("Support Center",)), f"#{job.id} {job.description}"


def _welcome(desk: StaffDesk) -> str:
    if desk.provider is None:
        return WELCOME
    return WELCOME_RESELLER.format(
        welcome=WELCOME, host=desk.settings.company, reseller=desk.provider_name
    )
