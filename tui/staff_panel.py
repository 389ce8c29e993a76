"""The staff's program: two frames, Search and the account above, its custom jobs below."""

from contextlib import ExitStack, suppress
from pathlib import Path
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from models.desk_thread import DeskThread
from models.draft_store import DraftStore, KeptDraft
from models.moments import now_ms
from models.refusals import NewerDatabase, NotFound, Refused
from models.sessions import Sessions
from models.settings import Settings
from models.staff.desk import StaffDesk
from models.staff.search import customers_of
from models.staff.session import Actor
from models.values import Account, TaskDefaults
from tui import faults
from tui.desk_line import DeskLine
from tui.dialogs.dialog import Dialog
from tui.dialogs.edit import EditDialog
from tui.draft_keeper import DraftKeeper
from tui.draft_words import where
from tui.forms.note_form import NoteForm
from tui.forms.task_form import TaskForm
from tui.header import Header
from tui.key_line import KeyLine
from tui.lower_frame.pane import StaffPane
from tui.lower_frame.undoing import REDO, UNDO
from tui.lower_frame.work_frame import WorkFrame
from tui.panel import Panel
from tui.upper_frame.account_pane import AccountPane
from tui.upper_frame.desk_finder import DeskFinder
from tui.upper_frame.recently_opened import RecentlyOpened
from tui.upper_frame.search_pane import SearchPane

WELCOME = (
    "Custom jobs are shown here.\n\n"
    "1  Type an Account ID, a user name, a domain or a name into Search and press Enter.\n"
    "2  Press n to add a custom job, Enter to open one.\n"
    "3  Add tasks and notes below it; s sets its status.\n\n"
    "F1 shows all keys."
)

