"""The staff's bottom frame: which pane is shown, how one gets there and back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from textual import getters, on, work
from textual.message import Message

from models.draft_store import DraftPlace, KeptDraft
from models.refusals import NotFound, Refused
from models.sessions import Companion, Session
from models.settings import Settings
from models.staff.desk import StaffDesk
from models.values import Account, Job, Reversal, TaskDefaults
from tui.border_words import say_below
from tui.desk_line import DeskLine
from tui.draft_keeper import DraftKeeper
from tui.draft_words import moved_since
from tui.lower_frame.frame import LowerFrame
from tui.lower_frame.history_pane import HistoryPane, Scope
from tui.lower_frame.job_pane import JobPane
from tui.lower_frame.jobs_pane import JobsPane
from tui.lower_frame.offer_line import OfferLine
from tui.lower_frame.pane import StaffPane
from tui.lower_frame.undoing import Step, take
from tui.news import News, in_words
from tui.pane import Pane
from tui.panel import Panel
from tui.support_center.job_pane import CustomerJobPane
from tui.support_center.jobs_pane import CustomerJobsPane
from tui.visits import Visits

Show = Callable[[], Awaitable[object]]
"""Shows a place again, such as the one to which Esc leads."""

LOOK_AROUND = 1.0
"""Seconds between two looks at who else has the same job open."""


class WorkFrame(LowerFrame):
    """Shows the jobs, one job or the history of the account that was opened above it."""

    panel = getters.app(Panel)

    class Emptied(Message):
        """There is nothing to go back to in this frame: work goes on in Search."""

    @dataclass
    class PlaceWanted(Message):
        """A job, or else an account, is to be shown, with its account above; Esc leads `back`."""

        account: int | None
        job: int | None
        back: Show | None = None

    @dataclass
    class AccountChanged(Message):
        """What is shown belongs to another account than the one above."""

        account: int

    def __init__(
        self,
        desk: DeskLine[StaffDesk],
        path: Path,
        settings: Settings,
        session: Session,
        drafts: DraftKeeper,
        welcome: str,
        tell: Callable[[str], None],
    ) -> None:
        """Work with `desk`.

        Args:
            desk: the desk of the person who works here.
            path: the database, for a customer's connection.
            settings: the company's.
            session: by which others see at which job this person is, and the other way round.
            drafts: keeps what is typed and not saved.
            welcome: how to begin.
            tell: says what is waited for.
        """
        super().__init__(welcome)
        self._desk = desk
        self._session = session
        self._drafts = drafts
        self._news = News(desk)
        self.account: Account | None = None
        self.visits = Visits(path, settings, self, self._put, tell)
        self._show_again: Show = self.begin
        self._back: Show | None = None
        self._jobs: JobsPane | None = None
        self._job: JobPane | None = None

    def on_mount(self) -> None:
        """Begin to look for what others do."""
        super().on_mount()
        self.set_interval(LOOK_AROUND, self._look_around)
        self.call_later(self._news.begin)

    # -- what is shown ---------------------------------------------------------------------------

    async def open(
        self, account: Account, defaults: TaskDefaults, back: Show | None = None
    ) -> None:
        """Show the jobs of an account that was just opened; Esc leads `back`, else to Search."""
        self.account = account
        await self._put_jobs(account, defaults, back)

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

    async def put(self, pane: Pane, *steps: str) -> None:
        """Show `pane` in place of the one before; others see at which job one is now."""
        say_below(self, "")
        await self._set_text_aside()
        if isinstance(pane, StaffPane):
            pane.keep_drafts(self._drafts)
        await super().put(pane, *steps)
        self._session.be_at(pane.job.id if isinstance(pane, JobPane) else None)
        self._look_around()

    async def clear(self) -> None:
        """Show how to begin, and no pane."""
        say_below(self, "")
        await self._set_text_aside()
        await super().clear()
        self._session.be_at(None)

    async def _set_text_aside(self) -> None:
        if isinstance(self.pane, StaffPane):
            await self.pane.set_text_aside()

    # -- the others ------------------------------------------------------------------------------

    def _look_around(self) -> None:
        """Show who else has the job open."""
        if isinstance(self.pane, JobPane):
            others = self._session.others_at(self.pane.job.id)
            self.pane.show_companions(
                tuple(dict.fromkeys(self._name_of(person) for person in others))
            )

    def _name_of(self, person: Companion) -> str:
        is_me = person.login == self._session.login
        return "you, in another window" if is_me else person.login

    def refresh_data(self) -> None:
        """Show what others changed, and say who changed what."""
        if self.pane is not None:
            self.pane.refresh_data()
        self._tell_news()

    @work(group="news")
    async def _tell_news(self) -> None:
        events = await self._news.read()
        pane, account = self.pane, self.account
        if isinstance(pane, JobPane):
            words = in_words(events, pane.job.account, pane.job.id)
        elif isinstance(pane, JobsPane) and account is not None:
            words = in_words(events, account.id, None)
        else:
            words = ""
        if words:
            self.tell_news(words)

    def tell_news(self, words: str) -> None:
        """Say what others did, until another place is shown."""
        say_below(self, words)

    # -- what was typed and not saved ------------------------------------------------------------

    @work(group="drafts", exclusive=True)
    async def offer_drafts(self) -> None:
        """Show what was typed in this place and not saved, if there is anything."""
        pane = self.pane
        if isinstance(pane, JobPane):
            left = await self._drafts.left_at(job=pane.job.id)
        elif isinstance(pane, JobsPane):
            left = await self._drafts.left_at(account=pane.account.id)
        else:
            left = []
        for line in [child for child in self.children if isinstance(child, OfferLine)]:
            await line.remove()
        if left and pane is self.pane:
            await self.mount(OfferLine(left), before=pane)

    @on(StaffPane.DialogLeft)
    def _dialog_left(self) -> None:
        self.offer_drafts()

    def is_at(self, place: DraftPlace) -> bool:
        """Tell whether the forms of this place are shown here."""
        pane = self.pane
        if isinstance(pane, JobPane):
            return pane.job.id == place.job
        return isinstance(pane, JobsPane) and (pane.account.id, None) == (place.account, place.job)

    async def take_up(self, kept: KeptDraft) -> None:
        """Put a draft of this place back into its form."""
        if isinstance(self.pane, StaffPane):
            await self.pane.take_up(kept)
            self.offer_drafts()

    @on(StaffPane.TakenUp)
    def _taken_up(self, event: StaffPane.TakenUp) -> None:
        """Say so if a draft was written for another account."""
        pane, kept = self.pane, event.kept
        if isinstance(pane, JobPane) and (words := moved_since(kept, pane.job.account)):
            self.tell_news(words)

    # -- leaving ---------------------------------------------------------------------------------

    async def may_be_left(self) -> bool:
        """Ask, if a form holds text that is not saved, what becomes of it."""
        return not isinstance(self.pane, StaffPane) or await self.pane.may_be_left()

    async def _put(
        self, pane: Pane, *steps: str, again: Show | None = None, back: Show | None = None
    ) -> None:
        """Show a pane.

        Args:
            pane: the pane.
            steps: where one is.
            again: shows the same later, where that is not up to a visit.
            back: where Esc leads, if that is not the account's jobs.
        """
        with self.app.batch_update():  # the place and its first rows come at once
            await self.put(pane, *steps)
            self._back = back
            pane.focus_first()
            await pane.filled()
        self.offer_drafts()
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
        self._go_to(account)
        await self._put_jobs(account, defaults)

    async def _put_jobs(
        self, account: Account, defaults: TaskDefaults, back: Show | None = None
    ) -> None:
        await self._set_text_aside()
        if self._jobs is None:
            self._jobs = JobsPane(self._desk, account, defaults)
        else:
            self._jobs.show(account, defaults)
        await self._put(
            self._jobs,
            "Custom Jobs",
            _name(account),
            again=partial(self.show_jobs, account),
            back=back,
        )

    @on(JobsPane.JobChosen)
    def _job_chosen(self, event: JobsPane.JobChosen) -> None:
        async def go() -> None:
            if await self.may_be_left():
                await self.show_job(event.job_id)

        self.panel.follow(go)

    async def show_job(self, job_id: int, back: Show | None = None) -> bool:
        """Show a job, unless it cannot be read; return whether it is shown.

        Esc leads `back`, else to the account's jobs.
        """
        try:
            job, defaults = await self._desk.ask(
                lambda desk: (desk.jobs.get(job_id), desk.tasks.defaults(job_id))
            )
        except Refused as error:
            self._say(error)
            return False
        await self._set_text_aside()
        if self._job is None:
            self._job = JobPane(self._desk, job, defaults)
        else:
            self._job.show(job, defaults)
        await self._put(
            self._job,
            *self._way_to(job),
            again=partial(self._show_job_or_jobs, job_id, back),
            back=back,
        )
        return True

    async def _show_job_or_jobs(self, job_id: int, back: Show | None) -> None:
        """Show a job, or the account's jobs if it is not there any more."""
        if not await self.show_job(job_id, back) and self.account is not None:
            await self.show_jobs(self.account)

    def _way_to(self, job: Job) -> tuple[str, ...]:
        account = self.account
        is_open = account is not None and account.id == job.account
        name = _name(account) if account is not None and is_open else str(job.account)
        return "Custom Jobs", name, f"#{job.id} {job.description}"

    @on(JobPane.Renamed)
    def _job_renamed(self, event: JobPane.Renamed) -> None:
        if isinstance(self.pane, JobPane) and self.pane.job.id == event.job.id:
            self.name_place(*self._way_to(event.job))
            if self.account is not None and self.account.id != event.job.account:
                self.post_message(self.AccountChanged(event.job.account))

    def take_for_open(self, account: Account) -> bool:
        """Take `account` for the open one if what is shown belongs to it; tell whether."""
        job = self.pane.job if isinstance(self.pane, JobPane) else None
        opened = None if self.account is None else self.account.id
        if account.id != (opened if job is None else job.account):
            return False
        self.account = account
        if job is not None:
            self.name_place(*self._way_to(job))
        return True

    def _go_to(self, account: Account) -> None:
        """Let the account be the one above, too, as on the way back from a history of all."""
        if self.account is None or self.account.id != account.id:
            self.account = account
            self.post_message(self.AccountChanged(account.id))

    # -- the history -----------------------------------------------------------------------------

    async def show_account_history(self, account: Account) -> None:
        """Show what happened to an account and its jobs."""
        self._go_to(account)
        await self._show_history(Scope(_name(account), account=account.id), None)

    async def show_all_history(self) -> None:
        """Show what happened to all accounts; Esc leads to where one was."""
        pane = self.pane
        if isinstance(pane, HistoryPane) and pane.scope.is_all:
            pane.focus_first()
        elif await self.may_be_left():
            await self._show_history(Scope("all accounts"), self._show_again)

    async def _show_history(
        self, scope: Scope, back: Show | None, text: str = "", index: int = 0
    ) -> None:
        pane = HistoryPane(self._desk, scope, text, index)
        again = partial(self._show_history, scope, back)
        await self._put(pane, "History", scope.name, again=again, back=back)

    @on(HistoryPane.Chosen)
    def _entry_chosen(self, event: HistoryPane.Chosen) -> None:
        pane, entry = self.pane, event.event
        if not isinstance(pane, HistoryPane):
            return
        if entry.job is None and entry.account is None:
            self._say(Refused("That is of no account: there is nothing to open."))
            return
        back = partial(self._show_history, pane.scope, self._back, pane.text, pane.index)
        self.post_message(self.PlaceWanted(entry.account, entry.job, back))

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
        back = partial(self._show_job_or_jobs, job.id, self._back)
        await self._show_history(Scope(f"#{job.id} {job.description}", job=job.id), back)

    # -- going back ------------------------------------------------------------------------------

    @on(Pane.Left)
    def _left(self, event: Pane.Left) -> None:
        event.stop()
        self.panel.follow(self._go_back)

    async def _go_back(self) -> None:
        pane, account = self.pane, self.account
        if self.visits.account is not None:
            await self.visits.go_back()
        elif self._back is not None:
            if await self.may_be_left():
                await self._back()
        elif isinstance(pane, JobsPane) or account is None:
            self.post_message(self.Emptied())
        elif await self.may_be_left():
            await self.show_jobs(account)

    # -- taking back -----------------------------------------------------------------------------

    async def take(self, step: Step) -> None:
        """Take back what was changed, or do it again, and show it."""
        shown = None if self.account is None else self.account.id
        done = await take(self.panel, self._desk, step, shown)
        if self.pane is not None:
            self.pane.refresh_data()
        if done is not None:
            self.post_message(StaffPane.Changed())
            await self._show_taken(done)

    async def _show_taken(self, done: Reversal) -> None:
        """Bring what was taken back into view, if that asks nothing more of the person."""
        pane, job_id = self.pane, done.job
        if job_id is None:
            return
        if isinstance(pane, JobsPane):
            await pane.reveal(job_id)
        elif isinstance(pane, JobPane) and pane.job.id == job_id and not pane.has_text:
            try:
                await self._desk.ask(lambda desk: desk.jobs.get(job_id))
            except NotFound:
                await self._go_back()

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
        self._go_to(account)
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
