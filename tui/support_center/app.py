"""The customer's program: Support Center -> Custom Jobs for the accounts it was started for."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from typing import ClassVar

from textual import on, work
from textual.actions import ActionError as Unreadable
from textual.app import ActionError, ComposeResult, SystemCommand
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import OptionList

from models.customer.desk import CustomerDesk
from models.desk_thread import DeskThread
from models.refusals import AccessEnded, NewerDatabase, Refused
from models.settings import Settings
from models.text import displayable
from models.values import CustomerAccount, CustomerJob
from tui.desk_line import DeskLine
from tui.dialogs.choice import Choice, Offer
from tui.dialogs.keys import KeysDialog
from tui.header import Header
from tui.key_line import KeyLine
from tui.lower_frame.frame import LowerFrame
from tui.pane import Pane
from tui.panel import Panel
from tui.support_center.job_pane import CustomerJobPane
from tui.support_center.jobs_pane import CustomerJobsPane
from tui.widgets.text_view import TextView
from tui.widgets.virtual_list import VirtualList

ACTIONS: Mapping[type[DOMNode], frozenset[str]] = {
    Panel: frozenset({"leave", "keys", "focus_next", "focus_previous"}),
    Screen: frozenset({"copy_text"}),
    Pane: frozenset({"back"}),
    VirtualList: frozenset(
        {"cursor_by(-1)", "cursor_by(1)", "page(-1)", "page(1)", "first", "last", "open"}
        | {"sort(-1)", "sort(1)", "reverse"}
    ),
    TextView: frozenset({"lines(-1)", "lines(1)", "pages(-1)", "pages(1)", "start", "end"}),
    Choice: frozenset({"cancel", "move(-1)", "move(1)"}),
    OptionList: frozenset(
        {"cursor_down", "cursor_up", "first", "last", "page_down", "page_up", "select"}
    ),
    KeysDialog: frozenset({"close"}),
}
"""All that a customer can have done by a key, a click or any other name of an action: where, what.