OUTDATED = "F12 starts it; text that is not saved is kept, and offered again."
"""What can be done when the database was upgraded under an open panel."""

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
        Binding(
            "u", "undo", "Undo", id="app.undo", tooltip="Take your last change back, once asked"
        ),
        Binding(
            "U,ctrl+r",
            "redo",
            "Redo",
            id="app.redo",
            tooltip="Do again what was undone, once asked",
            show=False,
        ),
        Binding(
            "f6",
            "drafts",
            "Drafts",
            id="app.drafts",
            tooltip="What you typed and did not save: take it up, read it, throw it away",
            show=False,
            priority=True,  # over what the key does in a field of many lines
        ),
        Binding(
            "f12",
            "restart",
            "Restart",
            id="app.restart",
            tooltip="Start the newer program; text that is not saved is kept",
            priority=True,  # also from a dialog, which cannot save any more
        ),
        Binding(
            "f5,H",
            "history",
            "All history",
            id="app.history",
            tooltip="History of all accounts: who did what, by person, kind and time",
            show=False,
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
        self._tells_of_drafts = False
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
        self._account = AccountPane(resellers=provider is None)
        person = desk.session.actor
        self.session = Sessions.enter(path, person.login, person.display_name, provider)
        session = self.session
        store = DeskThread(
            lambda: DraftStore.open(path, person.login, provider, session.name, session.is_alive),
            "drafts",
        )
        self._drafts = DraftKeeper(
            store, lambda words: self.notify(words, severity="warning", timeout=15)
        )
        self._recently_opened = RecentlyOpened(store)
        self._search = SearchPane(
            DeskFinder(self._searcher, self._desk, self._recently_opened),
            resellers=provider is None,
        )
        self._upper = Horizontal(self._search, self._account, id="upper-frame")
        self._frame = WorkFrame(
            self._desk,
            path,
            desk.settings,
            session,
            self._drafts,
            _welcome(desk),
            self._header.tell,
        )

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
        self.call_after_refresh(self._tell_drafts)
        self.call_after_refresh(self._prepare_search)
        if self._demo:
            self.notify(
                f"All of it is made up. The database is {self._path}; it goes when you leave.",
                title="Demo",
                timeout=8,
                markup=False,
            )

    @work
    async def _prepare_search(self) -> None:
        """Let the first text that is typed be found as fast as all others."""
        with suppress(Refused):  # told as soon as something is sought
            await self._searcher.look(lambda desk: desk.search.prepare())

    async def on_unmount(self) -> None:
        """Close the desks, and first what is typed: a desk may wait for long at its end."""
        await self._drafts.close()
        for desk in (self._desk, self._searcher):
            await desk.close()
        await self._frame.visits.end()
        self.session.leave()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done: only a reseller is a customer, too, for instance."""
        if action == "restart":
            return self._is_outdated
        if action == "support_center":
            return self._provider is not None
        if action == "drafts":
            return not any(isinstance(screen, Dialog) for screen in self.screen_stack)
        return super().check_action(action, parameters)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Where there is little room, the frame that is worked in grows."""
        super().on_descendant_focus(event)
        self._give_room(event.widget, self.size.height)

    def on_resize(self, event: events.Resize) -> None:
        """Give the frame that is worked in the room there is by now."""
        self._give_room(self.focused, event.size.height)

    def _give_room(self, focused: Widget | None, height: int) -> None:
        """Let one frame grow where there is little height; elsewhere nothing is styled anew."""
        if focused is not None and self.screen is self.screen_stack[0]:
            is_short = height < self.TALL
            below = is_short and self._frame in focused.ancestors_with_self
            self._upper.set_class(below, "-shrunk")
            self._frame.set_class(below, "-grown")

    # -- the upper frame -------------------------------------------------------------------------

    @on(SearchPane.AccountChosen)
    def _account_chosen(self, event: SearchPane.AccountChosen) -> None:
        self.follow(self._open_account, event.account_id)

    @on(SearchPane.JobChosen)
    def _job_chosen(self, event: SearchPane.JobChosen) -> None:
        async def go() -> None:
            if await self._frame.may_be_left():
                await self._open_place(WorkFrame.PlaceWanted(event.account_id, event.job_id))

        self.follow(go)

    async def _open_account(self, account_id: int) -> None:
        if not await self._frame.may_be_left():
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
        self._tell_drafts_no_more()
        with self.batch_update():
            self._show_account(account)
            await self._frame.open(account, defaults)

    def _show_account(self, account: Account) -> None:
        """Show an account that the person opened."""
        self._account.show(account)
        self._recently_opened.opened(account.id)
        self._search.account_opened()

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
            self._frame.account = now

    async def _lose_account(self, account: Account) -> None:
        """Leave an account that is out of reach, as after a move to another reseller."""
        if self._account.account is not account:
            return
        self._account.clear()
        await self._frame.lose(account)
        self._say(NotFound(f"There is no account {account.id} here any more."))

    @on(AccountPane.LinkChosen)
    def _link_chosen(self, event: AccountPane.LinkChosen) -> None:
        show = {
            "jobs": self._frame.show_jobs,
            "history": self._frame.show_account_history,
            "customer": self._frame.show_as_customer,
            "reseller": self._show_reseller,
            "customers": self._show_customers,
        }[event.link]

        async def go() -> None:
            if await self._frame.may_be_left():
                await show(event.account)

        self.follow(go)

    async def _show_reseller(self, account: Account) -> None:
        if account.reseller is not None:
            await self._open_account(account.reseller)

    async def _show_customers(self, account: Account) -> None:
        self._upper.remove_class("-account")
        self._search.seek(customers_of(account.id))

    # -- the bottom frame ------------------------------------------------------------------------

    @on(StaffPane.Changed)
    def _changed(self) -> None:
        self._refresh_account()

    @on(WorkFrame.PlaceWanted)
    def _place_wanted(self, event: WorkFrame.PlaceWanted) -> None:
        self.follow(self._open_place, event)

    async def _open_place(self, place: WorkFrame.PlaceWanted) -> None:
        """Open the account that a job belongs to by now, or another one, and show the job."""
        try:
            account, defaults = await self._desk.ask(lambda desk: _account_of(desk, place))
        except Refused as error:
            self._say(error)
            return
        with self.batch_update():
            self._show_account(account)
            if place.job is None:
                await self._frame.open(account, defaults, place.back)
            else:
                self._frame.account = account
                await self._frame.show_job(place.job, place.back)

    @on(WorkFrame.AccountChanged)
    def _account_changed(self, event: WorkFrame.AccountChanged) -> None:
        self._follow(event.account)

    @work(group="place", exclusive=True)
    async def _follow(self, account_id: int) -> None:
        """Show the account of what is shown below, as after a move of the job that is open."""
        with suppress(Refused):  # then what is below is out of reach, too, and says so
            account = await self._desk.ask(lambda desk: desk.accounts.get(account_id))
            if self._frame.take_for_open(account):
                self._account.show(account)

    @on(WorkFrame.Emptied)
    def _emptied(self) -> None:
        self.action_search()

    # -- keys ------------------------------------------------------------------------------------

    def action_command_palette(self) -> None:
        """Open the palette over the frames; what asks something first wants an answer."""
        from tui.dialogs.palette import Palette

        if len(self.screen_stack) == 1:
            self.push_screen(Palette(id="--command-palette"))

    def words_to_type(self) -> list[tuple[str, str]]:
        """Return the filters of Search, there."""
        is_there = self.focused is not None and self._search in self.focused.ancestors
        return self._search.filters if is_there else []

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

    def action_history(self) -> None:
        """Show what happened to all accounts."""
        self.follow(self._frame.show_all_history)

    def action_undo(self) -> None:
        """Take the person's last change back."""
        self.follow(self._frame.take, UNDO)

    def action_redo(self) -> None:
        """Do again what the person took back last."""
        self.follow(self._frame.take, REDO)

    def action_support_center(self) -> None:
        """Show the jobs that the hosting company does for the reseller."""
        if self._provider is not None:
            self.follow(self._frame.show_support_center, self._provider)

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
            if await self._frame.may_be_left():
                self.end()
        finally:
            self._leaving = False

    # -- what was typed and not saved ------------------------------------------------------------

    @work(group="drafts")
    async def _tell_drafts(self) -> None:
        """Say what was typed and not saved before, and where."""
        left = await self._drafts.left_at()
        if left and self._frame.pane is None:
            self._tells_of_drafts = True
            words = f"{where(left, now_ms())}. F6 offers it."
            self.notify(words, title="Not saved", timeout=15)

    def _tell_drafts_no_more(self) -> None:
        """Take that away: it would only cover what is offered now."""
        if self._tells_of_drafts:
            self._tells_of_drafts = False
            self.clear_notifications()

    def action_drafts(self) -> None:
        """Show what was typed and not saved; not over the palette, from which it can be asked."""
        if len(self.screen_stack) == 1:
            self.follow(self._show_drafts)

    async def _show_drafts(self) -> None:
        from tui.dialogs.kept_drafts import KeptDrafts

        self._tell_drafts_no_more()
        left = await self._drafts.left_at()
        if left:
            left.sort(key=lambda kept: not self._frame.is_at(kept.place))  # what is at hand first
            kept = await self.ask(KeptDrafts(left, self._drafts.dismiss))
            if kept is not None:
                await self._take_up(kept)
        else:
            self.notify(
                "Nothing is waiting: what you typed was saved, thrown away or taken up in another "
                "window."
            )
        self._frame.offer_drafts()

    async def _take_up(self, kept: KeptDraft) -> None:
        place = kept.place
        if not self._frame.is_at(place):
            if not await self._frame.may_be_left():
                return
            await self._open_place(WorkFrame.PlaceWanted(place.account, place.job))
        if self._frame.is_at(place):
            await self._frame.take_up(kept)

    # -- telling ---------------------------------------------------------------------------------

    def outdated(self, newer: NewerDatabase) -> None:
        """Offer to start the newer program, in the first line: a question would take keys away."""
        self.notify(f"{newer} {OUTDATED}", severity="warning", timeout=20)
        self._show_header()
        self.refresh_bindings()

    def action_restart(self) -> None:
        """Start the newer program in place of this one; what is typed is kept as a draft."""
        self.follow(self._start_newer)

    async def _start_newer(self) -> None:
        if self._drafts.works or await self._frame.may_be_left():
            self.restart()

    @property
    def at_risk(self) -> str:
        """What becomes of text that is not saved, if there is any."""
        forms = (*self._frame.query(TaskForm), *self._frame.query(NoteForm))
        edits = any(isinstance(screen, EditDialog) for screen in self.screen_stack)
        if not edits and not any(form.has_text for form in forms):
            return ""
        return f" Text that is not saved {'is kept' if self._drafts.works else 'would be lost'}."

    def end(self, sentence: str = "", code: int = 0) -> None:
        """End the session in order; say why, and what becomes of text that is not saved."""
        super().end(f"{sentence}{self.at_risk}" if sentence else "", code)

    def _refresh(self) -> None:
        """Show what others changed."""
        self._search.refresh_data()
        self._frame.refresh_data()
        self._refresh_account()

    def _say(self, refusal: Refused) -> None:
        self.notify(str(refusal), severity="error", timeout=10, markup=False)

    def _show_header(self) -> None:
        jobs = "1 open job" if self._open_jobs == 1 else f"{self._open_jobs:,} open jobs"
        place = " — made-up demo data" if self._demo else ""
        name = f"Custom Jobs — {self._provider_name}{place}"
        left = "A newer program upgraded the database: F12 starts it" if self._is_outdated else name
        self._header.show(left, f"{self._actor.login} · {jobs}")


def _account_of(desk: StaffDesk, place: WorkFrame.PlaceWanted) -> tuple[Account, TaskDefaults]:
    """Return the account that a place is in, and what the form of a new job there starts with."""
    account_id = place.account if place.job is None else desk.jobs.get(place.job).account
    if account_id is None:
        raise NotFound("That is of no account.")
    return desk.accounts.get(account_id), desk.tasks.defaults_for_account(account_id)


def _welcome(desk: StaffDesk) -> str:
    if desk.provider is None:
        return WELCOME
    return WELCOME_RESELLER.format(
        welcome=WELCOME, host=desk.settings.company, reseller=desk.provider_name
    )