Textual's own actions, of which some write files or change anything by its name, are not among them.
"""


def run_support_center(desk: CustomerDesk, settings: Settings) -> int:
    """Show what `desk` may read, and close it in the end; return the exit code.

    Raises:
        Refused: none of the accounts is open any more, or the database cannot be read.
    """
    with ExitStack() as opened:
        opened.callback(desk.close)
        app = SupportCenter(desk, settings.theme, idle=settings.customer_idle_minutes * 60)
        opened.pop_all()  # the app closes it
    return app.live()


class SupportCenter(Panel):
    """Shows jobs and nothing else: no palette, no command that writes, opens or runs anything."""

    ENABLE_COMMAND_PALETTE = False
    COMMANDS: ClassVar = set()
    DATA_POLL = 0.5
    LONGEST_STALL = 60

    def __init__(self, desk: CustomerDesk, theme: str = "dark", *, idle: float = 0) -> None:
        """Show what `desk` may read; it is open already and is closed at the end.

        Args:
            desk: the desk of the accounts.
            theme: the `dark` or the `light` look.
            idle: seconds without a key after which the session ends; 0 is never.

        Raises:
            AccessEnded: the last of the accounts was closed since the desk was opened.
        """
        super().__init__(theme, idle=idle)
        self._accounts = desk.accounts()
        if not self._accounts:
            raise AccessEnded("None of your accounts is open any more.")
        self._account = self._accounts[0]
        self._header = Header()
        thread = DeskThread(lambda: desk, "customer-desk")
        self._desk: DeskLine[CustomerDesk] = DeskLine(thread, self._header.tell)
        self._frame = LowerFrame("Reading…")
        self._frame.add_class("-grown")

    def compose(self) -> ComposeResult:
        """The header over one frame."""
        yield self._header
        yield self._frame
        yield KeyLine()

    def get_system_commands(self, _screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer nothing."""
        return ()

    async def run_action(
        self,
        action: str | tuple[str, str, tuple[object, ...]],
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run one of `ACTIONS`; any other does nothing, wherever it came from."""
        try:
            target, name, values = self._parse_action(action, default_namespace or self, namespaces)
        except (Unreadable, ActionError):
            return False
        wanted = f"{name}({', '.join(map(repr, values))})" if values else name
        if not any(isinstance(target, kind) and wanted in ACTIONS[kind] for kind in ACTIONS):
            return False
        return await super().run_action(action, default_namespace, namespaces)

    def on_mount(self) -> None:
        """Show the jobs of the only account, or let the person choose one."""
        self._show_provider()
        self.watch_data(self._desk)
        self.data_changed.subscribe(self, lambda _: self._refresh(), immediate=True)
        if len(self._accounts) > 1:
            self.follow(self._choose_account)
        else:
            self.follow(self._show_jobs)

    def outdated(self, _newer: NewerDatabase) -> None:
        """End the session: what it reads may look different by now."""
        self.end("The Support Center was updated. Please connect again.")

    async def on_unmount(self) -> None:
        """Close the desk."""
        await self._desk.close()

    async def _choose_account(self) -> None:
        offered = self._accounts
        offers = [
            Offer(
                str(account.id), displayable(f"{account.id}  {account.domain or account.username}")
            )
            for account in offered
        ]
        chosen = await self.ask(Choice("Which account?", offers, str(self._account.id)))
        # As it is by now; of one that was closed meanwhile, the list says so.
        known = (*self._accounts, *offered)
        self._account = next(
            (account for account in known if str(account.id) == chosen), self._account
        )
        await self._show_jobs()

    async def _show_jobs(self) -> None:
        await self._put(CustomerJobsPane(self._desk, self._account))

    @on(CustomerJobsPane.JobChosen)
    def _job_chosen(self, event: CustomerJobsPane.JobChosen) -> None:
        self.follow(self._show_job, event.job)

    async def _show_job(self, job: CustomerJob) -> None:
        await self._put(CustomerJobPane(self._desk, job))

    @on(CustomerJobPane.Renamed)
    def _job_renamed(self) -> None:
        self._show_place()

    @on(Pane.Left)
    def _left(self) -> None:
        if isinstance(self._frame.pane, CustomerJobPane):
            self.follow(self._show_jobs)
        elif len(self._accounts) > 1 or self._account not in self._accounts:
            self.follow(self._choose_account)
        else:
            self.notify("Ctrl+Q leaves the Support Center.", markup=False)

    async def _put(self, pane: Pane) -> None:
        await self._frame.put(pane)
        self._show_place()
        pane.focus_first()

    def _show_place(self) -> None:
        """Say where one is and who looks after it, by the names that all of it has now."""
        self._show_provider()
        pane = self._frame.pane
        steps = ["Support Center", "Custom Jobs", _name(self._account)]
        if isinstance(pane, CustomerJobPane):
            steps.append(f"#{pane.job.id} {pane.job.description}")
        elif isinstance(pane, CustomerJobsPane):
            pane.show_account(self._account)
        self._frame.name_place(*steps)

    def _show_provider(self) -> None:
        self._header.show(f"Support Center — {self._account.provider_name}")

    def _refresh(self) -> None:
        if self._frame.pane is not None:
            self._frame.pane.refresh_data()
        self._refresh_accounts()

    @work(group="accounts", exclusive=True)
    async def _refresh_accounts(self) -> None:
        """Read again which accounts are open and who looks after them."""
        with suppress(Refused):  # told by whatever the person does next
            self._accounts = await self._desk.look(lambda desk: desk.accounts())
        account = next((it for it in self._accounts if it.id == self._account.id), self._account)
        # Not what is the same already: it would be drawn anew, on a hundred screens at once.
        if account != self._account and self._frame.pane is not None:
            self._account = account
            self._show_place()


def _name(account: CustomerAccount) -> str:
    return " ".join(part for part in (str(account.id), account.domain or account.username) if part)
